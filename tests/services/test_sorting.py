"""Lists by title, by year and at random: sorted in the background or at once, and the same either way."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.events import Order, Removal, Verdict
from tamis.domain.text import fold
from tamis.services import facts, ordering, sorting
from tamis.services.ordering import InForce
from tamis.services.screening import Session
from tamis.services.sorting import Sorter, whole
from tamis.store.record_heads import Head

from .helpers import add, author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.review import Review

TITLES = ("Zebra", "élan", "Apple", "mouse", "Elan", "ape")
BY_TITLE = [5, 2, 1, 4, 3, 0]
CHOSEN = [InForce(Order.TITLE), InForce(Order.NEWEST), InForce(Order.OLDEST), InForce(Order.RANDOM, "seed")]


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with make_review(tmp_path / "review") as made:
        add(made, tmp_path / "a.ris", ris(*TITLES))
        yield made


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Even a small review is sorted in the background; the event is set when it is."""
    monkeypatch.setattr(sorting, "AT_ONCE", 0)
    return threading.Event()


def shown(session: Session) -> list[int]:
    return list(session.queue.every)


class _Records:
    """As much of the records of a review as sorting looks at."""

    def __init__(self, heads: list[tuple[str, int | None]]) -> None:
        self._heads = heads

    def __len__(self) -> int:
        return len(self._heads)

    def heads(self) -> Iterator[Head]:
        return (Head(title, year) for title, year in self._heads)

    def ids(self) -> Iterator[str]:
        return (f"abc-{n}" for n in range(len(self._heads)))


class _Review:
    def __init__(self, records: _Records) -> None:
        self.records = records


@given(
    st.lists(st.tuples(st.sampled_from(["", "b", "B", "á", "a", "c"]), st.sampled_from([None, 1999, 2020]))),
    st.sampled_from(CHOSEN),
    st.integers(1, 4),
)
def test_in_pieces_or_at_once_every_record_has_its_place(
    heads: list[tuple[str, int | None]], chosen: InForce, run: int
) -> None:
    review: Review = _Review(_Records(heads))  # type: ignore[assignment]  # as much of one as is needed
    breaths: list[None] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "_RUN", run)
        in_pieces = whole(review, chosen, lambda: breaths.append(None))
    assert list(in_pieces) == list(whole(review, chosen))
    assert sorted(in_pieces) == list(range(len(heads)))
    assert len(breaths) >= len(heads) // run
    found = [heads[index] for index in in_pieces]
    if chosen.order is Order.TITLE:
        assert found == sorted(heads, key=lambda head: (not head[0], fold(head[0])))
    elif chosen.order is not Order.RANDOM:
        sign = 1 if chosen.order is Order.OLDEST else -1
        assert found == sorted(heads, key=lambda head: (head[1] is None, sign * (head[1] or 0)))


def test_nobody_waits_for_a_list_in_the_background(review: Review, done: threading.Event) -> None:
    session = Session(review, author())
    session.sorter.tell = done.set
    change = ordering.choose(session, Order.TITLE)
    assert change.words == "Sorting: in a moment the records are by title."
    assert session.queue.chosen.order is Order.IMPORTED
    assert shown(session) == [0, 1, 2, 3, 4, 5]
    assert "shown" not in session.decide(Verdict.INCLUDE).event.body, "it came up as imported"
    here = session.record_id
    assert done.wait(10)
    assert shown(session) == [0, 1, 2, 3, 4, 5], "it is taken when somebody asks for it"
    assert session.queue.catch_up()
    assert ordering.sentence(session.queue) == "The records are by title."
    assert (shown(session), session.record_id) == (BY_TITLE, here), "the record on the desk stays"
    assert session.decide(Verdict.INCLUDE).event.shown == {"order": "title", "rank": 3, "of": 6}
    assert not session.queue.catch_up()
    assert session.undo()
    assert session.undo()
    assert session.undo()
    assert shown(session) == [0, 1, 2, 3, 4, 5]
    assert session.redo()
    assert shown(session) == BY_TITLE, "what was sorted once is there at once"


def test_the_last_choice_counts(review: Review, done: threading.Event) -> None:
    session = Session(review, author())
    session.sorter.tell = done.set
    ordering.choose(session, Order.TITLE)
    ordering.choose(session, Order.RANDOM)
    while not session.queue.catch_up():
        assert done.wait(10)
        done.clear()
    assert session.queue.chosen.order is Order.RANDOM
    assert shown(session) == shown(Session(review, author()))
    ordering.choose(session, Order.NEWEST)
    assert session.undo()
    assert session.queue.coming is None, "undone before it was made"


def test_what_happens_meanwhile_is_in_the_sorted_list(
    review: Review, done: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(review, author())
    ordering.choose(session, Order.TITLE)
    session.sorter.tell = done.set
    heads, go_on = review.records.heads, threading.Event()
    monkeypatch.setattr(review.records, "heads", lambda: (go_on.wait(10), heads())[1])
    ordering.choose(session, Order.OLDEST)
    facts.remove(session, [review.records.id_at(1)], Removal.OTHER, "retracted")
    assert shown(session) == [5, 2, 4, 3, 0], "in the order before"
    go_on.set()
    while not session.queue.catch_up():
        assert done.wait(10)
    assert shown(session) == [0, 2, 3, 4, 5]


def test_only_the_order_changes_with_a_choice(review: Review) -> None:
    """Whatever was removed and decided stays counted, whichever way the order has come."""
    pytest.importorskip("numpy")
    session = Session(review, author())
    session.decide(Verdict.INCLUDE)
    facts.remove(session, [review.records.id_at(index) for index in (0, 3)], Removal.OTHER, "retracted")
    for act in (
        lambda: ordering.choose(session, Order.TITLE),
        lambda: ordering.choose(session, Order.RELEVANCE),
        session.undo,
        session.undo,
        session.redo,
        lambda: ordering.choose(session, Order.IMPORTED),
    ):
        assert act() is not None
        fresh = Session(review, author())
        assert (shown(session), session.queue.outside) == (shown(fresh), fresh.queue.outside)
        assert (session.progress().total, session.progress().decided) == (4, 0)
    session.undo()
    session.undo()
    session.undo()
    assert (session.progress().total, session.progress().decided) == (6, 1)


def test_a_corrected_record_has_the_place_of_its_correction(review: Review) -> None:
    session = Session(review, author())
    for index, (name, text) in {0: ("title", "Elan"), 3: ("title", ""), 4: ("year", "1950")}.items():
        session.queue.go(index)
        session.edit(name, text)
    ordering.choose(session, Order.TITLE)
    assert shown(session) == [5, 2, 0, 1, 4, 3]
    ordering.choose(session, Order.OLDEST)
    assert shown(session) == [4, 0, 1, 2, 3, 5]
    ordering.choose(session, Order.NEWEST)
    assert shown(session) == [0, 1, 2, 3, 5, 4]
    facts.remove(session, [review.records.id_at(4)], Removal.OTHER, "retracted")
    assert shown(session) == [0, 1, 2, 3, 5]


def test_a_list_that_cannot_be_read_is_told_and_tried_again(
    review: Review, done: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[Head]:
        raise OSError(5, "Input/output error")

    sorter = Sorter(review)
    sorter.tell = done.set
    with monkeypatch.context() as patch:
        patch.setattr(review.records, "heads", broken)
        assert sorter.of(CHOSEN[0]) is None
        assert done.wait(10)
        with pytest.raises(OSError, match="Input/output"):
            sorter.of(CHOSEN[0])
    done.clear()
    assert sorter.of(CHOSEN[0]) is None
    assert done.wait(10)
    assert list(sorter.of(CHOSEN[0]) or ()) == BY_TITLE


def test_the_end_does_not_wait_for_a_list(review: Review, done: threading.Event) -> None:
    sorter, begun = Sorter(review), threading.Event()
    heads = review.records.heads

    def endless() -> Iterator[Head]:
        begun.set()
        while True:
            yield from heads()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "_RUN", 1)
        patch.setattr(review.records, "heads", endless)
        patch.setattr(type(review.records), "__len__", lambda _: 10**9)
        sorter.tell = done.set
        assert sorter.of(CHOSEN[0]) is None
        assert begun.wait(10)
        sorter.close()
    assert all(thread.name != "sorting" for thread in threading.enumerate())
    assert not done.is_set()
    assert list(sorter.of(CHOSEN[0]) or ()) == BY_TITLE, "whoever asks afterwards waits for it"


def test_a_record_that_cannot_be_read_comes_last(review: Review) -> None:
    storage = review.records._storage
    [(first, _), *_] = storage.raws("records")
    storage.commit_raw({"records": {first + 2: b'{"title":7}', first + 5: b'{"year":"x","title":"a"}'}})
    assert list(whole(review, CHOSEN[0])) == [1, 4, 3, 0, 2, 5]
