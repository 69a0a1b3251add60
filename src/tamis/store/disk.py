"""The few calls that change the disk, in one place: tests fail, cut short or record each of them."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

if sys.platform == "darwin":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REOPEN = "Close this window and open the review again; what was confirmed is safe."
RESTORE = "put the file back from a backup or with `git checkout`"

_BINARY = getattr(os, "O_BINARY", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)

FILE_MODE = 0o600
FOLDER_MODE = 0o700


class Disk:
    """Durable file operations; every method raises `OSError` when the operating system refuses.

    A method that returns has done its work as far as the operating system knows; only `sync` and
    `sync_folder` make it last through a power cut.
    """

    def create(self, path: Path, mode: int = FILE_MODE) -> int:
        """Open a new file for writing; whatever stood at `path` is removed first, never followed."""
        with contextlib.suppress(FileNotFoundError):
            self.remove(path)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, mode)

    def make_like(self, fd: int, path: Path) -> None:
        """Give an open file the mode of another one and, if that may be, its group."""
        if sys.platform == "win32":  # files there have neither
            return
        like = path.stat()
        with contextlib.suppress(PermissionError):
            os.fchown(fd, -1, like.st_gid)
        os.fchmod(fd, stat.S_IMODE(like.st_mode))

    def append_to(self, path: Path, *, create: bool = False) -> int:
        """Open a file for reading and for writing at its end; a symbolic link is refused."""
        flags = os.O_RDWR | os.O_APPEND | _NOFOLLOW | _BINARY | (os.O_CREAT if create else 0)
        return os.open(path, flags, FILE_MODE)

    def write(self, fd: int, data: bytes | bytearray | memoryview) -> int:
        """Write some of `data`; returns how many bytes went out, which may be fewer."""
        return os.write(fd, data)

    def write_all(self, fd: int, data: bytes | bytearray) -> None:
        """Write all of `data`, however many calls that takes."""
        done = self.write(fd, data)
        if done == len(data):
            return
        with memoryview(data) as view:
            while done < len(view):
                step = self.write(fd, view[done:])
                if step <= 0:
                    raise OSError(errno.EIO, "nothing was written")
                done += step

    def sync(self, fd: int) -> None:
        """Return when the file's bytes and length are on the medium itself."""
        if sys.platform == "darwin":
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        elif hasattr(os, "fdatasync"):
            os.fdatasync(fd)
        else:
            os.fsync(fd)

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in `folder` (new, renamed, removed files) are on the medium."""
        if sys.platform == "win32":  # there is no such call; NTFS logs renames itself
            return
        fd = os.open(folder, os.O_RDONLY | _DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def truncate(self, fd: int, length: int) -> None:
        """Cut the file to `length` bytes."""
        os.ftruncate(fd, length)

    def replace(self, old: Path, new: Path) -> None:
        """Give `old` the name `new` in one step."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Remove the file's name."""
        path.unlink()


def read_at(fd: int, size: int, offset: int) -> bytes:
    """Up to `size` bytes at `offset`, fewer only at the end of the file."""
    if sys.platform == "win32":
        os.lseek(fd, offset, os.SEEK_SET)
        parts = []
        while size > 0 and (part := os.read(fd, size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
    data = os.pread(fd, size, offset)
    while 0 < len(data) < size:
        more = os.pread(fd, size - len(data), offset + len(data))
        if not more:
            break
        data += more
    return data


def blocks(fd: int, start: int, end: int, size: int = 1 << 20) -> Iterator[bytes]:
    """The bytes from `start` to `end` in pieces of at most `size`."""
    while start < end:
        data = read_at(fd, min(size, end - start), start)
        if not data:
            raise OSError(errno.EIO, "the file is shorter than it was")
        yield data
        start += len(data)


def read_all(fd: int) -> bytes:
    """The whole file, as long as it is when its end is reached: another process may be writing to it."""
    parts = []
    offset = 0
    while part := read_at(fd, 1 << 24, offset):
        parts.append(part)
        offset += len(part)
    return b"".join(parts)


def close(fd: int) -> None:
    """Close a file descriptor, if it is one; an error then cannot undo what was synced before."""
    if fd >= 0:
        with contextlib.suppress(OSError):
            os.close(fd)


class OpenFile:
    """A file held open for reading; closed when nobody needs it any more."""

    def __init__(self, path: Path) -> None:
        """Open `path` for reading; a symbolic link is refused."""
        self.fd = -1
        self.path = path
        self.fd = os.open(path, os.O_RDONLY | _NOFOLLOW | _BINARY)
        self._was = _marks(os.fstat(self.fd))

    def size(self) -> int:
        """Length of the file now."""
        return os.fstat(self.fd).st_size

    def current(self) -> bool:
        """Whether the path still leads to this very file, and nobody has written to it."""
        try:
            return _marks(self.path.stat()) == self._was
        except OSError:
            return False

    def close(self) -> None:
        """Close it; a second call does nothing."""
        fd, self.fd = self.fd, -1
        close(fd)

    def __del__(self) -> None:
        self.close()


def _marks(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_dev, status.st_size, status.st_mtime_ns


_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space and try again"),
    errno.EROFS: ("the disk is read-only", "Make it writable, then try again"),
    errno.EACCES: ("writing there is not permitted", "Check the permissions, then try again"),
    errno.EPERM: ("writing there is not permitted", "Check the permissions, then try again"),
    errno.EIO: ("the disk reports an error", "Copy the folder to another disk and open it there"),
    errno.ELOOP: ("a symbolic link stands there", "Put the real file in its place, then try again"),
    errno.EFBIG: ("the file would be larger than the disk allows", "Move the folder to another disk"),
}
if hasattr(errno, "EDQUOT"):
    _REASONS[errno.EDQUOT] = ("your disk quota is used up", "Free some space and try again")


def reason(error: OSError) -> tuple[str, str]:
    """What went wrong and what to do, each as words that fit into a sentence."""
    known = _REASONS.get(error.errno or 0)
    return known or ((error.strerror or type(error).__name__).lower(), "Check the disk, then try again")
