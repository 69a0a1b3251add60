"""Records and where they came from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tamis.domain.text import clean_line, clean_text, doi, pmid, year

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Flag(StrEnum):
    """What a reader of the record should know about it."""

    CUT_OFF = "abstract-cut-off"
    NO_TITLE = "no-title"
    NO_ABSTRACT = "no-abstract"

    @property
    def words(self) -> str:
        """The flag as people read it."""
        return {
            Flag.CUT_OFF: "the abstract is cut off in the file",
            Flag.NO_TITLE: "no title in the file",
            Flag.NO_ABSTRACT: "no abstract in the file",
        }[self]


def reason_words(reasons: Sequence[str]) -> str:
    """The reasons of an exclusion for people: the primary one and, apart from it, the others; "" for none."""
    primary, *others = reasons or ("",)
    return f"{primary}; also {'; '.join(others)}" if others else primary


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one reviewer had decided on a record, as an export carries it from one review to another.

    Attributes:
        by: the reviewer.
        stage: `title-abstract` or `full-text`.
        verdict: `include`, `exclude`, `maybe` or `undecided` (a note or labels alone).
        reasons: labels of the exclusion reasons, the primary one first.
        note: the reviewer's note on the record, may hold line breaks.
        labels: the reviewer's labels.
        at: UTC time in ISO 8601, or "".
    """

    by: str = ""
    stage: str = "title-abstract"
    verdict: str = "undecided"
    reasons: tuple[str, ...] = ()
    note: str = ""
    labels: tuple[str, ...] = ()
    at: str = ""

    def to_doc(self) -> dict[str, Any]:
        """A JSON object without empty fields."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in _filled(self)}

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> Decision:
        """The inverse of `to_doc`; keys it does not know are passed over, wrong types become text."""
        known: dict[str, Any] = {}
        for f in fields(cls):
            value = doc.get(f.name)
            if value is None:
                continue
            if f.name in ("reasons", "labels"):
                known[f.name] = tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
            else:
                known[f.name] = str(value)
        return cls(**known)


@dataclass(slots=True, kw_only=True)
class Record:
    """One bibliographic record: what a database says of one report.

    All text is clean (`domain.text.clean_line`, abstracts and notes `clean_text`).

    Attributes:
        id: `<first hex digits of the file's sha256>-<position in the file, from 1>`.
        type: RIS reference type such as `JOUR`, or "".
        title: the title with its subtitle.
        abstract: paragraphs separated by a line break.
        authors: `Family, Given`, in the order of the file.
        year: year of publication.
        date: the date as the file writes it.
        journal: the full name of the journal, book or site it appeared in.
        doi: normal form (`domain.text.doi`).
        pmid: digits only.
        urls: http and https addresses.
        keywords: one entry a keyword.
        notes: the file's own notes, one entry a note.
        extra: what the file says that has no field here: tag -> values, in the file's order.
        flags: see `Flag`.
        line: line of the file the record starts at, from 1.
        decisions: what the file says had been decided; becomes events at import, not stored with the record.
    """

    id: str = ""
    type: str = ""
    title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    date: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    issn: str = ""
    publisher: str = ""
    language: str = ""
    accession: str = ""
    database: str = ""
    urls: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    line: int = 0
    decisions: tuple[Decision, ...] = ()

    def to_doc(self) -> dict[str, Any]:
        """A JSON object without empty fields and without `decisions`."""
        doc: dict[str, Any] = {}
        for name in _RECORD_FIELDS:
            value = getattr(self, name)
            if value:
                doc[name] = value
        return doc

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> Record:
        """The inverse of `to_doc`; keys it does not know are passed over."""
        known: dict[str, Any] = {k: doc[k] for k in _RECORD_FIELDS if k in doc}
        for name in _TUPLES:
            if name in known:
                known[name] = tuple(known[name])
        if "extra" in known:
            known["extra"] = {tag: tuple(values) for tag, values in known["extra"].items()}
        return cls(**known)


TYPE_WORDS = {
    "ABST": "abstract",
    "BLOG": "blog",
    "BOOK": "book",
    "CASE": "case",
    "CHAP": "book chapter",
    "CONF": "conference proceedings",
    "CPAPER": "conference paper",
    "CTLG": "catalogue",
    "DATA": "data set",
    "EBOOK": "book",
    "ECHAP": "book chapter",
    "EDBOOK": "edited book",
    "EJOUR": "journal article",
    "ELEC": "web page",
    "GEN": "other",
    "GOVDOC": "government document",
    "GRANT": "grant",
    "INPR": "in press",
    "JFULL": "journal",
    "JOUR": "journal article",
    "MGZN": "magazine article",
    "NEWS": "newspaper article",
    "PAMP": "pamphlet",
    "PAT": "patent",
    "RPRT": "report",
    "SER": "serial",
    "STAND": "standard",
    "THES": "thesis",
    "UNPB": "unpublished",
    "WEB": "web page",
}
"""RIS reference types as people read them (Research Information Systems format, reference manager list)."""

EDITABLE = ("title", "abstract", "authors", "year", "journal", "doi", "pmid", "keywords")
"""Fields a person may correct; authors and keywords are written one a line."""


def field_text(record: Record, name: str) -> str:
    """An editable field as a person edits it."""
    value = getattr(record, name)
    if isinstance(value, tuple):
        return "\n".join(value)
    return "" if value is None else str(value)


def with_field(record: Record, name: str, text: str) -> Record:
    """A copy of a record with an editable field set from what a person wrote.

    A DOI or PMID that is none is kept out of its field; a year that is none becomes None. The flags that
    speak of a missing title or abstract follow.

    Raises:
        KeyError: the field cannot be edited.
    """
    if name not in EDITABLE:
        raise KeyError(name)
    values: dict[str, Any] = {
        "authors": lambda: tuple(line for raw in text.split("\n") if (line := clean_line(raw))),
        "keywords": lambda: tuple(line for raw in text.split("\n") if (line := clean_line(raw))),
        "abstract": lambda: clean_text(text),
        "year": lambda: year(text),
        "doi": lambda: doi(text),
        "pmid": lambda: pmid(text),
    }
    value: Any = values[name]() if name in values else clean_line(text)
    changes: dict[str, Any] = {name: value}
    changed = replace(record, **changes)
    flags = {"title": (Flag.NO_TITLE,), "abstract": (Flag.NO_ABSTRACT, Flag.CUT_OFF)}.get(name, ())
    missing = [] if value or not flags else [str(flags[0])]
    changed.flags = (*(f for f in record.flags if f not in flags), *missing)
    return changed


_TUPLES = ("authors", "urls", "keywords", "notes", "flags")
_RECORD_FIELDS = tuple(f.name for f in fields(Record) if f.name != "decisions")


@dataclass(frozen=True, slots=True)
class Problem:
    """One place in a file that was counted as a record and could not be imported.

    Attributes:
        line: line of the file, from 1.
        why: a sentence for people.
        text: the beginning of what stands there, clean.
    """

    line: int
    why: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing in a file that was put right while reading, so that nothing was lost by it."""

    line: int
    what: str


SOURCE_KINDS = ("database", "register", "website", "organisation", "citation", "other")
"""PRISMA's ways to identify records; the first two go through title/abstract boxes, the rest are
`other methods`."""


SOURCE_FACTS = ("database", "kind", "platform", "searched", "strategy", "limits")
"""Fields of a source that a person may give or correct. Rethlefsen ML et al., "PRISMA-S", Syst Rev
2021;10:39, asks for them."""


@dataclass(slots=True, kw_only=True)
class Source:
    """One imported file.

    Attributes:
        sha256: hex digest of the file's bytes; its name in `sources/`.
        prefix: what its records' ids start with.
        file: the file's own name, clean, without folders.
        suffix: extension it is kept under, with the dot, or "".
        database: name of the database, register or site it came from.
        kind: one of `SOURCE_KINDS`.
        platform: where it was searched, such as Ovid (PRISMA-S item 1).
        searched: the day of the search, `YYYY-MM-DD` (item 13).
        strategy: the search as it was run, line by line (item 8); for other methods, how it was done.
        limits: limits and filters of the search (items 9 and 10).
        format: name of the format it was read as.
        encoding: name of the encoding it was read in.
        found: records counted in the file, independently of the parser.
        imported: records stored.
        first: document id of its first record; the others follow without a gap.
        problems: records that could not be imported; `found == imported + len(problems)`.
        repairs: what was put right.
        at: UTC time of the import, ISO 8601.
        by: who imported it.
    """

    sha256: str
    prefix: str
    file: str
    suffix: str = ""
    database: str = ""
    kind: str = "database"
    platform: str = ""
    searched: str = ""
    strategy: str = ""
    limits: str = ""
    format: str = ""
    encoding: str = ""
    found: int = 0
    imported: int = 0
    first: int = 1
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Repair, ...] = ()
    at: str = ""
    by: str = ""

    @property
    def name(self) -> str:
        """What people call it: the database, or else the file."""
        return self.database or self.file

    def to_doc(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> Source:
        """The inverse of `to_doc`; keys it does not know are passed over."""
        known = {f.name: doc[f.name] for f in fields(cls) if f.name in doc}
        for name, kind in (("problems", Problem), ("repairs", Repair)):
            names = {f.name for f in fields(kind)}
            items = known.get(name, ())
            known[name] = tuple(kind(**{k: v for k, v in item.items() if k in names}) for item in items)
        return cls(**known)


def fact_text(name: str, text: str) -> str:
    """A fact of a source, clean; a kind that is none is "".

    Raises:
        KeyError: it is none of `SOURCE_FACTS`.
    """
    if name not in SOURCE_FACTS:
        raise KeyError(name)
    if name == "strategy":
        return clean_text(text)
    line = clean_line(text)
    return line if name != "kind" or line in SOURCE_KINDS else ""


def with_fact(source: Source, name: str, text: str) -> Source:
    """A copy of a source with a fact set from what a person wrote; a kind that is none changes nothing.

    Raises:
        KeyError: it is none of `SOURCE_FACTS`.
    """
    value = fact_text(name, text)
    changes: dict[str, Any] = {name: value} if value or name != "kind" else {}
    return replace(source, **changes)


def _filled(item: Decision) -> list[tuple[str, Any]]:
    return [(f.name, value) for f in fields(item) if (value := getattr(item, f.name))]
