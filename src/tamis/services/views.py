"""What a session shows of itself: how far it is, a row of its list, what an action changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tamis.domain.events import Event, Verdict


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reviewer is at this stage.

    Attributes:
        total: records to screen at this stage.
        verdicts: own standing decisions by verdict.
        seconds_each: median seconds a decision, None before the first timed one.
        position: 1-based place of the current record in the list, 0 in an empty one.
        shown: records in the list (fewer than `total` under a filter).
        not_retrieved: reports at full text that could not be had; nothing is left to decide on them.
    """

    total: int
    verdicts: Mapping[Verdict, int]
    seconds_each: float | None
    position: int
    shown: int
    not_retrieved: int = 0

    @property
    def decided(self) -> int:
        """Records with an own standing decision."""
        return sum(self.verdicts.values())

    @property
    def left(self) -> int:
        """Records that wait for an own decision."""
        return max(0, self.total - self.done)

    @property
    def done(self) -> int:
        """Records that wait for nothing: decided, or not retrieved."""
        return self.decided + self.not_retrieved

    @property
    def percent(self) -> float:
        """Share done, 0 to 100."""
        return 100 * self.done / self.total if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time left at this pace."""
        return None if self.seconds_each is None else self.left * self.seconds_each


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of one record."""

    index: int
    record_id: str
    title: str
    year: int | None
    verdict: Verdict
    reasons: tuple[str, ...]
    noted: bool
    labels: tuple[str, ...]
    has_abstract: bool
    not_retrieved: bool = False
    duplicate: bool = False
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What an action changed.

    Attributes:
        event: the event that is now on disk.
        record_id: the record concerned.
        words: what happened, for people; contains text from the record, clean.
        left_filter: whether going there gave the filter up, because the record is not in the list.
    """

    event: Event
    record_id: str
    words: str
    left_filter: bool = False
