"""What TinyDB's tables see of a stored table: a mapping to read, and a mapping to change."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from tamis.store.lines import encode

if TYPE_CHECKING:
    from tamis.store.journal import JournalStorage
    from tamis.store.stored import Stored


class TableView(Mapping[str, Any]):
    """A table as `Storage.read` hands it out: ids as text, documents decoded when asked for."""

    __slots__ = ("_name", "_storage", "_stored")

    def __init__(self, storage: JournalStorage, name: str, stored: Stored) -> None:
        self._storage = storage
        self._name = name
        self._stored = stored

    def __getitem__(self, doc_id: str) -> Any:
        try:
            number = int(doc_id)
        except ValueError:
            raise KeyError(doc_id) from None
        return self._storage.doc(self._name, number)

    def __iter__(self) -> Iterator[str]:
        return map(str, self._stored.ids())

    def __len__(self) -> int:
        return len(self._stored)

    def items(self) -> ItemsView[str, Any]:
        """All documents, decoded many at a time."""
        return _Items(self)

    def decoded(self) -> Iterator[tuple[str, Any]]:
        """The pairs that `items` goes over."""
        return ((str(doc_id), doc) for doc_id, doc in self._storage.docs(self._name))

    def shows(self, stored: Stored) -> bool:
        """Whether this is a view of `stored`."""
        return self._stored is stored


class _Items(ItemsView[str, Any]):
    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        self._view = view

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return self._view.decoded()


class ChangingTable(MutableMapping[int, Any]):
    """A table while TinyDB updates it: behaves as a dict of documents and remembers what was touched.

    A document that was looked at may have been changed in place, so it is compared with what is stored.
    """

    def __init__(self, storage: JournalStorage, name: str) -> None:
        self._storage = storage
        self._name = name
        self._stored = storage.stored(name)
        self._touched: dict[int, Any] = {}
        self._removed: set[int] = set()
        self._added = 0

    def __getitem__(self, doc_id: int) -> Any:
        if doc_id in self._touched:
            return self._touched[doc_id]
        if doc_id in self._removed:
            raise KeyError(doc_id)
        doc = self._touched[doc_id] = self._storage.doc(self._name, doc_id)
        return doc

    def __setitem__(self, doc_id: int, doc: Any) -> None:
        if doc_id not in self:
            self._added += 1
        self._touched[doc_id] = doc
        self._removed.discard(doc_id)

    def __delitem__(self, doc_id: int) -> None:
        if doc_id not in self:
            raise KeyError(doc_id)
        self._touched.pop(doc_id, None)
        if doc_id in self._stored:
            self._removed.add(doc_id)
        self._added -= 1

    def __contains__(self, doc_id: object) -> bool:
        if doc_id in self._touched:
            return True
        return isinstance(doc_id, int) and doc_id not in self._removed and doc_id in self._stored

    def __iter__(self) -> Iterator[int]:
        stored, removed = self._stored, self._removed
        for doc_id in stored.ids():
            if doc_id not in removed:
                yield doc_id
        for doc_id in list(self._touched):
            if doc_id not in stored:
                yield doc_id

    def __len__(self) -> int:
        return len(self._stored) + self._added

    def clear(self) -> None:
        """Remove all documents."""
        self._touched.clear()
        self._removed = set(self._stored.ids())
        self._added = -len(self._stored)

    def changes(self) -> dict[int, bytes | None]:
        """What has to be written: encoded documents, None for removed ones.

        Raises:
            TypeError: a document cannot be written as JSON.
        """
        changes: dict[int, bytes | None] = dict.fromkeys(self._removed)
        for doc_id, doc in self._touched.items():
            raw = encode(doc)
            if doc_id not in self._stored or self._stored.raw(doc_id) != raw:
                changes[doc_id] = raw
        return changes
