"""The features by term: which rows have it, and with which weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tamis.services.ranking.features import Features

_AT_ONCE: Final = 1 << 20
"""So many numbers are worked on at once, to bound the memory that it takes."""
_PLACE_BITS: Final = 32


class Postings:
    """The rows of each column, as an index of a search engine has them.

    When the weights of a few columns change, the sums of the rows that have them are brought up to date
    without reading the others. All sums are of whole numbers, so nothing is lost on the way.

    Args:
        features: of all records.
    """

    def __init__(self, features: Features) -> None:
        pieces = list(_pieces(features.starts[1:]))
        often = np.zeros(len(features.slots), np.int64)
        for first, last in pieces:
            columns = features.columns[features.starts[first] : features.starts[last]]
            often += np.bincount(columns, minlength=len(often))
        self._starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(often)))
        self._rows = np.empty(len(features.columns), np.int32)
        self._weights = np.empty(len(features.columns), np.uint16)
        free = self._starts[:-1].copy()
        for first, last in pieces:
            part = slice(int(features.starts[first]), int(features.starts[last]))
            # one sort of columns with their places: rows of a column stay ascending
            keys = features.columns[part].astype(np.int64) << _PLACE_BITS
            keys |= np.arange(len(keys))
            keys.sort()
            places, columns = keys & ((1 << _PLACE_BITS) - 1), keys >> _PLACE_BITS
            begins = np.flatnonzero(np.diff(columns, prepend=-1))
            many = np.diff(begins, append=len(columns))
            here = columns[begins]
            to = np.repeat(free[here] - begins, many)
            to += np.arange(len(to))
            free[here] += many
            rows = np.arange(first, last, dtype=np.int32)
            self._rows[to] = np.repeat(rows, np.diff(features.starts[first : last + 1]))[places]
            self._weights[to] = features.weights[part][places]

    def add(
        self, sums: NDArray[np.float64], columns: NDArray[np.integer], factors: NDArray[np.float64]
    ) -> None:
        """Add to the sum of each row its weights in some columns, each times a factor.

        Args:
            sums: of each row; changed.
            columns: each at most once.
            factors: whole numbers, as many.
        """
        begins = self._starts[columns]
        lengths = self._starts[columns + 1] - begins
        ends = np.cumsum(lengths)
        begins -= ends - lengths
        for first, last in _pieces(ends):
            part = slice(first, last)
            before = int(ends[first] - lengths[first])
            places = np.arange(before, int(ends[last - 1]))
            places += np.repeat(begins[part], lengths[part])
            adds = np.repeat(factors[part], lengths[part])
            adds *= self._weights[places]
            sums += np.bincount(self._rows[places], adds, len(sums))


def _pieces(ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of parts that have about `_AT_ONCE` numbers together, given the sum up to each part."""
    first, done = 0, 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, done + _AT_ONCE, "right")))
        yield first, last
        first, done = last, int(ends[last - 1])
