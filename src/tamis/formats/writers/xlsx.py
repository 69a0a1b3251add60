"""Records to an Excel workbook: the columns of tamis's own CSV, one row a record, nothing but text.

Every cell is a typed string with Excel's quote prefix, so nothing in it is ever a formula, also after
someone has edited it. A cell holds 32,767 characters; what is longer goes on in further columns at the end
(`abstract (2)`). A sheet has 1,048,576 rows.
"""

from __future__ import annotations

import json
import re
import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO

from tamis.errors import UsageError
from tamis.formats.own_csv import COLUMNS, cells, further

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.domain.record import Record

CELL = 32_767
"""How many characters a cell holds."""
ROWS = (1 << 20) - 1
_SPOOL = 16 << 20
_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS = {
    "title": 60,
    "abstract": 80,
    "authors": 30,
    "journal": 30,
    "decision": 12,
    "reasons": 24,
    "note": 30,
}


def write(records: Iterable[Record], out: BinaryIO) -> int:
    """Write the workbook; return how many records it holds.

    The rows wait in a temporary file, because only the last of them tells how many columns there are.

    Raises:
        UsageError: more records than a sheet has rows.
    """
    import openpyxl
    from openpyxl.utils import get_column_letter

    with tempfile.TemporaryFile("w+", encoding="utf-8", buffering=_SPOOL, prefix="tamis-") as spool:
        more: dict[str, int] = {}
        written = 0
        for record in records:
            spool.write(json.dumps(_row(record, more)) + "\n")
            written += 1
        if written > ROWS:
            raise UsageError(f"A sheet of a workbook has room for {ROWS:,} records: export them as CSV.")
        header = [*COLUMNS, *more]
        book = openpyxl.Workbook(write_only=True)
        book.properties.creator = "tamis"
        sheet = book.create_sheet("records")
        sheet.freeze_panes = "A2"
        for place, name in enumerate(header, 1):
            if name in _WIDTHS:
                sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS[name]
        sheet.append([_cell(sheet, name) for name in header])
        spool.seek(0)
        for line in spool:
            row = json.loads(line)
            sheet.append([_cell(sheet, row[name]) if row.get(name) else None for name in header])
        book.save(out)
    return written


def _row(record: Record, more: dict[str, int]) -> dict[str, str]:
    """The cells of a record that are not empty; `more` takes the names of further columns."""
    row: dict[str, str] = {}
    for name, text in zip(COLUMNS, cells(record), strict=True):
        if not text:
            continue
        for number, part in enumerate(_parts(_CONTROL.sub("\ufffd", text)), 1):
            column = name if number == 1 else further(name, number)
            if number > 1:
                more.setdefault(column, len(more))
            row[column] = part
    return row


def _parts(text: str) -> Iterator[str]:
    """A text in pieces that a cell holds: Excel counts UTF-16 units, and an escape takes seven signs."""
    limit = CELL // 7 if "_x" in text else CELL
    if len(text) * 2 <= limit:
        yield _CODE.sub("_x005F_", text)
        return
    start, size = 0, 0
    for i, sign in enumerate(text):
        wide = 2 if ord(sign) > 0xFFFF else 1
        if size + wide > limit:
            yield _CODE.sub("_x005F_", text[start:i])
            start, size = i, 0
        size += wide
    yield _CODE.sub("_x005F_", text[start:])


def _cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell.value = text
    cell.data_type = "s"  # whatever it begins with
    cell.quotePrefix = True
    return cell
