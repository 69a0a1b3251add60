"""EndNote's XML, as EndNote, Zotero, Mendeley, Bookends and Reference Manager write it.

Values stand in runs of `<style>`, which are joined, or bare; a line break inside a value is a carriage
return written as a reference (`&#xD;`). Values get the tags EndNote gives them in its RIS exports.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.record import Problem
from tamis.domain.text import clean_line, year
from tamis.formats.base import Format, Item, Log
from tamis.formats.markup_tree import Marks, clip, local, read_records, root_name
from tamis.formats.ris_fields import to_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

    from tamis.formats.decoding import Text

    Fields = dict[str, list[str]]
    Take = Callable[[Fields, Element], None]

_MARKS = Marks("record", "RECORD")
_ROOTS = frozenset({"xml", "XML", "records", "RECORDS", "record", "RECORD"})
_SIGNS = re.compile(
    r"<(?:ref-type|contributors|source-app|rec-number|foreign-keys|titles|secondary-title|electronic-resource-num)[\s/>]",
    re.IGNORECASE,
)
_TYPES = {
    "aggregated database": "AGGR", "ancient text": "ANCIENT", "artwork": "ART",
    "audiovisual material": "ADVS", "bill": "BILL", "blog": "BLOG", "book": "BOOK", "book section": "CHAP",
    "case": "CASE", "catalog": "CTLG", "chart or table": "CHART", "classical work": "CLSWK",
    "computer program": "COMP", "conference paper": "CPAPER", "conference proceeding": "CONF",
    "conference proceedings": "CONF", "dataset": "DATA", "dictionary": "DICT", "edited book": "EDBOOK",
    "electronic article": "EJOUR", "electronic book": "EBOOK", "electronic book section": "ECHAP",
    "electronic source": "ELEC", "encyclopedia": "ENCYC", "equation": "EQUA", "figure": "FIGURE",
    "film or broadcast": "MPCT", "generic": "GEN", "government document": "GOVDOC", "grant": "GRANT",
    "hearing": "HEAR", "journal article": "JOUR", "journal": "JFULL", "magazine article": "MGZN",
    "legal rule or regulation": "LEGAL", "manuscript": "MANSCPT", "map": "MAP", "music": "MUSIC",
    "newspaper article": "NEWS", "online database": "DBASE", "online multimedia": "MULTI",
    "pamphlet": "PAMP", "patent": "PAT", "personal communication": "PCOMM", "report": "RPRT",
    "serial": "SER", "standard": "STAND", "statute": "STAT", "thesis": "THES", "unpublished work": "UNPB",
    "web page": "ELEC",
}  # fmt: skip
_NUMBERS = {"0": "JOUR", "17": "JOUR"}
"""Types that EndNote's own and the older numbering agree on, for records that give no name."""
_SIMPLE = {
    "volume": "VL", "number": "IS", "edition": "ET", "section": "SE", "publisher": "PB",
    "pub-location": "CY", "abstract": "AB", "notes": "N1", "research-notes": "RN", "label": "LB",
    "caption": "CA", "electronic-resource-num": "DO", "accession-num": "AN", "remote-database-name": "DB",
    "language": "LA", "remote-database-provider": "DP", "work-type": "M3", "auth-address": "AD",
    "call-num": "CN", "num-vols": "NV", "orig-pub": "OP", "reprint-edition": "RP", "reviewed-item": "RI",
    "access-date": "Y2", "custom1": "C1", "custom2": "C2", "custom3": "C3", "custom4": "C4",
    "custom5": "C5", "custom6": "C6", "custom7": "C7", "rec-number": "ID",
}  # fmt: skip
_TITLES = {
    "title": "TI", "secondary-title": "T2", "tertiary-title": "T3", "alt-title": "J2", "short-title": "ST",
    "translated-title": "TT",
}  # fmt: skip
_PEOPLE = {"authors": "AU", "secondary-authors": "A2", "tertiary-authors": "A3", "subsidiary-authors": "A4",
           "translated-authors": "A4"}  # fmt: skip
_URLS = {
    "web-urls": "UR",
    "related-urls": "UR",
    "url": "UR",
    "pdf-urls": "L1",
    "text-urls": "L2",
    "image-urls": "L4",
}
_PERIODICAL = {"full-title": "JF", "abbr-1": "JA", "abbr-2": "J1", "abbr-3": "abbr-3"}
_ARTICLES = frozenset({"JOUR", "EJOUR", "MGZN", "NEWS", ""})
_BOOKKEEPING = frozenset({"database", "source-app", "ID", "foreign-keys", "TY"})
_WRAPPED = re.compile(r"[ \t]*\n[ \t]+")
_PACKED = re.compile(
    r"(?P<name>.{3,200}?)\.(?P<vl>\d+)\.\((?P<nr>[^()]{0,20})\):(?P<sp>[\w-]*)\.?-(?P<ep>\w*),?"
)


def _sniff(head: str) -> bool:
    return root_name(head) in _ROOTS and _SIGNS.search(head) is not None


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    return read_records(text, log, _MARKS, _build)


def _build(element: Element, line: int, log: Log, clean: bool) -> Item:
    fields: Fields = {}
    for child in element:
        name = child.tag
        take = _TAKES.get(name)
        if take is None and name not in _SIMPLE:  # another spelling or namespace
            name = local(child).lower()
            take = _TAKES.get(name)
        if take is not None:
            take(fields, child)
        else:
            _put(fields, _SIMPLE.get(name, name), value_of(child))
    if not fields.keys() - _BOOKKEEPING:
        return Problem(line, "this record is empty", "")
    _finish(fields, line, log)
    return to_record(clip(fields, line, log), line, log, clean=clean)


def value_of(element: Element) -> str:
    """The text of an element and its runs of style; line breaks that only wrap the markup are no text."""
    if not len(element):
        text = element.text or ""
        return _WRAPPED.sub(" ", text) if "\n" in text else text
    parts = [_gap(element.text)]
    for child in element:
        parts += [value_of(child), _gap(child.tail)]
    return "".join(parts)


def _gap(text: str | None) -> str:
    if not text or ("\n" in text and not text.strip()):
        return ""
    return _WRAPPED.sub(" ", text)


def _put(fields: Fields, tag: str, value: str) -> None:
    if value and value.strip():
        fields.setdefault(tag, []).append(value)


def _titles(fields: Fields, element: Element) -> None:
    for child in element:
        name = local(child).lower()
        _put(fields, _TITLES.get(name, name), clean_line(value_of(child)))


def _contributors(fields: Fields, element: Element) -> None:
    for group in element:
        name = local(group).lower()
        tag = _PEOPLE.get(name, name)
        for author in group if len(group) else (group,):
            for value in _lines(author):
                _put(fields, tag, value)


def _lines(element: Element) -> list[str]:
    """The lines of a value that is a list, or the one value that it is."""
    value = value_of(element)
    return value.split("\r") if "\r" in value else [value]


def _periodical(fields: Fields, element: Element) -> None:
    for child in element:
        name = local(child).lower()
        _put(fields, _PERIODICAL.get(name, name), clean_line(value_of(child)))


def _alternative(fields: Fields, element: Element) -> None:
    for child in element:
        _put(fields, "J2", clean_line(value_of(child)))


def _keywords(fields: Fields, element: Element) -> None:
    words = [
        word for child in (element if len(element) else (element,)) for word in _lines(child) if word.strip()
    ]
    if words:
        fields.setdefault("KW", []).extend(words)


def _dates(fields: Fields, element: Element) -> None:
    for child in element:
        name = local(child).lower()
        if name == "year":
            _put(fields, "PY", clean_line(value_of(child)))
        elif len(child):
            for date in child:
                kept = "DA" if name == "pub-dates" else name if local(date) != "style" else ""
                _put(fields, kept or "DA", clean_line(value_of(date)))
        else:
            _put(fields, name, clean_line(value_of(child)))


def _urls(fields: Fields, element: Element) -> None:
    for group in element:
        name = local(group).lower()
        tag = _URLS.get(name, name)
        urls = [child for child in group if local(child).lower() == "url"]
        for url in urls or [group]:
            for line in re.split(r"[\r\n]", value_of(url)):
                _put(fields, tag, clean_line(line))


def _type(fields: Fields, element: Element) -> None:
    name, number = clean_line(element.get("name", "")), clean_line(value_of(element))
    kind = _TYPES.get(name.lower(), "") if name else _NUMBERS.get(number, "")
    if kind:
        fields["TY"] = [kind]
    elif name or number:
        _put(fields, "ref-type", name or number)


def _pages(fields: Fields, element: Element) -> None:
    text = clean_line(value_of(element))
    start, end = clean_line(element.get("start", "")), clean_line(element.get("end", ""))
    if not text.strip("-–"):
        text = f"{start}-{end}" if start and end and start != end else start or end
    _put(fields, "SP", text)


def _numbers(fields: Fields, element: Element) -> None:
    for line in re.split(r"[\r\n]", value_of(element)):
        _put(fields, "SN", clean_line(line))


def _keys(fields: Fields, element: Element) -> None:
    for key in element:
        _put(fields, "foreign-keys", clean_line(value_of(key)))


def _issue(fields: Fields, element: Element) -> None:
    value = value_of(element)
    if value not in fields.get("IS", ()):
        _put(fields, "IS", value)


def _finish(fields: Fields, line: int, log: Log) -> None:
    """What can be judged only when all values are there."""
    if fields.get("TY", [""])[0] in _ARTICLES and "T2" in fields:
        fields["JO"] = fields.pop("T2")
    _unpack_journal(fields, line, log)
    published = fields.get("PY", [""])[0]
    if "DA" in fields and year(published):
        fields["DA"] = [date if year(date) else f"{published} {date}" for date in fields["DA"]]
    for tag in ("AB", "N1", "RN", "AD"):
        if tag in fields:
            fields[tag] = [value.replace("\r", "\n") for value in fields[tag]]
    seen = set(fields.get("JF", ()))
    for tag in ("JO", "JA", "J1", "J2"):
        if tag in fields:
            fields[tag] = [value for value in fields[tag] if value not in seen]
            seen.update(fields[tag])
            if not fields[tag]:
                del fields[tag]


def _unpack_journal(fields: Fields, line: int, log: Log) -> None:
    """Reference Manager may write `Name.103.(3):203.-11,` for journal, volume, issue and pages."""
    tags = [tag for tag in ("JF", "JO", "JA") if tag in fields]
    if not tags or "VL" in fields or "IS" in fields:
        return
    match = _PACKED.fullmatch(fields[tags[0]][0])
    if match is None:
        return
    for tag in tags:
        fields[tag] = [match["name"] if value == match.group() else value for value in fields[tag]]
    _put(fields, "VL", match["vl"])
    _put(fields, "IS", match["nr"])
    if "SP" not in fields and match["sp"]:
        _put(fields, "SP", f"{match['sp']}-{match['ep']}" if match["ep"] else match["sp"])
    log.add("{n} journal{s} with volume, issue and pages in the name, taken apart", line)


_TAKES: dict[str, Take] = {
    "titles": _titles,
    "contributors": _contributors,
    "periodical": _periodical,
    "alt-periodical": _alternative,
    "keywords": _keywords,
    "dates": _dates,
    "urls": _urls,
    "ref-type": _type,
    "isbn": _numbers,
    "pages": _pages,
    "issue": _issue,
    "foreign-keys": _keys,
}

FORMAT = Format(name="endnote-xml", label="EndNote XML", suffix=".xml", sniff=_sniff, read=_read)
