"""The list of records at a stage: which are shown, which is the current one."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Stage, Verdict
from tamis.domain.query import Query, parse
from tamis.domain.states import REMOVED_STATES, State
from tamis.domain.stopping import sample_order
from tamis.services.candidates import ReviewCandidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.store.review import Review


_TAKEN_OUT: Final = (*REMOVED_STATES, State.STOPPED)
FILTER_STEP: Final = 1_000
"""Records that a filter looks at between two steps."""


class Queue:
    """The records of a stage in their order, the filter on them, and a cursor.

    Attributes:
        every: indices of all records at the stage, ascending.
        outside: own decisions at the stage, by verdict, on records that do not belong to it (any more).
        shown: of these, the ones that pass the filter.
        cursor: position in `shown`.
        query: the filter, None when all are shown.
        search: what `find_next` looks for.
        since: when (by the clock) the cursor came to its record.
    """

    def __init__(
        self, review: Review, ledger: Ledger, stage: str, by: str, clock: Callable[[], float]
    ) -> None:
        self._review = review
        self._ledger = ledger
        self._stage = stage
        self._by = by
        self._clock = clock
        self.every: Sequence[int] = self._eligible()
        self.outside = self._outside()
        self._passed = self._done = 0
        """Records of the sample known to be decided, and how many were decided in all then."""
        self._ahead = self._sampled()
        self.shown: Sequence[int] = self.every
        self.cursor = 0
        self.query: Query | None = None
        self.search: Query | None = None
        self.since = clock()

    def __len__(self) -> int:
        return len(self.shown)

    @property
    def current(self) -> int | None:
        """Index of the current record in the review, None in an empty list."""
        return self.shown[self.cursor] if self.shown else None

    @property
    def not_retrieved(self) -> int:
        """Reports of the full-text stage that could not be had; they wait for no decision."""
        if self._stage != Stage.FULL_TEXT:
            return 0
        return sum(self._ledger.tally(source.prefix, State.NOT_RETRIEVED) for source in self._review.sources)

    @property
    def filter_text(self) -> str:
        """The filter as it was typed, "" when all are shown."""
        return self.query.text if self.query else ""

    def place(self, record_id: str) -> int | None:
        """The position of a record in the list, None when it is not shown."""
        index = self._review.records.find(record_id)
        return None if index is None else _position(self.shown, index)

    def go(self, position: int) -> None:
        """Move to a position of the queue; past an end means the end."""
        self.cursor = max(0, min(position, len(self.shown) - 1)) if self.shown else 0
        self.since = self._clock()

    def move(self, by: int) -> None:
        """Move by some records."""
        self.go(self.cursor + by)

    def go_to(self, record_id: str) -> bool:
        """Move to a record; gives the filter up when the record is not in the list.

        Returns:
            Whether the filter was given up.
        """
        index = self._review.records.find(record_id)
        if index is None:
            return False
        gave_up = False
        position = _position(self.shown, index)
        if position is None:
            gave_up = self.query is not None
            self.query, self.shown = None, self.every
            position = _position(self.shown, index)
        if position is not None:
            self.go(position)
        return gave_up

    def next_undecided(self, *, here: bool = False) -> bool:
        """Move to the next record that waits for an own decision, from the top again after the end.

        Args:
            here: whether the current record counts as next.

        Returns:
            Whether there is one in the list.
        """
        position = self._undecided_from(self.cursor + (0 if here else 1))
        if position is None:
            return False
        self.go(position)
        return True

    def filter(self, text: str) -> int:
        """Show only what matches; an empty text shows all. The cursor stays on its record if it can.

        Returns:
            How many records match; when none does, the list stays as it was.

        Raises:
            UsageError: the filter cannot be read.
        """
        for _ in (steps := self.filtering(text)):
            pass
        return steps.found

    def filtering(self, text: str) -> Filtering:
        """The same in steps, so that a screen can stay alive meanwhile: iterate, then look at `found`.

        Raises:
            UsageError: the filter cannot be read.
        """
        return Filtering(self, parse(text))

    def take(self, query: Query | None, shown: Sequence[int]) -> None:
        """Show these records under this filter; None and all of them for no filter."""
        here = self.current
        self.query, self.shown = query, shown
        self._land(here)

    def show(self, states: Callable[[str], bool], name: str) -> int:
        """Show only records whose id passes a test, such as those of one PRISMA box; name it as a filter."""
        records = self._review.records
        matching = [i for i, record_id in enumerate(records.ids()) if states(record_id)]
        if matching:
            self.take(Query(name, ()), matching)
        return len(matching)

    def find(self, text: str) -> bool:
        """Set what `find_next` looks for, and go to the first match from the current record on.

        Raises:
            UsageError: the search cannot be read.
        """
        query = parse(text)
        self.search = query if query.terms else None
        return self.search is not None and self.find_next(+1, here=True)

    def find_next(self, direction: int, *, here: bool = False) -> bool:
        """Go to the next (+1) or previous (-1) match in the list, around its end; False without one."""
        if self.search is None or not self.shown:
            return False
        start = 0 if here else 1
        for step in range(start, len(self.shown) + start):
            position = (self.cursor + direction * step) % len(self.shown)
            if self.search.matches(self.candidate(self.shown[position])):
                self.go(position)
                return True
        return False

    def _eligible(self) -> Sequence[int]:
        review, ledger = self._review, self._ledger
        every = range(len(review.records))
        if self._stage == Stage.TITLE_ABSTRACT and not any(
            ledger.tally(source.prefix, state) for source in review.sources for state in _TAKEN_OUT
        ):
            return every  # the usual case, and the one that must be quick
        ids = review.records.ids()
        return [n for n, record_id in enumerate(ids) if ledger.at_stage(record_id, self._stage)]

    def _outside(self) -> Counter[Verdict]:
        if isinstance(self.every, range):
            return Counter()
        ids = map(self._review.records.id_at, self.every)
        votes = (self._ledger.vote(record, self._stage, self._by) for record in ids)
        inside = Counter(vote.verdict for vote in votes if vote is not None)
        return Counter(self._ledger.progress(self._by, self._stage)) - inside

    def renew(self, touched: Iterable[str] | None = None) -> None:
        """What belongs to this stage may have changed: a decision of another one, a link, a removal.

        Args:
            touched: the only records of which that is so, when they have no duplicates and no vote on them
                has changed; without them every record is looked at.
        """
        here = self.current
        if touched is None:
            self.every = self._eligible()
            self.outside = self._outside()
        else:
            self._move_in_or_out(touched)
        self._ahead = self._sampled()
        if self.query is None:
            self.shown = self.every
        elif not isinstance(self.every, range):
            every = set(self.every)
            self.shown = [i for i in self.shown if i in every]
        self._land(here)

    def _sampled(self) -> Sequence[int]:
        """The records of the random sample that is in force, in its order: the next ones to decide on."""
        drawn = self._ledger.sample if self._stage == Stage.TITLE_ABSTRACT else None
        if drawn is None:
            return ()
        find = self._review.records.find
        self._passed = self._done = 0
        found = (find(record) for record in sample_order(drawn.records, drawn.id))
        return [index for index in found if index is not None]

    def _move_in_or_out(self, touched: Iterable[str]) -> None:
        every = list(self.every)
        for record in touched:
            index = self._review.records.find(record)
            if index is None:
                continue
            place = bisect_left(every, index)
            inside = place < len(every) and every[place] == index
            if inside == self._ledger.at_stage(record, self._stage):
                continue
            if inside:
                del every[place]
            else:
                every.insert(place, index)
            vote = self._ledger.vote(record, self._stage, self._by)
            if vote is not None:
                self.outside[vote.verdict] += 1 if inside else -1
        self.every = every

    def candidate(self, index: int) -> ReviewCandidate:
        """A record as a query looks at it."""
        return ReviewCandidate(self._review, self._ledger, self._stage, self._by, index)

    def _land(self, index: int | None) -> None:
        position = None if index is None else _position(self.shown, index)
        if position is None and index is not None:
            position = next((p for p, i in enumerate(self.shown) if i >= index), len(self.shown) - 1)
        self.go(position or 0)

    def _undecided_from(self, start: int) -> int | None:
        records, ledger = self._review.records, self._ledger
        done = ledger.decided(self._by, self._stage) - self.outside.total() + self.not_retrieved
        if done >= len(self.every):
            return None
        if done < self._done:
            self._passed = 0  # a decision was taken back, perhaps one of the sample
        self._done = done
        for n in range(self._passed, len(self._ahead)):
            if ledger.vote(records.id_at(self._ahead[n]), self._stage, self._by) is None:
                position = _position(self.shown, self._ahead[n])
                if position is not None:
                    return position
            elif n == self._passed:
                self._passed += 1
        assessing = self._stage == Stage.FULL_TEXT
        n = len(self.shown)
        for step in range(n):
            position = (start + step) % n
            record = records.id_at(self.shown[position])
            missing = assessing and ledger.state(record) is State.NOT_RETRIEVED
            if not missing and ledger.vote(record, self._stage, self._by) is None:
                return position
        return None


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


def _position(queue: Sequence[int], index: int) -> int | None:
    """Where an index is in an ascending queue."""
    if isinstance(queue, range):
        return index if index in queue else None
    low, high = 0, len(queue)
    while low < high:
        middle = (low + high) // 2
        if queue[middle] < index:
            low = middle + 1
        else:
            high = middle
    return low if low < len(queue) and queue[low] == index else None
