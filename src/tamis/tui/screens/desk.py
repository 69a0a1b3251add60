"""What the screening screen is made of: its parts, its keys, fields and menus, without what keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Horizontal
from textual.screen import Screen

from tamis.tui.keys import ACTIONS
from tamis.tui.screens import words
from tamis.tui.screens.attempting import attempt
from tamis.tui.screens.lights import Lights
from tamis.tui.screens.ordering import Ordering
from tamis.tui.screens.second_look import SecondLook
from tamis.tui.screens.watching import StopLine, Watching
from tamis.tui.widgets.bars import KeyLine, ProgressLine, StatusLine, TooSmall
from tamis.tui.widgets.criteria import CriteriaPane
from tamis.tui.widgets.menu import Menu
from tamis.tui.widgets.record_list import RecordList
from tamis.tui.widgets.record_pane import RecordPane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from textual.app import ComposeResult

    from tamis.services.screening import Session
    from tamis.tui.config import Config
    from tamis.tui.keys import Action, Keymap
    from tamis.tui.screens.answers import Answers
    from tamis.tui.widgets.fields import Field
    from tamis.tui.widgets.menu import Item

QUIT = next(action for action in ACTIONS if action.id == "quit")


class Desk(Screen[None]):
    """Shows a `Session`; every key arrives here, in order, and is carried out before the next one."""

    AUTO_FOCUS = ""

    def __init__(self, session: Session, config: Config) -> None:
        super().__init__()
        self.session = session
        self.config = config
        self.full = False
        self.lights = Lights(self)
        self.second_look = SecondLook(self)
        self.ordering = Ordering(self)
        self._rearranged = 0
        self.watching = Watching(self, session)
        self._take_value: Callable[[str], Awaitable[None] | None] = lambda _: None
        self._refused: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        """Progress, list and record, what happened, keys."""
        protocol = self.session.review.protocol
        yield ProgressLine(protocol.title)
        with Horizontal(id="body"):
            yield RecordList(self.session.row)
            yield RecordPane(self.config.measure)
            yield CriteriaPane(protocol, lambda: self.session.reasons)
        yield Menu()
        yield StopLine()
        yield StatusLine()
        yield KeyLine(words.line_keys(self.session, self.keymap))
        yield TooSmall()

    def on_mount(self) -> None:
        """Show where work goes on."""
        said = self.ordering.begin()
        self.show()
        self.say(said or words.welcome(self.session, self.keymap))

    def on_unmount(self) -> None:
        """End what is under way."""
        self.ordering.close()
        self.second_look.close()

    @on(Ordering.News)
    def show_news(self) -> None:
        """A ranking is there, or nearer."""
        self.ordering.tell()

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
        return self.config.keymap

    async def perform(self, action: Action) -> None:
        """Carry out an action, from a key or the palette."""
        if self.focused is not None or self.query_one(Menu).display:
            self.say("First finish or leave what is open.", alert=True)
            return
        await self._try(lambda: self.act(action))

    async def _try(self, act: Callable[[], Awaitable[None] | None]) -> None:
        await attempt(self, act, self.say, "Not saved: the record stays here.")

    def act(self, action: Action) -> Awaitable[None] | None:
        """Carry out an action: the method of its name, with underscores for hyphens."""
        method: Callable[[], Awaitable[None] | None] = getattr(self, "do_" + action.id.replace("-", "_"))
        return method()

    # What comes back from fields, menus and the mouse

    @on(RecordList.Picked)
    def go_to_picked(self, event: RecordList.Picked) -> None:
        """A click on a row; not while a field or menu is open, which are about the record they came from."""
        if self.focused is not None or self.query_one(Menu).display:
            return
        position = self.session.queue.place(event.record_id)
        if position is not None:
            self.session.queue.go(position)
            self.show()

    @on(Menu.Picked)
    async def take_picked(self, event: Menu.Picked) -> None:
        """A click on a menu item."""
        await self._take(event.value)

    async def on_field_entered(self, event: Field.Entered) -> None:
        """A field was confirmed."""
        self.show_keys()
        await self.answers().take(event.purpose, event.text)

    def on_field_left(self) -> None:
        """A field was closed."""
        self.show_keys()

    def on_field_editor_asked(self, event: Field.EditorAsked) -> None:
        """Hand the text to $EDITOR."""
        self.answers().hand_over(event.text)

    # For those who do things here

    def answers(self) -> Answers:
        """What becomes of what is typed."""
        from tamis.tui.screens.answers import Answers  # what it needs to type into is imported when used

        return Answers(self)

    def open_menu(
        self,
        title: str,
        items: Sequence[Item],
        take: Callable[[str], Awaitable[None] | None],
        *,
        several: bool = False,
        refused: Mapping[str, str] | None = None,
    ) -> None:
        """Let the person pick one of a menu's items; `take` gets its value.

        `refused` says to the key of an action, by its id, why it picks nothing here.
        """
        self._take_value, self._refused = take, refused or {}
        self.query_one(Menu).open(title, items, several=several)
        mark = [("space", "mark several")] if several else []
        self.show_keys([("enter", "take it"), ("j", "down"), ("k", "up"), *mark, ("esc", "leave")])

    async def _press_in_menu(self, menu: Menu, key: str) -> None:
        if key == "escape":
            menu.close()
            self.show_keys()
            return
        value = menu.press(key)
        action = self.keymap.action("screening", key)
        if value is not None:
            await self._take(value)
        elif action is not None and action.id in self._refused:
            self.say(self._refused[action.id], alert=True)

    async def _take(self, value: str) -> None:
        self.query_one(Menu).close()
        self.show_keys()
        await self._try(lambda: self._take_value(value))

    def say(self, words: str, *, alert: bool = False) -> None:
        """Say what happened."""
        self.query_one(StatusLine).say(words, alert=alert)

    def show(self, changed: int | None = None) -> None:
        """Paint what is there now; `changed` is the only row of the list whose content is new, if known."""
        queue = self.session.queue
        self.ordering.follow()
        if queue.rearranged != self._rearranged:
            self._rearranged, changed = queue.rearranged, None
        self.query_one(ProgressLine).show(self.session.progress(), words.stage(self.session))
        self.query_one(RecordList).show(len(queue), queue.cursor, changed)
        self.show_lists()
        self.watching.show()
        self.show_record()

    def show_lists(self) -> None:
        """Say which list this is and where in it we are."""
        self.query_one(StatusLine).show_filter(words.lists(self.session, self.ordering.words()))

    def show_record(self) -> None:
        """Paint the record alone."""
        pane = self.query_one(RecordPane)
        remark = self.second_look.remark()
        view = words.view(self.session, full=self.full, light=self.lights.lit, remark=remark)
        if view is None:
            pane.show_empty(words.nothing(self.session, self.keymap))
        else:
            pane.show(view)

    async def tell(self, head: str, sentence: str) -> None:
        """Show a sentence too long for the status line, such as one with a path."""
        from tamis.tui.screens.dialogs import Notice

        await self.app.push_screen(Notice(head, sentence))

    def show_keys(self, keys: Sequence[tuple[str, str]] | None = None) -> None:
        """Show other keys in the key line; None for the usual ones."""
        usual = words.line_keys(self.session, self.keymap)
        self.query_one(KeyLine).show(usual if keys is None else keys)

    def key(self, action_id: str) -> str:
        """The first key of an action, as people read it."""
        return self.keymap.shown(action_id)
