"""Dialogs: what is said can be read to its end in any terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.tui.screens.dialogs import Alert, Notice
from tests.tui.driving import driven

if TYPE_CHECKING:
    from tamis.services.screening import Session

WORDS = "\n".join(f"line {n} of what is to be known" for n in range(30))


async def test_what_is_higher_than_the_terminal_scrolls(session: Session) -> None:
    async with driven(session, (60, 15)) as d:
        for dialog in (Alert("Head", WORDS), Notice("Head", WORDS)):
            d.app.push_screen(dialog)
            await d.settle()
            assert "line 0 of" in d.text()
            assert "enter or esc closes this" not in d.text()
            await d.press("j", "j", "j")
            assert "line 0 of" not in d.text()
            await d.press("space", "space", "space")
            assert "line 29 of" in d.text()
            assert "enter or esc closes this" in d.text()
            await d.press(*["k"] * 30)
            assert "line 0 of" in d.text()
            await d.press("enter")
            assert d.app.screen is not dialog
