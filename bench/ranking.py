"""How good the order by relevance is, beside ASReview's: `python -m bench.ranking FILE... --asreview PYTHON`.

Each FILE is a labelled set. Both sides replay it with the same known records, one relevant and one irrelevant
drawn by each seed; ASReview with its default model, by its own simulation. One line a set: loss of both,
their ratio, and milliseconds a step. `CHOSEN_ON` names the sets that the model was chosen on; how good it is,
the others say.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bench.families.dedup import PEERS
from bench.measure import program
from tamis.services import simulating
from tamis.services.ranking.features import Features
from tamis.services.ranking.ranker import Ranker
from tamis.services.simulating_measures import loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.services.ranking.words import Words


CHOSEN_ON: Final = (
    "CiteSource",
    "Cohen_2006_ADHD",
    "Cohen_2006_Antihistamines",
    "Cohen_2006_AtypicalAntipsychotics",
    "Cohen_2006_NSAIDS",
    "Cohen_2006_ProtonPumpInhibitors",
    "SYNERGY_Muthu_2022",
    "SYNERGY_van_der_Valk_2021",
)
"""Half of the sets there were, by the SHA-256 of their names: taken before anything was measured."""


class Line(NamedTuple):
    """One set, means over seeds.

    Attributes:
        name: of the file.
        size: labelled records.
        relevant: of these.
        ours: loss.
        step: our seconds a step.
        theirs: ASReview's loss; None where it was not run.
        their_step: its seconds a step.
    """

    name: str
    size: int
    relevant: int
    ours: float
    step: float
    theirs: float | None
    their_step: float


def peer(python: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What ASReview's simulation says, run in a folder of its own, for it leaves files where it is."""
    with tempfile.TemporaryDirectory(prefix="tamis-bench-") as folder:
        done = subprocess.run(
            [python, *program("peer_ranking")[1:]],
            input=json.dumps(asked),
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def as_asked(
    texts: Sequence[Words], labels: Sequence[bool], priors: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """What `bench/programs/peer_ranking.py` reads."""
    return {
        "records": [{"title": text.title, "abstract": text.abstract} for text in texts],
        "labels": [int(label) for label in labels],
        "priors": [list(rows) for rows in priors],
    }


def measured(path: Path, python: str | None, seeds: int, *, keywords: bool) -> Line:
    """Replay one set on both sides."""
    found = simulating.labelled_file(path)
    if not keywords:
        found.texts = [text._replace(keywords="") for text in found.texts]
    priors = [simulating.priors(found.labels, seed) for seed in range(1, seeds + 1)]
    ranker = Ranker(Features.build(found.texts))
    begin = time.perf_counter()
    replays = [simulating.replay(ranker, found.labels, rows) for rows in priors]
    step = (time.perf_counter() - begin) / sum(len(one.order) for one in replays)
    theirs, their_step = None, 0.0
    if python:
        runs = peer(python, as_asked(found.texts, found.labels, priors))["runs"]
        their_step = fmean(second for run in runs for second in run["seconds"])
        theirs = fmean(loss(_whole(run["order"], found.labels)) for run in runs)
    ours = fmean(loss(one.found) for one in replays)
    return Line(path.stem, len(found.labels), found.relevant, ours, step, theirs, their_step)


def _whole(order: Sequence[int], labels: Sequence[bool]) -> list[bool]:
    """Labels in the order shown, and of all that was not shown: two records were known."""
    return [*(labels[row] for row in order), *([False] * (len(labels) - 2 - len(order)))]


def table(lines: Sequence[Line]) -> list[str]:
    """The lines of a table, with the means of either half."""
    shown = []
    for name, chosen in (("the model was chosen on", True), ("all others", False)):
        shown.append(f"[{name}]")
        here = [line for line in lines if (line.name in CHOSEN_ON) is chosen]
        shown += map(_shown, here)
        both = [(line.ours, line.theirs) for line in here if line.theirs]
        if both:
            ratios = [ours / theirs for ours, theirs in both]
            total = sum(ours for ours, _ in both) / sum(theirs for _, theirs in both)
            shown.append(
                f"{'':44} mean of ratios {fmean(ratios):.3f}, ratio of means {total:.3f}, "
                f"worst {max(ratios):.3f}"
            )
    return shown


def _shown(line: Line) -> str:
    words = f"{line.name[:44]:44} {line.size:>6,} {line.relevant:>5,}  loss {line.ours:.4f}"
    if line.theirs:
        words += f"  asreview {line.theirs:.4f}  ratio {line.ours / line.theirs:.3f}"
    words += f"  step {1e3 * line.step:.1f} ms"
    if line.their_step:
        words += f"  asreview {1e3 * line.their_step:.1f} ms  ratio {line.step / line.their_step:.2f}"
    return words


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.ranking", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--asreview", metavar="PYTHON", default=os.environ.get(PEERS["asreview"]))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--no-keywords", action="store_true", help="leave keywords out, as ASReview does")
    given = parser.parse_args()
    lines = []
    for path in given.files:
        lines.append(measured(path, given.asreview, given.seeds, keywords=not given.no_keywords))
        sys.stderr.write(_shown(lines[-1]) + "\n")
    sys.stdout.writelines(f"{line}\n" for line in table(lines))


if __name__ == "__main__":
    main()
