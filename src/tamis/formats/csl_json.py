"""JSON lists of references: CSL-JSON (citation managers, Crossref), Zotero's own, and plain objects.

The items are found by the brackets around them, outside strings, and decoded one by one: what is wrong in
one costs that one. A list may be the whole file, stand under `items`, `records` or `references`, or be one
object a line.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tamis.domain.record import Problem
from tamis.domain.text import clean_line, doi, pmid
from tamis.errors import FormatError
from tamis.formats.base import Format, Item, Log
from tamis.formats.markup_tree import clip
from tamis.formats.ris_fields import to_record
from tamis.formats.zotero_rdf import TYPES as ZOTERO_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tamis.formats.decoding import Text

    Fields = dict[str, list[str]]
    Span = tuple[int, int, bool]

_DEPTH = 200
_LISTS = frozenset(
    {"items", "records", "references", "entries", "publications", "results", "data", "articles"}
)
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_TITLED = re.compile(r'"(?:title|Title|TITLE)"\s*:')
_OTHERS = re.compile(
    r'"(?:authors?|creators|abstract|abstractNote|DOI|doi|issued|container-title|journal|publicationTitle|year|type|'
    r'itemType|date|PMID|pmid|Authors?|Abstract|Year)"\s*:'
)
_NOT_OURS = re.compile(r'"(?:CodeSets|ItemStatus|ItemId|dedupe_test_cases)"|"(?:record_a|record_b)"')
_TYPES = {
    "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS", "article": "UNPB",
    "journal-article": "JOUR", "book": "BOOK", "monograph": "BOOK", "edited-book": "BOOK",
    "chapter": "CHAP", "book-chapter": "CHAP", "paper-conference": "CONF", "proceedings-article": "CONF",
    "thesis": "THES", "dissertation": "THES", "report": "RPRT", "webpage": "ELEC", "post-weblog": "BLOG",
    "post": "ELEC", "dataset": "DATA", "software": "COMP", "patent": "PAT", "legislation": "STAT",
    "legal_case": "CASE", "bill": "BILL", "manuscript": "UNPB", "posted-content": "UNPB", "map": "MAP",
    "motion_picture": "MPCT", "graphic": "ART", "song": "MUSIC", "personal_communication": "PCOMM",
    "interview": "PCOMM", "standard": "STAND", "entry-encyclopedia": "ENCYC", "entry-dictionary": "DICT",
    "speech": "SLIDE", "broadcast": "MPCT", "hearing": "HEAR", "pamphlet": "PAMP", **ZOTERO_TYPES,
}  # fmt: skip
_SIMPLE = {
    "title": "TI", "abstract": "AB", "abstractnote": "AB", "volume": "VL", "issue": "IS", "page": "SP",
    "pages": "SP", "doi": "DO", "pmid": "PMID", "pmcid": "PMC", "url": "UR", "urls": "UR", "issn": "SN",
    "isbn": "SN", "publisher": "PB", "publisher-place": "CY", "place": "CY", "language": "LA", "note": "N1",
    "notes": "N1", "extra": "N1", "edition": "ET", "genre": "M3", "collection-title": "T3", "series": "T3",
    "call-number": "CN", "callnumber": "CN", "container-title-short": "JA", "short-container-title": "JA",
    "journalabbreviation": "JA", "title-short": "ST", "shorttitle": "ST", "source": "DB",
    "librarycatalog": "DB", "database": "DB", "databasename": "DB", "address": "AD", "citation-key": "ID",
    "citationkey": "ID", "id": "ID", "recnumber": "ID", "researchnotes": "RN", "label": "LB",
    "caption": "CA", "custom1": "C1", "custom2": "C2", "custom3": "C3", "custom4": "C4", "custom5": "C5",
    "custom6": "C6", "custom7": "C7", "accession": "AN", "accessionnum": "AN", "worktype": "M3",
    "subtitle": "subtitle",
}  # fmt: skip
_PEOPLE = {"author": "AU", "authors": "AU", "editor": "A2", "editors": "A2", "collection-editor": "A3",
           "translator": "A4", "container-author": "A2"}  # fmt: skip
_CREATORS = {"author": "AU", "editor": "A2", "seriesEditor": "A3", "translator": "A4", "contributor": "A4"}
_WORDS = frozenset({"keyword", "keywords", "tags", "subject", "subjects", "categories"})
_JOURNALS = (
    "container-title",
    "publicationtitle",
    "journal",
    "booktitle",
    "proceedingstitle",
    "secondarytitle",
)
_BETWEEN_NAMES = re.compile(r"\s*;\s*|\s+and\s+|,(?=[^\s,])|\r|\n")
_PLAIN_PARTS = frozenset({"attachment", "note", "annotation"})


def _sniff(head: str) -> bool:
    if _NOT_OURS.search(head) or not _TITLED.search(head) or not _OTHERS.search(head):
        return False
    return bool(_Scan(head).list_depth())


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    whole = "".join(text.pieces())
    spans = _Scan(whole).spans(text.alive)
    if not spans:
        raise FormatError("its JSON holds no references; export it again")
    return len(spans), _items(whole, spans, log)


_TOKENS = 20_000
"""Tokens between two signs of life."""


class _Scan:
    """Finds the items of a JSON text by its brackets."""

    def __init__(self, text: str) -> None:
        self._text = text

    def list_depth(self) -> int:
        """How deep the items stand, plus one; 0 where no list of objects is found.

        1: one object after the other; 2: in a list; 3 and 4: in a list under a name of `_LISTS`.
        """
        text = self._text.lstrip("\ufeff \t\n")
        if text.startswith("["):
            return 2 if text[1:200].lstrip().startswith("{") else 0
        if not text.startswith("{"):
            return 0
        depth, key = 0, ""
        for match in _TOKEN.finditer(text):
            word = match.group()
            if word[0] == '"':
                key = word[1:-1]
                if (
                    depth == 1
                    and key.lower() == "title"
                    and text[match.end() : match.end() + 9].lstrip()[:1] == ":"
                ):
                    return 1
            elif word in "[{":
                depth += 1
                if (
                    word == "["
                    and key in _LISTS
                    and text[match.end() : match.end() + 200].lstrip()[:1] == "{"
                ):
                    return depth + 1 if depth in (2, 3) else 0
            else:
                depth -= 1
        return 0

    def spans(self, alive: Callable[[], None]) -> list[Span]:
        """Where each item begins and ends, and whether it is nested too deeply; calls `alive` meanwhile."""
        depth = self.list_depth()
        return _Items(self._text, depth - 1).spans(alive) if depth else []


class _Items:
    """The places of the items of a list that stands at a known depth."""

    def __init__(self, text: str, level: int) -> None:
        self._text = text
        self._level = level
        self._listed = level < 2
        self._found: list[Span] = []
        self._depth = self._deepest = self._end = 0
        self._begin = -1
        self._key = ""

    def spans(self, alive: Callable[[], None]) -> list[Span]:
        """Where each item begins and ends, and whether it is nested too deeply."""
        for n, match in enumerate(_TOKEN.finditer(self._text)):
            if n % _TOKENS == 0:
                alive()
            word, start = match.group(), match.start()
            self._gap(start)
            if word[0] == '"':
                self._string(word, start)
            elif word in "[{":
                self._open(word, start)
            elif self._depth > 0 and self._close(match.end()):
                return self._found
            self._end = match.end()
        self._gap(len(self._text))
        if self._begin >= 0:
            self._item(len(self._text))
        return self._found

    def _between(self) -> bool:
        return self._listed and 0 < self._level == self._depth and self._begin < 0

    def _gap(self, start: int) -> None:
        if self._between():
            _scalars(self._text, self._end, start, self._found)

    def _string(self, word: str, start: int) -> None:
        self._key = word[1:-1]
        if self._between():
            self._found.append((start, start + len(word), False))

    def _open(self, word: str, start: int) -> None:
        if not self._listed:
            self._listed = word == "[" and self._depth == self._level - 1 and self._key in _LISTS
        elif self._depth == self._level:
            self._begin, self._deepest = start, self._depth
        self._depth += 1
        self._deepest = max(self._deepest, self._depth)

    def _close(self, end: int) -> bool:
        """Leave an object or a list; whether that was the list of the items."""
        self._depth -= 1
        if self._depth == self._level and self._begin >= 0:
            self._item(end)
        return self._listed and 0 < self._level > self._depth

    def _item(self, end: int) -> None:
        self._found.append((self._begin, end, self._deepest - self._level > _DEPTH))
        self._begin = -1


def _scalars(text: str, start: int, end: int, spans: list[Span]) -> None:
    """Note numbers, `null` and rubbish that stand where an item should."""
    for part in text[start:end].split(","):
        if part.strip(" \t\n\r\ufeff"):
            spans.append((start + len(part) - len(part.lstrip()), start + len(part), False))
        start += len(part) + 1


def _items(text: str, spans: list[Span], log: Log) -> Iterator[Item]:
    line, at = 1, 0
    for start, end, deep in spans:
        line += text.count("\n", at, start)
        at = start
        yield _item(text[start:end], deep, line, log)


def _item(text: str, deep: bool, line: int, log: Log) -> Item:
    words = clean_line(text[:200])
    if deep:
        return Problem(line, "this item's JSON is nested too deeply; export it again", words)
    try:
        doc = json.loads(text, strict=False)
    except RecursionError:
        return Problem(line, "this item's JSON is nested too deeply; export it again", words)
    except ValueError as error:
        return Problem(line, f"this item's JSON is broken or cut off ({clean_line(str(error))[:100]})", words)
    if not isinstance(doc, dict):
        return Problem(line, "this item is no JSON object", words)
    if isinstance(data := doc.get("data"), dict) and ("itemType" in data or "title" in data):
        doc = {**{k: v for k, v in doc.items() if k != "data"}, **data}
    if str(doc.get("itemType")) in _PLAIN_PARTS:
        return Problem(line, "this item is a note or an attachment, not a reference", words)
    fields = _fields(doc)
    if not fields.keys() - {"ID", "TY"}:
        return Problem(line, "this item is empty", words)
    return to_record(clip(fields, line, log), line, log)


def _fields(doc: dict[str, Any]) -> Fields:
    """The values of an object under RIS's tags."""
    fields: Fields = {}
    lower = {key.lower() for key in doc}
    for key, value in doc.items():
        name = key.lower()
        if name in ("type", "itemtype"):
            _kind(fields, key, value)
        elif name in _PEOPLE:
            _put(fields, _PEOPLE[name], _people(value))
        elif name == "creators" and isinstance(value, list):
            for creator in value:
                role = str(creator.get("creatorType", "author")) if isinstance(creator, dict) else "author"
                _put(fields, _CREATORS.get(role, role), _people([creator]))
        elif name in ("issued", "published", "published-print", "published-online", "accessed", "event-date"):
            tag = {"issued": "PY", "accessed": "Y2"}.get(name, "PY" if "issued" not in lower else key)
            _put(fields, tag, _dates(value))
        elif name in ("year", "date"):
            _put(fields, "PY" if name == "year" else "DA", _texts(value))
        elif name == "number":
            _put(fields, "number" if "issue" in lower else "IS", _texts(value))
        elif name in _WORDS:
            _put(fields, "KW", _keywords(value))
        elif name in _JOURNALS:
            _put(fields, "JF", _texts(value))
        else:
            _put(fields, _SIMPLE.get(name, key), _texts(value))
    _finish(fields)
    return fields


def _finish(fields: Fields) -> None:
    for tag in ("N1", "AD", "AB", "RN"):
        if tag in fields:
            fields[tag] = [value.replace("\r", "\n") for value in fields[tag]]
    for note in fields.get("N1", ()):
        if "PMID" not in fields and "PMID" in note and (number := pmid(note)):
            fields["PMID"] = [number]
        if "DO" not in fields and note.lstrip().upper().startswith("DOI:") and (found := doi(note)):
            fields["DO"] = [found]
    if "DA" in fields and len(fields.get("PY", [""])[0]) == 4:
        published = fields["PY"][0]
        fields["DA"] = [date if published in date else f"{published} {date}" for date in fields["DA"]]
    if len(fields.get("TI", ())) > 1:
        fields["TI"], rest = fields["TI"][:1], fields["TI"][1:]
        _put(fields, "TT", rest)
    if len(fields.get("KW", ())) == 1:
        fields["KW"].append("")  # they are taken apart already


def _put(fields: Fields, tag: str, values: list[str]) -> None:
    if kept := [value for value in values if value.strip()]:
        fields.setdefault(clean_line(tag) or "unnamed", []).extend(kept)


def _kind(fields: Fields, key: str, value: object) -> None:
    kind = _TYPES.get(value) if isinstance(value, str) else None
    if kind and "TY" not in fields:
        fields["TY"] = [kind]
    elif isinstance(value, str) and value.isupper() and len(value) <= 6 and "TY" not in fields:
        fields["TY"] = [value]
    else:
        _put(fields, key, _texts(value))


def _texts(value: object) -> list[str]:
    """A value as text; lists give one text an entry."""
    if value is None or value == "" or value == [] or value == {}:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for entry in value for text in _texts(entry)]
    if isinstance(value, dict):
        return [json.dumps(value, ensure_ascii=False)]
    return [json.dumps(value)]


def _people(value: object) -> list[str]:
    """Names as `Family, Given`."""
    if isinstance(value, str):
        return [name for part in _BETWEEN_NAMES.split(value) if (name := clean_line(part))]
    if isinstance(value, dict):
        value = [value]
    return [
        _person(entry) if isinstance(entry, dict) else text
        for entry in _entries(value)
        for text in _name(entry)
    ]


def _entries(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _name(entry: object) -> list[str]:
    return [""] if isinstance(entry, dict) else _texts(entry)


def _person(entry: dict[str, Any]) -> str:
    def word(*names: str) -> str:
        return next(
            (clean_line(str(entry[n])) for n in names if isinstance(entry.get(n), str) and entry[n].strip()),
            "",
        )

    particle = " ".join(filter(None, (word("non-dropping-particle"), word("dropping-particle"))))
    family = " ".join(filter(None, (particle, word("family", "lastName", "last", "surname"))))
    given = word("given", "firstName", "first", "forename", "initials")
    if family or given:
        return ", ".join(filter(None, (family, given, word("suffix"))))
    return word("literal", "name", "fullName", "full_name") or clean_line(
        json.dumps(entry, ensure_ascii=False)
    )


def _dates(value: object) -> list[str]:
    """CSL's dates: `date-parts`, `raw` or `literal`."""
    if not isinstance(value, dict):
        return _texts(value)
    for key in ("raw", "literal", "date-time"):
        if isinstance(value.get(key), str) and "date-parts" not in value:
            return [value[key]]
    parts = value.get("date-parts")
    if not isinstance(parts, list):
        return _texts(value)
    dates = ["/".join(str(n) for n in date if n is not None) for date in parts if isinstance(date, list)]
    dates = [date for date in dates if date]
    season = value.get("season")
    return [" - ".join(dates) + (f" season {season}" if season else "")] if dates else []


def _keywords(value: object) -> list[str]:
    """Keywords one by one; a single text is split at semicolons or else at commas."""
    if isinstance(value, str):
        between = ";" if ";" in value else "\n" if "\n" in value else ","
        return [word.strip() for word in value.split(between)]
    words: list[str] = []
    for entry in _entries(value):
        tag = entry.get("tag") if isinstance(entry, dict) else None
        words += [tag] if isinstance(tag, str) else _texts(entry)
    return words


FORMAT = Format(name="csl-json", label="CSL-JSON", suffix=".json", sniff=_sniff, read=_read)
