"""The diagram as a Mermaid flow chart, for pages that draw it themselves (GitHub, GitLab, Quarto). Pure.

Syntax: flow charts of Mermaid 10 and 11. Labels stand between quotes and hold only letters, digits, blanks
and a few marks; all else is written as its number (`#34;`), so no name can end a label or begin a statement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tamis.services import flow
from tamis.services.diagram import wording
from tamis.services.diagram.layout import layout
from tamis.services.diagram.vector import FILLS, INK, LINES

if TYPE_CHECKING:
    from tamis.domain.prisma import Counts
    from tamis.services.flow import Options

_CODED: Final = re.compile(r"[^\w ().,:=/–]")


def mermaid(counts: Counts, options: Options) -> str:
    """The flow chart, ending in a line break."""
    drawn = layout(counts, options)
    content = {box.key: wording.content(box) for box in flow.boxes(counts, options)}
    lines = ["flowchart TD", "  accTitle: PRISMA 2020 flow diagram", f"  %% {wording.SOURCE}"]
    for panel in drawn.panels:
        if panel.kind != "phase":
            text = content.get(panel.key) or (" ".join(line.text for line in panel.lines),)
            lines.append(f"  {_id(panel.key)}{_label(text)}:::{panel.kind}")
    for panel in drawn.panels:
        if panel.kind == "banner":
            lines.append("  banner ~~~ bar_left")
        elif panel.row == 0 and f"bar-{panel.column}" in {p.key for p in drawn.panels}:
            lines.append(f"  {_id(f'bar-{panel.column}')} ~~~ {_id(panel.key)}")
    lines += [f"  {_id(arrow.start)} --> {_id(arrow.end)}" for arrow in drawn.arrows]
    for kind in dict.fromkeys(panel.kind for panel in drawn.panels if panel.kind != "phase"):
        lines.append(f"  classDef {kind} fill:{FILLS[kind]},stroke:{LINES},color:{INK}")
    if pending := [_id(panel.key) for panel in drawn.panels if panel.pending or panel.kind == "banner"]:
        lines += ["  classDef interim stroke-dasharray:5 3", f"  class {','.join(pending)} interim"]
    return "\n".join(lines) + "\n"


def _id(key: str) -> str:
    return key.replace("-", "_")


def _label(lines: tuple[str, ...]) -> str:
    shown = (f"– {line.strip()}" if line.startswith(" ") else line for line in lines)
    text = "<br/>".join(_CODED.sub(lambda found: f"#{ord(found.group())};", line) for line in shown)
    return f'["{text}"]'
