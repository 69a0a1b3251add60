"""The PRISMA flow as a drawing in which one box is selected, with the tables below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import set_cell_size
from textual.message import Message

from tamis.services.flow import Drawing, draw
from tamis.tui.paint import Piece, strip
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual import events
    from textual.strip import Strip

    from tamis.services.flow import Box


class FlowView(Lines):
    """Draws the boxes for its width; scrolls so that the selected one is seen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"flow--line", "flow--selected"}

    class Picked(Message):
        """A box was selected with the mouse."""

    def __init__(self) -> None:
        super().__init__()
        self._boxes: Sequence[Box] = ()
        self._tables: Callable[[int], Sequence[str]] = lambda _width: ()
        self._drawn: tuple[int, Drawing, Sequence[str]] = (-1, Drawing([], {}), ())
        self._at = 0
        self._top = 0

    @property
    def selected(self) -> Box | None:
        """The selected box."""
        return self._boxes[self._at] if self._boxes else None

    def show(self, boxes: Sequence[Box], tables: Callable[[int], Sequence[str]]) -> None:
        """Show a flow, and lines below it that depend on the width."""
        self._boxes, self._tables = boxes, tables
        self._at = min(self._at, max(0, len(boxes) - 1))
        self._drawn = (-1, Drawing([], {}), ())
        self.refresh()

    def select(self, by: int) -> None:
        """Select another box and bring it into view."""
        if self._boxes:
            self._at = max(0, min(self._at + by, len(self._boxes) - 1))
            self._bring_into_view()
            self.refresh()

    def scroll_page(self, direction: int) -> None:
        """Scroll by a page less two lines."""
        most = max(0, len(self._lines()) - self.size.height)
        self._top = max(0, min(self._top + direction * max(1, self.size.height - 2), most))
        self.refresh()

    def on_resize(self) -> None:
        """Draw for the new width with the same box in view."""
        self._bring_into_view()

    def on_click(self, event: events.Click) -> None:
        """Select the clicked box."""
        for n, box in enumerate(self._boxes):
            left, top, width, height = self._drawing().places.get(box.key, (0, 0, 0, 0))
            if left <= event.x < left + width and top <= event.y + self._top < top + height:
                self._at = n
                self.refresh()
                self.post_message(self.Picked())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._wheel(+3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._wheel(-3)

    def line(self, y: int, width: int) -> Strip:
        """One line of the drawing, with the part inside the selected box standing out."""
        lines = self._lines()
        n = y + self._top
        if n >= len(lines):
            return strip([], width)
        plain = self.style("flow--line")
        pieces: list[Piece] = [(lines[n], plain)]
        box = self.selected
        if box is not None:
            left, top, wide, high = self._drawing().places.get(box.key, (0, 0, 0, 0))
            if top <= n < top + high:
                strong = self.style("flow--selected")
                pieces = _cut(lines[n], left, wide, plain, strong)
        return strip(pieces, width)

    def _drawing(self) -> Drawing:
        width = self.size.width
        if self._drawn[0] != width:
            drawing = draw(self._boxes, max(40, width - 1))
            self._drawn = (width, drawing, [*drawing.lines, "", *self._tables(width - 1)])
        return self._drawn[1]

    def _lines(self) -> Sequence[str]:
        self._drawing()
        return self._drawn[2]

    def _bring_into_view(self) -> None:
        box = self.selected
        if box is None:
            return
        _, top, _, high = self._drawing().places.get(box.key, (0, 0, 0, 0))
        room = self.size.height
        last = self._at == len(self._boxes) - 1
        bottom = len(self._lines()) if last and len(self._lines()) - top <= room else top + high
        if top < self._top:
            self._top = top
        elif bottom > self._top + room:
            self._top = max(0, min(top, bottom - room))

    def _wheel(self, by: int) -> None:
        most = max(0, len(self._lines()) - self.size.height)
        self._top = max(0, min(self._top + by, most))
        self.refresh()


def _cut(text: str, left: int, width: int, plain: Style, strong: Style) -> list[Piece]:
    """A line in three pieces: before, inside and after a range of cells."""
    before = set_cell_size(text, left)
    inside = set_cell_size(text[len(before) :], width)
    return [(before, plain), (inside, strong), (text[len(before) + len(inside) :], plain)]
