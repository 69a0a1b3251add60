"""Keys and clicks in their order: none is carried out before all that the one before it caused has happened.

Textual hands a key to whatever has the focus when the key arrives. Typed fast, `/word` and enter would
reach the screen, the field that `/` opens, or both in turns: letters in the wrong order at best, decisions
that nobody made at worst. A click takes longer to its row than a key to the screen, so a key right after it
would decide on the record before. So one key, press, release or turn of the wheel is handed out at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

from textual import events
from textual.app import App
from textual.errors import NoWidget

from tamis.tui.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.dom import DOMNode

Result = TypeVar("Result")
Input = (
    events.Key
    | events.Paste
    | events.MouseDown
    | events.MouseUp
    | events.MouseScrollDown
    | events.MouseScrollUp
)

PATIENCE: Final = 2.0
"""Seconds after which the next one is handed out whatever became of the one before."""


class KeysInOrder(App[Result]):
    """An app that hands out a key or click when the one before it has been dealt with."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Input] = deque()
        self._turn = 0
        """Counts what was handed out; whoever follows an earlier one has been given up on."""
        self._under_way = False

    async def on_event(self, event: events.Event) -> None:
        """Keep keys, clicks and pasted text back while one is under way."""
        if not isinstance(event, Input) or event.is_forwarded:
            await super().on_event(event)
            return
        if isinstance(event, events.Paste):
            event.text = harmless(event.text)
        self._typed.append(event)
        if not self._under_way:
            await self._hand_out()

    async def _hand_out(self) -> None:
        if not self._typed:
            self._under_way = False
            return
        self._under_way = True
        self._turn += 1
        event = self._typed.popleft()
        nodes = self._receiver(event).ancestors_with_self
        await super().on_event(event)
        asyncio.get_running_loop().call_later(PATIENCE, self._give_up, self._turn)
        self._pass_on(self._turn, nodes, 0, quiet=False)

    def _receiver(self, event: Input) -> DOMNode:
        """The widget that Textual hands an event to."""
        if isinstance(event, events.MouseEvent):
            try:
                return self.mouse_captured or self.get_widget_at(event.x, event.y)[0]
            except NoWidget:
                return self.screen
        return self.focused or self.screen

    def _pass_on(self, turn: int, nodes: Sequence[DOMNode], n: int, *, quiet: bool) -> None:
        """Go from the widget that got the key up to the app, behind everything in their queues."""
        if turn != self._turn or not self.is_running:
            return
        while n < len(nodes):
            if nodes[n].call_later(self._pass_on, turn, nodes, n + 1, quiet=quiet):
                return
            n += 1  # it is closed: nothing more will happen there
        # Everybody has dealt with what was there when they were asked; done when that caused no more.
        if self.screen not in nodes:
            nodes, quiet = (self.focused or self.screen).ancestors_with_self, False
        elif any(node.is_running and node.message_queue_size for node in nodes):
            quiet = False
        elif quiet:
            self.call_later(self._next, turn)
            return
        else:
            quiet = True
        self.call_later(self._pass_on, turn, nodes, 0, quiet=quiet)

    def _give_up(self, turn: int) -> None:
        if self._under_way and turn == self._turn:
            self.call_later(self._next, turn)

    async def _next(self, turn: int) -> None:
        if turn == self._turn:
            await self._hand_out()
