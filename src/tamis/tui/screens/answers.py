"""What a person types into the fields of the screening screen, and what becomes of it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Removal
from tamis.domain.plural import counted
from tamis.domain.record import EDITABLE, field_text
from tamis.errors import StoreError, TamisError
from tamis.services import facts
from tamis.tui.editor import edit
from tamis.tui.screens.dialogs import Alert
from tamis.tui.widgets.bars import StatusLine
from tamis.tui.widgets.fields import Field, LineField, NoteField

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tamis.services.filtering import Found, Steps
    from tamis.services.screening import Change
    from tamis.tui.screens.desk import Desk

SLOW: Final = 0.15
"""Seconds after which a filter says how far it is."""
_REMOVALS: Final = (Removal.AUTOMATION, Removal.OTHER)
_SEVERAL_LINES: Final = ("note", "abstract", "authors", "keywords")


class Answers:
    """Opens fields on a screen and carries out what was entered.

    Args:
        screen: the screening screen.
    """

    def __init__(self, screen: Desk) -> None:
        self._screen = screen
        self._session = screen.session

    async def ask(self, purpose: str) -> None:
        """Open the field for `note`, `labels`, `study`, `search`, `filter`, a removal or a record's field.

        Raises:
            TamisError: it could not be saved, or there is nothing to begin with.
        """
        if purpose not in ("search", "filter") and self._session.record is None:
            self._screen.say("There is no record here.")
            return
        if purpose not in ("search", "filter"):
            self._session.must_be_writable()  # before anything is typed
        await self._open(purpose, self._head(purpose), self._before(purpose))

    async def take(self, purpose: str, text: str) -> None:
        """Carry out what was entered; a text that is refused or not saved comes back into its field."""
        takers: dict[str, Callable[[str], Awaitable[None] | None]] = {
            "note": lambda text: self._done(self._session.set_note(text)),
            "labels": lambda text: self._done(self._session.set_labels(text.split(","))),
            "study": self._link,
            Removal.AUTOMATION: lambda text: self._remove(Removal.AUTOMATION, text),
            Removal.OTHER: lambda text: self._remove(Removal.OTHER, text),
            "search": self._search,
            "filter": self._filter,
        }
        taker = takers.get(purpose) or (lambda text: self._done(self._session.edit(purpose, text)))
        try:
            waiting = taker(text)
            if waiting is not None:
                await waiting
        except StoreError as error:
            await self._screen.app.push_screen(Alert("Not saved", str(error)))
            await self._open(purpose, self._head(purpose), text)
        except TamisError as error:
            if text:
                await self._open(purpose, self._head(purpose), text)
            self._screen.say(str(error), alert=True)

    def hand_over(self, text: str) -> None:
        """Edit a text in the person's editor and take it back into the field."""
        try:
            text = edit(self._screen.app, text)
        except TamisError as error:
            self._screen.say(str(error), alert=True)
            return
        self._screen.query_one(NoteField).fill(text)

    async def _open(self, purpose: str, head: str, text: str) -> None:
        screen = self._screen
        kind: type[Field] = NoteField if purpose in _SEVERAL_LINES else LineField
        fields = screen.query(kind)
        field = fields.first() if fields else kind()
        if not fields:
            await screen.mount(field, before=screen.query_one(StatusLine))
        field.open(purpose, head, text, self._known(purpose))
        keys = (
            [("^s", "save"), ("^e", "editor")]
            if kind is NoteField
            else [("enter", "remove" if purpose in _REMOVALS else purpose)]
        )
        screen.show_keys([*keys, ("esc", "leave")])

    def _known(self, purpose: str) -> list[str]:
        """What a field offers to complete."""
        ledger = self._session.ledger
        if purpose == "study":
            return facts.known_studies(ledger)
        return facts.known_rules(ledger, Removal(purpose)) if purpose in _REMOVALS else []

    def _head(self, purpose: str) -> str:
        keymap = self._screen.keymap
        match purpose:
            case "note":
                return "Note (^s saves, ^e opens $EDITOR, esc leaves)"
            case "labels":
                known = ", ".join(self._session.ledger.known_labels()[:8])
                return "Labels, separated by commas" + (f" (in use: {known})" if known else "")
            case "study":
                known = ", ".join(facts.known_studies(self._session.ledger)[:8])
                return "Study of this report, empty for none" + (f" (→ completes: {known})" if known else "")
            case Removal.AUTOMATION | Removal.OTHER:
                return "Remove before screening: by which rule, or why? The summary names it."
            case "search":
                forth, back = keymap.shown("find-next"), keymap.shown("find-previous")
                return f"Find words (then {forth} next, {back} previous)"
            case "filter":
                return "Show only: is:maybe  reason:2  label:x  source:embase  year:2015-2020  words  -not"
            case "authors" | "keywords":
                return f"{purpose.capitalize()}, one a line (^s saves, ^e opens $EDITOR, esc leaves)"
            case "abstract":
                return "Abstract (^s saves, ^e opens $EDITOR, esc leaves)"
            case _:
                return f"{purpose.capitalize()}; the old value stays in the audit trail"

    def _before(self, purpose: str) -> str:
        session = self._session
        match purpose:
            case "note":
                return session.note()
            case "labels":
                return ", ".join(session.labels())
            case "study":
                return session.study()
            case Removal.AUTOMATION | Removal.OTHER:
                return next(iter(facts.known_rules(session.ledger, Removal(purpose))), "")
            case "search":
                return session.queue.search.text if session.queue.search else ""
            case "filter":
                query = session.queue.query
                return query.text if query is not None and query.terms else ""  # a box's name is no filter
            case _:
                record = session.record
                return field_text(record, purpose) if record is not None and purpose in EDITABLE else ""

    def _done(self, change: Change | None) -> None:
        if change is not None:
            self._screen.say(change.words)
            self._screen.show()

    def _link(self, text: str) -> None:
        for change in facts.link_study(self._session, [self._session.need_record()], text):
            self._done(change)

    def _remove(self, how: Removal, rule: str) -> None:
        for change in facts.remove(self._session, [self._session.need_record()], how, rule)[:1]:
            self._done(change)

    async def _search(self, text: str) -> None:
        found = await self.wait_for(self._session.queue.finding(text))
        said = "" if found or not text.strip() else f"Nothing in this list holds {text}."
        self._screen.say(said, alert=not found)
        self._screen.show()

    async def wait_for(self, steps: Steps[Found]) -> Found:
        """Go through records and, when it takes long, say how far that is; gives what is found."""
        began, slow = time.monotonic(), False
        for n in steps:
            if time.monotonic() - began > SLOW:
                self._screen.say(f"Looking: {n:,} of {steps.of:,} records.")
                await asyncio.sleep(0)
                began, slow = time.monotonic(), True
        if slow:
            self._screen.say("")
        return steps.found

    async def _filter(self, text: str) -> None:
        say = self._screen.say
        found = await self.wait_for(self._session.queue.filtering(text))
        if found:
            say(f"{counted(found, 'record')} shown.")
        else:
            say(f"No record matches {text}; the list stays as it was.", alert=True)
        self._screen.show()
