"""The features by term: which rows have it, and with which weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tamis.services.ranking.features import Features

_AT_ONCE: Final = 1 << 21
"""So many numbers are worked on at once, to bound the memory that it takes."""
_WEIGHT_BITS: Final = 16
_ROW_BITS: Final = 24


class Postings:
    """The rows of each column, as an index of a search engine has them.

    When the weights of a few columns change, the sums of the rows that have them are brought up to date
    without reading the others. All sums are of whole numbers, so nothing is lost on the way.

    Args:
        features: of at most 2**24 records.
    """

    def __init__(self, features: Features) -> None:
        often = np.bincount(features.columns, minlength=len(features.slots))
        self._starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(often, dtype=np.int64)))
        self._rows = np.empty(len(features.columns), np.int32)
        self._weights = np.empty(len(features.columns), np.uint16)
        row_of = np.repeat(np.arange(len(features), dtype=np.int32), np.diff(features.starts))
        for first, last in self._pieces(np.cumsum(often)):
            here = np.flatnonzero((features.columns >= first) & (features.columns < last))
            key = features.columns[here].astype(np.int64) - first
            key = (key << _ROW_BITS | row_of[here]) << _WEIGHT_BITS | features.weights[here]
            key.sort()
            part = slice(int(self._starts[first]), int(self._starts[last]))
            self._weights[part] = key & ((1 << _WEIGHT_BITS) - 1)
            self._rows[part] = key >> _WEIGHT_BITS & ((1 << _ROW_BITS) - 1)

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
        for first, last in self._pieces(ends):
            part = slice(first, last)
            before = int(ends[first] - lengths[first])
            places = np.arange(before, int(ends[last - 1]))
            places += np.repeat(begins[part], lengths[part])
            adds = np.repeat(factors[part], lengths[part])
            adds *= self._weights[places]
            sums += np.bincount(self._rows[places], adds, len(sums))

    @staticmethod
    def _pieces(ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
        """Ranges of columns that have about `_AT_ONCE` numbers, given the sum of these up to each one."""
        first, done = 0, 0
        while first < len(ends):
            last = max(first + 1, int(np.searchsorted(ends, done + _AT_ONCE, "right")))
            yield first, last
            first, done = last, int(ends[last - 1])
