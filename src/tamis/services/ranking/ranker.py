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

from tamis.services.ranking.exact import on_grid, row_sums
from tamis.services.ranking.features import UNIT
from tamis.services.ranking.solving import Labelled
from tamis.services.ranking.terms import Term, named, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tamis.services.ranking.features import Features
    from tamis.services.ranking.words import Words

MODEL: Final = "ridge-1"
"""Changes with everything that changes the order made of the same features and labels."""
RATIO: Final = 9.8
"""All relevant records weigh so many times what all irrelevant ones do, once there are many labels."""
_RATIO_AT_FIRST: Final = 30.0
"""The same with the first labels: few irrelevant ones say little of what is relevant."""
_FADES: Final = 100.0
"""With so many labels, a quarter of that difference is left."""
_C: Final = 0.11
"""The loss of an average record against the regularisation."""
_BITS: Final = 29
_CHUNK: Final = 2_048
_SMALL: Final = 1 << 22
"""Up to so many numbers are kept as the processor likes them: faster, and three times as much memory."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order of records.

    Attributes:
        order: rows without a label, the most likely relevant first; equal ones as they were imported.
        scores: of every row, labelled ones too; the higher the more likely. No probabilities.
        version: what the order was made of: model, features, labels and hints.
        weights: of the columns, for `terms.named`.
        led: whether hints lead, because there are not relevant and irrelevant ones yet.
    """

    order: NDArray[np.int64]
    scores: NDArray[np.float64]
    version: str
    weights: NDArray[np.float64]
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
        self._weights = np.zeros(len(features.slots))
        self._hints: dict[str, bool] = {}
        self._spoken = self._weights
        # as the processor likes them best, unless that takes much memory
        few = len(features.columns) <= _SMALL
        self._columns = features.columns.astype(np.intp) if few else features.columns
        self._shares = features.weights.astype(np.float64) if few else features.weights

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
        self._weights = self._fitted(rows, relevant, led)
        if led and hints:
            if hints != self._hints:
                self._hints, self._spoken = dict(hints), spoken(self.features, hints)
            self._weights = self._weights + self._spoken
        scores = self._scores()
        waiting = np.ones(len(scores), np.bool_)
        waiting[rows] = False
        left = np.flatnonzero(waiting)
        order = left[np.argsort(-scores[left], kind="stable")]
        said = blake2b((rows * 2 + relevant).astype("<i8").tobytes(), digest_size=4)
        for hint, speaks in sorted(hints.items()) if led and hints else ():
            said.update(f"{int(speaks)}{hint}\n".encode("utf-8", "replace"))
        version = f"{MODEL}-{self.features.digest[:8]}-{said.hexdigest()}"
        return Ranking(order, scores, version, self._weights, led)

    def why(self, row: int, text: Words, n: int = 5) -> list[Term]:
        """The terms of a record that counted most in the last ranking.

        Args:
            row: the record's row.
            text: its text, as the features were made of it.
            n: at most so many for it, and so many against it.

        Returns:
            Those that speak for it, the strongest first, then those against it, the strongest first.
        """
        return named(self.features, self._weights, row, text, n)

    def _fitted(self, rows: NDArray[np.int64], relevant: NDArray[np.bool_], led: bool) -> NDArray[np.float64]:
        """The weight of each column."""
        if not relevant.any() and not (led and len(rows)):
            return np.zeros(len(self.features.slots))
        y = np.where(relevant, 1.0, -1.0)
        return self._labelled.fitted(rows, y, 1 / (2 * _C * _sample_weights(relevant)))

    def _scores(self) -> NDArray[np.float64]:
        """Each row's product with the weights. In one thread: more are hardly faster, and hold keys up."""
        features = self.features
        table, unit = on_grid(self._weights, _BITS)
        found = np.empty(len(features))
        for first in range(0, len(features), _CHUNK):
            starts = features.starts[first : first + _CHUNK + 1]
            found[first : first + _CHUNK] = row_sums(table, self._columns, self._shares, starts)
        found *= unit / UNIT
        return found


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
