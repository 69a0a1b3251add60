"""A list of which the first part stays as it was shown, while the rest takes one ranking after the other."""

from __future__ import annotations

from array import array
from itertools import filterfalse
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from tamis.domain.events import Verdict
    from tamis.services.queue import Queue


_FEW: Final = 4
"""So many records are taken out of a ranking one by one faster than in one go through it."""


class Ranked(Protocol):
    """What a list needs to know of a ranking."""

    @property
    def order(self) -> array[int]:
        """Records that were undecided when it was asked for, the most likely relevant first."""

    @property
    def labelled(self) -> Collection[int]:
        """Records that were decided then."""

    @property
    def version(self) -> str:
        """Of the model."""


class Guide(Protocol):
    """Who ranks records for a queue that is ordered by relevance."""

    def newest(self, queue: Queue) -> Ranked | None:
        """A ranking of this queue's records that it has not taken yet."""

    def learn(self, index: int, verdict: Verdict) -> None:
        """A record was decided on."""

    def renewed(self) -> None:
        """Decisions, or what belongs to the queue, have changed otherwise than by a new decision."""


class Came(NamedTuple):
    """How a record came up: which of how many ranked ones, by which model ("" before there was a ranking)."""

    rank: int
    of: int
    model: str


class RankedList:
    """Indices of records: those that were decided, in the order shown, then the others as ranked.

    Attributes:
        every: all of them.
        model: the version of the ranking that the rest is in, "" before there is one.

    Args:
        head: what is decided.
        rest: all others.
    """

    def __init__(self, head: Iterable[int], rest: Iterable[int]) -> None:
        self.model = ""
        self._head = array("q", head)
        self._passed: dict[int, int] = {}
        """Records of the rest that were shown since, and at which position."""
        self._came: dict[int, Came] = {}
        self.every = self._head + array("q", rest)

    def visit(self, index: int, position: int) -> None:
        """A record is shown, at a position of `every`."""
        rank = self.rank(position)
        if rank is not None and index not in self._passed:
            self._passed[index] = position
            self._came[index] = Came(*rank, self.model)

    def came(self, index: int) -> Came | None:
        """How a record came up that was shown; None for one that was not."""
        return self._came.get(index)

    def take(self, ranked: Ranked, current: int | None, decided: Callable[[int], bool]) -> None:
        """Bring the rest into the order of a ranking.

        The current record, those that were passed over on the way to it, and those that were decided stay
        where they were shown.
        """
        here = self._passed.get(current, -1) if current is not None else -1
        self._head.extend(i for i, at in self._passed.items() if at <= here or decided(i))
        self._passed.clear()
        rest = array("q", ranked.order)
        shown = set(filterfalse(ranked.labelled.__contains__, self._head))
        if len(shown) > _FEW:
            rest = array("q", filterfalse(shown.__contains__, rest))
        else:
            for index in filter(rest.__contains__, shown):
                rest.remove(index)
        if len(self._head) + len(rest) != len(self.every):
            known = set(self._head).union(rest)
            self._head.extend(i for i in self.every if i not in known)
        self.every = self._head + rest
        self.model = ranked.version

    def keep(self, eligible: Sequence[int]) -> None:
        """Leave out what does not belong to the list any more, and take in, at the end, what does."""
        there = eligible if isinstance(eligible, range) else set(eligible)
        rest = [i for i in self.every[len(self._head) :] if i in there]
        self._head = array("q", (i for i in self._head if i in there))
        known = set(self._head).union(rest)
        self.every = self._head + array("q", [*rest, *(i for i in eligible if i not in known)])
        self._passed = {i: at for i, at in self._passed.items() if i in there}

    def rank(self, position: int) -> tuple[int, int] | None:
        """Which of how many ranked records is at a position; None for one that was shown before."""
        first = len(self._head)
        return None if position < first else (position - first + 1, len(self.every) - first)
