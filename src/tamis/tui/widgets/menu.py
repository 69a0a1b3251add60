"""A short list to pick from with a key: exclusion reasons, what to export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.message import Message

from tamis.domain.text import clean_line
from tamis.tui.keys import display
from tamis.tui.paint import strip, wrap
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip


FIRST: Final = "●"
FURTHER: Final = "○"
"""Signs before marked items: the first that was marked, and the others."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a menu: the key that picks it, its value and its words."""

    key: str
    value: str
    words: str


class Menu(Lines):
    """A titled list with a cursor. It does not take the focus: its screen passes keys on, in order."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--title", "menu--item", "menu--cursor"}

    class Picked(Message):
        """An item was clicked."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._items: Sequence[Item] = ()
        self._cursor = 0
        self._top = 0
        self._several = False
        self._marked: list[str] = []
        self.display = False

    @property
    def marked(self) -> tuple[str, ...]:
        """Values of the items that were marked, in the order in which they were."""
        return tuple(self._marked)

    @property
    def current(self) -> str:
        """The value of the item under the cursor."""
        return self._items[self._cursor].value

    def open(
        self, title: str, items: Sequence[Item], *, several: bool = False, here: str | None = None
    ) -> None:
        """Show a menu.

        Args:
            title: what is picked.
            items: to pick from.
            several: space marks items, and keys mark once any item is.
            here: the value on which the cursor begins, where there is such an item.
        """
        self._title, self._items, self._top = title, items, 0
        self._cursor = next((n for n, item in enumerate(items) if item.value == here), 0)
        self._several, self._marked = several, []
        self.styles.height = len(items) + 3
        self.display = True
        self.refresh()

    def close(self) -> None:
        """Hide it."""
        self.display = False

    def press(self, key: str) -> str | None:
        """Take a key: moves the cursor, marks, or gives the value that was picked."""
        for item in self._items:
            if item.key in (key, display(key)):
                return self._pick(item)
        if key == "enter" and self._items:
            return self._marked[0] if self._marked else self._items[self._cursor].value
        if key == "space" and self._several:
            self._mark(self._items[self._cursor])
        step = {"down": 1, "j": 1, "up": -1, "k": -1, "home": -len(self._items), "end": len(self._items)}
        if key in step:
            self._cursor = max(0, min(self._cursor + step[key], len(self._items) - 1))
            self.refresh()
        return None

    def _pick(self, item: Item) -> str | None:
        """The value of an item; while several are being marked, it is marked instead."""
        if not self._marked:
            return item.value
        self._mark(item)
        return None

    def _mark(self, item: Item) -> None:
        if item.value in self._marked:
            self._marked.remove(item.value)
        elif item.value:
            self._marked.append(item.value)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Pick the clicked item."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        n = offset.y - 1 + self._top
        if offset.y > 0 and n < len(self._items):
            event.stop()
            value = self._pick(self._items[n])
            if value is not None:
                self.post_message(self.Picked(value))

    def line(self, y: int, width: int) -> Strip:
        """The title, then the items around the cursor."""
        if y == 0:
            style = self.style("menu--title")
            return strip([(" " + (wrap(self._title, width - 2) or [""])[0], style)], width)
        room = max(1, self.size.height - 1)
        self._top = max(0, min(self._top, self._cursor), self._cursor - room + 1)
        n = y - 1 + self._top
        if n >= len(self._items):
            return strip([], width)
        item = self._items[n]
        name = "menu--cursor" if n == self._cursor else "menu--item"
        style = self.style(name)
        sign = " "
        if item.value in self._marked:
            sign = FIRST if item.value == self._marked[0] else FURTHER
        return strip([(f"{sign}{item.key:>3}  {clean_line(item.words)}", style)], width, style)
