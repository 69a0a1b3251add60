"""Records by title, by year or at random: all of a review are sorted once, if need be in a thread."""

from __future__ import annotations

import threading
import time
from array import array
from bisect import insort
from heapq import merge
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.events import Order
from tamis.domain.stopping import sample_key
from tamis.domain.text import fold
from tamis.errors import Stopped
from tamis.services.catalogue import record_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.services.ordering import InForce
    from tamis.store.review import Review

AT_ONCE: Final = 3_000
"""So many records are sorted in a moment."""
_RUN: Final = 250
"""Records that are sorted at a stretch in a thread: no other one gets on meanwhile."""
_BREATH: Final = 0.0001
"""Seconds for the others in between."""
_PATIENCE: Final = 5.0
"""Seconds that the end waits for the thread, which looks up at every breath."""


class Sorter:
    """Sorts the records of a review as they were imported, once for each order.

    Attributes:
        tell: called in a thread when an order that was asked for is made. As long as nobody sets it, an order
            is made while the one who asks for it waits.

    Args:
        review: an open review.
    """

    def __init__(self, review: Review) -> None:
        self.tell: Callable[[], None] | None = None
        self._review = review
        self._made: dict[InForce, Sequence[int]] = {}
        self._thread: threading.Thread | None = None
        self._failed: Exception | None = None
        self._closed = False

    def of(self, chosen: InForce) -> Sequence[int] | None:
        """The indices of all records in an order, None while it is being made; by relevance, as imported.

        Raises:
            OSError: the review could not be read.
        """
        rows = len(self._review.records)
        if chosen.order in (Order.IMPORTED, Order.RELEVANCE):
            return range(rows)
        made = self._made.get(chosen)
        if made is not None and len(made) == rows:
            return made
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed
        if self.tell is None or rows <= AT_ONCE:
            return self._keep(chosen, whole(self._review, chosen))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(chosen,), name="sorting", daemon=True)
            self._thread.start()
        return None

    def close(self) -> None:
        """End what is under way; from here on whoever asks waits again."""
        self.tell, self._closed = None, True
        if (thread := self._thread) is not None:
            thread.join(_PATIENCE)
        self._closed = False

    def _run(self, chosen: InForce) -> None:
        try:
            self._keep(chosen, whole(self._review, chosen, self._breathe))
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001 - raised where somebody can be told
            self._failed = error
        self._thread = None
        if (tell := self.tell) is not None:
            tell()

    def _breathe(self) -> None:
        if self._closed:
            raise Stopped
        time.sleep(_BREATH)

    def _keep(self, chosen: InForce, made: Sequence[int]) -> Sequence[int]:
        if chosen.order is Order.RANDOM:  # drawn anew each time: only the last one is asked for again
            self._made = {
                other: kept for other, kept in self._made.items() if other.order is not Order.RANDOM
            }
        self._made[chosen] = made
        return made


def whole(review: Review, chosen: InForce, breathe: Callable[[], None] | None = None) -> array[int]:
    """The indices of all records of a review in an order other than relevance, without corrections.

    Titles are compared without regard to case and accents. Equal records stay as they were imported, those
    without a title or year come last.

    Args:
        review: the review.
        chosen: the order.
        breathe: called about every half millisecond of work; may raise to stop.
    """
    rows = len(review.records)
    keys: list[Any] = []
    steps = chain(_keys(review, chosen), repeat(None))  # a damaged review may hold fewer than it should
    while len(keys) < rows:
        keys += islice(steps, min(_RUN, rows - len(keys)))
        if breathe is not None:
            breathe()
    there = [index for index, key in enumerate(keys) if key is not None]
    order = array("q")
    step = _RUN if breathe is not None else max(1, len(there))
    runs = []
    for begin in range(0, len(there), step):
        runs.append(sorted(there[begin : begin + step], key=keys.__getitem__))
        if breathe is not None:
            breathe()
    merged = iter(runs[0]) if len(runs) == 1 else merge(*runs, key=keys.__getitem__)
    while some := array("q", islice(merged, _RUN)):
        order += some
        if breathe is not None:
            breathe()
    order.extend(index for index, key in enumerate(keys) if key is None)
    return order


def arranged(
    review: Review, ledger: Ledger, order: Order, all_: Sequence[int], every: Sequence[int]
) -> Sequence[int]:
    """Some records in an order other than relevance, by what they are now.

    Args:
        review: the review.
        ledger: the fold of its events.
        order: the order.
        all_: the indices of all records in that order, as they were imported.
        every: the indices of the ones that are wanted, ascending.
    """
    if order is Order.IMPORTED:
        return every
    there = every if isinstance(every, range) else set(every)
    found = [review.records.find(r) for r in ledger.corrected] if order is not Order.RANDOM else []
    corrected = {index for index in found if index is not None and index in there}
    if isinstance(every, range) and not corrected:
        return all_
    kept = [index for index in all_ if index in there and index not in corrected]

    def place(index: int) -> tuple[bool, Any, int]:
        record = record_at(review, ledger, index)
        key = _key(order, record.title, record.year)
        return key is None, key, index

    for index in corrected:
        insort(kept, index, key=place)
    return array("q", kept)


def _keys(review: Review, chosen: InForce) -> Iterator[Any]:
    """What each record is sorted by, None for one that comes last."""
    if chosen.order is Order.RANDOM:
        return map(sample_key(chosen.seed), review.records.ids())
    return (_key(chosen.order, head.title, head.year) for head in review.records.heads())


def _key(order: Order, title: str, year: int | None) -> str | int | None:
    if order is Order.TITLE:
        return fold(title) or None
    return year if year is None or order is Order.OLDEST else -year
