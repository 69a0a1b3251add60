"""One column of the PRISMA 2020 flow, and what must hold in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamis.domain.states import REASONED_STATES, REMOVED_STATES, State

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Identity:
    """One equation that must hold between boxes."""

    name: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether both sides are equal and none is negative."""
        return self.left == self.right and self.left >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The numbers of one column of the flow: databases and registers, or other methods.

    Attributes:
        identified: records counted in the files; in the right column without duplicates.
        unreadable: of these, records that could not be imported.
        unaccounted: records by which any file's count differs from imported + unreadable.
        unknown: records decided on beyond those that were imported from their file.
        states: records by state; they sum to the records imported.
        reasons: for each state that has them, records by reason id or rule ("" = none given).
        right: whether it is the column of the other methods.
    """

    identified: int
    unreadable: int
    unaccounted: int
    unknown: int
    states: Mapping[State, int]
    reasons: Mapping[State, Mapping[str, int]]
    right: bool = False

    @property
    def duplicates(self) -> int:
        """Records for which another one stands."""
        return self.states[State.DUPLICATE]

    @property
    def removed_automation(self) -> int:
        """Records marked as ineligible by automation tools, before screening."""
        return self.states[State.REMOVED_AUTOMATION]

    @property
    def removed_other(self) -> int:
        """Records removed for other reasons, before screening, with those that could not be read."""
        return self.unreadable + self.states[State.REMOVED_OTHER]

    @property
    def removed(self) -> int:
        """Records identified that are not screened."""
        return self.removed_automation + self.removed_other + (0 if self.right else self.duplicates)

    @property
    def screened(self) -> int:
        """Records screened: all that were not removed before."""
        return self.identified - self.removed

    @property
    def pending_screening(self) -> int:
        """Records not finally decided on title/abstract."""
        s = self.states
        return s[State.SCREENING] + s[State.SCREENING_MAYBE] + s[State.SCREENING_CONFLICT]

    @property
    def excluded(self) -> int:
        """Records excluded on title/abstract, by people and by automation."""
        return self.states[State.SCREENED_OUT] + self.stopped

    @property
    def stopped(self) -> int:
        """Of the records excluded, those left undecided by a stop."""
        return self.states[State.STOPPED]

    @property
    def sought(self) -> int:
        """Reports sought for retrieval: all that were included on title/abstract."""
        return self.not_retrieved + self.pending_assessment + self.assessed

    @property
    def not_retrieved(self) -> int:
        """Reports that could not be had."""
        return self.states[State.NOT_RETRIEVED]

    @property
    def pending_assessment(self) -> int:
        """Reports not finally decided on the full text."""
        s = self.states
        return s[State.SOUGHT] + s[State.ASSESSED_MAYBE] + s[State.ASSESSED_CONFLICT]

    @property
    def assessed(self) -> int:
        """Reports assessed for eligibility so far."""
        return self.assessed_out + self.included

    @property
    def assessed_out(self) -> int:
        """Reports excluded on the full text."""
        return self.states[State.ASSESSED_OUT]

    @property
    def included(self) -> int:
        """Reports included on the full text."""
        return self.states[State.INCLUDED]

    def why(self, state: State) -> Mapping[str, int]:
        """Records in a state by reason id or rule."""
        return self.reasons.get(state, {})

    def identities(self, name: str) -> list[Identity]:
        """What must hold in this column."""
        s = self.states
        screened = sum(n for state, n in s.items() if state not in REMOVED_STATES)
        duplicates = 0 if self.right else s[State.DUPLICATE]
        return [
            Identity(f"{name}: every file's records are imported or listed", self.unaccounted, 0),
            Identity(f"{name}: every record decided on was imported", self.unknown, 0),
            Identity(
                f"{name}: identified = duplicates + automation + other + screened",
                self.identified,
                duplicates + self.removed_automation + self.removed_other + screened,
            ),
            Identity(
                f"{name}: screened = excluded + sought + pending",
                self.screened,
                self.excluded + self.sought + self.pending_screening,
            ),
            Identity(
                f"{name}: sought = not retrieved + assessed + pending",
                self.sought,
                self.not_retrieved + self.assessed + self.pending_assessment,
            ),
            Identity(
                f"{name}: assessed = excluded + included",
                self.assessed,
                sum(self.why(State.ASSESSED_OUT).values()) + s[State.INCLUDED],
            ),
            *(
                Identity(f"{name}: {state} = sum of its reasons", s[state], sum(self.why(state).values()))
                for state in REASONED_STATES
            ),
            Identity(f"{name}: nothing is negative", min(0, *s.values()), 0),
        ]
