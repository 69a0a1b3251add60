"""Zotero's RDF: references as graphs, in which a journal, a note or a file can stand apart from its item.

A record is an element that says what type of item it is (`z:itemType`), unless that is an attachment or a
note: those become addresses and notes of the items that point at them. The file is gone through three
times: to count, to collect what items point at, and to read the items.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, cast

from tamis.domain.record import Problem
from tamis.domain.text import clean_line, doi, http_url, pmid
from tamis.errors import FormatError
from tamis.formats.base import Format, Item, Log
from tamis.formats.markup_tree import (
    DEPTH,
    TOO_DEEP,
    Marks,
    clip,
    heed_declaration,
    local,
    prolog_of,
    refuse_entities,
    root_name,
    text_of,
    tokens,
)
from tamis.formats.ris_fields import to_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

    from tamis.formats.decoding import Text

    Take = Callable[["_Entry", Element], None]

_ZOTERO = "http://www.zotero.org/namespaces/export#"
_PREFIX = re.compile(r"\bxmlns:([A-Za-z_][\w.-]{0,40})\s*=\s*[\"']" + re.escape(_ZOTERO))
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ITEM_TYPE = f"{{{_ZOTERO}}}itemType"
_PARTS = frozenset({"attachment", "note", "annotation"})
_BROKEN = "the file's XML is broken before this record ({why}); export it again"
TYPES = {
    "artwork": "ART", "audioRecording": "SOUND", "bill": "BILL", "blogPost": "BLOG", "book": "BOOK",
    "bookSection": "CHAP", "case": "CASE", "computerProgram": "COMP", "conferencePaper": "CONF",
    "dataset": "DATA", "dictionaryEntry": "DICT", "document": "GEN", "email": "ICOMM",
    "encyclopediaArticle": "ENCYC", "film": "MPCT", "forumPost": "ICOMM", "hearing": "HEAR",
    "interview": "PCOMM", "journalArticle": "JOUR", "letter": "PCOMM", "magazineArticle": "MGZN",
    "manuscript": "UNPB", "map": "MAP", "newspaperArticle": "NEWS", "patent": "PAT", "preprint": "UNPB",
    "presentation": "SLIDE", "report": "RPRT", "standard": "STAND", "statute": "STAT", "thesis": "THES",
    "videoRecording": "VIDEO", "webpage": "ELEC",
}  # fmt: skip
"""Zotero's item types as Zotero's own RIS export writes them."""

_SIMPLE = {
    "title": "TI", "abstract": "AB", "date": "PY", "pages": "SP", "volume": "VL", "number": "IS",
    "edition": "ET", "language": "LA", "description": "N1", "dateSubmitted": "Y2", "libraryCatalog": "DB",
    "shortTitle": "ST", "citationKey": "ID", "type": "M3", "alternative": "JA", "publicationTitle": "JF",
    "value": "N1", "issue": "IS",
}  # fmt: skip
_PEOPLE = {"authors": "AU", "editors": "A2", "seriesEditors": "A3", "contributors": "A4", "translators": "A4"}
_SERIAL = frozenset({"Journal", "Periodical", "Newspaper", "Magazine"})


def _sniff(head: str) -> bool:
    return root_name(head) == "RDF" and "itemType" in head and _PREFIX.search(head) is not None


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    heed_declaration(text, log)
    head = text.head()
    refuse_entities(prolog_of(head))
    prefix = _PREFIX.search(head)
    lines = _item_lines(text, prefix.group(1) if prefix else "z")
    if not lines:
        raise FormatError("it is RDF from Zotero without any reference in it; export it again")
    return len(lines), _items(text, log, lines)


def _item_lines(text: Text, prefix: str) -> list[int]:
    """The lines on which an item says its type."""
    lines: list[int] = []
    line, value = 1, ""
    naming = False
    for before, mark in tokens(text, Marks(f"{prefix}:itemType").pattern):
        if naming:
            value += before[:200]
            if mark and _is_item(value.partition(">")[2]):
                lines.append(line)
            naming = naming and not mark
        line += before.count("\n")
        if mark and not mark.startswith("</"):
            naming, value = True, ""
    return lines


def _is_item(kind: str) -> bool:
    kind = kind.strip()
    return bool(kind) and kind not in _PARTS


def _items(text: Text, log: Log, lines: list[int]) -> Iterator[Item]:
    graph: dict[str, Element] = {}
    why = ""
    try:
        for element in _top_level(text):
            if not _types_of(element) and (
                name := element.get(f"{_RDF}about") or element.get(f"{_RDF}nodeID")
            ):
                graph.setdefault(name.lstrip("#"), element)
    except (ET.ParseError, ValueError) as error:
        why = clean_line(str(error)).partition(":")[0]
    done = 0
    try:
        for element in _top_level(text):
            types = _types_of(element)
            for n in range(len(types)):
                line = lines[min(done, len(lines) - 1)]
                done += 1
                if n:
                    yield Problem(line, "one element says that it is two items; export it again")
                else:
                    yield to_record(clip(_Entry(graph).fields_of(element), line, log), line, log)
    except (ET.ParseError, ValueError) as error:
        why = clean_line(str(error)).partition(":")[0]
    for line in lines[done:]:
        yield Problem(line, _BROKEN.replace("{why}", why or "its end is missing"))


def _types_of(element: Element) -> list[str]:
    return [e.text for e in element.iter(_ITEM_TYPE) if e.text and _is_item(e.text)]


def _top_level(text: Text) -> Iterator[Element]:
    """The elements right under the root, each forgotten when the next is asked for.

    Raises:
        ParseError: the XML is broken; what came before it has been given.
        ValueError: it is nested too deeply.
    """
    parser: ET.XMLPullParser[Element] = ET.XMLPullParser(("start", "end"))
    depth = 0
    root: Element | None = None
    for piece in text.pieces():
        parser.feed(piece)
        for event in parser.read_events():
            kind, element = cast("tuple[str, Element]", event)
            if kind == "start":
                depth += 1
                root = element if root is None else root
                if depth > DEPTH:
                    raise ValueError(TOO_DEEP)
                continue
            depth -= 1
            if depth == 1 and root is not None:
                yield element
                root.clear()
    parser.close()


class _Entry:
    """The values of one item under RIS's tags."""

    def __init__(self, graph: dict[str, Element]) -> None:
        self._graph = graph
        self._links: list[Element] = []
        self.fields: dict[str, list[str]] = {}

    def fields_of(self, element: Element) -> dict[str, list[str]]:
        """All values of an item."""
        self.walk(element)
        for link in self._links:
            self.attached(link)
        fields = self.fields
        if "TY" not in fields:
            self.put("item type", element.findtext(_ITEM_TYPE, ""))
        about = element.get(f"{_RDF}about", "")
        if "UR" not in fields and http_url(about):
            self.put("UR", about)
        for note in fields.get("N1", ()):
            if "PMID" not in fields and "PMID" in note and (number := pmid(note)):
                fields["PMID"] = [number]
        return fields

    def walk(self, element: Element) -> None:
        """Take each child where it belongs."""
        for child in element:
            name = local(child)
            if take := _TAKES.get(name):
                take(self, child)
            elif tag := _PEOPLE.get(name):
                self.people(tag, child)
            elif tag := _SIMPLE.get(name):
                self.put(tag, text_of(child))
            elif any(local(part) == "Seq" for part in child):
                self.people(name, child)
            else:
                self.put(name, " ".join(child.itertext()) or child.get(f"{_RDF}resource", ""))

    def put(self, tag: str, value: str) -> None:
        """Keep a value that says something."""
        if value and value.strip():
            self.fields.setdefault(tag, []).append(value)

    def people(self, tag: str, element: Element) -> None:
        """Names, in their order."""
        for someone in element.iter():
            if local(someone) in ("Person", "Agent", "Organization"):
                names = {local(part).lower(): clean_line(text_of(part)) for part in someone}
                family = names.get("surname") or names.get("familyname") or names.get("name", "")
                given = names.get("givenname") or names.get("firstname", "")
                self.put(tag, ", ".join(filter(None, (family, given))))

    def kind(self, element: Element) -> None:
        """The item's type."""
        if kind := TYPES.get(clean_line(text_of(element))):
            self.fields.setdefault("TY", [kind])

    def part_of(self, element: Element) -> None:
        """The journal, book or series it appeared in, here or elsewhere in the file."""
        wholes = list(element)
        if (known := self._known(element)) is not None:
            wholes.append(known)
        for whole in wholes:
            inner = _Entry({})
            inner.walk(whole)
            name = inner.fields.pop("TI", [])
            tag = "T3" if local(whole) == "Series" else "JF" if local(whole) in _SERIAL else "T2"
            for value in name:
                self.put(tag, value)
            for other, values in inner.fields.items():
                if other not in ("TY", "item type"):
                    self.fields.setdefault(other, []).extend(values)

    def _known(self, element: Element) -> Element | None:
        return self._graph.get(element.get(f"{_RDF}resource", "").lstrip("#"))

    def identifier(self, element: Element) -> None:
        """`ISSN 1234-5678`, `DOI 10...`, or an address."""
        value = clean_line(text_of(element))
        name, _, rest = value.partition(" ")
        if http_url(value):
            self.put("UR", value)
        elif name in ("ISSN", "ISBN") and rest:
            self.put("SN", rest)
        elif name.upper().rstrip(":") == "DOI" and doi(rest):
            self.put("DO", rest)
        else:
            self.put("identifier", value)

    def subject(self, element: Element) -> None:
        """A tag."""
        self.put("KW", clean_line(" ".join(element.itertext())))

    def publisher(self, element: Element) -> None:
        """Name and place."""
        named = False
        for part in element.iter():
            if local(part) == "name":
                self.put("PB", text_of(part))
                named = True
            elif local(part) == "locality":
                self.put("CY", text_of(part))
                named = True
        if not named:
            self.put("PB", " ".join(element.itertext()))

    def noted(self, element: Element) -> None:
        """A note on the item, here or elsewhere in the file."""
        memo = self._known(element)
        text = " ".join((element if memo is None else memo).itertext())
        self.put("N1" if text.strip() else "isReferencedBy", text or element.get(f"{_RDF}resource", ""))

    def attached(self, element: Element) -> None:
        """A file or a page that belongs to the item."""
        attachment = self._known(element)
        if attachment is None:
            self.put("link", element.get(f"{_RDF}resource", ""))
            return
        for part in attachment.iter():
            if local(part) == "value":
                self.put("UR" if http_url(clean_line(text_of(part))) else "L1", text_of(part))
            elif local(part) in ("path", "resource"):
                self.put("L1", part.get(f"{_RDF}resource", "") or text_of(part))

    def link(self, element: Element) -> None:
        """Leave what is attached until the item's own address is known."""
        self._links.append(element)

    def ignore(self, element: Element) -> None:
        """What only holds the graph together."""


_TAKES: dict[str, Take] = {
    "itemType": _Entry.kind,
    "isPartOf": _Entry.part_of,
    "identifier": _Entry.identifier,
    "subject": _Entry.subject,
    "publisher": _Entry.publisher,
    "isReferencedBy": _Entry.noted,
    "link": _Entry.link,
    "attachments": _Entry.ignore,
}

FORMAT = Format(name="zotero-rdf", label="Zotero RDF", suffix=".rdf", sniff=_sniff, read=_read)
