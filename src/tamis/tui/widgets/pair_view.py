"""Two records side by side, with what differs marked."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len

from tamis.tui.paint import Piece, strip, wrap
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip

    from tamis.services.dedup import Difference

_LABEL = 10
Row = tuple[tuple[str, str], ...]
"""Texts and the component classes they are painted in."""


class PairView(Lines):
    """The fields of two records in two columns; scrolls by itself."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record--title",
        "record--text",
        "record--meta",
        "record--head",
        "pair--differs",
    }

    def __init__(self) -> None:
        super().__init__()
        self._heads: tuple[str, str] = ("", "")
        self._fields: Sequence[Difference] = ()
        self._empty = ""
        self._laid_out: tuple[int, list[Row]] = (-1, [])
        self._top = 0

    def show(self, heads: tuple[str, str], fields: Sequence[Difference]) -> None:
        """Show two records from their top.

        Args:
            heads: what stands above each: its source and what was decided.
            fields: their fields.
        """
        self._heads, self._fields, self._empty = heads, fields, ""
        self._laid_out, self._top = (-1, []), 0
        self.refresh()

    def show_empty(self, words: str) -> None:
        """Show a sentence instead."""
        self._empty, self._fields = words, ()
        self._laid_out, self._top = (-1, []), 0
        self.refresh()

    def scroll_page(self, direction: int) -> None:
        """Scroll by a page less two lines."""
        most = max(0, len(self._rows(self.size.width)) - self.size.height)
        self._top = max(0, min(self._top + direction * max(1, self.size.height - 2), most))
        self.refresh()

    def line(self, y: int, width: int) -> Strip:
        """One line."""
        rows = self._rows(width)
        n = y + self._top
        if n >= len(rows):
            return strip([], width)
        pieces: list[Piece] = [(text, self.style(name)) for text, name in rows[n]]
        return strip(pieces, width)

    def _rows(self, width: int) -> list[Row]:
        if self._laid_out[0] != width:
            self._laid_out = (width, self._lay_out(width))
        return self._laid_out[1]

    def _lay_out(self, width: int) -> list[Row]:
        if not self._fields:
            return [((f" {text}", "record--text"),) for text in wrap(self._empty, width - 2)]
        column = max(10, (width - _LABEL - 5) // 2)
        rows: list[Row] = self._cells("", self._heads[0], self._heads[1], column, "record--head")
        for field in self._fields:
            name = "record--title" if field.field == "title" else "record--text"
            label = f"{'=' if field.same else '≠'} {field.field}"
            rows += self._cells(label, field.a, field.b, column, name if field.same else "pair--differs")
        return rows

    def _cells(self, label: str, a: str, b: str, column: int, name: str) -> list[Row]:
        rows: list[Row] = []
        left, right = wrap(a, column) or ["–"], wrap(b, column) or ["–"]
        for n, (one, other) in enumerate(zip_longest(left, right, fillvalue="")):
            head = label if n == 0 else ""
            gap = " " * (column - cell_len(one) + 2)
            rows.append(((f" {head:<{_LABEL}} ", "record--meta"), (one, name), (gap, name), (other, name)))
        return rows
