"""A reviewer whose name is nearly that of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui import reviews
from tests.tui.driving import driven

if TYPE_CHECKING:
    from pathlib import Path


async def test_it_is_said_in_the_app(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "review") as review:
        async with driven(reviews.session(review, "ann")) as d:
            assert "ann is another reviewer than Ann" in d.said
        async with driven(reviews.session(review)) as d:
            assert "another reviewer" not in d.said
