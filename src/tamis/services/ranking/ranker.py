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
from typing import TYPE_CHECKING, Final

import numpy as np

from tamis.services.ranking.exact import on_grid
from tamis.services.ranking.features import UNIT
from tamis.services.ranking.postings import Postings
from tamis.services.ranking.solving import Labelled
from tamis.services.ranking.terms import Term, named, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tamis.services.ranking.features import Features
    from tamis.services.ranking.words import Words

MODEL: Final = "ridge-2"
"""Changes with everything that changes the order made of the same features and labels."""
RATIO: Final = 9.8
"""All relevant records weigh so many times what all irrelevant ones do, once there are many labels."""
_RATIO_AT_FIRST: Final = 30.0
"""The same with the first labels: few irrelevant ones say little of what is relevant."""
_FADES: Final = 100.0
"""With so many labels, a quarter of that difference is left."""
_C: Final = 0.11
"""The loss of an average record against the regularisation."""
_BITS: Final = 9
"""Of the largest weight. A decision changes most weights by less than that, and rows that have none of the
others keep their scores."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order of records.

    Attributes:
        order: rows without a label, the most likely relevant first; equal ones as they were imported.
        scores: of every row, labelled ones too; the higher the more likely. No probabilities.
        version: what the order was made of: model, features, labels and hints.
        weights: of the columns, in units of `unit`.
        unit: see `weights`.
        led: whether hints lead, because there are not relevant and irrelevant ones yet.
    """

    order: NDArray[np.int64]
    scores: NDArray[np.float64]
    version: str
    weights: NDArray[np.int16]
    unit: float
    led: bool


class Ranker:
    """Learns from labels, and orders the records that have none. For one thread at a time.

    What it returns depends on the features and on what it is asked alone, not on what was asked before: the
    same decisions give the same order on every machine. What it keeps only saves time.

    Args:
        features: of all records.
    """

    def __init__(self, features: Features) -> None:
        self.features = features
        self._labelled = Labelled(features)
        self._postings = Postings(features)
        self._weights = np.zeros(len(features.slots), np.int16)
        self._unit = 1.0
        self._sums = np.zeros(len(features))
        self._hints: dict[str, bool] = {}
        self._spoken = np.zeros(len(features.slots))

    def rank(self, labels: Mapping[int, bool], hints: Mapping[str, bool] | None = None) -> Ranking:
        """The order that follows from labels.

        Until there are relevant and irrelevant ones, hints lead, with what labels there are; without either
        the order is that of the import.

        Args:
            labels: row -> whether it is relevant.
            hints: terms -> whether they speak for a record. Words or phrases; `random*` stands for all
                words that begin so.
        """
        rows = np.fromiter(labels, np.int64, len(labels))
        relevant = np.fromiter(labels.values(), np.bool_, len(labels))
        by_rows = np.argsort(rows)
        rows, relevant = rows[by_rows], relevant[by_rows]
        led = bool(hints) and (not relevant.any() or bool(relevant.all()))
        weights = self._fitted(rows, relevant, led)
        if led and hints:
            weights = self._hinted(weights, hints)
        self._weigh(weights)
        order = self._order(rows)
        said = blake2b((rows * 2 + relevant).astype("<i8").tobytes(), digest_size=4)
        for hint, speaks in sorted(hints.items()) if led and hints else ():
            said.update(f"{int(speaks)}{hint}\n".encode("utf-8", "replace"))
        version = f"{MODEL}-{self.features.digest[:8]}-{said.hexdigest()}"
        scores = self._sums * (self._unit / UNIT)
        return Ranking(order, scores, version, self._weights.copy(), self._unit, led)

    def why(self, row: int, text: Words, n: int = 5) -> list[Term]:
        """The terms of a record that counted most in the last ranking.

        Args:
            row: the record's row.
            text: its text, as the features were made of it.
            n: at most so many for it, and so many against it.

        Returns:
            Those that speak for it, the strongest first, then those against it, the strongest first.
        """
        return named(self.features, self._weights, self._unit, row, text, n)

    def _fitted(self, rows: NDArray[np.int64], relevant: NDArray[np.bool_], led: bool) -> NDArray[np.float64]:
        """The weight of each column that has a number."""
        if not relevant.any() and not (led and len(rows)):
            return np.zeros(len(self._labelled.columns))
        y = np.where(relevant, 1.0, -1.0)
        return self._labelled.fitted(rows, y, 1 / (2 * _C * _sample_weights(relevant)))

    def _hinted(self, weights: NDArray[np.float64], hints: Mapping[str, bool]) -> NDArray[np.float64]:
        """The weights, and what the hints add to them."""
        if hints != self._hints:
            self._hints, self._spoken = dict(hints), spoken(self.features, hints)
        columns = np.flatnonzero(self._spoken)
        numbers = self._labelled.numbers(columns)
        added = np.zeros(len(self._labelled.columns))
        added[: len(weights)] = weights
        added[numbers] += self._spoken[columns]
        return added

    def _weigh(self, weights: NDArray[np.float64]) -> None:
        """Take other weights, and bring the scores of the rows up to date that have terms with another one.

        In one thread: more are hardly faster, and hold keys up.
        """
        whole, unit = on_grid(weights, _BITS)
        if unit != self._unit:
            self._weights[:] = 0
            self._sums[:] = 0
            self._unit = unit
        columns = self._labelled.columns
        changes = whole - self._weights[columns]
        changed = np.flatnonzero(changes)
        self._postings.add(self._sums, columns[changed], changes[changed])
        self._weights[columns[changed]] = whole[changed]

    def _order(self, labelled: NDArray[np.int64]) -> NDArray[np.int64]:
        """The other rows, the highest score first, equal ones as they come: one sort of whole numbers."""
        bits = len(self._sums).bit_length()
        keys = -self._sums.astype(np.int64) << bits
        keys |= np.arange(len(keys))
        keys = np.delete(keys, labelled)
        keys.sort()
        keys &= (1 << bits) - 1
        return keys


def _sample_weights(relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights of labelled records, 1 on average."""
    many, some = len(relevant), int(np.count_nonzero(relevant))
    if some in (0, many):
        return np.ones(many)
    faded = 1 + many / _FADES
    ratio = RATIO + (_RATIO_AT_FIRST - RATIO) / (faded * faded)
    other = some / (ratio * (many - some))
    scale = many / (some + other * (many - some))
    return np.where(relevant, scale, other * scale)
