"""The overlap of sources drawn: which sets of sources found how many reports. Pure.

The form is an UpSet plot (Lex et al. 2014, IEEE Trans Vis Comput Graph 20:1983): one line or column for each
set of sources that found reports together and that no other source found, with a dot for each of them.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.plural import counted
from tamis.domain.text import clean_line
from tamis.services.diagram.widths import FONTS
from tamis.services.diagram.widths import width as ems
from tamis.services.diagram.wording import printable
from tamis.services.drawing import cells, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST: Final = 12
"""Sets that are drawn one by one; what is left is one line of its own."""
_NAME: Final = 24
_INK: Final = "#1a1a1a"
_PALE: Final = "#c8c8c8"
_BAR: Final = "#3b6ea5"


def lines(overlap: Mapping[str, Any], width: int) -> list[str]:
    """The plot in characters, nothing while no source shares a report with another.

    Args:
        overlap: what `overlap.overlap` gave.
        width: cells, 40 at least.
    """
    sources, sets = overlap["sources"], overlap["sets"]
    if not overlap["pairs"]:
        return []
    names = [_short(clean_line(source["name"]), _NAME) for source in sources]
    wide = max(map(cells, names))
    letters = [_letter(n) for n in range(len(sources))]
    digits = max(len(number(source["reports"])) for source in sources)
    bar = max(8, width - 2 - 4 - wide - 2 - digits - 2)
    most = max(source["reports"] for source in sources)
    found = ["Reports found by each source"]
    for letter, name, source in zip(letters, names, sources, strict=True):
        count = number(source["reports"]).rjust(digits)
        padded = name + " " * (wide - cells(name))
        found.append(f"  {letter:<2} {padded}  {count}  {_blocks(source['reports'], most, bar)}")
    drawn, more = _split(sets)
    most = max(each["reports"] for each in drawn)
    columns = "".join(f"{letter:>2}" for letter in letters)
    digits = max(len(number(each["reports"])) for each in (*drawn, *more))
    bar = max(8, width - 2 - len(columns) - 2 - digits - 2)
    found += ["", "Reports found by exactly these", f"  {columns}"]
    for each in drawn:
        dots = "".join(" ●" if n in each["sources"] else " ·" for n in range(len(sources)))
        count = number(each["reports"]).rjust(digits)
        found.append(f"  {dots}  {count}  {_blocks(each['reports'], most, bar)}")
    if more:
        found.append(f"  {_rest(more)}")
    return found


def _rest(more: Sequence[Mapping[str, Any]]) -> str:
    reports = counted(sum(each["reports"] for each in more), "report")
    return f"and {counted(len(more), 'more set')} of sources with {reports} together"


def svg(overlap: Mapping[str, Any]) -> str:
    """The plot as an SVG document of shapes and text alone, ending in a line break."""
    sources, (drawn, more) = overlap["sources"], _split(overlap["sets"])
    names = [_short(clean_line(source["name"]), 40) for source in sources]
    counts = max((12 * ems(number(source["reports"])) for source in sources), default=0)
    left = 14 + 60 + 6 + counts + 14 + max((12 * ems(name) for name in names), default=0) + 14
    step = max((10 * ems(number(each["reports"])) for each in drawn), default=0)
    step, top, row, height = max(36.0, step + 8), 50.0, 24.0, 180.0
    matrix = top + height + 24
    width = max(left + step * max(1, len(drawn)) + 30, 360)
    total = matrix + row * len(sources) + (34 if more else 14)
    most = max((each["reports"] for each in drawn), default=0) or 1
    each_most = max((source["reports"] for source in sources), default=0) or 1
    words = _describe(sources, drawn)
    parts = [
        _open(width, total),
        '<title id="overlap-title">Overlap of sources</title>',
        f'<desc id="overlap-desc">{_xml(words)}</desc>',
        f'<rect width="{width:g}" height="{total:g}" fill="#ffffff"/>',
        _text(14, 24, "Reports found by exactly these sources", bold=True),
    ]
    for n, (name, source) in enumerate(zip(names, sources, strict=True)):
        y = matrix + row * n
        long = 60 * source["reports"] / each_most
        parts += [
            f'<rect x="14" y="{y - 6:g}" width="{long:g}" height="12" fill="{_BAR}"/>',
            _text(20 + long, y + 4, number(source["reports"])),
            _text(left - 14, y + 4, name, anchor="end"),
        ]
    for n, each in enumerate(drawn):
        x = left + step * (n + 0.5)
        tall = height * each["reports"] / most
        parts += [
            f'<rect x="{x - 10:g}" y="{top + height - tall:g}" width="20" height="{tall:g}" fill="{_BAR}"/>',
            _text(x, top + height - tall - 5, number(each["reports"]), anchor="middle", size=10),
        ]
        inside = [matrix + row * place for place in each["sources"]]
        if len(inside) > 1:
            parts.append(
                f'<path d="M{x:g} {inside[0]:g} L{x:g} {inside[-1]:g}" stroke="{_INK}" stroke-width="2"/>'
            )
        for place in range(len(sources)):
            fill = _INK if place in each["sources"] else _PALE
            parts.append(f'<circle cx="{x:g}" cy="{matrix + row * place:g}" r="6" fill="{fill}"/>')
    if more:
        parts.append(_text(14, total - 10, _rest(more), size=10))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _open(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="overlap-title overlap-desc" '
        f'font-family="{FONTS}" font-size="12" fill="{_INK}">'
    )


def _split(
    sets: Sequence[Mapping[str, Any]],
) -> tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]:
    """The sets that are drawn, and the smaller ones that are only summed up."""
    return (sets, ()) if len(sets) <= MOST else (sets[: MOST - 1], sets[MOST - 1 :])


def _describe(sources: Sequence[Mapping[str, Any]], drawn: Sequence[Mapping[str, Any]]) -> str:
    """The plot in words."""
    found = [
        f"{' and '.join(clean_line(sources[n]['name']) for n in each['sources'])}: {number(each['reports'])}"
        for each in drawn
    ]
    return f"Reports found by exactly these sources. {'; '.join(found)}."


def _letter(n: int) -> str:
    """A to Z, then a number."""
    return chr(ord("A") + n) if n < 26 else str(n)


def _blocks(value: int, most: int, width: int) -> str:
    return "█" * max(1, round(width * value / most)) if value and most else ""


def _short(name: str, most: int) -> str:
    if cells(name) <= most:
        return name
    while cells(name) > most - 1:
        name = name[:-1]
    return name + "…"


def _text(x: float, y: float, text: str, *, anchor: str = "", size: int = 0, bold: bool = False) -> str:
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += f' font-size="{size}"' if size else ""
    more += ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}"{more}>{_xml(text)}</text>'


def _xml(text: str) -> str:
    return escape(printable(text))
