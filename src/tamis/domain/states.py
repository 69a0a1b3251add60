"""Where a record stands: its outcome at a stage, and its one place in the PRISMA flow."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Removal, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tamis.domain.events import Event


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

    DUPLICATE = "duplicate"
    """Another record stands for its cluster."""
    REMOVED_AUTOMATION = "removed-automation"
    """Before screening: marked as ineligible by automation tools."""
    REMOVED_OTHER = "removed-other"
    """Before screening: removed for other reasons."""
    SCREENING = "screening"
    """Title/abstract: nobody has decided."""
    SCREENING_MAYBE = "screening-maybe"
    SCREENING_CONFLICT = "screening-conflict"
    SCREENED_OUT = "screened-out"
    """Excluded on title and abstract."""
    STOPPED = "stopped"
    """Left undecided by a rule that stopped screening, and counted as excluded by automation."""
    SOUGHT = "sought"
    """Included on title and abstract; nothing decided on the full text."""
    NOT_RETRIEVED = "not-retrieved"
    """Sought, and it could not be had."""
    ASSESSED_MAYBE = "assessed-maybe"
    ASSESSED_CONFLICT = "assessed-conflict"
    ASSESSED_OUT = "assessed-out"
    """Excluded on the full text."""
    INCLUDED = "included"
    """Included on the full text."""


Place = tuple[State, str]
"""Where a record is tallied: its state and, when it was taken out, its primary reason or the rule."""

REMOVED_STATES: Final = (State.DUPLICATE, State.REMOVED_AUTOMATION, State.REMOVED_OTHER)
"""Not screened: removed before."""
SCREENED_STATES: Final = tuple(state for state in State if state not in REMOVED_STATES)
SOUGHT_STATES: Final = (
    State.SOUGHT,
    State.NOT_RETRIEVED,
    State.ASSESSED_MAYBE,
    State.ASSESSED_CONFLICT,
    State.ASSESSED_OUT,
    State.INCLUDED,
)
REASONED_STATES: Final = (
    State.REMOVED_AUTOMATION,
    State.REMOVED_OTHER,
    State.SCREENED_OUT,
    State.STOPPED,
    State.ASSESSED_OUT,
)
"""States whose records are tallied by reason or rule, too."""

UNSEEN: Final[Place] = (State.SCREENING, "")
SOUGHT: Final[Place] = (State.SOUGHT, "")
NOT_RETRIEVED: Final[Place] = (State.NOT_RETRIEVED, "")
DUPLICATE: Final[Place] = (State.DUPLICATE, "")
NOBODY: Final[Mapping[str, Event]] = MappingProxyType({})

_OUTCOMES: Final = {verdict: Outcome(verdict) for verdict in Verdict}
_UNDECIDED: Final = Outcome.UNDECIDED
_SCREENED: Final = {
    Outcome.MAYBE: (State.SCREENING_MAYBE, ""),
    Outcome.CONFLICT: (State.SCREENING_CONFLICT, ""),
}
_VOTED: Final = {Verdict.INCLUDE: SOUGHT, Verdict.MAYBE: _SCREENED[Outcome.MAYBE]}
_ASSESSED: Final = {
    Outcome.MAYBE: (State.ASSESSED_MAYBE, ""),
    Outcome.CONFLICT: (State.ASSESSED_CONFLICT, ""),
    Outcome.INCLUDE: (State.INCLUDED, ""),
}
_REMOVED: Final = {
    Removal.AUTOMATION: State.REMOVED_AUTOMATION,
    Removal.OTHER: State.REMOVED_OTHER,
    Removal.EXCLUDED: State.STOPPED,
}


def outcome_of(votes: Mapping[str, Event]) -> Outcome:
    """What standing votes of several reviewers come to."""
    outcome = _UNDECIDED
    for event in votes.values():
        this = _OUTCOMES[event.verdict]
        if outcome is not this and outcome is not _UNDECIDED:
            return Outcome.CONFLICT
        outcome = this
    return outcome


def primary_reason(votes: Mapping[str, Event]) -> str:
    """The reason an excluded record is counted under: the first one that the first reviewer by name gives.

    Reviewers who give none are passed over. Deciding the same thing again does not move it.
    """
    named = [(by, reasons[0]) for by, event in votes.items() if (reasons := event.reasons)]
    return min(named)[1] if named else ""


@lru_cache(maxsize=1024)
def _screened_out(reason: str) -> Place:
    """One object for all records that a reason excluded: there are many."""
    return State.SCREENED_OUT, reason


def event_place(event: Event, verdict: Verdict) -> Place:
    """Where a decision on title and abstract puts a record that has no other; not for `UNDECIDED`."""
    if verdict is Verdict.EXCLUDE:
        return _screened_out(event.reason)
    return _VOTED[verdict]


def voted_place(screening: Mapping[str, Event] | None, assessing: Mapping[str, Event] | None) -> Place:
    """Where votes alone put a record; `UNSEEN` and `SOUGHT` are always the same objects."""
    if not screening:
        return UNSEEN
    outcome = outcome_of(screening)
    if outcome is Outcome.EXCLUDE:
        return _screened_out(primary_reason(screening))
    if outcome is not Outcome.INCLUDE:
        return _SCREENED[outcome]
    if not assessing:
        return SOUGHT
    outcome = outcome_of(assessing)
    if outcome is Outcome.EXCLUDE:
        return State.ASSESSED_OUT, primary_reason(assessing)
    return _ASSESSED[outcome]


def removed_place(event: Event) -> Place | None:
    """Where a `remove` or `stop` event puts its records, None for nowhere."""
    removal = event.removal
    return None if removal is None else (_REMOVED[removal], event.rule)
