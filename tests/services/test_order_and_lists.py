"""Rankings that come while a part of the list is shown: nothing is lost, doubled or mistaken."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Order, Verdict
from tamis.domain.states import State
from tamis.services import ordering
from tamis.services.relevance import labels_of
from tamis.services.screening import Session
from tests.tui import reviews
from tests.tui.reviews import numbered

from .helpers import author, ids, linked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tamis.services.queue import Queue
    from tamis.store.review import Review

SIZE = 8


class _Ranked:
    version = "a model"

    def __init__(self, queue: Queue, labels: dict[int, bool]) -> None:
        self.eligible = queue.eligible
        self.labelled = labels
        self.order = array("q", [index for index in reversed(queue.eligible) if index not in labels])


class _Guide:
    """Learns as the order by relevance does; a ranking is there when `rank` is called."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answer: _Ranked | None = None
        self.labels: dict[int, bool] = {}
        session.guide = session.queue.guide = self
        self.renewed()

    def rank(self) -> None:
        self._answer = _Ranked(self._session.queue, dict(self.labels))

    def newest(self, queue: Queue) -> _Ranked | None:
        answer, self._answer = self._answer, None
        return answer if answer is not None and answer.eligible is queue.eligible else None

    def learn(self, index: int, verdict: Verdict) -> None:
        if verdict is Verdict.UNDECIDED:
            self.labels.pop(index, None)
        else:
            self.labels[index] = verdict is not Verdict.EXCLUDE

    def renewed(self) -> None:
        self.labels = labels_of(self._session)


def _by_relevance(review: Review) -> tuple[Session, _Guide]:
    pytest.importorskip("numpy")
    session = Session(review, author())
    ordering.choose(session, Order.RELEVANCE)
    return session, _Guide(session)


def _list(session: Session, state: State) -> int:
    return session.queue.show(lambda record: session.ledger.state(record) is state, "A box")


def _list_decided(session: Session, data: st.DataObject) -> None:
    decided = [r for r in ids(session, *range(1, SIZE + 1)) if session.ledger.vote(r, session.stage, "Ann")]
    session.queue.show_list(data.draw(st.permutations(decided)), "Decided")


def _link(session: Session, data: st.DataObject) -> None:
    one, two = data.draw(st.lists(st.integers(1, SIZE), min_size=2, max_size=2, unique=True))
    linked(session, one, two)


STEPS: dict[str, Callable[[Session, _Guide, st.DataObject], object]] = {
    "include": lambda session, _guide, _data: session.queue and session.decide(Verdict.INCLUDE),
    "exclude": lambda session, _guide, _data: session.queue and session.decide(Verdict.EXCLUDE),
    "undecided": lambda session, _guide, _data: session.queue and session.decide(Verdict.UNDECIDED),
    "next": lambda session, _guide, _data: session.queue.move(+1),
    "back": lambda session, _guide, _data: session.queue.move(-1),
    "rank": lambda _session, guide, _data: guide.rank(),
    "rank again": lambda _session, guide, _data: guide.rank(),
    "filter": lambda session, _guide, _data: session.queue.filter("is:undecided"),
    "all": lambda session, _guide, _data: session.queue.filter(""),
    "box": lambda session, _guide, data: _list(session, data.draw(st.sampled_from(State))),
    "list": lambda session, _guide, data: _list_decided(session, data),
    "undo": lambda session, _guide, _data: session.undo(),
    "redo": lambda session, _guide, _data: session.redo(),
    "link": lambda session, _guide, data: _link(session, data),
}


@settings(max_examples=60)
@given(st.data())
def test_every_record_is_in_the_list_once_and_what_is_learnt_is_what_was_decided(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with reviews.make(tmp_path_factory.mktemp("order") / "review", numbered(SIZE)) as review:
        session, guide = _by_relevance(review)
        queue, records = session.queue, ids(session, *range(1, SIZE + 1))
        for step in data.draw(st.lists(st.sampled_from(list(STEPS)), max_size=40)):
            STEPS[step](session, guide, data)
            there = [n for n, record in enumerate(records) if session.ledger.at_stage(record, session.stage)]
            assert sorted(queue.every) == there
            assert len(set(queue.shown)) == len(queue.shown)
            assert guide.labels == labels_of(session), "as after a start"


def test_looking_at_earlier_decisions_doubles_none_of_them(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "review", numbered(SIZE)) as review:
        session, guide = _by_relevance(review)
        guide.rank()
        decided = [session.decide(Verdict.INCLUDE).record_id for _ in range(3)]
        session.queue.show_list([*decided[1:], decided[0]], "Decided")
        session.queue.go(2)
        guide.rank()
        session.queue.move(-1)
        assert sorted(session.queue.every) == list(range(SIZE))


def test_a_list_of_duplicates_outlasts_a_ranking_an_undo_and_another_order(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "review", numbered(SIZE)) as review:
        session, guide = _by_relevance(review)
        for one, two in ((2, 1), (4, 3), (6, 5)):
            linked(session, one, two)
        assert _list(session, State.DUPLICATE) == 3
        session.queue.go(0)
        guide.rank()
        session.queue.move(+1)
        assert list(session.queue.shown) == [1, 3, 5]
        assert session.current == 3
        ordering.choose(session, Order.TITLE)
        assert list(session.queue.shown) == [1, 3, 5]
        session.undo()
        assert list(session.queue.shown) == [1, 3, 5]
        assert sorted(session.queue.every) == [0, 2, 4, 6, 7]


def test_a_decision_on_a_duplicate_teaches_of_the_record_it_is_written_to(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "review", numbered(SIZE)) as review:
        session, guide = _by_relevance(review)
        linked(session, 2, 1)
        _list(session, State.DUPLICATE)
        session.decide(Verdict.INCLUDE)
        assert guide.labels == {0: True} == labels_of(session)
