"""The order by relevance: a step after one more decision, beside ASReview's; features, time and memory."""

from __future__ import annotations

import itertools
import os
import random
import sys
import time
from bisect import bisect
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.families.dedup import PEERS
from bench.measure import ROOT, run, seconds
from bench.ranking import as_asked, peer
from bench.table import Figure
from tamis.services.ranking.features import Features
from tamis.services.ranking.ranker import Ranker
from tamis.services.ranking.words import Words

if TYPE_CHECKING:
    from bench.measure import Plan
    from bench.shop import Shop

_WORDS: Final = 60_000
_TOPIC: Final = 60
"""Words that relevant records have more often."""
_LENGTH: Final = 220
_LABELS: Final = 1_000
_STEPS: Final = 8
_AT_ONCE: Final = 0.5
"""Seconds in which 100,000 records are to be put in order."""
_PEER_SIZES: Final = {2_000: 0.2, 30_000: 0.05}
"""Where a step is compared with ASReview's, and what part of its time it may take."""


def figures(_shop: Shop, plan: Plan) -> list[Figure]:
    """A step at each size, and the features it needs; steps of ASReview when there is one."""
    found: list[Figure] = []
    for size in plan.sizes:
        texts, labels = collection(size)
        begin = time.perf_counter()
        features = Features.build(texts)
        building = time.perf_counter() - begin
        step = _step(features, labels)
        found.append(_figure("a step", size, step, "making the features, once", building))
        if size == 100_000:
            found.append(_figure("a step", size, step, "half a second", _AT_ONCE, target=1))
        found.append(_memory(size))
    python = os.environ.get(PEERS["asreview"])
    if python and max(plan.sizes) > max(_PEER_SIZES):
        found += [_against(python, size, target) for size, target in _PEER_SIZES.items()]
    return found


def collection(size: int, seed: int = 1) -> tuple[list[Words], list[bool]]:
    """Invented texts whose words are as unevenly frequent as those of a language (Zipf's law).

    One record in twenty is relevant, and one word in eight of it is of the topic.
    """
    rng = random.Random(seed)
    letters = "abcdefghijklmnoprstuvwy"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(3, 10))) for _ in range(_WORDS)]
    often = list(itertools.accumulate(1 / (n + 3) for n in range(_WORDS)))
    topic = rng.sample(range(200, 20_000), _TOPIC)

    def text(length: int, *, relevant: bool) -> str:
        places = [bisect(often, rng.random() * often[-1]) for _ in range(length)]
        if relevant:
            places = [rng.choice(topic) if rng.random() < 1 / 8 else place for place in places]
        return " ".join(vocabulary[min(place, _WORDS - 1)] for place in places)

    labels = [rng.random() < 0.05 for _ in range(size)]
    labels[:2] = [True, False]
    return [Words(text(14, relevant=r), text(_LENGTH, relevant=r), "") for r in labels], labels


def _known(size: int) -> int:
    return min(_LABELS, size // 2)


def _step(features: Features, labels: list[bool]) -> float:
    """The median time to put the rest in order after one more decision."""
    ranker, known = Ranker(features), _known(len(labels))
    said = dict(enumerate(labels[:known]))
    ranker.rank(said)
    taken = []
    for row in range(known, known + min(_STEPS, len(labels) - known - 1)):
        said[row] = labels[row]
        taken.append(seconds(partial(ranker.rank, said)))
    return median(taken)


def _against(python: str, size: int, target: float) -> Figure:
    texts, labels = collection(size)
    known = _known(size)
    asked = {**as_asked(texts, labels, [range(known)]), "steps": known + _STEPS}
    base = median(peer(python, asked)["runs"][0]["seconds"])
    step = _step(Features.build(texts), labels)
    return _figure("a step", size, step, "ASReview's", base, target=target)


def _figure(
    what: str, size: int, ours: float, against: str, base: float, target: float | None = None
) -> Figure:
    return Figure(
        family="ranking", what=what, size=size, ours=ours, against=against, base=base, target=target
    )


def alone(size: int, what: str) -> None:
    """What a process of its own does: make `texts`, or `features` of them too."""
    texts, _ = collection(size)
    if what == "features":
        Features.build(texts)


_ALONE = (
    "import sys; sys.path.insert(0, sys.argv[1]); from bench.families.ranking import alone; "
    "alone(int(sys.argv[2]), sys.argv[3])"
)


def _memory(size: int) -> Figure:
    peaks = {
        what: run((sys.executable, "-c", _ALONE, str(ROOT), str(size), what))[1]
        for what in ("features", "texts")
    }
    return Figure(
        family="ranking",
        what="peak of memory making the features",
        size=size,
        ours=peaks["features"],
        against="the texts alone",
        base=peaks["texts"],
        unit="bytes",
    )
