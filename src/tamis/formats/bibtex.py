"""BibTeX and BibLaTeX: entries cut apart here, read by bibtexparser, mended where that is certain.

An entry begins where a line begins with `@type{` (or `@type(`), or behind the closing brace of the entry
before it, and ends where the next one begins: so one that is never closed costs its neighbours nothing.
`@string`, `@preamble` and `@comment` are no records. bibtexparser reads each entry by itself, unless it is
of the plainest form, which takes no parser; what it gives up on is read once more by its field names alone.
"""

from __future__ import annotations

import logging
import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from tamis.domain.record import Problem
from tamis.domain.text import clean_line
from tamis.formats.base import Format, Item, Log
from tamis.formats.bibtex_fields import Entry, bibtex_record
from tamis.formats.bibtex_values import Strings, read_value
from tamis.formats.tagged import CAP, OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.formats.decoding import Text

_OTHERS = frozenset({"comment", "string", "preamble"})
_START = re.compile(
    r"[ \t\ufeff]*+@[ \t]*+([A-Za-z]\w*)[ \t]*+"
    r"(?:\{|\((?=[^\s,(){}=]+[ \t]*,|[ \t]*[\w:.-]+[ \t]*=|[ \t]*$))"
)
_INNER = re.compile(r"\}[ \t]*+,?[ \t]*+(@([A-Za-z]\w*)[ \t]*+\{(?=[^={}\",@\n]{0,200},))")
_COMMENT_LIMIT = 20_000
_CHUNK_LIMIT = 1 << 20
_TAGGED = re.compile(
    r"\A\s*(?:<[!?hH]|[{\[])|^[ \t\ufeff]*(?:TY {0,2}- ?[A-Z]{3,}|PMID- |PT [A-Z]$|%0 )", re.MULTILINE
)
_PLAIN = re.compile(
    r"\s*+([A-Za-z][\w-]*+)\s*+=\s*+(\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}|[A-Za-z0-9]++)\s*+(,|(?=\}))"
)
_END = re.compile(r"\s*+\}")
_TAIL = re.compile(r"[}\s)]*\Z")
_FIELD = re.compile(
    r"(?:(?<=\n)|(?<=,)|^)[ \t]*+([A-Za-z][\w.:+ -]{0,60}?)[ \t]*+=[ \t\n]*+"
    r"(?=[{\"\d]|[A-Za-z][\w:+-]*[ \t]*(?:[,#}\n]|$))"
)


def _sniff(head: str) -> bool:
    """Whether a line begins a block, and no line above it a record of another format."""
    if "@" not in head:
        return False
    at = 0
    for line in head.split("\n"):
        if (found := _start(line)) and (found in _OTHERS or _looks_like_entry(line, found)):
            return not _TAGGED.search(head, 0, at)
        at += len(line) + 1
    return False


def _start(line: str) -> str:
    """Type of the block a line begins, in small letters, or ""."""
    match = _START.match(line)
    return match.group(1).lower() if match else ""


_TYPES = (
    "article book booklet inbook incollection inproceedings conference manual mastersthesis misc "
    "phdthesis proceedings techreport unpublished online thesis report dataset software patent electronic "
    "www collection periodical set suppbook mvbook bookinbook inreference reference entry xdata webpage"
)
_ENTRY_TYPES = frozenset(_TYPES.split())


def _looks_like_entry(line: str, kind: str) -> bool:
    rest = line[line.index("@") :].split("{", 1)[-1].strip()
    return kind in _ENTRY_TYPES or rest.endswith(",") or "=" in rest


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    found = sum(1 for _, kind, _ in _chunks(text.lines(), None) if kind not in _OTHERS)
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its warnings are in our account
    return found, _Reader(log).items(_chunks(text.lines(), log))


def _chunks(lines: Iterable[str], log: Log | None) -> Iterator[tuple[int, str, list[str]]]:
    """The blocks of a file: first line's number, type, lines. What stands before the first is listed."""
    held: list[str] = []
    kind, first, depth = "", 0, 0
    for number, whole in enumerate(lines, 1):
        line = whole
        if "@" in line and not (depth > 0 and _holds_entries(held)):
            if found := _START.match(line):
                if kind:
                    yield first, kind, held
                kind, first, held, depth = found.group(1).lower(), number, [], 0
            while kind and kind != "comment" and (inner := _INNER.search(line)):
                held.append(line[: inner.start() + 1])
                yield first, kind, held
                kind, first, held = inner.group(2).lower(), number, []
                line = line[inner.start(1) :]
        if kind == "comment":
            depth += line.count("{") - line.count("}")
        if kind:
            held.append(line)
        elif log is not None and line.strip("\ufeff \t") and not line.lstrip().startswith("%"):
            log.add(OUTSIDE + _literal(line), number)
    if kind:
        yield first, kind, held


def _holds_entries(comment: list[str]) -> bool:
    """Whether an open `@comment` begins with an entry: then its braces hold others too."""
    if len(comment) > _COMMENT_LIMIT:
        return False
    inside = comment[0].partition("{")[2].strip()
    return inside.startswith("@") or (not inside and "".join(comment[1:2]).strip()[:1] in ("", "@"))


def _literal(text: str) -> str:
    """The beginning of a text, without the braces that the account fills in."""
    return clean_line(text[:60]).replace("{", "(").replace("}", ")")


class _Reader:
    """Reads block after block, with the strings defined so far."""

    def __init__(self, log: Log) -> None:
        from bibtexparser.splitter import Splitter  # takes a while to import

        self._splitter = Splitter
        self._log = log
        self._strings = Strings()
        self._keys: set[str] = set()

    def items(self, chunks: Iterable[tuple[int, str, list[str]]]) -> Iterator[Item]:
        """A record or a problem for each entry."""
        for line, kind, lines in chunks:
            if kind == "string":
                self._define("\n".join(lines))
            elif kind not in _OTHERS:
                yield self._item(line, kind, "\n".join(lines))

    def _define(self, chunk: str) -> None:
        for block in self._splitter(chunk[:CAP]).split().strings:
            self._strings.define(block.key, read_value(block.value, self._strings)[0])

    def _item(self, line: int, kind: str, chunk: str) -> Item:
        key, body, closing = _header(chunk)
        fields, rest = self._fields(kind, body, closing, line)
        if not any(value.strip() for _, value in fields):
            why = "this entry has no field with a value"
            return Problem(line, why, clean_line(chunk[:200]))
        if (rest := rest[:1000].strip("\ufeff \t\n,})")) and not rest.startswith("%"):
            self._log.add(OUTSIDE + _literal(rest), line)
        if key and key in self._keys:
            self._log.add("{n} key{s} used by an entry before, both entries kept", line)
        self._keys.add(key)
        return bibtex_record(Entry(kind, key, fields), line, self._log)

    def _fields(self, kind: str, body: str, closing: str, line: int) -> tuple[list[tuple[str, str]], str]:
        """Names and values of an entry, and the text behind its closing brace."""
        parsed = plain_fields(body) if closing == "}" else None
        if parsed is None and len(body) <= _CHUNK_LIMIT:
            opening = "(" if closing == ")" else "{"
            parsed = self._parse(f"@{kind}{opening}k,{body}")
        if parsed is None:
            what = "{n} time{s} a brace, quote or comma is missing: that entry read field by field"
            self._log.add(what, line)
            return _by_names(body, self._strings), ""
        pairs, rest = parsed
        fields: list[tuple[str, str]] = []
        for name, raw in pairs:
            value, more = read_value(raw, self._strings)
            while more and (match := _FIELD.match(more)):
                self._log.add("{n} field{s} without a comma before it read", line)
                fields.append((name, value))
                name, more = match.group(1), more[match.end() :]
                value, more = read_value(more, self._strings)
            fields.append((name, f"{value} {more}".strip() if more else value))
        return fields, rest

    def _parse(self, entry: str) -> tuple[list[tuple[str, str]], str] | None:
        """Fields of an entry and what stands behind it, or None when bibtexparser gives up on it."""
        library = self._splitter(entry).split()
        if not library.blocks:
            return None
        block = library.blocks[0]
        read = getattr(block, "ignore_error_block", None) or block  # a field given twice is one of two values
        fields = getattr(read, "fields", None)
        if fields is None or not read.raw:
            return None
        pairs = [(field.key, str(field.value)) for field in fields]
        if any("\n" in name or "{" in name or len(name) > 60 for name, _ in pairs):
            return None
        return pairs, entry[len(read.raw) :]


def plain_fields(body: str) -> tuple[list[tuple[str, str]], str] | None:
    """What bibtexparser says of an entry in the form nearly all have, much faster; None for any other."""
    if "\\{" in body or "\\}" in body:
        return None
    fields: list[tuple[str, str]] = []
    at = 0
    while match := _PLAIN.match(body, at):
        fields.append((match[1], match[2]))
        at = match.end()
        if match[3] != ",":
            break
    end = _END.match(body, at)
    return (fields, body[end.end() :]) if fields and end else None


def _header(chunk: str) -> tuple[str, str, str]:
    """Key and fields of an entry, and what closes it; keys may be empty or hold blanks and commas."""
    start = min((at for c in "{(" if (at := chunk.find(c)) >= 0), default=0)
    closing = ")" if chunk[start : start + 1] == "(" else "}"
    rest = chunk[start + 1 :]
    end = re.compile(r"=[ \t\n]*[{\"\w]").search(rest, 0, 2000)
    head = rest[: end.start()] if end else rest[:2000]
    first = head.partition("\n")[0].rstrip()
    at = len(first) - 1 if first.endswith(",") else head.rfind(",") if end else head.find(",")
    if at < 0:
        if end:
            return "", rest, closing
        key = head.strip().rstrip("})").strip()
        return (key, closing, closing) if "\n" not in key else ("", rest, closing)
    return clean_line(head[:at].strip(", \t\n")), rest[at + 1 :], closing


def _by_names(body: str, strings: Strings) -> list[tuple[str, str]]:
    """Fields found by `name =` at the beginning of a line or behind a comma."""
    marks = list(_FIELD.finditer(body))
    fields: list[tuple[str, str]] = []
    for mark, following in zip_longest(marks, marks[1:]):
        end = following.start() if following else len(body)
        raw = body[mark.end() : min(end, mark.end() + CAP + 2)].strip().rstrip(",").strip()
        if following is None:
            tail = _TAIL.sub(lambda match: match.group().split("\n")[0].strip(), raw[-50:])
            raw = raw[:-50] + tail
        opening = raw[:1]
        if opening in ("{", '"'):
            value = raw[1:].rstrip("}) \n,") if following is None else raw[1:]
            value = value.removesuffix("}" if opening == "{" else '"')
        else:
            value = read_value(raw.rstrip("})"), strings)[0]
        fields.append((mark.group(1), value))
    return fields


FORMAT = Format(name="bibtex", label="BibTeX", suffix=".bib", sniff=_sniff, read=_read)
