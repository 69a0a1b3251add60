"""The real program in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CSI = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>78]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
# The program gets the terminal as its own, as under a login shell.
_OWN_TERMINAL = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
PATIENCE = 30.0


class Terminal:
    """A program run in a terminal of its own, of which every byte is kept."""

    def __init__(
        self,
        *arguments: str,
        home: Path,
        environ: Mapping[str, str] | None = None,
        stderr: Path | None = None,
    ) -> None:
        self.bytes = b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.before = termios.tcgetattr(slave)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("TEXTUAL", "TAMIS", "XDG"))}
        env |= {"TERM": "xterm-256color", "HOME": str(home), "TAMIS_CONFIG": str(home / "none.toml")}
        env |= {"XDG_STATE_HOME": str(home / "state"), "PYTHONWARNINGS": "error", **(environ or {})}
        command = [sys.executable, "-m", "tamis", *arguments]
        errors = os.open(stderr, os.O_WRONLY | os.O_CREAT) if stderr else os.dup(slave)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _OWN_TERMINAL, *command],
            stdin=slave,
            stdout=slave,
            stderr=errors,
            env=env,
            start_new_session=True,
        )
        os.close(errors)
        self._slave = slave

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self.hang_up()
        if self._slave >= 0:
            os.close(self._slave)

    @property
    def text(self) -> str:
        """Everything written so far without its escape sequences."""
        return _CSI.sub(b"", self.bytes).decode("utf-8", "replace")

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what was written; whether there was anything."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            self.bytes += os.read(self._master, 65536)
        except OSError:  # nobody has the other end open
            return False
        return True

    def wait_for(self, text: str, *, after: int = 0) -> None:
        """Read until a text is on the screen."""
        until = time.monotonic() + PATIENCE
        while text not in self.text[after:]:
            assert time.monotonic() < until, f"{text!r} did not come; there was {self.text[-3000:]!r}"
            assert self.read() or self.process.poll() is None, f"ended: {self.text[-3000:]!r}"

    def wait(self) -> int:
        """Read until the program ends; its exit code."""
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < until, f"it does not end: {self.text[-1000:]!r}"
            self.read()
        while self.read():
            pass
        return self.process.returncode

    def hang_up(self) -> None:
        """Close the terminal, as a dropped connection does."""
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def restored(self) -> list[str]:
        """What of the terminal was not put back in order."""
        wrong = []
        for name, on, off in (
            ("the other screen", b"\x1b[?1049h", b"\x1b[?1049l"),
            ("the mouse", b"\x1b[?1000h", b"\x1b[?1000l"),
            ("mouse movements", b"\x1b[?1003h", b"\x1b[?1003l"),
            ("marked pasting", b"\x1b[?2004h", b"\x1b[?2004l"),
            ("the hidden cursor", b"\x1b[?25l", b"\x1b[?25h"),
        ):
            if self.bytes.rfind(on) > self.bytes.rfind(off):
                wrong.append(name)
        after = termios.tcgetattr(self._slave)
        if after[3] != self.before[3]:
            wrong.append("echo and line mode")
        return wrong
