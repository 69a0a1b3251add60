"""Rankings made while a person reads: one thread, which answers the newest question and forgets older ones.

Multiplying and sorting numbers leaves other threads alone. Counting words does not, so features are made in
a process of their own (`building`).
"""

from __future__ import annotations

import tempfile
import threading
from array import array
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tamis.errors import Stopped
from tamis.services.ranking.building import build_in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from tamis.services.ranking.features import Features
    from tamis.services.ranking.ranker import Ranker, Ranking
    from tamis.services.ranking.terms import Term
    from tamis.services.ranking.words import Words

_FOLDER_MODE: Final = 0o700
_PATIENCE: Final = 5.0
"""Seconds that the end waits for the thread: it looks up at least that often."""
FAILED: Final = "The order by relevance cannot be made: "
DAMAGED: Final = "What was kept of the ranking was damaged or of another version; it is made anew."


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for.

    Attributes:
        labels: row -> whether it is relevant.
        hints: terms -> whether they speak for a record.
        eligible: the rows to order, ascending.
    """

    labels: Mapping[int, bool]
    hints: Mapping[str, bool]
    eligible: Sequence[int]


@dataclass(frozen=True, slots=True)
class Answer:
    """A ranking.

    Attributes:
        question: what it answers.
        order: eligible rows without a label, the most likely relevant first.
        version: of model, features, labels and hints.
        led: whether hints lead, because there are not relevant and irrelevant records yet.
        contradicted: records that have the same text as one that was decided otherwise.
        features: of all records.
        weights: of the terms, in units of `unit`.
        unit: see `weights`.
    """

    question: Question
    order: array[int]
    version: str
    led: bool
    contradicted: int
    features: Features
    weights: NDArray[np.int16]
    unit: float

    @property
    def labelled(self) -> Mapping[int, bool]:
        """Rows that had a label."""
        return self.question.labels

    def why(self, row: int, text: Words, n: int) -> list[Term]:
        """The terms that count most for a record, then those that count most against it."""
        from tamis.services.ranking.terms import named

        return named(self.features, self.weights, self.unit, row, text, n)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the thread is.

    Attributes:
        counted: records of which the words are counted, None when that is done.
        problem: a sentence, "" without one.
        answer: the newest ranking.
        idle: whether nothing is asked that is not answered.
    """

    counted: int | None = 0
    problem: str = ""
    answer: Answer | None = None
    idle: bool = True


class Background:
    """Answers questions in a thread.

    Args:
        folder: the review, as it is on disk.
        kept: where features are kept; its folder is made. What is there of other records is removed.
        rows: how many records the review has.
        writable: whether anything may be kept in the folder.
        tell: called in the thread when `standing` has changed.
    """

    def __init__(
        self, folder: Path, kept: Path, rows: int, *, writable: bool, tell: Callable[[], None]
    ) -> None:
        self.standing = Standing()
        self._folder = folder
        self._kept = kept
        self._rows = rows
        self._writable = writable
        self._tell = tell
        self._asked: Question | None = None
        self._closed = False
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self, question: Question) -> None:
        """Ask for a ranking; what was asked before and is not begun is forgotten."""
        with self._news:
            self._asked = question
            self._say(idle=False)
            self._news.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ranking", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread, and the process if there is one."""
        with self._news:
            self._closed = True
            self._news.notify()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        try:
            self._answer_all()
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001 - said on the status line, whatever it is
            self._say(problem=f"{FAILED}{error or type(error).__name__}.", idle=True, counted=None)
            self._tell()

    def _answer_all(self) -> None:
        features = self._features()
        if features is None:
            raise RuntimeError("the review cannot be read, or there is no space left")
        self._say(counted=None)
        from tamis.services.ranking.ranker import Ranker

        ranker, alike = Ranker(features), _Alike(features)
        while (question := self._next()) is not None:
            answer = _answered(ranker, alike, question)
            with self._news:
                self._say(answer=answer, idle=self._asked is None)
            self._tell()

    def _next(self) -> Question | None:
        with self._news:
            self._news.wait_for(lambda: self._closed or self._asked is not None)
            question, self._asked = self._asked, None
            return None if self._closed else question

    def _features(self) -> Features | None:
        from tamis.services.ranking.features import Features

        kept = Features.load(self._kept)
        if kept is not None and len(kept) == self._rows:
            return kept
        if self._kept.exists():
            self._say(problem=DAMAGED)
        if not self._writable:
            with tempfile.TemporaryDirectory(prefix="tamis-") as folder:
                return self._built(Path(folder) / self._kept.name)
        self._kept.parent.mkdir(_FOLDER_MODE, exist_ok=True)
        found = self._built(self._kept)
        if found is not None:
            for other in self._kept.parent.glob(f"*{self._kept.suffix}"):
                if other != self._kept:
                    with suppress(OSError):
                        other.unlink()
        return found

    def _built(self, path: Path) -> Features | None:
        def progress(counted: int) -> None:
            if self._closed:
                raise Stopped
            self._say(counted=counted)
            self._tell()

        self._tell()
        return build_in_background(self._folder, path, progress)

    def _say(
        self,
        *,
        counted: int | None = -1,
        problem: str | None = None,
        answer: Answer | None = None,
        idle: bool | None = None,
    ) -> None:
        was = self.standing
        self.standing = Standing(
            was.counted if counted == -1 else counted,
            was.problem if problem is None else problem,
            answer or was.answer,
            was.idle if idle is None else idle,
        )


def _answered(ranker: Ranker, alike: _Alike, question: Question) -> Answer:
    import numpy as np

    ranking: Ranking = ranker.rank(question.labels, question.hints)
    order = ranking.order
    if not isinstance(question.eligible, range):
        eligible = np.zeros(len(ranker.features), np.bool_)
        eligible[np.asarray(question.eligible, np.int64)] = True
        order = order[eligible[order]]
    rows = array("q")
    rows.frombytes(order.astype(np.int64).tobytes())
    return Answer(
        question=question,
        order=rows,
        version=ranking.version,
        led=ranking.led,
        contradicted=alike.contradicted(question.labels),
        features=ranker.features,
        weights=ranking.weights,
        unit=ranking.unit,
    )


class _Alike:
    """Which rows have the same text.

    Args:
        features: of all records.
    """

    def __init__(self, features: Features) -> None:
        self._features = features
        self._groups: dict[int, int] = {}
        self._known: dict[bytes, int] = {}

    def contradicted(self, labels: Mapping[int, bool]) -> int:
        """How many rows have a label and the same text as one with the other; empty ones do not count."""
        import numpy as np

        groups = np.fromiter(map(self._group, labels), np.int64, len(labels))
        relevant = np.fromiter(labels.values(), np.bool_, len(labels))
        both = np.intersect1d(groups[relevant], groups[~relevant])
        return int(np.count_nonzero(np.isin(groups, both[both >= 0])))

    def _group(self, row: int) -> int:
        found = self._groups.get(row)
        if found is None:
            features = self._features
            part = slice(int(features.starts[row]), int(features.starts[row + 1]))
            text = blake2b(features.columns[part].tobytes(), digest_size=16)
            text.update(features.weights[part].tobytes())
            empty = part.start == part.stop
            found = -1 if empty else self._known.setdefault(text.digest(), len(self._known))
            self._groups[row] = found
        return found
