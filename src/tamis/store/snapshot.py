"""`review.json`: an ordinary TinyDB file with one document per line.

It is opened without decoding a document and without a Python object per document: only the places of the
documents are kept. A file in another layout (stock TinyDB writes a single line) is decoded as a whole.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from zlib import crc32

from tamis.store.disk import OpenFile, blocks, read_at
from tamis.store.lines import encode, key
from tamis.store.region import Region
from tamis.store.sealing import SEAL, Seal
from tamis.store.stored import Stored

_BLOCK = 1 << 20


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

    def tables(self) -> dict[str, Stored]:
        """The tables, to be changed by what the journal says."""
        tables = {name: Stored(region) for name, region in self.regions.items()}
        return tables | {name: Stored(added=dict(docs)) for name, docs in self.loose.items()}


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
        self.more = True  # whether the last line promised, by a comma, that another one of its kind follows

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
            self.done = not (self.more and self.regions)
            return self.done
        if not (self.more and line.endswith(b":{")):
            return False
        try:
            name = json.loads(line[:-2])
        except ValueError:
            return False
        if not isinstance(name, str) or name in self.regions:
            return False
        self.table = self.regions[name] = Region(self.file)
        self.more = True
        return True

    def _docs(self, table: Region, block: bytes, pos: int, offset: int) -> int:
        """Take in the lines of a table as far as the block goes; where they end, or -1."""
        ids, starts, ends = table.ids, table.starts, table.ends
        find, startswith = block.find, block.startswith
        awaited = ids[-1] + 1 if ids else 1
        prefix = key(awaited)
        while (end := find(b"\n", pos)) >= 0:
            if self.more and startswith(prefix, pos):
                start = pos + len(prefix)
            elif startswith(b"}", pos):
                if (self.more and ids) or block[pos:end] not in (b"}", b"},"):
                    return -1
                self.more = end - pos > 1
                self.table = None
                return end + 1
            else:
                colon = find(b'":', pos, end)
                number = block[pos + 1 : colon]
                if not self.more or colon < 0 or not number.lstrip(b"-").isdigit():
                    return -1
                awaited = int(number)
                start = colon + 2
                if key(awaited) != block[pos:start]:
                    return -1
            ids.append(awaited)
            starts.append(offset + start)
            self.more = block[end - 1] == 0x2C
            ends.append(offset + end - self.more)
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


def checksum(file: OpenFile, size: int) -> str:
    """The checksum of the first `size` bytes, as a seal has it.

    Raises:
        OSError: it cannot be read, or is shorter.
    """
    crc = 0
    for block in blocks(file.fd, 0, size):
        crc = crc32(block, crc)
    return f"{crc:08x}"
