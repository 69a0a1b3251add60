"""XML exports, cut into records before they are parsed: one broken record costs itself and no other.

The cutting looks for the records' start and end tags outside comments and CDATA; it reads piece by piece,
so that a file of one line of 100 MB is no more than any other. Each record is then parsed by itself, with
the declarations of the file around it left out: no DTD reaches the parser, so no entity can be declared
or fetched. What stands before the first record goes through defusedxml, and a file that declares entities
is refused there.

Several XML documents one after the other in one file (search results fetched in batches) are read as one.
"""

from __future__ import annotations

import codecs
import html
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamis.domain.record import Problem
from tamis.domain.text import clean_line
from tamis.errors import FormatError
from tamis.formats.decoding import spotless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from xml.etree.ElementTree import Element

    from tamis.formats.base import Item, Log
    from tamis.formats.decoding import Text

    Build = Callable[[Element, int, Log, bool], Item]
    """Makes an item of one record's element and the line it starts at; the last says whether its text is
    known to hold nothing but blanks to be cleaned."""

CAP = 1 << 20
"""Longest value kept in a record, in characters."""
CUT = "{n} value{s} of more than a million characters cut there; the kept copy of the file has all of it"
ENTITIES = "it declares XML entities of its own, which can be used to attack the reader; export it again"
TOO_DEEP = "its XML is nested too deeply to be an export of references; export it again"
DEPTH = 1000
"""Deepest nesting that is read; real exports stay below 20."""

_BATCH = 1 << 18
_TAIL = 64
_ENDS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_PROLOG = re.compile(
    r"\A[\s\ufeff]*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>\s*)*", re.DOTALL
)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z_][\w.-]{0,60})(?=[\s/>])")
_DECLARED = re.compile(r"\A\s*<\?xml[^<>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z][\w.-]{0,40})[\"']")
_PREFIXES = re.compile(r"\bxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_TAG = re.compile(r"<(/?)[A-Za-z_:][^<>]*?(/?)>")
_MARKUP = re.compile(r"<[^<>]*>")
_SELF_CLOSED = re.compile(r"<[\w.:-]+(?:\s[^<>]*)?/>")
_LONE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));|([A-Za-z][A-Za-z0-9]{1,31};))?"
)
_LESS = re.compile(r"<(?![A-Za-z_:/!?])|<(?=/[^A-Za-z_:])")
_CHARACTERS = (range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Marks:
    """The tags records begin and end with.

    Args:
        names: tags of which each begins a record.
        inner: tags that begin a record as well, but not inside one of `names`.
    """

    def __init__(self, *names: str, inner: tuple[str, ...] = ()) -> None:
        self.inner = frozenset(inner)
        tags = "|".join(map(re.escape, (*names, *inner)))
        self.pattern = re.compile(rf"<(?:/?(?:{tags})(?=[\s/>])|!--|!\[CDATA\[|\?)")


@dataclass(slots=True)
class _Slice:
    """One record's markup, the line it starts at, and whether its end was there."""

    line: int
    markup: str
    whole: bool


def root_name(head: str) -> str:
    """The local name of the first element, or "" when the text does not begin like XML."""
    found = _ROOT.match(head, len(prolog_of(head)))
    return found.group(1) if found else ""


def prolog_of(head: str) -> str:
    """What stands before the first element."""
    prolog = _PROLOG.match(head)
    return prolog.group() if prolog else ""


def read_records(text: Text, log: Log, marks: Marks, build: Build) -> tuple[int, Iterator[Item]]:
    """The number of records in a file, and an iterator over them.

    Raises:
        FormatError: the file declares entities, or holds no record.
    """
    heed_declaration(text, log)
    found, head = _count(text, marks)
    if not found:
        raise FormatError("it is an export without any record in it; export the search again")
    prefixes = dict.fromkeys(_PREFIXES.findall(head))
    wrapper = "<r" + "".join(f' xmlns:{prefix}="{prefix}"' for prefix in prefixes if prefix != "xmlns") + ">"
    return found, _Parser(wrapper, build, log).items(_slices(text, marks))


def heed_declaration(text: Text, log: Log) -> None:
    """Where the bytes are not UTF-8 or UTF-16 and the encoding would be guessed, trust the XML declaration.

    A declaration that contradicts the bytes is not heeded: what the bytes are has been seen.
    """
    declared = _DECLARED.match(text.head())
    if declared is None or text.encoding.startswith("utf"):
        return
    name = declared.group(1).lower()
    try:
        name = "cp1252" if codecs.lookup(name).name == "iso8859-1" else name
        "a".encode(name)
    except (LookupError, UnicodeError):
        return
    if codecs.lookup(name).name == codecs.lookup(text.encoding).name or name.startswith("utf"):
        return
    guessed, text.encoding = text.encoding, name
    if any("\ufffd" in block for block in text.blocks()):
        text.encoding = guessed
        return
    log.add(f"read as {name}, as the XML declaration says", 1)


def text_of(element: Element) -> str:
    """All text of an element, its inline markup left out."""
    return "".join(element.itertext()) if len(element) else element.text or ""


def local(element: Element) -> str:
    """An element's name without its namespace."""
    tag: str = element.tag
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


def clip(fields: dict[str, list[str]], line: int, log: Log) -> dict[str, list[str]]:
    """Cut values that no record should carry."""
    for values in fields.values():
        if len(max(values, key=len, default="")) <= CAP:
            continue
        for i, value in enumerate(values):
            if len(value) > CAP:
                values[i] = value[:CAP] + " …"
                log.add(CUT, line)
    return fields


def refuse_entities(head: str) -> None:
    """Raise FormatError when a document's beginning declares entities."""
    at = head.find("<!DOCTYPE")
    if at < 0:
        return
    from defusedxml.common import DefusedXmlException  # takes a while to import
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(forbid_dtd=False, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(head[at:])
    except DefusedXmlException:
        raise FormatError(ENTITIES) from None
    except (ET.ParseError, ValueError):
        pass  # broken after the DOCTYPE; the records are parsed by themselves
    if "<!ENTITY" in head[at:]:
        raise FormatError(ENTITIES)


def tokens(text: Text, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The file's text in order: what stands before a mark, and the mark up to its name's end, or "".

    Comments, CDATA and processing instructions are text. One that never ends is no such thing: the marks
    behind it count.
    """
    source = text.pieces()
    endless: set[str] = set()
    buffer = ""
    while True:
        piece = next(source, None)
        buffer += piece or ""
        at = look = 0
        while match := pattern.search(buffer, look):
            word = match.group()
            end = _ENDS.get(word)
            if end is None:
                yield buffer[at : match.start()], word
                at = look = match.end()
            elif word in endless:
                look = match.end()
            elif (stop := buffer.find(end, match.end())) >= 0:
                look = stop + len(end)
            else:
                inside = match.end() - at
                buffer, look = _read_on(buffer[at:], inside, end, source)
                at = 0
                if look < 0:
                    endless.add(word)
                    look = inside
        if piece is None:
            break
        cut = buffer.rfind("<", max(look, len(buffer) - _TAIL))
        if cut < 0:
            cut = len(buffer)
        if cut > at:
            yield buffer[at:cut], ""
        buffer = buffer[cut:]
    yield buffer[at:], ""


def _read_on(buffer: str, inside: int, end: str, source: Iterator[str]) -> tuple[str, int]:
    """`buffer` and as much of the rest as it takes to reach `end`; where that ends, or -1."""
    parts = [buffer]
    size = len(buffer)
    tail = buffer[max(inside, size - len(end) + 1) :]
    for piece in source:
        parts.append(piece)
        stop = (tail + piece).find(end)
        if stop >= 0:
            return "".join(parts), size - len(tail) + stop + len(end)
        size += len(piece)
        tail = (tail + piece)[1 - len(end) :]
    return "".join(parts), -1


def _steps(text: Text, marks: Marks) -> Iterator[tuple[str, str, str]]:
    """Text, mark, and what the mark does: `begin`, `end` or "" for a mark that belongs to the text."""
    inside = ""
    for before, mark in tokens(text, marks.pattern):
        step = ""
        if mark.startswith("</"):
            if mark[2:] == inside:
                inside, step = "", "end"
        elif mark and not (mark[1:] in marks.inner and inside and inside not in marks.inner):
            inside, step = mark[1:], "begin"
        yield before, mark, step


def _count(text: Text, marks: Marks) -> tuple[int, str]:
    """How many records begin, and what stands before the first."""
    found, inside, first = 0, False, ""
    between: list[str] = []
    for before, _, step in _steps(text, marks):
        if not inside:
            between.append(before)
        if step == "begin":
            if between:
                stretch = "".join(between)
                refuse_entities(stretch)
                first = stretch if not found else first
                between = []
            found += 1
        inside = step == "begin" or (inside and step != "end")
    refuse_entities("".join(between))
    return found, first


def _slices(text: Text, marks: Marks) -> Iterator[_Slice]:
    line = 1
    parts: list[str] = []
    started = 0
    for before, mark, step in _steps(text, marks):
        if parts:
            parts.append(before)
        line += before.count("\n")
        if step == "begin":
            if parts:
                yield _closed(started, "".join(parts))
            parts, started = [mark], line
        elif step == "end" and parts:
            yield _Slice(started, "".join((*parts, mark, ">")), True)
            parts = []
        elif parts:
            parts.append(mark)
    if parts:
        yield _closed(started, "".join(parts))


def _closed(line: int, markup: str) -> _Slice:
    """A record whose end tag did not come: perhaps because its start tag is its end as well."""
    if alone := _SELF_CLOSED.match(markup):
        return _Slice(line, alone.group(), True)
    return _Slice(line, markup, False)


class _Parser:
    """Parses slices, many at a time as long as they are sound."""

    def __init__(self, wrapper: str, build: Build, log: Log) -> None:
        self._wrapper = wrapper
        self._build = build
        self._log = log

    def items(self, slices: Iterable[_Slice]) -> Iterator[Item]:
        """One item a slice."""
        batch: list[_Slice] = []
        size = 0
        for piece in slices:
            batch.append(piece)
            size += len(piece.markup)
            if size > _BATCH:
                yield from self._parse(batch)
                batch, size = [], 0
        yield from self._parse(batch)

    def _parse(self, batch: list[_Slice]) -> Iterator[Item]:
        root = None
        if all(piece.whole for piece in batch) and not any(_too_deep(piece.markup) for piece in batch):
            try:
                root = self._tree("".join(piece.markup for piece in batch))
            except (ET.ParseError, ValueError):
                root = None
        if root is not None and len(root) == len(batch):
            for piece, element in zip(batch, root, strict=True):
                yield self._build(element, piece.line, self._log, _is_clean(piece.markup))
        else:
            for piece in batch:
                yield self._one(piece)

    def _tree(self, markup: str) -> Element:
        return ET.fromstring(f"{self._wrapper}{markup}</r>")  # noqa: S314 - a DOCTYPE in here is an error

    def _one(self, piece: _Slice) -> Item:
        if not piece.whole:
            return _problem(piece, "this record is cut off or broken: its end is missing; export it again")
        if _too_deep(piece.markup):
            return _problem(piece, "this record's XML is nested too deeply; export it again")
        try:
            root = self._tree(piece.markup)
        except (ET.ParseError, ValueError) as error:
            repaired = _repair(piece.markup)
            try:
                root = self._tree(repaired)
            except (ET.ParseError, ValueError):
                return _problem(piece, _why(piece, error))
            self._log.add("{n} record{s} with characters XML does not allow, put right", piece.line)
        if len(root) != 1:
            return _problem(piece, "this record's XML is broken: it ends more than once; export it again")
        return self._build(root[0], piece.line, self._log, False)


def _is_clean(markup: str) -> bool:
    return "&#" not in markup and "\n" not in markup and spotless(markup)


def _why(piece: _Slice, error: Exception) -> str:
    place = piece.line
    words = clean_line(str(error)).partition(":")[0]
    if isinstance(error, ET.ParseError):
        place += max(error.position[0] - 1, 0)
    return f"this record's XML is broken in line {place:,} ({words}); export it again"


def _problem(piece: _Slice, why: str) -> Problem:
    words = _MARKUP.sub(" ", piece.markup[:4000])
    return Problem(piece.line, why, clean_line(html.unescape(words))[:200])


def _too_deep(markup: str) -> bool:
    if markup.count("<") <= DEPTH:
        return False
    depth = 0
    for match in _TAG.finditer(markup):
        if match.group(1):
            depth -= 1
        elif not match.group(2):
            depth += 1
            if depth > DEPTH:
                return True
    return False


def _repair(markup: str) -> str:
    """Markup without what programs that write XML by hand get wrong."""
    if "&" in markup:
        markup = _LONE.sub(_reference, markup)
    markup = _LESS.sub("&lt;", markup)
    return _CONTROL.sub(lambda c: _shown(ord(c.group())), markup)


def _reference(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        value = html.unescape(match.group())
        return value if value != match.group() and value not in "<>&" else "&amp;" + name
    if not hexadecimal and not decimal:
        return "&amp;"
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    allowed = code in (0x9, 0xA, 0xD) or any(code in span for span in _CHARACTERS)
    return match.group() if allowed else _shown(code)


def _shown(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
