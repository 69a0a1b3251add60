"""Tables: CSV with commas, semicolons, tabs or bars, from databases, screening tools and spreadsheets.

The delimiter is the one under which the header holds the most names that are known (`table_columns`) and
the rows as many cells as the header. Lines above the header (a search string, a title) are listed. A cell
nobody has a field for is kept in `extra` under its column's name.
"""

from __future__ import annotations

import csv
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tamis.domain.text import clean_line
from tamis.errors import FormatError
from tamis.formats.base import Format, Item, Log
from tamis.formats.table_columns import ALONE, Columns, key, mapped, recognise
from tamis.formats.table_rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tamis.formats.decoding import Text

_DELIMITERS = (",", "\t", ";", "|")
_LIMIT = 1 << 30
_HEADER_LIMIT = 40
_SAMPLE = 200
_LONG_NAME = 120
_LONG_UNKNOWN = 60
_NO_NAME = re.compile(r"[.!?](?:\s|$)|[\x00-\x1f\u2400-\u2421\ufffd]|(?:\S+\s+){6}")
_SHOWN = 12
_NOT_TABLES = re.compile(
    r"\s*(?:[<{\[]|%PDF|@\w+\s*\{)|.{0,400}^(?:TY  - |PMID- |FN \S+|%0 )", re.DOTALL | re.MULTILINE
)
_DASHES = re.compile(r"[-=_*\s]*")


class Layout(NamedTuple):
    """How a table is laid out.

    Attributes:
        delimiter: what separates cells.
        quotes: whether quotation marks hold cells together.
        top: rows above the header.
        header: the names of the columns.
        columns: which of them are known.
        even: how large a part of the rows has as many cells as the header.
    """

    delimiter: str
    quotes: bool
    top: int
    header: list[str]
    columns: Columns
    even: float


def _cells(lines: Iterable[str], delimiter: str, *, quotes: bool) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of their first line."""
    csv.field_size_limit(_LIMIT)
    ended = (line + "\n" for line in lines)
    if not quotes:
        for line, row in enumerate(csv.reader(ended, delimiter=delimiter, quoting=csv.QUOTE_NONE), 1):
            yield line, [_bare(cell) for cell in row]
        return
    rows = csv.reader(ended, delimiter=delimiter, skipinitialspace=True)
    before = 0
    for row in rows:
        line, before = before + 1, rows.line_num
        yield line, row


def _bare(cell: str) -> str:
    """A cell without the quotation marks around it; those of the text itself stay."""
    inner = cell[1:-1]
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', ""):
        return inner.replace('""', '"')
    return cell


def layout(head: str, by_hand: Mapping[str, str] | None = None) -> Layout | None:
    """How the table a file begins with is laid out, or None when it does not look like one."""
    head = head.lstrip("\ufeff")
    if "\x00" in head or _NOT_TABLES.match(head):
        return None
    lines = head.split("\n")[:_SAMPLE]
    found = [_under(lines, delimiter, by_hand or {}) for delimiter in _DELIMITERS]
    return max((f for f in found if f is not None), key=_certainty, default=None)


def _certainty(table: Layout) -> tuple[bool, int, float]:
    known = sum(1 for places in table.columns.values() if places)
    return any(field in table.columns for field in ALONE), known, table.even


def _under(lines: list[str], delimiter: str, by_hand: Mapping[str, str]) -> Layout | None:
    """The table under one delimiter."""
    quotes = not (delimiter == "\t" and _unquoted(lines))
    rows = [row for _, row in islice(_cells(lines, delimiter, quotes=quotes), _SAMPLE)]
    top = header_row(rows, by_hand, lone=delimiter == ",")
    if top < 0:
        top = next((i for i, row in enumerate(rows) if any(map(str.strip, row))), -1)
        if top < 0 or not _regular(rows[top:], lines, delimiter):
            return None
    header = [clean_line(cell) for cell in rows[top]]
    below = [row for row in rows[top + 1 :] if any(map(str.strip, row))]
    even = sum(1 for row in below if len(row) == len(rows[top])) / len(below) if below else 0.0
    return Layout(delimiter, quotes, top, header, mapped(recognise(header), header, by_hand), even)


def header_row(rows: Sequence[Sequence[str]], by_hand: Mapping[str, str], *, lone: bool) -> int:
    """The place of the row with the most names that are known or mapped by hand, or -1.

    Args:
        rows: the first rows of the table.
        by_hand: columns a person named.
        lone: whether a single column may be a table.
    """
    wanted = {key(name) for name in by_hand}
    best: tuple[tuple[bool, int, int], int] | None = None
    for top, row in enumerate(rows[:_HEADER_LIMIT]):
        names = [cell for cell in row if cell.strip()]
        if not names or any(len(name) > _LONG_NAME for name in names):
            continue
        known = recognise(row)
        places = {place for places in known.values() for place in places}
        named = sum(1 for cell in names if key(cell) in wanted)
        below = rows[top + 1 :]
        clear = len(places) > 1 or named or (any(field in known for field in ALONE) and _fits(row, below))
        if (len(names) > 1 and clear) or (lone and _lone(names, below)):
            rank = (any(field in known for field in ALONE) or named > 0, len(places) + named, -top)
            if best is None or rank > best[0]:
                best = rank, top
    return best[1] if best is not None else -1


def _fits(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the rows below have as many cells as a row."""
    filled = [other for other in below if any(map(str.strip, other))]
    return len(filled) > 0 and all(len(other) == len(row) for other in filled[:-1] or filled)


def _lone(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a header of one column is one: the exact word, and something below."""
    word = key(names[0])
    return (
        len(names) == 1
        and word in ("title", "doi", "pmid")
        and any(any(map(str.strip, row)) for row in below)
    )


def _regular(rows: list[list[str]], lines: list[str], delimiter: str) -> bool:
    """Whether rows with a header nobody knows are a table all the same: many cells, always as many."""
    width = len(rows[0])
    names = [clean_line(cell) for cell in rows[0]]
    if width < 3 - (delimiter != ",") or not all(names[:-1]) or len(set(names)) < len(names):
        return False
    if any(len(name) > _LONG_UNKNOWN or _NO_NAME.search(name) for name in names):
        return False
    below = [row for row in rows[1 : len(lines) - 1] if any(map(str.strip, row))]
    return len(below) > 1 and all(len(row) == width and row != rows[0] for row in below)


def _unquoted(lines: list[str]) -> bool:
    """Whether each line is a row as it stands, and none is when quotation marks hold cells together."""
    counts = [line.count("\t") for line in lines[:-1] if line.strip()]
    if len(counts) < 2 or not counts[0] or any(count != counts[0] for count in counts):
        return False
    rows = [row for _, row in _cells(lines[:-1], "\t", quotes=True) if any(map(str.strip, row))]
    return len(rows) < len(counts) or any(len(row) != counts[0] + 1 for row in rows)


def _sniff(head: str) -> bool:
    return layout(head) is not None


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    return _read_mapped(text, log, {})


def _read_mapped(text: Text, log: Log, by_hand: Mapping[str, str]) -> tuple[int, Iterator[Item]]:
    table = layout(text.head(), by_hand)
    if table is None:
        raise FormatError("it is no table: no row of it could be a header")
    refuse(table.header, table.columns, by_hand)
    sample = [row for _, row in islice(_body(_text_lines(text), table), _SAMPLE)]
    rows = Rows(table.header, table.columns, sample, log)
    found = sum(1 for _, row in _body(_text_lines(text), table) if rows.counts(row))
    return found, _records(text, table, rows, log)


def _text_lines(text: Text) -> Iterator[str]:
    lines = text.lines()
    for line in lines:
        yield line.lstrip("\ufeff")
        break
    yield from lines


def _body(lines: Iterable[str], table: Layout) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header."""
    return islice(_cells(lines, table.delimiter, quotes=table.quotes), table.top + 1, None)


def _records(text: Text, table: Layout, rows: Rows, log: Log) -> Iterator[Item]:
    cells = _cells(_text_lines(text), table.delimiter, quotes=table.quotes)
    above(islice(cells, table.top), log)
    next(cells)
    line, last = 0, ""
    for line, row in cells:
        last = row[-1] if row else ""
        if rows.counts(row):
            yield rows.item(row, line)
        elif any(map(str.strip, row)):
            log.add("{n} repeated header{s} passed over", line)
    if table.quotes and last.count("\n") > 1 and last.endswith("\n"):
        what = "a quotation mark is never closed, or the file is cut off: the rest of it was read as one cell"
        log.add(what, line)


def above(rows: Iterable[tuple[int, Sequence[str]]], log: Log) -> None:
    """List what stands above the header."""
    held: list[tuple[int, str]] = []
    for line, row in rows:
        text = clean_line(", ".join(cell for cell in row if cell.strip()))
        if text and not _DASHES.fullmatch(text):
            held.append((line, text))
    if held:
        first = held[0][1][:100].replace("{", "(").replace("}", ")")
        log.add("{n} line{s} above the header passed over, the first: " + first, held[0][0], len(held))


def refuse(header: Sequence[str], columns: Columns, by_hand: Mapping[str, str]) -> None:
    """Raise FormatError when no column could be a title, an abstract or an identifier."""
    names = [name for name in header if name]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    seen = ", ".join(name[:60] for name in names[:_SHOWN]) + more
    present = {key(name) or name for name in header}
    if missing := [name for name in by_hand if (key(name) or name) not in present]:
        raise FormatError(f"there is no column {clean_line(missing[0])!r}; the columns are: {seen}")
    if not any(field in columns for field in ALONE):
        example = names[0][:60] if names else "COLUMN"
        raise FormatError(
            f"no column of this table is a title, an abstract or a DOI by its name (columns: {seen}); "
            f"say which is which with --map, for instance --map '{example}=title'"
        )


FORMAT = Format(
    name="table",
    label="a table (CSV, TSV)",
    suffix=".csv",
    sniff=_sniff,
    read=_read,
    read_mapped=_read_mapped,
)
