"""The order by relevance while screening: learnt from own decisions, and the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Event, Kind, Order, Stage, Verdict
from tamis.domain.highlight import TermSet
from tamis.domain.ledger import Ledger
from tamis.domain.protocol import Protocol
from tamis.errors import UsageError
from tamis.services import ordering, relevance
from tamis.services.importing import import_files
from tamis.services.relevance import Relevance, hints_of
from tamis.services.report.facts import facts as facts_of
from tamis.services.screening import Session
from tamis.services.wording import shown_words

from .guiding import LABELS, RELEVANT, SIZE, decide, order_of, ris
from .helpers import add, author, make_review

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tamis.store.review import Review


def test_what_is_relevant_comes_first_and_history_stays(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    was = []
    for n in range(40):
        was.append(session.current)
        decide(session, guide, 1)
        assert list(session.queue.every[: n + 1]) == was
        assert session.queue.cursor == n + 1
    assert sum(LABELS[index] for index in was if index is not None) == RELEVANT, "all in half of the reading"
    assert guide.sentence() == "Ordered by your decisions."


def test_each_decision_keeps_rank_and_model(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    decide(session, guide, 3)
    session.queue.move(1)
    session.queue.move(1)
    skipped = session.queue.every[3:5]
    event = session.decide(Verdict.EXCLUDE).event
    assert event.shown["rank"] == 2, "the best one was shown before, and the next one passed over"
    assert event.shown["of"] == SIZE - 4
    assert event.shown["order"] == "relevance"
    assert str(event.shown["model"]).startswith("ridge-")
    assert guide.wait()
    decide(session, guide, 1)
    assert list(session.queue.every[3:5]) == list(skipped), "what was passed over stays where it was shown"
    decisions = [e for e in session.review.events() if e.kind == Kind.DECIDE]
    assert len({e.shown.get("model") for e in decisions}) > 2, "each says which model"


def test_a_review_in_which_nothing_is_decided_begins_with_the_best_by_the_criteria(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    guide.begin()
    assert guide.words() == "criteria"
    assert session.queue.rank() == {"order": "relevance", "rank": 1, "of": SIZE, "model": session.queue.model}


def test_how_a_record_came_up_is_kept_whenever_it_is_decided(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    decide(session, guide, 3)
    passed, came = session.need_record(), session.queue.rank()
    assert (came["rank"], came["of"]) == (1, SIZE - 3)
    session.queue.move(1)
    decide(session, guide, 2)
    assert session.queue.model != came["model"]
    session.queue.go_to(passed)
    assert guide.why().rank is None, "the list is in another ranking by now"
    assert session.decide(Verdict.EXCLUDE).event.shown == came
    session.undo()
    assert session.decide(Verdict.INCLUDE).event.shown == came


def test_the_same_events_give_the_same_order_everywhere(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    review = made(ris())
    session = Session(review, author())
    guide = guided(session)
    decide(session, guide, 9)
    session.undo()
    decide(session, guide, 1)
    expected = order_of(session, guide)
    version = session.queue.model
    again = Session(review, author())
    assert order_of(again, guided(again)) == expected
    merged = Session(review, author(), ledger=Ledger(reversed(list(review.events()))))
    assert order_of(merged, guided(merged)) == expected
    for path in (review.folder / relevance.CACHE).iterdir():
        path.unlink()
    anew = Session(review, author())
    assert order_of(anew, guided(anew)) == expected, "what is kept can be deleted"
    assert anew.queue.model == version


def test_a_session_begins_with_a_ranked_record(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    review = made(ris())
    session = Session(review, author())
    decide(session, guided(session), 6)
    again = Session(review, author())
    guide = guided(again)
    guide.begin()
    assert again.queue.rank()["rank"] == 1
    assert again.queue.model


def test_only_own_decisions_count(made: Callable[[str], Review], guided: Callable[..., Relevance]) -> None:
    review = made(ris())
    ann = Session(review, author())
    decide(ann, guided(ann), 8)
    ben = Session(review, author("Ben"))
    guide = guided(ben)
    order_of(ben, guide)
    assert guide.sentence() == "Ordered by criteria until 1 include and 1 exclude."
    guide.ask()
    assert guide.wait()
    answer = guide.newest(ben.queue)
    assert answer is not None
    assert not answer.labelled


def test_undo_and_clearing_take_back_what_was_learnt(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    first = order_of(session, guide)[1:]
    session.decide(Verdict.MAYBE)
    session.queue.move(-1)
    session.decide(Verdict.UNDECIDED)
    session.queue.move(-1)
    assert order_of(session, guide)[1:] == first
    decide(session, guide, 1)
    session.undo()
    assert order_of(session, guide)[1:] == first
    assert session.queue.cursor == 0


def test_maybe_counts_as_relevant(made: Callable[[str], Review], guided: Callable[..., Relevance]) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    session.decide(Verdict.EXCLUDE)
    session.decide(Verdict.MAYBE)
    assert guide.wait()
    session.queue.move(0)
    assert guide.sentence() == "Ordered by your decisions."


def test_imported_records_join_the_list(
    made: Callable[[str], Review], guided: Callable[..., Relevance], tmp_path: Path
) -> None:
    review = made(ris())
    session = Session(review, author())
    guide = guided(session)
    decide(session, guide, 4)
    more = tmp_path / "more.ris"
    more.write_text(ris(30, 10, seed=2), encoding="utf-8")
    import_files(review, [more], author=session.author)
    session.reload()
    order = order_of(session, guide)
    assert sorted(order) == list(range(SIZE + 30))
    assert order[4:] != sorted(order[4:])
    assert len(list((review.folder / relevance.CACHE).iterdir())) == 1, "those of fewer are gone"


def test_why_names_terms_for_and_against(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    decide(session, guide, 20)
    why = guide.why()
    assert why.rank == 1
    assert why.of == SIZE - 20
    assert any(term.weight > 0 for term in why.terms)
    assert why.text.startswith("Ordered by your decisions.\n1 of 60. Model ridge-")
    assert "\n  ++++++++++ " in why.text or "\n  ---------- " in why.text
    session.queue.go(0)
    assert "Shown before." in guide.why().text
    ordering.choose(session, Order.TITLE)
    with pytest.raises(UsageError, match="not ordered by relevance"):
        guide.why()


def test_a_ranking_is_claimed_only_while_the_list_is_in_it(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    assert guide.sentence() == "Ranked; taken with the next record."
    decide(session, guide, 20)
    assert (guide.words(), guide.sentence()) == ("relevance", "Ordered by your decisions.")
    ordering.choose(session, Order.TITLE)
    ordering.choose(session, Order.RELEVANCE)
    assert guide.wait()
    assert not session.queue.model
    assert guide.words() == "ranking"
    assert guide.sentence() == "Ranked; taken with the next record."
    with pytest.raises(UsageError, match=r"Ranked; taken with the next record\."):
        guide.why()
    session.queue.move(0)
    assert (guide.words(), guide.sentence()) == ("relevance", "Ordered by your decisions.")
    assert guide.why().version == session.queue.model


def test_the_other_stage_has_a_ranking_of_its_own(tmp_path: Path, guided: Callable[..., Relevance]) -> None:
    with make_review(tmp_path / "both", stages=("title-abstract", "full-text")) as review:
        add(review, tmp_path / "both.ris", ris())
        session = Session(review, author())
        ordering.choose(session, Order.RELEVANCE)
        session.change_stage()
        ordering.choose(session, Order.RELEVANCE)
        session.change_stage()
        guide = guided(session)
        decide(session, guide, 20)
        assert guide.words() == "relevance"
        session.change_stage()
        assert (session.stage, guide.words()) == (Stage.FULL_TEXT, "ranking")
        with pytest.raises(UsageError, match="Rank"):
            guide.why()
        order_of(session, guide)
        assert guide.words() == "criteria"
        assert guide.why().version == session.queue.model


def test_a_decision_before_the_first_ranking_is_kept_and_reported_as_imported(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    ordering.choose(session, Order.RELEVANCE)
    first = session.decide(Verdict.INCLUDE).event
    assert "shown" not in first.body
    assert shown_words(first) == ""
    guide = guided(session)
    session.queue.move(0)
    decide(session, guide, 1)
    assert "shown" not in list(session.review.events())[-1].body, "it was on the screen before the ranking"
    decide(session, guide, 1)
    found = facts_of(session.review, session.ledger, made="2026-03-01T12:00:00Z", version="1")
    assert found.stages[0].shown == {"relevance": 1}
    body = {"verdict": "include", "shown": {"order": "relevance", "rank": 1, "of": 390}}
    unranked = Event(id="1", kind=Kind.DECIDE, by="Ann", body=body)
    assert shown_words(unranked) == "", "one of a trail that names no model"


def test_hints_come_from_criteria_question_and_terms() -> None:
    protocol = Protocol(
        question="Does ablation prolong survival?",
        include=("Adults with liver metastases",),
        exclude=("Children, or fewer than ten adults",),
        highlight=(
            TermSet("population", "red", ("colorectal", "random*", "wom?n", "/a|b/", "*itis", "of bile")),
            TermSet("To exclude", "green", ("rats", "survival")),
            TermSet("mice", "blue", ("murine",), "exclude"),
            TermSet("method", "cyan", ("cohort",), "neither"),
        ),
    )
    assert hints_of(protocol) == {
        **dict.fromkeys(("ablation", "prolong", "liver", "metastases"), True),
        **dict.fromkeys(("children", "rats", "survival", "murine"), False),
        **dict.fromkeys(("colorectal", "random*", "wom*", "of bile"), True),
    }


def test_filters_and_searches_follow_the_ranking(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    decide(session, guide, 10)
    session.queue.filter("is:undecided tea")
    shown = list(session.queue.shown)
    assert shown == [i for i in session.queue.every if i in shown]
    session.decide(Verdict.EXCLUDE)
    assert guide.wait()
    session.decide(Verdict.EXCLUDE)
    assert sorted(session.queue.shown) == sorted(shown), "a ranking changes the order, not what is shown"
    assert list(session.queue.shown) == [i for i in session.queue.every if i in shown]
    session.queue.filter("")
    assert session.queue.next_undecided()
    assert session.vote() is None
