"""The diagram as SVG that browsers, Inkscape, Word and PowerPoint show alike. Pure.

Only shapes, text and presentation attributes: no style sheets, scripts, markers or references to elsewhere,
which one or another of them drops. Arrow heads are triangles. `title` and `desc` say the same in words (SVG
Accessibility API Mappings 1.0).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from tamis.services.diagram import wording
from tamis.services.diagram.layout import layout
from tamis.services.diagram.widths import FONTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.prisma import Counts
    from tamis.services.diagram.layout import Arrow, Layout, Panel, Text
    from tamis.services.flow import Options

INK: Final = "#1a1a1a"
LINES: Final = "#404040"
FILLS: Final = {
    "box": "#ffffff",
    "grey": "#f0f0f0",
    "bar": "#f3dc9b",
    "phase": "#c5d9ec",
    "banner": "#ffffff",
}
"""Each at least 11:1 against the ink."""
_HEAD: Final = (8.0, 3.5)
"""Length and half the width of an arrow's head."""


def svg(counts: Counts, options: Options) -> str:
    """The diagram as a document of its own, ending in a line break."""
    return _document(layout(counts, options), wording.title(options), wording.describe(counts, options))


def _document(drawn: Layout, title: str, desc: str) -> str:
    w, h = _n(drawn.width), _n(drawn.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img"',
        f' aria-labelledby="prisma-title prisma-desc" font-family="{FONTS}" fill="{INK}">',
        f'<title id="prisma-title">{_xml(title)}</title>',
        f'<desc id="prisma-desc">{_xml(desc)}</desc>',
        f'<rect width="{w}" height="{h}" fill="#ffffff"/>',
        *(line for panel in drawn.panels for line in _panel(panel)),
        *map(_arrow, drawn.arrows),
        *map(_text, drawn.notes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _panel(panel: Panel) -> Iterable[str]:
    corner = {"bar": 8, "phase": 8}.get(panel.kind, 0)
    yield f'<g id="prisma-{panel.key}">'
    yield (
        f'<rect x="{_n(panel.x)}" y="{_n(panel.y)}" width="{_n(panel.width)}" height="{_n(panel.height)}"'
        + (f' rx="{corner}"' if corner else "")
        + f' fill="{FILLS[panel.kind]}" stroke="{LINES}"'
        + (' stroke-dasharray="5 3"' if panel.pending or panel.kind == "banner" else "")
        + "/>"
    )
    for text in panel.lines:
        yield _text(text, turned=panel.kind == "phase")
    yield "</g>"


def _text(text: Text, *, turned: bool = False) -> str:
    x, y = text.x, text.y
    if turned:  # its place is the middle of the letters, not the line they stand on
        x += text.size * 0.36
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(text.size)}"'
        + (' font-weight="bold"' if text.bold else "")
        + (' text-anchor="middle"' if text.centred else "")
        + (f' transform="rotate(-90 {_n(x)} {_n(y)})"' if turned else "")
        + f">{_xml(text.text)}</text>"
    )


def _arrow(arrow: Arrow) -> str:
    *_, (x0, y0), (x1, y1) = arrow.points
    long, half = _HEAD
    dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    back = (x1 - dx * long, y1 - dy * long)
    line = " L".join(f"{_n(x)} {_n(y)}" for x, y in (*arrow.points[:-1], back))
    head = ((x1, y1), (back[0] - dy * half, back[1] - dx * half), (back[0] + dy * half, back[1] + dx * half))
    corners = " L".join(f"{_n(x)} {_n(y)}" for x, y in head)
    return (
        f'<path d="M{line}" fill="none" stroke="{LINES}" stroke-width="1.2"/>'
        f'<path d="M{corners} Z" fill="{LINES}"/>'
    )


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _xml(text: str) -> str:
    return escape(wording.printable(text))
