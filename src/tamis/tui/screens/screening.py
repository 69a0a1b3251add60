"""The screening screen: one record, its neighbours, and one key a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tamis.domain.events import Stage, Verdict
from tamis.domain.plural import counted, form
from tamis.errors import ProtocolError
from tamis.services import facts
from tamis.tui.screens import choices, words
from tamis.tui.screens.desk import Desk
from tamis.tui.widgets.criteria import CriteriaPane
from tamis.tui.widgets.menu import Menu
from tamis.tui.widgets.record_pane import RecordPane

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tamis.services.screening import Change
    from tamis.tui.keys import Action


class ScreeningScreen(Desk):
    """What each key of the screening screen does."""

    def act(self, action: Action) -> Awaitable[None] | None:
        """Carry out an action; the nine exclusions are one."""
        if action.id.startswith("exclude-"):
            self._exclude_with(int(action.id.removeprefix("exclude-")))
            return None
        return super().act(action)

    # Deciding

    def do_include(self) -> None:
        """Include."""
        self._decided(self.session.decide(Verdict.INCLUDE))

    def do_maybe(self) -> None:
        """Maybe."""
        self._decided(self.session.decide(Verdict.MAYBE))

    def do_clear(self) -> None:
        """Take the decision back."""
        if self.session.vote() is None:
            self.say("This record is undecided.")
        else:
            self._decided(self.session.decide(Verdict.UNDECIDED))

    def do_exclude(self) -> None:
        """Ask for the reasons; without any in the protocol, exclude."""
        session = self.session
        session.must_be_writable()
        if not session.reasons:
            self._decided(session.decide(Verdict.EXCLUDE))
            return
        items = choices.reasons(session.reasons, self.keymap, session.stage)
        refused = {"exclude": choices.NEEDS_REASON} if session.stage == Stage.FULL_TEXT else {}
        self.open_menu(choices.WHY, items, self._exclude_for, several=True, refused=refused)

    def _exclude_for(self, value: str) -> None:
        reasons = self.query_one(Menu).marked or ((value,) if value else ())
        self._decided(self.session.decide(Verdict.EXCLUDE, reasons))

    def _exclude_with(self, n: int) -> None:
        reasons = self.session.reasons
        if n > len(reasons):
            known = counted(len(reasons), "reason")
            self.say(f"The protocol has {known}; {n} is not one of them.", alert=True)
            return
        self._decided(self.session.decide(Verdict.EXCLUDE, [reasons[n - 1].id]))

    def do_not_retrieved(self) -> None:
        """Not retrieved, or retrieved after all."""
        self._decided(facts.turn_retrieved(self.session))

    def do_remove(self) -> None:
        """Ask how the record is removed before screening, or put it back."""
        if self.session.is_removed():
            [change, *_] = facts.put_back(self.session, [self.session.need_record()])
            self.say(change.words)
            self.show()
        elif self.session.stage != Stage.TITLE_ABSTRACT:
            stage = self.key("stage")
            self.say(f"Records are removed before screening: {stage} goes to title and abstract.", alert=True)
        elif self.session.record is None:
            self.say("There is no record here.")
        else:
            self.session.must_be_writable()
            self.open_menu("Remove before screening: how?", choices.REMOVALS, self.answers().ask)

    def do_undo(self) -> None:
        """Undo and go there."""
        self._went(self.session.undo(), "There is nothing to undo.")

    def do_redo(self) -> None:
        """Redo and go there."""
        self._went(self.session.redo(), "There is nothing to do again.")

    # Moving

    def do_next(self) -> None:
        """One down."""
        self._move(+1)

    def do_previous(self) -> None:
        """One up."""
        self._move(-1)

    async def do_stage(self) -> None:
        """The other stage."""
        try:
            self.session.change_stage()
        except ProtocolError as error:
            await self.tell("There is no second stage", str(error))
            return
        self.query_one(CriteriaPane).to_top()
        self.show_keys()
        self.say(words.stage_entered(self.session, self.keymap))
        self.show()

    def do_order(self) -> None:
        """Pick the order of the list."""
        self.ordering.choose()

    def do_first(self) -> None:
        """To the top."""
        self.session.queue.go(0)
        self.show()

    def do_last(self) -> None:
        """To the end."""
        self.session.queue.go(len(self.session.queue) - 1)
        self.show()

    def do_next_undecided(self) -> None:
        """On to where work is."""
        found = self.session.queue.next_undecided()
        self.say("" if found else "No undecided record in this list.")
        self.show()

    def do_scroll_down(self) -> None:
        """A page of the record."""
        self.query_one(RecordPane).scroll_page(+1)

    def do_scroll_up(self) -> None:
        """A page back."""
        self.query_one(RecordPane).scroll_page(-1)

    # Annotating and finding

    async def do_note(self) -> None:
        """Write a note."""
        await self.answers().ask("note")

    async def do_labels(self) -> None:
        """Set labels."""
        await self.answers().ask("labels")

    async def do_study(self) -> None:
        """Name the study."""
        await self.answers().ask("study")

    def do_edit(self) -> None:
        """Pick a field to correct."""
        if self.session.record is None:
            self.say("There is no record here.")
        else:
            self.session.must_be_writable()
            self.open_menu("Correct which field?", choices.FIELDS, self.answers().ask)

    async def do_search(self) -> None:
        """Search."""
        await self.answers().ask("search")

    async def do_filter(self) -> None:
        """Filter."""
        await self.answers().ask("filter")

    async def do_find_next(self) -> None:
        """Next match."""
        await self._find(+1)

    async def do_find_previous(self) -> None:
        """Previous match."""
        await self._find(-1)

    def do_show_all(self) -> None:
        """Drop filter and search."""
        queue = self.session.queue
        if queue.query is None and queue.search is None:
            self.say("")
            return
        queue.search = None
        queue.filter("")
        self.say(f"{form(len(queue), 'The one record is', f'All {len(queue):,} records are')} shown.")
        self.show()

    # Looking

    def do_authors(self) -> None:
        """Everything the file says, or the short form."""
        self.full = not self.full
        self.show_record()

    def do_light(self) -> None:
        """Light the terms, or not."""
        self.lights.toggle()

    def do_lit_next(self) -> None:
        """The next lit place."""
        self.lights.jump(+1)

    def do_lit_previous(self) -> None:
        """The lit place before."""
        self.lights.jump(-1)

    async def do_terms(self) -> None:
        """Change the sets of terms."""
        await self.lights.edit()

    def do_criteria(self) -> None:
        """The criteria beside the record: shown, then further down if they are longer, then hidden."""
        pane = self.query_one(CriteriaPane)
        if self.has_class("-criteria") and pane.page_down():
            return
        pane.to_top()
        self.toggle_class("-criteria")

    async def do_open(self) -> None:
        """Open the record's file, or else its address."""
        from tamis.tui.screens.files import open_record

        await open_record(self)

    async def do_attach(self) -> None:
        """Pick a file for the record."""
        from tamis.tui.screens.files import AttachScreen

        self.session.must_be_writable()
        if self.session.record_id is None:
            self.say("There is no record here.")
            return
        screen = AttachScreen(self.session, self.session.record_id, Path.cwd())
        await self.app.push_screen(screen, self._back)

    async def do_summary(self) -> None:
        """The summary screen."""
        from tamis.tui.screens.summary import SummaryScreen

        await self.app.push_screen(SummaryScreen(self.session, self.config), self._back)

    def _back(self, said: str | None) -> None:
        self.show()
        self.say(said or "")

    async def do_import(self) -> None:
        """Pick files and import them."""
        from tamis.tui.screens.importing import ImportScreen

        screen = ImportScreen(self.session, Path.cwd())
        await self.app.push_screen(screen, self._back)

    async def do_duplicates(self) -> None:
        """Find and judge duplicates."""
        from tamis.tui.screens.duplicates import DuplicatesScreen

        await self.app.push_screen(DuplicatesScreen(self.session, self.config), self._back)

    async def do_cluster(self) -> None:
        """The records of this report."""
        record = self.session.record_id
        if record is None or len(self.session.ledger.cluster(record)) == 1:
            self.say("No other record is linked with this one.")
            return
        from tamis.tui.screens.cluster import ClusterScreen

        screen = ClusterScreen(self.session, self.config, (record,))
        await self.app.push_screen(screen, lambda _: self._back(""))

    async def do_stopping(self) -> None:
        """May I stop?"""
        from tamis.tui.screens.stopping import StoppingScreen

        screen = StoppingScreen(self.session, self.config, self.watching.watch())
        await self.app.push_screen(screen, self._back)

    async def do_why(self) -> None:
        """Why the record is here."""
        await self.tell("Why here", self.ordering.why())

    def do_second_look(self) -> None:
        """Pick a list of decisions to look at again."""
        self.second_look.choose()

    def do_export(self) -> None:
        """Pick what to write."""
        self.open_menu("Write which file?", choices.EXPORTS, self._export)

    async def _export(self, value: str) -> None:
        await self.tell("Written", choices.write(self.session, value))

    async def do_help(self) -> None:
        """The keys."""
        from tamis.tui.screens.dialogs import Help

        await self.app.push_screen(Help(self.keymap, "screening"))

    async def do_palette(self) -> None:
        """All actions by name."""
        from textual.command import CommandPalette

        await self.app.push_screen(CommandPalette(id="--command-palette"))

    def do_quit(self) -> None:
        """Leave."""
        self.app.exit(0)

    def _decided(self, change: Change) -> None:
        self.say(words.decided(self.session, self.keymap, change))
        alone = len(self.session.ledger.cluster(change.record_id)) == 1
        self.show(changed=self.session.queue.place(change.record_id) if alone else None)

    def _went(self, change: Change | None, nothing: str) -> None:
        if change is None:
            self.say(nothing)
            return
        self.say(("The filter is off. " if change.left_filter else "") + change.words)
        self.show()

    def _move(self, by: int) -> None:
        self.session.queue.move(by)
        self.say("")
        self.show(changed=self.session.queue.cursor)

    async def _find(self, direction: int) -> None:
        queue = self.session.queue
        if queue.search is None:
            self.say(f"Nothing is searched for yet; {self.key('search')} starts a search.")
        elif not await self.answers().wait_for(queue.finding_next(direction)):
            self.say(f"Nothing in this list holds {queue.search.text}.", alert=True)
        self.show()
