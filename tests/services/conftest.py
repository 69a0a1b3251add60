"""The review that tests of the session begin with, where they make none of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui import reviews
from tests.tui.reviews import TWO_STAGES, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.services.screening import Session
    from tamis.store.review import Review


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """A review of six records."""
    with reviews.make(tmp_path / "review", numbered(6), protocol=TWO_STAGES) as made:
        yield made


@pytest.fixture
def session(review: Review) -> Session:
    """A session on it."""
    return reviews.session(review)
