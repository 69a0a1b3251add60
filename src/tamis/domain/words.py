"""What stands of people's words, record by record, whichever of them are one report."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tamis.domain.events import Event, Kind, Stage, Verdict
from tamis.domain.states import NOBODY
from tamis.domain.tallies import Tallies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Said = dict[str, dict[str, Event]]
"""Record -> reviewer -> what stands."""


class Words(Tallies):
    """Standing votes, facts and stops as they were said; what they come to for a report is in `Reports`."""

    def __init__(self) -> None:
        super().__init__()
        self._votes: defaultdict[str, _Said] = defaultdict(dict)
        """Standing decisions by stage, record and reviewer."""
        self._screening = self._votes[Stage.TITLE_ABSTRACT.value]
        self._assessing = self._votes[Stage.FULL_TEXT.value]
        self._cleared: dict[str, set[tuple[str, str]]] = {}
        """Records on which `undecided` stands, with stage and reviewer."""
        self._agains: defaultdict[tuple[str, str], dict[str, Event]] = defaultdict(dict)
        """What stands on records that were shown again, by stage and reviewer, then by record."""
        self._facts: dict[str, _Said] = {
            kind.value: {} for kind in (Kind.STANDS, Kind.RETRIEVE, Kind.STUDY, Kind.REMOVE)
        }
        self._stops: dict[str, Event] = {}
        self._stopped: _Said = {}
        """Records that stops name, and the events by id."""
        self._samples: dict[str, Event] = {}
        self._previous: dict[str, Event] = {}
        self._progress: Counter[tuple[str, str, Verdict]] = Counter()

    def own_votes(self, record: str, stage: str) -> Mapping[str, Event]:
        """The standing decisions that name this very record, whatever its cluster."""
        return self._votes.get(stage, {}).get(record, NOBODY)

    def voted(self, stage: str) -> list[str]:
        """The records that anybody has a standing decision on at a stage."""
        return sorted(self._votes.get(stage, ()))

    def progress(self, by: str, stage: str) -> dict[Verdict, int]:
        """The reviewer's own standing decisions at a stage, by verdict; a cluster counts once."""
        return {v: self._progress[by, stage, v] for v in (Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE)}

    def decided(self, by: str, stage: str) -> int:
        """How many records the reviewer has a standing decision on at the stage; a cluster counts once."""
        return sum(self.progress(by, stage).values())

    def agains(self, stage: str, by: str) -> Mapping[str, Event]:
        """What a reviewer said at a stage of records that were shown again, by record; no votes."""
        return self._agains.get((stage, by), NOBODY)

    def reviewers(self) -> list[str]:
        """Everyone with a standing decision, in the order in which they first decided anything."""
        return list(dict.fromkeys(by for (by, _, _), n in self._progress.items() if n))

    def removal(self, record: str) -> Event | None:
        """The event that removed this very record before screening, or None."""
        event = newest(self._facts[Kind.REMOVE].get(record))
        return event if event and event.removal else None

    def removals(self) -> list[Event]:
        """Of each record that was removed before screening, the event that did."""
        return [event for record in self._facts[Kind.REMOVE] if (event := self.removal(record))]

    def studied(self) -> list[str]:
        """Records that somebody has linked with a study."""
        return sorted(self._facts[Kind.STUDY])

    def stop(self, record: str) -> Event | None:
        """The newest stop that names this very record; it counts while nobody has decided."""
        return newest(self._stopped.get(record))

    @property
    def stops(self) -> list[Event]:
        """All stops that stand, the newest last."""
        return sorted(self._stops.values(), key=lambda event: event.id)

    @property
    def sample(self) -> Event | None:
        """The random sample drawn last of those that stand: screening follows its order."""
        return newest(self._samples)

    @property
    def previous(self) -> Event | None:
        """The newest word on the previous review's numbers; None when it is that there is no such review."""
        event = newest(self._previous)
        return event if event and event.body else None

    # Change

    def _clear(self, record: str, stage: str, by: str, cleared: bool) -> None:
        """Remember whether a word that takes back stands; it is one on the standing record."""
        words = self._cleared.setdefault(record, set())
        if cleared:
            words.add((stage, by))
        else:
            words.discard((stage, by))
        if not words:
            del self._cleared[record]

    def _settle_look(self, record: str, stage: str, by: str, standing: Event | None) -> None:
        said = self._agains[stage, by]
        said.pop(record, None)
        if standing is not None:
            said[record] = standing

    def _settle_sample(self, sample_id: str, standing: Event | None) -> None:
        self._samples.pop(sample_id, None)
        if standing is not None:
            self._samples[sample_id] = standing

    def _settle_previous(self, by: str, standing: Event | None) -> None:
        self._previous.pop(by, None)
        if standing is not None:
            self._previous[by] = standing


def put(table: dict[str, dict[str, Event]], record: str, by: str, event: Event | None) -> Event | None:
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


def newest(said: Mapping[str, Event] | None) -> Event | None:
    """The one with the greatest id of what several people said."""
    return newest_of(said.values()) if said else None


def newest_of(events: Iterable[Event]) -> Event | None:
    """The one with the greatest id, None of none."""
    return max(events, key=lambda event: event.id, default=None)
