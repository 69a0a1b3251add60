"""A reviewer at a stage of a review: the list, the record in front of them, and how far they are."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Kind, Stage, Verdict
from tamis.domain.states import State
from tamis.errors import UsageError
from tamis.services.acting import Actor, need_stage
from tamis.services.again import Reshown
from tamis.services.catalogue import record_at
from tamis.services.queue import Queue
from tamis.services.sorting import Sorter
from tamis.services.views import Progress, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tamis.domain.events import Author, Event
    from tamis.domain.ledger import Ledger
    from tamis.domain.record import Record
    from tamis.services.linking import Looked
    from tamis.services.ranked_list import Guide
    from tamis.store.review import Review

PACE_WINDOW: Final = 50
"""Pace is the median over this many last decisions."""
PACE_OF: Final = 1_000
"""They are looked for among this many last actions: thousands may have taken no time."""


class Sitting(Actor):
    """What a `Session` is about, before anything is said.

    Args:
        review: an open review.
        author: who is at work, with clock and ids.
        stage: which stage is screened.
        ledger: the fold of the review's events, when the caller has it already.
        again: share of decisions after which a record is shown again; None for that of the protocol.
        clock: monotonic seconds, for time spent on a record.

    Attributes:
        queue: the list, and the place in it.
        sorter: who sorts the list.
        guide: who ranks the list, None for nobody.
        looked: the pairs of duplicates that were found, while the records are the same.
        again: what is shown again in place of the next record.
    """

    def __init__(
        self,
        review: Review,
        author: Author,
        *,
        stage: str = Stage.TITLE_ABSTRACT,
        ledger: Ledger | None = None,
        again: float | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(review, author, stage=stage, ledger=ledger)
        self._clock = clock or (lambda: 0.0)
        self.sorter = Sorter(review)
        self.guide: Guide | None = None
        self.looked: Looked | None = None
        self.passed_over: set[str] = set()
        """Ids of changes of terms that undo cannot take back: protocol.toml was changed elsewhere."""
        self.queue = self._listing()
        self._seconds: deque[float] = deque(self._past_seconds(), PACE_WINDOW)
        self.again = Reshown(self, review.protocol.again if again is None else again)
        self.resume()

    @property
    def current(self) -> int | None:
        """Index of the current record in the review, None in an empty list."""
        again = self.again.current
        return self.queue.current if again is None else again

    @property
    def hidden(self) -> bool:
        """Whether the current record is shown again, as if undecided: nothing said of it is to be seen."""
        return self.again.current is not None

    @property
    def record(self) -> Record | None:
        """The current record."""
        return None if self.current is None else record_at(self.review, self.ledger, self.current)

    @property
    def record_id(self) -> str | None:
        """The current record's id."""
        return None if self.current is None else self.review.records.id_at(self.current)

    @property
    def duplicates(self) -> int:
        """How many records of the review stand behind another one of the same report."""
        return self.ledger.duplicates

    def row(self, position: int) -> Row:
        """What a list shows at a position of the queue."""
        index = self.queue.shown[position]
        again = self.again.at(index)
        hidden = again is not None
        record = record_at(self.review, self.ledger, index if again is None else again)
        vote = None if hidden else self.ledger.vote(record.id, self.stage, self.by)
        return Row(
            index=index,
            record_id=record.id,
            title=record.title,
            year=record.year,
            verdict=vote.verdict if vote else Verdict.UNDECIDED,
            reasons=self.reason_labels(vote) if vote else (),
            noted=not hidden and bool(self.ledger.note(record.id, self.by)),
            labels=() if hidden else self.ledger.labels(record.id, self.by),
            has_abstract=bool(record.abstract),
            not_retrieved=self.is_missing(record.id),
            duplicate=self.ledger.is_duplicate(record.id),
            removed=self.ledger.removal(record.id) is not None,
        )

    def is_missing(self, record_id: str) -> bool:
        """Whether a report of the full-text stage stands as not retrieved."""
        return self.stage == Stage.FULL_TEXT and self.ledger.state(record_id) is State.NOT_RETRIEVED

    def is_removed(self) -> bool:
        """Whether the current record was removed before screening."""
        return self.record_id is not None and self.ledger.removal(self.record_id) is not None

    def study(self) -> str:
        """The study of the current record, or ""."""
        return "" if self.record_id is None else self.ledger.study(self.record_id)

    def vote(self) -> Event | None:
        """The own standing decision on the current record."""
        if self.record_id is None or self.hidden:
            return None
        return self.ledger.vote(self.record_id, self.stage, self.by)

    def progress(self) -> Progress:
        """How far the reviewer is."""
        own = self.ledger.progress(self.by, self.stage)
        return Progress(
            total=len(self.queue.every),
            verdicts={v: n - self.queue.outside[v] for v, n in own.items()},
            seconds_each=_median(self._seconds) if self._seconds else None,
            position=self.queue.cursor + 1 if self.queue else 0,
            shown=len(self.queue),
            not_retrieved=self.queue.not_retrieved,
        )

    def resume(self) -> None:
        """Go where work goes on: the first undecided record after the one decided last."""
        last = next((e for e in self.ledger.history(self.by) if self._here(e)), None)
        if last is None:
            self.queue.first_undecided()
        else:
            self.queue.go_to(last.record)
            self.queue.next_undecided()
        self.again.offer()

    def change_stage(self) -> None:
        """Go on with the other stage: on the same record if it is there, else where work goes on.

        The filter is given up.

        Raises:
            ProtocolError: the protocol does not have it.
        """
        stage = Stage.TITLE_ABSTRACT if self.stage == Stage.FULL_TEXT else Stage.FULL_TEXT
        need_stage(self.review, stage)
        self.again.drop()  # the record it stood in place of is the one to go on with
        here = self.record_id
        self.stage = str(stage)
        self.queue = self._listing()
        self._seconds = deque(self._past_seconds(), PACE_WINDOW)
        self._tell_guide()
        if here is None or self.queue.place(here) is None:
            self.resume()
        else:
            self.queue.go_to(here)

    def reload(self) -> None:
        """Take in what was imported since: records join the queue, decisions that came along the ledger."""
        for event in self.review.events():
            self.ledger.apply(event)
        here = self.queue.current
        self.queue = self._listing()
        if here is not None:
            self.queue.go_to(self.ledger.stands_for(self.review.records.id_at(here)))
        self._tell_guide()

    def need_record(self) -> str:
        """The current record's id.

        Raises:
            UsageError: the list is empty.
        """
        if self.record_id is None:
            raise UsageError("There is no record here to decide on.")
        return self.record_id

    def _tell_guide(self) -> None:
        if self.guide is not None:
            self.guide.renewed()

    def _listing(self) -> Queue:
        return Queue(self.review, self.ledger, self.stage, self.by, self._clock, self.guide, self.sorter)

    def _here(self, event: Event) -> bool:
        return event.kind == Kind.DECIDE and event.stage == self.stage

    def _past_seconds(self) -> list[float]:
        past: list[float] = []
        for event in islice(self.ledger.history(self.by), PACE_OF):
            seconds = event.body.get("seconds")
            if self._here(event) and isinstance(seconds, int | float) and seconds > 0:
                past.append(float(seconds))
                if len(past) == PACE_WINDOW:
                    break
        return past[::-1]


def _median(values: Iterable[float]) -> float:
    """The middle value; `statistics` would do it too, at the price of a slower start."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
