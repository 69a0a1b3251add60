"""The order of the list: chosen, kept, undone; filters, searches and the next undecided record follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.events import Event, Order, Removal, Stage, Verdict
from tamis.domain.ledger import Ledger
from tamis.errors import NotSavedError, UsageError
from tamis.services import facts, ordering
from tamis.services.dedup import Pair
from tamis.services.linking import Linking
from tamis.services.ranked_list import RankedList
from tamis.services.report.blocks import Paragraph
from tamis.services.report.facts import facts as facts_of
from tamis.services.report.results import selection
from tamis.services.screening import Session
from tamis.services.wording import action_words, shown_words
from tamis.store.review import Review

from .helpers import add, author, make_review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOOKS = (("Zebra", 2001), ("élan", None), ("Apple", 2020), ("", 1999), ("elan", 2020), ("Mouse", 2010))


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with make_review(tmp_path / "review", stages=("title-abstract", "full-text")) as made:
        lines = []
        for title, year in BOOKS:
            lines += ["TY  - JOUR", f"TI  - {title}", "AU  - A, B"]
            lines += [f"PY  - {year}"] if year else []
            lines += ["ER  - ", ""]
        add(made, tmp_path / "a.ris", "\n".join(lines))
        yield made


def shown(session: Session) -> list[int]:
    return list(session.queue.every)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.IMPORTED, [0, 1, 2, 3, 4, 5]),
        (Order.TITLE, [2, 1, 4, 5, 0, 3]),
        (Order.NEWEST, [2, 4, 5, 0, 3, 1]),
        (Order.OLDEST, [3, 0, 5, 2, 4, 1]),
    ],
)
def test_equal_records_stay_as_imported_and_those_without_come_last(
    review: Review, order: Order, expected: list[int]
) -> None:
    session = Session(review, author())
    ordering.begin_with(session, order)
    assert shown(session) == expected


def test_an_order_is_kept_for_reviewer_and_stage_and_undone(review: Review) -> None:
    session = Session(review, author())
    session.decide(Verdict.INCLUDE)
    before, here = shown(session), session.record_id
    change = ordering.choose(session, Order.TITLE)
    assert session.record_id == here, "the record on the desk stays"
    assert action_words(change.event, ()) == "records by title"
    again = Session(review, author())
    assert shown(again) == [2, 1, 4, 5, 0, 3]
    assert shown(Session(review, author("Ben"))) == before
    again.change_stage()
    assert again.queue.chosen.order is Order.IMPORTED
    undone = session.undo()
    assert undone is not None
    assert undone.words == "Undone: records by title"
    assert shown(session) == before
    assert session.redo() is not None
    assert shown(session) == [2, 1, 4, 5, 0, 3]


def test_a_random_order_has_its_seed_in_the_trail(review: Review, tmp_path: Path) -> None:
    session = Session(review, author())
    first = ordering.choose(session, Order.RANDOM)
    assert first.event.seed
    assert first.event.seed in action_words(first.event, ())
    order = shown(session)
    assert sorted(order) == list(range(6))
    assert shown(Session(review, author(), ledger=Ledger(reversed(list(review.events()))))) == order
    drawn = {tuple(order)}
    for _ in range(5):
        ordering.choose(session, Order.RANDOM)
        drawn.add(tuple(shown(session)))
    assert len(drawn) > 1, "chosen again, it is drawn again"


def test_an_order_that_is_in_force_is_not_written_again(review: Review) -> None:
    session = Session(review, author())
    ordering.choose(session, Order.TITLE)
    n = review.event_count
    assert ordering.begin_with(session, Order.TITLE) is None
    assert ordering.choose(session, Order.TITLE).words == "The records are by title already."
    assert review.event_count == n


def test_work_goes_on_in_the_order(review: Review) -> None:
    session = Session(review, author())
    ordering.choose(session, Order.TITLE)
    session.queue.go(0)
    for expected in (2, 1, 4):
        assert session.current == expected
        session.decide(Verdict.MAYBE)
    again = Session(review, author())
    assert again.current == 5
    again.queue.go(5)
    assert again.queue.next_undecided()
    assert again.current == 5
    assert again.queue.find("elan")
    assert again.current == 1
    assert again.queue.find_next(+1)
    assert again.current == 4
    assert again.queue.filter("year:2020") == 2
    assert list(again.queue.shown) == [2, 4]
    again.queue.filter("")
    assert again.current == 4
    assert again.queue.filter("is:undecided") == 3
    assert list(again.queue.shown) == [5, 0, 3]
    assert again.current == 5, "the next one in the order"


def test_a_record_that_leaves_makes_room_for_the_next_in_the_order(review: Review) -> None:
    session = Session(review, author())
    ordering.choose(session, Order.NEWEST)
    session.queue.go(1)
    facts.remove(session, [session.need_record()], Removal.OTHER, "retracted")
    assert shown(session) == [2, 5, 0, 3, 1]
    assert session.current == 5
    pair = Pair(review.records.id_at(0), review.records.id_at(5), 0.9, False, ())
    Linking(session).judge(pair, same=True)
    session.queue.renew()
    assert 0 not in shown(session) or 5 not in shown(session)
    assert session.undo() is not None
    assert session.undo() is not None
    assert shown(session) == [2, 4, 5, 0, 3, 1]


def test_a_decision_keeps_how_its_record_came_up(review: Review) -> None:
    session = Session(review, author())
    assert "shown" not in session.decide(Verdict.INCLUDE).event.body, "as imported"
    ordering.choose(session, Order.NEWEST)
    session.queue.go(1)
    event = session.decide(Verdict.INCLUDE).event
    assert event.shown == {"order": "newest", "rank": 2, "of": 6}
    assert shown_words(event) == "shown newest first, 2 of 6"
    session.queue.go(1)
    assert "shown" not in session.decide(Verdict.EXCLUDE).event.body, "only the first decision"
    session.queue.filter("year:2010")
    assert session.decide(Verdict.INCLUDE).event.shown == {"order": "newest", "rank": 3, "of": 6}


def test_nothing_is_chosen_where_nothing_can_be_saved(review: Review) -> None:
    review.close()
    with Review.open(review.folder, write=False) as reading:
        session = Session(reading, author())
        with pytest.raises(NotSavedError):
            ordering.choose(session, Order.TITLE)
        assert session.queue.chosen.order is Order.IMPORTED


def test_orders_go_by_their_names() -> None:
    assert ordering.need_order("newest") is Order.NEWEST
    with pytest.raises(UsageError, match="there are imported, title, newest"):
        ordering.need_order("best")


def test_a_full_text_list_has_an_order_of_its_own(review: Review) -> None:
    session = Session(review, author())
    for _ in range(6):
        session.decide(Verdict.INCLUDE)
    session.change_stage()
    ordering.choose(session, Order.OLDEST)
    assert shown(session) == [3, 0, 5, 2, 4, 1]
    session.change_stage()
    assert session.stage == Stage.TITLE_ABSTRACT
    assert shown(session) == [0, 1, 2, 3, 4, 5]


class _Ranked:
    """A ranking as the list takes it."""

    version = "a model"

    def __init__(self, order: list[int], labelled: set[int]) -> None:
        from array import array

        self.order = array("q", order)
        self.labelled = labelled


@given(st.data())
def test_history_stays_while_the_rest_is_ranked(data: st.DataObject) -> None:
    """Whatever is shown, decided and ranked: nothing is lost, and what was decided stays in its order."""
    n = data.draw(st.integers(1, 12))
    ranked, decided = RankedList([], range(n)), dict[int, None]()
    asked: list[_Ranked] = []
    cursor, stays = 0, list[int]()
    for step in data.draw(st.lists(st.sampled_from(["visit", "decide", "ask", "take"]), max_size=30)):
        if step == "visit":
            cursor = data.draw(st.integers(0, n - 1))
            ranked.visit(ranked.every[cursor], cursor)
        elif step == "decide":
            ranked.visit(ranked.every[cursor], cursor)
            decided.setdefault(ranked.every[cursor])
        elif step == "ask":
            waiting = [i for i in range(n) if i not in decided]
            asked.append(_Ranked(data.draw(st.permutations(waiting)), set(decided)))
        elif asked:
            here = ranked.every[cursor]
            ranked.visit(here, cursor)
            answer = asked.pop()
            ranked.take(answer, here, decided.__contains__)
            every = list(ranked.every)
            assert sorted(every) == list(range(n))
            assert {ranked.rank(every.index(i)) for i in (here, *decided)} == {None}
            rest = [i for p, i in enumerate(every) if ranked.rank(p)]
            assert rest == [i for i in answer.order if i in rest], "the rest is as ranked"
            assert every[: len(stays)] == stays, "what stood before the rest still does"
            stays = [i for p, i in enumerate(every) if not ranked.rank(p)]
            cursor = every.index(here)


def test_words_of_a_hostile_trail_are_clean() -> None:
    hostile = "\x1b]0;x\x07\u202e[b]"
    shown = {"order": hostile, "rank": hostile, "of": [1], "model": {"a": hostile}}
    decided = Event(id="1", kind="decide", by="Ann", body={"verdict": "include", "shown": shown})
    chosen = Event(id="2", kind="order", by="Ann", body={"order": "random", "seed": hostile})
    unknown = Event(id="3", kind="order", by="Ann", body={"order": ["x"]})
    for words in (shown_words(decided), action_words(chosen, ()), action_words(unknown, ())):
        assert words
        assert words.isprintable()
    assert shown_words(Event(id="4", kind="decide", by="Ann", body={"shown": hostile})) == ""


def test_the_report_says_how_many_were_shown_in_which_order(review: Review) -> None:
    session = Session(review, author())
    session.decide(Verdict.INCLUDE)
    ordering.choose(session, Order.NEWEST)
    session.decide(Verdict.EXCLUDE)
    found = facts_of(review, session.ledger, made="2026-03-01T12:00:00Z", version="1")
    assert found.stages[0].shown == {"newest": 1}
    paragraphs = [block.text for block in selection(found) if isinstance(block, Paragraph)]
    assert "records were shown is stored for 1 decision (newest first)." in " ".join(paragraphs)
