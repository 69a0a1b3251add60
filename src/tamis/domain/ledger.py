"""The ledger: what stands, after every event so far, without folding them anew at each one."""

from __future__ import annotations

from collections import Counter, defaultdict
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tamis.domain.events import SLOT_KINDS, Event, Kind, Stage, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping


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


Place = tuple[State, str]
"""Where a record is tallied: its state and, when it is excluded, its primary reason."""

_OUTCOMES: Final = {verdict: Outcome(verdict) for verdict in Verdict}
_SCREENED: Final = {
    Outcome.MAYBE: (State.SCREENING_MAYBE, ""),
    Outcome.CONFLICT: (State.SCREENING_CONFLICT, ""),
}
_ASSESSED: Final = {
    Outcome.MAYBE: (State.ASSESSED_MAYBE, ""),
    Outcome.CONFLICT: (State.ASSESSED_CONFLICT, ""),
    Outcome.INCLUDE: (State.INCLUDED, ""),
}
_UNDECIDED: Final = Outcome.UNDECIDED
_UNSEEN: Final = (State.SCREENING, "")
_SOUGHT: Final = (State.SOUGHT, "")
_TAKEN_BACK: Final = Verdict.UNDECIDED
_DECIDE: Final = Kind.DECIDE.value
_SCREENING_STAGE: Final = Stage.TITLE_ABSTRACT.value
_ASSESSING_STAGE: Final = Stage.FULL_TEXT.value
_NOTHING: Final[Mapping[Place, int]] = MappingProxyType({})
_NOBODY: Final[Mapping[str, Event]] = MappingProxyType({})

Slot = tuple[str, str, str, str]
"""A place where one event stands: kind, record, stage of a decision or field of an edit or "", reviewer."""


def source_prefix(record: str) -> str:
    """The part of a record's id that names its source."""
    return record.rpartition("-")[0]


_id = attrgetter("id")


class Ledger:
    """The fold of all events: standing votes, notes, labels, history and tallies.

    Events may arrive in any order; an event already known is passed over, so two copies of a review
    merge by feeding both. What stands depends on which events there are, never on when they arrived:

    - a `redo` puts the own `undo` events it replaces out of force, for good;
    - an own `undo` in force makes the decisions, notes and labels it replaces void;
    - an event that is not void supersedes the own events of its slot that it replaces;
    - of the events of a slot that are neither void nor superseded, the one with the greatest id stands.

    Only the order of the history (what `undo` and `redo` act on next) follows arrival.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events: dict[str, Event] = {}
        self._slots: dict[Slot, tuple[Event, ...]] = {}
        """All events of each slot, by id."""
        self._superseding: dict[str, list[Event]] = {}
        """Decisions, notes and labels that say they replace an event, by its id."""
        self._undos: Counter[tuple[str, str]] = Counter()
        """Undo events in force, by id of their target and reviewer."""
        self._redone: set[tuple[str, str]] = set()
        """Ids of undo events out of force, with the reviewer."""
        self._votes: defaultdict[str, dict[str, dict[str, Event]]] = defaultdict(dict)
        """Standing decisions by stage, record and reviewer."""
        self._screening = self._votes[_SCREENING_STAGE]
        self._assessing = self._votes[_ASSESSING_STAGE]
        self._notes: dict[str, dict[str, Event]] = {}
        self._labels: dict[str, dict[str, Event]] = {}
        self._edits: dict[str, dict[str, Event]] = {}
        """Standing corrections of each record, by field and reviewer."""
        self._done: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """Actions of each reviewer that are not void, the last one last."""
        self._undone: defaultdict[str, dict[str, str]] = defaultdict(dict)
        """Undo event -> the action it undid, since the reviewer's last action."""
        self._places: dict[str, Place] = {}
        """Where each record that anybody has decided on is tallied now."""
        self._tallies: defaultdict[str, Counter[Place]] = defaultdict(Counter)
        """Records by place, for each source."""
        self._progress: Counter[tuple[str, str, Verdict]] = Counter()
        self._label_uses: Counter[str] = Counter()
        for event in events:
            self.apply(event)

    # What stands

    def vote(self, record: str, stage: str, by: str) -> Event | None:
        """The reviewer's standing decision on a record at a stage."""
        return self.votes(record, stage).get(by)

    def votes(self, record: str, stage: str) -> Mapping[str, Event]:
        """All standing decisions on a record at a stage, by reviewer."""
        return self._votes.get(stage, {}).get(record, _NOBODY)

    def note(self, record: str, by: str) -> str:
        """The reviewer's standing note on a record, or ""."""
        event = self.notes(record).get(by)
        return event.text if event else ""

    def notes(self, record: str) -> Mapping[str, Event]:
        """All standing notes on a record, by reviewer."""
        return self._notes.get(record, _NOBODY)

    def labels(self, record: str, by: str) -> tuple[str, ...]:
        """The reviewer's standing labels on a record."""
        event = self.label_events(record).get(by)
        return event.labels if event else ()

    def label_events(self, record: str) -> Mapping[str, Event]:
        """All standing label events on a record, by reviewer."""
        return self._labels.get(record, _NOBODY)

    def corrections(self, record: str) -> dict[str, Event]:
        """The standing corrections of a record by field; of several reviewers' the newest one."""
        newest: dict[str, Event] = {}
        for event in self._edits.get(record, _NOBODY).values():
            other = newest.get(event.field)
            if other is None or event.id > other.id:
                newest[event.field] = event
        return newest

    @property
    def corrected(self) -> Collection[str]:
        """The records that have corrections."""
        return self._edits.keys()

    def known_labels(self) -> list[str]:
        """Labels in use, the most used first, then by name."""
        uses = [(-n, label) for label, n in self._label_uses.items() if n > 0]
        return [label for _, label in sorted(uses)]

    def standing(self, kind: str, record: str, stage: str, by: str, field: str = "") -> Event | None:
        """The event that stands in a slot, also one that takes back: what the next one there replaces.

        `vote`, `notes` and `label_events` pass over events that take back (`undecided`, an empty note).
        """
        return self._newest((kind, record, stage if kind == Kind.DECIDE else field, by))

    def outcome(self, record: str, stage: str) -> Outcome:
        """Where the record stands at the stage."""
        return _outcome(self.votes(record, stage))

    # Tallies: what the summary needs, without looking at records

    def state(self, record: str) -> State:
        """Where the record is in the flow."""
        return self._places.get(record, _UNSEEN)[0]

    def tally(self, prefix: str, state: State) -> int:
        """Records of a source (by its prefix) in a state; `SCREENING` is never tallied: it is the rest."""
        return sum(n for (s, _), n in self._tallies.get(prefix, _NOTHING).items() if s is state)

    def tallied(self, prefix: str) -> int:
        """Records of a source in any state but `SCREENING`."""
        return sum(self._tallies.get(prefix, _NOTHING).values())

    def reasons(self, prefix: str, state: State) -> dict[str, int]:
        """Excluded records of a source by primary reason id; "" counts those without a reason."""
        places = self._tallies.get(prefix, _NOTHING)
        return {reason: n for (s, reason), n in places.items() if n and s is state}

    def progress(self, by: str, stage: str) -> dict[Verdict, int]:
        """The reviewer's own standing decisions at a stage, by verdict."""
        return {v: self._progress[by, stage, v] for v in (Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE)}

    def decided(self, by: str, stage: str) -> int:
        """How many records the reviewer has a standing decision on at the stage."""
        return sum(self.progress(by, stage).values())

    def reviewers(self) -> list[str]:
        """Everyone with a standing decision, in the order in which they first decided anything."""
        return list(dict.fromkeys(by for (by, _, _), n in self._progress.items() if n))

    # History: what undo and redo act on

    def undoable(self, by: str) -> Event | None:
        """The reviewer's last action that can be undone."""
        return next(self.history(by), None)

    def redoable(self, by: str) -> tuple[Event, Event] | None:
        """The reviewer's last undo and the action it undid, while nothing was done since."""
        last = next(reversed(self._undone.get(by, {}).items()), None)
        return None if last is None else (self.events[last[0]], self.events[last[1]])

    def history(self, by: str) -> Iterator[Event]:
        """The reviewer's actions that stand or stood until a later one, the newest first."""
        return (self.events[e] for e in reversed(self._done.get(by, {})))

    # Change

    def apply(self, event: Event) -> None:
        """Take in one event.

        The cost does not grow with the number of events, only with how often one reviewer has decided
        the same thing.
        """
        if event.id in self.events:
            return
        self.events[event.id] = event
        if event.kind in SLOT_KINDS:
            self._enter(event)
        elif event.kind == Kind.UNDO:
            self._undo(event)
        elif event.kind == Kind.REDO:
            self._redo(event)

    def _enter(self, event: Event) -> None:
        for target in event.replaces:
            self._superseding.setdefault(target, []).append(event)
        void = self._void(event)
        slot = _slot(event)
        events = self._slots.get(slot)
        if events is None:
            self._slots[slot] = (event,)
            alone = not void and event.id not in self._superseding
            self._settle(slot, event if alone else self._newest(slot))
        else:
            self._slots[slot] = tuple(sorted((*events, event), key=_id))
            self._settle(slot, self._newest(slot))
        if not void and "from" not in event.body:  # nobody undoes an imported file one by one
            self._done[event.by][event.id] = None
            self._undone.pop(event.by, None)

    def _undo(self, event: Event) -> None:
        if (event.id, event.by) in self._redone:
            return
        for target_id in dict.fromkeys(event.replaces):
            self._undos[target_id, event.by] += 1
            target = self._own_action(target_id, event.by)
            if target is not None:
                self._settle_again(target)
                self._done[event.by].pop(target_id, None)
                if "from" not in target.body:
                    self._undone[event.by][event.id] = target_id

    def _redo(self, event: Event) -> None:
        for undo_id in event.replaces:
            if (undo_id, event.by) in self._redone:
                continue
            self._redone.add((undo_id, event.by))
            undo = self.events.get(undo_id)
            if undo is None or undo.kind != Kind.UNDO or undo.by != event.by:
                continue
            self._undone[event.by].pop(undo_id, None)
            for target_id in dict.fromkeys(undo.replaces):
                self._undos[target_id, event.by] -= 1
                target = self._own_action(target_id, event.by)
                if target is not None and not self._void(target):
                    self._settle_again(target)
                    if "from" not in target.body:
                        self._done[event.by][target_id] = None

    def _own_action(self, event_id: str, by: str) -> Event | None:
        event = self.events.get(event_id)
        return event if event is not None and event.by == by and event.kind in SLOT_KINDS else None

    def _void(self, event: Event) -> bool:
        return bool(self._undos) and self._undos.get((event.id, event.by), 0) > 0

    def _stands(self, event: Event, slot: Slot) -> bool:
        return not self._void(event) and not any(
            _slot(later) == slot and not self._void(later) for later in self._superseding.get(event.id, ())
        )

    def _newest(self, slot: Slot) -> Event | None:
        for event in reversed(self._slots.get(slot, ())):
            if self._stands(event, slot):
                return event
        return None

    def _settle_again(self, event: Event) -> None:
        slot = _slot(event)
        self._settle(slot, self._newest(slot))

    def _settle(self, slot: Slot, standing: Event | None) -> None:
        """Bring votes, notes, labels and tallies in line with what stands in a slot."""
        kind, record, stage, by = slot
        if kind == _DECIDE:
            self._settle_vote(record, stage, by, standing)
        elif kind == Kind.NOTE:
            _put(self._notes, record, by, standing if standing and standing.text else None)
        elif kind == Kind.EDIT:
            _put(self._edits, record, f"{stage}\n{by}", standing)
        else:
            before = _put(self._labels, record, by, standing if standing and standing.labels else None)
            self._label_uses.subtract(before.labels if before else ())
            self._label_uses.update(standing.labels if standing else ())

    def _settle_vote(self, record: str, stage: str, by: str, standing: Event | None) -> None:
        verdict = standing.verdict if standing else _TAKEN_BACK
        if verdict is _TAKEN_BACK:
            standing = None
        before = _put(self._votes[stage], record, by, standing)
        if before is standing:
            return
        if before is not None:
            self._progress[by, stage, before.verdict] -= 1
        if standing is not None:
            self._progress[by, stage, verdict] += 1
        self._tally(record)

    def _tally(self, record: str) -> None:
        """Count the record where it is now, and no longer where it was."""
        place = self._place(record)
        before = self._places.get(record, _UNSEEN)
        if place is before or place == before:
            return
        tallies = self._tallies[source_prefix(record)]
        if before is not _UNSEEN:
            tallies[before] -= 1
        if place is _UNSEEN:
            del self._places[record]
        else:
            self._places[record] = place
            tallies[place] += 1

    def _place(self, record: str) -> Place:
        votes = self._screening.get(record)
        if votes is None:
            return _UNSEEN
        outcome = _outcome(votes)
        if outcome is Outcome.EXCLUDE:
            return State.SCREENED_OUT, primary_reason(votes)
        if outcome is not Outcome.INCLUDE:
            return _SCREENED[outcome]
        votes = self._assessing.get(record)
        if votes is None:
            return _SOUGHT
        outcome = _outcome(votes)
        if outcome is Outcome.EXCLUDE:
            return State.ASSESSED_OUT, primary_reason(votes)
        return _ASSESSED[outcome]


def _put(table: dict[str, dict[str, Event]], record: str, by: str, event: Event | None) -> Event | None:
    """Set or, with None, remove what stands for a reviewer; returns what stood before."""
    standing = table.get(record)
    if standing is None:
        if event is not None:
            table[record] = {by: event}
        return None
    before = standing.get(by)
    if event is not None:
        standing[by] = event
    elif before is not None:
        del standing[by]
        if not standing:
            del table[record]
    return before


def _slot(event: Event) -> Slot:
    kind = event.kind
    place = event.stage if kind == _DECIDE else event.field if kind == Kind.EDIT else ""
    return (kind, event.record, place, event.by)


def _outcome(votes: Mapping[str, Event]) -> Outcome:
    outcome = _UNDECIDED
    for event in votes.values():
        this = _OUTCOMES[event.verdict]
        if outcome is not this and outcome is not _UNDECIDED:
            return Outcome.CONFLICT
        outcome = this
    return outcome


def primary_reason(votes: Mapping[str, Event]) -> str:
    """The reason an excluded record is counted under: the first one of the earliest vote that names any."""
    named = [(event.id, reasons[0]) for event in votes.values() if (reasons := event.reasons)]
    return min(named)[1] if named else ""
