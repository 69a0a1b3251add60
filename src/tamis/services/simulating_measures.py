"""How good an order is: measures of one replay, as ASReview defines them.

Each takes `found`: for every record that was not known beforehand, in the order shown, whether it is
relevant. Sources: `asreview.metrics` (loss, NDCG) of ASReview 2 and `asreviewcontrib.insights` (recall, WSS,
ATD) of ASReview Insights 1.6.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def recall(found: Sequence[bool], share: float) -> float:
    """Share of the relevant records among the first `share` of all records (0 to 1)."""
    places = [(n + 1) / len(found) for n in range(len(found))]
    return sum(found[: bisect_right(places, share)]) / sum(found)


def wss(found: Sequence[bool], level: float = 0.95) -> float:
    """Work saved over sampling at a level of recall, as a share of all records.

    With k = floor(level * R) of R relevant records among N: the place at which records in random order
    would have brought the k-th, less the place at which this order did, by N. Cohen et al. (2006), J Am Med
    Inform Assoc 13(2), 206-219, define it as (TN + FN) / N - (1 - level); ASReview compares with the straight
    line from 0 to R, rounded, instead.
    """
    total, relevant = len(found), sum(found)
    k = max(1, bisect_right([(n + 1) / relevant for n in range(relevant)], level))
    step = relevant / (total - 1) if total > 1 else 0.0
    here = next(n for n, seen in enumerate(accumulate(found)) if seen >= k)
    at_random = next(n for n in range(total) if n == total - 1 or round(n * step) >= k)
    return (at_random - here) / total


def average_time_to_discovery(found: Sequence[bool]) -> float:
    """Mean place of the relevant records, the first record's place being 1 (ATD, in records)."""
    places = [n for n, one in enumerate(found, 1) if one]
    return sum(places) / len(places)


def loss(found: Sequence[bool]) -> float:
    """Normalised loss: 0 when all relevant records come first, 1 when they come last.

    (R * (N - (R - 1) / 2) - area) / (R * (N - R)), area being the sum of the discovery curve over all N
    places: what the best order has above this one, by what it has above the worst.
    """
    total, relevant = len(found), sum(found)
    area = sum(accumulate(found))
    return (relevant * (total - (relevant - 1) / 2) - area) / (relevant * (total - relevant))


def ndcg(found: Sequence[bool]) -> float:
    """Normalised discounted cumulative gain: sum of 1 / log2(place + 1) over the relevant, by the best one.

    Wang et al. (2013), A theoretical analysis of NDCG ranking measures, arXiv:1304.6480.
    """
    gain = sum(1 / log2(n + 1) for n, one in enumerate(found, 1) if one)
    return gain / sum(1 / log2(n + 1) for n in range(1, sum(found) + 1))
