"""The reports of a review, by everything that a file can say of the report it is of."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz import fuzz

from tamis.domain.text import fold
from tamis.services.catalogue import corrected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.domain.ledger import Ledger
    from tamis.domain.record import Record
    from tamis.store.review import Review

LIKE: Final = 0.80
"""Two titles less alike than this are of two reports."""
_RAREST: Final = 4
"""A title is compared with those that share one of its so many rarest words."""
_CUT: Final = 30
"""A name at least so long may be the beginning of a longer title."""
_LITTLE: Final = 3
"""A word of no more letters may be left out of a title, such as an article."""
_SPELT: Final = 70
"""Words less alike than this, in percent, are two words and not two spellings."""
_IDEOGRAPHS: Final = "\u2e80"

_PMCID = re.compile(r"\bPMC[\s:]*([0-9]{4,9})(?![0-9])", re.IGNORECASE)
_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\W_]{3,}")
_NUMBER = re.compile(r"[0-9]+")
_APART = re.compile(r"[\W_]+")
_NOT_PLAIN = re.compile(r"[^0-9a-z]+")
_FILE_TAGS: Final = ("L1", "L2", "L3", "L4")


class Evidence(NamedTuple):
    """What one thing says of a file.

    Attributes:
        reports: ids of the records that stand for the reports it can be of.
        why: short words.
        certain: whether it settles the matter, if there is one report.
    """

    reports: frozenset[str]
    why: str
    certain: bool


class Title(NamedTuple):
    """A title, with what else names tell: families are folded words of the authors' family names."""

    report: str
    key: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    families: frozenset[str]
    first: frozenset[str]
    year: int | None


def title_key(text: str) -> str:
    """A title without case, accents, blanks and stops."""
    return _APART.sub("", fold(text))


def plain_key(text: str) -> str:
    """A DOI as file names may have it: letters and digits, all else one `_`."""
    return _NOT_PLAIN.sub("_", text.lower()).strip("_")


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return [word for word in _APART.split(fold(text)) if word]


def weight(key: str) -> int:
    """How much a title's key tells, in letters of an alphabet; an ideograph tells more."""
    return len(key) if key.isascii() else sum(3 if letter > _IDEOGRAPHS else 1 for letter in key)


def alike(said: str, title: str) -> float:
    """How alike two keys are, 0 to 1; what is said may be the title's beginning, which counts less."""
    score = fuzz.ratio(said, title, score_cutoff=100 * LIKE) / 100
    if len(said) < len(title) and weight(said) >= _CUT:
        part = fuzz.ratio(said, title[: len(said)], score_cutoff=100 * LIKE) / 100
        score = max(score, part - 0.03)
    return score


def same_numbers(said: tuple[str, ...], title: Title, *, cut: bool) -> bool:
    """Part 1 and part 2, 2021 and 2022: other numbers make another title."""
    if not cut:
        return said == title.numbers
    here = title.numbers[: len(said)]
    return said[:-1] == here[:-1] and (not said or (bool(here) and here[-1].startswith(said[-1])))


def same_words(said: tuple[str, ...], title: Title, *, cut: bool) -> bool:
    """`Prostate` for `breast`, `without` put in: another word makes another title, but not its spelling."""
    mine = "".join(word for word in (said[:-1] if cut else said) if word not in title.words)
    theirs = "" if cut else "".join(word for word in title.words if word not in said)
    if cut and mine:
        theirs = max(title.words, key=lambda word: fuzz.ratio(mine, word))
    if not mine or not theirs:
        return len(mine + theirs) <= _LITTLE
    return fuzz.ratio(mine, theirs) >= _SPELT


def numbers_of(text: str) -> tuple[str, ...]:
    """The numbers in a text, in order."""
    return tuple(_NUMBER.findall(text))


class Reports:
    """The reports of a review; what stands for a cluster stands here for all its members.

    Args:
        review: an open review.
        ledger: the fold of its events.
    """

    def __init__(self, review: Review, ledger: Ledger) -> None:
        self._review = review
        self._ledger = ledger
        self.by_doi: defaultdict[str, set[str]] = defaultdict(set)
        """By `plain_key` of the DOI."""
        self.by_pmid: defaultdict[str, set[str]] = defaultdict(set)
        self.by_pmcid: defaultdict[str, set[str]] = defaultdict(set)
        self.by_file: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        """Files that records name themselves: folded name without extension -> folder and report."""
        self.dois: defaultdict[str, set[str]] = defaultdict(set)
        """Report -> its DOIs as `plain_key`."""
        self.titles: list[Title] = []
        self._with_word: defaultdict[str, list[int]] = defaultdict(list)
        for imported in review.records:
            self._enter(corrected(imported, ledger))

    def report(self, record: str) -> str:
        """The record that stands for the report of this one; "" when there is no such record."""
        return "" if self._review.records.find(record) is None else self._ledger.stands_for(record)

    def like(self, text: str) -> list[Title]:
        """Titles that share a rare word with a text."""
        known = sorted(
            (found for word in set(_WORD.findall(fold(text))) if (found := self._with_word.get(word))),
            key=len,
        )
        return [self.titles[n] for n in sorted({n for found in known[:_RAREST] for n in found})]

    def _enter(self, record: Record) -> None:
        report = self._ledger.stands_for(record.id)
        if record.doi:
            self.by_doi[plain_key(record.doi)].add(report)
            self.dois[report].add(plain_key(record.doi))
        if record.pmid:
            self.by_pmid[record.pmid].add(report)
        for text in _mentions(record):
            for found in _PMCID.finditer(text):
                self.by_pmcid[found.group(1)].add(report)
        for tag in _FILE_TAGS:
            for value in record.extra.get(tag, ()):
                *_, folder, name = ("", *re.split(r"[/\\]", fold(value)))
                self.by_file[name.rpartition(".")[0] or name].add((folder, report))
        if key := title_key(record.title):
            families = [frozenset(words_of(author.partition(",")[0])) for author in record.authors]
            self.titles.append(
                Title(
                    report=report,
                    key=key,
                    words=tuple(words_of(record.title)),
                    numbers=numbers_of(fold(record.title)),
                    families=frozenset[str]().union(*families),
                    first=families[0] if families else frozenset(),
                    year=record.year,
                )
            )
            for word in set(_WORD.findall(fold(record.title))):
                self._with_word[word].append(len(self.titles) - 1)


def _mentions(record: Record) -> Iterator[str]:
    yield record.accession
    yield from record.urls
    yield from record.notes
    yield from _flat(record.extra.values())


def _flat(values: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for each in values:
        yield from each
