"""Records and sources as they stand: as imported, with people's corrections laid over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.record import EDITABLE, SOURCE_FACTS, with_fact, with_field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.ledger import Ledger
    from tamis.domain.record import Record, Source
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


def told(sources: Iterable[Source], ledger: Ledger) -> tuple[Source, ...]:
    """Sources with what people have told of them since; the same objects where they told nothing."""
    return tuple(_told(source, ledger) for source in sources)


def source_of(review: Review, ledger: Ledger, record: str) -> Source:
    """The source of a record, with what people have told of it since.

    Raises:
        KeyError: there is none with this id.
    """
    return _told(review.records.source_of(record), ledger)


def _told(source: Source, ledger: Ledger) -> Source:
    for name, event in ledger.source_facts(source.prefix).items():
        if name in SOURCE_FACTS:
            source = with_fact(source, name, event.value)
    return source
