"""Screening: the one object that the app, the plain mode and scripts drive."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Author, Event, Kind, Stage, Verdict
from tamis.domain.ledger import Ledger
from tamis.domain.record import EDITABLE, field_text, with_field
from tamis.domain.text import clean_line, clean_text
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services.catalogue import record_at
from tamis.services.queue import Queue
from tamis.services.wording import action_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tamis.domain.protocol import Reason
    from tamis.domain.record import Record
    from tamis.store.review import Review

IDLE_SECONDS: Final = 600.0
"""Time on one record counts at most this much: a longer look is a break."""
PACE_WINDOW: Final = 50
"""Pace is the median over this many last decisions."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reviewer is at this stage.

    Attributes:
        total: records to screen at this stage.
        verdicts: own standing decisions by verdict.
        seconds_each: median seconds a decision, None before the first timed one.
        position: 1-based place of the current record in the list, 0 in an empty one.
        shown: records in the list (fewer than `total` under a filter).
    """

    total: int
    verdicts: Mapping[Verdict, int]
    seconds_each: float | None
    position: int
    shown: int

    @property
    def decided(self) -> int:
        """Records with an own standing decision."""
        return sum(self.verdicts.values())

    @property
    def left(self) -> int:
        """Records without an own decision."""
        return max(0, self.total - self.decided)

    @property
    def percent(self) -> float:
        """Share decided, 0 to 100."""
        return 100 * self.decided / self.total if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time left at this pace."""
        return None if self.seconds_each is None else self.left * self.seconds_each


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of one record."""

    index: int
    record_id: str
    title: str
    year: int | None
    verdict: Verdict
    reasons: tuple[str, ...]
    noted: bool
    labels: tuple[str, ...]
    has_abstract: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What an action changed.

    Attributes:
        event: the event that is now on disk.
        record_id: the record concerned.
        words: what happened, for people; contains text from the record, clean.
        left_filter: whether going there gave the filter up, because the record is not in the list.
    """

    event: Event
    record_id: str
    words: str
    left_filter: bool = False


class Session:
    """One reviewer screening one stage of a review.

    Every method that decides returns only after the event is on disk, and leaves everything as it was
    when that fails.

    Args:
        review: an open review.
        author: who decides, with clock and ids.
        stage: which stage is screened.
        ledger: the fold of the review's events, when the caller has it already.
        clock: monotonic seconds, for time spent on a record.
    """

    def __init__(
        self,
        review: Review,
        author: Author,
        *,
        stage: str = Stage.TITLE_ABSTRACT,
        ledger: Ledger | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        if stage not in review.protocol.stages:
            known = ", ".join(review.protocol.stages)
            raise ProtocolError(f"{stage} is not a stage of this review; its protocol has: {known}.")
        self.review = review
        self.author = author
        self.stage = str(stage)
        self.ledger = Ledger(review.events()) if ledger is None else ledger
        self._clock = clock or (lambda: 0.0)
        self.queue = Queue(review, self.ledger, self.stage, self.by, self._clock)
        self._seconds: deque[float] = deque(self._past_seconds(), PACE_WINDOW)
        self.resume()

    # Where we are

    @property
    def by(self) -> str:
        """The reviewer."""
        return self.author.by

    @property
    def current(self) -> int | None:
        """Index of the current record in the review, None in an empty list."""
        return self.queue.current

    @property
    def record(self) -> Record | None:
        """The current record."""
        return None if self.current is None else record_at(self.review, self.ledger, self.current)

    @property
    def record_id(self) -> str | None:
        """The current record's id."""
        return None if self.current is None else self.review.records.id_at(self.current)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The exclusion reasons of this stage, in order: the first nine have the keys 1 to 9."""
        return self.review.protocol.reasons_for(self.stage)

    @property
    def duplicates(self) -> int:
        """How many records of the review stand behind another one of the same report."""
        return self.ledger.duplicates

    def row(self, position: int) -> Row:
        """What a list shows at a position of the queue."""
        index = self.queue.shown[position]
        record = record_at(self.review, self.ledger, index)
        vote = self.ledger.vote(record.id, self.stage, self.by)
        return Row(
            index=index,
            record_id=record.id,
            title=record.title,
            year=record.year,
            verdict=vote.verdict if vote else Verdict.UNDECIDED,
            reasons=self.reason_labels(vote) if vote else (),
            noted=bool(self.ledger.note(record.id, self.by)),
            labels=self.ledger.labels(record.id, self.by),
            has_abstract=bool(record.abstract),
        )

    def vote(self) -> Event | None:
        """The own standing decision on the current record."""
        return None if self.record_id is None else self.ledger.vote(self.record_id, self.stage, self.by)

    def reason_labels(self, vote: Event) -> tuple[str, ...]:
        """The reasons of a decision as the protocol words them."""
        return tuple(clean_line(self.review.protocol.reason_label(r)) for r in vote.reasons)

    def progress(self) -> Progress:
        """How far the reviewer is."""
        own = self.ledger.progress(self.by, self.stage)
        return Progress(
            total=len(self.queue.every),
            verdicts={v: n - self.queue.outside[v] for v, n in own.items()},
            seconds_each=_median(self._seconds) if self._seconds else None,
            position=self.queue.cursor + 1 if self.queue else 0,
            shown=len(self.queue),
        )

    def resume(self) -> None:
        """Go where work goes on: the first undecided record after the one decided last."""
        last = next((e for e in self.ledger.history(self.by) if self._here(e)), None)
        if last is not None:
            self.queue.go_to(last.record)
        self.queue.next_undecided(here=last is None)

    def reload(self) -> None:
        """Take in what was imported since: records join the queue, decisions that came along the ledger."""
        for event in self.review.events():
            self.ledger.apply(event)
        here = self.queue.current
        self.queue = Queue(self.review, self.ledger, self.stage, self.by, self._clock)
        if here is not None:
            self.queue.go_to(self.review.records.id_at(here))

    # Deciding

    def decide(self, verdict: Verdict, reasons: Sequence[str] = ()) -> Change:
        """Decide on the current record, then move on.

        The next record is the next undecided one after a first decision, and the next in the list
        after a decision was changed. A decision that stands already is not written again.

        Raises:
            NotSavedError: nothing was saved, nothing has moved.
            ProtocolError: a reason that is not in the protocol.
            UsageError: the list is empty.
        """
        record_id = self._need_record()
        self._must_be_writable()
        standing = self.vote()
        if standing is not None and _same(standing, verdict, reasons):
            self.queue.move(1)
            return Change(standing, record_id, f"Already {self._words(standing)}")
        first = standing is None
        seconds = min(self._clock() - self.queue.since, IDLE_SECONDS)
        event = self._decision(record_id, verdict, reasons, seconds)
        self.save([event])
        if seconds > 0:
            self._seconds.append(seconds)
        if not (first and self.queue.next_undecided()):
            self.queue.move(1)
        return Change(event, record_id, self._words(event))

    def decide_record(
        self, record_id: str, verdict: Verdict, reasons: Sequence[str] = (), note: str | None = None
    ) -> Event:
        """Decide on a named record without moving; with a note, both are saved or neither.

        Raises:
            NotSavedError: nothing was saved.
            ProtocolError: a reason that is not in the protocol.
            UsageError: no such record in this review.
        """
        if self.review.records.find(record_id) is None:
            raise UsageError(f"There is no record {clean_line(record_id)} in this review.")
        event = self._decision(record_id, verdict, reasons, 0)
        more = [] if note is None else [self._note(record_id, note, ahead=1)]
        self.save([event, *more])
        return event

    def note(self) -> str:
        """The own note on the current record."""
        return "" if self.record_id is None else self.ledger.note(self.record_id, self.by)

    def set_note(self, text: str) -> Change | None:
        """Write the note on the current record; empty text removes it. None when nothing changed."""
        record_id = self._need_record()
        if clean_text(text) == self.note():
            return None
        event = self._note(record_id, text)
        self.save([event])
        return Change(event, record_id, self._words(event))

    def labels(self) -> tuple[str, ...]:
        """The own labels on the current record."""
        return () if self.record_id is None else self.ledger.labels(self.record_id, self.by)

    def set_labels(self, labels: Sequence[str]) -> Change | None:
        """Set the labels on the current record. None when nothing changed."""
        record_id = self._need_record()
        wanted = list(dict.fromkeys(label for raw in labels if (label := clean_line(raw))))
        if tuple(wanted) == self.labels():
            return None
        event = self._event(Kind.LABEL, record_id, {"labels": wanted}, self._standing(Kind.LABEL, record_id))
        self.save([event])
        return Change(event, record_id, self._words(event))

    def edit(self, name: str, text: str) -> Change | None:
        """Correct a field of the current record; the imported value stays in the record and the trail.

        Args:
            name: one of `domain.record.EDITABLE`.
            text: the new value as a person writes it; authors and keywords one a line.

        Returns:
            None when nothing changed.

        Raises:
            NotSavedError: nothing was saved.
            UsageError: the list is empty, or the field cannot be edited.
        """
        record_id, record = self._need_record(), self.record
        if record is None or name not in EDITABLE:
            raise UsageError(f"{clean_line(name)} cannot be edited; these can: {', '.join(EDITABLE)}.")
        was, text = field_text(record, name), field_text(with_field(record, name, text), name)
        if text == was:
            return None
        standing = self.ledger.standing(Kind.EDIT, record_id, "", self.by, name)
        body = {"field": name, "value": text, "was": was}
        event = self._event(Kind.EDIT, record_id, body, () if standing is None else (standing.id,), stage="")
        self.save([event])
        return Change(event, record_id, self._words(event))

    def undo(self) -> Change | None:
        """Take the last own action back, whenever it was, and go to its record."""
        action = self.ledger.undoable(self.by)
        return None if action is None else self._replace(Kind.UNDO, action, action)

    def redo(self) -> Change | None:
        """Do again what was undone last, and go to its record."""
        last = self.ledger.redoable(self.by)
        return None if last is None else self._replace(Kind.REDO, last[0], last[1])

    # Inside

    def _here(self, event: Event) -> bool:
        return event.kind == Kind.DECIDE and event.stage == self.stage

    def _past_seconds(self) -> list[float]:
        past: list[float] = []
        for event in self.ledger.history(self.by):
            seconds = event.body.get("seconds")
            if self._here(event) and isinstance(seconds, int | float) and seconds > 0:
                past.append(float(seconds))
                if len(past) == PACE_WINDOW:
                    break
        return past[::-1]

    def _need_record(self) -> str:
        if self.record_id is None:
            raise UsageError("There is no record here to decide on.")
        return self.record_id

    def _must_be_writable(self) -> None:
        if not self.review.writable:
            raise NotSavedError(f"Not saved: {self.review.folder} is open for reading only.")

    def _event(
        self,
        kind: Kind,
        record_id: str,
        body: Mapping[str, object],
        replaces: tuple[str, ...],
        *,
        stage: str | None = None,
        ahead: int = 0,
    ) -> Event:
        self._must_be_writable()
        return self.author.event(
            kind,
            log=self.review.log,
            seq=self.review.next_seq + ahead,
            stage=self.stage if stage is None else stage,
            record=record_id,
            body=body,
            replaces=replaces,
        )

    def _decision(self, record_id: str, verdict: Verdict, reasons: Sequence[str], seconds: float) -> Event:
        known = {r.id for r in self.reasons}
        for reason in reasons:
            if reason not in known:
                raise ProtocolError(
                    f"{clean_line(reason)} is not a reason of this review's protocol; it has: "
                    f"{', '.join(sorted(known)) or 'none'}."
                )
        body: dict[str, object] = {"verdict": str(verdict)}
        if verdict is Verdict.EXCLUDE and reasons:
            body["reasons"] = list(reasons)
        if seconds > 0:
            body["seconds"] = round(seconds, 1)
        return self._event(Kind.DECIDE, record_id, body, self._standing(Kind.DECIDE, record_id))

    def _note(self, record_id: str, text: str, ahead: int = 0) -> Event:
        body, standing = {"text": clean_text(text)}, self._standing(Kind.NOTE, record_id)
        return self._event(Kind.NOTE, record_id, body, standing, ahead=ahead)

    def _standing(self, kind: Kind, record_id: str) -> tuple[str, ...]:
        """What a new event of a kind supersedes."""
        standing = self.ledger.standing(kind, record_id, self.stage, self.by)
        return () if standing is None else (standing.id,)

    def _replace(self, kind: Kind, target: Event, action: Event) -> Change:
        event = self._event(kind, action.record, {}, (target.id,), stage=action.stage)
        self.save([event])
        self.queue.renew()
        left = self.queue.go_to(action.record)
        done = "Undone" if kind is Kind.UNDO else "Done again"
        return Change(event, action.record, f"{done}: {self._words(action)}", left)

    def save(self, events: Sequence[Event]) -> None:
        """Put events on disk, all or none, and take them into the ledger.

        Raises:
            NotSavedError: nothing was saved.
        """
        self.review.add_events(events)
        self.ledger.apply_all(events)

    def _words(self, event: Event) -> str:
        index = self.review.records.find(event.record)
        title = record_at(self.review, self.ledger, index).title if index is not None else ""
        return f"{action_words(event, self.reason_labels(event))} \N{EN DASH} {title or event.record}"


def _median(values: Iterable[float]) -> float:
    """The middle value; `statistics` would do it too, at the price of a slower start."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _same(standing: Event, verdict: Verdict, reasons: Sequence[str]) -> bool:
    return standing.verdict is verdict and (
        verdict is not Verdict.EXCLUDE or standing.reasons == tuple(reasons)
    )
