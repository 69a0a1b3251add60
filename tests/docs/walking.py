"""Walking through a page as a reader would: commands in a shell, keys in the app, and what one sees."""

from __future__ import annotations

import asyncio
import shlex
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.cli.clock import utc_now, uuid7
from tamis.domain.events import Author
from tamis.services.screening import Session
from tamis.store.review import Review
from tamis.tui.app import TamisApp
from tamis.tui.config import Config
from tests.docs.pages import Block, blocks, run, unseen
from tests.tui.driving import SMALL, screen_text

if TYPE_CHECKING:
    from textual.pilot import Pilot

INSTALLS = ("python3 -m venv", "export PATH=", "uv ")
"""What a test cannot do again: it is how the tests themselves came to run."""


class Walk:
    """One reader in one folder; the app stays open from `tamis screen` until it is left with `q`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = AsyncExitStack()
        self._app: TamisApp | None = None
        self._pilot: Pilot[int] | None = None
        self.seen = ""
        self.steps = 0

    async def through(self, page: Path) -> None:
        """Do what the page says, and hold what one sees against it."""
        try:
            for block in blocks(page):
                await self._do(block)
        finally:
            await self._stack.aclose()

    async def _do(self, block: Block) -> None:
        if block.kind == "sh":
            self.seen = ""
            for line in block.lines:
                await self._type(line)
        elif block.kind == "text":
            if block.mark.startswith("keys: "):
                await self._press(block.mark.removeprefix("keys: "))
            missing = unseen(block.lines, self.seen)
            assert not missing, f"not seen: {missing[0]}\n\n{self.seen}"

    async def _type(self, line: str) -> None:
        if line.startswith(INSTALLS):
            return
        assert self._app is None, f"the app is open: {line}"
        self.steps += 1
        if line.startswith("tamis screen "):
            await self._open(line.split()[2])
            return
        done = await asyncio.to_thread(run, line, self._folder)
        assert done.returncode == 0, f"{line}: {done.stderr}"
        self.seen += done.stdout + done.stderr

    async def _open(self, folder: str) -> None:
        review = self._stack.enter_context(Review.open(self._folder / folder))
        author = Author(review.protocol.reviewers[0], utc_now, uuid7)
        self._app = TamisApp(Session(review, author), Config(Path("no-config.toml")))
        self._pilot = await self._stack.enter_async_context(self._app.run_test(size=SMALL))
        await self._pilot.pause()
        self.seen = screen_text(self._app)

    async def _press(self, mark: str) -> None:
        assert self._app is not None
        assert self._pilot is not None
        for word in shlex.split(mark, posix=False):
            self.steps += 1
            text = word.strip('"')
            keys = list(text) if word.startswith('"') else [text]
            await self._pilot.press(*({" ": "space"}.get(key, key) for key in keys))
        await self._pilot.pause()
        self.seen = screen_text(self._app) if self._app.is_running else ""
        if not self._app.is_running:
            self._app = self._pilot = None
            await self._stack.aclose()


def walk(page: Path, folder: Path) -> int:
    """Walk through a page in a folder; returns how many things were done."""
    reader = Walk(folder)
    asyncio.run(reader.through(page))
    return reader.steps
