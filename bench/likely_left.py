"""How good the estimate of relevant records left is: `python -m bench.likely_left FILE...`.

Each FILE is a labelled set. It is replayed in the order by relevance, with one relevant and one irrelevant
record known beforehand, and at some shares of the records the estimate (`domain.decline`) is put beside the
true number. Beside it, what the scores of the model say: each labelled record scored by a model without its
tenth, a logistic curve fitted to these scores (Platt 1999, Probabilistic outputs for support vector machines)
and laid over the scores of the records left. `bench.ranking.CHOSEN_ON` names the sets that were looked at
when the estimate was made; how good it is, the others say.
"""

from __future__ import annotations

import argparse
import sys
from math import log2
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from bench.ranking import CHOSEN_ON
from tamis.domain.decline import likely_left
from tamis.services import simulating
from tamis.services.ranking.features import Features
from tamis.services.ranking.ranker import Ranker
from tamis.services.second_look import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SHARES: Final = (0.05, 0.1, 0.25, 0.5)
_STEP: Final = 200
"""With so many labels a step shows two records at once, with twice as many three: it is for time only."""


class Line(NamedTuple):
    """One replay at one share.

    Attributes:
        name: of the set.
        share: screened, 0 to 1.
        found: relevant records.
        true: relevant records left.
        expected: the estimate.
        low: its lower limit.
        high: its upper limit.
        scored: the estimate out of scores.
    """

    name: str
    share: float
    found: int
    true: int
    expected: float
    low: int
    high: int
    scored: float


def measured(path: Path, seeds: int) -> list[Line]:
    """Replay one set with some seeds."""
    found = simulating.labelled_file(path)
    labels, ranker = found.labels, Ranker(Features.build(found.texts))
    folds = [fold(f"{path.stem}-{place}") for place in found.places]
    lines = []
    for seed in range(1, seeds + 1):
        said = {row: labels[row] for row in simulating.priors(labels, seed)}
        for share in SHARES:
            until = round(share * len(labels))
            while len(said) < until:
                order = ranker.rank(said).order[: min(1 + len(said) // _STEP, until - len(said))]
                said |= {int(row): labels[int(row)] for row in order}
            known = list(said.values())
            left = likely_left(known[2:], len(labels) - len(said))
            if left is not None:
                true = found.relevant - sum(known)
                scored = _scored(ranker, said, folds)
                lines.append(
                    Line(path.stem, share, sum(known), true, left.expected, left.low, left.high, scored)
                )
    return lines


def _scored(ranker: Ranker, said: dict[int, bool], folds: Sequence[int]) -> float:
    """Relevant records left, as the scores have it."""
    scores = ranker.rank(said).scores
    waiting = np.ones(len(scores), np.bool_)
    waiting[list(said)] = False
    held = _held_out(ranker, said, folds)
    curve = _logistic(np.array(list(held.values())), np.array([said[row] for row in held]))
    return float((1 / (1 + np.exp(-(curve[0] * scores[waiting] + curve[1])))).sum())


def _held_out(ranker: Ranker, said: dict[int, bool], folds: Sequence[int]) -> dict[int, float]:
    """The score of each labelled row by a model without its tenth."""
    found: dict[int, float] = {}
    for part in sorted({folds[row] for row in said}):
        known = {row: label for row, label in said.items() if folds[row] != part}
        if len(set(known.values())) == 2:
            scores = ranker.rank(known).scores
            found |= {row: float(scores[row]) for row in said if folds[row] == part}
    return found


def _logistic(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of Platt's curve, with his targets, by Newton's method with halved steps."""
    some, other = int(labels.sum()), int((~labels).sum())
    target = np.where(labels, (some + 1) / (some + 2), 1 / (other + 2))
    x = np.stack((scores, np.ones_like(scores)))
    at = np.array((0.0, np.log((some + 1) / (other + 1))))

    def loss(at: NDArray[np.float64]) -> float:
        return float((np.logaddexp(0, at @ x) - target * (at @ x)).sum())

    for _ in range(100):
        p = 1 / (1 + np.exp(-(at @ x)))
        step = np.linalg.solve((x * (p * (1 - p))) @ x.T + 1e-12 * np.eye(2), x @ (p - target))
        while loss(at - step) > loss(at) and np.abs(step).max() > 1e-9:
            step = step / 2
        at = at - step
    return float(at[0]), float(at[1])


def table(lines: Sequence[Line]) -> list[str]:
    """A line for each half and share: how far off both are, and how often the limits hold."""
    shown = [f"{'':24} replays  estimate/true  factor off  in limits  above them | scores: /true  factor off"]
    for name, chosen in (("looked at", True), ("all others", False)):
        for share in SHARES:
            here = [x for x in lines if (x.name in CHOSEN_ON) is chosen and x.share == share]
            if here:
                true = max(1, sum(x.true for x in here))
                shown.append(
                    f"{name:12} {share:7.0%} {len(here):11} {sum(x.expected for x in here) / true:14.2f} "
                    f"{_factor([(x.expected, x.true) for x in here]):11.2f} "
                    f"{fmean(x.low <= x.true <= x.high for x in here):10.0%} "
                    f"{fmean(x.true > x.high for x in here):11.0%} | "
                    f"{sum(x.scored for x in here) / true:13.2f} "
                    f"{_factor([(x.scored, x.true) for x in here]):11.2f}"
                )
    return shown


def _factor(pairs: Sequence[tuple[float, int]]) -> float:
    """The usual factor between an estimate and the truth, one added to each so that none is 0."""
    return float(2 ** fmean(abs(log2((estimate + 1) / (true + 1))) for estimate, true in pairs))


def main() -> None:
    """Print the table, and each replay on stderr."""
    parser = argparse.ArgumentParser(prog="python -m bench.likely_left", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    lines: list[Line] = []
    for path in given.files:
        for line in measured(path, given.seeds):
            sys.stderr.write(
                f"{line.name[:40]:40} {line.share:4.0%}  found {line.found:4}  left {line.true:4}  estimate "
                f"{line.expected:6.1f} ({line.low} to {line.high})  by scores {line.scored:6.1f}\n"
            )
            lines.append(line)
    sys.stdout.writelines(f"{line}\n" for line in table(lines))


if __name__ == "__main__":
    main()
