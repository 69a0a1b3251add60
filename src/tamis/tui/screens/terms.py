"""The sets of highlight terms: made, named, coloured, filled and deleted, one undo step each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Kind
from tamis.domain.highlight import COLOURS
from tamis.errors import UsageError
from tamis.services import highlight_editing as editing
from tamis.tui.screens.dialogs import Help
from tamis.tui.screens.terms_desk import TermsDesk
from tamis.tui.widgets.menu import Item
from tamis.tui.widgets.record_pane import RecordPane
from tamis.tui.widgets.set_list import SetList

if TYPE_CHECKING:
    from tamis.services.screening import Change

COLOUR_ITEMS: Final = [Item(colour[0], colour, colour) for colour in COLOURS]
SPEAKS_ITEMS: Final = [
    Item("i", "include", "include: records that hold them come first"),
    Item("e", "exclude", "exclude: records that hold them come last"),
    Item("n", "neither", "neither: they are only lit"),
]
"""What a set may speak for while relevance knows too few decisions."""
_FIRST: Final = "Terms"
"""The set of terms that are typed without a name before there is a set."""
_SIGNS: Final = "two words, random*, wom?n, /a|b/"


class TermsScreen(TermsDesk):
    """What each key of the screen of the terms does."""

    def do_terms_next(self) -> None:
        """One down."""
        self.query_one(SetList).move(+1)

    def do_terms_previous(self) -> None:
        """One up."""
        self.query_one(SetList).move(-1)

    def do_terms_scroll_down(self) -> None:
        """Further down in the record."""
        self.query_one(RecordPane).scroll_page(+1)

    def do_terms_scroll_up(self) -> None:
        """Further up in the record."""
        self.query_one(RecordPane).scroll_page(-1)

    async def do_terms_add(self) -> None:
        """Type terms for the set under the cursor; without sets, for a first one."""
        if self.query_one(SetList).current is None:
            await self.ask(f"Terms, by commas, or NAME of a set: terms: {_SIGNS}", "", self._begin)
        else:
            name = self.row.set
            await self.ask(f"Terms for {name}, by commas: {_SIGNS}", "", partial(self._add, name))

    async def do_terms_new(self) -> None:
        """Type the name of a new set, and terms."""
        await self.ask(f"NAME of a new set, or NAME: terms, by commas: {_SIGNS}", "", self._make)

    async def do_terms_rename(self) -> None:
        """Type another name."""
        name = self.row.set
        await self.ask(f"New name of {name}", name, partial(editing.rename_set, self.session, name))

    async def do_terms_search(self) -> None:
        """Show the terms of the search strategies, to be taken."""
        terms, _ = editing.search_terms(self.session.review, self.session.ledger)
        if not terms:
            raise UsageError(
                "No source has a search strategy; `tamis source` with --strategy gives it one from a file."
            )
        name = editing.SEARCH_SET
        head = f'Terms of the search, one a line: keep what should be lit as the set "{name}" (^s saves)'
        await self.ask(head, "\n".join(terms), partial(self._add, name), several=True)

    def do_terms_colour(self) -> None:
        """Pick a colour; each is shown while the cursor is on it."""
        terms = self.terms
        take = partial(editing.recolour_set, self.session, terms.name)
        self.pick(
            f"Colour of {terms.name}",
            COLOUR_ITEMS,
            terms.colour,
            take,
            preview=lambda colour: replace(terms, colour=colour),
        )

    def do_terms_speaks(self) -> None:
        """Pick what the terms speak for."""
        terms = self.terms
        title = f"While relevance knows too few decisions, {terms.name} speaks for"
        self.pick(title, SPEAKS_ITEMS, terms.speaks, partial(editing.let_speak, self.session, terms.name))

    async def do_terms_delete(self) -> None:
        """Delete the term or the set under the cursor."""
        name, term = self.row
        if term is None:
            await self.changed(editing.delete_set(self.session, name))
        else:
            await self.changed(editing.remove_term(self.session, name, term))

    def do_terms_undo(self) -> None:
        """Undo the own last action, if it was here."""
        last = next(self.session.undoable(), None)
        if last is None or last.kind != Kind.HIGHLIGHT:
            key = self.keymap.shown("undo")
            self.say(f"Your last action was no change of terms; {key} on the records undoes it.")
        else:
            self._went(self.session.undo())

    def do_terms_redo(self) -> None:
        """Do again what was undone last, if it was here."""
        last = self.session.ledger.redoable(self.session.by)
        if last is None or last[1].kind != Kind.HIGHLIGHT:
            self.say("There is no change of terms to do again.")
        else:
            self._went(self.session.redo())

    async def do_terms_help(self) -> None:
        """The keys."""
        await self.app.push_screen(Help(self.keymap, "terms"))

    def do_terms_close(self) -> None:
        """Back to the records."""
        self.dismiss(None)

    # Inside

    def _add(self, name: str, text: str) -> editing.Changed:
        return editing.add_terms(self.session, name, editing.split_terms(text))

    def _begin(self, text: str) -> editing.Changed:
        named = ":" in text and not text.lstrip().startswith("/")  # /(?:a|b)/ is no name
        return self._make(text) if named else self._add(_FIRST, text)

    def _make(self, text: str) -> editing.Changed:
        name, _, terms = text.partition(":")
        return editing.make_set(self.session, name, editing.split_terms(terms))

    def _went(self, change: Change | None) -> None:
        if change is not None:
            self.show()
            self.say(change.words)
