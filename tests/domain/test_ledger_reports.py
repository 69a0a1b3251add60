"""Single behaviours of the ledger: duplicates, states, studies, samples."""

from __future__ import annotations

from typing import Any

from tamis.domain.events import Event
from tamis.domain.ledger import Ledger, State

from .making import FT, TA, Desk, decide
from .oracle import RECORDS, RULE, standing


def link(id: str, a: str, b: str, by: str = "ann", kind: str = "duplicate", **more: Any) -> Event:
    """A word on a pair."""
    return Event(id=id, kind=kind, by=by, record=a, body={"of": b}, **more)


def say(id: str, kind: str, record: str = "aaaaaa-1", by: str = "ann", **body: Any) -> Event:
    """Any other event."""
    return Event(id=id, kind=kind, by=by, record=record, body=body)


def test_linked_records_are_one_report_and_one_of_them_stands() -> None:
    ledger = Ledger([link("e1", "aaaaaa-1", "bbbbbb-1"), link("e2", "bbbbbb-1", "bbbbbb-2")])
    assert ledger.cluster("aaaaaa-1") == ("aaaaaa-1", "bbbbbb-1", "bbbbbb-2")
    assert ledger.clusters() == [ledger.cluster("bbbbbb-2")]
    assert ledger.pair("bbbbbb-1", "aaaaaa-1") == "duplicate"
    assert ledger.pair("aaaaaa-1", "bbbbbb-2") == ""
    assert ledger.stands_for("aaaaaa-1") == "bbbbbb-1", "of two named once each, the smaller id"
    assert ledger.state("aaaaaa-1") is State.DUPLICATE
    assert ledger.tally("bbbbbb", State.DUPLICATE) == ledger.tally("aaaaaa", State.DUPLICATE) == 1


def test_a_person_goes_before_a_rule_and_persons_who_disagree_link_nothing() -> None:
    ledger = Ledger([link("e2", "aaaaaa-1", "bbbbbb-1", RULE)])
    assert ledger.is_duplicate("aaaaaa-1")
    ledger.apply(link("e1", "bbbbbb-1", "aaaaaa-1", "ann", "distinct"))
    assert ledger.pair("aaaaaa-1", "bbbbbb-1") == "distinct"
    ledger.apply(link("e3", "aaaaaa-1", "bbbbbb-1", "bob"))
    assert ledger.contested() == [("aaaaaa-1", "bbbbbb-1")]
    assert ledger.pair("aaaaaa-1", "bbbbbb-1") == ""
    ledger.apply(link("e4", "aaaaaa-1", "bbbbbb-1", "ann", replaces=("e1",)))
    assert (ledger.contested(), ledger.pair("aaaaaa-1", "bbbbbb-1")) == ([], "duplicate")


def test_the_decided_record_stands_unless_somebody_says_which() -> None:
    ledger = Ledger([link("e1", "aaaaaa-1", "bbbbbb-1")])
    assert ledger.stands_for("aaaaaa-1") == "bbbbbb-1"
    ledger.apply(decide("e2", "aaaaaa-1"))
    assert ledger.stands_for("bbbbbb-1") == "aaaaaa-1"
    ledger.apply(say("e3", "stands", "bbbbbb-1"))
    assert ledger.stands_for("aaaaaa-1") == "bbbbbb-1"
    assert ledger.state("bbbbbb-1") is State.SOUGHT, "the decision holds for the report"
    assert ledger.vote("bbbbbb-1", TA, "ann") == ledger.vote("aaaaaa-1", TA, "ann") == ledger.events["e2"]
    assert ledger.decided("ann", TA) == 1


def test_undoing_a_link_brings_both_records_and_votes_back() -> None:
    votes = [decide("e1", "aaaaaa-1"), decide("e2", "bbbbbb-1", "exclude")]
    before = standing(Ledger(votes))
    ledger = Ledger([*votes, link("e3", "aaaaaa-1", "bbbbbb-1", RULE)])
    assert ledger.decided("ann", TA) == 1
    assert ledger.vote("aaaaaa-1", TA, "ann") == votes[1], "of the standing record"
    ledger.apply(Event(id="e4", kind="undo", by=RULE, replaces=("e3",)))
    assert {**standing(ledger), "actions": {}} == {**before, "actions": {}}


def test_clearing_the_standing_record_clears_the_report() -> None:
    ledger = Ledger([decide("e1", "aaaaaa-1", "exclude"), link("e2", "aaaaaa-1", "bbbbbb-1")])
    ledger.apply(say("e3", "stands", "bbbbbb-1"))
    ledger.apply(decide("e4", "bbbbbb-1", "undecided"))
    assert ledger.vote("bbbbbb-1", TA, "ann") is None
    assert ledger.state("bbbbbb-1") is State.SCREENING


def test_a_report_that_was_not_retrieved_has_a_state_of_its_own_until_it_is_read() -> None:
    ledger = Ledger([say("e1", "retrieve", retrieved=False)])
    assert ledger.state("aaaaaa-1") is State.SCREENING
    ledger.apply(decide("e2"))
    assert ledger.state("aaaaaa-1") is State.NOT_RETRIEVED
    ledger.apply(decide("e3", stage=FT))
    assert ledger.state("aaaaaa-1") is State.INCLUDED
    taken_back = Event(
        id="e4", kind="retrieve", by="ann", record="aaaaaa-1", body={"retrieved": True}, replaces=("e1",)
    )
    assert (
        Ledger([say("e1", "retrieve", retrieved=False), decide("e2"), taken_back]).state("aaaaaa-1")
        is State.SOUGHT
    )


def test_a_removed_record_leaves_the_flow_and_comes_back_with_its_votes() -> None:
    ledger = Ledger([decide("e1"), say("e2", "remove", how="automation", rule="not a study")])
    assert ledger.reasons("aaaaaa", State.REMOVED_AUTOMATION) == {"not a study": 1}
    assert not ledger.at_stage("aaaaaa-1", TA)
    ledger.apply(say("e3", "remove", how=""))
    assert ledger.state("aaaaaa-1") is State.SOUGHT
    assert ledger.at_stage("aaaaaa-1", FT)


def test_the_member_that_was_not_removed_stands() -> None:
    ledger = Ledger([link("e1", "aaaaaa-1", "bbbbbb-1"), say("e2", "remove", "bbbbbb-1", how="other")])
    assert ledger.stands_for("bbbbbb-1") == "aaaaaa-1"
    assert ledger.state("aaaaaa-1") is State.SCREENING
    assert ledger.state("bbbbbb-1") is State.DUPLICATE


def test_a_stop_holds_for_the_records_it_names_while_nobody_decides_on_them() -> None:
    records = ["aaaaaa-1", "aaaaaa-2", "bbbbbb-1"]
    stop = say("e2", "stop", "", records=records, rule="50 in a row", place="excluded")
    ledger = Ledger([decide("e1", "aaaaaa-2"), stop])
    assert ledger.reasons("aaaaaa", State.STOPPED) == {"50 in a row": 1}
    assert ledger.state("aaaaaa-2") is State.SOUGHT
    ledger.apply(decide("e3", "bbbbbb-1"))
    assert ledger.state("bbbbbb-1") is State.SOUGHT
    ledger.apply(Event(id="e4", kind="undo", by="ann", replaces=("e2",)))
    assert ledger.state("aaaaaa-1") is State.SCREENING


def test_studies_are_counted_among_included_reports_only() -> None:
    names = [say(f"s{n}", "study", record, study="ALPHA  trial") for n, record in enumerate(RECORDS[:3])]
    ledger = Ledger([*names, *(decide(f"d{record}", record) for record in RECORDS)])
    assert not ledger.studies()
    for record in RECORDS[1:]:
        ledger.apply(decide(f"f{record}", record, stage=FT))
    assert ledger.studies() == {"ALPHA trial": 2}
    ledger.apply(link("x", "bbbbbb-2", "bbbbbb-1"))
    assert ledger.studies() == {"ALPHA trial": 2}, "the study of any member is that of the report"


def test_the_newest_word_on_the_previous_review_stands() -> None:
    ledger = Ledger(
        [say("e1", "previous", "", studies=3, reports=4), say("e2", "previous", "", "bob", studies=True)]
    )
    assert ledger.previous is ledger.events["e2"]
    assert ledger.previous.number("studies") is None
    ledger.apply(Event(id="e3", kind="undo", by="bob", replaces=("e2",)))
    assert ledger.previous.number("reports") == 4


def test_a_chain_of_hundreds_is_one_cluster_and_parts_in_the_middle() -> None:
    chain = [link(f"e{n:03}", f"aaaaaa-{n}", f"aaaaaa-{n + 1}") for n in range(300)]
    ledger = Ledger(chain)
    assert len(ledger.cluster("aaaaaa-0")) == 301
    assert ledger.tally("aaaaaa", State.DUPLICATE) == 300
    ledger.apply(Event(id="z", kind="undo", by="ann", replaces=("e150",)))
    assert len(ledger.cluster("aaaaaa-0")) == 151
    assert ledger.cluster_count == 2


def test_the_newest_sample_that_stands_is_in_force() -> None:
    """Samples stand side by side; an undo brings the one before back."""
    desk = Desk()
    first = desk.act("ann", "sample", "", TA, {"records": ["aaaaaa-1", "aaaaaa-2"], "level": 0})
    second = desk.act("ann", "sample", "", TA, {"records": ["aaaaaa-2"], "level": 2})
    assert desk.ledger.sample == second
    assert second.number("level") == 2
    assert desk.ledger.at_stage("aaaaaa-2", TA)
    desk.undo("ann")
    assert desk.ledger.sample == first
    desk.undo("ann")
    assert desk.ledger.sample is None
