"""Linking duplicates: by the rule or a person, always undone, every record and vote back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Kind, Removal, Verdict
from tamis.domain.record import Record
from tamis.errors import NotSavedError
from tamis.services import facts, reporting
from tamis.services.dedup import Pair
from tamis.services.linking import RULE, Linking
from tamis.services.screening import Session
from tests.tui import reviews

from .helpers import add, author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRIAL = Record(
    type="JOUR",
    title="Microwave ablation or resection of small liver metastases: a randomised trial",
    abstract="We assigned 302 adults with small liver metastases to ablation or to resection.",
    authors=("Novak, Lenka", "Okonkwo, Chidi"),
    year=2021,
    journal="Journal of Invented Hepatology",
    volume="58",
    issue="3",
    pages="211-223",
    doi="10.5555/jih.2021.1037",
)
AGAIN = replace(
    TRIAL,
    title="MICROWAVE ABLATION OR RESECTION OF SMALL LIVER METASTASES - A RANDOMIZED TRIAL",
    authors=("Novak L.", "Okonkwo C."),
    abstract="",
    journal="J. Invent. Hepatol.",
)
OTHER = Record(type="JOUR", title="Cryotherapy of warts in schoolchildren", year=1999, authors=("Lind, Eva",))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with reviews.make(tmp_path / "review", records=[TRIAL, OTHER, AGAIN]) as review:
        yield reviews.session(review)


def looked(session: Session) -> Linking:
    linking = Linking(session)
    linking.look()
    return linking


def test_a_certain_pair_is_linked_by_the_rule_and_leaves_the_queue(session: Session) -> None:
    linking = looked(session)
    assert linking.link_certain() == 1
    (event,) = session.review.events()
    assert (event.by, event.kind) == (RULE, "duplicate")
    assert event.body["why"]
    session.reload()
    assert session.progress().total == 2
    assert session.duplicates == 1
    assert linking.link_certain() == 0, "what is linked is not linked again"
    prisma = reporting.summary(session.review, session.ledger)["prisma"]
    assert (prisma["database_results"], prisma["duplicates"], prisma["records_screened"]) == (3, 1, 2)


def test_the_more_complete_record_stands(session: Session) -> None:
    looked(session).link_certain()
    first, last = session.review.records.id_at(0), session.review.records.id_at(2)
    assert session.ledger.stands_for(last) == first


def test_a_person_who_says_they_differ_brings_the_record_back(session: Session) -> None:
    linking = looked(session)
    linking.link_certain()
    (pair,) = linking.linked()
    linking.judge(pair, same=False)
    session.reload()
    assert (session.duplicates, session.progress().total) == (0, 3)
    assert (linking.linked(), linking.questions()) == ([], [])
    session.undo()
    session.reload()
    assert session.duplicates == 1, "the rule's word stands again"


def test_a_decision_on_the_standing_record_holds_for_the_cluster_and_each_vote_comes_back(
    session: Session,
) -> None:
    last = session.review.records.id_at(2)
    session.decide_record(last, Verdict.INCLUDE)
    linking = looked(session)
    linking.link_certain()
    session.reload()
    assert session.progress().decided == 1
    assert session.ledger.outcome(session.ledger.stands_for(last), session.stage) == "include"
    (pair,) = linking.linked()
    linking.judge(pair, same=False)
    session.reload()
    vote = session.ledger.vote(last, session.stage, session.by)
    assert vote is not None
    assert vote.verdict is Verdict.INCLUDE


def test_links_that_were_taken_back_do_not_come_back_by_themselves(session: Session) -> None:
    """They wait for a person, also after a restart; asked for again at once, they are made again."""
    linking = looked(session)
    linking.link_certain()
    assert linking.take_back() == 1
    assert linking.take_back() == 0
    assert session.ledger.clusters() == []
    later = looked(session)
    assert (later.certain(), later.link_certain()) == ([], 0)
    (asked,) = later.questions()
    assert linking.link_certain() == 1
    assert len(session.ledger.clusters()) == 1
    assert linking.take_back() == 1
    later.judge(asked, same=True)
    assert len(session.ledger.clusters()) == 1


def test_links_are_not_taken_back_in_place_of_what_the_reviewer_did_since(session: Session) -> None:
    linking = looked(session)
    linking.link_certain()
    session.decide(Verdict.INCLUDE)
    assert linking.take_back() == 0
    session.undo()
    assert linking.take_back() == 1


def chain(session: Session) -> Linking:
    """Three records of which the middle one was compared with both others; the last is the most complete."""
    linking = Linking(session)
    linking.look()
    bare, full, cut = (session.review.records.id_at(n) for n in (1, 0, 2))
    linking.pairs = [Pair(bare, cut, 0.9, True, ()), Pair(cut, full, 0.9, True, ())]
    return linking


def test_the_most_complete_record_of_a_chain_stands_unless_someone_was_decided_on(session: Session) -> None:
    linking = chain(session)
    full = session.review.records.id_at(0)
    linking.link_certain()
    assert len(session.ledger.cluster(full)) == 3
    assert session.ledger.stands_for(full) == full
    assert linking.link_certain() == 0
    count = session.review.event_count
    linking.link_certain()
    assert session.review.event_count == count, "said once"


@pytest.mark.parametrize("place", [1, 2])
def test_a_record_that_is_decided_on_or_chosen_goes_on_standing(session: Session, place: int) -> None:
    record = session.review.records.id_at(place)
    if place == 1:
        session.decide_record(record, Verdict.MAYBE)
    linking = chain(session)
    if place == 2:
        linking.judge(linking.pairs[0], same=True)
        facts.stand_for(session, record)
    linking.link_certain()
    assert session.ledger.stands_for(record) == record


def test_records_that_a_person_keeps_apart_are_not_linked_over_a_third(session: Session) -> None:
    linking = chain(session)
    a, b = linking.pairs[0].first, linking.pairs[1].second
    linking.judge(Pair(a, b, 0.9, False, ()), same=False)
    assert linking.link_certain() == 1
    assert b not in session.ledger.cluster(a)
    (asked,) = linking.questions()
    assert asked in [replace(pair, certain=False) for pair in linking.pairs]


def asked(session: Session) -> Linking:
    """The rule has linked what it may: nothing, and the pair waits for a person."""
    linking = looked(session)
    assert linking.link_certain() == 0
    assert session.ledger.clusters() == []
    (pair,) = linking.questions()
    assert (pair.first, pair.second) == (session.review.records.id_at(0), session.review.records.id_at(2))
    return linking


@pytest.mark.parametrize("how", [Removal.OTHER, Removal.AUTOMATION])
def test_a_copy_of_a_removed_report_is_left_to_a_person(session: Session, how: Removal) -> None:
    """Linked by the rule, it would take the votes of the removed report and bring it back."""
    first = session.review.records.id_at(0)
    session.decide_record(first, Verdict.INCLUDE)
    facts.remove(session, [first], how, "Retracted")
    linking = asked(session)
    assert session.ledger.removal(first) is not None
    linking.judge(linking.questions()[0], same=True)
    assert len(session.ledger.clusters()) == 1, "a person may"


def test_copies_that_were_both_removed_are_linked(session: Session) -> None:
    facts.remove(session, [session.review.records.id_at(n) for n in (0, 2)], Removal.OTHER, "Retracted")
    assert looked(session).link_certain() == 1


@pytest.mark.parametrize("other", [Verdict.EXCLUDE, Verdict.MAYBE])
def test_copies_that_one_reviewer_decided_differently_are_left_to_a_person(
    session: Session, other: Verdict
) -> None:
    """One of the two decisions would count, and the other one would vanish."""
    session.decide_record(session.review.records.id_at(2), Verdict.INCLUDE)
    session.decide_record(session.review.records.id_at(0), other)
    asked(session)


def test_copies_that_are_decided_differently_are_not_linked_over_a_third(session: Session) -> None:
    linking = chain(session)
    session.decide_record(linking.pairs[0].first, Verdict.INCLUDE)
    session.decide_record(linking.pairs[1].second, Verdict.EXCLUDE)
    assert linking.link_certain() == 1
    assert len(linking.questions()) == 1


def test_copies_that_two_reviewers_decided_differently_are_linked_and_a_conflict(session: Session) -> None:
    first, last = (session.review.records.id_at(n) for n in (0, 2))
    session.decide_record(first, Verdict.INCLUDE)
    ben = Session(session.review, reviews.author("Ben"), ledger=session.ledger)
    ben.decide_record(last, Verdict.EXCLUDE)
    assert looked(session).link_certain() == 1
    assert session.ledger.outcome(first, session.stage) == "conflict"


@pytest.mark.parametrize("decided", [False, True])
def test_the_record_of_a_database_stands_for_one_found_otherwise(tmp_path: Path, decided: bool) -> None:
    """PRISMA counts such a report among databases and registers; what was decided on the other holds."""
    stages = ("title-abstract", "full-text")
    cited_file = ris("Ablation of small liver metastases", AB="Much.")
    with make_review(tmp_path / "review", stages=stages) as review:
        add(review, tmp_path / "a.ris", cited_file, kind="citation")
        session = Session(review, author())
        assessing = Session(review, session.author, stage="full-text", ledger=session.ledger)
        (cited,) = review.records.ids()
        for each in (session, assessing) if decided else ():
            each.decide_record(cited, Verdict.INCLUDE)
        add(review, tmp_path / "b.ris", ris("Ablation of small liver metastases"))
        assert looked(session).link_certain() == 1
        head = session.ledger.stands_for(cited)
        assert head != cited
        assert session.ledger.state(head) == ("included" if decided else "screening")


def test_no_decision_changes_for_a_database_to_stand(tmp_path: Path) -> None:
    """What a person has linked, although it was decided differently, goes on counting as it does."""
    cited_file = ris("Ablation of small liver metastases", AB="Much.")
    with make_review(tmp_path / "review") as review:
        add(review, tmp_path / "a.ris", cited_file, kind="citation")
        add(review, tmp_path / "b.ris", ris("Ablation of small liver metastases"))
        session = Session(review, author())
        cited, found = review.records.ids()
        session.decide_record(cited, Verdict.INCLUDE)
        session.decide_record(found, Verdict.EXCLUDE)
        session.save([session.event(Kind.DUPLICATE, found, {"of": cited}, field=cited)])
        assert session.ledger.stands_for(found) == cited
        linking = looked(session)
        linking.judge(linking.pairs[0], same=True)
        assert session.ledger.chosen(cited) is None


def test_progress_and_summary_leave_out_votes_on_records_that_were_removed(session: Session) -> None:
    ids = [session.review.records.id_at(n) for n in range(3)]
    session.decide_record(ids[0], Verdict.INCLUDE)
    session.decide_record(ids[1], Verdict.EXCLUDE)
    facts.remove(session, ids[:2], Removal.OTHER, "retracted")
    for verdict in (Verdict.MAYBE, Verdict.INCLUDE):
        session.save([session.decision(ids[1], verdict)])  # as another copy of the review may bring it
        session.queue.renew()
        progress = session.progress()
        assert (progress.total, set(progress.verdicts.values())) == (1, {0})
        stage = reporting.summary(session.review, session.ledger)["stages"][session.stage]
        assert stage["reviewers"] == {}
    session.decide_record(ids[2], Verdict.MAYBE)
    assert session.progress().decided == 1


def test_links_that_cannot_be_saved_are_none(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """All links of one run or none."""
    linking = looked(session)

    def full(_: object) -> None:
        raise NotSavedError("Not saved: the disk is full.")

    monkeypatch.setattr(session.review, "add_events", full)
    with pytest.raises(NotSavedError):
        linking.link_certain()
    assert session.ledger.clusters() == []


def test_looking_can_be_stopped_and_says_how_far_it_is(session: Session) -> None:
    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        Linking(session).look(stop)

    steps: list[tuple[int, int]] = []
    Linking(session).look(lambda done, total: steps.append((done, total)))
    assert steps == [(0, 3)]
