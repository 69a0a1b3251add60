"""The real program in a pseudo-terminal: killed, hung up on, asked to end, started twice."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tamis.domain.record import Record
from tamis.store.review import Review
from tests.tui import reviews

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are not there", allow_module_level=True)

from tests.tui.terminal import PATIENCE, Terminal

RECORDS = [Record(title=f"Record number {n}", abstract="Some words.", year=2000) for n in range(1, 201)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A review of 200 records."""
    reviews.make(tmp_path / "review", RECORDS).close()
    return tmp_path / "review"


def start(folder: Path, *more: str, **environ: str) -> Terminal:
    return Terminal("screen", str(folder), *more, home=folder.parent, environ=environ)


def decided(folder: Path) -> list[str]:
    """Records decided on, in order, read without a lock."""
    with Review.open(folder, write=False) as review:
        return [event.record.partition("-")[2] for event in review.events()]


def crashes(folder: Path) -> list[Path]:
    return list((folder.parent / "state").rglob("*crash*"))


def test_deciding_and_leaving(folder: Path) -> None:
    """Decisions are on disk, the terminal is as it was, and the code is 0."""
    with start(folder) as t:
        t.wait_for("200 records to screen")
        t.press("im1")
        t.wait_for("3 of 200,")
        t.press("q")
        assert t.wait() == 0
        assert t.restored() == []
        assert "Traceback" not in t.text
    assert decided(folder) == ["1", "2", "3"]


def test_ctrl_q_leaves_too(folder: Path) -> None:
    with start(folder) as t:
        t.wait_for("200 records to screen")
        t.press("i\x11")
        assert t.wait() == 0
        assert t.restored() == []
    assert decided(folder) == ["1"]


@pytest.mark.parametrize("seed", range(4))
def test_kill_9_loses_nothing_that_was_shown(folder: Path, seed: int) -> None:
    """Killed at a random moment under quick keys, everything shown is there, and the next start goes on."""
    chance = random.Random(seed)
    with start(folder) as t:
        t.wait_for("200 records to screen")
        for _ in range(chance.randrange(1, 60)):
            t.press(chance.choice("im123"))
            t.read(chance.random() * 0.02)
        t.process.send_signal(signal.SIGKILL)
        t.process.wait(PATIENCE)
        while t.read():
            pass
        shown = max((int(n) for n in re.findall(r"(\d+) of 200,", t.text)), default=0)
    on_disk = decided(folder)
    assert len(on_disk) >= shown
    assert on_disk == [str(n) for n in range(1, len(on_disk) + 1)]
    with start(folder) as t:
        t.wait_for(f"Welcome back, Ann: {len(on_disk)} decided." if on_disk else "200 records to screen")
        t.wait_for(f"Record number {len(on_disk) + 1}")
        t.press("i")
        t.wait_for(f"{len(on_disk) + 1} of 200,")
        t.press("q")
        assert t.wait() == 0
    assert len(decided(folder)) == len(on_disk) + 1


def test_a_hang_up_ends_the_program_and_frees_the_lock(folder: Path) -> None:
    """A dropped connection: no traceback, no crash file, the lock is free, the decisions are there."""
    with start(folder) as t:
        t.wait_for("200 records to screen")
        t.press("ii")
        t.wait_for("2 of 200,")
        t.hang_up()
        assert t.process.wait(PATIENCE) in (128 + signal.SIGHUP, -signal.SIGHUP, 0)
    assert not crashes(folder)
    assert decided(folder) == ["1", "2"]
    reviews.reopen(folder).close()


@pytest.mark.parametrize("keys", ["", "n some words", "?", "s", "e"])
def test_terminate_puts_the_terminal_in_order(folder: Path, keys: str) -> None:
    """SIGTERM, on whatever screen: the terminal is as it was, the code says so."""
    with start(folder) as t:
        t.wait_for("200 records to screen")
        t.press("i")
        t.wait_for("1 of 200,")
        t.press(keys)
        t.read(0.3)
        t.process.terminate()
        assert t.wait() == 128 + signal.SIGTERM
        assert t.restored() == []
        assert "Traceback" not in t.text
    assert decided(folder) == ["1"]


def test_ctrl_c_does_not_end_the_work(folder: Path) -> None:
    """ctrl+c is too near to copying: it ends nothing and leaves no mess."""
    with start(folder) as t:
        t.wait_for("200 records to screen")
        t.press("\x03")
        t.press("i")
        t.wait_for("1 of 200,")
        t.press("q")
        assert t.wait() == 0


def test_a_second_window_reads_only_and_says_who_writes(folder: Path) -> None:
    with start(folder) as first:
        first.wait_for("200 records to screen")
        with start(folder) as second:
            second.wait_for("Read only: Ann (process")
            second.press("i")
            second.wait_for("reading only")
            second.press("\x1b")
            time.sleep(0.2)
            second.press("q")
            assert second.wait() == 0
            assert second.restored() == []
        first.press("i")
        first.wait_for("1 of 200,")
        first.process.kill()
        first.process.wait(PATIENCE)
        with start(folder) as third:
            third.wait_for("Welcome back, Ann: 1 decided.")
    assert decided(folder) == ["1"]


def test_a_fault_in_the_app_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    """The terminal is in order, the code 70, and the crash file holds no text of a record."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import tamis.services.screening as s\n"
        "def broken(self, *a): raise RuntimeError('Record number 1')\n"
        "s.Session.undo = broken\n",
        encoding="utf-8",
    )
    with start(folder, PYTHONPATH=str(site)) as t:
        t.wait_for("200 records to screen")
        t.press("iu")
        assert t.wait() == 70
        assert t.restored() == []
        assert "Traceback" not in t.text
        assert "a fault in tamis itself (RuntimeError)" in t.text
    assert decided(folder) == ["1"]
    assert len(crashes(folder)) == 1
    assert "Record number" not in crashes(folder)[0].read_text(encoding="utf-8")


def test_a_hostile_title_sends_no_command_to_the_terminal(tmp_path: Path) -> None:
    """Of the bytes on the wire none is a command out of a record: no clipboard, no colour, no clearing."""
    reviews.make(tmp_path / "review", reviews.poison_records()).close()
    with start(tmp_path / "review") as t:
        t.wait_for("25 records to screen")
        t.press("a")
        for _ in range(25):
            t.press("j")
            t.read(0.05)
        t.press("gf[95\r")
        t.wait_for("filter: [95")
        t.press("q")
        assert t.wait() == 0
        assert t.restored() == []
        assert b"]52;" not in t.bytes.replace("␛]52;".encode(), b"")
        assert b"\x1b[31m" not in t.bytes
        assert not re.search("[\x80-\x9f\u202a-\u202e\u2066-\u2069\u200b]", t.text)
        assert b"\x07" not in t.bytes.replace(b"\x1b]22;default\x07", b"")  # the pointer's shape
        assert b"\x08" not in t.bytes


def run(*arguments: str, folder: Path, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "HOME": str(folder.parent)}
    return subprocess.run(
        [sys.executable, "-m", "tamis", *arguments],
        stdin=stdin, capture_output=True, text=True, env=env, timeout=PATIENCE, check=False,
    )  # fmt: skip


def test_without_a_terminal_it_names_plain(folder: Path) -> None:
    """Where nobody would see the screen: code 2, one line, no escape sequences."""
    done = run("screen", str(folder), folder=folder)
    assert done.returncode == 2
    assert "--plain" in done.stderr
    assert done.stdout == ""
    assert "\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_configuration_stops_the_start(folder: Path) -> None:
    """The terminal is not even touched."""
    config = folder.parent / "bad.toml"
    config.write_text('[keys]\ninclude = "m"\n', encoding="utf-8")
    with start(folder, TAMIS_CONFIG=str(config)) as t:
        assert t.wait() == 2
        assert "m means both include and maybe" in " ".join(t.text.split())
        assert b"\x1b[?1049h" not in t.bytes


def test_no_mouse_leaves_the_mouse_to_the_terminal(folder: Path) -> None:
    with start(folder, "--no-mouse") as t:
        t.wait_for("200 records to screen")
        t.press("q")
        assert t.wait() == 0
        assert b"\x1b[?1000h" not in t.bytes
        assert b"\x1b[?1003h" not in t.bytes


def test_stderr_elsewhere_does_not_take_the_screen_along(folder: Path) -> None:
    """With stderr in a file, the screen is on the terminal all the same."""
    log = folder.parent / "log"
    with Terminal("screen", str(folder), home=folder.parent, stderr=log) as t:
        t.wait_for("200 records to screen")
        t.press("q")
        assert t.wait() == 0
        assert t.restored() == []
    assert log.read_bytes() == b""
