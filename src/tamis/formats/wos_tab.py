"""Web of Science's tab-delimited export: a header of two-letter tags, then a line a record.

There are no quotes: a quotation mark is part of the text (and spreadsheets that saved such a file again
put some around cells that hold one). Encodings (UTF-16) and bare CR are solved before any format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line
from tamis.formats.base import Format, Item, Log
from tamis.formats.tagged import CAP, CUT, Fields
from tamis.formats.wos_fields import wos_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.formats.decoding import Text

_LISTS = frozenset({"AU", "AF", "BA", "BF", "BE", "CA", "CR", "C3"})
_TYPE = re.compile(r'"?[A-Z]"?')
_HEADER = re.compile(r'\s*"?PT"?(?:\t"?[A-Z][A-Z0-9]"?){4,}\t?\s*')


def _sniff(head: str) -> bool:
    first = head.lstrip("\ufeff \n").partition("\n")[0]
    return _HEADER.fullmatch(first) is not None and "TI" in _columns(first)


def _columns(header: str) -> list[str]:
    return [clean_line(cell).strip('"') for cell in header.lstrip("\ufeff").split("\t")]


def _is_row(line: str, tabs: int) -> bool:
    """Whether a line is a record of its own, not the rest of one whose text has a line break in it."""
    count = line.count("\t")
    return count >= tabs or (count > 0 and _TYPE.fullmatch(line.split("\t", 1)[0].strip()) is not None)


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    lines = text.lines()
    header = next(line for line in lines if line.strip("\ufeff \t"))
    columns = _columns(header)
    tabs = len([c for c in columns if c]) - 1
    found = sum(1 for line in lines if _is_row(line, tabs) and line.strip())
    return found, _records(text, columns, tabs, log)


def _records(text: Text, columns: list[str], tabs: int, log: Log) -> Iterator[Item]:
    numbered = enumerate(text.lines(), 1)
    next(line for _, line in numbered if line.strip("\ufeff \t"))
    held: list[str] = []
    start = 0
    for number, line in numbered:
        if not line.strip():
            continue
        if _is_row(line, tabs):
            if held:
                yield wos_record(_fields(held, columns, start, log), start, log)
            held, start = [line], number
        elif held:
            held.append(line)
            log.add("{n} line{s} that broke a row joined to it", number)
        else:
            log.add("{n} line{s} before the first row passed over", number)
    if held:
        yield wos_record(_fields(held, columns, start, log), start, log)


def _fields(lines: list[str], columns: list[str], number: int, log: Log) -> Fields:
    fields: Fields = {}
    for i, cell in enumerate("\n".join(lines).split("\t")):
        value = _unquote(cell)
        if not value.strip():
            continue
        tag = columns[i] if i < len(columns) else ""
        if not tag:
            log.add("{n} cell{s} beyond the header's columns kept", number)
            tag = "more"
        if len(value) > CAP:
            log.add(CUT, number)
            value = value[:CAP] + " …"
        fields.setdefault(tag, []).extend(value.split(";") if tag in _LISTS else (value,))
    return fields


def _unquote(cell: str) -> str:
    """A cell without the quotes a spreadsheet put around it; quotes of the text itself stay."""
    inner = cell.strip()[1:-1]
    if '""' in inner and cell.strip() == f'"{inner}"' and '"' not in inner.replace('""', ""):
        return inner.replace('""', '"')
    return cell


FORMAT = Format(
    name="wos-tab", label="Web of Science (tab-delimited)", suffix=".txt", sniff=_sniff, read=_read
)
