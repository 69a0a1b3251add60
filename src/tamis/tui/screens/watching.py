"""The line about stopping on the screening screen: there when the protocol has a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tamis.domain.text import clean_line
from tamis.tui.paint import strip
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.strip import Strip

    from tamis.services.screening import Session
    from tamis.services.stopping import Watch


class StopLine(Lines):
    """How far screening is from its target, in one line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--soft"}

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self.display = False

    def show(self, words: str) -> None:
        """Show the words; none hide the line."""
        words = clean_line(words)
        if words != self._words:
            self._words = words
            self.display = bool(words)
            self.refresh()

    def line(self, y: int, width: int) -> Strip:  # noqa: ARG002 - there is only line 0
        """The line."""
        return strip([(f" {self._words}", self.style("bar--soft"))], width)


class Watching:
    """Keeps the line up to date, after what a key changed has been painted.

    Args:
        screen: a screen with a `StopLine`.
        session: whose review is watched.
    """

    def __init__(self, screen: Screen[None], session: Session) -> None:
        self._screen = screen
        self._session = session
        self._watch: Watch | None = None
        self._asked = False

    def show(self) -> None:
        """Look again soon; without a target in the protocol, or at full text, there is no line."""
        if self._session.review.protocol.stopping is None:
            return
        if not self._asked:
            self._asked = True
            self._screen.call_after_refresh(self._paint)

    def watch(self) -> Watch:
        """What looks at the review."""
        from tamis.services.stopping import Watch

        if self._watch is None:
            self._watch = Watch(self._session.review, self._session.ledger)
        return self._watch

    def _paint(self) -> None:
        from tamis.services.stopping import STAGE
        from tamis.services.stopping_words import line

        self._asked = False
        here = self._session.stage == STAGE
        self._screen.query_one(StopLine).show(line(self.watch().look()) if here else "")
