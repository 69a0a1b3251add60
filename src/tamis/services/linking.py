"""Linking duplicates: pairs that the rule is certain of, and pairs that wait for a person."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Kind
from tamis.errors import NotSavedError
from tamis.services import dedup
from tamis.services.catalogue import corrected, record_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tamis.domain.events import Event
    from tamis.domain.record import Record
    from tamis.services.dedup import Pair
    from tamis.services.screening import Session

RULE: Final = "rule:duplicates-1"
"""Who links certain pairs: this rule in this version, never a person."""
_EVERY: Final = 500


class Linking:
    """The duplicates of a review: found once, then linked and judged.

    Args:
        session: whose review and reviewer.

    Attributes:
        pairs: every pair that was proposed, in the records' order.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.pairs: list[Pair] = []

    def look(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Look through all records, decided ones included.

        Args:
            progress: called now and then with records looked at and their number; may raise to stop.
        """
        self.pairs = dedup.find(self._records(progress))

    def certain(self) -> list[Pair]:
        """Certain pairs that nobody has spoken of yet."""
        said = self._session.ledger.pair_words
        return [p for p in self.pairs if p.certain and not said(p.first, p.second)]

    def linked(self) -> list[Pair]:
        """Pairs that the rule has linked and no person has spoken of."""
        said = self._session.ledger.pair_words
        return [p for p in self.pairs if set(said(p.first, p.second)) == {RULE}]

    def questions(self) -> list[Pair]:
        """Likely pairs that wait for a person, the most likely first; one for all between two clusters."""
        ledger = self._session.ledger
        joined = [
            dataclasses.replace(p, certain=True)
            if p.certain or ledger.pair(p.first, p.second) == Kind.DUPLICATE
            else p
            for p in self.pairs
            if ledger.pair(p.first, p.second) != Kind.DISTINCT
        ]
        return dedup.questions(joined)

    def link_certain(self) -> int:
        """Link every certain pair that nobody has spoken of, all or none; returns how many.

        Raises:
            NotSavedError: nothing was linked.
        """
        session = self._session
        rule = dataclasses.replace(session.author, by=RULE)
        seq = session.review.next_seq
        events = [
            rule.event(Kind.DUPLICATE, log=session.review.log, seq=seq + n, record=record, body=body)
            for n, (record, body) in enumerate(map(self._link, self.certain()))
        ]
        if events:
            session.save(events)
        return len(events)

    def judge(self, pair: Pair, *, same: bool) -> Event:
        """Say that two records are of one report, or that they are not.

        Raises:
            NotSavedError: nothing was saved.
        """
        session = self._session
        if not session.review.writable:
            raise NotSavedError(f"Not saved: {session.review.folder} is open for reading only.")
        record, body = self._link(pair)
        before = session.ledger.pair_words(pair.first, pair.second).get(session.by)
        event = session.author.event(
            Kind.DUPLICATE if same else Kind.DISTINCT,
            log=session.review.log,
            seq=session.review.next_seq,
            record=record,
            body=body if same else {"of": body["of"]},
            replaces=() if before is None else (before.id,),
        )
        session.save([event])
        return event

    def two(self, pair: Pair) -> tuple[Record, Record]:
        """The records of a pair, corrected."""
        review, ledger = self._session.review, self._session.ledger
        place = review.records.position
        return record_at(review, ledger, place(pair.first)), record_at(review, ledger, place(pair.second))

    def _link(self, pair: Pair) -> tuple[str, dict[str, object]]:
        """The record that is the duplicate, and the body of the event: the more complete one is `of`."""
        kept = dedup.most_complete(self.two(pair))
        other = pair.second if kept == pair.first else pair.first
        return other, {"of": kept, "score": round(pair.score, 4), "why": list(pair.why)}

    def _records(self, progress: Callable[[int, int], None] | None) -> Iterator[Record]:
        records: Sequence[Record] = self._session.review.records
        total = len(records)
        for n, record in enumerate(records):
            if progress is not None and n % _EVERY == 0:
                progress(n, total)
            yield corrected(record, self._session.ledger)
