"""Saving what can be saved of a damaged journal. Nothing is deleted: the damaged file is kept beside it."""

from __future__ import annotations

import contextlib
from itertools import count
from typing import TYPE_CHECKING
from zlib import crc32

from tamis.domain.plural import counted
from tamis.errors import DamagedError, StoreError
from tamis.store.disk import Disk, OpenFile, close, read_all, reason
from tamis.store.folding import not_saved
from tamis.store.journal import journal_of
from tamis.store.lines import FRAME, encode, frame, unframe
from tamis.store.opening import read_snapshot
from tamis.store.replay import read_journal

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.store.sealing import Seal

_SEEDS = 128
_INSIDE = 40


def recover(path: Path, disk: Disk | None = None) -> list[str]:
    """Put a damaged journal right; the caller holds the lock.

    Every whole line is taken over into a new journal. A journal that does not belong to the snapshot is set
    aside. The old file is kept under a name that ends in `.damaged-1` (or 2, ...).

    Args:
        path: the snapshot.
        disk: how the disk is written; for tests.

    Returns:
        A sentence for each thing that was done; none if the journal is in order.

    Raises:
        DamagedError: the snapshot itself is damaged.
        StoreError: a file cannot be read.
        NotSavedError: a file cannot be written; everything is as it was.
    """
    journal_path = journal_of(path)
    disk = disk or Disk()
    snapshot = read_snapshot(path, journal_path)
    try:
        read_journal(journal_path, snapshot.seal, snapshot.tables())
    except DamagedError:
        pass
    else:
        return []
    finally:
        snapshot.file.close()
    try:
        file = OpenFile(journal_path)
        data = read_all(file.fd)
        file.close()
    except OSError as error:
        raise StoreError(f"{journal_path} cannot be read: {reason(error)[0]}.") from error
    found = Salvage(data, snapshot.seal)
    names = (path.with_name(f"{journal_path.name}.damaged-{n}") for n in count(1))
    kept = next(name for name in names if not name.exists())
    try:
        _write(disk, kept, data)
        if not found.belongs:
            disk.remove(journal_path)
            disk.sync_folder(path.parent)
            return [f"{journal_path.name} does not belong to {path.name}; it is kept as {kept.name}."]
        new = journal_path.with_name(journal_path.name + ".new")
        _write(disk, new, _joined(found.texts, snapshot.seal))
        disk.replace(new, journal_path)
        disk.sync_folder(path.parent)
    except OSError as error:
        raise not_saved(path.parent, error) from error
    whole = counted(len(found.texts), "whole change was", "whole changes were")
    done = f"{whole} taken over from {journal_path.name}"
    return [f"{done}, {found.lost} could not be read; the damaged file is kept as {kept.name}."]


class Salvage:
    """The lines of a damaged journal that match their checksums.

    Each checksum starts from the one before it; beyond a damaged line that one is either what the line states
    or what its bytes give, so both are tried. A lost line break makes two lines one: they are looked for
    inside it.

    Attributes:
        texts: the JSON of the changes.
        lost: lines that match no checksum.
        belongs: whether the journal continues the snapshot.
    """

    def __init__(self, data: bytes, seal: Seal) -> None:
        head, crc = _head(seal)
        if data.startswith(head[:-1]):  # its line break may be what is damaged
            data = data[: len(head) - 1] + b"\n" + data[len(head) :]
        lines = data.split(b"\n")
        self.texts: list[bytes] = []
        self.lost = 0
        # With its first line damaged, a journal still belongs to the snapshot if the second one follows from
        # what the first one must have been.
        self.belongs = lines[0] + b"\n" == head
        self._seeds = [crc]
        if not self.belongs:
            if unframe(lines[0] + b"\n", 0) is not None:
                return
            self.lost = 1
            self.belongs = len(lines) > 1 and unframe(lines[1] + b"\n", crc) is not None
        for line in lines[1:]:
            if line and not self._take(line):
                self._look_inside(line)

    def _take(self, line: bytes) -> bool:
        for seed in self._seeds:
            crc = crc32(line[9:], seed)
            if line[:10] == b"%08x {" % crc:
                self.texts.append(line[9:])
                self._seeds = [crc]
                return True
        return False

    def _look_inside(self, line: bytes) -> None:
        """Take the whole lines inside a damaged one; text in a document may look like the start of a line."""
        starts = [at.start() for at in FRAME.finditer(line) if at.start()][:_INSIDE]
        bounds = [0, *starts, len(line) + 1]
        computed = [crc32(line[9:], seed) for seed in self._seeds]
        at = 0
        whole = True
        while at < len(bounds) - 1:
            begin = bounds[at]
            until = next(
                (n for n in range(at + 1, len(bounds)) if self._take(line[begin : bounds[n] - 1])), 0
            )
            if not until:
                whole = False
                with contextlib.suppress(ValueError):
                    self._seeds = [int(line[begin : begin + 8], 16), *self._seeds]
            at = until or at + 1
        if not whole:
            self.lost += 1
            self._seeds = [*self._seeds, *computed][:_SEEDS]


def _head(seal: Seal) -> tuple[bytes, int]:
    return frame(encode({"generation": seal.generation, "crc32": seal.crc32}), 0)


def _joined(texts: list[bytes], seal: Seal) -> bytes:
    line, crc = _head(seal)
    lines = [line]
    for text in texts:
        line, crc = frame(text, crc)
        lines.append(line)
    return b"".join(lines)


def _write(disk: Disk, path: Path, data: bytes) -> None:
    fd = disk.create(path)
    try:
        disk.write_all(fd, data)
        disk.sync(fd)
    finally:
        close(fd)
    disk.sync_folder(path.parent)
