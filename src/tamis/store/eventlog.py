"""The events of a review: read in order, added and never changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tamis.domain.events import Event
from tamis.errors import DamagedError
from tamis.store.disk import RESTORE
from tamis.store.lines import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tamis.store.journal import JournalStorage
    from tamis.store.table import JournalDB

TABLE = "events"


class EventLog:
    """All events, in the order in which they were stored.

    Args:
        db: the database.
        storage: its storage.
        log: the id of this copy of the review.
    """

    def __init__(self, db: JournalDB, storage: JournalStorage, log: str) -> None:
        self._db = db
        self._storage = storage
        self._log = log
        self._next_seq: int | None = None

    def __len__(self) -> int:
        return self._storage.count(TABLE)

    def __iter__(self) -> Iterator[Event]:
        highest, seen = 0, 0
        for ids, raws, full in self._storage.stored(TABLE).batches():
            found = None
            if full:  # loading what decodes fast takes as long as decoding one batch without it
                from tamis.store.event_decoding import usual_events

                found = usual_events(b"[%b]" % b",".join(raws))
            if found is None:
                found = [*map(self._event, ids, raws)]
            highest = max(highest, max((event.seq for event in found if event.log == self._log), default=0))
            seen += len(found)
            yield from found
        if self._next_seq is None and seen == len(self):
            self._next_seq = highest + 1

    def _event(self, doc_id: int, raw: bytes) -> Event:
        try:
            return Event.from_doc(decode(raw))
        except (ValueError, RecursionError) as error:
            raise self._storage.unreadable(TABLE, doc_id) from error
        except (KeyError, TypeError, AttributeError) as error:
            raise DamagedError(f"{self._storage.path}: event {doc_id} is damaged; {RESTORE}.") from error

    @property
    def next_seq(self) -> int:
        """The `seq` of the next event that this copy writes."""
        if self._next_seq is None:
            self._next_seq = self._highest() + 1
        return self._next_seq

    def add(self, events: Sequence[Event]) -> None:
        """Store events, all or none.

        Raises:
            NotSavedError: nothing was stored.
            ValueError: an event of this copy does not have the `seq` that comes next.
        """
        following = self.following(events)
        self._db.table(TABLE).insert_multiple(event.to_doc() for event in events)
        self._next_seq = following

    def changes(self, events: Sequence[Event]) -> dict[int, Any]:
        """What `JournalStorage.commit` needs to store events; call `stored` when it has."""
        begin = self._storage.stored(TABLE).highest() + 1
        return {doc_id: event.to_doc() for doc_id, event in enumerate(events, begin)}

    def stored(self, following: int) -> None:
        """Events were stored along with something else; `following` comes next."""
        self._next_seq = following

    def following(self, events: Sequence[Event]) -> int:
        """The `seq` that comes next once `events` are stored.

        Raises:
            ValueError: an event of this copy does not have the `seq` that comes next.
        """
        seq = self.next_seq
        for event in events:
            if event.log == self._log:
                if event.seq != seq:
                    raise ValueError(f"event {event.id} has seq {event.seq}, but {seq} comes next")
                seq += 1
        return seq

    def _highest(self) -> int:
        """The highest `seq` of this copy, without decoding events that are written as we write them."""
        own = encode(self._log)
        usual = re.compile(re.escape(b'"log":' + own + b',"seq":') + rb"(\d+)[,}]")
        highest = 0
        for _doc_id, raw in self._storage.raws(TABLE):
            if own in raw:
                found = usual.search(raw)
                doc = None if found else decode(raw)
                if found:
                    highest = max(highest, int(found[1]))
                elif isinstance(doc, dict) and doc.get("log") == self._log:
                    highest = max(highest, int(doc.get("seq", 0)))
        return highest
