"""Records as they stand: as imported, with people's corrections laid over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.record import EDITABLE, with_field

if TYPE_CHECKING:
    from tamis.domain.ledger import Ledger
    from tamis.domain.record import Record
    from tamis.store.review import Review


def record_at(review: Review, ledger: Ledger, index: int) -> Record:
    """The record at an index of the review, corrected."""
    return corrected(review.records[index], ledger)


def corrected(record: Record, ledger: Ledger) -> Record:
    """A record with its standing corrections; the same object when there are none."""
    if record.id not in ledger.corrected:
        return record
    for name, event in ledger.corrections(record.id).items():
        if name in EDITABLE:
            record = with_field(record, name, event.value)
    return record
