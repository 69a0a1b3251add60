"""Likely duplicates line by line: one pair at a time, one letter an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.domain.plural import counted
from tamis.domain.text import clean_line
from tamis.services import clusters, dedup
from tamis.services.catalogue import source_of
from tamis.services.linking import Linking

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.domain.record import Record
    from tamis.services.dedup import Pair
    from tamis.services.screening import Session

KEYS: Final = "y the same report, n two reports, u undo, enter read again, q back to the records."


class PlainPairs:
    """Asks about the pairs that wait for a person, until `q` or until none waits.

    Args:
        session: whose review and reviewer.
        say: takes one line, which it cleans.
    """

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self._session = session
        self._say = say
        self._linking = Linking(session)
        here = session.queue.current
        self._came_from = None if here is None else session.review.records.id_at(here)
        self._pair: Pair | None = None

    def begin(self) -> None:
        """Look for duplicates and ask about the first pair."""
        self._say("Looking for duplicates.")
        self._linking.look()
        if certain := len(self._linking.certain()):
            pairs, them = counted(certain, "pair is", "pairs are"), "it" if certain == 1 else "them"
            self._say(f"{pairs} certain: `tamis dedupe --auto` links {them}.")
        self._ask()

    def obey(self, command: str) -> bool:
        """Carry out one command.

        Returns:
            Whether there is more to ask; if not, the session is back where it was.

        Raises:
            NotSavedError: nothing was saved.
        """
        if command in ("y", "n") and self._pair is not None:
            self._linking.judge(self._pair, same=command == "y")
            self._say("Duplicates." if command == "y" else "Different reports.")
        elif command == "u":
            change = clusters.undo(self._session)
            self._say(change.words if change else "Your last action was no answer and no link.")
        elif command == "q":
            self._leave()
            return False
        elif command:
            self._say(f"{clean_line(command)} is no answer. {KEYS}")
            return True
        self._ask()
        return True

    def _ask(self) -> None:
        waiting = self._linking.questions()
        self._pair = waiting[0] if waiting else None
        if self._pair is None:
            self._say("No pair waits for an answer. u undo, q back to the records.")
            return
        a, b = self._linking.two(self._pair)
        self._say(f"{counted(len(waiting), 'likely pair')}. {', '.join(self._pair.why)}")
        self._say(f"First: {self._head(a)}")
        self._say(f"Second: {self._head(b)}")
        for one in dedup.differences(a, b):
            if one.same:
                self._say(f"Same {one.field}: {one.a or one.b}")
            else:
                self._say(f"{one.field}, first: {one.a or 'none'}")
                self._say(f"{one.field}, second: {one.b or 'none'}")
        self._say(KEYS)

    def _head(self, record: Record) -> str:
        vote = self._session.ledger.vote(record.id, self._session.stage, self._session.by)
        source = source_of(self._session.review, self._session.ledger, record.id)
        return f"{source.name} {record.id}{f', {vote.verdict}' if vote else ''}"

    def _leave(self) -> None:
        self._session.reload()
        if self._came_from is not None:
            self._session.queue.go_to(self._session.ledger.stands_for(self._came_from))
