"""The records of one report, one a line: which stands, how complete it is, what was decided on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tamis.domain.text import clean_line
from tamis.tui.paint import strip
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip

    from tamis.services.clusters import Member


class MemberList(Lines):
    """Groups of members with a cursor; between two groups stands a line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--cursor", "list--mark", "record--meta"}

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Member | None] = []
        self._cursor = 0
        self._top = 0

    def show(self, groups: Sequence[Sequence[Member]], here: str) -> None:
        """Show groups of members with the cursor on a record, or on the first one where it is not there."""
        self._rows = []
        for group in groups:
            self._rows += [*([None] if self._rows else []), *group]
        places = [n for n, member in enumerate(self._rows) if member is not None and member.record.id == here]
        self._cursor = places[0] if places else 0
        self.styles.height = min(len(self._rows), 8)
        self._keep_in_view()
        self.refresh()

    @property
    def current(self) -> Member | None:
        """The member under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def compared(self) -> tuple[Member, Member] | None:
        """The member that stands for the cursor's group, and the one under the cursor or else the next."""
        if not self._rows:
            return None
        first = max((n for n in range(self._cursor) if self._rows[n] is None), default=-1) + 1
        after = self._rows[first + 1] if first + 1 < len(self._rows) else None
        standing, other = self._rows[first], self._rows[self._cursor]
        if standing is other and after is not None:
            other = after
        return (standing, other) if standing is not None and other is not None else None

    def move(self, by: int) -> None:
        """Move the cursor by one, over the line between two groups."""
        place = self._cursor + by
        if 0 <= place < len(self._rows) and self._rows[place] is None:
            place += by
        if 0 <= place < len(self._rows):
            self._cursor = place
            self._keep_in_view()
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Move to the clicked member."""
        place = self._top + event.y
        if place < len(self._rows) and self._rows[place] is not None:
            self._cursor = place
            self.refresh()

    def line(self, y: int, width: int) -> Strip:
        """One member."""
        place = self._top + y
        if place >= len(self._rows):
            return strip([], width)
        member = self._rows[place]
        if member is None:
            return strip([(" perhaps the same report", self.style("record--meta"))], width)
        here = place == self._cursor
        style = self.style("list--cursor" if here else "list--mark")
        stands = "● stands" if member.stands else "○"
        begin = f"{'▌' if here else ' '}{stands:<8} {member.percent:>3} % complete  "
        parts = (member.source, ", ".join(member.votes), member.record.title or "(no title)")
        text = begin + " · ".join(clean_line(part) for part in parts if part)
        return strip([(text, style)], width, style)

    def _keep_in_view(self) -> None:
        height = min(len(self._rows), 8) or 1
        self._top = max(0, min(self._top, self._cursor), self._cursor - height + 1)
