"""Facts about reports: said through the session, undone by it, and what the counts make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Removal, Stage, Verdict
from tamis.domain.states import State
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services import facts, updating
from tamis.services.screening import Session
from tamis.services.updating import Totals
from tests.services.helpers import counted, ids, linked, undo_all
from tests.tui import reviews
from tests.tui.reviews import TWO_STAGES, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.review import Review


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """A review of six records, of which the first four are sought."""
    with reviews.make(tmp_path / "review", numbered(6), protocol=TWO_STAGES) as made:
        session = reviews.session(made)
        for _ in range(4):
            session.decide(Verdict.INCLUDE)
        yield made


@pytest.fixture
def session(review: Review) -> Session:
    """The full-text stage of it."""
    return full_text(review)


def full_text(review: Review, by: str = "Ann") -> Session:
    return Session(review, reviews.author(by), stage=Stage.FULL_TEXT)


# Which record stands


def test_a_person_chooses_which_record_stands(session: Session) -> None:
    linked(session, 1, 2)
    one, two = ids(session, 1, 2)
    before = session.ledger.stands_for(one)
    other = two if before == one else one
    assert facts.stand_for(session, other).words.startswith("stands for its duplicates – Record")
    assert session.ledger.stands_for(one) == other
    assert facts.stand_for(session, other).words.startswith("Already")
    facts.stand_for(session, before)
    facts.stand_for(session, other)
    assert session.ledger.stands_for(one) == other, "the last word counts, also when it was said before"
    for _ in range(3):
        session.undo()
    assert session.ledger.stands_for(one) == before


def test_a_record_without_duplicates_stands_for_none(session: Session) -> None:
    with pytest.raises(UsageError, match="has no duplicates to stand for"):
        facts.stand_for(session, ids(session, 1)[0])
    with pytest.raises(UsageError, match="no record gone-1"):
        facts.stand_for(session, "gone-1")


# Retrieval


def test_a_report_that_could_not_be_had_waits_for_no_decision(session: Session) -> None:
    """Its own place in the flow, passed over on the way to undecided ones, and back with the same key."""
    change = facts.turn_retrieved(session)
    assert change.words == "not retrieved – Record 1"
    assert session.record is not None
    assert session.record.title == "Record 2"
    assert counted(session).databases.not_retrieved == 1
    for _ in range(3):
        session.decide(Verdict.INCLUDE)
    assert (session.progress().left, session.progress().not_retrieved) == (0, 1)
    assert session.progress().percent == 100
    assert not session.queue.next_undecided()
    session.queue.go(0)
    assert facts.turn_retrieved(session).words == "retrieved – Record 1"
    assert session.progress().left == 1
    assert counted(session).databases.not_retrieved == 0


def test_retrieval_is_undone_with_one_step(session: Session) -> None:
    records = ids(session, 1, 2, 3)
    facts.say_retrieved(session, records, retrieved=False)
    assert session.queue.not_retrieved == 3
    undone = session.undo()
    assert undone is not None
    assert undone.words == "Undone: not retrieved – Record 1 and 2 more"
    assert session.queue.not_retrieved == 0
    again = session.redo()
    assert again is not None
    assert again.words == "Done again: not retrieved – Record 1 and 2 more"
    assert session.queue.not_retrieved == 3
    session.undo()
    assert session.ledger.state(records[0]) is State.SOUGHT


def test_what_stands_is_not_said_again(session: Session) -> None:
    records = ids(session, 1, 2)
    assert facts.say_retrieved(session, records, retrieved=True) == []
    assert len(facts.say_retrieved(session, records[:1], retrieved=False)) == 1
    assert len(facts.say_retrieved(session, records, retrieved=False)) == 1


@pytest.mark.parametrize(
    ("number", "words"), [(5, "is not a report that is sought"), (1, "has been decided on its full text")]
)
def test_only_reports_that_are_sought_can_be_missing(session: Session, number: int, words: str) -> None:
    """With one record that will not do, nothing is written of the others."""
    session.decide(Verdict.INCLUDE)
    before = session.review.event_count
    with pytest.raises(UsageError, match=words):
        facts.say_retrieved(session, ids(session, 2, number), retrieved=False)
    assert session.review.event_count == before


def test_retrieval_needs_the_full_text_stage(review: Review, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="said at full text"):
        facts.turn_retrieved(reviews.session(review))
    with reviews.make(tmp_path / "one", numbered(1)) as one:
        session = reviews.session(one)
        with pytest.raises(ProtocolError, match=r'stages = \["title-abstract", "full-text"\]'):
            facts.say_retrieved(session, ids(session, 1), retrieved=False)


def test_a_duplicate_means_the_record_that_stands_for_it(session: Session) -> None:
    linked(session, 1, 2)
    head = session.ledger.stands_for(ids(session, 1)[0])
    [change] = facts.say_retrieved(session, ids(session, 1, 2), retrieved=False)
    assert change.record_id == head
    assert session.queue.not_retrieved == 1


# Studies


def test_reports_of_one_study_are_counted_as_one(session: Session) -> None:
    for _ in range(4):
        session.decide(Verdict.INCLUDE)
    facts.link_study(session, ids(session, 1, 2), " ALPHA\n trial ")
    assert (counted(session).new_studies, counted(session).new_reports) == (3, 4)
    assert session.ledger.study(ids(session, 2)[0]) == "ALPHA trial"
    facts.link_study(session, ids(session, 3), "Alpha Trial")
    assert counted(session).new_studies == 2, "other capitals are no other study"
    facts.link_study(session, ids(session, 4), "BETA")
    assert facts.known_studies(session.ledger) == ["ALPHA trial", "BETA"]
    [change] = facts.link_study(session, ids(session, 1), "")
    assert change.words == "of no study – Record 1"
    assert undo_all(session)[0] == "Undone: of no study – Record 1"
    assert facts.known_studies(session.ledger) == []


def test_a_study_of_the_previous_review_is_not_new(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    [one] = ids(session, 1)
    updating.say_previous(session, Totals(1, 1))
    facts.link_study(session, [one], "ALPHA", previous=True)
    assert (counted(session).new_studies, counted(session).new_reports) == (0, 1)
    assert facts.link_study(session, [one], "ALPHA") == [], "nothing said of it leaves what stands"
    facts.link_study(session, [one], "ALPHA", previous=False)
    assert counted(session).new_studies == 1
    with pytest.raises(UsageError, match="Name the study"):
        facts.link_study(session, [one], "", previous=True)


# Removal


def test_a_report_is_removed_with_all_its_records(review: Review) -> None:
    """Before screening by automation or for other reasons; one undo brings all of the report back."""
    session = reviews.session(review)
    linked(session, 1, 2)
    records = ids(session, 1, 2)
    changes = facts.remove(session, [records[0]], Removal.AUTOMATION, " not  in humans ")
    assert [c.record_id for c in changes] == list(session.ledger.cluster(records[0]))
    assert changes[0].words.startswith("removed before screening by automation (not in humans) – Record")
    counts = counted(session).databases
    assert (counts.removed_automation, counts.duplicates, counts.screened) == (1, 1, 4)
    assert len(session.queue) == 4
    assert facts.remove(session, records, Removal.AUTOMATION, "not in humans") == []
    assert facts.known_rules(session.ledger, Removal.AUTOMATION) == ["not in humans"]
    session.undo()
    assert len(session.queue) == 5
    assert counted(session).databases.removed_automation == 0


def test_what_was_removed_is_put_back(review: Review) -> None:
    session = reviews.session(review)
    [six] = ids(session, 6)
    with pytest.raises(UsageError, match="was not removed"):
        facts.put_back(session, [six])
    with pytest.raises(UsageError, match="Say why"):
        facts.remove(session, [six], Removal.OTHER, " \n")
    facts.remove(session, [six], Removal.OTHER, "retracted")
    assert counted(session).databases.removed_other == 1
    [change] = facts.put_back(session, [six])
    assert change.words == "put back – Record 6"
    assert counted(session).databases.removed_other == 0
    undone = session.undo()
    assert undone is not None
    assert undone.words == "Undone: put back – Record 6"
    assert counted(session).databases.removed_other == 1


# The previous review


def test_the_numbers_of_the_previous_review_add_to_the_totals(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    change = updating.say_previous(session, Totals(12, 14))
    assert change.words == "previous review: 12 studies, 14 reports"
    assert (counted(session).total_studies, counted(session).total_reports) == (13, 15)
    updating.say_previous(session, Totals(12, None))
    assert (counted(session).total_studies, counted(session).total_reports) == (13, None)
    assert updating.say_no_previous(session) is not None
    assert counted(session).previous_studies is None
    assert updating.say_no_previous(session) is None
    assert undo_all(session)[0] == "Undone: no previous review"
    assert counted(session).previous_reports is None


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        (Totals(None, None), "Give the previous review's number"),
        (Totals(-1, 2), "cannot be negative"),
        (Totals(3, 2), "3 studies cannot have 2 reports"),
    ],
)
def test_numbers_that_cannot_be_are_refused(session: Session, totals: Totals, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        updating.say_previous(session, totals)


def test_a_previous_review_is_read_from_its_folder_with_the_one_before_it(
    session: Session, tmp_path: Path
) -> None:
    """What it had included, with what the review before had; a sentence when it is unfinished."""
    session.decide(Verdict.INCLUDE)
    folder = session.review.folder
    totals = updating.totals_of(folder)
    assert (totals.studies, totals.reports) == (1, 1)
    assert "not finished" in totals.notes[0]
    updating.say_previous(session, Totals(12, 14))
    assert updating.totals_of(folder).studies == 13
    updating.say_previous(session, Totals(None, 14))
    totals = updating.totals_of(folder)
    assert (totals.studies, totals.reports) == (None, 15)
    assert "number of studies is not known" in totals.notes[-1]
    reviews.make(tmp_path / "one", numbered(1)).close()
    with pytest.raises(UsageError, match="no full-text stage"):
        updating.totals_of(tmp_path / "one")
    with pytest.raises(UsageError):
        updating.totals_of(tmp_path / "nowhere")


# Deciding at full text


def test_a_full_text_is_excluded_with_a_reason(session: Session) -> None:
    with pytest.raises(ProtocolError, match=r"excluded with a reason.*population, design, language"):
        session.decide(Verdict.EXCLUDE)
    with pytest.raises(ProtocolError, match="excluded with a reason"):
        session.decide_record(ids(session, 1)[0], Verdict.EXCLUDE)
    change = session.decide(Verdict.EXCLUDE, ["design", "population", "design"])
    assert change.event.reasons == ("design", "population")
    assert counted(session).databases.why(State.ASSESSED_OUT) == {"design": 1}


def test_without_reasons_in_the_protocol_a_full_text_is_excluded_without_one(tmp_path: Path) -> None:
    protocol = TWO_STAGES.partition("[[reasons]]")[0]
    with reviews.make(tmp_path / "plain", numbered(1), protocol=protocol) as review:
        reviews.session(review).decide(Verdict.INCLUDE)
        assert full_text(review).decide(Verdict.EXCLUDE).event.reasons == ()


# Between the stages


def test_the_stage_is_changed_on_the_same_record_or_else_where_work_goes_on(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    session.change_stage()
    assert (session.stage, len(session.queue)) == ("title-abstract", 6)
    assert session.record is not None
    assert session.record.title == "Record 2"
    session.queue.go(4)
    session.change_stage()
    assert session.record.title == "Record 2", "the fifth is not sought"
    session.change_stage()
    undone = session.undo()
    assert undone is not None
    assert undone.words == "Undone: include at full text – Record 1"
    session.decide(Verdict.INCLUDE)
    session.change_stage()
    assert (session.stage, len(session.queue)) == ("full-text", 4)
    assert session.progress().decided == 0


def test_nothing_is_said_in_a_review_that_is_open_for_reading(review: Review) -> None:
    folder = review.folder
    review.close()
    with reviews.reopen(folder, write=False) as again:
        session = full_text(again)
        for act in (
            lambda: facts.turn_retrieved(session),
            lambda: facts.link_study(session, ids(session, 1), "A"),
            lambda: facts.remove(session, ids(session, 1), Removal.OTHER, "x"),
            lambda: updating.say_previous(session, Totals(1, 1)),
        ):
            with pytest.raises(NotSavedError, match="open for reading only"):
                act()


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("is:not-retrieved", ["Record 1"]),
        ("is:undecided", ["Record 4"]),
        ("study:alp", ["Record 2"]),
        ("has:study", ["Record 2"]),
        ("reason:population", ["Record 3"]),
        ("primary:population", []),
        ("primary:2", ["Record 3"]),
    ],
)
def test_filters_know_the_facts(session: Session, text: str, titles: list[str]) -> None:
    facts.turn_retrieved(session)
    session.decide(Verdict.INCLUDE)
    facts.link_study(session, ids(session, 2), "ALPHA")
    session.decide(Verdict.EXCLUDE, ["design", "population"])
    assert session.queue.filter(text) == len(titles)
    if titles:
        assert [session.row(n).title for n in range(len(session.queue))] == titles
