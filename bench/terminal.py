"""A program in a pseudo-terminal, and when what it shows arrives there."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING, Self

from bench.measure import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COLUMNS, ROWS = 80, 24

_ASKS_FOR_SYNC = b"\x1b[?2026$p"
_HAS_SYNC = b"\x1b[?2026;2$y"
FRAME_END = b"\x1b[?2026l"
"""What a frame ends with, where the terminal says that it knows whole frames, as this one does."""
LAST_ROW = b"\x1b[%d;1H" % ROWS

_PATIENCE = 60.0


class Terminal:
    """A program that runs in a pseudo-terminal of 80 by 24. Ends it when left as a context manager.

    Attributes:
        begun: when the program was started.
    """

    def __init__(self, argv: Sequence[str]) -> None:
        self._fd, inner = os.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            argv, stdin=inner, stdout=inner, stderr=inner, start_new_session=True, env=environment()
        )
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._fd)

    def wait(self, done: Callable[[bytes], bool]) -> float:
        """When what has arrived since this call is `done`."""
        seen = b""
        until = time.perf_counter() + _PATIENCE
        while time.perf_counter() < until:
            seen += self._read(0.1)
            if done(seen):
                return time.perf_counter()
            if self._process.poll() is not None:
                break
        raise RuntimeError(f"not seen; the last was {seen[-500:]!r}")

    def press(self, key: bytes, done: Callable[[bytes], bool]) -> float:
        """Seconds from pressing a key until what has arrived is `done`."""
        begin = time.perf_counter()
        os.write(self._fd, key)
        return self.wait(done) - begin

    def settle(self, quiet: float = 0.02) -> bytes:
        """Wait until nothing arrives any more; what came meanwhile."""
        seen = b""
        while piece := self._read(quiet):
            seen += piece
        return seen

    def _read(self, patience: float) -> bytes:
        if not select.select([self._fd], [], [], patience)[0]:
            return b""
        try:
            piece = os.read(self._fd, 1 << 16)
        except OSError:  # the program has ended
            return b""
        if _ASKS_FOR_SYNC in piece:
            os.write(self._fd, _HAS_SYNC)
        return piece


def in_one_frame(*texts: str) -> Callable[[bytes], bool]:
    """Whether texts have arrived, and the end of the frame after them."""
    wanted = [text.encode() for text in texts]

    def done(seen: bytes) -> bool:
        places = [seen.find(text) for text in wanted]
        return min(places) >= 0 and seen.find(FRAME_END, max(places)) >= 0

    return done


def first_frame(text: str) -> Callable[[bytes], bool]:
    """Whether a text, and after it the last row, have arrived: a program's first frame has no end mark."""
    wanted = text.encode()

    def done(seen: bytes) -> bool:
        place = seen.find(wanted)
        return place >= 0 and (last := seen.find(LAST_ROW, place)) >= 0 and len(seen) > last + COLUMNS

    return done
