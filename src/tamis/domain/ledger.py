"""The ledger: what stands, after every event so far. One event changes it in constant time."""

from __future__ import annotations

from collections import Counter, defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tamis.domain.events import SLOT_KINDS, Event, Kind, Stage, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Outcome(StrEnum):
    """Where a record stands at a stage, over all reviewers' standing votes."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"
    UNDECIDED = "undecided"
    CONFLICT = "conflict"
    """Reviewers disagree."""


class State(StrEnum):
    """The one place in the PRISMA flow where a record is, over both stages."""

    SCREENING = "screening"
    """Title/abstract: nobody has decided."""
    SCREENING_MAYBE = "screening-maybe"
    SCREENING_CONFLICT = "screening-conflict"
    SCREENED_OUT = "screened-out"
    """Excluded on title and abstract."""
    SOUGHT = "sought"
    """Included on title and abstract; nothing decided on the full text."""
    ASSESSED_MAYBE = "assessed-maybe"
    ASSESSED_CONFLICT = "assessed-conflict"
    ASSESSED_OUT = "assessed-out"
    """Excluded on the full text."""
    INCLUDED = "included"
    """Included on the full text."""


_OUTCOMES: Final = {verdict: Outcome(verdict) for verdict in Verdict}
_SCREENED: Final = {
    Outcome.UNDECIDED: State.SCREENING,
    Outcome.MAYBE: State.SCREENING_MAYBE,
    Outcome.CONFLICT: State.SCREENING_CONFLICT,
    Outcome.EXCLUDE: State.SCREENED_OUT,
}
_ASSESSED: Final = {
    Outcome.UNDECIDED: State.SOUGHT,
    Outcome.MAYBE: State.ASSESSED_MAYBE,
    Outcome.CONFLICT: State.ASSESSED_CONFLICT,
    Outcome.EXCLUDE: State.ASSESSED_OUT,
    Outcome.INCLUDE: State.INCLUDED,
}

Slot = tuple[str, str, str, str]
"""A place where one event stands: kind, record, stage ("" for notes and labels), reviewer."""


def source_prefix(record: str) -> str:
    """The part of a record's id that names its source."""
    return record.rpartition("-")[0]


class Ledger:
    """The fold of all events: standing votes, notes, labels, history and tallies.

    Events may arrive in any order; an event already known is passed over, so two copies of a review
    merge by feeding both. An event is void when an own, non-void `undo` or `redo` replaces it; it stands
    when it is neither void nor superseded by an own, non-void event of its slot.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events: dict[str, Event] = {}
        self._replacers: defaultdict[str, list[Event]] = defaultdict(list)
        self._slots: defaultdict[Slot, list[Event]] = defaultdict(list)
        self._votes: defaultdict[tuple[str, str], dict[str, Event]] = defaultdict(dict)
        self._notes: defaultdict[str, dict[str, Event]] = defaultdict(dict)
        self._labels: defaultdict[str, dict[str, Event]] = defaultdict(dict)
        self._done: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._undone: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._states: Counter[tuple[str, State]] = Counter()
        self._reasons: Counter[tuple[str, State, str]] = Counter()
        self._progress: Counter[tuple[str, str, Verdict]] = Counter()
        self._label_uses: Counter[str] = Counter()
        for event in events:
            self.apply(event)

    # What stands

    def vote(self, record: str, stage: str, by: str) -> Event | None:
        """The reviewer's standing decision on a record at a stage."""
        return self._votes[record, stage].get(by) if (record, stage) in self._votes else None

    def votes(self, record: str, stage: str) -> Mapping[str, Event]:
        """All standing decisions on a record at a stage, by reviewer."""
        return self._votes.get((record, stage), {})

    def note(self, record: str, by: str) -> str:
        """The reviewer's standing note on a record, or ""."""
        event = self._notes[record].get(by) if record in self._notes else None
        return event.text if event else ""

    def notes(self, record: str) -> Mapping[str, Event]:
        """All standing notes on a record, by reviewer."""
        return self._notes.get(record, {})

    def labels(self, record: str, by: str) -> tuple[str, ...]:
        """The reviewer's standing labels on a record."""
        event = self._labels[record].get(by) if record in self._labels else None
        return event.labels if event else ()

    def label_events(self, record: str) -> Mapping[str, Event]:
        """All standing label events on a record, by reviewer."""
        return self._labels.get(record, {})

    def known_labels(self) -> list[str]:
        """Labels in use, the most used first."""
        return [label for label, n in self._label_uses.most_common() if n > 0]

    def outcome(self, record: str, stage: str) -> Outcome:
        """Where the record stands at the stage."""
        return _outcome(self._votes.get((record, stage), {}))

    # Tallies: what the summary needs, without looking at records

    def state(self, record: str) -> State:
        """Where the record is in the flow."""
        screened = self.outcome(record, Stage.TITLE_ABSTRACT)
        if screened is not Outcome.INCLUDE:
            return _SCREENED[screened]
        return _ASSESSED[self.outcome(record, Stage.FULL_TEXT)]

    def tally(self, prefix: str, state: State) -> int:
        """Records of a source (by its prefix) in a state; `SCREENING` is never tallied: it is the rest."""
        return self._states[prefix, state]

    def tallied(self, prefix: str) -> int:
        """Records of a source in any state but `SCREENING`."""
        return sum(self._states[prefix, state] for state in State)

    def reasons(self, prefix: str, state: State) -> dict[str, int]:
        """Excluded records of a source by primary reason id; "" counts those without a reason."""
        return {r: n for (p, s, r), n in self._reasons.items() if n and p == prefix and s is state}

    def progress(self, by: str, stage: str) -> dict[Verdict, int]:
        """The reviewer's own standing decisions at a stage, by verdict."""
        return {v: self._progress[by, stage, v] for v in (Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE)}

    def decided(self, by: str, stage: str) -> int:
        """How many records the reviewer has a standing decision on at the stage."""
        return sum(self.progress(by, stage).values())

    def reviewers(self) -> list[str]:
        """Everyone with a standing decision, in the order they first appear."""
        return list(dict.fromkeys(by for votes in self._votes.values() for by in votes))

    # History: what undo and redo act on

    def undoable(self, by: str) -> Event | None:
        """The reviewer's last action that can be undone."""
        done = self._done[by]
        return self.events[next(reversed(done))] if done else None

    def redoable(self, by: str) -> tuple[Event, Event] | None:
        """The reviewer's last undo and the action it undid, while nothing was done since."""
        undone = self._undone[by]
        if not undone:
            return None
        undo = next(reversed(undone))
        return self.events[undo], self.events[undone[undo]]

    def history(self, by: str) -> Iterator[Event]:
        """The reviewer's actions that stand, the newest first."""
        return (self.events[e] for e in reversed(self._done[by]))

    # Change

    def apply(self, event: Event) -> None:
        """Take in one event; constant time, whatever the number of events before."""
        if event.id in self.events:
            return
        self.events[event.id] = event
        for target in event.replaces:
            self._replacers[target].append(event)
        touched: dict[Slot, None] = {}
        if event.replaces:
            self._touch(event, touched, set())
        if event.kind in SLOT_KINDS:
            slot = _slot(event)
            self._slots[slot].append(event)
            touched[slot] = None
        for slot in touched:
            self._settle(slot)
        self._remember(event)

    def _touch(self, event: Event, touched: dict[Slot, None], seen: set[str]) -> None:
        """Collect the slots whose standing event may change because `event` replaces something."""
        for target_id in event.replaces:
            target = self.events.get(target_id)
            if target is None or target_id in seen or target.by != event.by:
                continue
            seen.add(target_id)
            if target.kind in SLOT_KINDS:
                touched[_slot(target)] = None
            else:
                self._touch(target, touched, seen)

    def _void(self, event: Event, seen: frozenset[str] = frozenset()) -> bool:
        replacers = self._replacers.get(event.id)
        if not replacers or event.id in seen:
            return False
        seen |= {event.id}
        return any(
            r.kind in (Kind.UNDO, Kind.REDO) and r.by == event.by and not self._void(r, seen)
            for r in replacers
        )

    def _stands(self, event: Event) -> bool:
        replacers = self._replacers.get(event.id)
        if not replacers:
            return True
        return not self._void(event) and not any(
            r.kind in SLOT_KINDS and r.by == event.by and not self._void(r) for r in replacers
        )

    def _settle(self, slot: Slot) -> None:
        """Find the event that stands in a slot, and bring votes, notes, labels and tallies in line."""
        standing: Event | None = None
        for event in self._slots[slot]:
            if self._stands(event) and (standing is None or event.id > standing.id):
                standing = event
        kind, record, stage, by = slot
        if kind == Kind.DECIDE:
            self._settle_vote(record, stage, by, standing)
            return
        place = (self._notes if kind == Kind.NOTE else self._labels)[record]
        before = place.pop(by, None)
        if standing is not None and (standing.text or standing.labels):
            place[by] = standing
        if kind == Kind.LABEL:
            self._label_uses.subtract(before.labels if before else ())
            self._label_uses.update(standing.labels if standing else ())

    def _settle_vote(self, record: str, stage: str, by: str, standing: Event | None) -> None:
        votes = self._votes[record, stage]
        if standing is not None and standing.verdict is Verdict.UNDECIDED:
            standing = None
        before = votes.get(by)
        if before is standing:
            if not votes:
                del self._votes[record, stage]
            return
        self._count(record, -1)
        if before is not None:
            self._progress[by, stage, before.verdict] -= 1
        if standing is None:
            votes.pop(by, None)
        else:
            votes[by] = standing
            self._progress[by, stage, standing.verdict] += 1
        self._count(record, +1)
        if not votes:
            del self._votes[record, stage]

    def _count(self, record: str, by: int) -> None:
        if (record, Stage.TITLE_ABSTRACT.value) not in self._votes:
            return
        state = self.state(record)
        if state is State.SCREENING:
            return
        prefix = source_prefix(record)
        self._states[prefix, state] += by
        if state is State.SCREENED_OUT:
            self._reasons[prefix, state, primary_reason(self.votes(record, Stage.TITLE_ABSTRACT))] += by
        elif state is State.ASSESSED_OUT:
            self._reasons[prefix, state, primary_reason(self.votes(record, Stage.FULL_TEXT))] += by

    def _remember(self, event: Event) -> None:
        """Keep the reviewer's own history; what came with a file is not undone one by one."""
        done, undone = self._done[event.by], self._undone[event.by]
        if event.kind in SLOT_KINDS:
            if "from" not in event.body:
                done[event.id] = None
                undone.clear()
        elif event.kind == Kind.UNDO:
            for target in event.replaces:
                if target in done:
                    del done[target]
                    undone[event.id] = target
        elif event.kind == Kind.REDO:
            for target in event.replaces:
                if target in undone:
                    done[undone.pop(target)] = None


def _slot(event: Event) -> Slot:
    return (event.kind, event.record, event.stage if event.kind == Kind.DECIDE else "", event.by)


def _outcome(votes: Mapping[str, Event]) -> Outcome:
    if len(votes) == 1:
        for event in votes.values():
            return _OUTCOMES[event.verdict]
    if not votes:
        return Outcome.UNDECIDED
    verdicts = {event.verdict for event in votes.values()}
    return _OUTCOMES[verdicts.pop()] if len(verdicts) == 1 else Outcome.CONFLICT


def primary_reason(votes: Mapping[str, Event]) -> str:
    """The reason an excluded record is counted under: the first one of the earliest vote that names any."""
    ordered = sorted(votes.values(), key=lambda e: e.id)
    return next((e.reasons[0] for e in ordered if e.reasons), "")
