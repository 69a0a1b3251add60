"""The labelled rows, and the least-squares problem on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from tamis.services.ranking.exact import dot, on_grid, row_sums
from tamis.services.ranking.features import UNIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tamis.services.ranking.features import Features

_Number = TypeVar("_Number", np.intp, np.int32, np.float64)

KEPT: Final = 2_048
"""So many labelled rows have their products kept: 32 MB. With more, products are made anew each time."""
STEPS: Final = 3
"""Of conjugate gradients; more change the order hardly, and for no better."""
_SOLVED: Final = 1e-20
_KERNEL_BITS: Final = 20
_FACTOR_BITS: Final = 20
_SUM_BITS: Final = 29


class Labelled:
    """Labelled rows and their products with each other.

    What it returns depends on what it is asked alone: rows that were asked for before stay, in whatever
    order, but no sum that is made here depends on order.

    Only a small part of all columns is of labelled rows. Those are numbered as they come and everything is
    done with these numbers, so that what is read again and again stays near the processor.

    Args:
        features: of all records.
    """

    def __init__(self, features: Features) -> None:
        self._features = features
        self._number = np.full(len(features.slots), -1, np.int32)
        self._numbered = np.zeros(0, np.int32)
        self._many = 0
        self._table = np.zeros(0)
        self._clear()

    @property
    def columns(self) -> NDArray[np.int32]:
        """The columns that have a number, in the order of their numbers; they never lose it."""
        return self._numbered[: self._many]

    def numbers(self, columns: NDArray[np.integer]) -> NDArray[np.int32]:
        """The numbers of columns, each given at most once; those that had none get one."""
        found: NDArray[np.int32] = self._number[columns]
        new = columns[found < 0]
        if len(new):
            many = self._many + len(new)
            if many > len(self._numbered):
                self._numbered = _grown(self._numbered, 2 * many)
                self._table = _grown(self._table, 2 * many)
            self._numbered[self._many : many] = new
            self._number[new] = np.arange(self._many, many, dtype=np.int32)
            self._many = many
            found = self._number[columns]
        return found

    def _clear(self) -> None:
        self._place: dict[int, int] = {}
        self._columns = np.zeros(0, np.intp)
        self._weights = np.zeros(0)
        self._starts = np.zeros(1, np.int64)
        self._kernel = np.zeros((0, 0))
        self._multiplied = 0

    def fitted(
        self, rows: NDArray[np.int64], y: NDArray[np.float64], d: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The weight of each of `columns`: the sum of the rows times beta, with (K + 1 + D) beta = y.

        Conjugate gradients from 0 with the diagonal as preconditioner, `STEPS` steps (Hestenes and Stiefel
        1952, Methods of conjugate gradients for solving linear systems).

        Args:
            rows: rows with a label.
            y: of each row, 1 or -1.
            d: of each row, the diagonal of D.
        """
        few = len(rows) <= KEPT
        here = self._places(rows.tolist(), few)
        beta = np.zeros_like(y)
        r = y
        z = r / (d + 2)
        p = z
        rz = at_first = dot(r, z)
        for _ in range(STEPS):
            whole, unit = on_grid(p, _FACTOR_BITS)
            p = whole * unit
            q = (self._products(here, whole, few) + float(whole.sum())) * unit + d * p
            step = dot(r, p) / dot(p, q)
            beta = beta + step * p
            r = r - step * q
            z = r / (d + 2)
            new = dot(r, z)
            if new <= at_first * _SOLVED:
                break
            p = z + (new / rz) * p
            rz = new
        whole, unit = on_grid(beta, _FACTOR_BITS)
        sums = self._combined(here, whole)
        sums *= unit / UNIT
        return sums

    def _products(
        self, here: NDArray[np.int64], whole: NDArray[np.float64], few: bool
    ) -> NDArray[np.float64]:
        """K times a vector of whole numbers."""
        if few:
            used = len(self._place)
            spread = np.zeros(used)
            spread[here] = whole
            kernel = self._kernel[:used, :used]  # not `@`: threads of BLAS wait for a busy processor
            found: NDArray[np.float64] = np.einsum("ij,j->i", kernel, spread)
            return found[here] * 2.0**-_KERNEL_BITS
        table, unit = on_grid(self._combined(here, whole), _SUM_BITS)
        found = row_sums(table, self._columns, self._weights, self._starts[: len(self._place) + 1])[here]
        return found * (unit / UNIT**2)

    def _combined(self, here: NDArray[np.int64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each of `columns` the sum over the rows of a whole number times the row's weight."""
        used = len(self._place)
        end = int(self._starts[used])
        spread = np.zeros(used)
        spread[here] = whole
        each = np.repeat(spread, np.diff(self._starts[: used + 1]))
        each *= self._weights[:end]
        sums = np.zeros(self._many)
        sums += np.bincount(self._columns[:end], each, self._many)
        return sums

    def _places(self, rows: list[int], few: bool) -> NDArray[np.int64]:
        """Where rows are among those that are kept; those that are new are added."""
        new = [row for row in rows if row not in self._place]
        if few and len(self._place) + len(new) > KEPT:
            self._clear()
            new = rows
        for row in new:
            self._add(row)
        if few:
            for place in range(self._multiplied, len(self._place)):
                self._multiply(place)
        return np.fromiter(map(self._place.__getitem__, rows), np.int64, len(rows))

    def _add(self, row: int) -> None:
        features, place = self._features, len(self._place)
        part = slice(int(features.starts[row]), int(features.starts[row + 1]))
        begin = int(self._starts[place])
        end = begin + part.stop - part.start
        if end > len(self._columns):
            self._columns = _grown(self._columns, 2 * end)
            self._weights = _grown(self._weights, 2 * end)
        if place + 2 > len(self._starts):
            self._starts = _grown(self._starts, 2 * place + 64)
        self._columns[begin:end] = self.numbers(features.columns[part])
        self._weights[begin:end] = features.weights[part]
        self._starts[place + 1] = end
        self._place[row] = place

    def _multiply(self, place: int) -> None:
        """The products of a row with those before it and with itself, rounded to whole numbers."""
        if place >= len(self._kernel):
            size = min(KEPT, 2 * place + 64)
            kernel = np.zeros((size, size))
            kernel[:place, :place] = self._kernel[:place, :place]
            self._kernel = kernel
        here = slice(int(self._starts[place]), int(self._starts[place + 1]))
        self._table[self._columns[here]] = self._weights[here]
        found = row_sums(self._table, self._columns, self._weights, self._starts[: place + 2])
        self._table[self._columns[here]] = 0
        found = np.rint(found * (2.0**_KERNEL_BITS / UNIT**2))
        self._kernel[place, : place + 1] = found
        self._kernel[: place + 1, place] = found
        self._multiplied = place + 1


def _grown(values: NDArray[_Number], size: int) -> NDArray[_Number]:
    grown = np.zeros(size, values.dtype)
    grown[: len(values)] = values
    return grown
