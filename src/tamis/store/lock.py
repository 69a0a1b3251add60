"""One writer at a time: a lock that the operating system frees when its holder ends, however it ends."""

from __future__ import annotations

import errno
import os
import platform
import sys
import time
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line
from tamis.errors import LockedError
from tamis.store.disk import FILE_MODE, close, read_at, reason

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from pathlib import Path

_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_NONE_HERE = {
    getattr(errno, name)
    for name in ("ENOLCK", "ENOSYS", "EOPNOTSUPP", "ENOTSUP", "EINVAL")
    if hasattr(errno, name)
}
_TRIES = 4
_PAUSE = 0.02
_LOCK_AT = 1 << 20  # Windows locks ranges and keeps others from reading them: lock one beyond the text


class Lock:
    """The right to write to a review, held until `release` or the end of the process.

    Args:
        path: the lock file, made if need be and kept afterwards.
        reviewer: who asks, for others to read.
        now: since when, for others to read.

    Raises:
        LockedError: someone else holds it, the file system has no locks, or the folder cannot be written;
            the sentence says which. The review can still be opened for reading.
    """

    def __init__(self, path: Path, *, reviewer: str = "", now: str = "") -> None:
        self.path = path
        self._fd = -1
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            self._fd = os.open(path, flags, FILE_MODE)
        except OSError as error:
            raise LockedError(
                f"{path.parent} cannot be written: {reason(error)[0]}. It can be opened for reading only."
            ) from error
        try:
            self._take()
            self._sign(f"pid={os.getpid()}\nhost={platform.node()}\nreviewer={reviewer}\nsince={now}\n")
        except BaseException:
            fd, self._fd = self._fd, -1
            close(fd)
            raise

    def release(self) -> None:
        """Let others write; a second call does nothing."""
        if self._fd < 0:
            return
        self._sign("")
        fd, self._fd = self._fd, -1
        if sys.platform == "win32":
            os.lseek(fd, _LOCK_AT, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
        close(fd)

    def _take(self) -> None:
        for attempt in range(_TRIES):
            try:
                _lock(self._fd)
            except OSError as error:
                if error.errno in _NONE_HERE:
                    raise LockedError(
                        f"The file system of {self.path.parent} has no locks, so tamis cannot keep a second "
                        "window from writing. The review can be opened for reading only; copy it to a local "
                        "disk to screen."
                    ) from error
                if error.errno not in _HELD:
                    raise LockedError(f"{self.path} cannot be locked: {reason(error)[0]}.") from error
            else:
                return
            if attempt < _TRIES - 1:
                time.sleep(_PAUSE)  # it may only have been looked at, see `holder`
        who = _signature(self._fd) or "Another window"
        raise LockedError(
            f"{who} has {self.path.parent} open. Close that window, or go on here for reading only."
        )

    def _sign(self, text: str) -> None:
        """Say who holds the lock; that a full disk prevents it must not keep anyone from working."""
        try:
            os.ftruncate(self._fd, 0)
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, text.encode("utf-8", "replace"))
        except OSError:
            return


def holder(path: Path) -> str:
    """Who holds the lock, in words; "" if nobody does. Changes nothing."""
    try:
        fd = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    except OSError:
        return ""
    try:
        _lock(fd, shared=True)
    except OSError as error:
        return (_signature(fd) or "another window") if error.errno in _HELD else ""
    else:
        return ""
    finally:
        close(fd)


def _lock(fd: int, *, shared: bool = False) -> None:
    if sys.platform == "win32":
        os.lseek(fd, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def _signature(fd: int) -> str:
    """What the lock file says of its holder."""
    lines = read_at(fd, 4096, 0).decode("utf-8", "replace").splitlines()
    told = {name: clean_line(value)[:80] for name, _, value in (line.partition("=") for line in lines)}
    if not told.get("pid"):
        return ""
    who = told.get("reviewer") or "Another window"
    since = f", since {told['since']}" if told.get("since") else ""
    return f"{who} (process {told['pid']} on {told.get('host') or 'this computer'}{since})"
