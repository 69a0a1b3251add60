"""A widget that paints itself line by line: no layout, no markup, only what is visible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.segment import Segment
    from rich.style import Style
    from textual.color import Color

_STYLES: Final = 200
"""Styles that a filter remembers: more than a widget has at a time."""


class Passing(LineFilter):
    """A filter of Textual's that is not asked again about styles which it leaves as they are.

    These are nearly all, and asking for each piece of text on each line takes longer than painting it.
    """

    def __init__(self, inner: LineFilter) -> None:
        super().__init__()
        self._inner = inner
        self._background: Color | None = None
        self._left: dict[int, Style | None] = {}  # by identity; kept, so that no other takes its place

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """What the filter makes of segments; none of Textual's looks at the text."""
        left = self._left
        if background != self._background or len(left) > _STYLES:
            left.clear()
            self._background = background
        if {id(style) for _, style, _ in segments} <= left.keys():
            return segments
        filtered = self._inner.apply(segments, background)
        for (_, before, _), (_, after, _) in zip(segments, filtered, strict=True):
            if before == after:
                left[id(before)] = before
        return filtered


class Lines(Widget):
    """Base of widgets whose content is lines; subclasses say what line `y` looks like.

    Styles are worked out once, until Textual says that they changed: doing so for every line would take
    most of the time between a key and what it shows.
    """

    def __init__(self) -> None:
        super().__init__()
        self._styles_by_name: dict[str, Style] = {}
        self._filters: dict[LineFilter, LineFilter] = {}

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

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual: what colours pass on their way to the terminal."""
        given = super().get_line_filters()
        self._filters = {inner: self._filters.get(inner) or Passing(inner) for inner in given}
        return list(self._filters.values())

    def render_line(self, y: int) -> Strip:
        """Textual's line API."""
        width, height = self.size
        if y >= height or width <= 0:
            return Strip.blank(max(0, width), self.style(""))
        return self.line(y, width).apply_style(self.style(""))

    def repaint(self, y: int) -> None:
        """Paint one line again."""
        self.refresh(Region(0, y, self.size.width, 1))
