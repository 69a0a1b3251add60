"""A page of lines that is laid out for the room there is, and scrolls where it is longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tamis.tui.paint import strip
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.strip import Strip

    Line = tuple[str, str]
    """A text and the component class that it is painted in."""


class PageView(Lines):
    """Shows what a function lays out for a width and a height."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"record--title", "record--text", "record--meta", "record--head"}

    def __init__(self) -> None:
        super().__init__()
        self._lay_out: Callable[[int, int], Sequence[Line]] = lambda _width, _height: ()
        self._laid_out: tuple[tuple[int, int], Sequence[Line]] = ((-1, -1), ())
        self._top = 0

    def show(self, lay_out: Callable[[int, int], Sequence[Line]], *, again: bool = False) -> None:
        """Show a page from its top, or with `again` from where it was."""
        self._lay_out, self._laid_out = lay_out, ((-1, -1), ())
        self._top = self._top if again else 0
        self.refresh()

    def scroll_page(self, direction: int) -> None:
        """Scroll by a page less two lines."""
        self._scroll(direction * max(1, self.size.height - 2))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._scroll(+3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._scroll(-3)

    def line(self, y: int, width: int) -> Strip:
        """One line."""
        lines = self._lines()
        n = y + self._top
        if n >= len(lines):
            return strip([], width)
        text, name = lines[n]
        return strip([(f" {text}", self.style(name))], width)

    def _lines(self) -> Sequence[Line]:
        size = (self.size.width, self.size.height)
        if self._laid_out[0] != size:
            self._laid_out = (size, self._lay_out(max(32, size[0] - 2), size[1]))
        return self._laid_out[1]

    def _scroll(self, by: int) -> None:
        most = max(0, len(self._lines()) - self.size.height)
        self._top = max(0, min(self._top + by, most))
        self.refresh()
