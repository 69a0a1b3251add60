"""The hypergeometric distribution: drawing without putting back, in logarithms, for 100,000 records."""

from __future__ import annotations

from math import exp, lgamma


def at_least(found: int, draws: int, relevant: int, population: int) -> float:
    """The chance that `draws` records, drawn without putting back, hold at least `found` relevant ones.

    P(X >= found) with P(X = x) = C(relevant, x) C(population - relevant, draws - x) / C(population, draws).
    Only terms that count are summed, on the side of the mean where there are fewer; the relative error is
    below 1e-8 up to populations of ten millions.

    Args:
        found: how many are asked for; any whole number.
        draws: how many are drawn, 0 to `population`.
        relevant: how many there are, 0 to `population`.
        population: how many there are in all.
    """
    least, most = max(0, draws + relevant - population), min(draws, relevant)
    if found <= least:
        return 1.0
    if found > most:
        return 0.0
    if found * population > draws * relevant:
        return min(1.0, _sum_up(found, most, draws, relevant, population))
    return max(0.0, 1.0 - _sum_down(found - 1, least, draws, relevant, population))


def at_most(found: int, draws: int, relevant: int, population: int) -> float:
    """The chance that `draws` records hold at most `found` relevant ones; see `at_least`.

    It is the chance that at least so many of the irrelevant ones are drawn, which keeps small values exact.
    """
    return at_least(draws - found, draws, population - relevant, population)


def most_relevant(found: int, draws: int, population: int, risk: float) -> int:
    """How many relevant records there may be at most, at a risk: the exact upper limit.

    The greatest K with P(X <= found | K) > risk; the hypergeometric form of Clopper and Pearson's limit
    (Buonaccorsi 1987, American Statistician 41:215). The chance that there are more is at most `risk`,
    when the number of draws does not depend on what is found.
    """
    low, high = found, population - draws + found
    while low < high:
        middle = (low + high + 1) // 2
        if at_most(found, draws, middle, population) > risk:
            low = middle
        else:
            high = middle - 1
    return low


def least_relevant(found: int, draws: int, population: int, risk: float) -> int:
    """How many relevant records there are at least, at a risk: the exact lower limit.

    The smallest K with P(X >= found | K) > risk; see `most_relevant`.
    """
    low, high = found, population - draws + found
    while low < high:
        middle = (low + high) // 2
        if at_least(found, draws, middle, population) > risk:
            high = middle
        else:
            low = middle + 1
    return low


_ENOUGH = 1e-17
"""A term this much smaller than the sum so far, and those after it, add nothing."""


def _sum_up(x: int, most: int, draws: int, relevant: int, population: int) -> float:
    """P(X >= x), above the mean: each term is smaller than the one before it."""
    term = total = 1.0
    first = _exactly(x, draws, relevant, population)
    others = population - relevant - draws + 1
    while x < most and term > _ENOUGH * total:
        term *= (relevant - x) * (draws - x) / ((x + 1) * (others + x))
        total += term
        x += 1
    return first * total


def _sum_down(x: int, least: int, draws: int, relevant: int, population: int) -> float:
    """P(X <= x), below the mean: each term is smaller than the one before it."""
    term = total = 1.0
    first = _exactly(x, draws, relevant, population)
    others = population - relevant - draws
    while x > least and term > _ENOUGH * total:
        term *= x * (others + x) / ((relevant - x + 1) * (draws - x + 1))
        total += term
        x -= 1
    return first * total


def _exactly(x: int, draws: int, relevant: int, population: int) -> float:
    return exp(_choose(relevant, x) + _choose(population - relevant, draws - x) - _choose(population, draws))


def _choose(n: int, k: int) -> float:
    """The logarithm of the binomial coefficient."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
