"""Screening without a screen: deciding, the stages, the pace, and what cannot be decided."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Kind, Removal, Stage, Verdict
from tamis.domain.states import State
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services import facts
from tamis.services.screening import IDLE_SECONDS, Session
from tamis.services.stopping import Watch, stop
from tests.services import helpers
from tests.services.helpers import at, state
from tests.tui import reviews
from tests.tui.reviews import TWO_STAGES, numbered

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.store.review import Review


def test_a_first_decision_goes_to_the_next_undecided(session: Session) -> None:
    session.queue.go(1)
    session.decide(Verdict.INCLUDE)
    session.queue.go(0)
    session.decide(Verdict.MAYBE)
    assert at(session) == "Record 3"


def test_a_changed_decision_goes_to_the_next_record(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    session.decide(Verdict.INCLUDE)
    session.queue.go(0)
    session.decide(Verdict.EXCLUDE)
    assert at(session) == "Record 2"


def test_the_last_decision_stays_on_a_record(session: Session) -> None:
    for _ in range(6):
        session.decide(Verdict.INCLUDE)
    assert at(session) == "Record 6"
    assert session.progress().left == 0
    assert not session.queue.next_undecided()
    session.decide(Verdict.EXCLUDE)
    assert at(session) == "Record 6"


def test_the_same_decision_again_is_not_written_again(session: Session) -> None:
    """Pressing the verdict that stands moves on, says so, and leaves the history as it is."""
    session.decide(Verdict.EXCLUDE, ["design"])
    session.queue.go(0)
    assert session.decide(Verdict.EXCLUDE, ["design"]).words.startswith("Already exclude (Wrong study design")
    assert at(session) == "Record 2"
    session.queue.go(0)
    session.decide(Verdict.EXCLUDE, ["population"])
    assert session.review.event_count == 2


def test_an_unknown_reason_saves_nothing(session: Session) -> None:
    with pytest.raises(ProtocolError, match="nonsense is not a reason on title/abstract"):
        session.decide(Verdict.EXCLUDE, ["nonsense"])
    assert session.review.event_count == 0
    assert at(session) == "Record 1"


def test_reasons_belong_to_exclusions_only(session: Session) -> None:
    change = session.decide(Verdict.INCLUDE, ["design"])
    assert change.event.reasons == ()


def test_an_empty_review_has_nothing_to_decide_on(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "none", []) as review:
        session = reviews.session(review)
        assert (session.record, session.current, session.vote(), session.note(), session.labels()) == (
            None, None, None, "", (),
        )  # fmt: skip
        assert (session.progress().total, session.progress().percent, session.progress().position) == (
            0,
            0,
            0,
        )
        with pytest.raises(UsageError, match="no record here"):
            session.decide(Verdict.INCLUDE)
        with pytest.raises(UsageError, match="no record here"):
            session.set_note("x")
        with pytest.raises(UsageError, match="no record here"):
            session.set_labels(["x"])
        assert session.undo() is None
        session.queue.move(1)
        assert not session.queue.next_undecided()
        assert not session.queue.find("x")
        assert session.queue.filter("x") == 0


def test_a_named_record_is_decided_with_its_note_or_not_at_all(session: Session) -> None:
    record_id = session.review.records.id_at(3)
    session.decide_record(record_id, Verdict.EXCLUDE, ["design"], "because")
    assert session.ledger.note(record_id, "Ann") == "because"
    assert session.queue.cursor == 0
    with pytest.raises(UsageError, match="no record nowhere-1"):
        session.decide_record("nowhere-1", Verdict.INCLUDE)


def test_what_could_not_be_saved_changed_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each failed action the session is as before, and the same action succeeds later."""
    session.decide(Verdict.INCLUDE)
    acts = {
        "decide": lambda: session.decide(Verdict.EXCLUDE, ["design"]),
        "note": lambda: session.set_note("words"),
        "labels": lambda: session.set_labels(["a"]),
        "undo": session.undo,
    }
    add = session.review.add_events

    def full(_events: object) -> None:
        raise NotSavedError("No space left on device.")

    for act in acts.values():
        before = state(session)
        monkeypatch.setattr(session.review, "add_events", full)
        with pytest.raises(NotSavedError):
            act()
        assert state(session) == before
        monkeypatch.setattr(session.review, "add_events", add)
        act()
        assert state(session) != before


def test_a_review_open_for_reading_takes_nothing(tmp_path: Path) -> None:
    reviews.make(tmp_path / "review", numbered(2)).close()
    with reviews.reopen(tmp_path / "review", write=False) as review:
        session = reviews.session(review)
        with pytest.raises(NotSavedError, match="open for reading only"):
            session.decide(Verdict.INCLUDE)


def test_work_goes_on_behind_the_last_decision(review: Review, session: Session) -> None:
    session.queue.go(2)
    session.decide(Verdict.INCLUDE)
    again = reviews.session(review)
    assert at(again) == "Record 4"
    again.queue.go(5)
    again.decide(Verdict.INCLUDE)
    assert at(reviews.session(review)) == "Record 1"


def test_a_stage_is_one_of_the_protocols(review: Review) -> None:
    with pytest.raises(ProtocolError, match="not a stage"):
        Session(review, reviews.author(), stage="third")


def test_the_full_text_stage_holds_what_was_included(review: Review, session: Session) -> None:
    for verdict in (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.INCLUDE):
        session.decide(verdict)
    second = Session(review, reviews.author(), stage="full-text")
    assert len(second.queue) == 2
    second.decide(Verdict.EXCLUDE, ["design"])
    assert at(second) == "Record 3"
    assert second.progress().verdicts[Verdict.EXCLUDE] == 1
    assert session.progress().verdicts[Verdict.EXCLUDE] == 1


def test_pace_is_the_median_and_breaks_do_not_count(review: Review) -> None:
    clock = reviews.Clock()
    session = reviews.session(review, clock=clock)
    assert session.progress().seconds_left is None
    for seconds in (10, 20, 100_000):
        clock.seconds += seconds
        session.decide(Verdict.INCLUDE)
    assert session.progress().seconds_each == 20
    assert session.progress().seconds_left == 60
    assert [e.body["seconds"] for e in review.events()] == [10, 20, IDLE_SECONDS]
    assert reviews.session(review).progress().seconds_each == 20, "known again the next day"


def test_time_on_a_record_begins_when_it_is_reached(review: Review) -> None:
    clock = reviews.Clock()
    session = reviews.session(review, clock=clock)
    clock.seconds += 50
    session.queue.move(1)
    clock.seconds += 5
    assert session.decide(Verdict.INCLUDE).event.body["seconds"] == 5


def test_a_clock_that_goes_back_is_no_time(review: Review) -> None:
    clock = reviews.Clock()
    session = reviews.session(review, clock=clock)
    clock.seconds -= 1000
    assert "seconds" not in session.decide(Verdict.INCLUDE).event.body


def test_progress_counts(session: Session) -> None:
    for verdict in (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE):
        session.decide(verdict)
    session.queue.filter("is:decided")
    p = session.progress()
    assert (p.total, p.decided, p.left, p.percent, p.shown, p.position) == (6, 3, 3, 50.0, 3, 3)


def test_a_decision_on_a_duplicate_is_one_on_the_record_that_stands(session: Session) -> None:
    ids = list(session.review.records.ids())[:3]
    session.decide_record(ids[0], Verdict.INCLUDE)
    session.save([session.event(Kind.DUPLICATE, ids[1], {"of": ids[0]}, field=ids[0])])
    session.queue.renew()
    assert session.decide_record(ids[1], Verdict.EXCLUDE, ["design"]).record == ids[0]
    assert session.ledger.state(ids[0]) is State.SCREENED_OUT
    session.undo()
    session.queue.show(lambda record: session.ledger.state(record) is State.DUPLICATE, "duplicates")
    assert [(session.row(n).duplicate, session.row(n).verdict) for n in range(1)] == [(True, "include")]
    change = session.decide(Verdict.EXCLUDE, ["design"])
    assert (change.event.record, change.record_id) == (ids[0], ids[0])
    assert change.words.startswith(f"{ids[0]} stands for it: exclude (")
    assert session.ledger.state(ids[0]) is State.SCREENED_OUT
    assert session.row(0).verdict is Verdict.EXCLUDE
    assert session.decide(Verdict.EXCLUDE, ["design"]).words.startswith("Already exclude")


def test_nothing_is_decided_on_a_removed_record(session: Session) -> None:
    """It would change no count; what was decided before comes back with the record."""
    one = session.review.records.id_at(0)
    session.decide_record(one, Verdict.INCLUDE)
    facts.remove(session, [one], Removal.OTHER, "Retracted")
    count = session.review.event_count
    session.queue.show(lambda record: record == one, "removed")
    assert session.row(0).removed
    for decide in (session.decide, partial(session.decide_record, one)):
        with pytest.raises(UsageError, match=f"{one} was removed: put it back"):
            decide(Verdict.INCLUDE)
    assert session.review.event_count == count
    facts.put_back(session, [one])
    assert session.decide_record(one, Verdict.EXCLUDE, ["design"]).record == one


def test_a_full_text_that_is_not_sought_is_decided_with_a_remark_and_counts_later(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "two", numbered(3), protocol=TWO_STAGES) as review:
        screening = reviews.session(review)
        assessing = Session(review, screening.author, stage=Stage.FULL_TEXT, ledger=screening.ledger)
        ids = list(review.records.ids())
        assert assessing.queue.show(lambda _: True, "all") == 3
        change = assessing.decide(Verdict.INCLUDE)
        assert change.words.startswith("It counts once included on title and abstract: include")
        assert (assessing.progress().decided, len(assessing.queue)) == (0, 3), "the list stays as it is"
        event = assessing.decide_record(ids[1], Verdict.INCLUDE)
        assert assessing.remark(event, ids[1]) == "It counts once included on title and abstract"
        screening.decide_record(ids[1], Verdict.INCLUDE)
        assert screening.ledger.state(ids[1]) is State.INCLUDED
        assert assessing.remark(event, ids[1]) == ""


def test_a_record_that_a_stop_left_is_in_the_list_as_soon_as_it_is_decided(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    stop(session, Watch(session.review, session.ledger), "enough", Removal.EXCLUDED)
    assert session.progress().total == 1
    left = session.queue.show(lambda record: session.ledger.state(record) is State.STOPPED, "left")
    session.decide(Verdict.INCLUDE)
    assert (session.progress().total, session.progress().decided, len(session.queue)) == (2, 2, left)


def test_what_was_assessed_before_its_record_was_excluded_again_is_not_counted(tmp_path: Path) -> None:
    """Two included and assessed, then excluded on the abstract: the third is still to be assessed."""
    review = helpers.make_review(tmp_path / "r", stages=("title-abstract", "full-text"))
    helpers.add(review, tmp_path / "a.ris", helpers.ris("One", "Two", "Three"))
    author = helpers.author()
    first = Session(review, author)
    for _ in range(3):
        first.decide(Verdict.INCLUDE)
    second = Session(review, author, stage="full-text")
    second.decide(Verdict.INCLUDE)
    second.decide(Verdict.INCLUDE)
    first = Session(review, author)
    for index in range(2):
        first.decide_record(review.records.id_at(index), Verdict.EXCLUDE)
    again = Session(review, author, stage="full-text")
    assert (again.progress().decided, again.progress().total, again.progress().left) == (0, 1, 1)
    assert again.queue.next_undecided(here=True)
    assert again.undo() is not None
    assert list(again.queue.every) == [1, 2], "the undo brought the second one back"
    assert (again.progress().decided, again.progress().total) == (1, 2)
    review.close()
