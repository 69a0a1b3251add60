"""All records of one report: which one stands for it, and taking one out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from tamis.domain.plural import form
from tamis.domain.text import clean_line
from tamis.errors import StoreError, TamisError
from tamis.services import dedup
from tamis.services.clusters import members, split_off, undo
from tamis.services.facts import stand_for
from tamis.tui.widgets.bars import KeyLine, StatusLine, TooSmall
from tamis.tui.widgets.member_list import MemberList
from tamis.tui.widgets.pair_view import PairView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tamis.services.clusters import Member
    from tamis.services.screening import Change, Session
    from tamis.tui.config import Config
    from tamis.tui.keys import Action

LINE_KEYS = (
    "member-stands",
    "member-split",
    "member-undo",
    "member-help",
    "member-close",
    "member-next",
    "member-previous",
)


class ClusterScreen(Screen[bool]):
    """Closes with whether anything was changed.

    Args:
        session: whose review and reviewer.
        config: keys.
        records: one record, whose cluster is shown; or two of a pair that may be one report.
    """

    AUTO_FOCUS = ""

    def __init__(self, session: Session, config: Config, records: Sequence[str]) -> None:
        super().__init__()
        self._session = session
        self._config = config
        self._records = records
        self._changed = False

    def compose(self) -> ComposeResult:
        """The members, the one under the cursor beside the one that stands, what happened, keys."""
        where, said = StatusLine(), StatusLine()
        where.id, said.id = "where", "said"
        keymap = self._config.keymap
        yield where
        yield MemberList()
        yield PairView()
        yield said
        yield KeyLine([(keymap.shown(a.id), a.label) for a in keymap.ordered(LINE_KEYS)])
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the members."""
        self._show(self._records[0])

    async def on_key(self, event: events.Key) -> None:
        """Carry out what a key means, in order."""
        if not self.is_current:
            return
        action = self._config.keymap.action("cluster", event.key)
        if action is None or (self.query_one(TooSmall).display and action.id != "member-close"):
            return
        event.stop()
        event.prevent_default()
        await self.perform(action)

    async def perform(self, action: Action) -> None:
        """Carry out an action; an error for people is said, not raised."""
        try:
            match action.id:
                case "member-stands":
                    self._act(stand_for)
                case "member-split":
                    self._act(split_off)
                case "member-undo":
                    self._undo()
                case "member-next" | "member-previous":
                    self.query_one(MemberList).move(+1 if action.id == "member-next" else -1)
                    self._compare()
                case "member-scroll-down" | "member-scroll-up":
                    self.query_one(PairView).scroll_page(+1 if action.id == "member-scroll-down" else -1)
                case "member-help":
                    from tamis.tui.screens.dialogs import Help

                    await self.app.push_screen(Help(self._config.keymap, "cluster"))
                case _:
                    self.dismiss(self._changed)
        except StoreError as error:
            from tamis.tui.screens.dialogs import Alert

            await self.app.push_screen(Alert("Not saved", str(error)))
        except TamisError as error:
            self._say(str(error), alert=True)

    # Inside

    def _act(self, action: Callable[[Session, str], Change]) -> None:
        member = self.query_one(MemberList).current
        if member is not None:
            self._said(action(self._session, member.record.id), member.record.id)

    def _undo(self) -> None:
        change = undo(self._session)
        if change is None:
            key = self._config.keymap.shown("undo")
            self._say(f"Your last action was none about duplicates; {key} on the records undoes it.")
        else:
            self._said(change, change.record_id)

    def _said(self, change: Change, here: str) -> None:
        self._changed = True
        self._show(here)
        self._say(change.words)

    def _show(self, here: str) -> None:
        groups: list[list[Member]] = []
        for record in self._records:
            if all(record != member.record.id for group in groups for member in group):
                groups.append(members(self._session, record))
        count = len(groups[0])
        title = form(count, "1 record", f"{count:,} records of one report")
        more = f", and {len(groups[1]):,} of what may be the same one" if len(groups) > 1 else ""
        self.query_one("#where", StatusLine).say(f"{title}{more}")
        self.query_one(MemberList).show(groups, here)
        self._compare()

    def _compare(self) -> None:
        """Show the member under the cursor beside the one that stands."""
        two = self.query_one(MemberList).compared
        if two is None:
            return
        heads = (self._head(two[0]), self._head(two[1]))
        self.query_one(PairView).show(heads, dedup.differences(two[0].record, two[1].record))
        by = ", ".join(two[1].linked)
        self._say(f"Linked by {by}" if by else "")

    def _head(self, member: Member) -> str:
        return (
            f"{'stands: ' if member.stands else ''}{clean_line(member.source)} {clean_line(member.record.id)}"
        )

    def _say(self, words: str, *, alert: bool = False) -> None:
        self.query_one("#said", StatusLine).say(words, alert=alert)
