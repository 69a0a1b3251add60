"""Records as a filter looks at them: decisions first, the record's own bytes last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.states import State
from tamis.domain.text import fold
from tamis.services.catalogue import record_at, source_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.domain.record import Record
    from tamis.store.record_heads import Head
    from tamis.store.review import Review


class ReviewCandidate:
    """One record of a review, seen by one reviewer at one stage.

    Args:
        review: the review.
        ledger: the fold of its events.
        stage: the stage.
        by: the reviewer.
        index: which record.
        record_id: its id, where it is known.
        read: gives the JSON of a record by index, where somebody knows a faster way than the review's own.
    """

    # A filter makes one of these for each record, so there is no cached_property: it takes a lock.
    __slots__ = ("_by", "_id", "_ledger", "_raw_read", "_read", "_record", "_review", "_stage", "index")

    def __init__(
        self,
        review: Review,
        ledger: Ledger,
        stage: str,
        by: str,
        index: int,
        *,
        record_id: str = "",
        read: Callable[[int], bytes] | None = None,
    ) -> None:
        self._review = review
        self._ledger = ledger
        self._stage = stage
        self._by = by
        self.index = index
        self._id = record_id or review.records.id_at(index)
        self._read = read or review.records.raw
        self._raw_read: bytes | None = None
        self._record: Record | None = None

    @property
    def _vote(self) -> Event | None:
        return self._ledger.vote(self._id, self._stage, self._by)

    @property
    def _raw(self) -> bytes:
        if self._raw_read is None:
            self._raw_read = self._read(self.index)
        return self._raw_read

    @property
    def _corrected(self) -> bool:
        return self._id in self._ledger.corrected

    @property
    def _head(self) -> Head | Record:
        return self.record if self._corrected else self._review.records.head(self._raw)

    @property
    def verdict(self) -> str:
        """Own verdict, or `undecided`."""
        vote = self._vote
        return vote.verdict if vote else "undecided"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Ids and labels of own reasons, folded, and the digits of their keys."""
        vote = self._vote
        return self._texts_of(vote.reasons) if vote else ()

    def _texts_of(self, reasons: tuple[str, ...]) -> tuple[str, ...]:
        protocol = self._review.protocol
        keys = {reason.id: str(n) for n, reason in enumerate(protocol.reasons_for(self._stage)[:9], 1)}
        found = ((r, protocol.reason_label(r), keys.get(r, "")) for r in reasons)
        return tuple(fold(text) for texts in found for text in texts if text)

    @property
    def primary_reason(self) -> tuple[str, ...]:
        """The same of the primary reason alone."""
        vote = self._vote
        return self._texts_of(vote.reasons[:1]) if vote else ()

    @property
    def not_retrieved(self) -> bool:
        """Whether the report was sought and could not be had."""
        return self._ledger.state(self._id) is State.NOT_RETRIEVED

    @property
    def study(self) -> str:
        """The study it is of, folded."""
        return fold(self._ledger.study(self._id))

    @property
    def labels(self) -> tuple[str, ...]:
        """Own labels, folded."""
        return tuple(fold(label) for label in self._ledger.labels(self._id, self._by))

    @property
    def noted(self) -> bool:
        """Whether there is an own note."""
        return bool(self._ledger.note(self._id, self._by))

    @property
    def source(self) -> str:
        """Database and file of the record's source, folded."""
        source = source_of(self._review, self._ledger, self._id)
        return fold(f"{source.database} {source.file}")

    @property
    def title(self) -> str:
        """The title."""
        return self._head.title

    @property
    def year(self) -> int | None:
        """The year of publication."""
        return self._head.year

    @property
    def record(self) -> Record:
        """The record itself."""
        if self._record is None:
            self._record = record_at(self._review, self._ledger, self.index)
        return self._record

    def contains(self, folded: str) -> bool:
        """Whether title, abstract, keywords, authors or journal hold a folded string.

        Most records of a search do not match, and that can be told from the stored bytes without
        decoding them: the bytes of an ASCII record hold every word of it in lower or upper case.
        """
        raw = b"\\" if self._corrected else self._raw
        if raw.isascii() and b"\\" not in raw:
            if not folded.isascii():
                return False
            if '"' not in folded and folded.encode() not in raw.lower():
                return False
        r = self.record
        parts = (r.title, r.abstract, *r.keywords, *r.authors, r.journal)
        return any(folded in _searched(part) for part in parts)


def _searched(text: str) -> str:
    """A text as it is searched in: folded, in one line, blanks single (folding may make new ones)."""
    return " ".join(fold(text).split())
