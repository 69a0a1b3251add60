"""tamis's own CSV: one row a record, for spreadsheets and R, and read back exactly.

UTF-8 with a byte-order mark (Excel needs it), commas, quotes where needed, CRLF. Lists are joined with
`; `; a semicolon or backslash inside an item has a backslash before it. A cell that a spreadsheet could
take for a formula gets an apostrophe in front (OWASP ASVS 5.0, 1.2.10), and so does a cell that begins
with an apostrophe, so that the reader can take exactly one away. The first decision has columns of its
own; further ones, the extra tags and the flags are JSON.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from tamis.domain.plural import counted
from tamis.domain.record import Problem, Record
from tamis.domain.text import clean_line
from tamis.formats.base import Format, Item, Log
from tamis.formats.own_doc import decisions_doc, from_doc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tamis.formats.decoding import Text

_TEXTS = (
    "title",
    "abstract",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "date",
    "doi",
    "pmid",
)
_MORE = ("issn", "publisher", "language", "accession", "database", "type", "urls", "keywords", "notes")
_DECISION = {"decision": "verdict", "reasons": "reasons", "note": "note", "labels": "labels",
             "reviewer": "by", "time": "at", "stage": "stage"}  # fmt: skip
_JSON = ("flags", "other_decisions", "extra")
COLUMNS = ("id", *_TEXTS, *_MORE, *_DECISION, *_JSON)
"""The columns, in the order they are written."""

_LISTS = frozenset({"authors", "urls", "keywords", "notes", "reasons", "labels"})
_NEEDED = frozenset({"id", "title", "abstract", "decision", "other_decisions", "extra"})
_FORMULA = re.compile(r"[\s\"]*[=+\-@\t\r＝＋－＠]|'")
_LIMIT = 1 << 30
_SEPARATORS = ' ,;\t\n"'
_EMPTY = "\\e"


def _delimiter(head: str) -> str:
    """What separates the cells of the header; spreadsheets in some countries save with semicolons."""
    header = head.split("\n", 1)[0].replace('"', "").strip()
    return next((d for d in ",;\t" if set(header.split(d)) >= _NEEDED), "")


def _sniff(head: str) -> bool:
    return bool(_delimiter(head))


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    delimiter = _delimiter(text.head())
    return _count(text, delimiter, log), _rows(text, delimiter, log)


def _count(text: Text, delimiter: str, log: Log) -> int:
    """Rows below the header: line ends outside quotes, with something other than separators before them."""
    rows = _RowCounter(delimiter)
    for block in text.blocks():
        rows.feed(block + "\n")
    if rows.quoted:
        log.add("the file is cut off: its last cell does not end", 1)
    return max(rows.rows + rows.filled - 1, 0)


class _RowCounter:
    """Follows the quotes of a table, as RFC 4180 has them, and counts the rows that are not blank."""

    def __init__(self, delimiter: str) -> None:
        self.rows = 0
        self.filled = False
        self.quoted = False
        self._delimiter = delimiter
        self._started = False  # the cell at hand holds something, so a quote in it is a letter like any other
        self._closed = (
            False  # a quote has just ended the cell; another one right after it is an escaped quote
        )

    def feed(self, text: str) -> None:
        for i, part in enumerate(text.split('"')):
            if i:
                self._quote()
            if part:
                self._text(part)

    def _quote(self) -> None:
        if self.quoted:
            self.quoted, self._closed = False, True
        elif self._closed or not self._started:
            self.quoted, self._closed, self._started = True, False, True

    def _text(self, part: str) -> None:
        self._closed = False
        if self.quoted:
            self.filled = self.filled or bool(part.strip(_SEPARATORS))
            return
        first, *others = part.split("\n")
        self.filled = self.filled or bool(first.strip(_SEPARATORS))
        for line in others:
            self.rows += self.filled
            self.filled = bool(line.strip(_SEPARATORS))
        self._started = part[-1] not in (self._delimiter, "\n")


def _rows(text: Text, delimiter: str, log: Log) -> Iterator[Item]:
    csv.field_size_limit(_LIMIT)
    reader = csv.reader((line + "\n" for line in text.lines()), delimiter=delimiter)
    header = next(reader)
    before = reader.line_num
    for row in reader:
        line, before = before + 1, reader.line_num
        if not any(cell.strip(_SEPARATORS) for cell in row):
            continue
        if any(cell.strip() for cell in row[len(header) :]):
            what = f"this row has {counted(len(row), 'cell')}, the header {len(header)}"
            yield Problem(line, what, clean_line(", ".join(row)[:200]))
            continue
        if len(row) < len(header):
            log.add("{n} row{s} with fewer cells than the header, read as far as they go", line)
        yield record_of({n: _unguard(cell) for n, cell in zip(header, row, strict=False)}, line)


def is_own(header: Iterable[str]) -> bool:
    """Whether a table's header is that of tamis's own."""
    return set(header) >= _NEEDED


def record_of(cells: Mapping[str, str], line: int) -> Item:
    """The record of a row: column -> text, as it was before anything stood in front of it."""
    if any(name.endswith(")") for name in cells):
        cells = _whole(cells)
    doc: dict[str, Any] = {}
    try:
        for name in _JSON:
            if cells.get(name):
                doc[name] = json.loads(cells[name])
        year = cells.get("year", "")
        doc["year"] = int(year) if year else None
    except (ValueError, RecursionError):
        what = f"the year or the JSON in the columns {', '.join(_JSON)} is damaged"
        return Problem(line, what, clean_line(", ".join(cells.values())[:200]))
    for name in ("id", *_TEXTS, *_MORE):
        if cells.get(name) and name != "year":
            doc[name] = split(cells[name]) if name in _LISTS else cells[name]
    first = {
        field: split(cells[name]) if name in _LISTS else cells[name]
        for name, field in _DECISION.items()
        if cells.get(name)
    }
    others = doc.get("other_decisions")
    doc["decisions"] = [*([first] if first else []), *(others if isinstance(others, list) else [])]
    return from_doc(doc, line)


def further(name: str, number: int) -> str:
    """The column in which a text goes on where a cell is too small for it: `abstract (2)`."""
    return f"{name} ({number})"


def _whole(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells with those that go on elsewhere put together."""
    whole = {name: cell for name, cell in cells.items() if not name.endswith(")")}
    for name, cell in whole.items():
        parts, number = [cell], 2
        while (part := cells.get(further(name, number))) is not None:
            parts.append(part)
            number += 1
        whole[name] = "".join(parts)
    return whole


def _write(records: Iterable[Record], out: BinaryIO) -> int:
    out.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="", write_through=True)
    written = 0
    try:
        rows = csv.writer(text, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        for record in records:
            rows.writerow([guard(cell) for cell in cells(record)])
            written += 1
        text.flush()
    finally:
        text.detach()  # the file belongs to the caller
    return written


def cells(record: Record) -> Iterator[str]:
    """The cells of a record, in the order of `COLUMNS`."""
    yield record.id
    for name in (*_TEXTS, *_MORE):
        value = getattr(record, name)
        yield join(value) if name in _LISTS else "" if value is None else str(value)
    first = record.decisions[0] if record.decisions else None
    for name, field in _DECISION.items():
        value = getattr(first, field) if first else ""
        yield join(value or ()) if name in _LISTS else value
    yield _json(list(record.flags))
    yield _json(decisions_doc(record.decisions[1:]))
    yield _json(record.extra)


def _json(value: list[Any] | dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


def join(items: Iterable[str]) -> str:
    """A list as one cell; `split` is its inverse."""
    return "; ".join(item.replace("\\", "\\\\").replace(";", "\\;") or _EMPTY for item in items)


def split(cell: str) -> list[str]:
    """The items of a cell; blanks around an item do not count."""
    items, item, escaped = [], [], False
    for c in cell:
        if escaped:
            item.append("" if c == "e" else c)
            escaped = False
        elif c == "\\":
            escaped = True
        elif c == ";":
            items.append("".join(item).strip())
            item = []
        else:
            item.append(c)
    return [*items, "".join(item).strip()] if cell else []


def guard(cell: str) -> str:
    """A cell as CSV may have it: with an apostrophe in front where a spreadsheet could see a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell


def _unguard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


FORMAT = Format(name="csv", label="tamis's own CSV", suffix=".csv", sniff=_sniff, read=_read, write=_write)
