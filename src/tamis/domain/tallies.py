"""Where each record is counted: by source, state, reason and study."""

from __future__ import annotations

from collections import Counter, defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Stage
from tamis.domain.states import DUPLICATE, REMOVED_STATES, SOUGHT_STATES, UNSEEN, Place, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tamis.domain.events import Event

_NOTHING: Final[Mapping[Place, int]] = MappingProxyType({})
_ASSESSING_STAGE: Final = Stage.FULL_TEXT.value
_NOT_SCREENED: Final = frozenset((*REMOVED_STATES, State.STOPPED))


def source_prefix(record: str) -> str:
    """The part of a record's id that names its source."""
    return record.rpartition("-")[0]


class Tallies:
    """What the summary needs, without looking at records; every record is in one place."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        """Where each record of which anything is said is tallied now."""
        self._tallies: defaultdict[str, Counter[Place]] = defaultdict(Counter)
        """Records by place, for each source."""
        self._studied: dict[str, tuple[str, bool]] = {}
        """Included records that name a study, and whether they say it was in the previous review."""
        self._studies: Counter[str] = Counter()
        self._earlier: Counter[str] = Counter()
        """Of these, studies that any included record says were in the previous review."""

    def state(self, record: str) -> State:
        """Where the record is in the flow."""
        return self._places.get(record, UNSEEN)[0]

    def at_stage(self, record: str, stage: str) -> bool:
        """Whether the record is among those to be screened at a stage: no duplicate, not removed."""
        state = self.state(record)
        return state in SOUGHT_STATES if stage == _ASSESSING_STAGE else state not in _NOT_SCREENED

    def tally(self, prefix: str, state: State) -> int:
        """Records of a source (by its prefix) in a state; `SCREENING` is never tallied: it is the rest."""
        return sum(n for (s, _), n in self._tallies.get(prefix, _NOTHING).items() if s is state)

    def tallied(self, prefix: str) -> int:
        """Records of a source in any state but `SCREENING`."""
        return sum(self._tallies.get(prefix, _NOTHING).values())

    def reasons(self, prefix: str, state: State) -> dict[str, int]:
        """Records of a source in a state by primary reason id or rule; "" counts those without one."""
        places = self._tallies.get(prefix, _NOTHING)
        return {reason: n for (s, reason), n in places.items() if n and s is state}

    def places(self, prefix: str) -> Mapping[Place, int]:
        """Records of a source by state and reason, all but those in `SCREENING`."""
        return self._tallies.get(prefix, _NOTHING)

    @property
    def duplicates(self) -> int:
        """How many records another one stands for."""
        return sum(places.get(DUPLICATE, 0) for places in self._tallies.values())

    def studies(self) -> Mapping[str, int]:
        """Studies by name, with the number of their included reports."""
        return MappingProxyType(self._studies)

    @property
    def named_reports(self) -> int:
        """Included reports that name a study."""
        return len(self._studied)

    @property
    def earlier_studies(self) -> int:
        """Studies of the previous review that have included reports here."""
        return len(self._earlier)

    @property
    def earlier_reports(self) -> int:
        """Included reports of studies of the previous review."""
        return sum(self._studies[name] for name in self._earlier)

    def is_earlier(self, study: str) -> bool:
        """Whether any included report says that the previous review has the study."""
        return study in self._earlier

    def _put_place(self, record: str, place: Place) -> None:
        """Count the record in a place, and no longer where it was."""
        before = self._places.get(record, UNSEEN)
        if place is before or place == before:
            return
        tallies = self._tallies[source_prefix(record)]
        if before is not UNSEEN:
            tallies[before] -= 1
        if place is UNSEEN:
            del self._places[record]
        else:
            self._places[record] = place
            tallies[place] += 1

    def _put_first_place(self, record: str, place: Place) -> None:
        """Count a record that is in no place yet."""
        self._places[record] = place
        self._tallies[record.rpartition("-")[0]][place] += 1

    def _put_study(self, record: str, event: Event | None) -> None:
        """Count an included record under the study that an event names, None for one that is not included."""
        before = self._studied.pop(record, None)
        if before is not None:
            _count_study(self._studies, before[0], -1)
            _count_study(self._earlier, before[0], -before[1])
        if event is not None and event.study:
            self._studied[record] = (event.study, event.earlier)
            _count_study(self._studies, event.study, +1)
            _count_study(self._earlier, event.study, +event.earlier)


def _count_study(studies: Counter[str], name: str, n: int) -> None:
    """Count reports of a study; a study without any is not there."""
    studies[name] += n
    if not studies[name]:
        del studies[name]
