"""What several domain tests build events with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings

from tamis.domain.events import SLOT_KINDS, Author, Event, Kind, Stage
from tamis.domain.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

TA, FT = Stage.TITLE_ABSTRACT.value, Stage.FULL_TEXT.value
STAGES = (TA, FT)

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Invariants are not measurements: a slow machine is no failure."""


def decide(id: str, record: str = "aaaaaa-1", verdict: str = "include", **more: Any) -> Event:
    """A decision by Ann on title and abstract, unless told otherwise."""
    given: dict[str, Any] = {"by": "ann", "stage": TA, "body": {"verdict": verdict}}
    return Event(id=id, kind="decide", record=record, **{**given, **more})


def exclude(id: str, record: str, *reasons: str, **more: Any) -> Event:
    """An exclusion with reasons."""
    return decide(id, record, body={"verdict": "exclude", "reasons": list(reasons)}, **more)


class Desk:
    """Writes events into a ledger as a screening session does.

    Args:
        new_id: ids, which a wrong clock may give in any order.
    """

    def __init__(self, new_id: Callable[[int], str] = "{:06d}".format) -> None:
        self.ledger = Ledger()
        self.events: list[Event] = []
        self._new_id = new_id

    def act(self, by: str, kind: str, record: str, stage: str, body: dict[str, Any]) -> Event:
        """Decide, note, label, link, ..., replacing what the reviewer had there."""
        place = str(body.get("of", body.get("field", "")))
        standing = self.ledger.standing(kind, body.get("source", record), stage, by, place)
        return self._write(by, kind, record, stage, body, () if standing is None else (standing.id,))

    def undo(self, by: str) -> Event | None:
        """Take back the reviewer's last action; returns that action."""
        action = self.ledger.undoable(by)
        if action is not None:
            self._write(by, Kind.UNDO, action.record, action.stage, {}, (action.id,))
        return action

    def redo(self, by: str) -> Event | None:
        """Do again what the reviewer undid last; returns that action."""
        last = self.ledger.redoable(by)
        if last is None:
            return None
        undo, action = last
        self._write(by, Kind.REDO, action.record, action.stage, {}, (undo.id,))
        return action

    def _write(
        self, by: str, kind: str, record: str, stage: str, body: dict[str, Any], replaces: tuple[str, ...]
    ) -> Event:
        n = len(self.events) + 1
        author = Author(by, now=lambda: "2026-01-01T00:00:00Z", new_id=lambda: self._new_id(n))
        event = author.event(
            Kind(kind), log="log", seq=n, stage=stage, record=record, body=body, replaces=replaces
        )
        self.events.append(event)
        self.ledger.apply(event)
        return event


def is_action(event: Event) -> bool:
    """Whether the event is something a reviewer can undo."""
    return event.kind in SLOT_KINDS and "from" not in event.body
