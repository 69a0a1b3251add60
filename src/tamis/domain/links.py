"""Links between records of one report, and the clusters they make."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tamis.domain.events import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tamis.domain.events import Event

Pair = tuple[str, str]
"""Two records, the smaller id first."""


def pair_of(a: str, b: str) -> Pair:
    """The pair of two records."""
    return (a, b) if a <= b else (b, a)


class Links:
    """What people and rules say of pairs of records.

    A person's word goes before every rule's. A pair is linked when all persons who speak of it say
    `duplicate`, or when none does and the newest word of a rule says so. Where persons contradict each
    other, the pair is not linked; `contested` names it.
    """

    def __init__(self) -> None:
        self._words: dict[Pair, dict[str, Event]] = {}
        """Standing words on each pair, by author."""
        self._linked: defaultdict[str, dict[str, str]] = defaultdict(dict)
        """Linked records of each record, and which of the two its link names as `of`."""
        self._contested: set[Pair] = set()

    def put(self, pair: Pair, by: str, event: Event | None) -> bool:
        """Set or, with None, remove what stands for an author; returns whether the link changed by it."""
        a, b = pair
        if not a or not b or a == b:
            return False
        words = self._words.setdefault(pair, {})
        if event is None:
            words.pop(by, None)
        else:
            words[by] = event
        before = self._linked[a].get(b) if a in self._linked else None
        after = self._resolve(pair, words)
        if not words:
            del self._words[pair]
        if after == before:
            return False
        if after is not None:
            self._linked[a][b] = self._linked[b][a] = after
        else:
            for one, other in ((a, b), (b, a)):
                del self._linked[one][other]
                if not self._linked[one]:
                    del self._linked[one]
        return True

    def _resolve(self, pair: Pair, words: Mapping[str, Event]) -> str | None:
        """The record that the link names as `of`, None when there is no link."""
        self._contested.discard(pair)
        persons = [event for event in words.values() if not event.by_rule]
        if len({event.kind for event in persons}) > 1:
            self._contested.add(pair)
            return None
        newest = max(persons or words.values(), key=lambda event: event.id, default=None)
        return newest.of if newest is not None and newest.kind == Kind.DUPLICATE else None

    def words(self, a: str, b: str) -> dict[str, Event]:
        """The standing words on a pair, by author."""
        return dict(self._words.get(pair_of(a, b), {}))

    def word(self, a: str, b: str) -> str:
        """`duplicate`, `distinct`, or "" for a pair that nobody spoke of or persons disagree on."""
        pair = pair_of(a, b)
        if b in self._linked.get(a, ()):
            return Kind.DUPLICATE.value
        return Kind.DISTINCT.value if pair in self._words and pair not in self._contested else ""

    def pairs(self) -> Iterator[Pair]:
        """All pairs that anybody spoke of."""
        return iter(self._words)

    def contested(self) -> list[Pair]:
        """Pairs that persons contradict each other on."""
        return sorted(self._contested)

    def component(self, record: str) -> list[str]:
        """The record and all that it is linked with, directly or over others, by id."""
        found = {record}
        todo = [record]
        while todo:
            for other in self._linked.get(todo.pop(), ()):
                if other not in found:
                    found.add(other)
                    todo.append(other)
        return sorted(found)

    def named(self, record: str) -> int:
        """How many links name the record as their `of`."""
        return sum(of == record for of in self._linked.get(record, {}).values())
