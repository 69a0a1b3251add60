"""Records to CSL-JSON: a list, one item a line, as citation managers, pandoc and Zotero take it.

The notes of a record are one `note` with a line each, and decisions are lines of it, whole; they are
`keyword`s (`tamis:exclude`) as well.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from tamis.formats.ris_carry import decision_tags
from tamis.formats.writers.carrying import date_parts, joined_words, own_notes, settled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.record import Record

FIELDS = (
    "type", "title", "abstract", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid",
    "issn", "publisher", "language", "database", "urls", "keywords", "notes", "decisions",
)  # fmt: skip
"""The fields of a record that CSL-JSON has."""

_TYPES = {
    "JOUR": "article-journal", "MGZN": "article-magazine", "NEWS": "article-newspaper", "UNPB": "manuscript",
    "BOOK": "book", "CHAP": "chapter", "CONF": "paper-conference", "THES": "thesis", "RPRT": "report",
    "ELEC": "webpage", "BLOG": "post-weblog", "DATA": "dataset", "COMP": "software", "PAT": "patent",
    "STAT": "legislation", "CASE": "legal_case", "BILL": "bill", "MAP": "map", "MPCT": "motion_picture",
    "ART": "graphic", "MUSIC": "song", "PCOMM": "personal_communication", "STAND": "standard",
    "ENCYC": "entry-encyclopedia", "DICT": "entry-dictionary", "SLIDE": "speech", "HEAR": "hearing",
    "PAMP": "pamphlet",
}  # fmt: skip
_NEAR = {
    "CPAPER": "paper-conference",
    "EJOUR": "article-journal",
    "INPR": "article-journal",
    "GEN": "document",
}
_SIMPLE = {
    "title": "title", "abstract": "abstract", "container-title": "journal", "volume": "volume",
    "issue": "issue", "page": "pages", "DOI": "doi", "PMID": "pmid", "ISSN": "issn", "publisher": "publisher",
    "language": "language", "source": "database",
}  # fmt: skip


def kept(record: Record) -> Record:
    """What of a record CSL-JSON can say: one address, the notes as one; a type it has no name for stays."""
    return replace(record, urls=record.urls[:1], notes=tuple(filter(None, ["\n".join(record.notes)])))


def write(records: Iterable[Record], out: BinaryIO) -> int:
    """Write the records as UTF-8; return how many."""
    from tamis.formats.csl_json import FORMAT

    out.write(b"[")
    written = 0
    for record in records:
        number = written + 1

        def render(record: Record, carried: list[str], number: int = number) -> str:
            return "[" + json.dumps(_item(record, carried, number), ensure_ascii=False) + "]"

        text = settled(record, render, kept, FIELDS, FORMAT)
        out.write((",\n" if written else "\n").encode() + text[1:-1].encode("utf-8", "replace"))
        written += 1
    out.write(b"\n]\n" if written else b"]\n")
    return written


def _item(record: Record, carried: list[str], number: int) -> dict[str, Any]:
    """A record as an item of the list; empty fields are left out."""
    item: dict[str, Any] = {"id": record.id or f"record-{number}"}
    item["type"] = _TYPES.get(record.type) or _NEAR.get(record.type) or "document"
    item |= {key: value for key, name in _SIMPLE.items() if (value := getattr(record, name))}
    if record.authors:
        item["author"] = [_person(name) for name in record.authors]
    if when := date_parts(record):
        item["issued"] = {"date-parts": [when]}
    if record.urls:
        item["URL"] = record.urls[0]
    if words := [*record.keywords, *decision_tags(record.decisions)]:
        item["keyword"] = joined_words(words)
    if notes := [*own_notes(record), *carried]:
        item["note"] = "\n".join(notes)
    return item


def _person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(", ")
    return {"family": family, "given": given} if comma and family and given else {"literal": name}
