"""May screening stop? What a sequence of decisions says about a recall target, and at what risk.

Recall is the share of all relevant records that were found. The target is missed when recall is below it.
Two tests are here, and they promise different things:

- `ranked_p` looks at the records in the order in which they were screened. It holds as far as that order is
  no worse than a random one, and it is looked at many times: a heuristic, a careful one.
- `sample_p` looks at a simple random sample of the records that were left. It holds whatever the order was
  before, whenever the sample was begun, and however often it is looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING

from tamis.domain.hypergeometric import at_least, at_most, least_relevant, most_relevant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "Interval",
    "Sample",
    "in_a_row",
    "missed_from",
    "more_needed",
    "ranked_p",
    "ranked_p_at",
    "recall_interval",
    "sample_key",
    "sample_order",
    "sample_p",
]


@dataclass(frozen=True, slots=True)
class Sample:
    """A simple random sample of what was undecided when it was begun, as far as it was screened.

    Attributes:
        pool: records that were undecided.
        screened: of these, screened in the order of the sample, without a gap.
        found: of these, relevant.
        before: relevant records found before the sample was begun.
        level: finds of earlier samples, and one for each of these, see `sample_p`.
    """

    pool: int
    screened: int
    found: int
    before: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Interval:
    """A recall, 0 to 1, with limits; each limit is wrong with a chance of at most the risk."""

    low: float
    estimate: float
    high: float


def in_a_row(labels: Sequence[bool]) -> int:
    """How many of the last records were irrelevant, without a relevant one among them.

    Args:
        labels: whether each screened record is relevant, in the order of screening.
    """
    n = 0
    for relevant in reversed(labels):
        if relevant:
            break
        n += 1
    return n


def missed_from(found: int, target: float) -> int:
    """The least number of relevant records in all with which `found` of them miss the target.

    floor(found / target) + 1, worked out exactly: 19 of 20 are 95 %, and 19 of 21 are the first to miss it.

    Args:
        found: relevant records found.
        target: recall to reach, above 0, at most 1, read as the decimal number that it is written as.
    """
    share = Fraction(str(target))
    return found * share.denominator // share.numerator + 1


def ranked_p(labels: Sequence[bool], total: int, target: float) -> float:
    """The chance to see this or less, if the target were missed and the order random from some point on.

    Callaghan and Mueller-Hansen 2020, Systematic Reviews 9:273, equation 2. For each end piece of the
    sequence, the records before it are set aside. Among the i records of the piece and all that are
    unscreened, at least K = floor(r / target) - (r - x) + 1 are relevant if the target is missed, where r
    are found in all and x in the piece. The p-value of the piece is P(X <= x), X hypergeometric: i drawn of
    the N - (n - i) that were left, K relevant. The result is the smallest p-value of all pieces.

    With Y for the relevant ones still unscreened, P(X <= x) = P(Y >= floor(r / target) + 1 - r): longer
    pieces with the same x give smaller values, so only pieces that begin right after a relevant record, or
    at the very start, are worked out.

    Assumes that from the chosen point on, a relevant record came up at least as soon as by chance. It is the
    smallest of many p-values and may be looked at after each record, so it is no p-value in the strict sense.

    Args:
        labels: whether each screened record is relevant, in the order of screening.
        total: records to screen in all, at least as many as `labels`.
        target: recall to reach, above 0, at most 1.

    Returns:
        0 to 1; small values speak against having missed the target.
    """
    after = [n + 1 for n, relevant in enumerate(labels) if relevant]
    return ranked_p_at(after, len(labels), total, target)


def ranked_p_at(after: Sequence[int], screened: int, total: int, target: float) -> float:
    """The same from the positions of the relevant records, counted from 1, ascending."""
    found, left = len(after), total - screened
    missing = missed_from(found, target) - found
    if missing > left:
        return 0.0
    smallest = 1.0
    for behind, start in enumerate((*reversed(after), 0)):
        smallest = min(smallest, at_least(missing, left, missing + behind, total - start))
    return smallest


def sample_order(records: Iterable[str], seed: str) -> list[str]:
    """The records in a random order that everyone can repeat: by the SHA-256 of seed and id.

    Args:
        records: ids.
        seed: a text that nobody could choose with the records in mind, such as the id of an event.
    """
    return sorted(records, key=sample_key(seed))


def sample_key(seed: str) -> Callable[[str], tuple[bytes, str]]:
    """What `sample_order` goes by."""
    return lambda record: (sha256(f"{seed}\n{record}".encode()).digest(), record)


def sample_p(sample: Sample, target: float) -> float:
    """A p-value for "the target is missed" from a random sample, valid at every look.

    With K relevant records among the M of the pool, the finds X among the first s of them are hypergeometric.
    The target is missed when K >= k = floor((r + x) / target) + 1 - r, where r were found before and x in the
    sample; P(X <= x | k) is the p-value of a single look (the random form of Callaghan and Mueller-Hansen
    2020, Systematic Reviews 9:273).

    Looking after each record and stopping at the first small value would miss the target too often, so the
    p-value is multiplied by (x + 1)(x + 2): 2 before the first find, then 6, 12, 20, ... Why this is enough:
    for fixed K, screening stops wrongly with x finds only if X <= x already at the first size s_x at which
    P(X <= x | K) <= risk / ((x + 1)(x + 2)). s_x is fixed before the sample, so this happens with a chance
    of at most risk / ((x + 1)(x + 2)), and over all x these chances add up to the risk: 1/2 + 1/6 + 1/12 +
    ... = 1. The point at which the sample was begun may depend on everything seen before it.

    A second sample goes on in this series where the first one ended: `level` is added to x in the factor.

    Args:
        sample: what was screened of the sample, in its order. Finds outside of the order do not count.
        target: recall to reach, above 0, at most 1.

    Returns:
        0 to 1; if screening stops at the first value of at most the risk, the target is missed with a chance
        of at most the risk.
    """
    relevant = missed_from(sample.before + sample.found, target) - sample.before
    if relevant - sample.found > sample.pool - sample.screened:
        return 0.0
    single = at_most(sample.found, sample.screened, relevant, sample.pool)
    return min(1.0, single * _looks(sample))


def more_needed(sample: Sample, target: float, risk: float) -> int:
    """How many more records of the sample have to be screened, if nothing relevant is among them."""
    more = range(sample.pool - sample.screened)
    return bisect_left(
        more, True, key=lambda n: sample_p(replace(sample, screened=sample.screened + n), target) <= risk
    )


def recall_interval(sample: Sample, risk: float) -> Interval | None:
    """Recall as a random sample shows it; each limit holds at every look with a chance of at least 1 - risk.

    Relevant records in the pool: x M / s as estimate, and exact hypergeometric limits (see
    `hypergeometric.most_relevant`) at risk / ((x + 1)(x + 2)), as in `sample_p`: the lower limit reaches a
    target exactly when the p-value reaches the risk.

    Args:
        sample: what was screened of the sample.
        risk: chance at which each of the limits may be wrong, above 0, below 1.

    Returns:
        None before anything of the sample was screened or as long as nothing relevant was found at all.
    """
    found = sample.before + sample.found
    if not sample.screened or not found:
        return None
    each = risk / _looks(sample)
    most = most_relevant(sample.found, sample.screened, sample.pool, each)
    least = least_relevant(sample.found, sample.screened, sample.pool, each)
    likely = sample.found * sample.pool / sample.screened
    return Interval(
        low=found / (sample.before + most),
        estimate=found / (sample.before + likely),
        high=found / (sample.before + least),
    )


def _looks(sample: Sample) -> float:
    """What looking at every record costs: see `sample_p`."""
    place = sample.found + sample.level + 1
    return float(place * (place + 1))
