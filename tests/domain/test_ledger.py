"""The ledger against two oracles: what a reviewer expects, and the rules read off the whole set of events."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Event, Verdict
from tamis.domain.ledger import Ledger, State

from .making import FT, STAGES, Desk, decide, patient
from .oracle import AUTHORS, PEOPLE, RECORDS, RULE, SLOTS, Rules, standing
from .sittings import LINKING, bodies, play, scrambled, sessions, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    undone = {by: list(iter(partial(desk.undo, by), None)) for by in AUTHORS}
    assert standing(desk.ledger) == standing(Ledger())
    redone = {by: list(iter(partial(desk.redo, by), None)) for by in AUTHORS}
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
