"""What the screen of the terms is made of: its parts, its keys, a menu and fields, without what keys do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Horizontal
from textual.screen import Screen

from tamis.domain.plural import counted
from tamis.errors import TamisError, UsageError
from tamis.services.highlight_editing import LATER, Changed
from tamis.tui.editor import edit
from tamis.tui.screens import words
from tamis.tui.screens.attempting import attempt
from tamis.tui.screens.dialogs import Notice
from tamis.tui.widgets.bars import KeyLine, StatusLine, TooSmall
from tamis.tui.widgets.fields import Field, LineField, NoteField
from tamis.tui.widgets.menu import Menu
from tamis.tui.widgets.record_pane import RecordPane
from tamis.tui.widgets.set_list import Row, SetList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult

    from tamis.domain.highlight import TermSet
    from tamis.domain.record import Record
    from tamis.services.highlighting import Lit
    from tamis.services.screening import Session
    from tamis.tui.config import Config
    from tamis.tui.keys import Action
    from tamis.tui.widgets.menu import Item

    Take = Callable[[str], Changed]

LINE_KEYS = (
    "terms-add",
    "terms-new",
    "terms-delete",
    "terms-colour",
    "terms-speaks",
    "terms-rename",
    "terms-undo",
    "terms-help",
    "terms-close",
    "terms-search",
    "terms-redo",
)


class TermsDesk(Screen[None]):
    """Shows the sets, and a record with what is lit in it.

    Args:
        session: whose review and reviewer.
        config: keys.
        lit: what the protocol lights in a record.
    """

    AUTO_FOCUS = ""

    def __init__(self, session: Session, config: Config, lit: Callable[[Record], Lit]) -> None:
        super().__init__()
        self.session = session
        self.keymap = config.keymap
        self._measure = config.measure
        self._lit = lit
        self._take: Take
        self._preview: Callable[[str], TermSet] | None = None
        self._reopen: Callable[[str], Awaitable[None]]

    def compose(self) -> ComposeResult:
        """The sets, the record that was on the desk, what happened, keys."""
        where, said = StatusLine(), StatusLine()
        where.id, said.id = "where", "said"
        yield where
        with Horizontal(id="body"):
            yield SetList()
            yield RecordPane(self._measure)
        yield Menu()
        yield said
        yield KeyLine([])
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the sets."""
        self.show()
        self._show_keys()

    async def on_key(self, event: events.Key) -> None:
        """Carry out what a key means, in order; a key that was meant for a field does nothing."""
        if not self.is_current or self.focused is not None:
            return
        action = self.keymap.action("terms", event.key)
        if self.query_one(TooSmall).display and (action is None or action.id != "terms-close"):
            return
        menu = self.query_one(Menu)
        if menu.display:
            event.stop()
            await self._press_in_menu(menu, event.key)
        elif action is not None:
            event.stop()
            event.prevent_default()
            await self.perform(action)

    async def perform(self, action: Action) -> None:
        """Carry out an action; an error for people is said, not raised."""
        self.say("")
        method: Callable[[], Awaitable[None] | None] = getattr(self, "do_" + action.id.replace("-", "_"))
        await self._try(method)

    # For what keys do

    @property
    def row(self) -> Row:
        """The row under the cursor.

        Raises:
            UsageError: there is none.
        """
        row = self.query_one(SetList).current
        if row is None:
            raise UsageError(f"There is no set yet; {self.keymap.shown('terms-new')} makes one.")
        return row

    @property
    def terms(self) -> TermSet:
        """The set under the cursor.

        Raises:
            UsageError: there is none.
        """
        sets = {s.name: s for s in self.session.review.protocol.highlight}
        return sets[self.row.set]

    def pick(
        self,
        title: str,
        items: Sequence[Item],
        here: str,
        take: Take,
        preview: Callable[[str], TermSet] | None = None,
    ) -> None:
        """Let the person pick one of a menu's items.

        Args:
            title: what is picked.
            items: to pick from.
            here: the value that holds now.
            take: gets the value.
            preview: the set under the cursor as it would be with a value.
        """
        self._take, self._preview = take, preview
        self.query_one(Menu).open(title, items, here=here)
        self.query_one(KeyLine).show([("enter", "take it"), ("j", "down"), ("k", "up"), ("esc", "leave")])

    async def ask(self, head: str, text: str, take: Take, *, several: bool = False) -> None:
        """Open a field for one line, or for several; `take` gets what is entered."""
        kind: type[Field] = NoteField if several else LineField
        fields = self.query(kind)
        field = fields.first() if fields else kind()
        if not fields:
            await self.mount(field, before=self.query_one("#said"))
        self._take = take
        self._reopen = lambda text: self.ask(head, text, take, several=several)
        field.open("", head, text)
        save = [("^s", "save"), ("^e", "editor")] if several else [("enter", "save")]
        self.query_one(KeyLine).show([*save, ("esc", "leave")])

    async def changed(self, done: Changed) -> None:
        """Show and say what was changed."""
        shown = self.query_one(SetList)
        self.show()
        if shown.current is not None and shown.current.set != done.set:
            shown.go(Row(done.set))
        undo = self.keymap.shown("terms-undo")
        self.say(f"{done.words}; {undo} undoes it" if done.words else "It was so already.")
        if done.later:
            await self.app.push_screen(Notice("protocol.toml", LATER))

    def show(self, changed: TermSet | None = None) -> None:
        """Paint what there is; `changed` is how the set under the cursor would be."""
        sets = self.session.review.protocol.highlight
        if changed is not None:
            sets = tuple(changed if s.name == self.row.set else s for s in sets)
        lit: Lit | None = None

        def light(record: Record) -> Lit:
            nonlocal lit
            lit = replace(self._lit(record), sets=sets)
            return lit

        view = words.view(self.session, full=False, light=light)
        pane = self.query_one(RecordPane)
        if view is None:
            pane.show_empty("There is no record here to see the terms on.")
        else:
            pane.show(view)
        faults = {Row(fault.set, fault.term): fault.why for fault in (lit.faults if lit else ())}
        self.query_one(SetList).show(sets, faults)
        terms = counted(sum(len(s.terms) for s in sets), "term")
        self.query_one("#where", StatusLine).say(f"Highlight terms: {counted(len(sets), 'set')}, {terms}")

    def say(self, said: str, *, alert: bool = False) -> None:
        """Say what happened."""
        self.query_one("#said", StatusLine).say(said, alert=alert)

    # What comes back from menu and fields

    async def _press_in_menu(self, menu: Menu, key: str) -> None:
        value = None if key == "escape" else menu.press(key)
        if value is not None:
            await self._take_value(value)
        elif key == "escape":
            self._leave_menu()
        elif self._preview is not None:
            self.show(self._preview(menu.current))

    @on(Menu.Picked)
    async def take_picked(self, event: Menu.Picked) -> None:
        """A click on a menu item."""
        await self._take_value(event.value)

    async def _take_value(self, value: str) -> None:
        self._leave_menu()
        await self._try(lambda: self.changed(self._take(value)))

    def _leave_menu(self) -> None:
        self.query_one(Menu).close()
        self.show()
        self._show_keys()

    async def on_field_entered(self, event: Field.Entered) -> None:
        """Carry out what was entered; a text that could not be saved comes back into its field."""
        self._show_keys()
        if event.text.strip() and not await self._try(lambda: self.changed(self._take(event.text))):
            await self._reopen(event.text)

    def on_field_left(self) -> None:
        """A field was closed."""
        self._show_keys()

    def on_field_editor_asked(self, event: Field.EditorAsked) -> None:
        """Hand the text to $EDITOR."""
        try:
            text = edit(self.app, event.text)
        except TamisError as error:
            self.say(str(error), alert=True)
            return
        self.query_one(NoteField).fill(text)

    async def _try(self, act: Callable[[], Awaitable[None] | None]) -> bool:
        return await attempt(self, act, self.say, "Not saved: the terms are as they were.")

    def _show_keys(self) -> None:
        keys = self.keymap.ordered(LINE_KEYS)
        self.query_one(KeyLine).show([(self.keymap.shown(a.id), a.label) for a in keys])
