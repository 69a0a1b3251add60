"""The ledger: what stands, after every event so far, without folding them anew at each one."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from tamis.domain.events import PAIR_KINDS, SLOT_KINDS, Event, Kind, Verdict
from tamis.domain.links import pair_of
from tamis.domain.reports import Reports
from tamis.domain.states import NOBODY, Outcome, Place, State, event_place, primary_reason
from tamis.domain.tallies import source_prefix
from tamis.domain.words import put

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

__all__ = ["Ledger", "Outcome", "Place", "Slot", "State", "primary_reason", "source_prefix"]

_DECIDE: Final = Kind.DECIDE.value

_STAGED: Final = frozenset({Kind.DECIDE, Kind.AGAIN, Kind.ORDER})
"""Kinds of which one event stands for each stage."""

Slot = tuple[str, str, str, str]
"""A place where one event stands: kind, record, and reviewer, and between the last two what tells slots
of a kind apart: the stage of a decision, the field of an edit, the other record of a pair, the checksum
of a file, the id of a stop, else ""."""

_id = attrgetter("id")


class Ledger(Reports):
    """The fold of all events: which of them stand, the history, notes and labels; the rest is in `Reports`.

    Events may arrive in any order; an event already known is passed over, so two copies of a review
    merge by feeding both. What stands depends on which events there are, never on when they arrived:

    - a `redo` puts the own `undo` events it replaces out of force, for good;
    - an own `undo` in force makes the actions (events of `SLOT_KINDS`) it replaces void;
    - an event that is not void supersedes the own events of its slot that it replaces;
    - of the events of a slot that are neither void nor superseded, the one with the greatest id stands.

    Only the order of the history (what `undo` and `redo` act on next) follows arrival.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        super().__init__()
        self.events: dict[str, Event] = {}
        self._slots: dict[Slot, tuple[Event, ...]] = {}
        """All events of each slot, by id; a first decision that was never replaced or undone is not there."""
        self._superseding: dict[str, list[Event]] = {}
        """Actions that say they replace an event, by its id."""
        self._undos: Counter[tuple[str, str]] = Counter()
        """Undo events in force, by id of their target and reviewer."""
        self._redone: set[tuple[str, str]] = set()
        """Ids of undo events out of force, with the reviewer."""
        self._notes: dict[str, dict[str, Event]] = {}
        self._labels: dict[str, dict[str, Event]] = {}
        self._edits: dict[str, dict[str, Event]] = {}
        """Standing corrections of each record, by field and reviewer."""
        self._files: dict[str, dict[str, Event]] = {}
        """What stands on the files of each record, by checksum and reviewer."""
        self._facts_of: dict[str, dict[str, Event]] = {}
        """Standing facts of each source, by field and reviewer."""
        self._by_place: dict[str, dict[str, dict[str, Event]]] = {
            Kind.EDIT.value: self._edits,
            Kind.ATTACH.value: self._files,
            Kind.SOURCE.value: self._facts_of,
        }
        self._done: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """Actions of each reviewer that are not void, the last one last."""
        self._undone: defaultdict[str, dict[str, str]] = defaultdict(dict)
        """Undo event -> the action it undid, since the reviewer's last action."""
        self._label_uses: Counter[str] = Counter()
        self.apply_all(events)

    # What stands

    def note(self, record: str, by: str) -> str:
        """The reviewer's standing note on a record, or ""."""
        event = self.notes(record).get(by)
        return event.text if event else ""

    def notes(self, record: str) -> Mapping[str, Event]:
        """All standing notes on a record, by reviewer."""
        return self._notes.get(record, NOBODY)

    def labels(self, record: str, by: str) -> tuple[str, ...]:
        """The reviewer's standing labels on a record."""
        event = self.label_events(record).get(by)
        return event.labels if event else ()

    def label_events(self, record: str) -> Mapping[str, Event]:
        """All standing label events on a record, by reviewer."""
        return self._labels.get(record, NOBODY)

    def corrections(self, record: str) -> dict[str, Event]:
        """The standing corrections of a record by field; of several reviewers' the newest one."""
        return _newest_by_field(self._edits.get(record, NOBODY).values())

    def source_facts(self, prefix: str) -> dict[str, Event]:
        """What stands of a source beyond its import, by field; of several reviewers' the newest one."""
        return _newest_by_field(self._facts_of.get(prefix, NOBODY).values())

    @property
    def corrected(self) -> Collection[str]:
        """The records that have corrections."""
        return self._edits.keys()

    def files(self, record: str) -> list[Event]:
        """The files of a report, each content once, by id; of several reviewers' words the newest counts.

        Those attached to other members of its cluster are its files, too.
        """
        found: dict[str, Event] = {}
        for member in sorted(self.cluster(record), key=lambda member: member != record):
            for event in self.own_files(member):
                found.setdefault(event.sha256, event)
        return sorted(found.values(), key=_id)

    def own_files(self, record: str) -> list[Event]:
        """The files that were attached to this very record, whatever its cluster."""
        newest: dict[str, Event] = {}
        for event in self._files.get(record, NOBODY).values():
            newest[event.sha256] = max(event, newest.get(event.sha256, event), key=_id)
        return [event for event in newest.values() if not event.gone]

    @property
    def with_files(self) -> Collection[str]:
        """The records that anybody has attached files to, also such as were taken away again."""
        return self._files.keys()

    def known_labels(self) -> list[str]:
        """Labels in use, the most used first, then by name."""
        uses = [(-n, label) for label, n in self._label_uses.items() if n > 0]
        return [label for _, label in sorted(uses)]

    def standing(self, kind: str, record: str, stage: str, by: str, field: str = "") -> Event | None:
        """The event that stands in a slot, also one that takes back: what the next one there replaces.

        `vote`, `notes` and `label_events` pass over events that take back (`undecided`, an empty note).

        Args:
            kind: of `duplicate` and `distinct` either, they share their slots.
            record: "" for a `stop`, `sample`, `order`, `highlight` or `previous`; the prefix for a `source`.
            stage: of a decision, first or again, or of an order; passed over for all other kinds.
            by: the reviewer.
            field: of an edit or source; the other record of a pair; the id of a `stop`, `sample` or
                `highlight`.
        """
        if kind in PAIR_KINDS:
            kind = Kind.DUPLICATE.value
            record, field = pair_of(record, field)
        return self._newest((kind, record, stage if kind in _STAGED else field, by))

    def taken_back(self, a: str, b: str, by: str) -> bool:
        """Whether an author spoke of a pair and every word of it was undone."""
        slot = (Kind.DUPLICATE.value, *pair_of(a, b), by)
        return slot in self._slots and self._newest(slot) is None

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

    def actions(self, by: str) -> list[str]:
        """The ids of the same, the oldest first: quick, however many there are."""
        return list(self._done.get(by, {}))

    # Change

    def apply(self, event: Event) -> None:
        """Take in one event.

        The cost does not grow with the number of events, only with how often one reviewer has decided
        the same thing, with the size of the cluster a record is in, and with the records a stop names.
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

    def apply_all(self, events: Iterable[Event]) -> None:
        """Take in many events: the same as one by one, with clusters and tallies made once at the end."""
        self._waiting, self._untallied = set(), {}
        try:
            for event in events:
                # Nearly all of a review's events are somebody's first decision on a record.
                if event.kind != _DECIDE or event.replaces or not self._put_first_vote(event):
                    self.apply(event)
        finally:
            changed, self._waiting = self._waiting, None
            self._regroup(changed)
            self._tally_late()

    def _put_first_vote(self, event: Event) -> bool:
        """Take in a decision that no other event concerns; False when there is more to it."""
        record, by, stage, verdict = event.record, event.by, event.stage, event.verdict
        votes = self._votes[stage]
        said = votes.get(record)
        if (
            verdict is Verdict.UNDECIDED
            or (said is not None and by in said)
            or (_DECIDE, record, stage, by) in self._slots
            or record in self._cluster_of
            or event.id in self.events
            or event.id in self._superseding
            or (self._undos and self._void(event))
        ):
            return False
        self.events[event.id] = event
        self._progress[by, stage, verdict] += 1
        if said is not None:
            said[by] = event
            self._untallied[record] = None
        else:
            votes[record] = {by: event}
            alone = (
                record not in self._assessing and record not in self._places and record not in self._marked
            )
            if votes is self._screening and alone:
                self._put_first_place(record, event_place(event, verdict))
            else:
                self._untallied[record] = None
        self._remember(event)
        return True

    def _remember(self, event: Event) -> None:
        """Put an action at the end of its reviewer's history."""
        if "from" not in event.body:  # nobody undoes an imported file one by one
            self._done[event.by][event.id] = None
            if self._undone:
                self._undone.pop(event.by, None)

    def _enter(self, event: Event) -> None:
        for target in event.replaces:
            self._superseding.setdefault(target, []).append(event)
        void = self._void(event)
        slot = _slot(event)
        events = self._slots.get(slot) or self._alone(slot)
        if not events:
            self._slots[slot] = (event,)
            alone = not void and event.id not in self._superseding
            self._settle(slot, event if alone else self._newest(slot))
        else:
            self._slots[slot] = tuple(sorted((*events, event), key=_id))
            self._settle(slot, self._newest(slot))
        if not void:
            self._remember(event)

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

    def _alone(self, slot: Slot) -> tuple[Event, ...]:
        """The event of a slot that `_put_first_vote` has taken in: it is the vote, and in no slot yet."""
        kind, record, stage, by = slot
        vote = self.own_votes(record, stage).get(by) if kind == _DECIDE else None
        return () if vote is None else (vote,)

    def _newest(self, slot: Slot) -> Event | None:
        for event in reversed(self._slots.get(slot) or self._alone(slot)):
            if self._stands(event, slot):
                return event
        return None

    def _settle_again(self, event: Event) -> None:
        slot = _slot(event)
        self._slots.setdefault(slot, self._alone(slot))
        self._settle(slot, self._newest(slot))

    def _settle(self, slot: Slot, standing: Event | None) -> None:
        """Bring votes, notes, labels and tallies in line with what stands in a slot."""
        kind, record, place, by = slot
        if kind == _DECIDE:
            self._settle_vote(record, place, by, standing)
        elif kind == Kind.NOTE:
            put(self._notes, record, by, standing if standing and standing.text else None)
        elif (table := self._by_place.get(kind)) is not None:
            put(table, record, f"{place}\n{by}", standing)
        elif kind == Kind.LABEL:
            before = put(self._labels, record, by, standing if standing and standing.labels else None)
            self._label_uses.subtract(before.labels if before else ())
            self._label_uses.update(standing.labels if standing else ())
        elif kind == Kind.DUPLICATE:
            self._settle_pair(record, place, by, standing)
        elif kind == Kind.STOP:
            self._settle_stop(place, standing)
        elif kind == Kind.SAMPLE:
            self._settle_sample(place, standing)
        elif kind == Kind.PREVIOUS:
            self._settle_previous(by, standing)
        elif kind == Kind.AGAIN:
            self._settle_look(record, place, by, standing)
        elif kind not in (Kind.ORDER, Kind.HIGHLIGHT):
            self._settle_fact(kind, record, by, standing)


def _slot(event: Event) -> Slot:
    kind = event.kind
    if kind in (_DECIDE, Kind.AGAIN):
        return (kind, event.record, event.stage, event.by)
    if kind == Kind.ORDER:
        return (kind, "", event.stage, event.by)
    if kind in PAIR_KINDS:
        return (Kind.DUPLICATE.value, *pair_of(event.record, event.of), event.by)
    if kind in (Kind.STOP, Kind.SAMPLE, Kind.HIGHLIGHT, Kind.PREVIOUS):
        return (kind, "", "" if kind == Kind.PREVIOUS else event.id, event.by)
    if kind == Kind.SOURCE:
        return (kind, event.source, event.field, event.by)
    apart = event.field if kind == Kind.EDIT else event.sha256 if kind == Kind.ATTACH else ""
    return (kind, event.record, apart, event.by)


def _newest_by_field(events: Iterable[Event]) -> dict[str, Event]:
    newest: dict[str, Event] = {}
    for event in events:
        other = newest.get(event.field)
        if other is None or event.id > other.id:
            newest[event.field] = event
    return newest
