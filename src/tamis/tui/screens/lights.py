"""Lit terms on the screening screen: on and off, from place to place, and the screen that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.services.highlighting import NOTHING, ProtocolLights
from tamis.tui.widgets.record_pane import RecordPane

if TYPE_CHECKING:
    from tamis.domain.record import Record
    from tamis.services.highlighting import Lit
    from tamis.tui.screens.desk import Desk


class Lights:
    """Which terms are lit while screening.

    Args:
        screen: the screening screen.
    """

    def __init__(self, screen: Desk) -> None:
        self._screen = screen
        self._on = True
        self._lights = ProtocolLights(screen.session.review)

    def lit(self, record: Record) -> Lit:
        """What is lit in a record, by the protocol as it is now."""
        return self._lights.lit(record) if self._on else NOTHING

    def toggle(self) -> None:
        """On, or off."""
        screen = self._screen
        if not screen.session.review.protocol.highlight:
            screen.say(f"No terms are set; {screen.keymap.shown('terms')} adds some.")
            return
        self._on = not self._on
        screen.say("Terms are lit." if self._on else "Terms are not lit.")
        screen.show()

    def jump(self, direction: int) -> None:
        """To the next lit place, or the one before."""
        found = self._screen.query_one(RecordPane).jump(direction)
        if found is None:
            self._screen.say("Nothing is lit in this record.")
            return
        n, all_of_them, hit = found
        name = self._screen.session.review.protocol.highlight[hit.set].name
        self._screen.say(f"Place {n:,} of {all_of_them:,}, {name}: {hit.text}")

    async def edit(self) -> None:
        """Open the screen of the terms.

        Raises:
            NotSavedError: the review is open for reading.
        """
        from tamis.tui.screens.terms import TermsScreen

        screen = self._screen
        screen.session.must_be_writable()
        await screen.app.push_screen(
            TermsScreen(screen.session, screen.config, self._lights.lit), lambda _: self._back()
        )

    def _back(self) -> None:
        self._screen.show()
        self._screen.say("")
