"""Writing a snapshot from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from tamis.store.lines import encode
from tamis.store.sealing import SEAL, Seal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.store.disk import Disk

_BLOCK = 1 << 20


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
