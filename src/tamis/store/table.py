"""TinyDB with tables that write only what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tinydb import TinyDB
from tinydb.table import Table

from tamis.errors import NotSavedError
from tamis.store.journal import JournalStorage
from tamis.store.views import ChangingTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class JournalTable(Table):
    """A TinyDB table over a `JournalStorage`; an update costs what it changes.

    Behaves as TinyDB's own table. Documents that cannot be saved raise `NotSavedError`, and the table is as
    it was.
    """

    _next_id: int | None  # type: ignore[assignment]  # TinyDB's own annotation is just None

    @property
    def _journal(self) -> JournalStorage:
        return cast("JournalStorage", self._storage)

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return cast("dict[str, Mapping[str, Any]]", self._journal.read().get(self.name, {}))

    def _get_next_id(self) -> int:
        if self._next_id is None:
            stored = self._journal.stored(self.name)
            self._next_id = stored.highest() + 1 if len(stored) else 1
        next_id = self._next_id
        self._next_id = next_id + 1
        return next_id

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        view = ChangingTable(self._journal, self.name)
        updater(cast("dict[int, Mapping[str, Any]]", view))
        try:
            self._journal.commit_raw({self.name: view.changes()})
        except NotSavedError:
            self._next_id = None  # the ids that were given out are free again
            raise
        self.clear_cache()


class JournalDB(TinyDB):
    """TinyDB with `JournalStorage` and `JournalTable`; the arguments go to the storage."""

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment]  # TinyDB takes any Storage
