"""Duplicates: two records side by side, one key an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on, work
from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from tamis.domain.plural import counted, form
from tamis.domain.text import clean_line
from tamis.errors import Stopped, StoreError
from tamis.services import clusters, dedup
from tamis.services.catalogue import source_of
from tamis.services.linking import Linking
from tamis.tui.paint import bar
from tamis.tui.widgets.bars import KeyLine, StatusLine, TooSmall
from tamis.tui.widgets.pair_view import PairView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tamis.domain.record import Record
    from tamis.services.dedup import Pair
    from tamis.services.screening import Session
    from tamis.tui.config import Config
    from tamis.tui.keys import Action

LINE_KEYS = (
    "pair-same",
    "pair-different",
    "pair-undo",
    "pair-link",
    "pair-certain",
    "pair-cluster",
    "pair-help",
    "pair-close",
    "pair-next",
    "pair-previous",
)


class DuplicatesScreen(Screen[str]):
    """Closes with what to say on the screening screen."""

    AUTO_FOCUS = ""

    class Looked(Message):
        """How far the looking is."""

        def __init__(self, done: int, total: int, *, ended: bool = False) -> None:
            super().__init__()
            self.done = done
            self.total = total
            self.ended = ended

    def __init__(self, session: Session, config: Config) -> None:
        super().__init__()
        self._session = session
        self._config = config
        self._linking = Linking(session)
        self._pairs: list[Pair] = []
        self._at = 0
        self._of_rule = False
        self._ready = False
        self._changed = 0
        here = session.queue.current
        self._came_from = None if here is None else session.review.records.id_at(here)

    def compose(self) -> ComposeResult:
        """What is asked, the pair, what happened, keys."""
        where, said = StatusLine(), StatusLine()
        where.id, said.id = "where", "said"
        keymap = self._config.keymap
        yield where
        yield PairView()
        yield said
        yield KeyLine([(keymap.shown(a.id), a.label) for a in keymap.ordered(LINE_KEYS)])
        yield TooSmall()

    def on_mount(self) -> None:
        """Look for duplicates, in a thread, so that its progress is seen."""
        self.query_one(PairView).show_empty("Looking for duplicates.")
        self._look()

    @work(thread=True, exclusive=True, group="dedup")
    def _look(self) -> None:
        worker = get_current_worker()

        def progress(done: int, total: int) -> None:
            if worker.is_cancelled:
                raise Stopped
            self.post_message(self.Looked(done, total))

        try:
            self._linking.look(progress)
        except Stopped:
            return
        total = len(self._session.review.records)
        self.post_message(self.Looked(total, total, ended=True))

    @on(Looked)
    def show_progress(self, event: Looked) -> None:
        """Show how far it is, and then the first question."""
        if not event.ended:
            share = event.done / event.total if event.total else 0
            self._say(f"{bar(share, 20)} {event.done:,} of {event.total:,} records looked at")
            return
        self._ready = True
        self._list()
        certain = len(self._linking.certain())
        key = self._config.keymap.shown("pair-link")
        them = form(certain, "it", "them all")
        sure = counted(certain, "pair is", "pairs are")
        self._say(f"{sure} certain: {key} links {them}." if certain else "")

    # Keys

    async def on_key(self, event: events.Key) -> None:
        """Carry out what a key means, in order."""
        if not self.is_current:
            return
        action = self._config.keymap.action("duplicates", event.key)
        if action is None or (self.query_one(TooSmall).display and action.id != "pair-close"):
            return
        event.stop()
        event.prevent_default()
        if self._ready or action.id in ("pair-close", "pair-help"):
            await self.perform(action)

    async def perform(self, action: Action) -> None:
        """Carry out an action."""
        try:
            match action.id:
                case "pair-same":
                    self._judge(same=True)
                case "pair-different":
                    self._judge(same=False)
                case "pair-undo":
                    self._undo()
                case "pair-link":
                    self._link()
                case "pair-certain":
                    self._of_rule = not self._of_rule
                    self._list()
                    self._say("")
                case "pair-cluster":
                    self._look_at_all()
                case "pair-next" | "pair-previous":
                    self._move(+1 if action.id == "pair-next" else -1)
                case "pair-scroll-down" | "pair-scroll-up":
                    self.query_one(PairView).scroll_page(+1 if action.id == "pair-scroll-down" else -1)
                case "pair-help":
                    from tamis.tui.screens.dialogs import Help

                    await self.app.push_screen(Help(self._config.keymap, "duplicates"))
                case _:
                    self._close()
        except StoreError as error:
            from tamis.tui.screens.dialogs import Alert

            await self.app.push_screen(Alert("Not saved", str(error)))

    def _judge(self, *, same: bool) -> None:
        if not self._pairs:
            return
        pair = self._pairs[self._at]
        self._linking.judge(pair, same=same)
        self._changed += 1
        self._list(keep=True)
        title = self._linking.two(pair)[0].title
        self._say(f"{'Duplicates' if same else 'Different reports'}: {title}")

    def _look_at_all(self) -> None:
        from tamis.tui.screens.cluster import ClusterScreen

        if self._pairs:
            pair = self._pairs[self._at]
            screen = ClusterScreen(self._session, self._config, (pair.first, pair.second))
            self.app.push_screen(screen, self._looked_at_all)

    def _looked_at_all(self, changed: bool | None) -> None:
        if changed:
            self._changed += 1
            self._list(keep=True)

    def _undo(self) -> None:
        if taken_back := self._linking.take_back():
            self._changed += taken_back
            self._list(keep=True)
            key = self._config.keymap.shown("pair-link")
            links, them = counted(taken_back, "link"), form(taken_back, "it", "them")
            self._say(f"Undone: {links} by the rule; {key} makes {them} again.")
            return
        change = clusters.undo(self._session)
        if change is None:
            key = self._config.keymap.shown("undo")
            self._say(f"Your last action was no answer and no link; {key} on the records undoes it.")
            return
        self._changed += 1
        self._list(keep=True)
        self._say(change.words)

    def _link(self) -> None:
        linked = self._linking.link_certain()
        if not linked:
            self._say("There is no certain pair to link.")
            return
        self._changed += linked
        self._list(keep=True)
        key = self._config.keymap.shown("pair-certain")
        self._say(f"{counted(linked, 'pair')} linked; {key} shows {form(linked, 'it', 'them one by one')}.")

    def _move(self, by: int) -> None:
        if self._pairs:
            self._at = (self._at + by) % len(self._pairs)
            self._say("")
            self._show()

    def _close(self) -> None:
        self.workers.cancel_group(self, "dedup")
        if self._changed:
            self._session.reload()
            if self._came_from is not None:
                self._session.queue.go_to(self._session.ledger.stands_for(self._came_from))
        hidden = self._session.duplicates
        stand = counted(hidden, "duplicate stands", "duplicates stand")
        self.dismiss(f"{stand} behind another record." if hidden else "")

    # Inside

    def _list(self, *, keep: bool = False) -> None:
        self._pairs = self._linking.linked() if self._of_rule else self._linking.questions()
        self._at = min(self._at, max(0, len(self._pairs) - 1)) if keep else 0
        self._show()

    def _show(self) -> None:
        where, view = self.query_one("#where", StatusLine), self.query_one(PairView)
        kind = "linked by the rule" if self._of_rule else "likely duplicates"
        if not self._pairs:
            where.say(f"No pairs {kind}" if self._of_rule else "No more questions")
            view.show_empty(
                "Nothing was linked by the rule, or all of it was looked at."
                if self._of_rule
                else "No pair waits for an answer."
            )
            return
        pair = self._pairs[self._at]
        where.say(f"{self._at + 1:,} of {len(self._pairs):,} {kind} · {', '.join(pair.why)}")
        a, b = self._linking.two(pair)
        view.show((self._head(a), self._head(b)), dedup.differences(a, b))

    def _head(self, record: Record) -> str:
        source = source_of(self._session.review, self._session.ledger, record.id)
        vote = self._session.ledger.vote(record.id, self._session.stage, self._session.by)
        return clean_line(f"{source.name} {record.id}{f' · {vote.verdict}' if vote else ''}")

    def _say(self, words: str) -> None:
        self.query_one("#said", StatusLine).say(words)
