r"""Records to BibTeX: keys that stay the same, text in which nothing is a command.

Braces, backslashes and the signs LaTeX gives a meaning are escaped (`\%`, `\textbackslash{}`), so a title
can neither end its field nor reach a file. Decisions are keywords (`tamis:exclude`) and, whole, lines of
`annote`, which no bibliography style prints; the record's own notes stand there too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from tamis.domain.text import slug
from tamis.formats.ris_carry import decision_tags
from tamis.formats.writers.carrying import date_parts, joined_words, own_notes, settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.domain.record import Record

FIELDS = (
    "type", "title", "abstract", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid",
    "issn", "publisher", "language", "urls", "keywords", "notes", "decisions",
)  # fmt: skip
"""The fields of a record that BibTeX has."""

_TYPES = {
    "JOUR": "article", "BOOK": "book", "CHAP": "incollection", "CPAPER": "inproceedings",
    "CONF": "proceedings",
    "THES": "phdthesis", "RPRT": "techreport", "UNPB": "unpublished", "ELEC": "online", "DATA": "dataset",
    "COMP": "software", "PAT": "patent", "PAMP": "booklet", "GEN": "misc",
}  # fmt: skip
_SIGNS = {
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "%&#_$"},
}  # fmt: skip
_LOOSE = {"{": "\\textbraceleft{}", "}": "\\textbraceright{}"}
_PAIRED = {"{": "\\{", "}": "\\}"}
_SPECIAL = re.compile(r"[\\~^%&#_${}]|-(?=-)|`(?=`)|'(?=')")
_OTHER_FORMAT = re.compile(
    r"\n(?=[ \t]*(?:[@<]|[A-Za-z][A-Za-z0-9]{1,4}[ \t]*[-–—](?:[ \t]|$)|[A-Z][A-Z0-9] ))", re.MULTILINE
)
_RANGE = re.compile(r"(\w+)-(\w+)")
_NAME = re.compile(r"\band\b|;", re.IGNORECASE)
_UNSAFE_URL = re.compile(r"[{}\\\"^`|<>\s]")
_PLAIN_DOI = re.compile(r"[^{}\\\"\s#%~^]+")


def kept(record: Record) -> Record:
    """What of a record BibTeX can say: known types, one address, the notes as one."""
    notes = tuple(filter(None, ["\n".join(record.notes)]))
    kind = record.type if record.type in _TYPES else "GEN"
    return replace(record, type=kind, urls=record.urls[:1], notes=notes)


def write(records: Iterable[Record], out: BinaryIO) -> int:
    """Write the records as UTF-8; return how many."""
    from tamis.formats.bibtex import FORMAT  # brings bibtexparser

    keys: set[str] = set()
    written = 0
    for record in records:
        key = _key(record, keys)

        def render(record: Record, carried: list[str], key: str = key) -> str:
            return _entry(record, key, carried)

        text = settled(record, render, kept, FIELDS, FORMAT)
        out.write((text + "\n").encode("utf-8", "replace"))
        written += 1
    return written


def _key(record: Record, taken: set[str]) -> str:
    """First author, year and the record's id: the same in every export, and never twice in one."""
    name = slug(record.authors[0].partition(",")[0])[:20] if record.authors else "anon"
    base = f"{name}{record.year or ''}-{slug(record.id)}" if record.id else f"{name}{record.year or ''}"
    key, n = base, 2
    while key in taken:
        key, n = f"{base}-{n}", n + 1
    taken.add(key)
    return key


def _entry(record: Record, key: str, carried: list[str]) -> str:
    kind = _TYPES.get(record.type, "misc")
    lines = [f"  {name} = {{{value}}}," for name, value in _fields(record, kind, carried) if value]
    return "\n".join((f"@{kind}{{{key},", *lines, "}", ""))


def _fields(record: Record, kind: str, carried: list[str]) -> Iterator[tuple[str, str]]:
    yield "author", " and ".join(map(_person, record.authors))
    yield "title", escape(record.title)
    where = "booktitle" if kind in ("incollection", "inproceedings") else "journal"
    yield where, escape(record.journal)
    when = date_parts(record)
    yield "year", str(record.year) if record.year is not None else ""
    yield "month", str(when[1]) if len(when) > 1 else ""
    yield "volume", escape(record.volume)
    yield "number", escape(record.issue)
    yield "pages", escape(_RANGE.sub(r"\1–\2", record.pages)).replace("–", "--")
    yield "doi", record.doi if _PLAIN_DOI.fullmatch(record.doi) else ""
    yield "pmid", record.pmid
    yield "issn", escape(record.issn)
    yield "publisher", escape(record.publisher)
    yield "language", escape(record.language)
    yield "url", _UNSAFE_URL.sub(lambda c: f"%{ord(c.group()):02X}", record.urls[0]) if record.urls else ""
    yield "abstract", escape(record.abstract)
    yield "keywords", escape(joined_words([*record.keywords, *decision_tags(record.decisions)]))
    yield "annote", escape("\n".join((*own_notes(record), *carried)))


def _person(name: str) -> str:
    """A name; braces keep one together that is no person's, or has an `and` in it."""
    whole = "," not in name or _NAME.search(name) is not None
    return f"{{{escape(name)}}}" if whole else escape(name)


def escape(text: str) -> str:
    """Text as LaTeX that prints just this.

    Braces stay balanced, for programs that count escaped ones too, and no line begins like an entry or
    like a line of another format.
    """
    braces = _PAIRED if _balanced(text) else _LOOSE

    def replaced(sign: re.Match[str]) -> str:
        found = sign.group()
        return braces.get(found) or _SIGNS.get(found) or f"{found}{{}}"

    if _SPECIAL.search(text) is not None:
        text = _SPECIAL.sub(replaced, text)
    if "RAYYAN-" in text:  # readers of Rayyan's BibTeX take what follows for no LaTeX
        text = text.replace("RAYYAN-", "RAYYAN{}-")
    return _OTHER_FORMAT.sub("\n{}", text) if "\n" in text else text


def _balanced(text: str) -> bool:
    if "{" not in text and "}" not in text:
        return True
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0
