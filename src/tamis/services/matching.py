"""Finding the record of a review that another file means: by DOI, PMID, or title and year."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from tamis.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tamis.domain.record import Record

NOTHING: Final = "no record of the review has its DOI, PMID, or title and year"
SEVERAL: Final = "{n} records of the review could be meant"
AT_ODDS: Final = "its DOI, PMID and title belong to different records of the review"

_TELLING: Final = 15
"""A title of at least so many letters says which record is meant where a year is missing."""


class Match(NamedTuple):
    """What was found.

    Attributes:
        record: the id of the one record that is meant, or "".
        why: a phrase that says why there is none, or "".
    """

    record: str
    why: str = ""


class _Entry(NamedTuple):
    record: str
    doi: str
    pmid: str
    year: int | None


def title_key(title: str) -> str:
    """The form two spellings of a title share: letters and digits alone, without case and accents."""
    return "".join(filter(str.isalnum, fold(title)))


class Index:
    """The records of a review by what identifies them, built in one pass.

    Args:
        records: the records.
        stands_for: a record's id -> the id of the one that stands for its duplicates; they are one report.
    """

    def __init__(self, records: Iterable[Record], stands_for: Callable[[str], str] = str) -> None:
        self._stands_for = stands_for
        self._entries: list[_Entry] = []
        self._by_doi: defaultdict[str, list[int]] = defaultdict(list)
        self._by_pmid: defaultdict[str, list[int]] = defaultdict(list)
        self._by_title: defaultdict[str, list[int]] = defaultdict(list)
        for place, record in enumerate(records):
            self._entries.append(_Entry(record.id, record.doi, record.pmid, record.year))
            if record.doi:
                self._by_doi[record.doi].append(place)
            if record.pmid:
                self._by_pmid[record.pmid].append(place)
            if key := title_key(record.title):
                self._by_title[key].append(place)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, record: Record) -> Match:
        """The record of the review that `record` is.

        Each of DOI, PMID, and title with year narrows down what the others left. Where they contradict
        each other, or leave several reports, nobody should guess; of the records of one report the first
        one is taken.
        """
        left: set[str] = set()
        first: dict[str, int] = {}
        for places in (
            self._by_doi.get(record.doi, ()) if record.doi else (),
            self._by_pmid.get(record.pmid, ()) if record.pmid else (),
            self._titled(record),
        ):
            found = {self._stands_for(self._entries[place].record): place for place in reversed(places)}
            if found and left and left.isdisjoint(found):
                return Match("", AT_ODDS)
            left = left.intersection(found) if left and found else left or set(found)
            first = {**found, **first}
        if len(left) == 1:
            return Match(self._entries[first[left.pop()]].record)
        return Match("", SEVERAL.replace("{n}", str(len(left))) if left else NOTHING)

    def _titled(self, record: Record) -> list[int]:
        """Records of the same title and year, where no DOI or PMID says that they are others."""
        key = title_key(record.title)
        found = []
        for place in self._by_title.get(key, ()) if key else ():
            entry = self._entries[place]
            if entry.year is None or record.year is None:
                same = len(key) >= _TELLING
            else:
                same = entry.year == record.year
            other = (entry.doi and record.doi and entry.doi != record.doi) or (
                entry.pmid and record.pmid and entry.pmid != record.pmid
            )
            if same and not other:
                found.append(place)
        return found
