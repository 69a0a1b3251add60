"""Which records a list holds at a stage, in which order, and which of them a filter shows."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.events import Order, Stage, Verdict
from tamis.domain.states import REMOVED_STATES, State
from tamis.domain.stopping import sample_order
from tamis.services.candidates import ReviewCandidate
from tamis.services.ordering import InForce, history, in_force, place_of
from tamis.services.ranked_list import RankedList
from tamis.services.sorting import Sorter, arranged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.domain.query import Query
    from tamis.services.ranked_list import Ranked
    from tamis.store.review import Review


_TAKEN_OUT: Final = (*REMOVED_STATES, State.STOPPED)


class Arrangement:
    """The records of a stage in their order, and the filter on them.

    Attributes:
        every: indices of all records at the stage, in their order.
        eligible: the same, ascending.
        ahead: the random sample in force, in its order: the next ones to decide on.
        chosen: the order that the list is in: the one in force, but while that is being made the one before.
        coming: the order in force while it is being made, else None.
        rearranged: how often the order of the list has changed.
        outside: own decisions at the stage, by verdict, on records that do not belong to it (any more).
        shown: of `every`, the ones that pass the filter; a tuple has an order of its own.
        query: the filter, None when all are shown.
    """

    def __init__(
        self, review: Review, ledger: Ledger, stage: str, by: str, sorter: Sorter | None = None
    ) -> None:
        self._review = review
        self._ledger = ledger
        self._stage = stage
        self._by = by
        self.rearranged = 0
        self.eligible: Sequence[int] = self._eligible()
        self._sorter = Sorter(review) if sorter is None else sorter
        self.chosen = InForce()
        self.coming: InForce | None = None
        self._whole: Sequence[int] = range(len(review.records))
        """All records of the review in the order that the list is in."""
        self._ranked: RankedList | None = None
        self._choose()
        self.every: Sequence[int] = self._arranged()
        self.outside = self._outside()
        self.ahead = self._sampled()
        self.shown: Sequence[int] = self.every
        self.query: Query | None = None

    def __len__(self) -> int:
        return len(self.shown)

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

    @property
    def by_relevance(self) -> bool:
        """Whether the list takes rankings."""
        return self._ranked is not None

    @property
    def model(self) -> str:
        """The version of the ranking that the list is in, "" without one."""
        return self._ranked.model if self._ranked else ""

    def candidate(self, index: int) -> ReviewCandidate:
        """A record as a query looks at it."""
        return ReviewCandidate(self._review, self._ledger, self._stage, self._by, index)

    def candidates(self) -> Iterator[ReviewCandidate]:
        """All records of the list as a query looks at them, as imported: so they are read fastest."""
        records, seen_by = self._review.records, (self._review, self._ledger, self._stage, self._by)
        there = self.eligible if isinstance(self.eligible, range) else set(self.eligible)
        read = records.forward()
        for index, record_id in enumerate(records.ids()):
            if index in there:
                yield ReviewCandidate(*seen_by, index, record_id=record_id, read=read)

    def decided(self, index: int) -> bool:
        """Whether an own decision on a record stands."""
        record = self._review.records.id_at(index)
        return self._ledger.vote(record, self._stage, self._by) is not None

    def waits(self, index: int) -> bool:
        """Whether a record waits for an own decision."""
        record = self._review.records.id_at(index)
        missing = self._stage == Stage.FULL_TEXT and self._ledger.state(record) is State.NOT_RETRIEVED
        return not missing and self._ledger.vote(record, self._stage, self._by) is None

    @property
    def done(self) -> int:
        """How many records wait for no own decision."""
        return self._ledger.decided(self._by, self._stage) - self.outside.total() + self.not_retrieved

    def place_among_all(self, index: int) -> int | None:
        """The position of a record in `every`, None when it is not there."""
        return place_of(self.every, index, ascending=self._ascending)

    def place_among_shown(self, index: int, near: int = 0) -> int | None:
        """The position of a record in `shown`, most likely `near`; None when it is not there."""
        ascending = self._ascending and not isinstance(self.shown, tuple)
        return place_of(self.shown, index, near, ascending=ascending)

    def rank_at(self, position: int) -> dict[str, Any]:
        """How the record at a position of `shown` came up; empty if as imported, as before a ranking.

        `order`; `rank`, from 1, of `of` records of the list, by relevance of those that were to come;
        `model`, the version of the ranking in which it was shown.
        """
        index = self.shown[position]
        if index in self.ahead:
            return {"order": "sample", "rank": self.ahead.index(index) + 1, "of": len(self.ahead)}
        if self._ascending:
            return {}
        shown: dict[str, Any] = {"order": str(self.chosen.order)}
        found = position if self.query is None else self.place_among_all(index)
        if found is None:
            return shown
        if self._ranked is None:
            return shown | {"rank": found + 1, "of": len(self.every)}
        came = self._ranked.came(index)
        return shown | came._asdict() if came is not None and came.model else {}

    def in_order(self, indices: list[int]) -> list[int]:
        """Records, given ascending, in the order of the list; those that are not in it come last."""
        if self._ascending:
            return indices
        wanted, listed = set(indices), set(self.every)
        return [*filter(wanted.__contains__, self.every), *(i for i in indices if i not in listed)]

    # Change

    def visit(self, position: int) -> None:
        """The record at a position of `shown` is looked at: a ranking leaves it where it is."""
        if self._ranked is not None:
            index = self.shown[position]
            found = position if self.query is None else self.place_among_all(index)
            if found is not None:  # a list with a name holds records of other places, too
                self._ranked.visit(index, found)

    def rank_rest(self, ranked: Ranked, here: int | None) -> None:
        """Bring what is still to come into the order of a ranking; record `here` stays where it was shown."""
        if self._ranked is not None:
            self._ranked.take(ranked, here, self.decided)
            self.every = self._ranked.every
            self.rearranged += 1
            self._refilter(())  # the same records in another order

    def rearrange(self, touched: Collection[str] | None = None) -> None:
        """Bring members and order in line with the ledger, and what is shown with them.

        Args:
            touched: the only records of which something may have changed, when they have no duplicates and no
                vote on them has changed; none of them where only the order has. Without them every record is
                looked at.
        """
        if touched is None:
            self.eligible = self._eligible()
            self.outside = self._outside()
        elif touched:
            self._move_in_or_out(touched)
        before, chosen = self.every, self.chosen
        self._choose()
        if self._ranked is not None and chosen == self.chosen:
            self._ranked.keep(self.eligible)
            self.every = self._ranked.every
        else:
            self.rearranged += chosen != self.chosen
            self.every = self._arranged()
        self.ahead = self._sampled()
        self._refilter(before)

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

    def _choose(self) -> None:
        wanted = in_force(self._ledger, self._stage, self._by)
        whole = self._sorter.of(wanted)
        if whole is None:
            self.coming = wanted
        else:
            self.coming, self.chosen, self._whole = None, wanted, whole

    def _arranged(self) -> Sequence[int]:
        """The eligible records in their order; by relevance, those that are decided come first."""
        review, ledger = self._review, self._ledger
        self._ranked = None
        if self.chosen.order is not Order.RELEVANCE:
            return arranged(review, ledger, self.chosen.order, self._whole, self.eligible)
        head = history(review, ledger, self._stage, self._by)
        decided = set(head)
        self._ranked = RankedList(head, (i for i in self.eligible if i not in decided))
        return self._ranked.every

    def _sampled(self) -> Sequence[int]:
        drawn = self._ledger.sample if self._stage == Stage.TITLE_ABSTRACT else None
        if drawn is None:
            return ()
        find = self._review.records.find
        found = (find(record) for record in sample_order(drawn.records, drawn.id))
        return [index for index in found if index is not None]

    def _refilter(self, before: Iterable[int]) -> None:
        """Bring what is shown into the order of all; what was among all `before` and is not now is left out.

        A list with a name also holds records that were never among all, such as duplicates: these stay.
        """
        if self.query is None:
            self.shown = self.every
            return
        gone = set(before).difference(self.every)
        kept = [index for index in self.shown if index not in gone]
        self.shown = tuple(kept) if isinstance(self.shown, tuple) else self.in_order(sorted(kept))

    @property
    def _ascending(self) -> bool:
        return self.chosen.order is Order.IMPORTED
