"""`python -m bench.dedup FILE TRUTH`: how good the duplicates are that are found, beside other programs.

TRUTH has a group of duplicates in each line: numbers of records in the file, from 1, with blanks between.
Each program finds in a process of its own; the seconds are without its start, the peak is of all of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.families.dedup import PEERS, peer, read, rows
from bench.measure import program
from tamis.services.dedup import Pair, questions, score_against

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def main() -> None:
    """Find the duplicates of one file, and compare them with those that are known."""
    parser = argparse.ArgumentParser(prog="python -m bench.dedup", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("truth", type=Path)
    for name, variable in PEERS.items():
        parser.add_argument(
            f"--{name}", metavar="PYTHON", default=os.environ.get(variable), help="its interpreter"
        )
    given = vars(parser.parse_args())

    truth = [line.split() for line in given["truth"].read_text(encoding="utf-8").splitlines()]
    pythons = {name: python for name in PEERS if (python := given[name.replace("-", "_")])}
    sys.stdout.writelines(f"{line}\n" for line in compared(given["file"], truth, pythons))


def compared(file: Path, truth: list[list[str]], pythons: Mapping[str, str]) -> list[str]:
    """The lines of a table: certain links, likely ones answered by the truth, and those of the peers."""
    own = _own(file)
    pairs = [Pair(a, b, score, certain, ()) for a, b, score, certain in own["pairs"]]
    asked = questions(pairs)
    group = {member: n for n, members in enumerate(truth) for member in members}
    certain = [pair for pair in pairs if pair.certain]
    yes = [pair for pair in asked if group.get(pair.first, -1) == group.get(pair.second, -2)]
    records = read(file)
    for number, record in enumerate(records, 1):
        record.id = str(number)
    lines = [
        f"{len(records):,} records, {sum(len(g) > 1 for g in truth):,} groups",
        _line("tamis, certain", certain, truth, own),
        _line(f"tamis, {len(asked)} questions answered", [*certain, *yes], truth, own),
    ]
    with tempfile.TemporaryDirectory(prefix="tamis-bench-") as folder:
        path = Path(folder, "records.json")
        path.write_text(json.dumps(rows(records)), encoding="utf-8")
        for name, python in pythons.items():
            found = peer(name, python, path)
            links = [Pair(g[0], member, 1.0, True, ()) for g in found["groups"] for member in g[1:]]
            lines.append(_line(name, links, truth, found))
    return lines


def _own(file: Path) -> dict[str, Any]:
    done = subprocess.run(program("own_duplicates", str(file)), capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _line(name: str, pairs: Iterable[Pair], truth: list[list[str]], found: Mapping[str, Any]) -> str:
    quality = score_against(pairs, truth)
    return (
        f"{name:<32} precision {quality.precision:.4f}  sensitivity {quality.sensitivity:.4f}"
        f"  removed {quality.removed:.4f}  {found['seconds']:8.2f} s  {found['peak'] / 1e6:5.0f} MB"
    )


if __name__ == "__main__":
    main()
