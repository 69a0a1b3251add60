"""The list of neighbours: any number of records, of which only the visible rows are ever looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.message import Message

from tamis.domain.events import Verdict
from tamis.domain.text import clean_line
from tamis.tui.paint import DUPLICATE, MISSING, REMOVED, mark, strip
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.strip import Strip

    from tamis.services.screening import Row


class RecordList(Lines):
    """Rows with glyph, word, year and title; keeps the cursor in view.

    Args:
        row: gives the row at a position.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--cursor",
        "list--mark",
        "verdict--include",
        "verdict--exclude",
        "verdict--maybe",
        "verdict--undecided",
    }

    class Picked(Message):
        """A row was clicked."""

        def __init__(self, record_id: str) -> None:
            super().__init__()
            self.record_id = record_id

    def __init__(self, row: Callable[[int], Row]) -> None:
        super().__init__()
        self._row = row
        self._count = 0
        self._cursor = 0
        self._top = 0
        self._painted: dict[int, str] = {}
        """The record that each line shows: what a click means, also when the list was changed since."""

    def show(self, count: int, cursor: int, changed: int | None = None) -> None:
        """Show a list of `count` rows with the cursor on one of them.

        Args:
            count: how many rows there are.
            cursor: position of the current row.
            changed: the only row whose content is new; None when any may be.
        """
        before, top = self._cursor, self._top
        same = count == self._count and changed is not None
        self._count, self._cursor = count, cursor
        self._keep_in_view()
        if not same or top != self._top:
            self.refresh()
            return
        for position in {before, cursor, changed if changed is not None else cursor}:
            if self._top <= position < self._top + self.size.height:
                self.repaint(position - self._top)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._keep_in_view()

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked record."""
        if event.y in self._painted:
            self.post_message(self.Picked(self._painted[event.y]))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look further down without moving the cursor."""
        self._look(event, +3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look further up without moving the cursor."""
        self._look(event, -3)

    def line(self, y: int, width: int) -> Strip:
        """One row."""
        position = self._top + y
        if position >= self._count:
            self._painted.pop(y, None)
            return strip([], width)
        row = self._row(position)
        self._painted[y] = row.record_id
        here = position == self._cursor
        base = self.style("list--cursor" if here else "list--mark")
        sign = (
            DUPLICATE if row.duplicate else REMOVED if row.removed else MISSING if row.not_retrieved else ""
        )
        verdict = self.style(f"verdict--{Verdict.UNDECIDED if row.duplicate or row.removed else row.verdict}")
        marks = f"{'✎' if row.noted else ' '}{'#' if row.labels else ' '}"
        year = f"{row.year or '':>4} " if width >= 60 else ""
        title = clean_line(row.title) or "(no title)"
        if not row.has_abstract:
            title = f"∅ {title}"
        pieces = [
            ("▌" if here else " ", base),
            (sign or mark(row.verdict), base + Style(color=verdict.color, bold=True) if here else verdict),
            (f" {marks} {year}", base),
            (title, base),
        ]
        return strip(pieces, width, base)

    def _keep_in_view(self) -> None:
        height = max(1, self.size.height)
        context = min(2, (height - 1) // 2)
        if self._cursor < self._top + context:
            self._top = self._cursor - context
        elif self._cursor > self._top + height - 1 - context:
            self._top = self._cursor - height + 1 + context
        self._top = max(0, min(self._top, self._count - height))

    def _look(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        self._top = max(0, min(self._top + by, self._count - self.size.height))
        self.refresh()
