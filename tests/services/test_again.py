"""Records shown again: unmarked, drawn by nobody, on disk, and counted only as a reviewer's consistency."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.domain.events import Kind, Order, Removal, Verdict
from tamis.domain.ledger import Ledger
from tamis.errors import ProtocolError, UsageError
from tamis.services import again, facts, ordering
from tamis.services.again import chance, consistency
from tamis.services.importing import import_files
from tamis.services.reporting import summary
from tamis.services.screened import Screened
from tamis.services.screening import Session
from tamis.store.review import Review

from .helpers import author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.domain.events import Event

RECORDS = 40
TA = "title-abstract"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five decisions are a while here."""
    monkeypatch.setattr(again, "AWHILE", 5)


@contextmanager
def made(folder: Path, records: int = RECORDS) -> Iterator[Review]:
    folder.mkdir()
    with make_review(folder / "review", stages=("title-abstract", "full-text")) as review:
        (folder / "hits.ris").write_text(ris(*(f"Title {n}" for n in range(records))), encoding="utf-8")
        import_files(review, [folder / "hits.ris"], author=author("Import"))
        yield review


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with made(tmp_path / "it") as opened:
        yield opened


def screen(session: Session, decisions: int, verdict: Verdict = Verdict.EXCLUDE) -> list[Event]:
    """Decide until so many decisions were made; what was said of records shown again."""
    found: list[Event] = []
    while decisions:
        event = session.decide(verdict).event
        found += [event] if event.kind == Kind.AGAIN else []
        decisions -= event.kind == Kind.DECIDE
    return found


def until_hidden(session: Session, verdict: Verdict = Verdict.EXCLUDE) -> Event:
    """Decide until a record is shown again; the decision on it."""
    while not session.hidden:
        session.decide(verdict)
    vote = session.ledger.vote(session.record_id or "", session.stage, session.by)
    assert vote is not None
    return vote


def test_it_is_off_until_asked_for(review: Review) -> None:
    session = Session(review, author())
    assert screen(session, RECORDS) == []
    assert consistency(session.ledger, TA, "Ann") is None
    assert not any(event.kind == Kind.AGAIN for event in review.events())


def test_the_record_stands_in_place_of_the_next_and_nothing_said_of_it_is_seen(review: Review) -> None:
    session = Session(review, author(), again=0.5)
    for n in range(10):
        if not session.hidden:
            session.set_labels(["seen"])
            session.set_note(f"note {n}")
        session.decide(Verdict.INCLUDE)
    first = until_hidden(session, Verdict.INCLUDE)
    while not session.ledger.note(first.record, "Ann"):
        session.decide(Verdict.INCLUDE)
        first = until_hidden(session, Verdict.INCLUDE)
    place = session.queue.cursor
    following = review.records.id_at(session.queue.shown[place])
    assert session.vote() is None
    assert (session.note(), session.labels()) == ("", ())
    row = session.row(place)
    assert (row.record_id, row.verdict, row.noted, row.labels) == (first.record, "undecided", False, ())
    earlier = session.ledger.note(first.record, "Ann")
    session.set_note("second thoughts")
    session.set_labels(["later"])
    assert session.ledger.note(first.record, "Ann") == f"{earlier}\nsecond thoughts"
    assert session.ledger.labels(first.record, "Ann") == ("seen", "later")
    with pytest.raises(UsageError, match="This record is undecided"):
        session.decide(Verdict.UNDECIDED)
    change = session.decide(Verdict.EXCLUDE, ["population"])
    assert change.words.startswith("exclude (Wrong population")
    assert change.event.body["first"] == first.id
    assert session.ledger.vote(first.record, TA, "Ann") is first
    assert (session.queue.cursor, session.record_id) == (place, following)


def test_it_is_not_one_of_the_last_decisions_and_none_comes_twice(review: Review) -> None:
    session = Session(review, author(), again=0.5)
    decided: list[str] = []
    shown: list[str] = []
    while session.vote() is None:
        event = session.decide(Verdict.EXCLUDE).event
        if event.kind == Kind.AGAIN:
            assert event.record not in decided[-5:]
            shown.append(event.record)
        else:
            decided.append(event.record)
    assert len(decided) == RECORDS
    assert len(shown) == len(set(shown)) > 5


def test_it_comes_at_the_rate_asked_for_and_after_the_decisions_whose_ids_say_so(tmp_path: Path) -> None:
    with made(tmp_path / "many", 600) as review:
        session = Session(review, author(), again=0.2)
        said = screen(session, 600)
        decisions = [e.id for e in session.ledger.events.values() if e.kind == Kind.DECIDE]
        due = [i for i in decisions[5:-1] if chance(i) < 0.2]
        assert [event.body["seed"] for event in said if event.body["seed"] in due] == due
        assert 80 < len(said) < 160


def test_after_a_restart_the_same_record_is_shown(review: Review) -> None:
    first = until_hidden(Session(review, author(), again=0.3))
    folder = review.folder
    review.close()
    with Review.open(folder, reviewer="Ann", now="2026-03-02T11:00:00Z") as opened:
        session = Session(opened, author(), again=0.3)
        assert session.hidden
        assert session.record_id == first.record
        assert not Session(opened, author()).hidden
        assert not Session(opened, author("Ben"), again=0.3).hidden
    with Review.open(folder, write=False) as opened:
        assert not Session(opened, author(), again=0.3).hidden


def test_undo_shows_it_again_and_hides_it_still(review: Review) -> None:
    session = Session(review, author(), again=0.5)
    first = until_hidden(session)
    session.decide(Verdict.INCLUDE)
    undone = session.undo()
    assert undone is not None
    assert undone.words.startswith("Undone: include")
    assert session.hidden
    assert session.record_id == first.record
    assert not session.ledger.agains(TA, "Ann")
    done = session.redo()
    assert done is not None
    assert not session.hidden
    assert list(session.ledger.agains(TA, "Ann")) == [first.record]
    session.undo()
    session.undo()
    assert not session.hidden, "undo goes to its record, and shows that one"
    assert session.vote() is None


def test_it_gives_way_to_moving_a_filter_and_the_other_stage(review: Review) -> None:
    session = Session(review, author(), again=0.5)
    first = until_hidden(session, Verdict.INCLUDE)
    session.queue.move(-1)
    assert not session.hidden
    session.queue.move(1)
    assert session.record_id == first.record
    session.queue.filter("is:undecided")
    assert not session.hidden
    session.queue.filter("")
    assert session.hidden
    session.change_stage()
    assert not session.hidden


def test_the_other_stage_goes_on_with_the_record_it_stood_in_place_of(review: Review) -> None:
    screen(Session(review, author()), RECORDS, Verdict.INCLUDE)
    session = Session(review, author(), stage="full-text", again=0.5)
    first = until_hidden(session, Verdict.INCLUDE)
    place = review.records.id_at(session.queue.shown[session.queue.cursor])
    session.change_stage()
    assert (session.stage, session.hidden, session.record_id) == (TA, False, place)
    row = session.row(session.queue.cursor)
    assert (row.record_id, row.verdict) == (place, Verdict.INCLUDE)
    event = session.decide(Verdict.EXCLUDE).event
    assert (event.kind, event.record, event.stage) == (Kind.DECIDE, place, TA)
    assert not session.ledger.agains(TA, "Ann")
    assert session.ledger.vote(first.record, "full-text", "Ann") is first


def test_one_that_is_removed_meanwhile_gives_way(review: Review) -> None:
    session = Session(review, author(), again=0.5)
    first = until_hidden(session)
    place = review.records.id_at(session.queue.shown[session.queue.cursor])
    facts.remove(session, [session.need_record()], Removal.OTHER, "retracted")
    assert (session.hidden, session.record_id) == (False, place)
    assert session.row(session.queue.cursor).record_id == place
    event = session.decide(Verdict.INCLUDE).event
    assert (event.kind, event.record) == (Kind.DECIDE, place)
    assert first.record not in session.ledger.agains(TA, "Ann")


def test_a_difference_is_settled_by_either_key(review: Review) -> None:
    session = Session(review, author(), again=0.5)
    pairs = []
    for said in (Verdict.INCLUDE, Verdict.INCLUDE, Verdict.EXCLUDE):
        first = until_hidden(session)
        session.decide(said)
        pairs.append(first.record)
    found = consistency(session.ledger, TA, "Ann")
    assert found is not None
    assert found.unsettled == tuple(pairs[:2])
    before = (found.agreement.records, found.agreement.same)
    assert before == (3, 1)
    session.queue.go_to(pairs[0])
    kept = session.decide(Verdict.EXCLUDE)
    assert kept.words.startswith("kept after a second look – Title")
    session.queue.go_to(pairs[1])
    assert session.decide(Verdict.INCLUDE).event.kind == Kind.DECIDE
    found = consistency(session.ledger, TA, "Ann")
    assert found is not None
    assert found.unsettled == ()
    assert (found.agreement.records, found.agreement.same) == before
    assert session.ledger.vote(pairs[0], TA, "Ann") is found.pairs[0].first
    session.queue.go_to(pairs[0])
    assert session.decide(Verdict.EXCLUDE).words.startswith("Already exclude")
    session.undo()
    undone = session.undo()
    assert undone is not None
    assert undone.words.startswith("Undone: kept after a second look")
    found = consistency(session.ledger, TA, "Ann")
    assert found is not None
    assert set(found.unsettled) == set(pairs[:2])


def test_a_full_text_needs_its_reason_the_second_time_too(review: Review) -> None:
    screen(Session(review, author()), RECORDS, Verdict.INCLUDE)
    session = Session(review, author(), stage="full-text", again=0.5)
    first = until_hidden(session, Verdict.INCLUDE)
    with pytest.raises(ProtocolError, match="with a reason"):
        session.decide(Verdict.EXCLUDE)
    assert session.hidden
    session.decide(Verdict.EXCLUDE, ["design"])
    assert list(session.ledger.agains("full-text", "Ann")) == [first.record]
    assert not session.ledger.agains(TA, "Ann")


keys = st.sampled_from(["include", "exclude", "maybe", "undo", "redo", "up", "clear"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(keys, min_size=20, max_size=60))
def test_the_summary_is_that_of_the_decisions_alone(
    tmp_path_factory: pytest.TempPathFactory, pressed: list[str]
) -> None:
    with made(tmp_path_factory.mktemp("it") / "in", 20) as review:
        session = Session(review, author(), again=0.5)
        for key in pressed:
            if key in ("undo", "redo"):
                getattr(session, key)()
            elif key == "up":
                session.queue.move(-1)
            elif key != "clear":
                session.decide(Verdict(key))
            elif session.vote() is not None:
                session.decide(Verdict.UNDECIDED)
        events = list(review.events())
        unseen = {e.id for e in events if e.kind == Kind.AGAIN}
        # undos of what was said again go with it
        unseen |= {e.id for e in events if e.kind == "undo" and set(e.replaces) <= unseen}
        unseen |= {e.id for e in events if e.kind == "redo" and set(e.replaces) <= unseen}
        alone = Ledger(e for e in events if e.id not in unseen)
        assert summary(review, session.ledger) == summary(review, alone)
        assert summary(review, Ledger(events)) == summary(review, alone)


def test_the_sequence_of_screened_records_is_followed_without_being_built_anew(review: Review) -> None:
    session = Session(review, author(), again=0.5)
    followed = Screened(session.ledger, TA)
    assert screen(session, RECORDS)
    followed.update()
    assert followed.built == 0
    assert followed.records == Screened(session.ledger, TA).records
    assert len(followed.records) == RECORDS


@pytest.mark.parametrize("order", [Order.RANDOM, Order.NEWEST, Order.TITLE])
def test_in_any_order_it_stands_in_place_of_the_next_one(review: Review, order: Order) -> None:
    session = Session(review, author(), again=0.5)
    ordering.choose(session, order)
    first = until_hidden(session)
    place = session.queue.cursor
    following = review.records.id_at(session.queue.shown[place])
    assert session.ledger.vote(following, TA, "Ann") is None
    assert session.record_id == first.record != following
    change = session.decide(Verdict.MAYBE)
    assert "shown" not in change.event.body
    assert (session.queue.cursor, session.record_id) == (place, following)
    session.undo()
    assert (session.hidden, session.record_id) == (True, first.record)
