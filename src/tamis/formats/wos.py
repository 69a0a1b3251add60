"""Web of Science's tagged export (.ciw, .txt, .isi).

Two letters and a blank; three blanks continue a value, which is one author, address or cited reference a
line for some tags and running text for the others; `PT` begins a record, `ER` ends it, `EF` the file. The
tags are those that Web of Science's help lists (and rispy's table for it), and more in its other
databases: any tag is kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.formats.base import Format, Item, Log
from tamis.formats.tagged import Collector, is_ris
from tamis.formats.wos_fields import wos_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.formats.decoding import Text

_KNOWN_LIST = (
    "AB AE AF AN AR AU BA BD BE BF BN BP BS C1 C3 CA CC CE CH CL CR CT CY D2 DA DE DG DI DS DT EA EF "
    "EI EM EP ER ES EY FD FN FT FU FX GA GE GN GP HC HO HP ID IS J9 JI JN LA LT MA MC ME MH MI MQ NM "
    "NR NT OA OI OR P2 PA PC PD PG PI PL PM PN PR PS PT PU PY RI RP RS SA SC SD SE SF SI SN SO SP SS "
    "ST SU TA TC TI TM TN U1 U2 UR UT VL VR WC WE X1 X4 Y1 Z1 Z2 Z3 Z4 Z8 Z9 ZA ZB ZR ZS"
)
KNOWN = frozenset(_KNOWN_LIST.split())
"""Tags of the core collection and of the databases beside it."""

_ITEMS = frozenset({"AU", "AF", "BA", "BF", "BE", "CA", "CR", "C1", "C3", "AE"})
_MARK_LINES = frozenset({"PT", "ER", "EF", "FN", "VR"})
_PLAIN = KNOWN - _MARK_LINES
_TITLED = frozenset({"TI", "UT", "AU", "SO"})
_FILE = frozenset({"FN", "VR", "EF"})
_TAG = re.compile(r"[A-Z][A-Z0-9](?: |$)")
_GLUED = re.compile(r"(?:AU|AF|TI)[A-Z][a-z]")
_BLANK = " \t\xa0\ufeff"
_MARKS = re.compile(rf"\n\ufeff*(?:(PT|ER|EF|FN|VR)(?: ([^\n]*)|(?=\n|\Z))|[{_BLANK}]*(?=\n|\Z))")
_SUBSTANCE = re.compile(r"\n\ufeff*(?:TI|UT|AU|SO)(?=[ \n]|\Z)")
_TYPE = re.compile(r"[A-Z]")
_TYPE_NAME = re.compile(r"[A-Z][A-Za-z]{0,15}(?: [A-Za-z]{1,15})?")


def _begins(value: str, edge: bool) -> bool:
    """Whether `PT value` begins a record; `edge` when the line before ends one or is no part of any."""
    value = value.strip()
    if _TYPE.fullmatch(value):
        return True
    return edge and (not value or _TYPE_NAME.fullmatch(value) is not None)


class _Counter:
    """Counts the records of a file by its `PT` and `ER` lines, and by what stands between them."""

    def __init__(self) -> None:
        self.found = 0
        self._open = False
        self._substance = False

    def count(self, blocks: Iterable[str]) -> int:
        """How many records there are: those that `PT` begins, and those without `PT` that have substance."""
        edge = True
        for block in blocks:
            text, at, ended = "\n" + block, 0, 0 if edge else -1
            for mark in _MARKS.finditer(text):
                self._between(text, at, mark.start())
                at = mark.end()
                tag, value = mark.groups()
                if tag == "PT" and _begins(value or "", ended == mark.start()):
                    self._close(True)
                elif (tag == "ER" and not (value or "").strip(_BLANK)) or tag in _FILE:
                    self._close(False)
                elif tag:
                    continue
                ended = at
            self._between(text, at, len(text))
            edge = ended == len(text)
        self._close(False)
        return self.found

    def _between(self, text: str, start: int, end: int) -> None:
        if not self._open and not self._substance:
            self._substance = _SUBSTANCE.search(text, start, end) is not None

    def _close(self, opens: bool) -> None:
        self.found += not self._open and self._substance
        self.found += opens
        self._open, self._substance = opens, False


def _sniff(head: str) -> bool:
    if is_ris(head):
        return False
    head = "\n" + head.lstrip("\ufeff")
    if re.search(r"\nFN [^\n]*\nVR ", head):
        return True
    tags = set(re.findall(r"\n(AU|AF|TI|SO|UT|PY|DT|ER)(?=[ \n])", head))
    return len(tags) > 2 and re.search(r"\nPT [A-Z][ \t]*\n", head) is not None


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    return _Counter().count(text.blocks()), _records(text, log)


def _records(text: Text, log: Log) -> Iterator[Item]:
    lines = Collector(log, items=_ITEMS)
    add = lines.add
    edge, loose = True, False
    for number, line in enumerate(text.lines(), 1):
        if line[:2] in _PLAIN and line[2:3] == " ":
            add(line[:2], line[3:], number)
            edge = False
            continue
        if not line.strip(_BLANK):
            edge = True
            continue
        if line.startswith("   "):
            lines.more(line[3:].rstrip(), number)
            edge = False
            continue
        tag, value = _split(line.lstrip("\ufeff"), lines.last, loose)
        edge = _is_mark(tag, value, edge)
        if edge and (item := _close(lines, log)):
            yield item
        if tag in _MARK_LINES and not (edge and tag == "PT"):
            if not edge:
                lines.stray(line, number)
        elif tag:
            if lines.last == "PT" and _GLUED.match(line):
                log.add("{n} tag{s} without a blank behind read as tags", number)
            add(tag, value, number)
        else:
            loose = loose or not line[0].isspace()
            lines.stray(line, number)
    if item := _close(lines, log):
        yield item


def _split(line: str, last: str, loose: bool) -> tuple[str, str]:
    """Tag and value of a line, "" as the tag of text; `loose` once text has stood without an indent."""
    tag = line[:2]
    if line[2:3] in (" ", "") and (tag in KNOWN or (not loose and _TAG.match(line))):
        return tag, line[3:]
    if last == "PT" and _GLUED.match(line):
        return tag, line[2:]
    return "", line


def _is_mark(tag: str, value: str, edge: bool) -> bool:
    """Whether a line begins or ends a record, or stands outside them."""
    if tag == "PT":
        return _begins(value, edge)
    return tag in _FILE or (tag == "ER" and not value.strip(_BLANK))


def _close(lines: Collector, log: Log) -> Item | None:
    """The record at hand, if what was collected is one."""
    line, fields = lines.line, lines.take()
    if not fields:
        return None
    if "PT" not in fields:
        if fields.keys().isdisjoint(_TITLED):
            log.add("{n} group{s} of tags without a title, a source or an author passed over", line)
            return None
        log.add("{n} record{s} without a type (PT) read", line)
    return wos_record(fields, line, log)


FORMAT = Format(name="wos", label="Web of Science (tagged)", suffix=".ciw", sniff=_sniff, read=_read)
