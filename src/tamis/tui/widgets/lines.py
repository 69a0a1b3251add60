"""A widget that paints itself line by line: no layout, no markup, only what is visible."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Lines(Widget):
    """Base of widgets whose content is lines; subclasses say what line `y` looks like."""

    def line(self, y: int, width: int) -> Strip:
        """The visible line `y`, exactly `width` cells wide."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Textual's line API."""
        width = self.size.width
        if y >= self.size.height or width <= 0:
            return Strip.blank(max(0, width), self.rich_style)
        return self.line(y, width).apply_style(self.rich_style)

    def repaint(self, y: int) -> None:
        """Paint one line again."""
        self.refresh(Region(0, y, self.size.width, 1))
