"""The ledger against two oracles: what a reviewer expects, and the rules read off the whole set of events."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Event, Stage, Verdict
from tamis.domain.ledger import Ledger, Outcome, State, source_prefix

from .making import FT, STAGES, TA, Desk, decide, exclude, patient
from .oracle import AUTHORS, PEOPLE, RECORDS, RULE, SLOTS, Rules, standing

if TYPE_CHECKING:
    from collections.abc import Iterable

verdicts = st.sampled_from(["include", "include", "exclude", "maybe", "undecided"])
reasons = st.lists(st.sampled_from(["wrong-outcome", "wrong-language"]), max_size=2, unique=True)
others = st.sampled_from(RECORDS).map(lambda record: {"of": record, "score": 0.9, "why": ["title"]})
rules = st.sampled_from(["", "not in English"])
bodies: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "decide": st.builds(lambda v, r: {"verdict": v, **({"reasons": r} if r else {})}, verdicts, reasons),
    "note": st.sampled_from(["", "see table 2", "ask the author"]).map(lambda text: {"text": text}),
    "label": st.lists(st.sampled_from(["rct", "pilot"]), max_size=2).map(lambda labels: {"labels": labels}),
    "duplicate": others,
    "distinct": others,
    "stands": st.just({}),
    "retrieve": st.booleans().map(lambda retrieved: {"retrieved": retrieved}),
    "study": st.builds(
        lambda name, previous: {"study": name, "previous": previous},
        st.sampled_from(["", "ALPHA", "BETA"]),
        st.booleans(),
    ),
    "remove": st.builds(
        lambda how, rule: {"how": how, "rule": rule}, st.sampled_from(["automation", "other", ""]), rules
    ),
    "stop": st.builds(
        lambda place, rule, records: {"place": place, "rule": rule, "records": records},
        st.sampled_from(["automation", "other", "excluded", "elsewhere"]),
        rules,
        st.lists(st.sampled_from(RECORDS), max_size=3),
    ),
    "sample": st.lists(st.sampled_from(RECORDS), max_size=3).map(lambda records: {"records": records}),
    "source": st.builds(
        lambda source, field, value: {"source": source, "field": field, "value": value},
        st.sampled_from(["aaaaaa", "bbbbbb"]),
        st.sampled_from(["platform", "searched"]),
        st.sampled_from(["", "Ovid", "2026-01-01"]),
    ),
    "attach": st.builds(
        lambda sha256, gone: {"file": "a.pdf", "sha256": sha256, "gone": gone},
        st.sampled_from(["f00", "ba7"]),
        st.booleans(),
    ),
    "previous": st.builds(
        lambda studies, reports: {"studies": studies, "reports": reports},
        st.none() | st.integers(0, 9),
        st.integers(0, 9),
    ),
    "highlight": st.just({"did": "liver added to population"}),
    "again": st.builds(
        lambda verdict, kept: {"verdict": verdict, "first": "00001", "kept": kept}, verdicts, st.booleans()
    ),
}
LINKING = ("duplicate", "duplicate", "duplicate", "distinct")
ALL_KINDS = (*("decide",) * 6, "note", "label", *LINKING, *list(bodies)[5:])


def act(kind: str, people: tuple[str, ...] = PEOPLE) -> st.SearchStrategy[tuple[Any, ...]]:
    of_none = ("stop", "sample", "previous", "source", "highlight")
    record = st.just("") if kind in of_none else st.sampled_from(RECORDS)
    who = st.sampled_from(people)
    return st.tuples(st.just(kind), who, record, st.sampled_from(STAGES), bodies[kind])


acts = st.one_of([*(act(kind) for kind in ALL_KINDS), *(act(kind, (RULE,)) for kind in LINKING)])
turns = st.tuples(st.sampled_from(["undo", "undo", "redo"]), st.sampled_from((*PEOPLE, *PEOPLE, RULE)))
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


# Oracle 1: what a reviewer expects of their own keys


class Expected:
    """Actions done and undone on two stacks; what stands is what the last action done there says."""

    def __init__(self) -> None:
        self.done: dict[str, list[Event]] = {by: [] for by in AUTHORS}
        self.undone: dict[str, list[Event]] = {by: [] for by in AUTHORS}

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
        Rules(desk.events).check(desk.ledger)

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
            assert ledger.own_votes(record, stage).get(by) == (vote if decided else None)
            note, labels = self.last("note", record, by), self.last("label", record, by)
            assert ledger.note(record, by) == (note.text if note else "")
            assert ledger.labels(record, by) == (labels.labels if labels else ())
        for by in AUTHORS:
            assert list(ledger.history(by)) == self.done[by][::-1]
            assert ledger.actions(by) == [e.id for e in self.done[by]]


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
    for by in AUTHORS:
        assert list(again.history(by)) == list(desk.ledger.history(by))
        assert again.redoable(by) == desk.ledger.redoable(by)


@patient
@given(sessions)
def test_undoing_everything_leaves_nothing_and_redoing_everything_restores_it(session: list[Any]) -> None:
    desk = Desk(scrambled)
    play([turn for turn in session if turn[0] not in ("undo", "redo")], desk)
    before = standing(desk.ledger)
    undone = {by: list(iter(lambda by=by: desk.undo(by), None)) for by in AUTHORS}  # type: ignore[misc]
    assert standing(desk.ledger) == standing(Ledger())
    redone = {by: list(iter(lambda by=by: desk.redo(by), None)) for by in AUTHORS}  # type: ignore[misc]
    assert standing(desk.ledger) == before
    assert all(redone[by] == undone[by][::-1] for by in PEOPLE)


# Oracle 2: the rules, read off the whole set of events at once

IDS = [f"e{n}" for n in range(9)]
imported = st.just({"verdict": "include", "from": "aaaaaa"})
odd: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {"of": 3}, {"of": ""}, {"retrieved": "no"}, {"how": "excluded"}, {"records": "x"}]
)
any_body: st.SearchStrategy[dict[str, Any]] = st.one_of([*bodies.values(), imported, odd])
WILD = ["decide", "decide", "note", "label", "undo", "undo", "redo", "foreseen"]
wild_events = st.builds(
    Event,
    id=st.sampled_from(IDS),
    kind=st.sampled_from([*WILD, *bodies, *LINKING]),
    by=st.sampled_from((*PEOPLE, *PEOPLE, RULE)),
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
@given(wild_lists, st.integers(0, 9))
def test_many_events_at_once_give_the_same_as_one_by_one(events: list[Event], first: int) -> None:
    one, many = Ledger(), Ledger(events[:first])
    for event in events:
        one.apply(event)
    many.apply_all(events[first:])
    assert standing(many) == standing(one)
    for by in (*PEOPLE, RULE):
        assert list(many.history(by)) == list(one.history(by))
        assert many.redoable(by) == one.redoable(by)


votes = st.builds(
    lambda verdict, stage, record, by: {"verdict": verdict, "stage": stage, "record": record, "by": by},
    verdicts,
    st.sampled_from(STAGES),
    st.sampled_from(RECORDS[:2]),
    st.sampled_from(PEOPLE),
)


@settings(patient, max_examples=200)
@given(st.lists(votes, max_size=8), st.lists(st.integers(0, 8), max_size=4))
def test_decisions_in_batches_of_any_size_give_the_same_as_all_at_once(
    said: list[dict[str, str]], cuts: list[int]
) -> None:
    """As they arrive while a review is open, and as they are read when it is opened."""
    events = [decide(f"e{n}", **vote) for n, vote in enumerate(said)]
    batched = Ledger()
    for start, end in pairwise([0, *sorted(cuts), len(events)]):
        batched.apply_all(events[start:end])
    assert standing(batched) == standing(Ledger(events))


def test_a_full_text_that_was_decided_first_counts_as_soon_as_its_record_is_included() -> None:
    live = Ledger()
    live.apply_all([decide("e1", stage=FT)])
    live.apply_all([decide("e2")])
    assert live.state("aaaaaa-1") is State.INCLUDED


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


again_acts = st.tuples(
    st.sampled_from(PEOPLE), st.sampled_from(RECORDS), st.sampled_from(STAGES), bodies["again"], st.booleans()
)


@patient
@given(sessions, st.lists(again_acts, min_size=1, max_size=8))
def test_what_is_said_of_records_shown_again_changes_no_count(
    session: list[Any], again: list[tuple[Any, ...]]
) -> None:
    """No vote, state, outcome, progress or tally; nor do its undo and redo."""
    desk = play(session, Desk())
    before = standing(desk.ledger)
    for by, record, stage, body, undone in again:
        desk.act(by, "again", record, stage, body)
        if undone:
            desk.undo(by)
            desk.redo(by)
            desk.undo(by)
    after = standing(desk.ledger)
    untouched = before.keys() - {"again", "actions"}
    assert {key: after[key] for key in untouched} == {key: before[key] for key in untouched}
    assert standing(Ledger(desk.events)) == after


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


# Duplicates, readable


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
