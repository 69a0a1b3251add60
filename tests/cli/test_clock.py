"""Time and ids: sortable, unique, whatever the clock does."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from tamis.cli import clock

if TYPE_CHECKING:
    import pytest


def test_ids_are_version_7_unique_and_sorted() -> None:
    made = [clock.uuid7() for _ in range(5000)]
    assert len(set(made)) == 5000
    assert made == sorted(made)
    assert {(uuid.UUID(i).version, uuid.UUID(i).variant) for i in made} == {(7, uuid.RFC_4122)}


def test_ids_stay_sorted_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([4_000_000_000_000_000_000, 1_000_000_000, 3_999_999_999_999_999_999])
    monkeypatch.setattr(clock, "_last", 0)
    monkeypatch.setattr(clock, "time_ns", lambda: next(times))
    made = [clock.uuid7() for _ in range(3)]
    assert made == sorted(made)


def test_time_is_utc_to_the_second() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", clock.utc_now())
