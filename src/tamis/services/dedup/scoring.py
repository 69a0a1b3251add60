"""How much speaks for two records being one report: evidence added up, and what forbids certainty.

The points are judged, not fitted: about 1 for what many records share, 3 and more for what hardly two do.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz import fuzz

from tamis.services.dedup.names import same_journal, shared_authors
from tamis.services.dedup.titles import OTHER_WORD, compare_titles, specific

if TYPE_CHECKING:
    from tamis.services.dedup.features import Features

CERTAIN: Final = 7.0
LIKELY: Final = 4.0
_TELLING: Final = 2.5
"""What a title has to be worth; `Editorial` and `Letter to the editor` are many records' title."""
_OTHER_TEXT: Final = 0.55
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class Verdict(NamedTuple):
    """What a comparison found.

    Attributes:
        points: the evidence for one report; `LIKELY` is where a person should look.
        certain: whether a rule may link them.
        why: short words.
    """

    points: float
    certain: bool
    why: tuple[str, ...]

    @property
    def score(self) -> float:
        """The points between 0 and 1."""
        return round(1 / (1 + math.exp((LIKELY - self.points) / 2)), 4)


class _Tally:
    """The evidence of one pair while it is gathered.

    Attributes:
        points: the sum so far.
        why: words for it.
        hard: doubts that only a person can resolve.
        soft: doubts that an identifier, or the very same pages, resolves.
    """

    def __init__(self) -> None:
        self.points = 0.0
        self.why: list[str] = []
        self.hard = 0
        self.soft = 0
        self.same_pages = False
        self.pages_differ = False
        self.abstract = 1.0
        self.same_abstract = False
        self.authors = -1.0

    def add(self, points: float, why: str = "") -> None:
        self.points += points
        if why:
            self.why.append(why)

    def soften(self, points: float, why: str) -> None:
        self.soft += 1
        self.add(points, why)

    def harden(self, points: float, why: str) -> None:
        self.hard += 1
        self.add(points, why)


def compare(a: Features, b: Features) -> Verdict | None:
    """What speaks for and against two records being one report; None when they are plainly two."""
    title = compare_titles(a, b)
    same_id = _same_identifier(a, b)
    if title.worth < -1 and not same_id and not (a.first and a.first == b.first and a.volume == b.volume):
        return None
    tally = _Tally()
    tally.add(title.worth, title.why)
    for doubt in title.doubts:
        tally.soften(0, doubt)
    _identifiers(a, b, tally)
    _authors(a, b, tally)
    _year(a, b, tally)
    _place(a, b, tally, same_id)
    _abstract(a, b, tally, title.worth)
    if OTHER_WORD in title.doubts and not tally.same_pages and not same_id:
        tally.add(-2)
    _nature(a, b, tally)
    sure = same_id or tally.same_pages or tally.same_abstract
    if a.title and b.title and min(specific(a.title), specific(b.title)) < _TELLING and not sure:
        return None
    if tally.points < LIKELY:
        return None
    certain = tally.points >= CERTAIN and not tally.hard
    if certain and tally.soft:
        certain = _anchored(a, b, tally, title.ratio, same_id)
    return Verdict(tally.points, certain, tuple(dict.fromkeys(tally.why)))


def _anchored(a: Features, b: Features, tally: _Tally, title: float, same_id: bool) -> bool:
    """Whether identifier or place are so surely the same that soft doubts do not count."""
    if same_id:
        if tally.pages_differ or (tally.abstract < _OTHER_TEXT and title < 1):
            return title >= 0.97 and tally.authors >= 0.9 and tally.abstract >= 0.8
        return title >= 0.9 or (title < 0 and tally.authors > 0.7 and a.year == b.year)
    if title < 0.9 or not tally.same_pages or not a.volume or a.volume != b.volume:
        return False
    if 0 <= tally.authors < 0.4 and not (a.first != a.last == b.last != ""):
        return False  # two letters of one title on one page
    return len(a.title) > 30 or (len(a.title) > 15 and tally.authors > 0.95 and a.last == b.last != "")


def _same_identifier(a: Features, b: Features) -> bool:
    if (a.doi and a.doi == b.doi) or (a.pmid and a.pmid == b.pmid):
        return True
    if _same_entry(a, b):
        return True
    return a.base == b.base != "" and (a.year is None or b.year is None or abs(a.year - b.year) <= 1)


def _same_entry(a: Features, b: Features) -> bool:
    """Whether both are entries of one trial in registers."""
    return a.kind == b.kind == "registry" and not set(a.registered).isdisjoint(b.registered)


def _identifiers(a: Features, b: Features, tally: _Tally) -> None:
    if a.doi and b.doi:
        if a.doi == b.doi:
            tally.add(6, "same DOI")
        elif a.base == b.base:
            tally.soften(4, "DOIs of two versions")
        else:
            tally.soften(-3, "DOIs differ")
    if a.pmid and b.pmid:
        if a.pmid == b.pmid:
            tally.add(7, "same PMID")
        else:
            tally.harden(-4, "PMIDs differ")
    if _same_entry(a, b):
        tally.add(12, "same registration")
    elif a.registered and b.registered and set(a.registered).isdisjoint(b.registered):
        tally.harden(-8, "registered under different numbers")


def _authors(a: Features, b: Features, tally: _Tally) -> None:
    if not a.authors or not b.authors:
        return
    shared = tally.authors = shared_authors(a.authors, b.authors)
    fewer = min(len(a.authors), len(b.authors))
    if shared >= 0.7:
        words = "same authors" if shared > 0.95 else f"authors {shared:.2f}"
        tally.add(min(4.0, 1.5 + fewer / 2) * shared, words)
    elif shared >= 0.4:
        tally.soften(-1, f"authors {shared:.2f}")
    else:
        tally.soften(-5, "authors differ")


def _year(a: Features, b: Features, tally: _Tally) -> None:
    if a.year is None or b.year is None:
        return
    apart = abs(a.year - b.year)
    if apart == 0:
        tally.add(1)
    elif apart == 1 and a.journal and b.journal:
        tally.add(-0.5, "a year apart")
    elif apart == 1:
        tally.soften(-0.5, "a year apart")  # what has no journal may be the article's preprint
    elif apart == 2:
        tally.add(-2, "2 years apart")
    else:
        tally.soften(-4, f"{apart} years apart")


def _place(a: Features, b: Features, tally: _Tally, same_id: bool) -> None:
    """Journal, volume, issue and pages: where it stands."""
    against = 0
    if not set(a.issns).isdisjoint(b.issns):
        journal = 1.0
    else:
        journal = same_journal(a.journal, b.journal) if a.journal and b.journal else 0.5
    if journal == 1.0:
        tally.add(1.5, "same journal")
    elif journal == 0.0:
        tally.add(-2.5, "journals differ")
        against += 1
    if a.volume and b.volume:
        if a.volume == b.volume:
            tally.add(1)
        elif not {a.volume, b.volume} & {str(a.year), str(b.year)}:
            tally.add(-2, "volumes differ")
            against += 1
    if a.issue and b.issue:
        tally.add(0.5 if a.issue == b.issue else -0.5)
    _pages(a, b, tally)
    against += tally.pages_differ
    if against and not tally.same_pages and not same_id:
        tally.soften(-4 if against > 1 else 0, "")
    elif tally.pages_differ:
        tally.soften(0, "")


def _pages(a: Features, b: Features, tally: _Tally) -> None:
    if not a.first or not b.first:
        return
    if a.first == b.first:
        tally.same_pages = not (a.last and b.last and a.last != b.last)
        if tally.same_pages:
            tally.add(3 if len(a.first) > 1 else 1.5, "same pages")
        else:
            tally.add(1.5, "same first page")
    elif _slip(a, b):
        tally.same_pages = True
        tally.add(2, "pages nearly the same")
    elif _online(a) == _online(b):
        tally.pages_differ = True
        tally.add(-3, "pages differ")
    else:
        tally.add(-0.5, "pages differ")


def _slip(a: Features, b: Features) -> bool:
    """`2097-2108` for `2297-2108`, `37-42` for `c37-c42`."""
    if a.first.lstrip(_LETTERS) == b.first.lstrip(_LETTERS) and a.first.isdigit() != b.first.isdigit():
        return a.last.lstrip(_LETTERS) == b.last.lstrip(_LETTERS) != ""
    same_end = a.last == b.last != "" and len(a.first) == len(b.first) == len(a.last)
    return same_end and sum(x != y for x, y in zip(a.first, b.first, strict=True)) == 1


def _online(one: Features) -> bool:
    """Whether the pages are a number of an online article, or count from 1 before there is a volume."""
    return one.first[0] == "e" or (one.first == "1" and not one.volume) or len(one.first) > 5


def _abstract(a: Features, b: Features, tally: _Tally, title: float) -> None:
    if not a.abstract or not b.abstract:
        return
    n = min(len(a.abstract), len(b.abstract))
    ratio = tally.abstract = fuzz.ratio(a.abstract[:n], b.abstract[:n], score_cutoff=40) / 100
    if ratio >= 0.85:
        tally.same_abstract = True
        tally.add(3, "same abstract" if ratio > 0.98 else f"abstract {ratio:.2f}")
    elif ratio < _OTHER_TEXT:
        # of one journal's supplement all abstracts may have one DOI
        points = -1.5 if title > 0 else -6
        if tally.same_pages:
            tally.add(points, "abstracts differ")
        else:
            tally.soften(points, "abstracts differ")


def _nature(a: Features, b: Features, tally: _Tally) -> None:
    """An erratum, a reply, a preprint, a register's entry is another report than the article."""
    if a.marks != b.marks:
        mark = min(set(a.marks) ^ set(b.marks))
        at_odds = mark != "correction" or (a.doi and b.doi and a.doi != b.doi)
        tally.harden(-4 if at_odds else -1, f"only one is a {mark}")
    if a.kind != b.kind:
        if "preprint" in (a.kind, b.kind):
            tally.harden(1, "only one is a preprint")
        elif "registry" in (a.kind, b.kind):
            tally.harden(-1, "only one is a register's entry")
