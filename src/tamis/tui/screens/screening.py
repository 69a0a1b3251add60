"""The screening screen: one record, its neighbours, and one key a verdict."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Horizontal
from textual.screen import Screen

from tamis.domain.events import Verdict
from tamis.domain.text import clean_line
from tamis.errors import StoreError, TamisError
from tamis.tui.keys import ACTIONS
from tamis.tui.screens import choices
from tamis.tui.widgets.bars import KeyLine, ProgressLine, StatusLine, TooSmall
from tamis.tui.widgets.criteria import CriteriaPane
from tamis.tui.widgets.menu import Menu
from tamis.tui.widgets.record_list import RecordList
from tamis.tui.widgets.record_pane import RecordPane, RecordView

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult

    from tamis.services.screening import Change, Session
    from tamis.tui.config import Config
    from tamis.tui.keys import Action, Keymap
    from tamis.tui.widgets.fields import Field
    from tamis.tui.widgets.menu import Item

LINE_KEYS = (
    ("include", "include"),
    ("maybe", "maybe"),
    ("exclude", "exclude"),
    ("exclude-1", "reason"),
    ("undo", "undo"),
    ("note", "note"),
    ("help", "help"),
    ("filter", "filter"),
    ("search", "find"),
    ("summary", "summary"),
    ("labels", "labels"),
    ("criteria", "criteria"),
    ("open", "open"),
    ("quit", "quit"),
)
"""What the key line shows, the most important first."""


QUIT = next(action for action in ACTIONS if action.id == "quit")
SLOW = 0.15
"""Seconds after which a filter says how far it is."""


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
        yield KeyLine(self._line_keys())
        yield TooSmall()

    def on_mount(self) -> None:
        """Show where work goes on."""
        self._show()
        self.say(self._welcome())

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
        reasons = self.session.review.protocol.reasons
        if not reasons:
            self._decided(self.session.decide(Verdict.EXCLUDE))
            return
        self._open_menu("exclude", "Exclude: why?", choices.reasons(reasons, self.keymap))

    def _exclude_with(self, n: int) -> None:
        reasons = self.session.review.protocol.reasons
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
        self._show()

    def do_last(self) -> None:
        """To the end."""
        self.session.queue.go(len(self.session.queue) - 1)
        self._show()

    def do_next_undecided(self) -> None:
        """On to where work is."""
        if not self.session.queue.next_undecided():
            self.say("No undecided record in this list.")
        self._show()

    def do_scroll_down(self) -> None:
        """A page of the record."""
        self.query_one(RecordPane).scroll_page(+1)

    def do_scroll_up(self) -> None:
        """A page back."""
        self.query_one(RecordPane).scroll_page(-1)

    # Annotating

    async def do_note(self) -> None:
        """Write a note."""
        from tamis.tui.widgets.fields import NoteField

        keys = "^s saves, ^e opens $EDITOR, esc leaves"
        await self._ask(NoteField, "note", f"Note ({keys})", self.session.note())

    async def do_labels(self) -> None:
        """Set labels."""
        from tamis.tui.widgets.fields import LineField

        known = ", ".join(self.session.ledger.known_labels()[:8])
        head = "Labels, separated by commas" + (f" (in use: {known})" if known else "")
        await self._ask(LineField, "labels", head, ", ".join(self.session.labels()))

    # Finding

    async def do_search(self) -> None:
        """Search."""
        from tamis.tui.widgets.fields import LineField

        search = self.session.queue.search
        head = f"Find words (then {self._key('find-next')} next, {self._key('find-previous')} previous)"
        await self._ask(LineField, "search", head, search.text if search else "")

    def do_find_next(self) -> None:
        """Next match."""
        self._find(+1)

    def do_find_previous(self) -> None:
        """Previous match."""
        self._find(-1)

    async def do_filter(self) -> None:
        """Filter."""
        from tamis.tui.widgets.fields import LineField

        head = "Show only: is:maybe  reason:2  label:x  source:embase  year:2015-2020  words  -not"
        query = self.session.queue.query
        typed = query.text if query is not None and query.terms else ""  # the name of a box is no filter
        await self._ask(LineField, "filter", head, typed)

    def do_show_all(self) -> None:
        """Drop filter and search."""
        queue = self.session.queue
        if queue.query is None and queue.search is None:
            self.say("")
            return
        queue.search = None
        queue.filter("")
        self.say(f"All {len(queue):,} records are shown.")
        self._show()

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

        await self.app.push_screen(SummaryScreen(self.session, self._config), self._back_from_summary)

    def _back_from_summary(self, said: str | None) -> None:
        self._show()
        self.say(said or "")

    async def do_import(self) -> None:
        """Pick files and import them."""
        from tamis.tui.screens.importing import ImportScreen

        screen = ImportScreen(self.session, self._config, Path.cwd())
        await self.app.push_screen(screen, self._back_from_summary)

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
        self._show()

    @on(Menu.Picked)
    async def take_picked(self, event: Menu.Picked) -> None:
        """A click on a menu item."""
        await self._take(event.value)

    async def on_field_entered(self, event: Field.Entered) -> None:
        """A field was confirmed."""
        self._show_keys()
        takers: dict[str, Callable[[str], Awaitable[None] | None]] = {
            "note": self._enter_note,
            "labels": self._enter_labels,
            "search": self._enter_search,
            "filter": self._enter_filter,
        }
        try:
            waiting = takers[event.purpose](event.text)
            if waiting is not None:
                await waiting
        except StoreError as error:
            from tamis.tui.screens.dialogs import Alert

            await self.app.push_screen(Alert("Not saved", str(error)))
            await self._reopen(event.purpose, event.text)
        except TamisError as error:
            self.say(str(error), alert=True)

    def on_field_left(self) -> None:
        """A field was closed."""
        self._show_keys()

    def on_field_editor_asked(self, event: Field.EditorAsked) -> None:
        """Hand the note to $EDITOR."""
        from tamis.tui.editor import edit
        from tamis.tui.widgets.fields import NoteField

        try:
            text = edit(self.app, event.text)
        except TamisError as error:
            self.say(str(error), alert=True)
            return
        self.query_one(NoteField).fill(text)

    def _enter_note(self, text: str) -> None:
        self._annotated(self.session.set_note(text))

    def _enter_labels(self, text: str) -> None:
        self._annotated(self.session.set_labels(text.split(",")))

    def _enter_search(self, text: str) -> None:
        found = self.session.queue.find(text)
        self.say("" if found or not text.strip() else f"Nothing in this list holds {text}.", alert=not found)
        self._show()

    async def _enter_filter(self, text: str) -> None:
        queue = self.session.queue
        began = time.monotonic()
        steps = queue.filtering(text)
        for n in steps:
            if time.monotonic() - began > SLOW:
                self.say(f"Looking: {n:,} of {len(queue.every):,} records.")
                await asyncio.sleep(0)
                began = time.monotonic()
        n = steps.found
        if n == 0:
            self.say(f"No record matches {text}; the list stays as it was.", alert=True)
        else:
            self.say(f"{n:,} record{'s' if n != 1 else ''} shown.")
        self._show()

    async def _reopen(self, purpose: str, text: str) -> None:
        """Give an unsaved text back into its field, so that it is not lost."""
        await (self.do_note() if purpose == "note" else self.do_labels())
        from tamis.tui.widgets.fields import LineField, NoteField

        self.query_one(NoteField if purpose == "note" else LineField).fill(text)

    # Inside

    async def _ask(self, kind: type[Field], purpose: str, head: str, text: str) -> None:
        if not self.session.queue and purpose in ("note", "labels"):
            self.say("There is no record here.")
            return
        fields = self.query(kind)
        field = fields.first() if fields else kind()
        if not fields:
            await self.mount(field, before=self.query_one(StatusLine))
        field.open(purpose, head, text)
        keys = [("^s", "save"), ("^e", "editor")] if purpose == "note" else [("enter", purpose)]
        self._show_keys([*keys, ("esc", "leave")])

    def _open_menu(self, purpose: str, title: str, items: Sequence[Item]) -> None:
        self._menu_for = purpose
        self.query_one(Menu).open(title, items)
        self._show_keys([("enter", "take the marked one"), ("j", "down"), ("k", "up"), ("esc", "leave")])

    async def _press_in_menu(self, menu: Menu, key: str) -> None:
        if key == "escape":
            menu.close()
            self._show_keys()
            return
        value = menu.press(key)
        if value is not None:
            await self._take(value)

    async def _take(self, value: str) -> None:
        self.query_one(Menu).close()
        self._show_keys()
        try:
            if self._menu_for == "exclude":
                self._decided(self.session.decide(Verdict.EXCLUDE, [value] if value else []))
            else:
                self.say(choices.write(self.session, value))
        except StoreError as error:
            from tamis.tui.screens.dialogs import Alert

            await self.app.push_screen(Alert("Not saved", str(error)))
        except TamisError as error:
            self.say(str(error), alert=True)

    def _decided(self, change: Change) -> None:
        progress = self.session.progress()
        words = change.words
        if not progress.left:
            key = self._key("summary")
            words = f"All {progress.total:,} records are decided; {key} shows the summary. Last: {words}"
        self.say(words)
        self._show(changed=self.session.queue.place(change.record_id))

    def _annotated(self, change: Change | None) -> None:
        if change is not None:
            self.say(change.words)
            self._show()

    def _went(self, change: Change | None, nothing: str) -> None:
        if change is None:
            self.say(nothing)
            return
        self.say(("The filter is off. " if change.left_filter else "") + change.words)
        self._show()

    def _move(self, by: int) -> None:
        self.session.queue.move(by)
        self._show(changed=self.session.queue.cursor)

    def _find(self, direction: int) -> None:
        queue = self.session.queue
        if queue.search is None:
            self.say(f"Nothing is searched for yet; {self._key('search')} starts a search.")
        elif not queue.find_next(direction):
            self.say(f"Nothing in this list holds {queue.search.text}.", alert=True)
        self._show()

    def say(self, words: str, *, alert: bool = False) -> None:
        """Say what happened."""
        self.query_one(StatusLine).say(words, alert=alert)

    def _show(self, changed: int | None = None) -> None:
        queue = self.session.queue
        self.query_one(ProgressLine).show(self.session.progress())
        self.query_one(RecordList).show(len(queue), queue.cursor, changed)
        on = [] if self.session.review.writable else ["READ ONLY"]
        if queue.search is not None:
            on.append(f"find: {queue.search.text}")
        if queue.query is not None:
            on.append(f"filter: {queue.filter_text} ({len(queue):,})")
        self.query_one(StatusLine).show_filter("  ".join(on))
        self._show_record()

    def _show_record(self) -> None:
        pane = self.query_one(RecordPane)
        record = self.session.record
        if record is None:
            pane.show_empty(self._nothing())
            return
        vote = self.session.vote()
        source = self.session.review.records.source_of(record.id)
        search = self.session.queue.search
        pane.show(
            RecordView(
                record=record,
                source=" · ".join(dict.fromkeys(clean_line(t) for t in (source.name, source.file))),
                verdict=vote.verdict if vote else Verdict.UNDECIDED,
                reasons=self.session.reason_labels(vote) if vote else (),
                note=self.session.note(),
                labels=self.session.labels(),
                needles=search.words if search else (),
                full=self._full,
            )
        )

    def _welcome(self) -> str:
        review, progress = self.session.review, self.session.progress()
        if not review.writable:
            why = f"{review.holder} has this review open" if review.holder else "nothing can be saved here"
            return f"Read only: {why}."
        repaired = f" {review.repairs[0]}" if review.repairs else ""
        if progress.decided:
            return f"Welcome back, {self.session.by}: {progress.decided:,} decided.{repaired}"
        return f"{progress.total:,} records to screen. {self._key('help')} shows all keys.{repaired}"

    def _nothing(self) -> str:
        review = self.session.review
        if self.session.queue.every:
            return "There is no record in this list."
        if len(review.records):
            return "No record has been included on title and abstract yet, so there is none to assess here."
        leave = self._key("quit")
        return f"This review holds no records yet. Leave with {leave} and import some: tamis import DIR FILE"

    def _show_keys(self, keys: Sequence[tuple[str, str]] | None = None) -> None:
        self.query_one(KeyLine).show(self._line_keys() if keys is None else keys)

    def _key(self, action_id: str) -> str:
        return self.keymap.shown(action_id)

    def _line_keys(self) -> list[tuple[str, str]]:
        n = len(self.session.review.protocol.reasons)
        keys = []
        for action_id, word in LINE_KEYS:
            key = self._key(action_id)
            if action_id == "exclude-1":
                if not n:
                    continue
                last = self._key(f"exclude-{min(n, 9)}")
                key = f"{key}-{last}" if n > 1 else key
            if key:
                keys.append((key, word))
        return keys
