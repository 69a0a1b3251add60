"""The summary screen: the PRISMA flow with live counts, and the records behind every box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.screen import Screen

from tamis.domain.plural import counted
from tamis.domain.tallies import source_prefix
from tamis.errors import StoreError, TamisError
from tamis.services import flow, reporting
from tamis.services.catalogue import told
from tamis.tui.screens import choices
from tamis.tui.widgets.bars import KeyLine, ProgressLine, StatusLine, TooSmall
from tamis.tui.widgets.flow_view import FlowView
from tamis.tui.widgets.menu import Menu

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult

    from tamis.services.screening import Session
    from tamis.tui.config import Config
    from tamis.tui.keys import Action

LINE_KEYS = ("box-next", "box-previous", "box-open", "summary-export", "summary-help", "summary-close")


class SummaryScreen(Screen[str]):
    """Closes with what to say on the screening screen, "" for nothing."""

    AUTO_FOCUS = ""

    def __init__(self, session: Session, config: Config) -> None:
        super().__init__()
        self._session = session
        self._config = config

    def compose(self) -> ComposeResult:
        """Progress, flow and tables, what happened, keys."""
        keymap = self._config.keymap
        yield ProgressLine(self._session.review.protocol.title)
        yield FlowView()
        yield Menu()
        yield StatusLine()
        yield KeyLine([(keymap.shown(a.id), a.label) for a in keymap.ordered(LINE_KEYS)])
        yield TooSmall()

    def on_mount(self) -> None:
        """Count and draw."""
        session = self._session
        self.query_one(ProgressLine).show(session.progress())
        view = self.query_one(FlowView)
        try:
            counts = reporting.counts(session.review, session.ledger)
            doc = reporting.summary(session.review, session.ledger)
        except TamisError as error:
            self.query_one(StatusLine).say(str(error), alert=True)
            return
        view.show(flow.boxes(counts), lambda width: reporting.tables(doc, width))
        self._say_box()

    async def on_key(self, event: events.Key) -> None:
        """Carry out what a key means, in order."""
        if not self.is_current:
            return
        menu = self.query_one(Menu)
        if menu.display:
            event.stop()
            if event.key == "escape":
                menu.close()
            elif (value := menu.press(event.key)) is not None:
                await self._write(value)
            return
        action = self._config.keymap.action("summary", event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.perform(action)

    async def perform(self, action: Action) -> None:
        """Carry out an action, from a key or the palette."""
        method: Callable[[], Awaitable[None] | None] = getattr(self, "do_" + action.id.replace("-", "_"))
        waiting = method()
        if waiting is not None:
            await waiting

    def do_box_next(self) -> None:
        """Next box."""
        self.query_one(FlowView).select(+1)
        self._say_box()

    def do_box_previous(self) -> None:
        """Previous box."""
        self.query_one(FlowView).select(-1)
        self._say_box()

    def do_box_open(self) -> None:
        """List the records of the box."""
        box = self.query_one(FlowView).selected
        if box is None:
            return
        session = self._session
        ledger = session.ledger
        inside = {s.prefix: s.kind in box.kinds for s in told(session.review.sources, ledger)}

        def in_box(record_id: str) -> bool:
            return ledger.state(record_id) in box.states and inside[source_prefix(record_id)]

        name = box.heading.rstrip(":")
        shown = session.queue.show(in_box, name) if box.states else 0
        if not shown:
            self.query_one(StatusLine).say(f"There are no records to list in “{name}”.")
            return
        self.dismiss(f"{counted(shown, 'record')}: {name}")

    def do_summary_scroll_down(self) -> None:
        """A page down."""
        self.query_one(FlowView).scroll_page(+1)

    def do_summary_scroll_up(self) -> None:
        """A page up."""
        self.query_one(FlowView).scroll_page(-1)

    def do_summary_export(self) -> None:
        """Pick what to write."""
        self.query_one(Menu).open("Write which file?", choices.SUMMARIES_FIRST)

    async def do_summary_help(self) -> None:
        """The keys."""
        from tamis.tui.screens.dialogs import Help

        await self.app.push_screen(Help(self._config.keymap, "summary"))

    def do_summary_close(self) -> None:
        """Back to the records."""
        self.dismiss("")

    @on(FlowView.Picked)
    def box_picked(self) -> None:
        """A click on a box."""
        self._say_box()

    @on(Menu.Picked)
    async def take_picked(self, event: Menu.Picked) -> None:
        """A click on a menu item."""
        await self._write(event.value)

    async def _write(self, value: str) -> None:
        self.query_one(Menu).close()
        from tamis.tui.screens.dialogs import Alert, Notice

        try:
            await self.app.push_screen(Notice("Written", choices.write(self._session, value)))
        except StoreError as error:
            await self.app.push_screen(Alert("Not written", str(error)))
        except TamisError as error:
            self.query_one(StatusLine).say(str(error), alert=True)

    def _say_box(self) -> None:
        box = self.query_one(FlowView).selected
        if box is not None:
            key = self._config.keymap.shown("box-open")
            listed = f" – {key} lists them" if box.states and box.records else ""
            self.query_one(StatusLine).say(f"{box.heading.rstrip(':')}: {box.records:,}{listed}")
