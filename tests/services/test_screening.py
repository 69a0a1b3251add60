"""Screening without a screen: the session, its queue, and what is there after opening the review again."""

from __future__ import annotations

import itertools
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.domain.events import Author, Kind, Removal, Stage, Verdict
from tamis.domain.ledger import Ledger
from tamis.domain.query import parse
from tamis.domain.record import Record
from tamis.domain.states import State
from tamis.domain.text import clean_line, clean_text, fold
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services import facts
from tamis.services.candidates import ReviewCandidate
from tamis.services.screening import IDLE_SECONDS, Session
from tamis.services.stopping import Watch, stop
from tests.services import helpers
from tests.tui import reviews

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.store.review import Review

TWO_STAGES = reviews.PROTOCOL.replace('["title-abstract"]', '["title-abstract", "full-text"]')


def numbered(n: int) -> list[Record]:
    return [Record(title=f"Record {k}", abstract="Words.", year=2000 + k) for k in range(1, n + 1)]


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """A review of six records."""
    with reviews.make(tmp_path / "review", numbered(6), protocol=TWO_STAGES) as made:
        yield made


@pytest.fixture
def session(review: Review) -> Session:
    """A session on it."""
    return reviews.session(review)


def at(session: Session) -> str:
    """The title of the current record."""
    return session.record.title if session.record else ""


# Deciding and moving


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


def test_the_search_for_undecided_goes_round_the_end(session: Session) -> None:
    session.queue.go(5)
    session.decide(Verdict.INCLUDE)
    assert at(session) == "Record 1"


def test_the_last_decision_stays_on_a_record(session: Session) -> None:
    for _ in range(6):
        session.decide(Verdict.INCLUDE)
    assert at(session) == "Record 6"
    assert session.progress().left == 0
    assert not session.queue.next_undecided()
    session.decide(Verdict.EXCLUDE)
    assert at(session) == "Record 6"


def test_next_undecided_may_be_where_we_are_only_when_asked(session: Session) -> None:
    for _ in range(5):
        session.decide(Verdict.INCLUDE)
    assert at(session) == "Record 6"
    assert session.queue.next_undecided(here=True)
    assert session.queue.next_undecided(), "around the end, back to the only one"
    assert at(session) == "Record 6"


def test_moving_stops_at_the_ends(session: Session) -> None:
    session.queue.move(-1)
    assert session.queue.cursor == 0
    session.queue.move(100)
    assert session.queue.cursor == 5
    session.queue.go(-7)
    assert session.queue.cursor == 0


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


# Undo and redo


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


# Coming back


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


# Progress and pace


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


# Filter and search


def test_a_filter_keeps_the_record_or_goes_to_the_next_one(session: Session) -> None:
    session.queue.go(3)
    session.queue.filter("year:>=2003")
    assert at(session) == "Record 4"
    session.queue.filter("title:6")
    assert at(session) == "Record 6"
    session.queue.filter("title:1")
    assert at(session) == "Record 1"
    session.queue.filter("")
    assert (at(session), len(session.queue), session.queue.filter_text) == ("Record 1", 6, "")


def test_a_filter_that_matches_nothing_or_is_wrong_changes_nothing(session: Session) -> None:
    session.queue.filter("year:2002-2004")
    assert session.queue.filter("nowhere") == 0
    with pytest.raises(UsageError):
        session.queue.filter("is:nonsense")
    assert (len(session.queue), session.queue.filter_text) == (3, "year:2002-2004")


def test_deciding_in_a_filtered_list_stays_in_it(session: Session) -> None:
    session.queue.filter("year:2002-2004")
    for _ in range(3):
        session.decide(Verdict.INCLUDE)
    assert at(session) == "Record 4"
    assert not session.queue.next_undecided()
    assert session.progress().left == 3


def test_search_goes_round_in_both_directions(session: Session) -> None:
    session.queue.go(2)
    assert session.queue.find("record")
    assert at(session) == "Record 3", "the current record counts as first"
    places = []
    for direction in (1, 1, 1, 1, -1, -1):
        session.queue.find_next(direction)
        places.append(session.queue.cursor)
    assert places == [3, 4, 5, 0, 5, 4]
    assert not session.queue.find("nowhere")
    assert session.queue.cursor == 4
    assert not session.queue.find("  ")
    assert session.queue.search is None


def test_only_own_decisions_notes_and_labels_filter(review: Review, session: Session) -> None:
    ben = reviews.session(review, "Ben")
    ben.decide(Verdict.EXCLUDE, ["design"])
    ben.set_note("n")
    ben.set_labels(["l"])
    for text in ("is:decided", "reason:design", "has:note", "label:l"):
        assert session.queue.filter(text) == 0
    assert ben.queue.filter("reason:2") == 1
    assert ben.queue.filter("reason:1") == 0


_TEXT = st.text(st.sampled_from('aAbßé中 "\\/\n\t-:[]%İıſ\u0301\u00a0ﬁ'), max_size=12) | st.text(max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_TEXT, min_size=1, max_size=4), _TEXT)
def test_the_quick_look_at_the_bytes_says_what_the_slow_one_says(texts: list[str], needle: str) -> None:
    """A search finds a record exactly when one of its texts holds the words, whatever the bytes look like."""
    with tempfile.TemporaryDirectory() as folder:
        records = [
            Record(title=clean_line(t), abstract=clean_text(t), keywords=(clean_line(t),)) for t in texts
        ]
        with reviews.make(Path(folder) / "r", records) as review:
            folded = " ".join(fold(needle).split())
            for n, record in enumerate(records):
                parts = (record.title, record.abstract, *record.keywords)
                slow = any(folded in " ".join(fold(part).split()) for part in parts)
                assert ReviewCandidate(review, Ledger(), "title-abstract", "Ann", n).contains(folded) == slow


@settings(max_examples=60, deadline=None)
@given(st.lists(_TEXT, min_size=1, max_size=3))
def test_a_record_is_found_by_its_own_title(texts: list[str]) -> None:
    """Whatever a title holds, quoting it finds its record."""
    records = [Record(title=clean_line(t)) for t in texts]
    with tempfile.TemporaryDirectory() as folder, reviews.make(Path(folder) / "r", records) as review:
        session = reviews.session(review)
        for n, record in enumerate(records):
            if '"' in record.title or not fold(record.title).strip():
                continue
            session.queue.filter("")
            assert parse(f'"{record.title}"').terms
            assert session.queue.filter(f'"{record.title}"') >= 1
            assert n in session.queue.shown


# Random work, and what is there afterwards


def state(session: Session) -> dict[str, Any]:
    """Everything that stands for the reviewer."""
    ledger, ids = session.ledger, [session.review.records.id_at(n) for n in session.queue.every]
    return {
        "votes": [
            (v.verdict, v.reasons) if (v := ledger.vote(i, session.stage, session.by)) else None for i in ids
        ],
        "notes": [ledger.note(i, session.by) for i in ids],
        "labels": [ledger.labels(i, session.by) for i in ids],
        "known": ledger.known_labels(),
        "progress": session.progress().verdicts,
        "undo": [e.id for e in ledger.history(session.by)],
        "redo": [e.id for e in ledger.redoable(session.by) or ()],
        "outcomes": [ledger.outcome(i, session.stage) for i in ids],
    }


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


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 7), st.sets(st.integers(0, 6)), st.integers(0, 6))
def test_next_undecided_is_the_next_one_round_the_end(n: int, decided: set[int], start: int) -> None:
    """The cursor goes to the first undecided record after it, past the end from the top."""
    with tempfile.TemporaryDirectory() as folder, reviews.make(Path(folder) / "r", numbered(n)) as review:
        session = reviews.session(review)
        decided = {d for d in decided if d < n}
        for d in decided:
            session.decide_record(review.records.id_at(d), Verdict.MAYBE)
        start %= n
        session.queue.go(start)
        wanted = next((k % n for k in range(start + 1, start + n + 1) if k % n not in decided), None)
        assert session.queue.next_undecided() == (wanted is not None)
        assert session.queue.cursor == (start if wanted is None else wanted)


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
