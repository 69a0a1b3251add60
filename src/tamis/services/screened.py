"""The sequence of screened records: which is relevant, in the order in which they were first decided on."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Kind, Verdict
from tamis.domain.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger

_IRRELEVANT: Final = {Outcome.EXCLUDE: False, Outcome.UNDECIDED: None}
_PASSED_OVER: Final = frozenset(
    {
        *(Kind.NOTE, Kind.LABEL, Kind.EDIT, Kind.SOURCE, Kind.ATTACH, Kind.STUDY, Kind.RETRIEVE),
        *(Kind.AGAIN, Kind.ORDER, Kind.PREVIOUS, Kind.HIGHLIGHT),
    }
)
"""Kinds that change neither a decision nor what is screened."""


class Screened:
    """Follows a ledger; `update` costs what is new, unless a link, a removal or an undo is.

    A record is relevant when it is included, a maybe or in conflict: anything that is not excluded. It has
    the place of the first decision on it or on any record of its cluster, also when that was changed later.

    Args:
        ledger: the fold of the review's events.
        stage: which stage is looked at.

    Attributes:
        built: how often it was built anew: while this stays, only decisions have changed.
    """

    def __init__(self, ledger: Ledger, stage: str) -> None:
        self._ledger = ledger
        self._stage = stage
        self.built = 0
        self._taken = 0
        self._last = ""
        self._relevant: dict[str, bool | None] = {}
        """Standing records in order; None for those that are not decided (any more) or not screened."""
        self.update()

    def update(self) -> None:
        """Take in the events that the ledger has taken in since."""
        events = self._ledger.events
        new = list(islice(events.values(), self._taken, None))
        self._taken = len(events)
        if not all(self._follow(event) for event in new):
            self._build(events.values())

    @property
    def records(self) -> dict[str, bool]:
        """Each decided record in order, and whether it is relevant."""
        return {record: known for record, known in self._relevant.items() if known is not None}

    @property
    def labels(self) -> list[bool]:
        """Whether each decided record is relevant, in order."""
        return [known for known in self._relevant.values() if known is not None]

    def relevant(self, record: str) -> bool | None:
        """Whether a standing record is relevant, None while it is undecided."""
        return self._relevant.get(record)

    def _follow(self, event: Event) -> bool:
        """Take in one event; False when everything has to be built anew."""
        if event.kind in _PASSED_OVER:
            return True
        if event.kind != Kind.DECIDE:
            return False
        if event.stage != self._stage:
            return True
        record = self._ledger.stands_for(event.record)
        if record not in self._relevant:
            if event.id < self._last or event.verdict is Verdict.UNDECIDED:
                return False
            self._last = event.id
        self._relevant[record] = self._known(record)
        return True

    def _build(self, events: Iterable[Event]) -> None:
        self.built += 1
        decided = [
            event
            for event in events
            if event.kind == Kind.DECIDE
            and event.stage == self._stage
            and event.verdict is not Verdict.UNDECIDED
        ]
        decided.sort(key=lambda event: event.id)
        self._last = decided[-1].id if decided else ""
        records = dict.fromkeys(self._ledger.stands_for(event.record) for event in decided)
        self._relevant = {record: self._known(record) for record in records}

    def _known(self, record: str) -> bool | None:
        if not self._ledger.at_stage(record, self._stage):
            return None
        return _IRRELEVANT.get(self._ledger.outcome(record, self._stage), True)
