"""Ovid's text exports: `<12. >` above each record, and below it tags (`TI  - `) or field names.

With names, a field's name stands alone in a line and its text below it, indented. The numbers need not be
in order nor without gaps: they are the record's places in the search.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tamis.formats.base import Format, Item, Log
from tamis.formats.ovid_fields import FIELDS, ovid_record
from tamis.formats.tagged import Collector, is_ris

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.formats.decoding import Text

_BLANK = " \t\xa0\ufeff"
_MARK = re.compile(rf"[{_BLANK}]*<\d{{1,9}}\.?[ \t]*>[{_BLANK}]*")
_MARKS = re.compile(rf"\n{_MARK.pattern}(?=\n|\Z)")
_VENDOR = re.compile(r"\n\ufeff*VN {1,2}- Ovid")
_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|$)", re.DOTALL)
_NAME = re.compile(r"[A-Z][A-Za-z0-9 /&()'-]{1,48}[A-Za-z)]")
_ITEMS = frozenset({"AU", "KW", "MH", "IN", "XL", "UR", "DE", "SY"})
_PARAGRAPHS = frozenset({"Abstract"})


def _count(blocks: Iterable[str]) -> tuple[int, bool]:
    """How many records a file holds, and whether they are numbered; else each begins with its vendor."""
    numbers = vendors = 0
    for block in blocks:
        numbers += sum(1 for _ in _MARKS.finditer("\n" + block))
        vendors += sum(1 for _ in _VENDOR.finditer("\n" + block))
    return (numbers, True) if numbers else (vendors, False)


def _sniff(head: str) -> bool:
    if is_ris(head):
        return False
    text = "\n" + head
    if _VENDOR.search(text):
        return True
    if (mark := _MARKS.search(text)) is None:
        return False
    lines = [line for line in text[mark.end() :].split("\n") if line.strip(_BLANK)][:6]
    if any(_TAG.match(line) for line in lines):
        return True
    return any(name.strip().lower() in FIELDS and below[:1].isspace() for name, below in pairwise(lines))


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    found, numbered = _count(text.blocks())
    return found, _records(text, log, numbered=numbered)


def _records(text: Text, log: Log, *, numbered: bool) -> Iterator[Item]:
    lines = Collector(log, items=_ITEMS, paragraphs=_PARAGRAPHS)
    start, tagged = 0, False
    for number, line in enumerate(text.lines(), 1):
        if not line.strip(_BLANK):
            continue
        mark = _MARK.fullmatch(line) is not None if numbered else _VENDOR.match("\n" + line) is not None
        if mark:
            if start:
                yield ovid_record(lines.take(), start, log)
            start, tagged = number, not numbered
            if numbered:
                continue
        if not start:
            lines.outside(line, number)
        elif line[0].isspace():
            lines.more(line.strip(), number)
        elif match := _TAG.match(line.lstrip("\ufeff")):
            tagged = True
            lines.add(match.group(1), match.group(2) or "", number)
        elif not tagged and (name := _field(line)):
            lines.add(name, "", number)
        else:
            lines.stray(line, number)
    if start:
        yield ovid_record(lines.take(), start, log)


def _field(line: str) -> str:
    """The tag of a line that is a field's name, or the name itself when we have no tag for it."""
    name = line.strip()
    return FIELDS.get(name.lower(), "") or (name if _NAME.fullmatch(name) else "")


FORMAT = Format(name="ovid", label="Ovid text", suffix=".txt", sniff=_sniff, read=_read)
