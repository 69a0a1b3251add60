"""Single behaviours of the ledger: votes, notes, labels, what replaces what, undo and redo."""

from __future__ import annotations

import pytest

from tamis.domain.events import Event, Stage, Verdict
from tamis.domain.ledger import Ledger, Outcome, State, source_prefix

from .making import FT, TA, Desk, decide, exclude
from .oracle import PEOPLE, Rules, standing


def test_a_vote_stands_and_a_later_one_takes_its_place() -> None:
    ledger = Ledger([decide("e1", verdict="maybe"), decide("e2", verdict="include", replaces=("e1",))])
    assert ledger.vote("aaaaaa-1", TA, "ann") == ledger.events["e2"]
    assert ledger.state("aaaaaa-1") is State.SOUGHT
    assert ledger.progress("ann", TA) == {Verdict.INCLUDE: 1, Verdict.MAYBE: 0, Verdict.EXCLUDE: 0}


def test_a_replacement_stands_although_its_id_is_older() -> None:
    ledger = Ledger([decide("e9", verdict="exclude"), decide("e1", verdict="include", replaces=("e9",))])
    assert ledger.outcome("aaaaaa-1", TA) is Outcome.INCLUDE


def test_undecided_takes_the_vote_back_and_is_what_the_next_one_replaces() -> None:
    ledger = Ledger([decide("e1"), decide("e2", verdict="undecided", replaces=("e1",))])
    assert ledger.vote("aaaaaa-1", TA, "ann") is None
    assert ledger.state("aaaaaa-1") is State.SCREENING
    assert ledger.tallied("aaaaaa") == ledger.decided("ann", TA) == 0
    assert ledger.standing("decide", "aaaaaa-1", TA, "ann") == ledger.events["e2"]


def test_an_empty_note_and_empty_labels_are_none() -> None:
    desk = Desk()
    for body in ({"text": "see table 2"}, {"text": ""}):
        desk.act("ann", "note", "aaaaaa-1", TA, body)
    for labels in (["rct"], []):
        desk.act("ann", "label", "aaaaaa-1", TA, {"labels": labels})
    assert not desk.ledger.notes("aaaaaa-1")
    assert not desk.ledger.label_events("aaaaaa-1")
    assert desk.ledger.known_labels() == []


def test_notes_and_labels_are_the_same_at_both_stages() -> None:
    desk = Desk()
    desk.act("ann", "note", "aaaaaa-1", TA, {"text": "first"})
    desk.act("ann", "note", "aaaaaa-1", FT, {"text": "second"})
    assert desk.ledger.note("aaaaaa-1", "ann") == "second"


def test_reviewers_stand_side_by_side_and_disagreement_is_a_conflict() -> None:
    ledger = Ledger([decide("e1", verdict="include"), decide("e2", verdict="exclude", by="bob")])
    assert set(ledger.votes("aaaaaa-1", TA)) == {"ann", "bob"}
    assert ledger.outcome("aaaaaa-1", TA) is Outcome.CONFLICT
    assert ledger.reviewers() == ["ann", "bob"]


@pytest.mark.parametrize("kind", ["decide", "undo", "redo"])
def test_nobody_can_replace_what_another_reviewer_decided_or_undid(kind: str) -> None:
    undone = [decide("e2", "aaaaaa-2"), Event(id="e3", kind="undo", by="ann", replaces=("e2",))]
    forged = Event(id="e4", kind=kind, by="bob", record="x-1", stage=TA, replaces=("e1", "e2", "e3"))
    ledger = Ledger([decide("e1"), *undone, forged])
    assert ledger.vote("aaaaaa-1", TA, "ann") is not None
    assert ledger.vote("aaaaaa-2", TA, "ann") is None
    assert [e.id for e in ledger.history("ann")] == ["e1"]
    assert ledger.redoable("ann") == (undone[1], undone[0])


def test_an_event_replaces_only_in_its_own_slot() -> None:
    note = Event(id="e2", kind="note", by="ann", record="aaaaaa-1", body={"text": "x"}, replaces=("e1",))
    elsewhere = decide("e3", "aaaaaa-2", replaces=("e1",))
    assert Ledger([decide("e1"), note, elsewhere]).vote("aaaaaa-1", TA, "ann") is not None


@pytest.mark.parametrize("kind", ["decide", "undo", "redo", "note", "duplicate", "stop", "foreseen"])
def test_cycles_end(kind: str) -> None:
    ring = [
        Event(
            id=f"e{n}",
            kind=kind,
            by="ann",
            stage=TA,
            record="aaaaaa-1",
            replaces=(f"e{(n + 1) % 50}", f"e{n}"),
        )
        for n in range(50)
    ]
    Rules(ring).check(Ledger(ring))


def test_a_chain_of_thousands_of_undos_of_undos_ends() -> None:
    """An undo acts on actions and a redo on undos; neither acts on its own kind, so there is no depth."""
    chain = [Event(id=f"e{n}", kind="undo", by="ann", replaces=(f"e{n - 1}",)) for n in range(2, 5000)]
    ledger = Ledger([decide("e1"), *chain])
    assert ledger.vote("aaaaaa-1", TA, "ann") is None


def test_an_undo_with_several_targets_and_its_redo_act_on_all_of_them() -> None:
    undo = Event(id="e3", kind="undo", by="ann", replaces=("e1", "e2"))
    ledger = Ledger([decide("e1"), decide("e2", "aaaaaa-2"), undo])
    assert ledger.tallied("aaaaaa") == 0
    ledger.apply(Event(id="e4", kind="redo", by="ann", replaces=("e3",)))
    assert ledger.tallied("aaaaaa") == 2
    assert [e.id for e in ledger.history("ann")] == ["e2", "e1"]


def test_two_copies_that_redo_the_same_undo_do_so_once() -> None:
    undo = Event(id="e2", kind="undo", by="ann", replaces=("e1",))
    twice = [Event(id=name, kind="redo", by="ann", replaces=("e2",)) for name in ("e3", "e4")]
    ledger = Ledger([decide("e1"), undo, *twice])
    assert ledger.vote("aaaaaa-1", TA, "ann") is not None
    ledger.apply(Event(id="e5", kind="undo", by="ann", replaces=("e1",)))
    assert ledger.vote("aaaaaa-1", TA, "ann") is None


def test_what_two_copies_undid_is_back_when_both_undos_are_redone() -> None:
    undos = [Event(id=name, kind="undo", by="ann", replaces=("e1",)) for name in ("e2", "e3")]
    ledger = Ledger([decide("e1"), *undos, Event(id="e4", kind="redo", by="ann", replaces=("e3",))])
    assert ledger.vote("aaaaaa-1", TA, "ann") is None
    assert ledger.undoable("ann") is None
    assert ledger.redoable("ann") == (undos[0], ledger.events["e1"])
    ledger.apply(Event(id="e5", kind="redo", by="ann", replaces=("e2",)))
    assert ledger.vote("aaaaaa-1", TA, "ann") is ledger.undoable("ann") is ledger.events["e1"]


def test_kinds_of_later_versions_are_kept_and_change_nothing() -> None:
    ledger = Ledger([decide("e1")])
    before = standing(ledger)
    ledger.apply(Event(id="e2", kind="foreseen", by="ann", record="aaaaaa-1", replaces=("e1",)))
    assert standing(ledger) == before
    assert "e2" in ledger.events


def test_what_came_with_a_file_is_not_undone_one_by_one() -> None:
    ledger = Ledger([decide("e1", body={"verdict": "include", "from": "aaaaaa"}), decide("e2", "aaaaaa-2")])
    assert [e.id for e in ledger.history("ann")] == ["e2"]
    ledger.apply(Event(id="e3", kind="undo", by="ann", replaces=("e2",)))
    assert ledger.undoable("ann") is None
    assert ledger.vote("aaaaaa-1", TA, "ann") is not None


def test_a_new_action_ends_redo() -> None:
    desk = Desk()
    desk.act("ann", "decide", "aaaaaa-1", TA, {"verdict": "include"})
    desk.undo("ann")
    assert desk.ledger.redoable("ann") is not None
    desk.act("ann", "decide", "aaaaaa-2", TA, {"verdict": "include"})
    assert desk.ledger.redoable("ann") is None


def test_undo_of_one_reviewer_leaves_the_others_history_alone() -> None:
    desk = Desk()
    for by in PEOPLE:
        desk.act(by, "decide", "aaaaaa-1", TA, {"verdict": "include"})
    desk.undo("ann")
    assert desk.ledger.undoable("bob") is not None
    assert desk.ledger.outcome("aaaaaa-1", TA) is Outcome.INCLUDE


def test_the_full_text_counts_only_behind_an_inclusion() -> None:
    ledger = Ledger([decide("e1", stage=FT, verdict="exclude")])
    assert ledger.state("aaaaaa-1") is State.SCREENING
    ledger.apply(decide("e2", verdict="include"))
    assert ledger.state("aaaaaa-1") is State.ASSESSED_OUT
    ledger.apply(decide("e3", verdict="exclude", replaces=("e2",)))
    assert ledger.state("aaaaaa-1") is State.SCREENED_OUT


def test_the_primary_reason_is_that_of_the_first_reviewer_by_name_who_gives_any() -> None:
    """So it does not move when somebody decides the same thing again."""
    ledger = Ledger(
        [
            exclude("e1", "aaaaaa-1"),
            exclude("e2", "aaaaaa-1", "other", by="cy"),
            exclude("e3", "aaaaaa-1", "first", "second", by="bob"),
        ]
    )
    assert ledger.reasons("aaaaaa", State.SCREENED_OUT) == {"first": 1}
    assert ledger.reasons("aaaaaa", State.ASSESSED_OUT) == {}
    ledger.apply(exclude("e4", "aaaaaa-1", "first", by="bob", replaces=("e3",)))
    assert ledger.reasons("aaaaaa", State.SCREENED_OUT) == {"first": 1}
    ledger.apply(exclude("e0", "aaaaaa-1", "other", by="cy", replaces=("e2",)))
    assert ledger.reasons("aaaaaa", State.SCREENED_OUT) == {"first": 1}


def test_asking_about_what_nobody_touched_answers_nothing_and_leaves_no_trace() -> None:
    ledger = Ledger()
    before = standing(ledger)
    assert ledger.undoable("nobody") is None
    assert ledger.redoable("nobody") is None
    assert list(ledger.history("nobody")) == []
    assert ledger.standing("decide", "x-1", Stage.FULL_TEXT, "nobody") is None
    assert not ledger.votes("x-1", TA)
    assert standing(ledger) == before == standing(Ledger())


def test_the_source_of_a_record_is_what_stands_before_its_position() -> None:
    assert source_prefix("a1b2c3-12") == "a1b2c3"
    assert source_prefix("no position") == ""
