"""Where the documents of one table stand in a snapshot."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

from tamis.store.disk import blocks, read_at
from tamis.store.lines import key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.store.disk import OpenFile

_BLOCK = 1 << 20


class Region:
    """The documents of one table in a snapshot: where each begins and ends."""

    __slots__ = ("_file", "_places", "ends", "ids", "starts")

    def __init__(self, file: OpenFile | None = None) -> None:
        self._file = file
        self.ids = array("q")
        self.starts = array("Q")
        self.ends = array("Q")
        self._places: dict[int, int] | range | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def seal(self) -> bool:
        """Make the ids searchable; False if one stands there twice."""
        ids = self.ids
        if not ids:
            self._places = range(0)
            return True
        first, last = ids[0], ids[-1]
        if last - first + 1 == len(ids) and ids == array("q", range(first, last + 1)):
            self._places = range(first, last + 1)
            return True
        places = {doc_id: place for place, doc_id in enumerate(ids)}
        self._places = places
        return len(places) == len(ids)

    def place(self, doc_id: int) -> int | None:
        """Where in the table the document stands, from 0; None if it is not there."""
        places = self._places
        if isinstance(places, range):
            place = doc_id - places.start
            return place if 0 <= place < len(places) else None
        return places.get(doc_id) if places is not None else None

    def raw(self, place: int) -> bytes:
        """The encoded document at a place."""
        start = self.starts[place]
        return read_at(self._fd, self.ends[place] - start, start)

    def raws(self) -> Iterator[bytes]:
        """All encoded documents, in the order of the file, read in large pieces."""
        count = len(self.ids)
        place = 0
        while place < count:
            begin = self.starts[place]
            until = max(place + 1, bisect_left(self.ends, begin + _BLOCK, place, count))
            block = read_at(self._fd, self.ends[until - 1] - begin, begin)
            for start, end in zip(self.starts[place:until], self.ends[place:until], strict=True):
                yield block[start - begin : end - begin]
            place = until

    def span(self, first: int, until: int) -> Iterator[bytes]:
        """The bytes of the lines `first` to `until` (excluded), without the last separator."""
        begin = self.starts[first] - len(key(self.ids[first]))
        return blocks(self._fd, begin, self.ends[until - 1], _BLOCK)

    @property
    def _fd(self) -> int:
        if self._file is None:
            raise ValueError("an empty table has no file")
        return self._file.fd
