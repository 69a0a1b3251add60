"""`python -m bench.dedup FILE TRUTH`: how good the duplicates are that are found, beside bib-dedupe.

TRUTH has a group of duplicates in each line: numbers of records in the file, from 1, with blanks between.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.families.dedup import PEER, peer, read, rows
from tamis.services.dedup import Pair, find, questions, score_against

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.record import Record


def main() -> None:
    """Find the duplicates of one file, and compare them with those that are known."""
    parser = argparse.ArgumentParser(prog="python -m bench.dedup", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument(
        "--bib-dedupe", metavar="PYTHON", default=os.environ.get(PEER), help="its interpreter"
    )
    given = parser.parse_args()

    records = read(given.file)
    for number, record in enumerate(records, 1):
        record.id = str(number)
    truth = [line.split() for line in given.truth.read_text(encoding="utf-8").splitlines()]
    sys.stdout.writelines(f"{line}\n" for line in compared(records, truth, given.bib_dedupe))


def compared(records: list[Record], truth: list[list[str]], python: str | None) -> list[str]:
    """The lines of a table: certain links, likely ones answered by the truth, and bib-dedupe's."""
    begin = time.perf_counter()
    pairs = find(records)
    taken = time.perf_counter() - begin
    asked = questions(pairs)
    group = {member: n for n, members in enumerate(truth) for member in members}
    certain = [pair for pair in pairs if pair.certain]
    yes = [pair for pair in asked if group.get(pair.first, -1) == group.get(pair.second, -2)]
    lines = [
        f"{len(records):,} records, {sum(len(g) > 1 for g in truth):,} groups",
        _line("tamis, certain", certain, truth, taken),
        _line(f"tamis, {len(asked)} questions answered", [*certain, *yes], truth, taken),
    ]
    if python:
        with tempfile.TemporaryDirectory(prefix="tamis-bench-") as folder:
            path = Path(folder, "records.json")
            path.write_text(json.dumps(rows(records)), encoding="utf-8")
            found = peer(python, path)
        links = [Pair(g[0], member, 1.0, True, ()) for g in found["groups"] for member in g[1:]]
        lines.append(_line("bib-dedupe", links, truth, found["seconds"]))
    return lines


def _line(name: str, pairs: Iterable[Pair], truth: list[list[str]], taken: float) -> str:
    quality = score_against(pairs, truth)
    return (
        f"{name:<32} precision {quality.precision:.4f}  sensitivity {quality.sensitivity:.4f}"
        f"  removed {quality.removed:.4f}  {taken:.2f} s"
    )


if __name__ == "__main__":
    main()
