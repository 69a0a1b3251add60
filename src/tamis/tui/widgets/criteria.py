"""The criteria and reasons of the protocol, beside the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tamis.domain.plural import counted
from tamis.tui.paint import strip, wrap
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.strip import Strip

    from tamis.domain.protocol import Protocol, Reason


class CriteriaPane(Lines):
    """What goes in, what stays out, and why.

    Args:
        protocol: as it was when screening began.
        reasons: gives the exclusion reasons of the stage, each with the key of its place.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"criteria--head", "criteria--text"}

    def __init__(self, protocol: Protocol, reasons: Callable[[], Sequence[Reason]]) -> None:
        super().__init__()
        self._protocol = protocol
        self._reasons = reasons
        self._wrapped: tuple[int, Sequence[Reason], list[tuple[str, str]]] = (-1, (), [])
        self._top = 0

    def to_top(self) -> None:
        """Show the beginning."""
        self._top = 0
        self.refresh()

    def page_down(self) -> bool:
        """Show what is below, if anything is; tells whether."""
        lines = self._lines(self.size.width)
        room = self.size.height - 1
        if self.size.height <= 0 or self._top + self.size.height >= len(lines):
            return False
        self._top = min(self._top + room, len(lines) - room)
        self.refresh()
        return True

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._wheel(+3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._wheel(-3)

    def _wheel(self, by: int) -> None:
        most = max(0, len(self._lines(self.size.width)) - self.size.height + 1)
        self._top = max(0, min(self._top + by, most))
        self.refresh()

    def line(self, y: int, width: int) -> Strip:
        """One line; the last one says how much is below."""
        lines = self._lines(width)
        n = y + self._top
        below = len(lines) - n - 1
        if below > 0 and y == self.size.height - 1:
            return strip([(f" ▼ {counted(below + 1, 'more line')}", self.style("criteria--head"))], width)
        if n >= len(lines):
            return strip([], width)
        text, name = lines[n]
        return strip([(" " + text, self.style(name))], width)

    def _lines(self, width: int) -> list[tuple[str, str]]:
        reasons = self._reasons()
        if self._wrapped[:2] != (width, reasons):
            self._wrapped = (width, reasons, self._lay_out(width - 2, reasons))
        return self._wrapped[2]

    def _lay_out(self, width: int, reasons: Sequence[Reason]) -> list[tuple[str, str]]:
        p = self._protocol
        parts = (
            ("Question", "", [p.question] if p.question else []),
            ("Include", "✓ ", p.include),
            ("Exclude", "✗ ", p.exclude),
            ("Reasons", "", [f"{n}  {r.label}" for n, r in enumerate(reasons, 1)]),
        )
        lines: list[tuple[str, str]] = []
        for head, bullet, texts in parts:
            if texts:
                lines.append((head, "criteria--head"))
                lines += [(line, "criteria--text") for text in texts for line in wrap(bullet + text, width)]
        if not (p.question or p.include or p.exclude):
            where = "Write question and criteria into protocol.toml in the review's folder."
            lines += [(line, "criteria--text") for line in wrap(where, width)]
        return lines
