"""Records that nobody's verdict took out of the flow: removed before screening, or left by a stop. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Kind, Stage
from tamis.domain.ledger import source_prefix
from tamis.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger

STATES: Final = (State.REMOVED_AUTOMATION, State.REMOVED_OTHER, State.STOPPED)
"""Where such records are."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Who took records out, and what is not to be seen in their numbers.

    Attributes:
        by: (state, rule) -> who said so, by name.
        left: of the records of databases and registers, those that a stop left unscreened, by state.
        decided: records removed before screening although somebody had decided on them.
    """

    by: dict[tuple[State, str], tuple[str, ...]]
    left: Counter[State]
    decided: int


def taken_out(ledger: Ledger, databases: Collection[str]) -> TakenOut:
    """Go through all removals and stops that count.

    Args:
        ledger: the fold of a review's events.
        databases: prefixes of the sources of the left column.
    """
    people: defaultdict[tuple[State, str], set[str]] = defaultdict(set)
    left: Counter[State] = Counter()
    decided = 0
    for record, event in _counted(ledger):
        state = ledger.state(record)
        people[state, event.rule].add(event.by)
        if event.kind == Kind.STOP:
            left[state] += source_prefix(record) in databases
        else:
            decided += any(ledger.votes(record, stage) for stage in Stage)
    return TakenOut({key: tuple(sorted(names)) for key, names in people.items()}, left, decided)


def _counted(ledger: Ledger) -> Iterator[tuple[str, Event]]:
    """Each record that is taken out, with the event by which it is; duplicates are not."""
    for event in ledger.removals():
        if ledger.state(event.record) in STATES:
            yield event.record, event
    for stop in ledger.stops:
        for record in dict.fromkeys(stop.records):
            if (
                ledger.state(record) in STATES
                and ledger.stop(record) is stop
                and ledger.removal(record) is None
            ):
                yield record, stop
