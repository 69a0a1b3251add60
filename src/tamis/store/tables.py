"""Reading tables by id and in bulk, without TinyDB's detour through whole tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tamis.errors import DamagedError
from tamis.store.disk import RESTORE
from tamis.store.lines import decode
from tamis.store.stored import Stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Tables:
    """All tables of one file, as they stand now.

    Args:
        path: the file, for what is said about it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tables: dict[str, Stored] = {}

    def stored(self, table: str) -> Stored:
        """The table, empty if there is none of that name."""
        found = self._tables.get(table)
        return Stored() if found is None else found

    def has_table(self, table: str) -> bool:
        """Whether the table exists, if only as an empty one."""
        return table in self._tables

    def count(self, table: str) -> int:
        """How many documents the table holds."""
        return len(self.stored(table))

    def raw(self, table: str, doc_id: int) -> bytes:
        """The JSON of one document.

        Raises:
            KeyError: there is none with this id.
        """
        return self.stored(table).raw(doc_id)

    def raws(self, table: str) -> Iterator[tuple[int, bytes]]:
        """Ids and JSON of all documents in order."""
        return self.stored(table).raws()

    def doc(self, table: str, doc_id: int) -> Any:
        """One document, decoded.

        Raises:
            KeyError: there is none with this id.
            DamagedError: its bytes are not JSON.
        """
        try:
            return decode(self.raw(table, doc_id))
        except (ValueError, RecursionError) as error:
            raise self.unreadable(table, doc_id) from error

    def docs(self, table: str) -> Iterator[tuple[int, Any]]:
        """Ids and documents of the whole table in order, decoded many at a time.

        Raises:
            DamagedError: a document's bytes are not JSON.
        """
        try:
            yield from self.stored(table).decoded()
        except (ValueError, RecursionError):
            for doc_id, _raw in self.raws(table):
                self.doc(table, doc_id)  # names the one
            raise

    def unreadable(self, table: str, doc_id: int) -> DamagedError:
        """The error for a document whose bytes are not JSON."""
        return DamagedError(f"{self.path}: document {doc_id} of table {table} is damaged; {RESTORE}.")
