"""The PRISMA 2020 flow drawn in characters, at any width, never wider than asked for. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tamis.services.flow import Box


@dataclass(frozen=True, slots=True)
class Drawing:
    """The flow in characters.

    Attributes:
        lines: rows of the drawing, without blanks at their ends; none is wider than was asked for.
        places: box key -> its left, top, width and height, in cells from 0.
    """

    lines: list[str]
    places: dict[str, tuple[int, int, int, int]]


def number(n: int) -> str:
    """A number as people write it: 1,234."""
    return f"{n:,}"


# Widths and wrapping


def cells(text: str) -> int:
    """How many terminal cells a line of clean text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cell, text))


def _cell(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, width: float, hang: int = 2, size: Callable[[str], float] = cells) -> list[str]:
    """`text` in lines of at most `width`; its indent is kept, and `hang` blanks deeper in those that follow.

    A word longer than a line is broken. `size` measures text, in cells unless given; it must be the sum over
    the characters. `width` must have room for 8 characters.
    """
    body = text.lstrip(" ")
    indent = " " * min(len(text) - len(body), int(width / size(" ")) // 4)
    follow = indent + " " * hang
    lines: list[str] = []
    line = indent
    for word in _words(body, width - size(follow), size):
        gap = "" if line in (indent, follow) and not line.strip() else " "
        if size(line) + size(gap) + size(word) <= width:
            line += gap + word
        else:
            lines.append(line)
            line = follow + word
    return [*lines, line]


_WORDS: Final = re.compile(r"\(n = [\d,]+\)|\S+")
"""A count stays on one line."""


def _words(text: str, width: float, size: Callable[[str], float]) -> Iterable[str]:
    for word in _WORDS.findall(text):
        rest = word
        while size(rest) > width:
            cut = _fit(rest, width, size)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _fit(text: str, width: float, size: Callable[[str], float]) -> int:
    """How many characters of `text` fit, at least one."""
    used = 0.0
    for n, char in enumerate(text):
        used += size(char)
        if used > width:
            return max(n, 1)
    return len(text)


# Drawing


@dataclass(frozen=True, slots=True)
class _Strokes:
    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str
    across: str
    down: str
    into: str
    arrow_down: str
    arrow_right: str
    arrow_left: str


_LINES: Final = _Strokes("┌", "┐", "└", "┘", "─", "│", "├", "▼", "▶", "◀")
_ASCII: Final = _Strokes("+", "+", "+", "+", "-", "|", "+", "v", ">", "<")

GAP: Final = 4
"""Cells between two boxes of a row, for the arrow."""
ONE_COLUMN_BELOW: Final = 60
FOUR_COLUMNS_FROM: Final = 118
_LEAST: Final = 24


@dataclass(slots=True)
class _Canvas:
    """Rows of cells; a wide character takes its cell and leaves the next one empty."""

    width: int
    strokes: _Strokes
    encode: Callable[[str], str]
    rows: list[list[str]] = field(default_factory=list)
    places: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)

    def put(self, x: int, y: int, text: str) -> None:
        """Write a line of text; what would stand outside is left out."""
        while len(self.rows) <= y:
            self.rows.append([" "] * self.width)
        row = self.rows[y]
        for char in text:
            size = _cell(char)
            if size == 0:
                if 0 < x <= self.width:
                    row[x - 1 if row[x - 1] else x - 2] += char
                continue
            if x + size > self.width:
                return
            row[x] = char
            if size > 1:
                row[x + 1] = ""
            x += size

    def box(self, box: Box, x: int, y: int, width: int, height: int = 0) -> int:
        """Draw a box; returns its height."""
        inner = self.lines(box, width)
        height = max(height, len(inner) + 2)
        s = self.strokes
        self.put(x, y, s.top_left + s.across * (width - 2) + s.top_right)
        for n in range(height - 2):
            text = inner[n] if n < len(inner) else ""
            self.put(x, y + 1 + n, s.down)
            self.put(x + 2, y + 1 + n, text)
            self.put(x + width - 1, y + 1 + n, s.down)
        self.put(x, y + height - 1, s.bottom_left + s.across * (width - 2) + s.bottom_right)
        self.places[box.key] = (x, y, width, height)
        return height

    def lines(self, box: Box, width: int) -> list[str]:
        """What stands in a box of a width."""
        return [line for text in (box.heading, *box.lines) for line in wrap(self.encode(text), width - 4)]

    def height(self, box: Box | None, width: int) -> int:
        """How high a box is at a width."""
        return len(self.lines(box, width)) + 2 if box else 0

    def finish(self) -> list[str]:
        """All rows as text."""
        return ["".join(row).rstrip() for row in self.rows]


def draw(found: Sequence[Box], width: int, *, ascii_only: bool = False) -> Drawing:
    """Draw the flow at most `width` cells wide (24 at least).

    From 118 cells on the other methods stand beside databases and registers, as in the figure; below
    that under them; below 60 every box that leaves the flow stands under the one it leaves.
    """
    width = max(width, _LEAST)
    strokes = _ASCII if ascii_only else _LINES
    canvas = _Canvas(width, strokes, to_ascii if ascii_only else str)
    previous = [box for box in found if box.column == "previous"]
    right = [box for box in found if box.column.startswith("right")]
    left = [box for box in found if box not in right and box not in previous]
    y = 0
    if previous:
        y = _draw_column(canvas, previous, _draw_title(canvas, previous, y)) + 1
        y = _draw_title(canvas, left, y)
    if right and width >= FOUR_COLUMNS_FROM:
        _draw_wide(canvas, left, right, y)
    else:
        y = _draw_column(canvas, left, y)
        if right:
            _draw_column(canvas, right, _draw_title(canvas, right, y + 1))
    return Drawing(canvas.finish(), canvas.places)


_PLAINER: Final = str.maketrans({"█": "#", "●": "x", "·": ".", "–": "-", "…": "~"})


def to_ascii(text: str) -> str:
    """`text` in ASCII, for terminals that know no more; what has no form in it becomes ?."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAINER))
    return "".join(c for c in plain if not unicodedata.combining(c)).encode("ascii", "replace").decode()


def _rows(found: Iterable[Box]) -> list[tuple[Box | None, Box | None]]:
    """The boxes of one column with what stands beside each, row by row."""
    rows: dict[int, list[Box | None]] = {}
    for box in found:
        rows.setdefault(box.row, [None, None])[box.column.endswith("side")] = box
    return [(rows[row][0], rows[row][1]) for row in sorted(rows)]


def _draw_title(canvas: _Canvas, found: Sequence[Box], y: int) -> int:
    """Write what stands above a column; returns the first free row."""
    lines = wrap(found[0].title, canvas.width, hang=0)
    for n, line in enumerate(lines):
        canvas.put(0, y + n, line)
    return y + len(lines)


def _draw_column(canvas: _Canvas, found: Sequence[Box], y: int) -> int:
    """Draw one column from `y` on; returns the first free row."""
    width = canvas.width
    narrow = width < ONE_COLUMN_BELOW
    main_width = width if narrow else (min(width, 100) - GAP) // 2
    rows = _rows(found)
    last = len(rows) - 1
    for n, (main, side) in enumerate(rows):
        if main is None:
            continue
        bottom = y + canvas.box(main, 0, y, main_width)
        if side is not None and narrow:
            bottom = _side_below(canvas, side, bottom, more=n < last)
        elif side is not None:
            bottom = max(bottom, _side_beside(canvas, side, main_width, y))
        if n < last:
            bottom = _down(canvas, main, bottom, narrow=narrow)
        y = bottom
    return y


def _side_beside(canvas: _Canvas, side: Box, main_width: int, y: int) -> int:
    x = main_width + GAP
    width = main_width
    height = canvas.box(side, x, y, width)
    s = canvas.strokes
    canvas.put(main_width - 1, y + 1, s.into + s.across * (GAP - 1) + s.arrow_right)
    return y + height


def _side_below(canvas: _Canvas, side: Box, y: int, *, more: bool) -> int:
    s = canvas.strokes
    indent = 4
    height = canvas.box(side, indent, y, canvas.width - indent)
    canvas.put(1, y, s.down)
    canvas.put(1, y + 1, (s.into if more else s.bottom_left) + s.across + s.arrow_right)
    if more:
        for row in range(y + 2, y + height):
            canvas.put(1, row, s.down)
    return y + height


def _down(canvas: _Canvas, main: Box, bottom: int, *, narrow: bool) -> int:
    """Draw the arrow from a box down to `bottom`, one row high at least."""
    s = canvas.strokes
    x, y, width, height = canvas.places[main.key]
    at = 1 if narrow else x + width // 2
    for row in range(y + height, bottom):
        if not narrow:
            canvas.put(at, row, s.down)
    canvas.put(at, bottom, s.arrow_down)
    return bottom + 1


def _draw_wide(canvas: _Canvas, left: Sequence[Box], right: Sequence[Box], y: int) -> None:
    """Both columns beside each other from `y` on, their rows on the same height, joined at the end."""
    box_width = (min(canvas.width, 160) - 3 * GAP) // 4
    lefts = {box.row: (main, side) for main, side in _rows(left) for box in (main or side,) if box}
    rights = {box.row: (main, side) for main, side in _rows(right) for box in (main or side,) if box}
    rows = sorted({*lefts, *rights})
    other_x = 2 * (box_width + GAP)
    joined = {box.row for box in left if box.key == "included"}
    for row in rows:
        quad = (*lefts.get(row, (None, None)), *rights.get(row, (None, None)))
        bottom = y + max(canvas.height(box, box_width) for box in quad)
        for n, box in enumerate(quad):
            if box is not None:
                canvas.box(box, n * (box_width + GAP), y, box_width)
        _arrows_right(canvas, quad, box_width, y)
        if row in joined:
            _join(canvas, other_x + box_width // 2, y)
        for main, x, below in ((quad[0], 0, {*lefts}), (quad[2], other_x, {*rights, *joined})):
            if any(r > row for r in below):
                here = x + box_width // 2
                into = rows[rows.index(row) + 1] in (rights if x else lefts)
                _stem(canvas, y + canvas.places[main.key][3] if main else y, here, bottom, arrow=into)
        y = bottom + 1


def _arrows_right(canvas: _Canvas, quad: Sequence[Box | None], width: int, y: int) -> None:
    s = canvas.strokes
    for n in (0, 2):
        if quad[n] is not None and quad[n + 1] is not None:
            at = n * (width + GAP) + width - 1
            canvas.put(at, y + 1, s.into + s.across * (GAP - 1) + s.arrow_right)


def _stem(canvas: _Canvas, top: int, x: int, bottom: int, *, arrow: bool) -> None:
    s = canvas.strokes
    for row in range(top, bottom):
        canvas.put(x, row, s.down)
    canvas.put(x, bottom, s.arrow_down if arrow else s.down)


def _join(canvas: _Canvas, x: int, y: int) -> None:
    """The line from the other methods into the last box."""
    s = canvas.strokes
    left, top, width, _ = canvas.places["included"]
    start = left + width
    canvas.put(x, y, s.down)
    canvas.put(start, top + 1, s.arrow_left + s.across * (x - start - 1) + s.bottom_right)
