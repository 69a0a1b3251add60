"""Charts of one line: in the terminal, with and without Braille dots, and as SVG."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from tamis.services.drawing import number

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]

_BLANK: Final = 0x2800
"""The Braille pattern without dots; the eight bits above it are the dots."""


def curve(
    points: Sequence[Point],
    width: int,
    height: int,
    ascii: bool = False,
    *,
    x_label: str = "screened",
    y_label: str = "relevant",
    x_max: float | None = None,
    y_max: float | None = None,
    dotted: Sequence[Point] = (),
) -> list[str]:
    """A line through points, with axes from 0, at most `width` cells wide and `height` lines high.

    Args:
        points: (x, y), x ascending, both 0 or more.
        width: cells, at least 32.
        height: lines, at least 5.
        ascii: draw with ASCII characters only.
        x_label: below the line.
        y_label: above the line.
        x_max: where the x axis ends; by default at the last point.
        y_max: where the y axis ends; by default at the highest point.
        dotted: a second line to compare with, drawn as dots.
    """
    from plotille import Canvas

    right = _end([x for x, _ in (*points, *dotted)], x_max)
    top = _end([y for _, y in (*points, *dotted)], y_max)
    high, low = _figure(top), "0"
    margin = max(len(high), len(low)) + 1
    wide, rows = max(8, width - margin - 1), max(2, height - 3)
    # the ends of the axes belong to the last dots, 2 by 4 of them in a cell
    ends = {"xmax": right * 2 * wide / (2 * wide - 1), "ymax": top * 4 * rows / (4 * rows - 1)}
    line, dots = (Canvas(width=wide, height=rows, **ends) for _ in range(2))
    for (x0, y0), (x1, y1) in pairwise(_thinned(points, right, 2 * wide)):
        line.line(x0, y0, x1, y1)
    for x, y in _along(dotted, max(2, wide // 2)):
        dots.point(x, y)
    pairs = zip(line.plot(linesep="\n").split("\n"), dots.plot(linesep="\n").split("\n"), strict=True)
    drawn = ["".join(_cell(a, b, ascii) for a, b in zip(*pair, strict=True)).rstrip() for pair in pairs]
    bar, corner, dash = ("|", "+", "-") if ascii else ("│", "└", "─")
    labels = [high, *[""] * (rows - 2), low]
    end = _figure(right)
    return [
        f"{'':{margin}}{y_label}",
        *(f"{label:>{margin - 1}} {bar}{row}" for label, row in zip(labels, drawn, strict=True)),
        f"{'':{margin}}{corner}{dash * wide}",
        f"{'':{margin}} 0{x_label:^{wide - 1 - len(end)}}{end}",
    ]


def svg_curve(
    points: Sequence[Point],
    *,
    title: str,
    x_label: str = "screened",
    y_label: str = "relevant",
    x_max: float | None = None,
    y_max: float | None = None,
    dotted: Sequence[Point] = (),
) -> str:
    """The same as an SVG of 640 by 400, with a title and a description for screen readers."""
    right = _end([x for x, _ in (*points, *dotted)], x_max)
    top = _end([y for _, y in (*points, *dotted)], y_max)
    left, upper, wide, high = 70, 40, 540, 300

    def path(line: Sequence[Point]) -> str:
        return " ".join(
            f"{left + wide * x / right:.1f},{upper + high * (1 - y / top):.1f}"
            for x, y in _thinned(line, right, 2 * wide)
        )

    last = points[-1] if points else (0, 0)
    description = f"{y_label} by {x_label}, up to {_figure(last[1])} at {_figure(last[0])}."
    base, end = upper + high, left + wide
    role = 'role="img" aria-labelledby="title description"'
    text = 'font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#222"'
    middle, across = (upper + base) / 2, (left + end) / 2

    def words(x: float, y: float, what: str, anchor: str = "middle", more: str = "") -> str:
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}" {text}{more}>{escape(what)}</text>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" width="640" height="400" {role}>',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)}</desc>',
        '<rect width="640" height="400" fill="#fff"/>',
        f'<path d="M{left},{upper}V{base}H{end}" fill="none" stroke="#222"/>',
        f'<polyline points="{path(dotted)}" fill="none" stroke="#777" stroke-dasharray="2 6"/>',
        f'<polyline points="{path(points)}" fill="none" stroke="#0b5394" stroke-width="2"/>',
        words(320, 22, title),
        words(left - 8, upper + 5, _figure(top), "end"),
        words(left - 8, base, "0", "end"),
        words(left, base + 20, "0"),
        words(end, base + 20, _figure(right)),
        words(across, base + 40, x_label),
        words(30, middle, y_label, more=f' transform="rotate(-90 30 {middle})"'),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _cell(line: str, dots: str, ascii: bool) -> str:
    """One character with the dots of two; in ASCII a star for the line and a full stop for the other."""
    if ascii:
        return "*" if ord(line) > _BLANK else "." if ord(dots) > _BLANK else " "
    both = ord(line) | ord(dots)
    return chr(both) if both > _BLANK else " "


def _end(values: Sequence[float], given: float | None) -> float:
    """Where an axis ends; one with nothing on it ends at 1."""
    end = max(values, default=0) if given is None else given
    return end if end > 1e-9 else 1


def _thinned(points: Sequence[Point], right: float, most: int) -> list[Point]:
    """At most about two points for each dot column: the first and the last that fall into it."""
    kept: list[Point] = []
    columns: list[int] = []
    for x, y in points:
        column = int(x / right * most)
        if columns[-2:] == [column, column]:
            kept[-1] = (x, y)
        else:
            kept.append((x, y))
            columns.append(column)
    return kept


def _along(line: Sequence[Point], n: int) -> list[Point]:
    """Points at about `n` even steps of x along a line."""
    if len(line) < 2:
        return list(line)
    step = (line[-1][0] - line[0][0]) / n
    found: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(line):
        steps = max(1, round((x1 - x0) / step)) if step else 1
        found += [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps)]
    return found


def _figure(value: float) -> str:
    """A number at an axis: whole with separators, or two digits that count."""
    return number(round(value)) if value >= 10 or value == int(value) else f"{value:.2g}"
