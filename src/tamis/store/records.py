"""The records of a review as a sequence that decodes one record at a time."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, overload

from tamis.domain.record import Record
from tamis.errors import DamagedError
from tamis.store.disk import RESTORE

if TYPE_CHECKING:
    from tamis.domain.record import Source
    from tamis.store.journal import JournalStorage
    from tamis.store.record_heads import Head

TABLE = "records"
_CACHE = 256
_NUMBER = re.compile(r"[1-9][0-9]{0,11}")


class Runs:
    """Which positions in a file the records of one source have, in little space.

    Positions count what was found, so a problem in the middle leaves a gap. Stored with the source as
    `[[place, position], ...]`: from that place on (0 = first record) positions follow without a gap.
    """

    def __init__(self, runs: Sequence[Sequence[int]] = ((0, 1),), count: int = 0) -> None:
        self.places = [int(run[0]) for run in runs]
        self.positions = [int(run[1]) for run in runs]
        self.count = count

    def add(self, position: int) -> None:
        """Take in the position of the next record.

        Raises:
            ValueError: it is not beyond the one before.
        """
        if not self.count:
            self.places, self.positions = [0], [position]
        else:
            awaited = self.positions[-1] + self.count - self.places[-1]
            if position < awaited:
                raise ValueError(f"position {position} comes after {awaited - 1}")
            if position > awaited:
                self.places.append(self.count)
                self.positions.append(position)
        self.count += 1

    def position(self, place: int) -> int:
        """The position of the record at a place."""
        run = bisect_right(self.places, place) - 1
        return self.positions[run] + place - self.places[run]

    def place(self, position: int) -> int | None:
        """The place of the record with this position; None if there is none."""
        run = bisect_right(self.positions, position) - 1
        if run < 0:
            return None
        place = self.places[run] + position - self.positions[run]
        until = self.places[run + 1] if run + 1 < len(self.places) else self.count
        return place if place < until else None

    def to_doc(self) -> list[list[int]]:
        """A JSON array."""
        return [list(run) for run in zip(self.places, self.positions, strict=True)]


class Records(Sequence[Record]):
    """All records, in the order in which they were imported, decoded when asked for.

    A record that is asked for twice in a row is the same object: do not change it.
    """

    def __init__(self, storage: JournalStorage, sources: Sequence[tuple[Source, Runs]]) -> None:
        self._storage = storage
        self._sources = list(sources)
        self._begins = [0]
        for source, _ in self._sources:
            self._begins.append(self._begins[-1] + source.imported)
        self._by_prefix = {source.prefix: n for n, (source, _) in enumerate(self._sources)}
        self._cache: OrderedDict[int, Record] = OrderedDict()

    def __len__(self) -> int:
        return self._begins[-1]

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = self._index(index)
        found = self._cache.get(index)
        if found is None:
            found = self._record(self._doc(index), index)
            self._cache[index] = found
            if len(self._cache) > _CACHE:
                self._cache.popitem(last=False)
        else:
            self._cache.move_to_end(index)
        return found

    def __iter__(self) -> Iterator[Record]:
        for index, (_doc_id, doc) in enumerate(self._storage.docs(TABLE)):
            yield self._record(doc, index)

    def raw(self, index: int) -> bytes:
        """The JSON of the record at `index`.

        Raises:
            IndexError: there is none.
        """
        return self._storage.raw(TABLE, self._doc_id(self._index(index)))

    def raws(self) -> Iterator[bytes]:
        """The JSON of all records in order; the fast way to go through them all."""
        return (raw for _doc_id, raw in self._storage.raws(TABLE))

    def heads(self) -> Iterator[Head]:
        """Title and year of all records in order; of one that cannot be read, neither."""
        from tamis.store.record_heads import head  # it takes its time to load, and few need it

        return map(head, self.raws())

    @staticmethod
    def head(raw: bytes) -> Head:
        """Title and year out of a record's JSON; of one that cannot be read, neither."""
        from tamis.store.record_heads import head

        return head(raw)

    def forward(self) -> Callable[[int], bytes]:
        """The same as `raw` for whoever asks for ascending indices only: the file is read in large pieces."""
        raws, at, found = self.raws(), -1, b""

        def read(index: int) -> bytes:
            nonlocal at, found
            while at < index:
                at, found = at + 1, next(raws)
            return found

        return read

    def id_at(self, index: int) -> str:
        """The id of the record at `index`, without decoding it.

        Raises:
            IndexError: there is none.
        """
        index = self._index(index)
        n = bisect_right(self._begins, index) - 1
        source, runs = self._sources[n]
        return f"{source.prefix}-{runs.position(index - self._begins[n])}"

    def ids(self) -> Iterator[str]:
        """The ids of all records in order, without decoding any."""
        for source, runs in self._sources:
            places = [*runs.places, runs.count]
            for (place, until), position in zip(pairwise(places), runs.positions, strict=True):
                for step in range(until - place):
                    yield f"{source.prefix}-{position + step}"

    def find(self, record_id: str) -> int | None:
        """The index of a record; None if there is none with this id."""
        prefix, _, number = record_id.rpartition("-")
        n = self._by_prefix.get(prefix)
        if n is None or not _NUMBER.fullmatch(number):
            return None
        place = self._sources[n][1].place(int(number))
        return None if place is None else self._begins[n] + place

    def position(self, record_id: str) -> int:
        """The index of a record.

        Raises:
            KeyError: there is none with this id.
        """
        index = self.find(record_id)
        if index is None:
            raise KeyError(record_id)
        return index

    def source_of(self, record_id: str) -> Source:
        """The file a record came from.

        Raises:
            KeyError: there is none with this id.
        """
        return self._sources[self._by_prefix[record_id.rpartition("-")[0]]][0]

    def _index(self, index: int) -> int:
        count = len(self)
        if index < 0:
            index += count
        if not 0 <= index < count:
            raise IndexError(f"there is no record {index} of {count}")
        return index

    def _doc_id(self, index: int) -> int:
        n = bisect_right(self._begins, index) - 1
        return self._sources[n][0].first + index - self._begins[n]

    def _doc(self, index: int) -> Any:
        try:
            return self._storage.doc(TABLE, self._doc_id(index))
        except KeyError:
            return None

    def _record(self, doc: Any, index: int) -> Record:
        try:
            return Record.from_doc(doc)
        except (TypeError, AttributeError) as error:
            raise DamagedError(
                f"{self._storage.path}: record {self.id_at(index)} is damaged; {RESTORE}."
            ) from error
