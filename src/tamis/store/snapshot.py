"""`review.json`: an ordinary TinyDB file with one document per line.

It is opened without decoding a document and without a Python object per document: only the places of the
documents are kept. A file in another layout (stock TinyDB writes a single line) is decoded as a whole.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zlib import crc32

from tamis.store.disk import OpenFile, blocks, read_at
from tamis.store.lines import encode, key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.store.disk import Disk

SEAL = "_journal"
"""The table in which a snapshot keeps its own `Seal`; the last one in the file."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Seal:
    """Which snapshot this is.

    Attributes:
        generation: one more than that of the snapshot it was made from.
        crc32: checksum of the `size` bytes before the seal.
        size: see there.
        folded: generation, crc32 and length of the journal that was folded into it; None without one.
    """

    generation: int = 0
    crc32: str = ""
    size: int = 0
    folded: tuple[int, str, int] | None = None

    def to_doc(self) -> dict[str, Any]:
        """A JSON object."""
        doc: dict[str, Any] = {"generation": self.generation, "crc32": self.crc32, "size": self.size}
        if self.folded:
            doc["folded"] = list(self.folded)
        return doc

    @classmethod
    def from_doc(cls, doc: Any) -> Seal:
        """The inverse of `to_doc`; a seal that makes no sense is none."""
        try:
            folded = doc.get("folded")
            gone = (int(folded[0]), str(folded[1]), int(folded[2])) if folded else None
            return cls(int(doc["generation"]), str(doc["crc32"]), int(doc["size"]), gone)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return cls()


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


@dataclass(slots=True)
class Snapshot:
    """A snapshot that was opened.

    Attributes:
        file: held open for the documents.
        seal: which snapshot it is.
        regions: table -> documents in the file.
        loose: table -> encoded documents, if the file is in another layout.
        plain: whether the file is in our layout.
    """

    file: OpenFile
    seal: Seal = field(default_factory=Seal)
    regions: dict[str, Region] = field(default_factory=dict)
    loose: dict[str, dict[int, bytes]] = field(default_factory=dict)
    plain: bool = True


def open_snapshot(file: OpenFile) -> Snapshot:
    """Find the documents in `file`.

    Raises:
        ValueError: it is not a TinyDB file.
        OSError: it cannot be read.
    """
    regions = _Scan(file).run()
    if regions is None:
        return _load(file)
    seal = regions.pop(SEAL, None)
    doc = json.loads(seal.raw(0)) if seal is not None and len(seal) else None
    return Snapshot(file, Seal.from_doc(doc), regions)


class _Scan:
    """Walks over the lines of a file in our layout."""

    def __init__(self, file: OpenFile) -> None:
        self.file = file
        self.regions: dict[str, Region] = {}
        self.table: Region | None = None
        self.begun = self.done = False

    def run(self) -> dict[str, Region] | None:
        """The tables; None if the file is in another layout."""
        fd, offset, rest, size = self.file.fd, 0, b"", _BLOCK
        while data := read_at(fd, size, offset + len(rest)):
            block = rest + data
            used = self._block(block, offset)
            if used < 0:
                return None
            rest = block[used:]
            size = _BLOCK if used else size * 2  # a very long line: do not copy it once a block
            offset += used
        ok = self.done and not rest and all(region.seal() for region in self.regions.values())
        return self.regions if ok else None

    def _block(self, block: bytes, offset: int) -> int:
        """Take in the whole lines of a block; how many bytes they are, or -1."""
        pos = 0
        while (end := block.find(b"\n", pos)) >= 0:
            if self.table is not None:
                end = pos = self._docs(self.table, block, pos, offset)
                if pos < 0:
                    return -1
                if self.table is not None:
                    break
            else:
                if not self._between(block[pos:end]):
                    return -1
                pos = end + 1
        return pos

    def _between(self, line: bytes) -> bool:
        """Take in a line outside of the tables."""
        if not self.begun:
            self.begun = line == b"{"
            return self.begun
        if self.done:
            return False
        if line == b"}":
            self.done = True
            return True
        if not line.endswith(b":{"):
            return False
        try:
            name = json.loads(line[:-2])
        except ValueError:
            return False
        if not isinstance(name, str) or name in self.regions:
            return False
        self.table = self.regions[name] = Region(self.file)
        return True

    def _docs(self, table: Region, block: bytes, pos: int, offset: int) -> int:
        """Take in the lines of a table as far as the block goes; where they end, or -1."""
        ids, starts, ends = table.ids, table.starts, table.ends
        find, startswith = block.find, block.startswith
        awaited = ids[-1] + 1 if ids else 1
        prefix = key(awaited)
        while (end := find(b"\n", pos)) >= 0:
            if startswith(prefix, pos):
                start = pos + len(prefix)
            elif startswith(b"}", pos):
                if end - pos > 2 or block[pos:end] not in (b"}", b"},"):
                    return -1
                self.table = None
                return end + 1
            else:
                colon = find(b'":', pos, end)
                number = block[pos + 1 : colon]
                if colon < 0 or block[pos] != 0x22 or not number.lstrip(b"-").isdigit():
                    return -1
                awaited = int(number)
                start = colon + 2
                if key(awaited) != block[pos:start]:
                    return -1
            ids.append(awaited)
            starts.append(offset + start)
            ends.append(offset + (end - 1 if block[end - 1] == 0x2C else end))
            awaited += 1
            prefix = b'"%d":' % awaited
            pos = end + 1
        return pos


def _load(file: OpenFile) -> Snapshot:
    """The slow way, for a file that something else has written."""
    text = b"".join(blocks(file.fd, 0, file.size(), 1 << 24))
    tables = json.loads(text.decode("utf-8-sig")) if text.strip() else {}
    if not isinstance(tables, dict):
        raise ValueError("not a TinyDB file")
    loose: dict[str, dict[int, bytes]] = {}
    for name, docs in tables.items():
        if not isinstance(docs, dict):
            raise ValueError("not a TinyDB file")
        loose[name] = {int(doc_id): encode(doc) for doc_id, doc in docs.items()}
    seal = loose.pop(SEAL, {})
    return Snapshot(file, Seal.from_doc(json.loads(seal.get(1, b"null"))), {}, loose, plain=False)


class SnapshotWriter:
    """Writes a snapshot from top to bottom in large pieces.

    Call `table`, then `doc` and `span` for its documents, `table` for the next one, and `finish`.
    """

    def __init__(self, disk: Disk, fd: int) -> None:
        self._disk = disk
        self._fd = fd
        self._buffer = bytearray(b"{")
        self._crc = 0
        self._size = 0
        self._open = False
        self._separator = b"\n"

    def table(self, name: str) -> None:
        """Begin a table."""
        self._end_table()
        self._buffer += self._separator + encode(name) + b":{"
        self._separator = b"\n"
        self._open = True

    def doc(self, doc_id: int, raw: bytes) -> None:
        """Add one document; `raw` is its JSON without raw tabs and line breaks."""
        self._buffer += b'%b"%d":%b' % (self._separator, doc_id, raw)
        self._separator = b",\n"
        if len(self._buffer) >= _BLOCK:
            self._flush()

    def span(self, pieces: Iterator[bytes]) -> None:
        """Add lines as they stand in another snapshot."""
        self._buffer += self._separator
        self._separator = b",\n"
        for piece in pieces:
            self._buffer += piece
            if len(self._buffer) >= _BLOCK:
                self._flush()

    def finish(self, generation: int, folded: tuple[int, str, int] | None) -> Seal:
        """End the file with its seal, and return that when all is on the medium.

        Raises:
            OSError: something did not reach the disk.
        """
        self._end_table()
        self._flush()
        seal = Seal(generation, f"{self._crc:08x}", self._size, folded)
        self.table(SEAL)
        self.doc(1, encode(seal.to_doc()))
        self._end_table()
        self._buffer += b"\n}\n"
        self._flush()
        self._disk.sync(self._fd)
        return seal

    def _end_table(self) -> None:
        if self._open:
            self._buffer += b"\n}"
            self._separator = b",\n"
            self._open = False

    def _flush(self) -> None:
        self._disk.write_all(self._fd, self._buffer)
        self._crc = crc32(self._buffer, self._crc)
        self._size += len(self._buffer)
        self._buffer.clear()


def checksum(file: OpenFile, size: int) -> str:
    """The checksum of the first `size` bytes, as a seal has it.

    Raises:
        OSError: it cannot be read, or is shorter.
    """
    crc = 0
    for block in blocks(file.fd, 0, size):
        crc = crc32(block, crc)
    return f"{crc:08x}"
