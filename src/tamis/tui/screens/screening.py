"""The screening screen: one record, its neighbours, and one key a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Horizontal
from textual.screen import Screen

from tamis.domain.events import Verdict
from tamis.errors import StoreError, TamisError
from tamis.tui.keys import ACTIONS
from tamis.tui.screens import choices, words
from tamis.tui.widgets.bars import KeyLine, ProgressLine, StatusLine, TooSmall
from tamis.tui.widgets.criteria import CriteriaPane
from tamis.tui.widgets.menu import Menu
from tamis.tui.widgets.record_list import RecordList
from tamis.tui.widgets.record_pane import RecordPane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult

    from tamis.services.screening import Change, Session
    from tamis.tui.config import Config
    from tamis.tui.keys import Action, Keymap
    from tamis.tui.screens.answers import Answers
    from tamis.tui.widgets.fields import Field
    from tamis.tui.widgets.menu import Item

QUIT = next(action for action in ACTIONS if action.id == "quit")


class ScreeningScreen(Screen[None]):
    """Drives a `Session`; every key arrives here, in order, and is carried out before the next one."""

    AUTO_FOCUS = ""

    def __init__(self, session: Session, config: Config) -> None:
        super().__init__()
        self.session = session
        self._config = config
        self._full = False
        self._menu_for = ""

    def compose(self) -> ComposeResult:
        """Progress, list and record, what happened, keys."""
        protocol = self.session.review.protocol
        yield ProgressLine(protocol.title)
        with Horizontal(id="body"):
            yield RecordList(self.session.row)
            yield RecordPane(self._config.measure)
            yield CriteriaPane(protocol)
        yield Menu()
        yield StatusLine()
        yield KeyLine(words.line_keys(self.session, self.keymap))
        yield TooSmall()

    def on_mount(self) -> None:
        """Show where work goes on."""
        self.show()
        self.say(words.welcome(self.session, self.keymap))

    # Keys

    async def on_key(self, event: events.Key) -> None:
        """Carry out what a key means; a key that was meant for a field or another screen does nothing."""
        if not self.is_current or self.focused is not None:
            return
        if self.query_one(TooSmall).display and self.keymap.action("screening", event.key) != QUIT:
            event.stop()  # nobody decides on a record that cannot be seen
            return
        menu = self.query_one(Menu)
        if menu.display:
            event.stop()
            await self._press_in_menu(menu, event.key)
            return
        action = self.keymap.action("screening", event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.perform(action)

    @property
    def keymap(self) -> Keymap:
        """Which key does what."""
        return self._config.keymap

    async def perform(self, action: Action) -> None:
        """Carry out an action, from a key or the palette; an error for people is said, not raised."""
        if self.focused is not None or self.query_one(Menu).display:
            self.say("First finish or leave what is open.", alert=True)
            return
        try:
            await self._perform(action)
        except StoreError as error:
            from tamis.tui.screens.dialogs import Alert

            await self.app.push_screen(Alert("Not saved", str(error)))
            self.say("Not saved: the record stays here.", alert=True)
        except TamisError as error:
            self.say(str(error), alert=True)

    async def _perform(self, action: Action) -> None:
        if action.id.startswith("exclude-"):
            self._exclude_with(int(action.id.removeprefix("exclude-")))
            return
        method: Callable[[], Awaitable[None] | None] = getattr(self, "do_" + action.id.replace("-", "_"))
        waiting = method()
        if waiting is not None:
            await waiting

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
        """Ask for the reason; without reasons in the protocol, exclude."""
        reasons = self.session.reasons
        if not reasons:
            self._decided(self.session.decide(Verdict.EXCLUDE))
            return
        self._open_menu("exclude", "Exclude: why?", choices.reasons(reasons, self.keymap))

    def _exclude_with(self, n: int) -> None:
        reasons = self.session.reasons
        if n > len(reasons):
            self.say(f"The protocol has {len(reasons)} reasons; {n} is not one of them.", alert=True)
            return
        self._decided(self.session.decide(Verdict.EXCLUDE, [reasons[n - 1].id]))

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
        if not self.session.queue.next_undecided():
            self.say("No undecided record in this list.")
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
        await self._answers().ask("note")

    async def do_labels(self) -> None:
        """Set labels."""
        await self._answers().ask("labels")

    def do_edit(self) -> None:
        """Pick a field to correct."""
        if self.session.record is None:
            self.say("There is no record here.")
        else:
            self._open_menu("edit", "Correct which field?", choices.FIELDS)

    async def do_search(self) -> None:
        """Search."""
        await self._answers().ask("search")

    async def do_filter(self) -> None:
        """Filter."""
        await self._answers().ask("filter")

    def do_find_next(self) -> None:
        """Next match."""
        self._find(+1)

    def do_find_previous(self) -> None:
        """Previous match."""
        self._find(-1)

    def do_show_all(self) -> None:
        """Drop filter and search."""
        queue = self.session.queue
        if queue.query is None and queue.search is None:
            self.say("")
            return
        queue.search = None
        queue.filter("")
        self.say(f"All {len(queue):,} records are shown.")
        self.show()

    # Looking

    def do_authors(self) -> None:
        """Everything the file says, or the short form."""
        self._full = not self._full
        self._show_record()

    def do_criteria(self) -> None:
        """The criteria beside the record: shown, then further down if they are longer, then hidden."""
        pane = self.query_one(CriteriaPane)
        if self.has_class("-criteria") and pane.page_down():
            return
        pane.to_top()
        self.toggle_class("-criteria")

    def do_open(self) -> None:
        """Open the record's address."""
        self.say(choices.open_address(self.session.record, self.app.open_url))

    async def do_summary(self) -> None:
        """The summary screen."""
        from tamis.tui.screens.summary import SummaryScreen

        await self.app.push_screen(SummaryScreen(self.session, self._config), self._back)

    def _back(self, said: str | None) -> None:
        self.show()
        self.say(said or "")

    async def do_import(self) -> None:
        """Pick files and import them."""
        from tamis.tui.screens.importing import ImportScreen

        screen = ImportScreen(self.session, self._config, Path.cwd())
        await self.app.push_screen(screen, self._back)

    async def do_duplicates(self) -> None:
        """Find and judge duplicates."""
        from tamis.tui.screens.duplicates import DuplicatesScreen

        await self.app.push_screen(DuplicatesScreen(self.session, self._config), self._back)

    def do_export(self) -> None:
        """Pick what to write."""
        self._open_menu("export", "Write which file?", choices.EXPORTS)

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

    # What comes back from fields, menus and the mouse

    @on(RecordList.Picked)
    def go_to_picked(self, event: RecordList.Picked) -> None:
        """A click on a row; not while a field or menu is open, which are about the record they came from."""
        if self.focused is not None or self.query_one(Menu).display:
            return
        self.session.queue.go(event.position)
        self.show()

    @on(Menu.Picked)
    async def take_picked(self, event: Menu.Picked) -> None:
        """A click on a menu item."""
        await self._take(event.value)

    async def on_field_entered(self, event: Field.Entered) -> None:
        """A field was confirmed."""
        self.show_keys()
        await self._answers().take(event.purpose, event.text)

    def on_field_left(self) -> None:
        """A field was closed."""
        self.show_keys()

    def on_field_editor_asked(self, event: Field.EditorAsked) -> None:
        """Hand the text to $EDITOR."""
        self._answers().hand_over(event.text)

    # Inside

    def _answers(self) -> Answers:
        from tamis.tui.screens.answers import Answers  # what it needs to type into is imported when used

        return Answers(self)

    def _open_menu(self, purpose: str, title: str, items: Sequence[Item]) -> None:
        self._menu_for = purpose
        self.query_one(Menu).open(title, items)
        self.show_keys([("enter", "take the marked one"), ("j", "down"), ("k", "up"), ("esc", "leave")])

    async def _press_in_menu(self, menu: Menu, key: str) -> None:
        if key == "escape":
            menu.close()
            self.show_keys()
            return
        value = menu.press(key)
        if value is not None:
            await self._take(value)

    async def _take(self, value: str) -> None:
        self.query_one(Menu).close()
        self.show_keys()
        try:
            if self._menu_for == "exclude":
                self._decided(self.session.decide(Verdict.EXCLUDE, [value] if value else []))
            elif self._menu_for == "edit":
                await self._answers().ask(value)
            else:
                await self._tell("Written", choices.write(self.session, value))
        except StoreError as error:
            from tamis.tui.screens.dialogs import Alert

            await self.app.push_screen(Alert("Not saved", str(error)))
        except TamisError as error:
            self.say(str(error), alert=True)

    def _decided(self, change: Change) -> None:
        self.say(words.decided(self.session, self.keymap, change))
        self.show(changed=self.session.queue.place(change.record_id))

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

    def _find(self, direction: int) -> None:
        queue = self.session.queue
        if queue.search is None:
            self.say(f"Nothing is searched for yet; {self._key('search')} starts a search.")
        elif not queue.find_next(direction):
            self.say(f"Nothing in this list holds {queue.search.text}.", alert=True)
        self.show()

    def say(self, words: str, *, alert: bool = False) -> None:
        """Say what happened."""
        self.query_one(StatusLine).say(words, alert=alert)

    def show(self, changed: int | None = None) -> None:
        """Paint what is there now; `changed` is the only row of the list whose content is new, if known."""
        queue = self.session.queue
        self.query_one(ProgressLine).show(self.session.progress())
        self.query_one(RecordList).show(len(queue), queue.cursor, changed)
        self.query_one(StatusLine).show_filter(words.lists(self.session))
        self._show_record()

    def _show_record(self) -> None:
        pane = self.query_one(RecordPane)
        view = words.view(self.session, full=self._full)
        if view is None:
            pane.show_empty(words.nothing(self.session, self.keymap))
        else:
            pane.show(view)

    async def _tell(self, head: str, sentence: str) -> None:
        """Show a sentence too long for the status line, such as one with a path."""
        from tamis.tui.screens.dialogs import Notice

        await self.app.push_screen(Notice(head, sentence))

    def show_keys(self, keys: Sequence[tuple[str, str]] | None = None) -> None:
        """Show other keys in the key line; None for the usual ones."""
        usual = words.line_keys(self.session, self.keymap)
        self.query_one(KeyLine).show(usual if keys is None else keys)

    def _key(self, action_id: str) -> str:
        return self.keymap.shown(action_id)
