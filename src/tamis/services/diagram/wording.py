"""What is said around the diagram, and the diagram itself in sentences, for who cannot see it. Pure."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from tamis.domain.plural import counted
from tamis.domain.text import clean_line
from tamis.services import flow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.prisma import Counts
    from tamis.services.flow import Box, Options

SOURCE: Final = (
    "After the PRISMA 2020 flow diagram: Page MJ, et al. BMJ 2021;372:n71, doi:10.1136/bmj.n71 (CC BY 4.0)."
)
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ALONE: Final = re.compile(r"^\(n = ([\d,]+)\)$")
_COUNT: Final = re.compile(r" ?\(n = ([\d,]+)\)")


def printable(text: str) -> str:
    """`text` without the characters that XML 1.0 does not have, not even as references."""
    return _NO_XML.sub("", text)


def content(box: Box) -> tuple[str, ...]:
    """The lines of a box as the template has them: what is included has no heading of its own."""
    return box.lines if box.key in ("previous", "included", "total") else (box.heading, *box.lines)


def banner(counts: Counts) -> str:
    """The line above an interim diagram, "" when everything is decided."""
    return (
        f"Interim: {counted(counts.pending, 'record or report', 'records or reports')} still to be decided"
        if counts.interim
        else ""
    )


def notes(counts: Counts, options: Options) -> list[str]:
    """What stands below the diagram."""
    interim = "Interim: the numbers will change. Dashed boxes hold records still to be decided."
    return [*([interim] if counts.interim else []), *flow.left_out(counts, options), SOURCE]


def title(options: Options) -> str:
    """What the drawing is."""
    name = printable(clean_line(options.title))
    return f"PRISMA 2020 flow diagram: {name}" if name else "PRISMA 2020 flow diagram"


def describe(counts: Counts, options: Options) -> str:
    """Every box with all of its numbers: the previous review, each column, then what is included."""
    found = sorted(flow.boxes(counts, options), key=_part)
    said = [f"{text}." for text in (banner(counts),) if text]
    for part, boxes in groupby(found, key=_part):
        every = list(boxes)
        said.append("Included." if part == _INCLUDED else f"{every[0].title}.")
        said += [_sentence(box) for box in every]
    return printable(" ".join(said))


_INCLUDED: Final = 3


def _part(box: Box) -> int:
    return _INCLUDED if box.row > _INCLUDED else {"previous": 0, "left": 1, "side": 1}.get(box.column, 2)


def _sentence(box: Box) -> str:
    head, *lines = content(box)
    between = "; " if _COUNT.search(head) else ": "
    return _COUNT.sub(r" \1", head.rstrip(":") + (between + _nested(lines) if lines else "")) + "."


def _nested(lines: Iterable[str]) -> str:
    """Lines in a row, those set in below another one in brackets behind it."""
    text, depth, every = "", 0, list(lines)
    least = min((_indent(line) for line in every), default=0)
    for n, line in enumerate(every):
        bare = _ALONE.sub(r"\1", line.strip())
        deep = _indent(line) - least
        text += ")" * (depth - deep) + (" (" * (deep - depth) if deep > depth else "; " if n else "") + bare
        depth = deep
    return text + ")" * depth


def _indent(line: str) -> int:
    return (len(line) - len(line.lstrip(" "))) // 2
