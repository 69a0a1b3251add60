"""Undo, redo, and what is there after opening the review again."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Author, Verdict
from tamis.services.screening import Session
from tests.services.helpers import at, state
from tests.tui import reviews
from tests.tui.reviews import numbered

if TYPE_CHECKING:
    from tamis.store.review import Review


def test_undo_and_redo_say_what_and_where(session: Session) -> None:
    session.decide(Verdict.EXCLUDE, ["population"])
    session.set_note("n")
    session.set_labels(["l"])
    said = []
    while change := session.undo():
        said.append((change.words, session.queue.place(change.record_id)))
    assert said == [
        ("Undone: labels l – Record 2", 1),
        ("Undone: note – Record 2", 1),
        ("Undone: exclude (Wrong population) – Record 1", 0),
    ]
    again = []
    while change := session.redo():
        again.append(change.words.replace("Done again", "Undone"))
    assert again == [words for words, _ in reversed(said)]
    assert session.vote() is None
    assert session.note() == "n"


def test_a_new_action_ends_redo(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    session.undo()
    session.decide(Verdict.MAYBE)
    assert session.redo() is None


def test_undo_of_a_change_brings_the_earlier_decision_back(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    session.queue.go(0)
    session.decide(Verdict.UNDECIDED)
    session.queue.go(0)
    session.decide(Verdict.EXCLUDE, ["design"])
    for verdict in (None, "include", None):
        session.undo()
        vote = session.vote()
        assert (vote.verdict if vote else None) == verdict


def test_nobody_undoes_anothers_work(review: Review) -> None:
    reviews.session(review, "Ann").decide(Verdict.INCLUDE)
    ben = reviews.session(review, "Ben")
    assert ben.undo() is None
    assert ben.vote() is None
    assert ben.progress().decided == 0


def test_undo_goes_to_a_record_that_the_filter_hides(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    session.queue.filter("title:5")
    change = session.undo()
    assert change is not None
    assert change.left_filter
    assert at(session) == "Record 1"
    assert len(session.queue) == 6


_ACTIONS = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(Verdict), st.sampled_from(["", "population", "design"])),
    st.tuples(st.just("go"), st.integers(-1, 6)),
    st.tuples(st.just("move"), st.integers(-3, 3)),
    st.tuples(st.just("note"), st.sampled_from(["", "a", "b\nc"])),
    st.tuples(st.just("labels"), st.lists(st.sampled_from(["x", "y", " "]), max_size=3)),
    st.tuples(st.just("filter"), st.sampled_from(["", "is:include", "year:2003", "nowhere"])),
    st.just(("undo",)),
    st.just(("redo",)),
    st.just(("next",)),
    st.just(("reopen",)),
)


def act(session: Session, action: tuple[Any, ...]) -> None:
    """Carry out one random action."""
    match action:
        case ("decide", verdict, reason):
            session.decide(verdict, [reason] if reason else [])
        case ("go", n):
            session.queue.go(n)
        case ("move", n):
            session.queue.move(n)
        case ("note", text):
            session.set_note(text)
        case ("labels", labels):
            session.set_labels(labels)
        case ("filter", text):
            session.queue.filter(text)
        case ("undo",):
            session.undo()
        case ("redo",):
            session.redo()
        case ("next",):
            session.queue.next_undecided()


@settings(max_examples=60, deadline=None)
@given(st.lists(_ACTIONS, max_size=30))
def test_after_any_work_the_reopened_review_is_the_live_one(actions: list[tuple[Any, ...]]) -> None:
    """Votes, notes, labels, progress and what undo does next: the same after opening the review again."""
    ids = itertools.count(1)
    ann = Author("Ann", lambda: reviews.NOW, lambda: f"{next(ids):08}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "review"
        review = reviews.make(place, numbered(5))
        session = Session(review, ann)
        for action in actions:
            if action == ("reopen",):
                review.close()
                review = reviews.reopen(place)
                session = Session(review, ann)
            else:
                act(session, action)
            assert 0 <= session.queue.cursor < len(session.queue)
        live = state(session)
        review.close()
        with reviews.reopen(place) as again:
            assert state(Session(again, ann)) == live
            assert [e.seq for e in again.events()] == list(range(1, again.event_count + 1))


@settings(max_examples=60, deadline=None)
@given(st.lists(_ACTIONS, max_size=15))
def test_undoing_everything_leaves_nothing_and_redo_brings_it_back(actions: list[tuple[Any, ...]]) -> None:
    """However long the history: undo to its beginning, redo to its end."""
    with (
        tempfile.TemporaryDirectory() as folder,
        reviews.make(Path(folder) / "review", numbered(5)) as review,
    ):
        session = reviews.session(review)
        for action in actions:
            act(session, action)
        while session.redo():
            pass
        live = state(session)
        steps = 0
        while session.undo():
            steps += 1
        assert steps == len(live["undo"])
        assert state(session)["votes"] == [None] * 5
        assert not any(state(session)["notes"])
        assert not any(state(session)["labels"])
        while session.redo():
            pass
        for key in ("votes", "notes", "labels", "progress", "undo"):
            assert state(session)[key] == live[key]
