"""Refer, BibIX and EndNote's .enw: lines that begin with `%` and one character.

EndNote begins a record with `%0` and its type; refer and many digital libraries only leave a blank line
between records, and some put `%0` behind the title. What each character means is EndNote's help, chapter
"Tagged EndNote import format"; a line without `%` continues the value before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line, doi, http_url
from tamis.formats.base import Format, Item, Log
from tamis.formats.ris_fields import to_record
from tamis.formats.tagged import Collector, Fields, is_doi_alone, is_ris, put, split_items

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from tamis.domain.record import Record
    from tamis.formats.decoding import Text

_SIMPLE = {
    "%T": "TI", "%X": "AB", "%D": "PY", "%8": "DA", "%V": "VL", "%N": "IS", "%P": "SP", "%@": "SN",
    "%I": "PB", "%G": "LA", "%M": "AN", "%W": "DB", "%~": "DB", "%Z": "N1", "%O": "N1", "%C": "CY",
    "%E": "A2", "%Y": "A3", "%?": "A4", "%S": "T3", "%7": "ET", "%9": "M3", "%+": "AD", "%F": "LB",
    "%L": "CN", "%Q": "TT", "%!": "ST", "%1": "C1", "%2": "C2", "%3": "C3", "%4": "C4", "%[": "Y2",
    "%(": "OP",
}  # fmt: skip
"""What EndNote itself writes for these into RIS."""

_ITEMS = frozenset({"%A", "%E", "%K", "%Y", "%?", "%U", "%>"})
_PARAGRAPHS = frozenset({"%X", "%Z", "%O", "%1", "%2", "%3", "%4", "%5", "%6", "%<"})
_BLANK = " \t\xa0\ufeff"
_LINE = re.compile(r"%([0-9A-Za-z@?!#$\]\[&()*^+<>=~:])(?:[ \t](.*)|$)", re.DOTALL)
_MARKS = re.compile(
    rf"(\n[{_BLANK}]*)?\n\ufeff*%([0-9A-Za-z@?!#$\]\[&()*^+<>=~:])(?=[ \t\n]|\Z)"
)  # fmt: skip
_TYPES = {
    "journal article": "JOUR", "electronic article": "EJOUR", "journal": "JOUR", "book": "BOOK",
    "book section": "CHAP", "edited book": "EDBOOK", "electronic book": "EBOOK",
    "electronic book section": "ECHAP", "conference paper": "CPAPER", "conference proceedings": "CONF",
    "conference": "CONF", "thesis": "THES", "report": "RPRT", "patent": "PAT", "web page": "ELEC",
    "newspaper article": "NEWS", "magazine article": "MGZN", "unpublished work": "UNPB",
    "manuscript": "MANSCPT", "computer program": "COMP", "generic": "GEN", "dataset": "DATA",
    "blog": "BLOG", "government document": "GOVDOC", "map": "MAP", "case": "CASE", "bill": "BILL",
    "hearing": "HEAR", "statute": "STAT", "audiovisual material": "ADVS", "film or broadcast": "MPCT",
    "artwork": "ART", "encyclopedia": "ENCYC", "dictionary": "DICT", "personal communication": "PCOMM",
    "standard": "STAND", "online database": "DBASE", "grant": "GRANT", "pamphlet": "PAMP", "serial": "SER",
    "ancient text": "ANCIENT", "catalog": "CTLG", "legal rule or regulation": "LEGAL", "equation": "EQUA",
    "figure": "FIGURE", "chart or table": "CHART", "aggregated database": "AGGR", "music": "MUSIC",
    "classical work": "CLSWK",
}  # fmt: skip
_IN_JOURNAL = frozenset({"JOUR", "EJOUR", "MGZN", "NEWS", ""})


def _begins(tag: str, gap: bool, seen: Container[str], first: str) -> bool:
    """Whether a tag begins the next record.

    Args:
        tag: the line's tag.
        gap: whether a blank line stands before it.
        seen: the tags the record at hand already has.
        first: the first tag of the file: `%0` where records begin with their type.
    """
    if tag == "%0":
        return gap or "%0" in seen
    return gap and (first != "%0" or (tag == "%T" and "%T" in seen))


def _first_tag(head: str) -> str:
    match = _MARKS.search("\n" + head)
    return "%" + match.group(2) if match else ""


def _count(blocks: Iterable[str], first: str) -> int:
    """How many records a file holds, by the lines that begin one."""
    records, seen, before = 0, set[str](), "\n"
    for block in blocks:
        for gap, letter in ((m.group(1), m.group(2)) for m in _MARKS.finditer(before + "\n" + block)):
            tag = "%" + letter
            if not seen or _begins(tag, gap is not None, seen, first):
                records += 1
                seen.clear()
            seen.add(tag)
        before = "" if block[block.rfind("\n") + 1 :].strip(_BLANK) else "\n"
    return records


def _sniff(head: str) -> bool:
    if is_ris(head):
        return False
    tags = {match.group(2) for match in _MARKS.finditer("\n" + head)}
    first = head.lstrip(_BLANK + "\n")[:1]
    return first == "%" and len(tags) > 1 and bool(tags & {"0", "T", "J", "B", "D"})


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    first = _first_tag(text.head())
    return _count(text.blocks(), first), _records(text, log, first)


def _records(text: Text, log: Log, first: str) -> Iterator[Item]:
    lines = Collector(log, items=_ITEMS, paragraphs=_PARAGRAPHS)
    gap = True
    for number, line in enumerate(text.lines(), 1):
        if not line.strip(_BLANK):
            gap = True
            continue
        match = _LINE.match(line.lstrip("\ufeff") if line[0] == "\ufeff" else line)
        if match is None:
            if lines.last not in _ITEMS and lines.last not in _PARAGRAPHS:
                lines.stray(line, number)
            else:
                lines.more(line, number)
        else:
            tag = "%" + match.group(1)
            if lines.order and _begins(tag, gap, lines.fields, first):
                yield _record(lines, log)
            lines.add(tag, match.group(2) or "", number)
        gap = False
    if lines.order:
        yield _record(lines, log)


def _record(lines: Collector, log: Log) -> Record:
    line, fields = lines.line, lines.take()
    ris: Fields = {}
    name = clean_line(next(iter(fields.get("%0", ())), "")[:1000])
    kind = _TYPES.get(name.lower(), "")
    if kind:
        ris["TY"] = [kind]
    for tag, values in fields.items():
        if tag == "%0":
            put(ris, tag, values[1:] if kind or not name else values)
        elif tag in ("%A", "%H"):
            put(ris, "AU" if tag == "%A" else tag, [name for value in values for name in _people(value)])
        elif tag == "%K":
            put(ris, "KW", [*split_items(values), ""])
        elif tag == "%R":
            for value in values:
                name = doi(value)
                put(ris, "DO", [name] if name else [])
                put(ris, "%R", [] if is_doi_alone(value, name) else [value])
        elif tag in ("%U", "%>"):
            put(ris, "UR" if any(map(http_url, values)) else tag, values)
        elif tag not in ("%J", "%B"):
            put(ris, _SIMPLE.get(tag, tag), values)
    _sources(ris, fields, kind)
    return to_record(ris, line, log)


def _sources(ris: Fields, fields: Fields, kind: str) -> None:
    journals, books = fields.get("%J", []), fields.get("%B", [])
    if kind in _IN_JOURNAL or not any(map(str.strip, books)):
        put(ris, "JF", journals)
        put(ris, "T2" if any(map(str.strip, journals)) else "JF", books)
    else:
        put(ris, "JF", books)
        put(ris, "T2", journals)
    if kind in _IN_JOURNAL and "T2" in ris:  # RIS's T2 may be a subtitle of the title; this is none
        ris["%B"] = ris.pop("T2")


def _people(value: str) -> list[str]:
    """The people in a value; one a line is the rule, `A, B and C, D` and `A, B; C, D` the exceptions."""
    parts = split_items([value]) if ";" in value else [value]
    names = []
    for part in parts:
        pair = part.split(" and ")
        names += pair if len(pair) > 1 and all("," in name for name in pair) else [part]
    return names


FORMAT = Format(name="enw", label="EndNote/Refer (%-tags)", suffix=".enw", sniff=_sniff, read=_read)
