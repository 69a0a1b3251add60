"""The ledger against two oracles: what a reviewer expects, and the rules read off the whole set of events."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Event, Stage, Verdict
from tamis.domain.ledger import Ledger, Outcome, State, primary_reason, source_prefix

from .making import FT, STAGES, TA, Desk, decide, exclude, is_action, patient

if TYPE_CHECKING:
    from collections.abc import Iterable

PEOPLE = ("ann", "bob")
RECORDS = ("aaaaaa-1", "aaaaaa-2", "bbbbbb-1")
SOURCES = ("aaaaaa", "bbbbbb")
SLOTS = [(record, stage, by) for record in RECORDS for stage in STAGES for by in PEOPLE]

verdicts = st.sampled_from(["include", "exclude", "exclude", "maybe", "undecided"])
reasons = st.lists(st.sampled_from(["wrong-outcome", "wrong-language"]), max_size=2, unique=True)
bodies = {
    "decide": st.builds(lambda v, r: {"verdict": v, **({"reasons": r} if r else {})}, verdicts, reasons),
    "note": st.sampled_from(["", "see table 2", "ask the author"]).map(lambda text: {"text": text}),
    "label": st.lists(st.sampled_from(["rct", "pilot"]), max_size=2).map(lambda labels: {"labels": labels}),
}
acts = st.one_of(
    [
        st.tuples(
            st.just(kind),
            st.sampled_from(PEOPLE),
            st.sampled_from(RECORDS),
            st.sampled_from(STAGES),
            bodies[kind],
        )
        for kind in ("decide", "decide", "note", "label")
    ]
)
turns = st.tuples(st.sampled_from(["undo", "undo", "redo"]), st.sampled_from(PEOPLE))
sessions = st.lists(acts | turns, max_size=25)


def play(session: Iterable[tuple[Any, ...]], desk: Desk) -> Desk:
    for kind, by, *rest in session:
        if kind == "undo":
            desk.undo(by)
        elif kind == "redo":
            desk.redo(by)
        else:
            desk.act(by, kind, *rest)
    return desk


def scrambled(n: int) -> str:
    """Ids as a clock gives them that jumps back and forth."""
    return f"{n * 7919 % 10007:05d}"


# What everything that can be asked of a ledger says


def standing(ledger: Ledger) -> dict[str, Any]:
    """What stands; it must not depend on the order of arrival."""
    return {
        "votes": {slot: vote for slot in SLOTS if (vote := ledger.vote(*slot))},
        "notes": {(r, by): note for r in RECORDS for by in PEOPLE if (note := ledger.note(r, by))},
        "labels": {(r, by): labels for r in RECORDS for by in PEOPLE if (labels := ledger.labels(r, by))},
        "outcomes": {(r, stage): ledger.outcome(r, stage) for r in RECORDS for stage in STAGES},
        "states": {r: ledger.state(r) for r in RECORDS},
        "known labels": ledger.known_labels(),
        "progress": {(by, stage): ledger.progress(by, stage) for by in PEOPLE for stage in STAGES},
        "reviewers": sorted(ledger.reviewers()),
        "actions": {by: sorted(e.id for e in ledger.history(by)) for by in PEOPLE},
        **tallies(ledger),
    }


def tallies(ledger: Ledger) -> dict[str, Any]:
    return {
        "tally": {(p, s): n for p in SOURCES for s in State if (n := ledger.tally(p, s))},
        "tallied": {p: ledger.tallied(p) for p in SOURCES},
        "reasons": {
            (p, s): found
            for p in SOURCES
            for s in (State.SCREENED_OUT, State.ASSESSED_OUT)
            if (found := ledger.reasons(p, s))
        },
    }


def recounted(ledger: Ledger) -> dict[str, Any]:
    """The tallies, counted anew by looking at every record."""
    states = {r: ledger.state(r) for r in RECORDS}
    stage_of = {State.SCREENED_OUT: TA, State.ASSESSED_OUT: FT}
    why: dict[tuple[str, State], Counter[str]] = {}
    for record, state in states.items():
        if state in stage_of:
            reason = primary_reason(ledger.votes(record, stage_of[state]))
            why.setdefault((source_prefix(record), state), Counter())[reason] += 1
    seen = [(source_prefix(r), s) for r, s in states.items() if s is not State.SCREENING]
    return {
        "tally": dict(Counter(seen)),
        "tallied": {p: sum(prefix == p for prefix, _ in seen) for p in SOURCES},
        "reasons": {place: dict(counter) for place, counter in why.items()},
    }


# Oracle 1: what a reviewer expects of their own keys


class Expected:
    """Actions done and undone on two stacks; what stands is what the last action done there says."""

    def __init__(self) -> None:
        self.done: dict[str, list[Event]] = {by: [] for by in PEOPLE}
        self.undone: dict[str, list[Event]] = {by: [] for by in PEOPLE}

    def play(self, session: Iterable[tuple[Any, ...]], desk: Desk) -> None:
        """Press the keys at a desk and compare after each one."""
        for kind, by, *rest in session:
            done, undone = self.done[by], self.undone[by]
            if kind == "undo":
                assert desk.undo(by) == (done[-1] if done else None)
                undone += [done.pop()] if done else []
            elif kind == "redo":
                assert desk.redo(by) == (undone[-1] if undone else None)
                done += [undone.pop()] if undone else []
            else:
                done.append(desk.act(by, kind, *rest))
                undone.clear()
            self.check(desk.ledger)

    def last(self, kind: str, record: str, by: str, stage: str = "") -> Event | None:
        """The last action done there."""
        there = [
            e
            for e in self.done[by]
            if e.kind == kind and e.record == record and e.stage in (stage or e.stage)
        ]
        return there[-1] if there else None

    def check(self, ledger: Ledger) -> None:
        """What stands is what was done last."""
        for record, stage, by in SLOTS:
            vote = self.last("decide", record, by, stage)
            decided = vote is not None and vote.verdict is not Verdict.UNDECIDED
            assert ledger.vote(record, stage, by) == (vote if decided else None)
            note, labels = self.last("note", record, by), self.last("label", record, by)
            assert ledger.note(record, by) == (note.text if note else "")
            assert ledger.labels(record, by) == (labels.labels if labels else ())
        for by in PEOPLE:
            assert list(ledger.history(by)) == self.done[by][::-1]
        assert tallies(ledger) == recounted(ledger)


@patient
@given(sessions)
def test_deciding_undoing_and_redoing_do_what_the_reviewer_expects(session: list[Any]) -> None:
    Expected().play(session, Desk())


@patient
@given(sessions)
def test_a_clock_that_jumps_changes_nothing_for_the_reviewer(session: list[Any]) -> None:
    Expected().play(session, Desk(scrambled))


@patient
@given(sessions)
def test_after_a_restart_everything_is_as_it_was_the_history_too(session: list[Any]) -> None:
    desk = play(session, Desk(scrambled))
    again = Ledger(Event.from_doc(event.to_doc()) for event in desk.events)
    assert standing(again) == standing(desk.ledger)
    for by in PEOPLE:
        assert list(again.history(by)) == list(desk.ledger.history(by))
        assert again.redoable(by) == desk.ledger.redoable(by)


@patient
@given(sessions)
def test_undoing_everything_leaves_nothing_and_redoing_everything_restores_it(session: list[Any]) -> None:
    desk = Desk(scrambled)
    play([turn for turn in session if turn[0] not in ("undo", "redo")], desk)
    before = standing(desk.ledger)
    undone = {by: list(iter(lambda by=by: desk.undo(by), None)) for by in PEOPLE}  # type: ignore[misc]
    assert standing(desk.ledger) == standing(Ledger())
    redone = {by: list(iter(lambda by=by: desk.redo(by), None)) for by in PEOPLE}  # type: ignore[misc]
    assert standing(desk.ledger) == before
    assert all(redone[by] == undone[by][::-1] for by in PEOPLE)


# Oracle 2: the rules, read off the whole set of events at once


class Rules:
    """The ledger's rules as its docstring words them, applied to all events anew."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = list({e.id: e for e in events}.values())

    def replacing(self, event: Event, *kinds: str) -> list[Event]:
        """Own events that replace it."""
        return [e for e in self.events if e.kind in kinds and e.by == event.by and event.id in e.replaces]

    def void(self, event: Event) -> bool:
        """Undone, and not done again."""
        return any(not self.replacing(undo, "redo") for undo in self.replacing(event, "undo"))

    def standing(self, kind: str, record: str, by: str, stage: str | None = None) -> Event | None:
        """What stands in a slot; notes and labels have no stage."""
        slot = [
            e
            for e in self.events
            if (e.kind, e.record, e.by) == (kind, record, by) and stage in (None, e.stage)
        ]
        there = [
            e
            for e in slot
            if not self.void(e)
            and not any(later in slot and not self.void(later) for later in self.replacing(e, kind))
        ]
        return max(there, key=lambda e: e.id, default=None)

    def check(self, ledger: Ledger) -> None:
        """Compare all that can be asked."""
        found = standing(ledger)
        votes = {
            (record, stage, by): vote
            for record, stage, by in SLOTS
            if (vote := self.standing("decide", record, by, stage)) and vote.verdict is not Verdict.UNDECIDED
        }
        assert found["votes"] == votes
        for record in RECORDS:
            for by in PEOPLE:
                note, labels = self.standing("note", record, by), self.standing("label", record, by)
                assert ledger.note(record, by) == (note.text if note else "")
                assert ledger.labels(record, by) == (labels.labels if labels else ())
            assert found["states"][record] is self.state(record, votes)
        for by in PEOPLE:
            actions = [e.id for e in self.events if e.by == by and is_action(e) and not self.void(e)]
            assert found["actions"][by] == sorted(actions)
            for stage in STAGES:
                said = Counter(v.verdict for (_, s, who), v in votes.items() if (s, who) == (stage, by))
                assert +Counter(ledger.progress(by, stage)) == said
                assert ledger.decided(by, stage) == said.total()
        assert found["reviewers"] == sorted({by for _, _, by in votes})
        uses = Counter(label for r in RECORDS for by in PEOPLE for label in ledger.labels(r, by))
        assert ledger.known_labels() == sorted(uses, key=lambda label: (-uses[label], label))
        assert tallies(ledger) == recounted(ledger)

    @staticmethod
    def state(record: str, votes: dict[tuple[str, str, str], Event]) -> State:
        """Where the record is, from the verdicts alone."""
        said = {
            stage: {v.verdict for (r, s, _), v in votes.items() if (r, s) == (record, stage)}
            for stage in STAGES
        }
        match tuple(said[TA]):
            case ():
                return State.SCREENING
            case (Verdict.MAYBE,):
                return State.SCREENING_MAYBE
            case (Verdict.EXCLUDE,):
                return State.SCREENED_OUT
            case (_, _, *_):
                return State.SCREENING_CONFLICT
        match tuple(said[FT]):
            case ():
                return State.SOUGHT
            case (Verdict.MAYBE,):
                return State.ASSESSED_MAYBE
            case (Verdict.EXCLUDE,):
                return State.ASSESSED_OUT
            case (Verdict.INCLUDE,):
                return State.INCLUDED
        return State.ASSESSED_CONFLICT


IDS = [f"e{n}" for n in range(9)]
any_body = (
    bodies["decide"] | bodies["note"] | bodies["label"] | st.just({"verdict": "include", "from": "aaaaaa"})
)
wild_events = st.builds(
    Event,
    id=st.sampled_from(IDS),
    kind=st.sampled_from(["decide", "decide", "note", "label", "undo", "undo", "redo", "retrieve"]),
    by=st.sampled_from(PEOPLE),
    stage=st.sampled_from(STAGES),
    record=st.sampled_from(RECORDS[1:]),
    body=any_body,
    replaces=st.lists(st.sampled_from(IDS), max_size=3).map(tuple),
)
wild_lists = st.lists(wild_events, max_size=9, unique_by=lambda e: e.id)


@settings(patient, max_examples=300)
@given(wild_lists)
def test_any_events_at_all_give_what_the_rules_say_after_each_one(events: list[Event]) -> None:
    """Whoever forged them: unknown targets, targets of others, cycles, events that replace themselves."""
    ledger = Ledger()
    for n, event in enumerate(events, 1):
        ledger.apply(event)
        Rules(events[:n]).check(ledger)


@settings(patient, max_examples=300)
@given(wild_lists.flatmap(lambda events: st.tuples(st.just(events), st.permutations(events + events[:3]))))
def test_events_in_any_order_and_arriving_twice_give_the_same(lists: tuple[list[Event], list[Event]]) -> None:
    events, shuffled = lists
    assert standing(Ledger(shuffled)) == standing(Ledger(events))


@patient
@given(sessions, st.randoms(use_true_random=False))
def test_two_copies_of_a_review_merge_to_the_same_whichever_comes_first(
    session: list[Any], random: Any
) -> None:
    desk = play(session, Desk(scrambled))
    shuffled = random.sample(desk.events, len(desk.events))
    assert standing(Ledger(shuffled)) == standing(desk.ledger)
    Rules(shuffled).check(Ledger(shuffled))


# Single behaviours, readable


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


@pytest.mark.parametrize("kind", ["decide", "undo", "redo", "note", "retrieve"])
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
    ledger.apply(Event(id="e2", kind="retrieve", by="ann", record="aaaaaa-1", replaces=("e1",)))
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


def test_the_primary_reason_is_the_first_one_of_the_earliest_vote_that_names_any() -> None:
    ledger = Ledger(
        [
            exclude("e1", "aaaaaa-1"),
            exclude("e3", "aaaaaa-1", "late", by="cy"),
            exclude("e2", "aaaaaa-1", "first", "second", by="bob"),
        ]
    )
    assert ledger.reasons("aaaaaa", State.SCREENED_OUT) == {"first": 1}
    assert ledger.reasons("aaaaaa", State.ASSESSED_OUT) == {}


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
