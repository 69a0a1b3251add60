"""How a person's actions become events: built with what they replace, saved all or none, put in words."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tamis.domain.events import Kind, Stage, Verdict
from tamis.domain.ledger import Ledger
from tamis.domain.text import clean_line
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services.catalogue import record_at
from tamis.services.wording import action_words, at_stage, said_words, stage_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tamis.domain.events import Author, Event
    from tamis.domain.protocol import Reason
    from tamis.store.review import Review


class Actor:
    """A reviewer at work on a stage of a review, without a list and a place in it.

    Args:
        review: an open review.
        author: who acts, with clock and ids.
        stage: which stage is screened.
        ledger: the fold of the review's events, when the caller has it already.

    Raises:
        ProtocolError: the protocol does not have the stage.
    """

    def __init__(self, review: Review, author: Author, *, stage: str, ledger: Ledger | None = None) -> None:
        need_stage(review, stage)
        self.review = review
        self.author = author
        self.stage = str(stage)
        self.ledger = Ledger(review.events()) if ledger is None else ledger

    @property
    def by(self) -> str:
        """The reviewer."""
        return self.author.by

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The exclusion reasons of this stage, in order: the first nine have the keys 1 to 9."""
        return self.review.protocol.reasons_for(self.stage)

    def reason_labels(self, vote: Event) -> tuple[str, ...]:
        """The reasons of a decision as the protocol words them, the primary one first."""
        return tuple(clean_line(self.review.protocol.reason_label(r)) for r in vote.reasons)

    def must_be_writable(self) -> None:
        """Refuse to act in a review that is open for reading.

        Raises:
            NotSavedError: it is.
        """
        if not self.review.writable:
            raise NotSavedError(f"Not saved: {self.review.folder} is open for reading only.")

    def must_have(self, record_id: str) -> None:
        """Refuse a record that is not in the review.

        Raises:
            UsageError: it is not.
        """
        if self.review.records.find(record_id) is None:
            raise UsageError(f"There is no record {clean_line(record_id)} in this review.")

    def decided_on(self, record_id: str) -> str:
        """The record that a decision on this one goes to: the one that stands for its report.

        Raises:
            UsageError: it was removed before screening, so no decision counts.
        """
        head = self.ledger.stands_for(record_id)
        if self.ledger.removal(head) is not None:
            raise UsageError(f"{clean_line(head)} was removed: put it back before you decide.")
        return head

    def remark(self, decision: Event, asked: str) -> str:
        """What a decision on the record that was asked for did otherwise than one may think, or ""."""
        remarks = []
        if decision.record != asked:
            remarks.append(f"{clean_line(decision.record)} stands for it")
        if decision.stage == Stage.FULL_TEXT and not self.ledger.at_stage(decision.record, decision.stage):
            remarks.append("It counts once included on title and abstract")
        return ". ".join(remarks)

    def event(
        self,
        kind: Kind,
        record_id: str,
        body: Mapping[str, object],
        *,
        stage: str = "",
        field: str = "",
        ahead: int = 0,
    ) -> Event:
        """A new event that supersedes the own one that stands in its slot.

        Args:
            kind: one of `SLOT_KINDS`.
            record_id: the record, or "".
            body: by kind.
            stage: where the event belongs to one.
            field: what else tells slots of this kind apart, see `Ledger.standing`.
            ahead: how many events go before it in the same batch.

        Raises:
            NotSavedError: the review is open for reading only.
        """
        self.must_be_writable()
        standing = self.ledger.standing(kind, record_id, stage or self.stage, self.by, field)
        return self.author.event(
            kind,
            log=self.review.log,
            seq=self.review.next_seq + ahead,
            stage=stage,
            record=record_id,
            body=body,
            replaces=() if standing is None else (standing.id,),
        )

    def save(self, events: Sequence[Event]) -> None:
        """Put events on disk, all or none, and take them into the ledger.

        Raises:
            NotSavedError: nothing was saved.
        """
        self.review.add_events(events)
        self.ledger.apply_all(events)

    def save_as_one(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Save events of one action, which are then undone and done again together; returns them as saved."""
        if len(events) > 1:
            events = [dataclasses.replace(e, body={**e.body, "with": events[0].id}) for e in events]
        self.save(events)
        return tuple(events)

    def words(self, event: Event) -> str:
        """What an event did and to which record, for people."""
        hidden = event.kind == Kind.AGAIN and not event.kept
        did = (said_words if hidden else action_words)(event, self.reason_labels(event))
        if event.kind == Kind.DECIDE and event.stage != self.stage:
            did += f" at {stage_words(event.stage)}"
        index = self.review.records.find(event.record) if event.record else None
        title = record_at(self.review, self.ledger, index).title if index is not None else event.record
        title = title or event.record
        return f"{did} \N{EN DASH} {title}" if title else did

    def decision(
        self,
        record_id: str,
        verdict: Verdict,
        reasons: Sequence[str] = (),
        seconds: float = 0,
        shown: Mapping[str, object] | None = None,
    ) -> Event:
        """The event of a decision at this stage; `shown` is how its record came up.

        Raises:
            NotSavedError: the review is open for reading only.
            ProtocolError: a reason that is not in the protocol, or none where one is needed.
        """
        body: dict[str, object] = {"verdict": str(verdict)}
        if verdict is Verdict.EXCLUDE:
            given = list(dict.fromkeys(reasons))
            self._must_be_reasons(given)
            if given:
                body["reasons"] = given
        if seconds > 0:
            body["seconds"] = round(seconds, 1)
        if shown:
            body["shown"] = dict(shown)
        return self.event(Kind.DECIDE, record_id, body, stage=self.stage)

    def _must_be_reasons(self, reasons: Sequence[str]) -> None:
        known = {r.id for r in self.reasons}
        if not reasons and known and self.stage == Stage.FULL_TEXT:
            raise ProtocolError(
                "A full text is excluded with a reason, because PRISMA counts each under one. Give one of: "
                f"{', '.join(r.id for r in self.reasons)}."
            )
        for reason in reasons:
            if reason not in known:
                raise ProtocolError(
                    f"{clean_line(reason)} is not a reason {at_stage(self.stage)} in this review's protocol; "
                    f"it has: {', '.join(sorted(known)) or 'none'}."
                )


def need_stage(review: Review, stage: str) -> None:
    """Refuse a stage that the protocol does not have, and say how to add it.

    Raises:
        ProtocolError: it does not have it.
    """
    if stage not in review.protocol.stages:
        known = ", ".join(review.protocol.stages)
        raise ProtocolError(
            f"{clean_line(stage)} is not a stage of this review; its protocol has: {known}. To add full "
            f'texts, write stages = ["title-abstract", "full-text"] into protocol.toml.'
        )
