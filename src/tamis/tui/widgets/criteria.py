"""The criteria and reasons of the protocol, beside the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tamis.tui.paint import strip, wrap
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from textual.strip import Strip

    from tamis.domain.protocol import Protocol


class CriteriaPane(Lines):
    """What goes in, what stays out, and why."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"criteria--head", "criteria--text"}

    def __init__(self, protocol: Protocol) -> None:
        super().__init__()
        self._protocol = protocol
        self._wrapped: tuple[int, list[tuple[str, str]]] = (-1, [])

    def line(self, y: int, width: int) -> Strip:
        """One line."""
        if self._wrapped[0] != width:
            self._wrapped = (width, self._lay_out(width - 1))
        lines = self._wrapped[1]
        if y >= len(lines):
            return strip([], width)
        text, name = lines[y]
        return strip([(" " + text, self.style(name))], width)

    def _lay_out(self, width: int) -> list[tuple[str, str]]:
        p = self._protocol
        parts = (
            ("Question", "", [p.question] if p.question else []),
            ("Include", "✓ ", p.include),
            ("Exclude", "✗ ", p.exclude),
            ("Reasons", "", [f"{n}  {r.label}" for n, r in enumerate(p.reasons, 1)]),
        )
        lines: list[tuple[str, str]] = []
        for head, bullet, texts in parts:
            if texts:
                lines.append((head, "criteria--head"))
                lines += [(line, "criteria--text") for text in texts for line in wrap(bullet + text, width)]
        if not (p.question or p.include or p.exclude):
            where = "Write question and criteria into protocol.toml in the review's folder."
            lines += [(line, "criteria--text") for line in wrap(where, width)]
        return lines
