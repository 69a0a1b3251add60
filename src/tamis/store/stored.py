"""One table as it stands now: what the snapshot holds, and over it what the journal says."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from tamis.store.lines import decode
from tamis.store.region import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.store.lines import RawChanges, RawDocs
    from tamis.store.snapshot_writer import SnapshotWriter

_BATCH = 1 << 20


def apply_changes(tables: dict[str, Stored], changes: RawChanges) -> None:
    """Make changes to tables, in place."""
    for name, docs in changes.items():
        if docs is None:
            tables.pop(name, None)
        else:
            stored = tables.get(name)
            if stored is None:
                stored = tables[name] = Stored()
            stored.apply(docs)


class Stored:
    """The encoded documents of one table, in the order in which they were inserted.

    Iterating is safe while the table changes: an iterator goes over the table as it was at its first step.
    """

    __slots__ = ("_added", "_gone", "_max", "_over", "_region")

    def __init__(self, region: Region | None = None, added: dict[int, bytes] | None = None) -> None:
        self._region = region or Region()
        self._over: dict[int, bytes] = {}  # place in the snapshot -> what stands there instead
        self._gone: set[int] = set()  # places in the snapshot that hold nothing any more
        self._added: dict[int, bytes] = added if added is not None else {}
        self._max: int | None = None

    def __len__(self) -> int:
        return len(self._region) - len(self._gone) + len(self._added)

    def __contains__(self, doc_id: int) -> bool:
        return doc_id in self._added or self._place(doc_id) is not None

    def raw(self, doc_id: int) -> bytes:
        """The document's JSON.

        Raises:
            KeyError: there is none with this id.
        """
        found = self._added.get(doc_id)
        if found is not None:
            return found
        place = self._place(doc_id)
        if place is None:
            raise KeyError(doc_id)
        over = self._over.get(place)
        return self._region.raw(place) if over is None else over

    def ids(self) -> Iterator[int]:
        """All document ids in order."""
        gone = self._gone
        kept = iter(self._region.ids)
        if gone:
            kept = (i for place, i in enumerate(self._region.ids) if place not in gone)
        return chain(kept, list(self._added))

    def raws(self) -> Iterator[tuple[int, bytes]]:
        """All ids and encoded documents in order."""
        added = list(self._added.items())
        region = zip(self._region.ids, self._region.raws(), strict=True)
        if not (self._over or self._gone):
            yield from region
        else:
            over, gone = dict(self._over), set(self._gone)
            for place, (doc_id, raw) in enumerate(region):
                if place not in gone:
                    yield doc_id, over.get(place, raw)
        yield from added

    def decoded(self) -> Iterator[tuple[int, Any]]:
        """All ids and decoded documents in order, decoded many at a time.

        Raises:
            ValueError: a document is not JSON.
        """
        for ids, raws, _full in self.batches():
            yield from zip(ids, decode(b"[%b]" % b",".join(raws)), strict=True)

    def batches(self) -> Iterator[tuple[list[int], list[bytes], bool]]:
        """Ids and encoded documents in order, by megabytes, and whether it is one or only the rest."""
        ids: list[int] = []
        raws: list[bytes] = []
        size = 0
        for doc_id, raw in self.raws():
            ids.append(doc_id)
            raws.append(raw)
            size += len(raw)
            if size >= _BATCH:
                yield ids, raws, True
                ids, raws, size = [], [], 0
        if ids:
            yield ids, raws, False

    def highest(self) -> int:
        """The highest document id in use; 0 if the table is empty."""
        if self._max is None or self._max not in self:
            self._max = max(self.ids(), default=0)
        return self._max

    def apply(self, docs: RawDocs) -> None:
        """Put documents in, replace them where they stand, or (None) take them out."""
        for doc_id, raw in docs.items():
            self.put(doc_id, raw)

    def put(self, doc_id: int, raw: bytes | None) -> None:
        """Put one document in, replace it where it stands, or (None) take it out."""
        place = self._place(doc_id)
        if raw is None:
            if place is None:
                self._added.pop(doc_id, None)
            else:
                self._gone.add(place)
                self._over.pop(place, None)
        elif place is None:
            self._added[doc_id] = raw
            if self._max is not None and doc_id > self._max:
                self._max = doc_id
        else:
            self._over[place] = raw

    def with_changes(self, docs: RawDocs) -> Stored:
        """A table that shares the documents with this one and has these changes."""
        other = Stored(self._region, dict(self._added))
        other._over = dict(self._over)
        other._gone = set(self._gone)
        other.apply(docs)
        return other

    def write(self, writer: SnapshotWriter) -> None:
        """Put all documents into the open table of a snapshot, unchanged lines as bytes."""
        begin = 0
        region = self._region
        for place in sorted({*self._over, *self._gone}):
            if begin < place:
                writer.span(region.span(begin, place))
            if place in self._over:
                writer.doc(region.ids[place], self._over[place])
            begin = place + 1
        if begin < len(region):
            writer.span(region.span(begin, len(region)))
        for doc_id, raw in self._added.items():
            writer.doc(doc_id, raw)

    def _place(self, doc_id: int) -> int | None:
        place = self._region.place(doc_id)
        return None if place is None or place in self._gone else place
