"""How many relevant records are left, by how the finds of a ranked list have thinned out.

Where likely records come first, finds grow rarer as screening goes on. Finds are taken as a Poisson process
whose rate falls with the place in the list (Sneyd and Stevenson 2019, Modelling stopping criteria for search
results using Poisson processes, EMNLP-IJCNLP; Bin-Hezam and Stevenson 2023, arXiv:2312.03171), and what it
has shown so far is carried on to the end of the list. Nothing is random here: sums over a fixed grid.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil, exp, expm1, lgamma, log, log1p, sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST: Final = 5
"""Fewer finds say too little of how they thin out."""
LEVEL: Final = 0.9
"""The true number is between both limits with this chance, as far as the model holds."""

_MIDDLE, _SPREAD = 2.1, 0.8
"""Of the logarithm of the decline over the whole list, before anything is seen: at the middle the rate falls
to exp(-8). From the ranked lists of seven reviews that were screened to the end."""
_FROM, _TO, _STEPS = -3, 6, 91
"""The grid in spreads from the middle; long lists may fall far steeper than those the middle is of."""
_TAIL: Final = 3
"""The exponent of the slower of the two declines."""
_CELLS: Final = 1_000
"""Places are taken together in so many cells: what is worked out does not grow with the list."""
_LIGHT: Final = 1e-5
"""Declines with a smaller weight than this are left out of the limits."""


@dataclass(frozen=True, slots=True)
class _Decline:
    """One way in which the rate may fall: exp(-at x), or (1 + at x / 3) ** -3, x from 0 to 1 over the list.

    Attributes:
        at: how steep.
        slow: whether it is the second form, whose last finds come later.
        weight: how far it goes with what was seen; all weights are 1 together.
        share: finds up to here, as a share of the list's length at the first rate.
    """

    at: float
    slow: bool
    weight: float = 0.0
    share: float = 0.0

    def log_rate(self, x: float) -> float:
        """The logarithm of the rate at x, 0 at the beginning."""
        return -_TAIL * log1p(self.at * x / _TAIL) if self.slow else -self.at * x

    def before(self, x: float) -> float:
        """The rate, summed from 0 to x."""
        if self.slow:
            return -expm1((1 - _TAIL) * log1p(self.at * x / _TAIL)) * _TAIL / (self.at * (_TAIL - 1))
        return -expm1(-self.at * x) / self.at


@dataclass(frozen=True, slots=True)
class Left:
    """What is to be expected of the records left.

    Attributes:
        screened: records of the ranked list that were screened.
        found: of these, relevant.
        left: records still to come.
        low: of these relevant, the lower limit at `LEVEL`.
        high: the upper limit.
        declines: what goes with what was seen.
    """

    screened: int
    found: int
    left: int
    low: int
    high: int
    declines: tuple[_Decline, ...]

    @property
    def expected(self) -> float:
        """How many of those still to come are relevant, on average."""
        return self.among(self.left)

    def among(self, n: int) -> float:
        """How many relevant ones are expected among the next `n`, at most all that are left."""
        total = self.screened + self.left
        x = (self.screened + max(0, min(n, self.left))) / total
        return sum(d.weight * self.found * (d.before(x) / d.share - 1) for d in self.declines)

    def chance(self, n: int) -> float:
        """How likely the `n`th record still to come, from 1, is to be relevant; at most found / screened."""
        total = self.screened + self.left
        x = (self.screened + n - 0.5) / total
        return sum(d.weight * self.found * exp(d.log_rate(x)) / (total * d.share) for d in self.declines)


def likely_left(labels: Sequence[bool], left: int) -> Left | None:
    """Carry the decline of finds on to the end of the list.

    With k finds at the places x_1 ... x_k, all places being 0 to 1 over the whole list, and a rate a f(x)
    whose height a can be anything, a decline f has the likelihood  prod f(x_i) / F(s)^k, F being f summed
    up from 0 and s the share that was screened. What comes after s then has a negative binomial
    distribution with mean  k (F(1) - F(s)) / F(s).  Declines are averaged with these weights, times those
    they had before.

    Args:
        labels: whether each screened record of the ranked list is relevant, in its order.
        left: records still to come.

    Returns:
        None with fewer than `LEAST` finds.
    """
    found, screened = sum(labels), len(labels)
    if found < LEAST:
        return None
    total = screened + left
    places = _places(labels, total)
    grid = [_MIDDLE + _SPREAD * (_FROM + (_TO - _FROM) * n / (_STEPS - 1)) for n in range(_STEPS)]
    weights: list[tuple[float, _Decline]] = []
    for value in grid:
        before = -0.5 * ((value - _MIDDLE) / _SPREAD) ** 2
        for slow in (False, True):
            one = _Decline(exp(value), slow)
            seen = sum(n * one.log_rate(x) for x, n in places.items())
            weights.append((before + seen - found * log(one.before(screened / total)), one))
    most = max(weight for weight, _ in weights)
    whole = sum(exp(weight - most) for weight, _ in weights)
    declines = tuple(
        _Decline(one.at, one.slow, exp(weight - most) / whole, one.before(screened / total))
        for weight, one in weights
    )
    chances = _chances(declines, found, left)
    low, high = (_limit(chances, (1 + side * LEVEL) / 2) for side in (-1, +1))
    return Left(screened, found, left, low, high, declines)


def _places(labels: Sequence[bool], total: int) -> dict[float, int]:
    """Where finds are, 0 to 1 over the list, and how many."""
    cells = min(_CELLS, len(labels))
    counts = Counter(place * cells // len(labels) for place, relevant in enumerate(labels) if relevant)
    return {(cell + 0.5) / cells * len(labels) / total: n for cell, n in counts.items()}


def _chances(declines: Sequence[_Decline], found: int, left: int) -> list[float]:
    """How likely it is that 0, 1, 2, ... relevant records are left, as far as there are records."""
    chances = [0.0] * (left + 1)
    for one in declines:
        ratio = one.before(1.0) / one.share - 1
        if one.weight < _LIGHT or ratio <= 0:
            chances[0] += one.weight
            continue
        mean, kept = found * ratio, ratio / (1 + ratio)
        spread = sqrt(mean * (1 + ratio))
        first = min(left, max(0, int(mean - 5 * spread)))
        last = min(left, ceil(mean + 8 * spread) + 12)
        p = one.weight * exp(
            lgamma(found + first)
            - lgamma(found)
            - lgamma(first + 1)
            - found * log1p(ratio)
            + first * log(kept)
        )
        for n in range(first, last + 1):
            chances[n] += p
            p *= kept * (found + n) / (n + 1)
    return chances


def _limit(chances: Sequence[float], level: float) -> int:
    """The least number that is not exceeded with a chance of `level`."""
    below = 0.0
    for n, chance in enumerate(chances):
        below += chance
        if below >= level:
            return n
    return len(chances) - 1
