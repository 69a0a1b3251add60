"""Undo on the screen, after a restart and under a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui import reviews
from tests.tui.driving import driven
from tests.tui.proofs.proving import verdict

if TYPE_CHECKING:
    from tamis.services.screening import Session


async def test_undo_after_a_restart(session: Session) -> None:
    """What was decided yesterday is undone today, on its record, and done again."""
    async with driven(session) as d:
        await d.press("i", "2", "m")
    async with driven(reviews.session(session.review)) as d:
        assert d.session.queue.cursor == 3
        assert d.said == "Welcome back, Ann: 3 decided."
        await d.press("u", "u")
        assert d.said.startswith("Undone: exclude (Wrong study design")
        assert d.session.queue.cursor == 1
    async with driven(reviews.session(session.review)) as d:
        await d.press("ctrl+r")
        assert d.said.startswith("Done again: exclude (Wrong study design")
        assert verdict(d, 1) == "exclude"
        assert verdict(d, 2) == "undecided"


async def test_undo_leaves_a_filter_that_hides_the_record(session: Session) -> None:
    """Undo goes to its record even when the filter hides it, and says that the filter is gone."""
    async with driven(session) as d:
        await d.press("i", "f", *"year", "colon", *"2018", "enter", "u")
        assert d.session.queue.cursor == 0
        assert len(d.session.queue) == 14
        assert d.said.startswith("The filter is off. Undone: include")
