"""Lit terms on the screening screen: on and off, from place to place, and the terms themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.plural import form
from tamis.services.highlighting import NOTHING, ProtocolLights
from tamis.tui.widgets.menu import Item
from tamis.tui.widgets.record_pane import RecordPane

if TYPE_CHECKING:
    from tamis.domain.record import Record
    from tamis.services.highlighting import Lit
    from tamis.tui.screens.desk import Desk

ADD, FROM_SEARCH = "+", "search"
"""Values of the menu's first items; the others are `set TAB term`."""
TERMS, SEARCH_TERMS = FIELDS = "terms", "terms of the search"
"""Purposes of the fields."""


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

    def choose(self) -> None:
        """Offer to add terms, to take those of the search, and to remove each term there is.

        Raises:
            NotSavedError: the review is open for reading.
        """
        self._screen.session.must_be_writable()
        sets = self._screen.session.review.protocol.highlight
        items = [
            Item("a", ADD, "Add terms to a set, or make a set"),
            Item("f", FROM_SEARCH, "From the search strategy of the sources"),
            *(Item("", f"{s.name}\t{term}", f"remove {s.name}: {term}") for s in sets for term in s.terms),
        ]
        self._screen.open_menu("Highlight terms", items, self._take)

    async def _take(self, value: str) -> None:
        if value in (ADD, FROM_SEARCH):
            from tamis.tui.screens.answers import Answers

            await Answers(self._screen).ask(TERMS if value == ADD else SEARCH_TERMS)
            return
        from tamis.services.highlight_editing import remove_term

        session = self._screen.session
        name, _, term = value.partition("\t")
        _, later = remove_term(session.review, session.author, name, term)
        self._screen.say(f"Removed from {name}: {term}. {self._screen.keymap.shown('terms')} adds it again.")
        self._screen.show()
        await self._tell(later=later)

    async def _tell(self, *, later: bool) -> None:
        """Say it when the file holds more than is in force."""
        if later:
            from tamis.services.highlight_editing import LATER

            await self._screen.tell("protocol.toml", LATER)

    def known(self, purpose: str) -> list[str]:
        """Beginnings that the field completes."""
        sets = self._screen.session.review.protocol.highlight
        return [f"{s.name}: " for s in sets] if purpose == TERMS else []

    def before(self, purpose: str) -> str:
        """What stands in the field when it opens.

        Raises:
            UsageError: no source has a search strategy.
        """
        if purpose == TERMS:
            return ""
        from tamis.errors import UsageError
        from tamis.services.highlight_editing import search_terms

        session = self._screen.session
        terms, _ = search_terms(session.review, session.ledger)
        if not terms:
            raise UsageError(
                "No source has a search strategy; `tamis source` with --strategy gives it one from a file."
            )
        return "\n".join(terms)

    def head(self, purpose: str) -> str:
        """What stands above the field."""
        if purpose == TERMS:
            return "SET: terms, by commas (→ completes): two words, random*, wom?n, /a|b/"
        return 'Terms of the search, one a line: keep what should be lit as the set "search" (^s saves)'

    async def take(self, purpose: str, text: str) -> None:
        """Add what was entered.

        Raises:
            TamisError: nothing was changed; says why.
        """
        from tamis.services.highlight_editing import SEARCH_SET, add_terms, split_terms

        session = self._screen.session
        name, terms = SEARCH_SET, text
        if purpose == TERMS:
            name, _, terms = text.partition(":")
        new, later = add_terms(session.review, session.author, name.strip(), split_terms(terms))
        many = form(len(new), "".join(new[:1]), f"{len(new)} terms")
        self._screen.say(f"Added to {name.strip()}: {many}." if new else "They are in this set already.")
        self._screen.show()
        await self._tell(later=later)
