"""RefWorks' tagged format: two letters and a blank, a record begins with `RT`.

Many of its tags are RIS's; those that are not have the meaning that RefWorks' help gives them. INSPEC's
old text export, with ` ~ ` behind the tag, is read by the same rules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line
from tamis.formats.base import Format, Item, Log
from tamis.formats.ris_fields import to_record
from tamis.formats.tagged import Collector, Fields, is_ris, put, put_doi, shelve, split_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.domain.record import Record
    from tamis.formats.decoding import Text

_SAME_LIST = "AB T2 T3 A2 A3 A4 A5 A6 AD AN CN DB IS LA PB SN ST U1 U2 U3 U4 U5"
_SAME = _SAME_LIST.split()
_RIS = dict.fromkeys(_SAME, "") | {
    "A1": "AU", "AU": "AU", "T1": "TI", "TI": "TI", "JF": "JF", "JO": "J2", "YR": "PY", "PY": "PY",
    "FD": "DA", "VO": "VL", "SP": "SP", "OP": "EP", "NO": "N1", "PP": "CY", "ED": "ET", "LK": "UR",
    "UL": "UR", "L1": "UR", "DS": "DB", "RD": "Y2", "TT": "TT", "ID": "ID", "AV": "AV", "OT": "OT",
    "JN": "JF", "PU": "PB",
}  # fmt: skip
_OTHERS = "AI C1 CA CL CR CT DT GE K1 KW LS NP OL PM PN RP RT SF SL SR SO TA U6 U7 U8 U9 WP WT WV"
KNOWN = frozenset(_RIS) | {"DO"} | frozenset(_OTHERS.split()) | {f"U{n}" for n in range(10)}
"""Tags that RefWorks' help lists."""

_ITEMS = frozenset({"A1", "A2", "A3", "A4", "A5", "A6", "AU", "K1", "KW", "LK", "UL"})
_PARAGRAPHS = frozenset({"AB", "NO"})
_PEOPLE = frozenset({"A1", "A2", "A3", "A4", "A5", "A6", "AU"})
_COMMA = re.compile(r",(?=\S)")
_BLANK = " \t\xa0\ufeff"
_LINE = re.compile(r"([A-Z][A-Z0-9])(?: ~)?(?: (.*)|$)", re.DOTALL)
_MARKS = re.compile(rf"(\n[{_BLANK}]*)?\n\ufeff*RT(?: ([^\n]*)|(?=\n|\Z))")
_INSPEC = re.compile(r"\n\ufeff*Record[^\n]{0,80}INSPEC[^\n]*")
_TYPES = {
    "journal article": "JOUR", "journal": "JOUR", "journal, electronic": "EJOUR", "book, whole": "BOOK",
    "book": "BOOK", "book, section": "CHAP", "book, edited": "EDBOOK", "book, chapter": "CHAP",
    "conference proceedings": "CONF", "conference proceeding": "CONF", "dissertation/thesis": "THES",
    "dissertation/thesis, unpublished": "THES", "dissertation": "THES", "report": "RPRT", "patent": "PAT",
    "web page": "ELEC", "newspaper article": "NEWS", "magazine article": "MGZN",
    "unpublished material": "UNPB", "abstract": "ABST", "generic": "GEN", "computer program": "COMP",
    "artwork": "ART", "grant": "GRANT", "hearing": "HEAR", "laws/statutes": "STAT", "map": "MAP",
    "monograph": "BOOK", "motion picture": "MPCT", "music score": "MUSIC", "sound recording": "SOUND",
    "video/ dvd": "VIDEO", "video/dvd": "VIDEO", "bills/resolutions": "BILL",
    "case/court decisions": "CASE", "online discussion forum": "BLOG",
    "online discussion forum/blogs": "BLOG", "personal communication": "PCOMM", "journal-paper": "JOUR",
    "conference-paper": "CPAPER", "resolved article": "JOUR",
}  # fmt: skip


def _begins(value: str, gap: bool) -> bool:
    """Whether `RT value` begins a record: always after a blank line, elsewhere with a type of RefWorks."""
    return gap or value.strip().lower() in _TYPES


def _count(blocks: Iterable[str], *, inspec: bool) -> int:
    """How many records a file holds: `RT` lines that begin one, or INSPEC's headings."""
    types = headings = 0
    before = "\n"
    for block in blocks:
        text = before + "\n" + block
        types += sum(_begins(m.group(2) or "", m.group(1) is not None) for m in _MARKS.finditer(text))
        headings += sum(1 for _ in _INSPEC.finditer(text))
        before = "" if block[block.rfind("\n") + 1 :].strip(_BLANK) else "\n"
    return headings if inspec else types


def _sniff(head: str) -> bool:
    if is_ris(head):
        return False
    text = "\n" + head.lstrip("\ufeff")
    if _INSPEC.search(text):
        return re.search(r"\n[A-Z]{2} ~ ", text) is not None
    tags = {m.group(1) for m in re.finditer(r"\n(T1|A1|SR|ID|JF|YR|K1|AB|VO|SP|T2)(?= )", text)}
    return len(tags) > 1 and any(_begins(m.group(2) or "", False) for m in _MARKS.finditer(text))


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    inspec = _INSPEC.search("\n" + text.head()) is not None
    return _count(text.blocks(), inspec=inspec), _records(text, log, inspec=inspec)


def _records(text: Text, log: Log, *, inspec: bool) -> Iterator[Item]:
    lines = Collector(log, items=_ITEMS, paragraphs=_PARAGRAPHS)
    gap, begun = True, False
    for number, line in enumerate(text.lines(), 1):
        line = line.lstrip("\ufeff")
        if not line.strip(_BLANK):
            gap = True
            continue
        match = _LINE.match(line) if line[:2] in KNOWN else None
        tag, value = (match.group(1), match.group(2) or "") if match else ("", line)
        if _INSPEC.match("\n" + line) if inspec else tag == "RT" and _begins(value, gap):
            if begun:
                yield _record(lines, log, number - 1)
            begun = True
            if not inspec:
                lines.add(tag, value, number)
        elif not begun:
            lines.outside(line, number)
        elif tag and (tag != "RT" or inspec):
            lines.add(tag, value, number)
        elif lines.last in _PARAGRAPHS or lines.last in _ITEMS or line[0].isspace():
            lines.more(line, number)
        else:
            lines.stray(line, number)
        gap = False
    if begun:
        yield _record(lines, log, 0)


def _record(lines: Collector, log: Log, line: int) -> Record:
    line = lines.line if lines.order else line
    fields = lines.take()
    ris: Fields = {}
    name = clean_line(next(iter(fields.get("RT", ())), "")[:1000])
    if kind := _TYPES.get(name.lower(), ""):
        ris["TY"] = [kind]
    for tag, values in fields.items():
        if tag in _PEOPLE:
            put(ris, _RIS[tag] or tag, [_COMMA.sub(", ", value) for value in values])
        elif tag == "DO":
            put_doi(ris, values, "RefWorks")
        elif tag in _RIS:
            put(ris, _RIS[tag] or tag, values)
        elif tag in ("K1", "KW"):
            put(ris, "KW", [*split_items(values), ""])
        elif tag != "RT":
            shelve(ris, tag, values, "RefWorks")
        elif not kind and name:
            put(ris, "RT", values)
    if "JF" not in ris and "J2" in ris:
        ris["JF"] = ris.pop("J2")
    return to_record(ris, line, log)


FORMAT = Format(name="refworks", label="RefWorks (tagged)", suffix=".txt", sniff=_sniff, read=_read)
