"""The list of records at a stage: which are shown, which is the current one."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.events import Order, Stage, Verdict
from tamis.domain.query import Query, parse
from tamis.domain.states import REMOVED_STATES, State
from tamis.domain.stopping import sample_order
from tamis.services.candidates import ReviewCandidate
from tamis.services.filtering import Filtering
from tamis.services.ordering import arranged, history, in_force, place_of
from tamis.services.ranked_list import RankedList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.services.ranked_list import Guide
    from tamis.store.review import Review


_TAKEN_OUT: Final = (*REMOVED_STATES, State.STOPPED)


class Queue:
    """The records of a stage in their order, the filter on them, and a cursor.

    Attributes:
        every: indices of all records at the stage, in the order in force.
        eligible: the same, ascending.
        chosen: the order in force, and its seed.
        guide: who ranks, None for nobody.
        rearranged: how often the order of the list has changed under the cursor.
        outside: own decisions at the stage, by verdict, on records that do not belong to it (any more).
        shown: of these, the ones that pass the filter; a tuple has an order of its own.
        cursor: position in `shown`.
        query: the filter, None when all are shown.
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
    ) -> None:
        self._review = review
        self._ledger = ledger
        self._stage = stage
        self._by = by
        self._clock = clock
        self.guide = guide
        self.rearranged = 0
        self.eligible: Sequence[int] = self._eligible()
        self.chosen = in_force(ledger, stage, by)
        self._ranked: RankedList | None = None
        self.every: Sequence[int] = self._arranged()
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
        return None if index is None else self._place(index)

    @property
    def model(self) -> str:
        """The version of the ranking that the list is in, "" without one."""
        return self._ranked.model if self._ranked else ""

    def rank(self) -> dict[str, Any]:
        """How the current record came up, as a decision keeps it; empty if as imported, as before a ranking.

        `order`; `rank`, from 1, among `of` records that were to come; `model`, the version of the ranking.
        """
        index = self.current
        if index is None:
            return {}
        if index in self._ahead:
            return {"order": "sample", "rank": self._ahead.index(index) + 1, "of": len(self._ahead)}
        if self._ascending or (self._ranked is not None and not self.model):
            return {}
        shown: dict[str, Any] = {"order": str(self.chosen.order)}
        found = self.cursor if self.query is None else place_of(self.every, index, ascending=False)
        if found is None:
            return shown
        rank = (found + 1, len(self.every)) if self._ranked is None else self._ranked.rank(found)
        if rank is not None:
            shown |= {"rank": rank[0], "of": rank[1]}
        return shown | ({"model": self.model} if self.model else {})

    def go(self, position: int) -> None:
        """Move to a position of the queue; past an end means the end."""
        self.cursor = max(0, min(position, len(self.shown) - 1)) if self.shown else 0
        self.since = self._clock()
        if self._ranked is not None and self.shown:
            self._ranked.visit(self.shown[self.cursor], self.cursor)

    def move(self, by: int) -> None:
        """Move by some records."""
        self._take_ranking()
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

    def next_undecided(self, *, here: bool = False) -> bool:
        """Move to the next record that waits for an own decision, from the top again after the end.

        Args:
            here: whether the current record counts as next.

        Returns:
            Whether there is one in the list.
        """
        if not here:
            self._take_ranking()
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
        place = None if here is None else place_of(self.every, here, ascending=self._ascending)
        following = self.shown[self.cursor :] if place is None else self.every[place:]
        self.query, self.shown = query, shown
        self._land(here, following)

    def show(self, states: Callable[[str], bool], name: str) -> int:
        """Show only records whose id passes a test, such as those of one PRISMA box; name it as a filter."""
        records = self._review.records
        matching = [i for i, record_id in enumerate(records.ids()) if states(record_id)]
        if not self._ascending:
            wanted, listed = set(matching), set(self.every)
            matching = [*filter(wanted.__contains__, self.every), *(i for i in matching if i not in listed)]
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
        if isinstance(self.eligible, range):
            return Counter()
        ids = map(self._review.records.id_at, self.eligible)
        votes = (self._ledger.vote(record, self._stage, self._by) for record in ids)
        inside = Counter(vote.verdict for vote in votes if vote is not None)
        return Counter(self._ledger.progress(self._by, self._stage)) - inside

    def renew(self, touched: Iterable[str] | None = None) -> None:
        """What belongs to this stage may have changed, or its order: a decision of another one, a link.

        Args:
            touched: the only records of which that is so, when they have no duplicates and no vote on them
                has changed; without them every record is looked at.
        """
        here, following = self.current, self.shown[self.cursor :]
        if touched is None:
            self.eligible = self._eligible()
            self.outside = self._outside()
        else:
            self._move_in_or_out(touched)
        chosen = in_force(self._ledger, self._stage, self._by)
        if self._ranked is not None and chosen == self.chosen:
            self._ranked.keep(self.eligible)
            self.every = self._ranked.every
        else:
            self.rearranged += chosen != self.chosen
            self.chosen = chosen
            self.every = self._arranged()
        self._ahead = self._sampled()
        self._refilter()
        self._land(here, following)
        if self.guide is not None:
            self.guide.renewed()

    def _arranged(self) -> Sequence[int]:
        """The eligible records in the order in force; by relevance, those that are decided come first."""
        review, ledger = self._review, self._ledger
        self._ranked = None
        if self.chosen.order is not Order.RELEVANCE:
            return arranged(review, ledger, self.chosen, self.eligible)
        head = history(review, ledger, self._stage, self._by)
        decided = set(head)
        self._ranked = RankedList(head, (i for i in self.eligible if i not in decided))
        return self._ranked.every

    def _take_ranking(self) -> None:
        """Take the newest ranking, if there is one that was not taken; the current record stays current."""
        if self._ranked is None or self.guide is None:
            return
        ranked = self.guide.newest(self)
        if ranked is None:
            return
        id_at, vote = self._review.records.id_at, self._ledger.vote
        here = self.current
        self._ranked.take(ranked, here, lambda i: vote(id_at(i), self._stage, self._by) is not None)
        self.every = self._ranked.every
        self.rearranged += 1
        self._refilter()
        position = None if here is None else self._place(here)
        self.cursor = min(self.cursor, max(0, len(self.shown) - 1)) if position is None else position

    def _refilter(self) -> None:
        """Bring what is shown into the order of all."""
        if self.query is None:
            self.shown = self.every
        else:
            own = isinstance(self.shown, tuple)
            wanted, order = set(self.every if own else self.shown), self.shown if own else self.every
            self.shown = (tuple if own else list)(filter(wanted.__contains__, order))

    @property
    def _ascending(self) -> bool:
        return self.chosen.order is Order.IMPORTED

    def _place(self, index: int) -> int | None:
        ascending = self._ascending and not isinstance(self.shown, tuple)
        return place_of(self.shown, index, self.cursor, ascending=ascending)

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
        every = list(self.eligible)
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
        self.eligible = every

    def candidate(self, index: int) -> ReviewCandidate:
        """A record as a query looks at it."""
        return ReviewCandidate(self._review, self._ledger, self._stage, self._by, index)

    def _land(self, index: int | None, following: Iterable[int]) -> None:
        """Go to a record, or the first one of those that followed it that is in the list, or the end."""
        position = None if index is None else self._place(index)
        if position is None and index is not None:
            there = self.shown if isinstance(self.shown, range) else set(self.shown)
            after = next((i for i in following if i in there), None)
            position = len(self.shown) - 1 if after is None else self._place(after)
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
                position = self._place(self._ahead[n])
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
