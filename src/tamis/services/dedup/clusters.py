"""What pairs come to: clusters, the record that stands for one, the questions left, and how good they are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tamis.domain.record import Record
    from tamis.services.dedup import Pair


class _Union:
    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, item: str) -> str:
        above = self._above
        root = item
        while (up := above.setdefault(root, root)) != root:
            root = up
        while above[item] != root:
            above[item], item = root, above[item]
        return root

    def join(self, a: str, b: str) -> bool:
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        self._above[max(a, b)] = min(a, b)
        return True

    def groups(self) -> list[tuple[str, ...]]:
        members: defaultdict[str, list[str]] = defaultdict(list)
        for item in self._above:
            members[self.find(item)].append(item)
        return sorted(tuple(sorted(m)) for m in members.values() if len(m) > 1)


def clusters(pairs: Iterable[Pair]) -> list[tuple[str, ...]]:
    """The groups that pairs link records into, each sorted, all sorted."""
    return groups((pair.first, pair.second) for pair in pairs)


def groups(linked: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The groups of two ids or more that are linked, directly or over others, each sorted, all sorted."""
    union = _Union()
    for a, b in linked:
        union.join(a, b)
    return union.groups()


def questions(pairs: Iterable[Pair]) -> list[Pair]:
    """The likely pairs a person has to look at, the most likely first.

    One stands for all pairs between two groups that certain links have made; none is asked inside of one.
    """
    union = _Union()
    listed = list(pairs)
    for pair in listed:
        if pair.certain:
            union.join(pair.first, pair.second)
    best: dict[tuple[str, str], Pair] = {}
    for pair in sorted(listed, key=lambda p: (-p.score, p.first, p.second)):
        ends = (union.find(pair.first), union.find(pair.second))
        if ends[0] != ends[1]:
            best.setdefault((min(ends), max(ends)), pair)
    return list(best.values())


def joinable(
    pairs: Sequence[Pair], linked: Iterable[Sequence[str]], apart: Iterable[tuple[str, str]]
) -> list[Pair]:
    """The pairs that can be linked without joining records that are kept apart, in their order.

    Where two pairs would do so only together, the more likely one can be linked.

    Args:
        pairs: what is to be linked.
        linked: groups that are linked already.
        apart: pairs of records that are of two reports.
    """
    union = _Union()
    for group in linked:
        for member in group[1:]:
            union.join(group[0], member)
    strangers: defaultdict[str, set[str]] = defaultdict(set)
    for a, b in apart:
        a, b = union.find(a), union.find(b)
        strangers[a].add(b)
        strangers[b].add(a)
    taken = set()
    for place, pair in sorted(enumerate(pairs), key=lambda item: -item[1].score):
        a, b = union.find(pair.first), union.find(pair.second)
        if a != b:
            if b in strangers.get(a, ()):
                continue
            union.join(a, b)
            for other in strangers.pop(max(a, b), ()):
                strangers[other] = (strangers[other] - {max(a, b)}) | {min(a, b)}
                strangers[min(a, b)].add(other)
        taken.add(place)
    return [pair for place, pair in enumerate(pairs) if place in taken]


class Quality(NamedTuple):
    """How pairs compare with what is known.

    Attributes:
        precision: of the pairs in the found clusters, how many are true.
        sensitivity: of the true pairs, how many are in one found cluster.
        removed: of the records that the truth would remove, how many are removed.
        wrong: pairs that were found and are not true.
        missed: pairs that are true and were not found.
    """

    precision: float
    sensitivity: float
    removed: float
    wrong: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]


def score_against(pairs: Iterable[Pair], truth: Iterable[Sequence[str]]) -> Quality:
    """Compare the clusters of pairs with known groups of duplicates."""
    known = _Union()
    for group in truth:
        for member in group[1:]:
            known.join(group[0], member)
    true_groups = known.groups()
    found_groups = clusters(pairs)
    true_pairs, found_pairs = set(_inner(true_groups)), set(_inner(found_groups))
    both = true_pairs & found_pairs
    linked = _Union()
    kept = 0
    for a, b in sorted(both):
        kept += linked.join(a, b)
    to_remove = sum(len(group) - 1 for group in true_groups)
    return Quality(
        precision=len(both) / len(found_pairs) if found_pairs else 1.0,
        sensitivity=len(both) / len(true_pairs) if true_pairs else 1.0,
        removed=kept / to_remove if to_remove else 1.0,
        wrong=tuple(sorted(found_pairs - true_pairs)),
        missed=tuple(sorted(true_pairs - found_pairs)),
    )


def _inner(groups: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    for group in groups:
        for n, a in enumerate(group):
            for b in group[n + 1 :]:
                yield (a, b)


_WEIGHTS: Final = {
    "title": 4,
    "abstract": 6,
    "authors": 3,
    "year": 2,
    "journal": 2,
    "doi": 4,
    "pmid": 3,
    **dict.fromkeys(("volume", "issue", "pages", "issn", "keywords", "language", "urls"), 1),
}


MOST: Final = sum(_WEIGHTS.values())
"""What a record has that says everything."""


def completeness(record: Record) -> tuple[int, int, int]:
    """How much a record says: filled fields by weight, at most `MOST`; of equals, how long they are."""
    filled = sum(weight for name, weight in _WEIGHTS.items() if getattr(record, name))
    full = filled - 3 * ("abstract-cut-off" in record.flags)
    return full, len(record.abstract), len(record.authors) + len(record.keywords)
