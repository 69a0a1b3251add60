"""Records to NBIB, PubMed's format, for programs that take what PubMed exports.

Each value is one line: nothing in it can begin another, and no program takes `IL-6 - a` at the beginning
of a folded line for a tag. Every record begins with `PMID-`, by which programs recognise the format, also
when it has no number. Decisions are general notes (`GN`) and other terms (`OT`: `tamis:exclude`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from tamis.domain.text import year
from tamis.formats.ris_carry import decision_tags
from tamis.formats.writers.carrying import one_line, own_notes, settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.domain.record import Record

FIELDS = (
    "title", "abstract", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "issn",
    "publisher", "language", "keywords", "notes", "decisions",
)  # fmt: skip
"""The fields of a record that NBIB has."""

_TYPES = {
    "JOUR": "Journal Article", "BOOK": "Book", "CHAP": "Book Chapter", "THES": "Dissertation",
    "RPRT": "Technical Report", "PAT": "Patent", "UNPB": "Preprint",
}  # fmt: skip


def kept(record: Record) -> Record:
    """What of a record NBIB can say: paragraphs as one, each keyword once."""
    return replace(
        record,
        abstract=one_line(record.abstract),
        keywords=tuple(dict.fromkeys(record.keywords)),
        notes=tuple(map(one_line, record.notes)),
    )


def write(records: Iterable[Record], out: BinaryIO) -> int:
    """Write the records as UTF-8; return how many."""
    from tamis.formats.medline import FORMAT

    written = 0
    for record in records:
        text = settled(record, _render, kept, FIELDS, FORMAT)
        out.write((text + "\n").encode("utf-8", "replace"))
        written += 1
    return written


def _render(record: Record, carried: list[str]) -> str:
    return "".join(f"{tag:<4}- {one_line(value)}\n" for tag, value in _values(record, carried))


def _values(record: Record, carried: list[str]) -> Iterator[tuple[str, str]]:
    yield "PMID", record.pmid
    yield "TI", record.title
    for tag, value in (
        ("IS", record.issn),
        ("VI", record.volume),
        ("IP", record.issue),
        ("DP", _date(record)),
        ("PG", record.pages),
        ("AID", record.doi and f"{record.doi} [doi]"),
        ("AB", record.abstract),
    ):
        if value:
            yield tag, value
    for name in record.authors:
        yield "FAU", name
        yield "AU", _short(name)
    for tag, value in (
        ("LA", record.language),
        ("PT", _TYPES.get(record.type, "")),
        ("PB", record.publisher),
        ("JT", record.journal),
    ):
        if value:
            yield tag, value
    yield from (("OT", word) for word in (*record.keywords, *decision_tags(record.decisions)))
    yield from (("GN", note) for note in (*own_notes(record), *carried))


def _date(record: Record) -> str:
    if record.year is None:
        return ""
    return record.date if year(record.date) == record.year else str(record.year)


def _short(name: str) -> str:
    """`Doe, Jane Ann` as PubMed abbreviates it: `Doe JA`."""
    family, comma, given = name.partition(",")
    initials = "".join(part[0] for part in given.replace(".", " ").replace("-", " ").split())
    return f"{family} {initials.upper()}" if comma and initials else name
