"""Screening: the one object that the app, the plain mode and scripts drive."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Kind, Verdict
from tamis.domain.record import EDITABLE, field_text, with_field
from tamis.domain.text import clean_line, clean_text
from tamis.errors import UsageError
from tamis.services.sitting import Sitting
from tamis.services.views import Change, Progress, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tamis.domain.events import Event

__all__ = ["Change", "Progress", "Row", "Session"]

IDLE_SECONDS: Final = 600.0
"""Time on one record counts at most this much: a longer look is a break."""
_LISTING: Final = frozenset(
    {
        *(Kind.DUPLICATE, Kind.DISTINCT, Kind.STANDS, Kind.REMOVE, Kind.STOP, Kind.SAMPLE),
        *(Kind.ORDER, Kind.SOURCE),
    }
)
"""Kinds that move records, also others than their own, into the list and out of it, or about in it."""


class Session(Sitting):
    """One reviewer screening one stage of a review.

    Every method that decides returns only after the event is on disk, and leaves everything as it was
    when that fails.
    """

    # Deciding

    def decide(self, verdict: Verdict, reasons: Sequence[str] = ()) -> Change:
        """Decide on the current record, then move on.

        The next record is the next undecided one after a first decision, and the next in the list
        after a decision was changed. A decision that stands already is not written again.

        Raises:
            NotSavedError: nothing was saved, nothing has moved.
            ProtocolError: a reason that is not in the protocol.
            UsageError: the list is empty, or the record was removed before screening.
        """
        asked = self.need_record()
        self.must_be_writable()
        seconds = min(self._clock() - self.queue.since, IDLE_SECONDS)
        if self.hidden:
            return self.again.answer(verdict, reasons, seconds)
        record_id, standing = self.decided_on(asked), self.vote()
        if standing is not None and _same(standing, verdict, reasons):
            kept = self.again.keep(record_id)
            self.queue.move(1)
            return kept or Change(standing, record_id, f"Already {self.words(standing)}")
        first = standing is None
        event = self.decision(record_id, verdict, reasons, seconds, self.queue.rank() if first else None)
        index = self.review.records.find(record_id)
        if self._save_decision(event) and self.guide is not None and index is not None:
            self.guide.learn(index, verdict)
        if seconds > 0:
            self._seconds.append(seconds)
        if not (first and self.queue.next_undecided()):
            self.queue.move(1)
        self.again.offer()
        remark = self.remark(event, asked)
        return Change(event, record_id, f"{remark}: {self.words(event)}" if remark else self.words(event))

    def decide_record(
        self, record_id: str, verdict: Verdict, reasons: Sequence[str] = (), note: str | None = None
    ) -> Event:
        """Decide on a named record without moving; with a note, both are saved or neither.

        The decision goes to the record that stands for its report, the note to the named one.

        Raises:
            NotSavedError: nothing was saved.
            ProtocolError: a reason that is not in the protocol.
            UsageError: no such record in this review, or it was removed before screening.
        """
        self.must_have(record_id)
        event = self.decision(self.decided_on(record_id), verdict, reasons)
        self._save_decision(event, *([] if note is None else [self._note(record_id, note, ahead=1)]))
        return event

    def _save_decision(self, event: Event, *more: Event) -> bool:
        """Save; whether the decision moved no record into the list or out of it."""
        listed = self.ledger.at_stage(event.record, self.stage)
        self.save([event, *more])
        if listed and self.ledger.at_stage(event.record, self.stage):
            return True
        query, shown = self.queue.query, self.queue.shown
        self.queue.renew()  # its votes were not, or are not, among those that the progress counts
        if query is not None and not query.terms:
            self.queue.take(query, shown)  # a list with a name holds records of other places, too
        return False

    def note(self) -> str:
        """The own note on the current record."""
        return "" if self.record_id is None or self.hidden else self.ledger.note(self.record_id, self.by)

    def set_note(self, text: str) -> Change | None:
        """Write the note on the current record; empty text removes it. None when nothing changed.

        On a record that is shown again the text is added to the note that is not to be seen; so are labels.
        """
        record_id = self.need_record()
        if clean_text(text) == self.note():
            return None
        if self.hidden and (earlier := self.ledger.note(record_id, self.by)):
            text = f"{earlier}\n{text}"
        event = self._note(record_id, text)
        self.save([event])
        return Change(event, record_id, self.words(event))

    def labels(self) -> tuple[str, ...]:
        """The own labels on the current record."""
        return () if self.record_id is None or self.hidden else self.ledger.labels(self.record_id, self.by)

    def set_labels(self, labels: Sequence[str]) -> Change | None:
        """Set the labels on the current record. None when nothing changed."""
        record_id = self.need_record()
        wanted = list(dict.fromkeys(label for raw in labels if (label := clean_line(raw))))
        if tuple(wanted) == self.labels():
            return None
        if self.hidden:
            wanted = list(dict.fromkeys((*self.ledger.labels(record_id, self.by), *wanted)))
        event = self.event(Kind.LABEL, record_id, {"labels": wanted}, stage=self.stage)
        self.save([event])
        return Change(event, record_id, self.words(event))

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
        record_id, record = self.need_record(), self.record
        if record is None or name not in EDITABLE:
            raise UsageError(f"{clean_line(name)} cannot be edited; these can: {', '.join(EDITABLE)}.")
        was, text = field_text(record, name), field_text(with_field(record, name, text), name)
        if text == was:
            return None
        event = self.event(Kind.EDIT, record_id, {"field": name, "value": text, "was": was}, field=name)
        self.save([event])
        return Change(event, record_id, self.words(event))

    def undoable(self) -> Iterator[Event]:
        """The own actions that can be undone, the next one first."""
        return (e for e in self.ledger.history(self.by) if e.id not in self.passed_over)

    def undo(self) -> Change | None:
        """Take the last own action back, whenever it was, and go to its record.

        Raises:
            NotSavedError: nothing was undone.
            ProtocolError, UsageError: it was a change of terms, and protocol.toml does not let it be undone.
        """
        history = self.undoable()
        action = next(history, None)
        if action is None:
            return None
        together = action.body.get("with")
        first = action
        targets = [action.id]
        for event in history if together else ():
            if event.body.get("with") != together:
                break
            first = event
            targets.append(event.id)
        return self._replace(Kind.UNDO, tuple(dict.fromkeys(targets)), first)

    def redo(self) -> Change | None:
        """Do again what was undone last, and go to its record."""
        last = self.ledger.redoable(self.by)
        return None if last is None else self._replace(Kind.REDO, (last[0].id,), last[1])

    # Inside

    def _note(self, record_id: str, text: str, ahead: int = 0) -> Event:
        return self.event(Kind.NOTE, record_id, {"text": clean_text(text)}, stage=self.stage, ahead=ahead)

    def _listed(self, actions: Sequence[Event]) -> dict[str, bool] | None:
        """Which records that actions touch are in the list; None where only all records can tell."""
        if any(a.kind in _LISTING for a in actions):
            return None
        inside = partial(self.ledger.at_stage, stage=self.stage)
        if any(a.kind == Kind.DECIDE and not inside(a.record) for a in actions):
            return None
        return {record: inside(record) for a in actions for record in self.ledger.cluster(a.record)}

    def _replace(self, kind: Kind, targets: tuple[str, ...], action: Event) -> Change:
        self.must_be_writable()
        event = self.author.event(
            kind,
            log=self.review.log,
            seq=self.review.next_seq,
            stage=action.stage,
            record=action.record,
            replaces=targets,
        )
        done = "Undone" if kind is Kind.UNDO else "Done again"
        if action.kind == Kind.HIGHLIGHT:  # of no record: the one on the desk stays
            from tamis.services.highlight_editing import turn

            turn(self, action, event, back=kind is Kind.UNDO)
            return Change(event, "", f"{done}: {self.words(action)}")
        acted = targets if kind is Kind.UNDO else self.ledger.events[targets[0]].replaces
        actions = [self.ledger.events[target] for target in acted]
        before = self._listed(actions)
        self.save([event])
        after = self._listed(actions)
        if all(each.kind == Kind.ORDER for each in actions):
            self.queue.renew(())
        elif before is None or before != after:
            self.queue.renew()
        else:
            self._tell_guide()
        left = False
        if action.kind == Kind.AGAIN and not action.kept:
            self.queue.next_undecided(here=True)
            self.again.offer()  # its record is shown again in place of the next, or was
        else:
            self.again.drop()
            left = self.queue.go_to(action.record)
        more = len(actions) - 1
        also = f" and {more:,} more" if more else ""
        return Change(event, action.record, f"{done}: {self.words(action)}{also}", left)


def _same(standing: Event, verdict: Verdict, reasons: Sequence[str]) -> bool:
    return standing.verdict is verdict and (
        verdict is not Verdict.EXCLUDE or standing.reasons == tuple(reasons)
    )
