"""A filter and a search at work, in steps, so that a screen can say how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.domain.query import Query
    from tamis.services.queue import Queue

STEP: Final = 1_000
"""Records that are looked at between two steps."""

Found = TypeVar("Found", int, bool, covariant=True)


class Steps(Protocol[Found]):
    """Something at work in steps; iterating gives how many records were looked at."""

    of: int

    @property
    def found(self) -> Found:
        """What is found in the end."""

    def __iter__(self) -> Iterator[int]: ...


class Filtering:
    """A filter at work: iterating gives how many of the records were looked at.

    Attributes:
        found: how many match in the end. The queue is changed then, if any do.
        of: how many records there are to look at.
    """

    def __init__(self, queue: Queue, query: Query) -> None:
        self._queue = queue
        self._query = query
        self.found = 0
        self.of = len(queue.every)

    def __iter__(self) -> Iterator[int]:
        queue, query = self._queue, self._query
        if not query.terms:
            queue.take(None, queue.every)
            self.found = len(queue.every)
            return
        matching: list[int] = []
        for n, candidate in enumerate(queue.candidates()):
            if n % STEP == 0:
                yield n
            if query.matches(candidate):
                matching.append(candidate.index)
        self.found = len(matching)
        if matching:
            queue.take(query, queue.in_order(matching))


class Finding:
    """A search at work in the list that is shown, around its end: iterating as of a `Filtering`.

    Args:
        queue: the list, with what is searched for.
        direction: forward (+1) or back (-1).
        begin: how far from the current record.

    Attributes:
        found: whether there is a match in the end; it is the current record then.
        of: how many records there are to look at.
    """

    def __init__(self, queue: Queue, direction: int, begin: int) -> None:
        self._queue = queue
        self._direction = direction
        self._begin = begin
        self.found = False
        self.of = len(queue.shown)

    def __iter__(self) -> Iterator[int]:
        queue, query = self._queue, self._queue.search
        for n in range(self.of if query is not None else 0):
            if n % STEP == 0:
                yield n
            position = (queue.cursor + self._direction * (n + self._begin)) % self.of
            if query is not None and query.matches(queue.candidate(queue.shown[position])):
                queue.go(position)
                self.found = True
                return


def to_the_end(steps: Steps[Found]) -> Found:
    """Do all of it at once; gives what is found."""
    for _ in steps:
        pass
    return steps.found
