"""A filter at work, in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.domain.query import Query
    from tamis.services.queue import Queue

FILTER_STEP: Final = 1_000
"""Records that a filter looks at between two steps."""


class Filtering:
    """A filter at work: iterating gives how many of the records were looked at.

    Attributes:
        found: how many match, so far or in the end. The queue is changed at the end, if any do.
    """

    def __init__(self, queue: Queue, query: Query) -> None:
        self._queue = queue
        self._query = query
        self.found = 0

    def __iter__(self) -> Iterator[int]:
        every = self._queue.every
        if not self._query.terms:
            self._queue.take(None, every)
            self.found = len(every)
            return
        matching: list[int] = []
        for n, index in enumerate(every):
            if n % FILTER_STEP == 0:
                yield n
            if self._query.matches(self._queue.candidate(index)):
                matching.append(index)
        self.found = len(matching)
        if matching:
            self._queue.take(self._query, matching)
