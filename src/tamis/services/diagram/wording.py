"""The diagram in sentences, for who cannot see it. Pure."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from tamis.services import flow
from tamis.services.diagram.layout import banner, content

if TYPE_CHECKING:
    from tamis.domain.prisma import Counts
    from tamis.services.flow import Options

_ALONE = re.compile(r"^\(n = ([\d,]+)\)$")
_COUNT = re.compile(r" ?\(n = ([\d,]+)\)")


def title(options: Options) -> str:
    """What the drawing is."""
    return f"PRISMA 2020 flow diagram: {options.title}" if options.title else "PRISMA 2020 flow diagram"


def describe(counts: Counts, options: Options) -> str:
    """Every box with all of its numbers, one column after the other."""
    found = sorted(flow.boxes(counts, options), key=lambda box: (box.title != "Previous studies", box.title))
    said = [f"{text}." for text in (banner(counts),) if text]
    for name, boxes in groupby(found, key=lambda box: box.title):
        said.append(f"{name}.")
        for box in boxes:
            head, *lines = content(box)
            numbers = "; ".join(_ALONE.sub(r"\1", line.strip()) for line in lines)
            between = "; " if _COUNT.search(head) else ": "
            said.append(_COUNT.sub(r" \1", head.rstrip(":") + between + numbers) + ".")
    return " ".join(said)
