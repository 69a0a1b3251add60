"""The screening screen: one record, its neighbours, and one key a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Horizontal
from textual.screen import Screen

from tamis.domain.events import Stage, Verdict
from tamis.errors import ProtocolError, StoreError, TamisError
from tamis.services import facts
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
        self._take_value: Callable[[str], Awaitable[None] | None] = lambda _: None

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
        """Carry out an action, from a key or the palette."""
        if self.focused is not None or self.query_one(Menu).display:
            self.say("First finish or leave what is open.", alert=True)
            return
        await self._try(lambda: self._act(action))

    async def _try(self, act: Callable[[], Awaitable[None] | None]) -> None:
        """Do something; an error for people is said, not raised."""
        try:
            waiting = act()
            if waiting is not None:
                await waiting
        except StoreError as error:
            from tamis.tui.screens.dialogs import Alert

            await self.app.push_screen(Alert("Not saved", str(error)))
            self.say("Not saved: the record stays here.", alert=True)
        except TamisError as error:
            self.say(str(error), alert=True)

    def _act(self, action: Action) -> Awaitable[None] | None:
        if action.id.startswith("exclude-"):
            self._exclude_with(int(action.id.removeprefix("exclude-")))
            return None
        method: Callable[[], Awaitable[None] | None] = getattr(self, "do_" + action.id.replace("-", "_"))
        return method()

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
        if not session.reasons:
            self._decided(session.decide(Verdict.EXCLUDE))
            return
        items = choices.reasons(session.reasons, self.keymap, session.stage)
        self.open_menu(choices.WHY, items, self._exclude_for, several=True)

    def _exclude_for(self, value: str) -> None:
        reasons = self.query_one(Menu).marked or ((value,) if value else ())
        self._decided(self.session.decide(Verdict.EXCLUDE, reasons))

    def _exclude_with(self, n: int) -> None:
        reasons = self.session.reasons
        if n > len(reasons):
            self.say(f"The protocol has {len(reasons)} reasons; {n} is not one of them.", alert=True)
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
            stage = self._key("stage")
            self.say(f"Records are removed before screening: {stage} goes to title and abstract.", alert=True)
        elif self.session.record is None:
            self.say("There is no record here.")
        else:
            self.open_menu("Remove before screening: how?", choices.REMOVALS, self._answers().ask)

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
            await self._tell("There is no second stage", str(error))
            return
        self.show_keys()
        self.say(words.stage_entered(self.session, self.keymap))
        self.show()

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

    async def do_study(self) -> None:
        """Name the study."""
        await self._answers().ask("study")

    def do_edit(self) -> None:
        """Pick a field to correct."""
        if self.session.record is None:
            self.say("There is no record here.")
        else:
            self.open_menu("Correct which field?", choices.FIELDS, self._answers().ask)

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
        self.open_menu("Write which file?", choices.EXPORTS, self._export)

    async def _export(self, value: str) -> None:
        await self._tell("Written", choices.write(self.session, value))

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

    def open_menu(
        self,
        title: str,
        items: Sequence[Item],
        take: Callable[[str], Awaitable[None] | None],
        *,
        several: bool = False,
    ) -> None:
        """Let the person pick one of a menu's items; `take` gets its value."""
        self._take_value = take
        self.query_one(Menu).open(title, items, several=several)
        mark = [("space", "mark several")] if several else []
        self.show_keys([("enter", "take it"), ("j", "down"), ("k", "up"), *mark, ("esc", "leave")])

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
        await self._try(lambda: self._take_value(value))

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
        self.query_one(ProgressLine).show(self.session.progress(), words.stage(self.session))
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
