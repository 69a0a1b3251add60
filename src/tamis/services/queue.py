"""Where one is in the list of records at a stage, and how one gets on in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tamis.domain.query import Query, parse
from tamis.services.arrangement import Arrangement
from tamis.services.filtering import Filtering, Finding, to_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.services.ranked_list import Guide
    from tamis.services.sorting import Sorter
    from tamis.store.review import Review


class Queue(Arrangement):
    """The list of a stage with a cursor, which stays on its record whatever becomes of the list.

    Attributes:
        cursor: position in `shown`.
        search: what `find_next` looks for.
        since: when (by the clock) the cursor came to its record.
    """

    def __init__(
        self,
        review: Review,
        ledger: Ledger,
        stage: str,
        by: str,
        clock: Callable[[], float],
        guide: Guide | None = None,
        sorter: Sorter | None = None,
    ) -> None:
        super().__init__(review, ledger, stage, by, sorter)
        self._clock = clock
        self.guide = guide
        """Who ranks, None for nobody."""
        self._passed = self._done = 0
        """Records of the sample known to be decided, and how many were decided in all then."""
        self.cursor = 0
        self.search: Query | None = None
        self.since = clock()

    @property
    def current(self) -> int | None:
        """Index of the current record in the review, None in an empty list."""
        return self.shown[self.cursor] if self.shown else None

    def place(self, record_id: str) -> int | None:
        """The position of a record in the list, None when it is not shown."""
        index = self._review.records.find(record_id)
        return None if index is None else self._place(index)

    def rank(self) -> dict[str, Any]:
        """How the current record came up, as a decision keeps it; see `rank_at`."""
        return self.rank_at(self.cursor) if self.shown else {}

    # Going

    def go(self, position: int) -> None:
        """Move to a position of the queue; past an end means the end."""
        self.cursor = max(0, min(position, len(self.shown) - 1)) if self.shown else 0
        self.since = self._clock()
        if self.shown:
            self.visit(self.cursor)

    def move(self, by: int) -> None:
        """Move by some records."""
        self._take_ranking(self.current)
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
        position = self._place(index)
        if position is None:
            gave_up = self.query is not None
            self.query, self.shown = None, self.every
            position = self._place(index)
        if position is not None:
            self.go(position)
        return gave_up

    def first_undecided(self) -> None:
        """Move to the first record that waits for an own decision, in a list that nobody has seen yet."""
        self._take_ranking(None)
        self.next_undecided(here=True)

    def next_undecided(self, *, here: bool = False) -> bool:
        """Move to the next record that waits for an own decision, from the top again after the end.

        Args:
            here: whether the current record counts as next.

        Returns:
            Whether there is one in the list.
        """
        if not here:
            self._take_ranking(self.current)
        position = self._undecided_from(self.cursor + (0 if here else 1))
        if position is None:
            return False
        self.go(position)
        return True

    def _undecided_from(self, start: int) -> int | None:
        done = self.done
        if done >= len(self.every):
            return None
        position = self._undecided_of_sample(done)
        if position is None:
            n = len(self.shown)
            around = ((start + step) % n for step in range(n))
            position = next((p for p in around if self.waits(self.shown[p])), None)
        return position

    def _undecided_of_sample(self, done: int) -> int | None:
        if done < self._done:
            self._passed = 0  # a decision was taken back, perhaps one of the sample
        self._done = done
        for n in range(self._passed, len(self.ahead)):
            if not self.decided(self.ahead[n]):
                position = self._place(self.ahead[n])
                if position is not None:
                    return position
            elif n == self._passed:
                self._passed += 1
        return None

    # Showing less

    def filter(self, text: str) -> int:
        """Show only what matches; an empty text shows all. The cursor stays on its record if it can.

        Returns:
            How many records match; when none does, the list stays as it was.

        Raises:
            UsageError: the filter cannot be read.
        """
        return to_the_end(self.filtering(text))

    def filtering(self, text: str) -> Filtering:
        """The same in steps, so that a screen can stay alive meanwhile: iterate, then look at `found`.

        Raises:
            UsageError: the filter cannot be read.
        """
        return Filtering(self, parse(text))

    def take(self, query: Query | None, shown: Sequence[int]) -> None:
        """Show these records under this filter; None and all of them for no filter."""
        here = self.current
        place = None if here is None else self.place_among_all(here)
        following = self.shown[self.cursor :] if place is None else self.every[place:]
        self.query, self.shown = query, shown
        self._land(here, following)

    def show(self, states: Callable[[str], bool], name: str) -> int:
        """Show only records whose id passes a test, such as those of one PRISMA box; name it as a filter."""
        ids = self._review.records.ids()
        matching = self.in_order([i for i, record_id in enumerate(ids) if states(record_id)])
        if matching:
            self.take(Query(name, ()), matching)
        return len(matching)

    def show_list(self, records: Iterable[str], name: str) -> int:
        """Show only these records, in this order, from the first one on; name the list as a filter."""
        find = self._review.records.find
        listed = tuple(index for record in records if (index := find(record)) is not None)
        if listed:
            self.take(Query(name, ()), listed)
            self.go(0)
        return len(listed)

    # Looking for words

    def find(self, text: str) -> bool:
        """Set what `find_next` looks for, and go to the first match from the current record on.

        Raises:
            UsageError: the search cannot be read.
        """
        return to_the_end(self.finding(text))

    def find_next(self, direction: int) -> bool:
        """Go to the next (+1) or previous (-1) match in the list, around its end; False without one."""
        return to_the_end(self.finding_next(direction))

    def finding(self, text: str) -> Finding:
        """`find` in steps: iterate, then look at `found`.

        Raises:
            UsageError: the search cannot be read.
        """
        query = parse(text)
        self.search = query if query.terms else None
        return Finding(self, +1, begin=0)

    def finding_next(self, direction: int) -> Finding:
        """`find_next` in steps."""
        return Finding(self, direction, begin=1)

    # What has changed

    def renew(self, touched: Collection[str] | None = None) -> None:
        """What belongs to this stage may have changed, or its order: a decision of another one, a link.

        Args:
            touched: see `rearrange`.
        """
        here, following = self.current, self.shown[self.cursor :]
        self.rearrange(touched)
        self._passed = self._done = 0
        self._land(here, following)
        if self.guide is not None:
            self.guide.renewed()

    def catch_up(self) -> bool:
        """Take the order in force if it was waited for and is made; whether it was."""
        if self.coming is None or self._sorter.of(self.coming) is None:
            return False
        self.renew(())
        return True

    def _take_ranking(self, here: int | None) -> None:
        """Take the newest ranking, if there is one that was not taken; record `here` stays current."""
        ranked = self.guide.newest(self) if self.guide is not None and self.by_relevance else None
        if ranked is None:
            return
        self.rank_rest(ranked, here)
        position = None if here is None else self._place(here)
        self.cursor = min(self.cursor, max(0, len(self.shown) - 1)) if position is None else position

    def _place(self, index: int) -> int | None:
        return self.place_among_shown(index, self.cursor)

    def _land(self, index: int | None, following: Iterable[int]) -> None:
        """Go to a record, or the first one of those that followed it that is in the list, or the end."""
        position = None if index is None else self._place(index)
        if position is None and index is not None:
            there = self.shown if isinstance(self.shown, range) else set(self.shown)
            after = next((i for i in following if i in there), None)
            position = len(self.shown) - 1 if after is None else self._place(after)
        self.go(position or 0)
