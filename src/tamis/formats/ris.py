"""RIS: what a file of it looks like, and how many records it holds.

The format's only published description is Reference Manager's (`TY  - `, tags of two characters, two
blanks, a hyphen, a blank); what databases make of it is wider, and the rules below are what 208 real
exports asked for. The counting here knows nothing of the parser in `ris_parser`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from tamis.formats.base import Format, Item, Log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.domain.record import Record
    from tamis.formats.decoding import Text

_TYPE_LIST = (
    "ABST ADVS AGGR ANCIENT ART BILL BLOG BOOK CASE CHAP CHART CLSWK COMP CONF CPAPER CTLG DATA DBASE "
    "DICT EBOOK ECHAP EDBOOK EJOUR ELEC ENCYC EQUA FIGURE GEN GOVDOC GRANT GRNT HEAR ICOMM INPR INTV JFULL "
    "JOUR LEGAL MANSCPT MAP MGZN MPCT MULTI MUSIC NEWS OTHER PAMP PAT PCOMM POD RPRT SER SLIDE SOUND STAND "
    "STAT STD THES UNBILL UNPB UNPD VIDEO WEB"
)
TYPES = frozenset(_TYPE_LIST.split())
"""Reference types that make even an indented or lower-case `ty` line certain."""

TITLE_TAGS = ("TI", "T1", "CT", "BT")
_BLANK = " \t\xa0"
_NOTHING = "\ufeff\u200b"
_MARKS = re.compile(rf"\n([{_BLANK}{_NOTHING}]*)([Tt][Yy]|[Ee][Rr])([{_BLANK}]*)[-–—]([^\n]*)")
_TITLED = re.compile(rf"\n[{_NOTHING}]*(?:TI|T1|CT|BT)  -(?= |\n|\Z)")
_TAGGED = re.compile(rf"\n[{_NOTHING}]*([A-Z][A-Z0-9])  -(?= |\n|\Z)")
PLAIN_TAG = re.compile(rf"[{_NOTHING}]*([A-Z][A-Z0-9])  -(?: |\Z)")
"""A tag line beyond doubt; only these count where a record has no `TY` line."""

_TYPE_WORDS = re.compile(r"[A-Za-z_ -]{0,40}")
_OTHERS = re.compile(r"^(?:PMID- \d|PMC - PMC|OWN - |FN \S+.*\nVR |PT [A-Z]\n)", re.MULTILINE)


def is_mark(indent: str, tag: str, sep: str, value: str) -> bool:
    """Whether a line that reads `indent tag sep - value` begins (`TY`) or ends (`ER`) a record.

    A tag in column 1 with two blanks or a tab is certain whatever follows. One blank, no blank, small
    letters or an indent could be running text, so the rest of the line must speak for it.
    """
    if (indent and indent.strip(_NOTHING)) or not tag.isupper():
        return bool(sep) and (
            value.strip().upper() in TYPES if tag in ("TY", "Ty", "tY", "ty") else not value.strip()
        )
    if len(sep) > 1 or sep == "\t":
        return True
    if tag == "ER":
        return not value.strip()
    if sep:
        return _TYPE_WORDS.fullmatch(value.strip()) is not None
    return value.strip().upper() in TYPES


def count(blocks: Iterable[str]) -> tuple[int, str]:
    """How many records a file holds, and what separates them: `TY`, `ER` or `first-tag`.

    A record is a `TY` line; or a stretch between two records that ends in `ER`, has no `TY` and does have
    a title. Without any `TY`, each `ER` ends a record, and so does the end of the file after further tags;
    without any `ER` too, the file's first tag begins a record wherever it follows a blank line.
    """
    counter = _Counter()
    for block in blocks:
        counter.feed("\n" + block)
    return counter.result()


class _Counter:
    """Counts the record marks of one file; see `count`."""

    def __init__(self) -> None:
        self._types = 0
        self._ends = 0
        self._untyped = 0
        self._gap: list[str] | None = []
        self._lead = False
        self._first = ""
        self._repeats = 0
        self._blank = False
        self._tags_since_end = False

    def feed(self, text: str) -> None:
        """Count the marks in some whole lines, each with its newline before it."""
        at = 0
        for match in _MARKS.finditer(text):
            indent, tag, sep, value = match.groups()
            if (indent or sep != "  ") and not is_mark(indent, tag, sep, value):
                continue
            if self._gap is not None and match.start() - at > 2:
                self._gap.append(text[at : match.start()])
            at = match.end()
            if tag == "TY" or tag in ("TY", "ty", "Ty", "tY"):
                self._begin()
            else:
                self._end()
        if self._gap is not None:
            self._gap.append(text[at:])
        if not self._types and not self._ends:
            self._count_first(text)

    def _titled(self) -> bool:
        if not self._gap:
            self._tags_since_end = False
            return False
        titled = any(map(_TITLED.search, self._gap))
        if not self._types:
            self._tags_since_end = any(map(_TAGGED.search, self._gap))
        return titled

    def _begin(self) -> None:
        titled = self._titled()
        if self._lead:  # the TY before this one was itself preceded by a title without TY
            self._untyped += titled
        self._lead = titled if not self._lead else False
        self._types += 1
        self._gap = [] if self._lead else None

    def _end(self) -> None:
        titled = self._titled()
        if titled:
            self._untyped += 1
        self._lead = False
        self._ends += 1
        self._gap = []

    def _count_first(self, text: str) -> None:
        for line in text[1:].split("\n"):
            match = PLAIN_TAG.match(line)
            if match is None:
                self._blank = self._blank or not line.strip().strip(_NOTHING + "\xa0")
                continue
            if not self._first:
                self._first = match.group(1)
                self._repeats = 1
            elif self._blank and match.group(1) == self._first:
                self._repeats += 1
            self._blank = False

    def result(self) -> tuple[int, str]:
        """The count, and what separates the records."""
        if self._types:
            if self._titled():
                self._untyped += 1
            return self._types + self._untyped, "TY"
        if self._ends:
            self._titled()
            return self._ends + self._tags_since_end, "ER"
        return max(self._repeats, 1), "first-tag"


def _sniff(head: str) -> bool:
    if _OTHERS.search(head):
        return any(is_mark(*m.groups()) and m.group(2) == "TY" for m in _MARKS.finditer("\n" + head))
    marks = [m for m in _MARKS.finditer("\n" + head) if is_mark(*m.groups())]
    if any(m.group(2).upper() == "TY" for m in marks):
        return True
    tags = {m.group(1) for m in _TAGGED.finditer("\n" + head)}
    return len(tags) + bool(marks) > 2 and bool(
        tags & {*TITLE_TAGS, "AU", "A1", "AB", "N2", "JF", "JO", "PY"}
    )


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    from tamis.formats.ris_parser import RisParser  # rispy is imported only when it is needed

    found, marks = count(text.blocks())
    return found, RisParser(log, marks=marks).parse_text(text)


def _write(records: Iterable[Record], out: BinaryIO) -> int:
    from tamis.formats.ris_writer import RisWriter

    return RisWriter().write(records, out)


FORMAT = Format(name="ris", label="RIS", suffix=".ris", sniff=_sniff, read=_read, write=_write)
