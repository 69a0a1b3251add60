"""What the tagged formats beside RIS share: lines become values, values get RIS's names, and so a record.

Each of these formats says what RIS says under other tags. Their readers collect lines with `Collector`,
give the values RIS's tags where RIS has one of the same meaning, and leave the rest to `ris_fields`: what
an abstract, a date or a licence text is, is decided in one place. A tag that means something else in RIS
(`SP` is a sponsor in Web of Science and the first page in RIS) is kept as `WoS SP`, so that no export
passes it on as what it is not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line, doi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.formats.base import Log

Fields = dict[str, list[str]]
"""Tag -> values, in the file's order."""

CAP = 1 << 20
"""Longest value kept in a record, in characters."""
CUT = "{n} value{s} of more than a million characters cut there; the kept copy of the file has all of it"
STRAY = "{n} line{s} without a tag or indent kept with the value before"
OUTSIDE = "{n} line{s} of text outside the records passed over, the first: "

RIS_TAGS = frozenset(
    [
        "A1",
        "A2",
        "A3",
        "A4",
        "AB",
        "AD",
        "AN",
        "AU",
        "AV",
        "BT",
        "C1",
        "C2",
        "C3",
        "C4",
        "C5",
        "C6",
        "C7",
        "C8",
        "CA",
        "CN",
        "CP",
        "CT",
        "CY",
        "DA",
        "DB",
        "DO",
        "DP",
        "ED",
        "EP",
        "ER",
        "ET",
        "H1",
        "H2",
        "ID",
        "IS",
        "J1",
        "J2",
        "JA",
        "JF",
        "JO",
        "JP",
        "KW",
        "L1",
        "L2",
        "L3",
        "L4",
        "LA",
        "LB",
        "LK",
        "M1",
        "M2",
        "M3",
        "N1",
        "N2",
        "NV",
        "OP",
        "PB",
        "PP",
        "PU",
        "PY",
        "RI",
        "RN",
        "RP",
        "SE",
        "SN",
        "SP",
        "ST",
        "SV",
        "T1",
        "T2",
        "T3",
        "TA",
        "TI",
        "TT",
        "TY",
        "U1",
        "U2",
        "U3",
        "U4",
        "U5",
        "UR",
        "VL",
        "VO",
        "Y1",
        "Y2",
    ]
)
"""Tags with a meaning in RIS: another format's tag of the same letters needs another name in `extra`."""

_RIS_TYPE = re.compile(r"^[ \t\ufeff]*TY(?:  -|[ \t]+- ?[A-Z]{3,6}\s*$)", re.MULTILINE)
_NOT_DOI = re.compile(r"\A(?:https?://(?:dx\.)?doi\.org/|doi: ?)+| *\[doi\]\Z|[.;]\Z")


def is_ris(head: str) -> bool:
    """Whether a file's beginning has RIS's type line, which no other tagged format has."""
    return "TY" in head and _RIS_TYPE.search(head) is not None


class Collector:
    """The tags of one record, put together line by line.

    Args:
        log: takes the repairs.
        items: tags whose continuation lines are further values, not further text.
        paragraphs: tags whose continuation lines are further paragraphs.
    """

    __slots__ = (
        "_items",
        "_log",
        "_more",
        "_outside",
        "_paragraphs",
        "_size",
        "fields",
        "last",
        "line",
        "order",
    )

    def __init__(
        self, log: Log, *, items: frozenset[str] = frozenset(), paragraphs: frozenset[str] = frozenset()
    ) -> None:
        self._log = log
        self._items = items
        self._paragraphs = paragraphs
        self._more: list[str] = []
        self._size = 0
        self._outside = ""
        self.fields: Fields = {}
        self.order: list[str] = []
        self.last = ""
        self.line = 0

    def add(self, tag: str, value: str, number: int) -> None:
        """A line that begins a value."""
        if self._more:
            self._fold()
        if not self.order:
            self.line = number
        if len(value) > CAP:
            value = self._cut(value)
        if tag in self.fields:
            self.fields[tag].append(value)
        else:
            self.fields[tag] = [value]
        self.order.append(tag)
        self.last = tag

    def more(self, text: str, number: int) -> None:
        """A line that continues the value before; one outside a record is only listed."""
        if not self.last:
            self.outside(text, number)
        elif self.last in self._items:
            self.add(self.last, text, number)
        elif self._size <= CAP:
            self._more.append(text)
            self._size += len(text)

    def stray(self, text: str, number: int) -> None:
        """A line that should have a tag or an indent: kept with the value before, and listed."""
        if self.last:
            self._log.add(STRAY, number)
        self.more(text, number)

    def outside(self, text: str, number: int) -> None:
        """A line that belongs to no record."""
        self._outside = self._outside or OUTSIDE + clean_line(text[:60])
        self._log.add(self._outside, number)

    def take(self) -> Fields:
        """The values so far; the next record begins empty."""
        if self._more:
            self._fold()
        fields = self.fields
        self.fields, self.order, self.last = {}, [], ""
        return fields

    def _fold(self) -> None:
        """Put the continuation lines behind the value they continue."""
        values = self.fields[self.last]
        whole = ("\n" if self.last in self._paragraphs else " ").join((values[-1], *self._more))
        values[-1] = self._cut(whole) if len(whole) > CAP else whole
        self._more.clear()
        self._size = 0

    def _cut(self, value: str) -> str:
        self._log.add(CUT, self.line)
        return value[:CAP] + " …"


def shelve(fields: Fields, tag: str, values: Iterable[str], source: str) -> None:
    """Put values that RIS has no tag for under a name that means nothing else in RIS."""
    put(fields, f"{source} {tag}" if tag in RIS_TAGS else tag, values)


def put(fields: Fields, tag: str, values: Iterable[str]) -> None:
    """Put values under a tag of RIS; what is already there stays in front."""
    if added := list(values):
        fields.setdefault(tag, []).extend(added)


def put_first(fields: Fields, tag: str, value: str) -> None:
    """Put a value in front of those a tag has."""
    fields.setdefault(tag, []).insert(0, value)


def put_doi(fields: Fields, values: Iterable[str], source: str) -> None:
    """Put DOIs under `DO`; a value that says more, or none, is kept whole as well."""
    for value in values:
        if name := doi(value):
            put(fields, "DO", [name])
        if value.strip() and not is_doi_alone(value, name):
            put(fields, f"{source} DO", [value])


def is_doi_alone(value: str, name: str) -> bool:
    """Whether a value is the DOI `name` and nothing else but a resolver's address or a label."""
    return bool(name) and _NOT_DOI.sub("", value.strip().lower()) == name


def split_items(values: Iterable[str]) -> list[str]:
    """Items that stand in values with semicolons between them, each once, empty ones left out."""
    return list(
        dict.fromkeys(item for value in values for part in value.split(";") if (item := part.strip()))
    )
