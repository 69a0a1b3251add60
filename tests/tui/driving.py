"""Driving the app without a terminal, and reading what it shows."""

from __future__ import annotations

import asyncio
import html
import re
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rich.cells import cell_len
from textual import events

from tamis.services.relevance import Relevance
from tamis.tui.app import TamisApp
from tamis.tui.config import Config

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

    from tamis.services.screening import Session
    from tamis.tui.screens.screening import ScreeningScreen

SMALL = (80, 24)
WIDE = (120, 40)

_TEXT = re.compile(r'<text class="[^"]*" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', re.DOTALL)
_CELL = 12.2
_CHARACTERS = {
    "space": " ",
    "enter": "\r",
    "colon": ":",
    "comma": ",",
    "full_stop": ".",
    "question_mark": "?",
    "slash": "/",
}


class Driven:
    """A running app and what a person would do with it."""

    def __init__(self, app: TamisApp, pilot: Pilot[int], session: Session) -> None:
        self.app = app
        self.pilot = pilot
        self.session = session

    @property
    def screen(self) -> ScreeningScreen:
        """The screening screen, also while another one is above it."""
        return cast("ScreeningScreen", self.app.screen_stack[0])

    async def press(self, *keys: str) -> None:
        """Press keys, named as Textual names them, and wait for what they do."""
        for key in keys:
            self.app.post_message(events.Key(key, _CHARACTERS.get(key)))
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text at once, and wait for what it does."""
        names = {character: name for name, character in _CHARACTERS.items()}
        await self.press(*(names.get(character, character) for character in text))

    async def settle(self) -> None:
        """Wait until nothing happens any more."""
        await self.pilot.pause()
        await self.pilot.pause()

    def addresses(self) -> list[str]:
        """The addresses that the app opens from here on; no browser starts."""
        opened: list[str] = []
        self.app.open_url = lambda url, **_: opened.append(url)  # type: ignore[method-assign]  # of this app alone
        return opened

    def text(self) -> str:
        """The visible screen as plain text."""
        return screen_text(self.app)

    @property
    def lines(self) -> list[str]:
        """The visible screen line by line."""
        return self.text().split("\n")

    @property
    def said(self) -> str:
        """The line that says what happened, without the place in the list at its end."""
        return re.sub(r"\s+[\d,]+ of [\d,]+$", "", self.lines[-2].rstrip()).strip()

    @property
    def titles_decided(self) -> dict[str, str]:
        """Own verdicts by record title."""
        review, ledger = self.session.review, self.session.ledger
        votes = {
            record.title: ledger.vote(record.id, self.session.stage, self.session.by)
            for record in (review.records[i] for i in range(len(review.records)))
        }
        return {title: str(vote.verdict) for title, vote in votes.items() if vote}


@asynccontextmanager
async def driven(
    session: Session, size: tuple[int, int] = SMALL, config: Config | None = None, **options: Any
) -> AsyncIterator[Driven]:
    """Run the app on a session."""
    app = TamisApp(session, config or Config(Path("no-config.toml")))
    async with app.run_test(size=size, **options) as pilot:
        await pilot.pause()
        yield Driven(app, pilot, session)


async def ranked(d: Driven) -> None:
    """Wait until the background has nothing to do."""
    guide = d.session.guide
    assert isinstance(guide, Relevance)
    assert await asyncio.to_thread(guide.wait)
    await d.settle()


def screen_text(app: TamisApp) -> str:
    """The visible screen as plain text, through the app's own picture of it."""
    rows: dict[float, list[tuple[int, str]]] = {}
    for x, y, text in _TEXT.findall(app.export_screenshot()):
        cells = html.unescape(text).replace("\xa0", " ")
        rows.setdefault(float(y), []).append((round(float(x) / _CELL), cells))
    lines = []
    for y in sorted(rows):
        line = ""
        for column, cells in sorted(rows[y]):
            line += " " * (column - cell_len(line)) + cells
        lines.append(line.rstrip())
    return "\n".join(lines)
