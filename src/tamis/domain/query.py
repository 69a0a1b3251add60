"""The filter language: `is:maybe year:2015-2020 source:embase "liver metastases" -mice`.

Terms side by side must all hold; `-` before a term turns it round. A bare word or a "quoted phrase" is
looked for in title, abstract, keywords, authors and journal, without regard to case and accents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from tamis.domain.text import clean_line, fold
from tamis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tamis.domain.record import Record


class Candidate(Protocol):
    """What a query may ask of a record; the costly answers are asked last."""

    @property
    def verdict(self) -> str:
        """Own verdict: `include`, `exclude`, `maybe` or `undecided`."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Ids and labels of own exclusion reasons, folded."""

    @property
    def primary_reason(self) -> tuple[str, ...]:
        """Id and label of the own primary exclusion reason, folded."""

    @property
    def not_retrieved(self) -> bool:
        """Whether the report was sought and could not be had."""

    @property
    def study(self) -> str:
        """The study that the report is of, folded."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Own labels, folded."""

    @property
    def noted(self) -> bool:
        """Whether there is an own note."""

    @property
    def source(self) -> str:
        """Database and file of the record's source, folded."""

    @property
    def title(self) -> str:
        """The title."""

    @property
    def year(self) -> int | None:
        """The year of publication."""

    @property
    def record(self) -> Record:
        """The record itself."""

    def contains(self, folded: str) -> bool:
        """Whether the record's text holds a folded string."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a query."""

    key: str
    value: str
    negated: bool
    test: Callable[[Candidate], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed filter; an empty one matches everything."""

    text: str
    terms: tuple[Term, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words and phrases it looks for, as they were typed, without the negated ones."""
        return tuple(t.value for t in self.terms if not t.negated and t.key in ("", "title"))

    def matches(self, candidate: Candidate) -> bool:
        """Whether every term holds."""
        return all(term.test(candidate) != term.negated for term in self.terms)


_TERM = re.compile(r'(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))')
_YEAR_BOUND = re.compile(r"([<>]=?)([0-9]{4})")
_YEAR_SPAN = re.compile(r"([0-9]{4})?-([0-9]{4})?")
_LAST_YEAR: Final = 9999
_VERDICTS: Final = {
    "include": "include",
    "included": "include",
    "exclude": "exclude",
    "excluded": "exclude",
    "maybe": "maybe",
    "undecided": "undecided",
    "pending": "undecided",
}
_HAS: Final[dict[str, Callable[[Candidate], bool]]] = {
    "note": lambda c: c.noted,
    "label": lambda c: bool(c.labels),
    "reason": lambda c: bool(c.reasons),
    "study": lambda c: bool(c.study),
    "abstract": lambda c: bool(c.record.abstract),
    "title": lambda c: bool(c.title),
    "doi": lambda c: bool(c.record.doi),
    "pmid": lambda c: bool(c.record.pmid),
    "year": lambda c: c.year is not None,
}
_TEXTS: Final[dict[str, Callable[[Candidate], Iterable[str]]]] = {
    "reason": lambda c: c.reasons,
    "primary": lambda c: c.primary_reason,
    "study": lambda c: (c.study,),
    "label": lambda c: c.labels,
    "source": lambda c: (c.source,),
    "title": lambda c: (fold(c.title),),
    "author": lambda c: map(fold, c.record.authors),
    "journal": lambda c: (fold(c.record.journal),),
}
"""Keys whose value is looked for in texts, folded."""
KEYS: Final = ("is", "has", "year", *_TEXTS)
"""What may stand before a colon."""

_OPERATORS: Final = ("AND", "OR", "NOT")
"""What people write between words who come from a database; unnoticed it would be looked for."""


def parse(text: str) -> Query:
    """Read a filter as a person types it.

    Raises:
        UsageError: an unknown verdict, year or `has:`, or an operator; says what can be written.
    """
    text = clean_line(text)
    terms = []
    for found in _TERM.finditer(text):
        minus, key, quoted, bare = found.groups(default="")
        value = quoted or bare
        folded = " ".join(fold(value).split())
        if not folded:
            continue
        if not key and bare in _OPERATORS:
            raise UsageError(
                f"{bare} is no operator here: a record must have all words, - before one leaves it out; "
                f'write "{folded}" to look for that word.'
            )
        if key and key not in KEYS:
            key, value, folded = "", f"{key}:{value}", f"{key}:{folded}"
        terms.append(Term(key, value, bool(minus), _test(key, value, folded)))
    # Decisions and sources are known at once, a year needs the record, text all of its words.
    cost = {"is": 0, "reason": 0, "primary": 0, "study": 0, "label": 0, "source": 0, "": 3, "has": 2}
    return Query(text, tuple(sorted(terms, key=lambda t: cost.get(t.key, 2))))


def _test(key: str, value: str, folded: str) -> Callable[[Candidate], bool]:
    match key:
        case "is":
            return _is(value, folded)
        case "has":
            if folded not in _HAS:
                raise UsageError(f"has:{value} is not known; write has: and one of {', '.join(_HAS)}.")
            return _HAS[folded]
        case "year":
            return _year(value)
        case "":
            return lambda c: c.contains(folded)
        case _:
            texts = _TEXTS[key]
            return lambda c: any(folded in text for text in texts(c))


def _is(value: str, folded: str) -> Callable[[Candidate], bool]:
    if folded == "decided":
        return lambda c: c.verdict != "undecided"
    if folded == "not-retrieved":
        return lambda c: c.not_retrieved
    verdict = _VERDICTS.get(folded)
    if verdict is None:
        raise UsageError(
            f"is:{value} is not known; write is: and one of include, exclude, maybe, undecided, decided, "
            "not-retrieved."
        )
    if verdict == "undecided":
        return lambda c: c.verdict == verdict and not c.not_retrieved
    return lambda c: c.verdict == verdict


def _year(value: str) -> Callable[[Candidate], bool]:
    low, high = _span(value)
    if low > high:
        raise UsageError(f"year:{value} is not a year; write year:2015, year:2010-2015, year:>=2015.")

    def test(candidate: Candidate) -> bool:
        year = candidate.year
        return year is not None and low <= year <= high

    return test


def _span(value: str) -> tuple[int, int]:
    """The first and the last year that `value` means; the first is the greater one when it means none."""
    if bound := _YEAR_BOUND.fullmatch(value):
        sign, n = bound[1], int(bound[2])
        return {">=": (n, _LAST_YEAR), ">": (n + 1, _LAST_YEAR), "<=": (0, n), "<": (0, n - 1)}[sign]
    span = _YEAR_SPAN.fullmatch(value if "-" in value else f"{value}-{value}")
    if span is None or not (span[1] or span[2]):
        return _LAST_YEAR, 0
    return int(span[1] or 0), int(span[2] or _LAST_YEAR)
