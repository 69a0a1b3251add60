"""The sets of highlight terms, each with its terms below it, and a cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from tamis.domain.highlight import COLOURS
from tamis.domain.text import clean_line
from tamis.tui.paint import strip
from tamis.tui.widgets.lines import Lines
from tamis.tui.widgets.lit_lines import LOOKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.style import Style
    from textual import events
    from textual.geometry import Size
    from textual.strip import Strip

    from tamis.domain.highlight import TermSet


class Row(NamedTuple):
    """A line of the list: a set, or one of its terms."""

    set: str
    term: str | None = None


class SetList(Lines):
    """Sets in their looks; what each speaks for, and which terms are not lit, stands beside them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--cursor",
        "list--mark",
        "record--meta",
        "record--flag",
        *(f"lit--{colour}" for colour in COLOURS),
    }

    def __init__(self) -> None:
        super().__init__()
        self._sets: Sequence[TermSet] = ()
        self._faults: Mapping[Row, str] = {}
        self._rows: list[Row] = []
        self._cursor = 0
        self._top = 0

    def show(self, sets: Sequence[TermSet], faults: Mapping[Row, str]) -> None:
        """Show sets; the cursor stays on its line. `faults` says which terms are not lit, and why."""
        self._sets, self._faults = sets, faults
        self._rows = [row for s in sets for row in (Row(s.name), *(Row(s.name, term) for term in s.terms))]
        self.move(0)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - as Textual
        """Textual: as high as there are rows, as far as the style sheet lets it."""
        return max(1, len(self._rows))

    def go(self, row: Row) -> None:
        """Move the cursor to a row, if there is one like it."""
        if row in self._rows:
            self.move(self._rows.index(row) - self._cursor)

    @property
    def current(self) -> Row | None:
        """The row under the cursor; None without sets."""
        return self._rows[self._cursor] if self._rows else None

    def move(self, by: int) -> None:
        """Move the cursor."""
        self._cursor = max(0, min(self._cursor + by, len(self._rows) - 1))
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Move to the clicked row."""
        place = self._top + event.y
        if place < len(self._rows):
            self._cursor = place
            self.refresh()

    def line(self, y: int, width: int) -> Strip:
        """A set or a term."""
        self._top = max(0, min(self._top, self._cursor), self._cursor - self.size.height + 1)
        n = self._top + y
        if not self._rows:
            words = " No terms are set." if y == 0 else ""
            return strip([(words, self.style("record--meta"))], width, self.style(""))
        if n >= len(self._rows):
            return strip([], width, self.style(""))
        row = self._rows[n]
        here = n == self._cursor
        style = self.style("list--cursor" if here else "list--mark")
        begin = "▌" if here else " "
        if row.term is not None:
            why = self._faults.get(row, "")
            fault = [(f"  ! {clean_line(why)}", style if here else self.style("record--flag"))] if why else []
            return strip([(f"{begin}   {clean_line(row.term)}", style), *fault], width, style)
        number = next(i for i, s in enumerate(self._sets) if s.name == row.set)
        terms = self._sets[number]
        soft = style if here else self.style("record--meta")
        about = f"  {terms.colour} · for {terms.speaks}{'' if terms.terms else ' · no terms'}"
        name = (clean_line(terms.name), self._look(number, terms.colour, style))
        return strip([(f"{begin} ", style), name, (about, soft)], width, style)

    def _look(self, number: int, colour: str, style: Style) -> Style:
        own = self.get_component_rich_style(f"lit--{colour}", partial=True)
        return style + own + LOOKS[number % len(LOOKS)]
