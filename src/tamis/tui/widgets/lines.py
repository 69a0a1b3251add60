"""A widget that paints itself line by line: no layout, no markup, only what is visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.style import Style


class Lines(Widget):
    """Base of widgets whose content is lines; subclasses say what line `y` looks like.

    Styles are worked out once, until Textual says that they changed: doing so for every line would take
    most of the time between a key and what it shows.
    """

    def __init__(self) -> None:
        super().__init__()
        self._styles_by_name: dict[str, Style] = {}

    def line(self, y: int, width: int) -> Strip:
        """The visible line `y`, exactly `width` cells wide."""
        raise NotImplementedError

    def style(self, name: str) -> Style:
        """The style of a component class, "" for that of the widget itself."""
        found = self._styles_by_name.get(name)
        if found is None:
            found = self.get_component_rich_style(name) if name else self.rich_style
            self._styles_by_name[name] = found
        return found

    def notify_style_update(self) -> None:
        """Textual: styles may be other ones now."""
        self._styles_by_name.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Textual's line API."""
        width, height = self.size
        if y >= height or width <= 0:
            return Strip.blank(max(0, width), self.style(""))
        return self.line(y, width).apply_style(self.style(""))

    def repaint(self, y: int) -> None:
        """Paint one line again."""
        self.refresh(Region(0, y, self.size.width, 1))
