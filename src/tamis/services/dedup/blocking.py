"""Which pairs are worth a comparison: those that share a key. Keys depend on the record alone.

So an update search meets the same pairs as if everything had been imported at once.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.services.dedup.features import Features

CROWD: Final = 400
"""Records under one key beyond which a new one is compared with the latest of them only."""
_TELLING: Final = 24
"""Letters from which a title alone is worth a look."""
_EDGE: Final = 18
"""Letters of a title's beginning and end that make keys."""
_LONGEST: Final = 4
"""Words of a title of which any three make a key."""


def keys(one: Features) -> Iterator[str]:
    """The keys of a record."""
    if one.base:
        yield "d" + one.base
    if one.pmid:
        yield "p" + one.pmid
    for number in one.registered:
        yield "r" + number
    yield from _title_keys(one)
    family = one.authors[0].family if one.authors else ""
    if one.first and one.volume:
        yield f"v{one.volume}/{one.first}/{one.year}"
    if one.first and one.year and family:
        yield f"y{one.year}/{one.first}/{family[:4]}"
    if one.abstract:
        yield "a" + one.abstract[:40]


def _title_keys(one: Features) -> Iterator[str]:
    title = one.title
    if not title:
        return
    family = one.authors[0].family[:5] if one.authors else ""
    if len(title) < _TELLING:
        yield f"s{title}/{family}"
        yield f"s{title}/{one.year}"
        return
    yield f"h{title[:_EDGE]}/{family}"
    yield f"e{title[-_EDGE:]}"
    longest = sorted(
        sorted({w for w in one.words.split() if len(w) > 3}, key=lambda w: (-len(w), w))[:_LONGEST]
    )
    for three in combinations(longest, 3):
        yield f"w{'/'.join(three)}/{one.year}"
        if family:
            yield f"f{'/'.join(three)}/{family}"


class Blocks:
    """Records by their keys; asked for each new record before it is put in.

    Keys are kept as their hashes, which takes less room; a clash would only cost a comparison.
    """

    def __init__(self) -> None:
        self._places: dict[int, int | list[int]] = {}

    def meet(self, place: int, one: Features) -> set[int]:
        """Put a record in, and return the places of those before it that share a key."""
        met: set[int] = set()
        places = self._places
        for key in map(hash, keys(one)):
            there = places.get(key)
            if there is None:
                places[key] = place
            elif isinstance(there, int):
                if there != place:
                    met.add(there)
                    places[key] = [there, place]
            elif there[-1] != place:
                met.update(there if len(there) <= CROWD else there[-CROWD:])
                there.append(place)
        return met
