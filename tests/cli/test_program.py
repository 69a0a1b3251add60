"""The program as people start it: a process, its streams, what it loads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.services.helpers import ris

from .helpers import UNSAFE, program

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"textual", "rich", "tinydb", "rispy", "numpy", "sklearn", "charset_normalizer", "asyncio"}


def loaded(code: str, *args: str) -> set[str]:
    """The top-level modules in memory after some code has run."""
    show = "import sys; print('\\n' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    script = f"{code}\n{show}"
    done = subprocess.run([sys.executable, "-c", script, *args], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_commands_loads_nothing_heavy() -> None:
    assert not loaded("import tamis.cli") & HEAVY


def test_help_loads_nothing_heavy_and_summary_no_screen(folder: Path) -> None:
    run = "from tamis.cli import cli\ntry: cli(prog_name='tamis')\nexcept SystemExit as e: assert e.code == 0"
    assert not loaded(run, "--help") & HEAVY
    for args in (["summary", str(folder)], ["log", str(folder)]):
        assert not loaded(run, *args) & {"textual", "rich", "numpy", "sklearn"}
    assert not loaded(run, "export", str(folder), "-o", str(folder / "x.ris")) & {"textual", "rich"}


def test_whole_job_as_a_process(tmp_path: Path) -> None:
    (tmp_path / "hits.ris").write_text(ris("One", "Two"))
    for args in (
        ("init", "review", "--title", "T", "--reviewer", "Ann"),
        ("import", "review", "hits.ris"),
        ("decide", "review", "10.5555/x.1", "include"),
        ("summary", "review"),
        ("export", "review", "-o", "out.ris"),
        ("check", "review"),
    ):
        done = program(*args, cwd=tmp_path)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    text = (tmp_path / "out.ris").read_text(encoding="utf-8")
    assert text.count("TY  - ") == 2


def test_exit_codes_reach_the_shell(tmp_path: Path) -> None:
    assert program("summary", cwd=tmp_path).returncode == 2
    assert program("--nonsense", cwd=tmp_path).returncode == 2
    assert program("screen", "--plain", cwd=tmp_path).returncode == 2


def test_a_terminal_without_unicode_gets_ascii(folder: Path) -> None:
    done = program("summary", folder, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "+--" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="shell")
def test_a_reader_that_leaves_early_is_no_error(folder: Path) -> None:
    command = f"{sys.executable} -m tamis summary {folder} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["Liver", "0"]
    assert done.stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="shell")
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("log {0} | head -n 1; exit ${{PIPESTATUS[0]}}", 0),
        ("export {0} -o - --format ris | head -n 1; exit ${{PIPESTATUS[0]}}", 0),
        ("summary {0} >&-", 0),
        ("summary {0} 2>&- >/dev/null", 0),
        ("screen {0} <&-", 2),
        pytest.param(
            "summary {0} >/dev/full",
            4,
            marks=pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux"),
        ),
    ],
)
def test_odd_streams_end_in_a_code_and_at_most_one_line(
    folder: Path, tmp_path: Path, command: str, code: int
) -> None:
    (tmp_path / "many.ris").write_text(ris(*[f"Title {n} " + "long " * 40 for n in range(2000)]))
    assert program("import", folder, tmp_path / "many.ris").returncode == 0
    line = f"{sys.executable} -m tamis {command.format(folder)}"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert len(done.stderr.splitlines()) == (code != 0)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_while_importing_is_130_and_leaves_nothing_half(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "big.ris").write_text(ris(*[f"Title {n} " + "word " * 200 for n in range(40_000)]))
    process = subprocess.Popen(
        [sys.executable, "-m", "tamis", "import", str(folder), str(tmp_path / "big.ris")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode in (130, 0)
    if process.returncode == 130:
        assert told.strip() == "tamis: stopped. What was acknowledged before is on disk."
        assert "3 records" in program("check", folder).stdout
    assert program("check", folder).returncode == 0


def test_completion_script_is_offered() -> None:
    done = program(_TAMIS_COMPLETE="bash_source")
    assert "_TAMIS_COMPLETE=bash_complete" in done.stdout


def test_output_of_a_process_is_clean(tmp_path: Path) -> None:
    poison = "A\x1b]52;c;QUJD\x07B\x9b2JC\u202eD"
    (tmp_path / "p.ris").write_text(ris(poison), encoding="utf-8")
    for args in (
        ("init", "r", "--title", poison, "--reviewer", poison),
        ("import", "r", "p.ris", "--database", poison),
        ("decide", "r", "10.5555/x.1", "include", "--note", poison),
        ("log", "r"),
        ("log", "r", "--json"),
        ("summary", "r"),
        ("summary", "r", "--json"),
    ):
        done = program(*args, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert not UNSAFE & set(map(ord, done.stdout + done.stderr))


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_kill_9_while_importing_leaves_all_or_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "big.ris").write_text(ris(*[f"Title {n} " + "word " * 200 for n in range(8_000)]))
    for wait in (0.15, 0.3, 0.45, 0.6, 0.8):
        process = subprocess.Popen(
            [sys.executable, "-m", "tamis", "import", str(folder), str(tmp_path / "big.ris")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(wait)
        process.kill()
        process.wait()
        done = program("check", folder)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "3 records" in done.stdout or "8,003 records" in done.stdout
    assert program("import", folder, tmp_path / "big.ris").returncode == 0
    assert "8,003 records" in program("check", folder).stdout


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_in_a_terminal_a_long_import_shows_how_far_it_is(folder: Path, tmp_path: Path) -> None:
    import pty

    (tmp_path / "long.ris").write_text(ris(*[f"Title {n}" for n in range(2_500)]))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tamis", "import", str(folder), str(tmp_path / "long.ris")],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    told = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        told += piece
    os.close(ours)
    assert process.wait(timeout=60) == 0
    assert b"long.ris: 2,000 of 2,500 records" in told
    assert b"2,500 found, 2,500 imported" in told
    assert b"\x1b" not in told
