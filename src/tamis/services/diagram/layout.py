"""Where everything of the PRISMA 2020 diagram stands; what draws it decides nothing. Pure.

The boxes are those of `services.flow`; their places follow the templates of Page MJ et al., BMJ 2021;372:n71:
the previous review at the left, databases and registers, other methods at the right, each with what leaves it
beside it, a bar above each column, and bars for the three phases at the left edge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from tamis.services import flow
from tamis.services.diagram import widths
from tamis.services.diagram.wording import banner, content, notes
from tamis.services.drawing import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tamis.domain.prisma import Counts
    from tamis.services.flow import Box, Options

SIZE: Final = 12.0
"""Size of the letters, in pixels of 1/96 inch: 9 points."""
SMALL: Final = 10.0
LINE: Final = 16.0
PAD: Final = 10.0
MARGIN: Final = 16.0
ARROW: Final = 34.0
"""Room for an arrow between two columns."""
BETWEEN: Final = 26.0
"""Room for an arrow between two rows."""
_BESIDE: Final = 14.0
_PHASE: Final = 30.0
_WIDE, _NARROW, _PREVIOUS = 306.0, 218.0, 176.0
_RISE: Final = 0.36
"""From the middle of a line of letters down to the line they stand on, in their size."""

PHASES: Final = (("Identification", 0, 0), ("Screening", 1, 3), ("Included", 4, 5))
"""Phases with their first and last row."""
Kind = Literal["box", "grey", "bar", "phase", "banner"]
_ORDER: Final = ("previous", "left", "side", "right", "right-side")
_PARTS: Final = (("previous",), ("left", "side"), ("right", "right-side"))
"""Columns that share a bar."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of letters: where it begins (or its middle, when centred), on which line, and its size."""

    text: str
    x: float
    y: float
    size: float = SIZE
    bold: bool = False
    centred: bool = False

    @property
    def width(self) -> float:
        """The most it can take."""
        return widths.width(self.text, bold=self.bold) * self.size


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle with lines in it.

    Attributes:
        key: of its box, or `bar-<column>`, `phase-<name>`, `banner`.
        kind: what it is: `grey` are boxes that only some reviews have.
        lines: what stands in it; in a phase turned to be read from below.
        pending: whether its numbers will change.
        column: `left`, `side` and so on for a box, "" for others.
        row: row of a box, -1 for others.
    """

    key: str
    kind: Kind
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Text, ...]
    pending: bool = False
    column: str = ""
    row: int = -1

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line from one box to another, its head at the last point; all parts are level or upright."""

    start: str
    end: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole diagram, in pixels from the upper left corner."""

    width: float
    height: float
    panels: tuple[Panel, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[Text, ...]

    @property
    def boxes(self) -> dict[str, Panel]:
        """The boxes of the flow by key."""
        return {panel.key: panel for panel in self.panels if panel.row >= 0}


def layout(counts: Counts, options: Options) -> Layout:
    """Place the flow; the page grows downwards with what the boxes hold."""
    found = flow.boxes(counts, options)
    columns = _columns({box.column for box in found})
    last = max(x + width for x, width in columns.values())
    panels: list[Panel] = []
    y = MARGIN
    if text := banner(counts):
        panels.append(_centred("banner", "banner", (MARGIN, last), y, text, bold=True))
        y = panels[-1].bottom + 12
    bars = _bars(found, columns, y)
    panels += bars
    rows = _rows(found, columns, bars[0].bottom + 14)
    panels += [panel for row in rows for panel in row]
    panels += _phases(rows)
    boxes = {panel.key: panel for row in rows for panel in row}
    y = max(panel.bottom for panel in panels) + 24
    below = []
    for note in notes(counts, options):
        for line in wrap(note, (last - MARGIN) / SMALL, 0, widths.width):
            below.append(Text(line, MARGIN, y, SMALL))
            y += 14
    return Layout(last + MARGIN, y, tuple(panels), tuple(_arrows(boxes)), tuple(below))


def _columns(used: set[str]) -> dict[str, tuple[float, float]]:
    """Left edge and width of each column."""
    width = _NARROW if "right" in used else _WIDE
    x = MARGIN + _PHASE + _BESIDE
    found: dict[str, tuple[float, float]] = {}
    for column in _ORDER:
        if column in used:
            found[column] = (x, _PREVIOUS if column == "previous" else width)
            x += found[column][1] + ARROW
    return found


def _bars(found: Sequence[Box], columns: dict[str, tuple[float, float]], y: float) -> list[Panel]:
    titles = {box.column: box.title for box in found}
    bars = []
    for part in _PARTS:
        there = [columns[column] for column in part if column in columns]
        if there:
            ends = there[0][0], there[-1][0] + there[-1][1]
            bars.append(_centred(f"bar-{part[0]}", "bar", ends, y, titles[part[0]], bold=True))
    height = max(bar.height for bar in bars)
    return [_stretched(bar, height) for bar in bars]


def _rows(found: Sequence[Box], columns: dict[str, tuple[float, float]], y: float) -> list[list[Panel]]:
    rows = []
    for row in sorted({box.row for box in found}):
        panels = [_panel(box, *columns[box.column], y) for box in found if box.row == row]
        least = _least(row, {box.row for box in found})
        panels = [_stretched(panel, max(least, panel.height)) for panel in panels]
        rows.append(panels)
        y = max(panel.bottom for panel in panels) + BETWEEN
    return rows


def _least(row: int, rows: set[int]) -> float:
    """How high a box must be so that its phase's name fits beside it; 0 where a phase has several rows."""
    for name, first, last in PHASES:
        if first <= row <= last and len([r for r in rows if first <= r <= last]) == 1:
            return widths.width(name, bold=True) * SIZE + 2 * PAD
    return 0.0


def _panel(box: Box, x: float, width: float, y: float) -> Panel:
    room = (width - 2 * PAD) / SIZE
    lines = [
        line
        for text in content(box)
        for line in wrap(text, room, 2 if text.startswith(" ") else 0, widths.width)
    ]
    texts = []
    for n, line in enumerate(lines):
        bare = line.lstrip(" ")
        indent = widths.width(" ") * SIZE * (len(line) - len(bare))
        texts.append(Text(bare, x + PAD + indent, y + PAD + LINE * (n + 0.5) + _RISE * SIZE))
    kind: Kind = "grey" if box.column in ("previous", "right", "right-side") else "box"
    height = len(lines) * LINE + 2 * PAD
    return Panel(
        box.key, kind, x, y, width, height, tuple(texts), box.pending > 0, column=box.column, row=box.row
    )


def _stretched(panel: Panel, height: float) -> Panel:
    """The panel at a height, its lines in the middle."""
    by = (height - panel.height) / 2
    lines = tuple(replace(text, y=text.y + by) for text in panel.lines)
    return replace(panel, height=height, lines=lines)


def _centred(key: str, kind: Kind, ends: tuple[float, float], y: float, text: str, *, bold: bool) -> Panel:
    x, right = ends

    def measure(line: str) -> float:
        return widths.width(line, bold=bold)

    lines = wrap(text, (right - x - 2 * PAD) / SIZE, 0, measure)
    texts = tuple(
        Text(line, (x + right) / 2, y + 7 + LINE * (n + 0.5) + _RISE * SIZE, SIZE, bold, centred=True)
        for n, line in enumerate(lines)
    )
    return Panel(key, kind, x, y, right - x, len(lines) * LINE + 14, texts)


def _phases(rows: Sequence[Sequence[Panel]]) -> Iterable[Panel]:
    for name, first, last in PHASES:
        there = [panel for row in rows for panel in row if first <= panel.row <= last]
        if there:
            y = there[0].y
            height = max(panel.bottom for panel in there) - y
            text = Text(name, MARGIN + _PHASE / 2, y + height / 2, SIZE, bold=True, centred=True)
            yield Panel(f"phase-{name.lower()}", "phase", MARGIN, y, _PHASE, height, (text,))


def _arrows(boxes: dict[str, Panel]) -> Iterable[Arrow]:
    for panel in boxes.values():
        beside = {"left": "side", "right": "right-side"}.get(panel.column)
        for other in boxes.values():
            if other.column == beside and other.row == panel.row:
                y = panel.y + min(panel.height, other.height) / 2
                yield Arrow(panel.key, other.key, ((panel.right, y), (other.x, y)))
    for column in ("left", "right"):
        down = [panel for panel in boxes.values() if panel.column == column]
        for above, below in pairwise(down):
            points = ((above.middle, above.bottom), (below.middle, below.y))
            yield Arrow(above.key, below.key, points)
    if "included" in boxes and (right := [panel for panel in boxes.values() if panel.column == "right"]):
        yield _round(right[-1], boxes["included"])
    if "previous" in boxes and "total" in boxes:
        yield _round(boxes["previous"], boxes["total"])


def _round(start: Panel, end: Panel) -> Arrow:
    """Down out of one box and round the corner into the side of another."""
    y = end.y + end.height / 2
    x = end.right if start.x > end.x else end.x
    return Arrow(start.key, end.key, ((start.middle, start.bottom), (start.middle, y), (x, y)))
