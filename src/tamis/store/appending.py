"""Adding lines to the journal so that each is on the medium, or not there at all."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tamis.errors import NotSavedError
from tamis.store.disk import REOPEN, close, reason
from tamis.store.lines import encode, frame

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.store.disk import Disk
    from tamis.store.replay import Journal
    from tamis.store.sealing import Seal


def changed(path: Path) -> NotSavedError:
    """The error for a file that something else has written while we had it open."""
    return NotSavedError(
        f"Not saved: another program (a sync tool? git?) has changed {path} while it was open here, and "
        "tamis does not write over that. Keep a copy of the folder, then close this window and open the "
        "review again."
    )


class Appender:
    """The journal of one snapshot, open for adding lines.

    Args:
        path: the journal; made with the first line.
        disk: how the disk is written.

    Attributes:
        length: bytes in the journal; 0 if there is none.
        broken: why nothing more may be written, as a sentence; "" normally.
    """

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self.length = 0
        self.broken = ""
        self._disk = disk
        self._fd = -1
        self._crc = 0
        self._left: tuple[int, int, int] | None = None

    def take_over(self, journal: Journal) -> None:
        """Go on with what an earlier process has left; cuts a torn tail off, removes what is of no use.

        Raises:
            OSError: the disk refuses.
        """
        # What a killed writer left may still be in memory only; nothing is built on that.
        self._disk.sync_folder(self.path.parent)
        if journal.length:
            self._fd = self._disk.append_to(self.path)
            if journal.torn:
                self._disk.truncate(self._fd, journal.length)
            self._disk.sync(self._fd)
            self.length, self._crc = journal.length, journal.crc
        elif self.path.exists():
            self._disk.remove(self.path)

    def append(self, text: bytes, seal: Seal) -> None:
        """Add a line; when this returns, `done` has to be called as soon as the change was taken over.

        Args:
            text: the JSON of the line.
            seal: the snapshot that a new journal continues.

        Raises:
            OSError: the line is not there.
            NotSavedError: nothing may be written any more.
        """
        self.check()
        if self._fd < 0:
            self._begin(seal)
        line, crc = frame(text, self._crc)
        # Stands until `done`: an interruption in between must not go unnoticed.
        self.broken = f"Not saved: an earlier change to {self.path.parent} was interrupted. {REOPEN}"
        try:
            self._disk.write_all(self._fd, line)
            self._disk.sync(self._fd)
        except BaseException:
            self._take_back()
            raise
        self.length += len(line)
        self._crc = crc

    def done(self) -> None:
        """What was appended is part of the state now."""
        self.broken = ""

    def check(self) -> None:
        """Raise if nothing may be written.

        Raises:
            NotSavedError: with the reason.
        """
        if self.broken:
            raise NotSavedError(self.broken)
        if not (self._is_ours() if self._fd >= 0 else self._is_free()):
            raise changed(self.path)

    def drop(self) -> None:
        """The journal was folded in: close and remove it. If that fails, the seal says it is of no use."""
        self.close()
        self.length = self._crc = 0
        with contextlib.suppress(OSError):
            self._left = _identity(self.path.stat())
            self._disk.remove(self.path)

    def close(self) -> None:
        """Close the file."""
        fd, self._fd = self._fd, -1
        close(fd)

    def _is_ours(self) -> bool:
        """Whether the journal is the file we write to, as long as we left it."""
        try:
            there, here = self.path.stat(), os.fstat(self._fd)
        except OSError:
            return False
        return (there.st_ino, there.st_dev) == (here.st_ino, here.st_dev) and here.st_size == self.length

    def _is_free(self) -> bool:
        """Whether nothing stands where ours is to begin, or only what we left there ourselves."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return _identity(there) == self._left

    def _begin(self, seal: Seal) -> None:
        """Make the journal with its first line, in one step."""
        line, crc = frame(encode({"generation": seal.generation, "crc32": seal.crc32}), 0)
        new = self.path.with_name(self.path.name + ".new")
        fd = self._disk.create(new)
        try:
            self._disk.write_all(fd, line)
            self._disk.sync(fd)
            self._left = _identity(os.fstat(fd))  # until it is open, it may be left behind
            self._disk.replace(new, self.path)
            self._disk.sync_folder(self.path.parent)
            self._fd = self._disk.append_to(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                self._disk.remove(new)
            raise
        finally:
            close(fd)
        self.length, self._crc = len(line), crc

    def _take_back(self) -> None:
        # After a failed fsync the kernel may have dropped the bytes and forgotten about it, so the line is
        # taken off, and *that* has to reach the disk before anything else may be written.
        try:
            self._disk.truncate(self._fd, self.length)
            self._disk.sync(self._fd)
        except OSError as error:
            self.broken = (
                f"Not saved: {reason(error)[0]} ({self.path}), so nothing more is written. Copy "
                f"{self.path.parent} to another disk and open it there; what was confirmed is safe."
            )
        else:
            self.broken = ""


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_dev, status.st_size
