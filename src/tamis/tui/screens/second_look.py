"""Lists of decisions to look at a second time: those that surprise a model, and records shown again."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.text import clean_line
from tamis.services import ranking
from tamis.services.again import consistency, sentence
from tamis.tui.widgets.menu import Item, Menu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tamis.tui.screens.desk import Desk

SURPRISING: Final = "surprising"
SHOWN: Final = "shown again"
TO_SETTLE: Final = "to settle"
FAILED: Final = "What is surprising could not be worked out; `tamis second-look` says why."


class SecondLook:
    """Offers the lists, and says of each record in one why it is there.

    Args:
        screen: the screening screen.
    """

    def __init__(self, screen: Desk) -> None:
        self._screen = screen
        self._why: dict[str, str] = {}
        self._found: dict[str, Any] | None = None
        self._task: asyncio.Task[None] | None = None

    def remark(self) -> str:
        """Why the current record is in the list that is shown, "" in any other list."""
        session, record = self._screen.session, self._screen.session.record_id
        name = session.queue.filter_text
        if record not in self._why or name not in (SURPRISING, SHOWN, TO_SETTLE):
            return ""
        found = None if name == SURPRISING else consistency(session.ledger, session.stage, session.by)
        open_ = found is not None and record in found.unsettled
        return self._why[record] + ("; the key of either settles it" if open_ else "")

    def choose(self) -> None:
        """Offer the lists."""
        session = self._screen.session
        found = consistency(session.ledger, session.stage, session.by)
        items = [Item("1", SURPRISING, "Decisions that surprise a model that has learnt from your others")]
        if found is not None:
            items += [
                Item(
                    "2", TO_SETTLE, f"Shown again and decided otherwise, to settle ({len(found.unsettled):,})"
                ),
                Item("3", SHOWN, f"All records that were shown to you again ({len(found.pairs):,})"),
            ]
        self._screen.open_menu("Look again at which decisions?", items, self._take)

    async def _take(self, value: str) -> None:
        if value == SURPRISING:
            self._surprising()
        else:
            await self._shown(value)

    async def _shown(self, value: str) -> None:
        session = self._screen.session
        found = consistency(session.ledger, session.stage, session.by)
        if found is None:
            return
        why = {
            pair.again.record: f"first {pair.first.verdict}, then {pair.again.verdict}"
            for pair in found.pairs
            if value == SHOWN or pair.again.record in found.unsettled
        }
        self._list(value, why)
        await self._screen.tell("Your own consistency", sentence(found))

    def _surprising(self) -> None:
        ranking.require()
        if self._found is not None:
            self._show_found()
        elif self._task is None or self._task.done():
            self._screen.say("Looking for decisions that are surprising ...")
            self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Ask another process, so that no key waits; list what it found unless the person went on."""
        screen, session = self._screen, self._screen.session
        place = self._place()
        command = (
            *(sys.executable, "-P", "-m", "tamis"),  # -P: no module out of a folder that somebody sent
            *("second-look", str(session.review.folder.resolve()), "--json"),
            *(f"--stage={session.stage}", f"--reviewer={session.by}"),
        )
        child = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
        try:
            said, _ = await child.communicate()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            raise
        try:
            self._found = json.loads(said)
        except ValueError:
            screen.say(FAILED, alert=True)
            return
        busy = not screen.is_current or screen.focused is not None or screen.query_one(Menu).display
        if busy or place != self._place():
            screen.say(f"Surprising decisions are found; {screen.key('second-look')} lists them.")
        else:
            self._show_found()

    def _place(self) -> tuple[object, ...]:
        session = self._screen.session
        return session.stage, session.record_id, session.queue.filter_text, len(session.ledger.events)

    def _show_found(self) -> None:
        doc, self._found = self._found or {}, None
        if doc.get("note"):
            self._screen.say(clean_line(doc["note"]), alert=True)
            return
        self._list(SURPRISING, {one["record"]: _reason(one) for one in doc.get("surprising", ())})

    def _list(self, name: str, why: Mapping[str, str]) -> None:
        screen = self._screen
        n = screen.session.queue.show_list(why, name)
        if not n:
            screen.say("There is no such decision.")
            return
        self._why = dict(why)
        screen.say(f"Nothing changes by itself; {screen.key('show-all')} shows all.")
        screen.show()

    async def wait(self) -> None:
        """Wait until nothing is under way any more."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def close(self) -> None:
        """End what is under way."""
        if self._task is not None:
            self._task.cancel()


def _reason(one: Mapping[str, Any]) -> str:
    against = f"; against {one['verdict']}: {', '.join(one['against'])}" if one["against"] else ""
    return clean_line(f"{one['words']}{against}")
