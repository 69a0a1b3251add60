"""Records to RIS that any tool can read and that tamis reads back as they were."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

import rispy

from tamis.domain.record import Record
from tamis.formats.base import Log
from tamis.formats.ris_carry import DECISION, FIELDS, decision_note, decision_tags, fields_note
from tamis.formats.ris_parser import ITEM_TAGS, RisParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PAGES = re.compile(r"([^-]+)-([^-]+)")
_TAG = re.compile(r"[A-Z][A-Z0-9]")
_NO_TYPE = "GEN"
_OWN = frozenset({"TY", "ER"})
_COMPARED = tuple(f for f in Record.__dataclass_fields__ if f not in ("id", "line"))


class RisWriter(rispy.RisWriter):  # type: ignore[misc]  # rispy is untyped
    """rispy's writer and line pattern: no `1.` above a record, no line in a value that could be a tag.

    Each record is read back as soon as it is written; fields that RIS could not say are added as a note
    (`ris_carry`), so what is read later equals what was written.
    """

    def set_header(self, count: int) -> str:  # noqa: ARG002 - as rispy calls it
        """No header: readers look for `TY  - ` in the first line."""
        return ""

    def write(self, records: Iterable[Record], out: BinaryIO) -> int:
        """Write the records as UTF-8 without a byte-order mark; return how many."""
        written = 0
        for record in records:
            lines = list(self._lines(record))
            if patch := _difference(record, lines):
                note = self._format_line("N1", fields_note(patch))
                lines = [line for line in lines if not line.startswith(f"N1  - {FIELDS}")]
                lines.insert(len(lines) - 1, note)
            out.write(("\n".join(lines) + "\n\n").encode("utf-8", "replace"))
            written += 1
        return written

    def _lines(self, record: Record) -> Iterator[str]:
        yield self._format_line("TY", record.type or _NO_TYPE)
        for tag, value in self._values(record):
            yield from self._fold(tag, value)
        yield "ER  - "

    def _values(self, record: Record) -> Iterator[tuple[str, str]]:
        yield from _pairs("TI", record.title)
        yield from (("AU", name) for name in record.authors)
        if record.year is not None:
            yield "PY", str(record.year)
        yield from _pairs("DA", record.date)
        if "T2" not in record.extra:
            yield from _pairs("T2", record.journal)
        yield from _pairs("JF", record.journal)
        yield from _pairs("VL", record.volume)
        yield from _pairs("IS", record.issue)
        pages = _PAGES.fullmatch(record.pages)
        yield from _pairs("SP", pages.group(1) if pages else record.pages)
        yield from _pairs("EP", pages.group(2) if pages else "")
        yield from _pairs("SN", record.issn)
        yield from _pairs("PB", record.publisher)
        yield from _pairs("LA", record.language)
        yield from _pairs("DO", record.doi)
        yield from _pairs("U1", record.pmid and f"{record.pmid}[pmid]")  # a tag of its own would be no RIS
        yield from _pairs("AN", record.accession)
        yield from _pairs("DB", record.database)
        yield from (("UR", url) for url in record.urls)
        yield from (("KW", word) for word in (*record.keywords, *decision_tags(record.decisions)))
        yield from _pairs("AB", record.abstract)
        for tag, values in record.extra.items():
            if _TAG.fullmatch(tag) and tag not in _OWN:
                yield from ((tag, value) for value in values)
        yield from (("N1", note) for note in self._notes(record))
        yield from (("N1", decision_note(decision)) for decision in record.decisions)

    def _notes(self, record: Record) -> Iterable[str]:
        """The record's own notes; one that looks like tamis's is told by the fields' note alone."""
        return (note for note in record.notes if not note.startswith((DECISION, FIELDS)))

    def _fold(self, tag: str, value: str) -> Iterator[str]:
        """A value as its tag line and continuation lines; a line that could be a tag never stands alone."""
        lines = value.replace("\r", "\n").split("\n")
        if tag in ITEM_TAGS or not all(map(_is_text, lines[1:])):
            lines = [" ".join(lines)]
        yield self._format_line(tag, lines[0])
        yield from lines[1:]


class PlainRisWriter(RisWriter):
    """RIS as another program should see it: a record's tags and notes just as they are given."""

    def write(self, records: Iterable[Record], out: BinaryIO) -> int:
        """Write the records as UTF-8 without a byte-order mark; return how many."""
        written = 0
        for record in records:
            out.write(("\n".join(self._lines(record)) + "\n\n").encode("utf-8", "replace"))
            written += 1
        return written

    def _notes(self, record: Record) -> Iterable[str]:
        return record.notes


def _pairs(tag: str, value: str) -> Iterator[tuple[str, str]]:
    if value:
        yield tag, value


_COULD_BE_TAG = re.compile(r"\s*(?:@|\S{0,8}\s*[-–—])")  # or an entry of BibTeX


def _is_text(line: str) -> bool:
    return bool(line.strip()) and _COULD_BE_TAG.match(line) is None


def _difference(record: Record, lines: list[str]) -> dict[str, Any]:
    """The fields of `record` that its lines would not read back."""
    flat = [part for line in lines for part in line.split("\n")]
    items = list(RisParser(Log()).parse_lines(flat))
    back = items[0] if len(items) == 1 else None
    patch: dict[str, Any] = {}
    for name in _COMPARED:
        value = getattr(record, name)
        if not isinstance(back, Record) or getattr(back, name) != value:
            patch[name] = [d.to_doc() for d in value] if name == "decisions" else value
    return patch
