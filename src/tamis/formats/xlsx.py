"""Excel workbooks (XLSX): the first sheet that looks like a table of references, read as such a table.

A workbook is a zip archive: how much it may unpack to is bounded before any of it is read. openpyxl reads
it row by row, values only: a formula is its last result, and nothing in the file is run or fetched.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from itertools import islice
from typing import TYPE_CHECKING, Any

from tamis.domain.text import clean_line
from tamis.errors import FormatError
from tamis.formats import own_csv
from tamis.formats.base import Format, Item, Log, Reading
from tamis.formats.containers import ENTRIES, ENTRY, RATIO, RATIO_FLOOR, TOTAL
from tamis.formats.decoding import Opened
from tamis.formats.table_columns import ALONE, mapped, recognise
from tamis.formats.table_rows import Rows
from tamis.formats.tables import above, header_row, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tamis.formats.decoding import Data

_HEAD = 200
_CELLS = 30_000_000
_COLUMNS = 2_000
_ROWS = 1 << 20
_SAVE = "open it in a spreadsheet program and save it as CSV (UTF-8)"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

Row = tuple[int, list[str]]


def is_workbook(data: Data) -> bool:
    """Whether a file is an Excel workbook of the kind that is a zip archive."""
    if data[:4] != b"PK\x03\x04":
        return False
    try:
        with _archive(data) as archive:
            names = archive.namelist()[:ENTRIES]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return any(name in ("xl/workbook.xml", "xl/workbook.bin") for name in names)


def read(data: Data, name: str, columns: Mapping[str, str] | None = None) -> Reading:
    """Start reading a workbook.

    Args:
        data: the file.
        name: its name, for messages.
        columns: columns a person named: column -> field.

    Raises:
        FormatError: it is too large unpacked, damaged, protected, or no sheet of it is a table of references.
    """
    log = Log()
    try:
        _bound(data)
        found, items = _read(data, log, columns or {})
    except FormatError as error:
        raise FormatError(f"{name}: {error}") from error
    return Reading(format=FORMAT.name, encoding="xlsx", found=found, items=items, log=log)


def _archive(data: Data) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BufferedReader(Opened(data)))


def _bound(data: Data) -> None:
    """Refuse what would unpack to far more than a table; zipfile reads no more than an entry declares."""
    try:
        with _archive(data) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FormatError(f"this workbook is damaged; {_SAVE}") from error
    if any(info.filename == "xl/workbook.bin" for info in infos):
        raise FormatError(f"this is a binary workbook (xlsb), which is not read; {_SAVE}")
    if any(info.flag_bits & 1 for info in infos):
        raise FormatError(f"this workbook is protected with a password; {_SAVE}")
    total = sum(info.file_size for info in infos)
    names = [info.filename for info in infos]
    if len(infos) > ENTRIES or len(set(names)) < len(names):
        raise FormatError(f"this is no ordinary workbook (too many parts, or one twice); {_SAVE}")
    steep = any(i.file_size > RATIO_FLOOR and i.file_size > RATIO * max(i.compress_size, 1) for i in infos)
    if total > TOTAL or any(info.file_size > ENTRY for info in infos) or steep:
        size = f"{total // 1_000_000:,} MB"
        raise FormatError(
            f"this workbook unpacks to {size}, far more than a list of references can be; {_SAVE}"
        )


def _read(data: Data, log: Log, columns: Mapping[str, str]) -> tuple[int, Iterator[Item]]:
    others: list[str] = []
    chosen: tuple[str, list[Row], int] | None = None
    fallback: list[Row] = []
    for title, rows in _sheets(data):
        head = list(islice(rows, _HEAD))
        if not any(cell for _, row in head for cell in row):
            continue
        top = header_row([row for _, row in head], columns, lone=True)
        known = recognise(head[top][1]) if top >= 0 else {}
        if chosen is None and top >= 0 and (columns or any(field in known for field in ALONE)):
            chosen = title, [*head, *rows], top
            continue
        fallback = fallback or head
        others.append(title)
    if chosen is None:
        _refuse_all(fallback, columns)
        raise FormatError("no sheet of this workbook has anything in it")
    title, table, top = chosen
    for other in others:
        what = f"only the sheet {clean_line(title)!r} was read, not {clean_line(other)!r}"
        log.add(what.replace("{", "(").replace("}", ")"), 0)
    header = [clean_line(cell) for cell in table[top][1]]
    if own_csv.is_own(header) and not columns:
        own = [(line, row) for line, row in table[top + 1 :] if any(map(str.strip, row))]
        return len(own), (own_csv.record_of(dict(zip(header, row, strict=False)), n) for n, row in own)
    known = mapped(recognise(header), header, columns)
    refuse(header, known, columns)
    body = table[top + 1 :]
    width = len(header)
    made = Rows(header, known, [row for _, row in body[:_HEAD]], log)
    found = sum(made.counts(row) for _, row in body)
    above(table[:top], log)
    return found, (made.item(row + [""] * (width - len(row)), line) for line, row in body if made.counts(row))


def _refuse_all(rows: list[Row], columns: Mapping[str, str]) -> None:
    """Say which columns were seen, when no sheet has one that is known."""
    row = next((row for _, row in rows if sum(1 for cell in row if cell) > 1), rows[0][1] if rows else [])
    if row:
        header = [clean_line(cell) for cell in row]
        refuse(header, {}, columns)


def _sheets(data: Data) -> Iterator[tuple[str, Iterator[Row]]]:
    """Title and rows of each visible sheet.

    openpyxl raises whatever a damaged part makes it stumble over; all of it means the same to a person.
    """
    import openpyxl  # takes a while to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(
                io.BufferedReader(Opened(data)), read_only=True, data_only=True, keep_links=False
            )
        except Exception as error:
            raise _damaged(error) from error
        try:
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    yield str(sheet.title), _rows(sheet)
        finally:
            book.close()


def _damaged(error: Exception) -> FormatError:
    words = clean_line(str(error))[:80] or type(error).__name__
    return FormatError(f"this workbook is damaged or holds something that is not read ({words}); {_SAVE}")


def _rows(sheet: Any) -> Iterator[Row]:
    """Rows with their numbers; those without anything in them are left out."""
    cells = 0
    try:
        sheet.reset_dimensions()  # some programs write wrong ones
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            cells += len(values) + 1
            if number > _ROWS or cells > _CELLS:
                raise FormatError(
                    f"a sheet of this workbook has more cells than a list of references can; {_SAVE}"
                )
            row = ["" if value is None else _text(value) for value in values]
            while row and not row[-1]:
                row.pop()
            if len(row) > _COLUMNS:
                raise FormatError(f"row {number:,} of a sheet has more than {_COLUMNS:,} columns; {_SAVE}")
            if row:
                yield number, row
    except FormatError:
        raise
    except Exception as error:
        raise _damaged(error) from error


def _text(value: object) -> str:
    """A cell as text: whole numbers without a decimal point, dates as ISO 8601."""
    if isinstance(value, str):
        return _ESCAPE.sub(lambda code: chr(int(code.group(1), 16)), value) if "_x" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
        )
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _never(_head: str) -> bool:
    """A workbook is no text: `is_workbook` recognises it by its bytes."""
    return False


def _no_text(*_args: object) -> tuple[int, Iterator[Item]]:
    raise FormatError("a workbook is read by `read`")


FORMAT = Format(name="xlsx", label="Excel workbook (XLSX)", suffix=".xlsx", sniff=_never, read=_no_text)
