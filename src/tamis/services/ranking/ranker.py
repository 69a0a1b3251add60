"""The model: which records are most likely relevant, learnt from the decisions so far.

A linear model of TF-IDF, fitted by weighted least squares. With m labels and far fewer labels than records
the dual is small: `(K + 1 + D) beta = y`, K the products of the labelled rows, 1 for the intercept, and
D = diag(1 / (2 C w)). Where the regularisation is as strong as here, this is the solution of the linear
support vector machine with squared hinge loss: no example lies beyond its margin, and on it both losses are
one (Suykens and Vandewalle 1999, Least squares support vector machine classifiers, Neural Process. Lett. 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from tamis.services.ranking.exact import dot, on_grid, row_sums
from tamis.services.ranking.features import UNIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tamis.services.ranking.features import Features

_Number = TypeVar("_Number", np.int32, np.uint16, np.int64)

MODEL: Final = "ridge-1"
"""Changes with everything that changes the order made of the same features and labels."""
_RATIO: Final = 9.8
"""All relevant records weigh so many times what all irrelevant ones do."""
_C: Final = 0.11
"""The loss of an average record against the regularisation."""
_STEPS: Final = 30
_CLOSE: Final = 1e-3
"""How small the residual has to become, against where it started."""
_KEPT: Final = 2_048
"""So many labelled rows have their products kept; with more, they are not made."""
_KERNEL_BITS: Final = 20
_CHUNK: Final = 2_048


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order of records.

    Attributes:
        order: rows without a label, the most likely relevant first; equal ones as they were imported.
        scores: of every row, labelled ones too; the higher the more likely. No probabilities.
        version: what the order was made of: model, features and labels.
    """

    order: NDArray[np.int64]
    scores: NDArray[np.float64]
    version: str


class Ranker:
    """Learns from labels, and orders the records that have none. For one thread at a time.

    What it returns depends on features and labels alone, not on what was asked before; what it keeps only
    saves time.

    Args:
        features: of all records.
    """

    def __init__(self, features: Features) -> None:
        self.features = features
        self._labelled = _Labelled(features)
        self._weights = np.zeros(len(features.slots))

    def rank(self, labels: Mapping[int, bool]) -> Ranking:
        """The order that follows from labels.

        Args:
            labels: row -> whether it is relevant. With none, the order is that of the import; with
                relevant records alone, those like them come first.
        """
        rows = np.fromiter(labels, np.int64, len(labels))
        relevant = np.fromiter(labels.values(), np.bool_, len(labels))
        self._weights = self._fitted(rows, relevant)
        scores = self._scores()
        waiting = np.ones(len(scores), np.bool_)
        waiting[rows] = False
        left = np.flatnonzero(waiting)
        order = left[np.argsort(-scores[left], kind="stable")]
        return Ranking(order, scores, self._version(rows, relevant))

    def _fitted(self, rows: NDArray[np.int64], relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The weight of each column."""
        if not relevant.any():
            return np.zeros(len(self.features.slots))
        labelled = self._labelled
        places = labelled.places(rows)
        y = np.zeros(len(labelled))
        y[places] = np.where(relevant, 1.0, -1.0)
        d = np.ones(len(labelled))
        d[places] = 1 / (2 * _C * _sample_weights(relevant))
        beta = labelled.solved(y, d)
        return labelled.combined(beta)

    def _scores(self) -> NDArray[np.float64]:
        features = self.features
        table, unit = on_grid(self._weights, 29)
        found = np.empty(len(features))
        for first in range(0, len(features), _CHUNK):
            starts = features.starts[first : first + _CHUNK + 1]
            found[first : first + _CHUNK] = row_sums(table, features.columns, features.weights, starts)
        found *= unit / UNIT
        return found

    def _version(self, rows: NDArray[np.int64], relevant: NDArray[np.bool_]) -> str:
        said = np.sort(rows * 2 + relevant).astype("<i8").tobytes()
        return f"{MODEL}-{self.features.digest[:8]}-{blake2b(said, digest_size=4).hexdigest()}"


def _sample_weights(relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights of labelled records, 1 on average: relevant ones together weigh `_RATIO` times the others."""
    many = len(relevant)
    some = int(np.count_nonzero(relevant))
    other = some / (_RATIO * (many - some)) if some < many else 0.0
    scale = many / (some + other * (many - some))
    return np.where(relevant, scale, other * scale)


class _Labelled:
    """The labelled rows, and their products with each other. Rows stay when their label is taken back."""

    def __init__(self, features: Features) -> None:
        self._features = features
        self._place: dict[int, int] = {}
        self._columns = np.zeros(0, np.int32)
        self._weights = np.zeros(0, np.uint16)
        self._starts = np.zeros(1, np.int64)
        self._kernel = np.zeros((0, 0))

    def __len__(self) -> int:
        return len(self._place)

    def places(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where rows are among those that are kept; those that are new are added."""
        place = self._place
        for row in rows.tolist():
            if row not in place:
                self._add(row)
        return np.fromiter(map(place.__getitem__, rows.tolist()), np.int64, len(rows))

    def solved(self, y: NDArray[np.float64], d: NDArray[np.float64]) -> NDArray[np.float64]:
        """Conjugate gradients for (K + 1 + D) beta = y, from 0, where y is not 0; elsewhere beta is 0."""
        here = y != 0
        scale = here / (d + 2)
        beta = np.zeros_like(y)
        r = y.copy()
        z = r * scale
        p = z
        rz = dot(r, z)
        enough = rz * _CLOSE * _CLOSE
        for _ in range(_STEPS):
            p, unit = on_grid(p, 20)
            p *= unit
            q = (self._kernel[: len(p), : len(p)] @ (p / unit)) * (unit / 2.0**_KERNEL_BITS)
            q = (q + p.sum() + d * p) * here
            step = dot(r, p) / dot(p, q)
            beta += step * p
            r -= step * q
            z = r * scale
            new = dot(r, z)
            if new <= enough:
                break
            p = z + (new / rz) * p
            rz = new
        return beta

    def combined(self, beta: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of the rows, each times its beta."""
        bits = min(22, 52 - 16 - max(1, len(beta)).bit_length())
        times, unit = on_grid(beta, bits)
        end = int(self._starts[len(beta)])
        each = np.repeat(times, np.diff(self._starts[: len(beta) + 1])) * self._weights[:end]
        sums = np.bincount(self._columns[:end], each, len(self._features.slots)).astype(
            np.float64, copy=False
        )
        sums *= unit / UNIT
        return sums

    def _add(self, row: int) -> None:
        features, place = self._features, len(self._place)
        part = slice(int(features.starts[row]), int(features.starts[row + 1]))
        columns, weights = features.columns[part], features.weights[part]
        begin = int(self._starts[place])
        end = begin + len(columns)
        if end > len(self._columns):
            self._columns = _grown(self._columns, 2 * end)
            self._weights = _grown(self._weights, 2 * end)
        if place + 2 > len(self._starts):
            self._starts = _grown(self._starts, 2 * place + 64)
            kernel = np.zeros((len(self._starts), len(self._starts)))
            kernel[:place, :place] = self._kernel[:place, :place]
            self._kernel = kernel
        self._columns[begin:end], self._weights[begin:end] = columns, weights
        self._starts[place + 1] = end
        table = np.zeros(len(features.slots))
        table[columns] = weights
        products = row_sums(table, self._columns, self._weights, self._starts[: place + 2])
        products = np.rint(products * (2.0**_KERNEL_BITS / UNIT**2))
        self._kernel[place, : place + 1] = products
        self._kernel[: place + 1, place] = products
        self._place[row] = place


def _grown(values: NDArray[_Number], size: int) -> NDArray[_Number]:
    grown = np.zeros(size, values.dtype)
    grown[: len(values)] = values
    return grown
