"""Running commands in the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from tamis.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

UNSAFE = {*range(0x20), 0x7F, *range(0x80, 0xA0), 0x202E, 0x2066, 0x200B} - {0x0A}


def tamis(*args: object, code: int | None = 0, **env: str) -> Result:
    """Run a command inside this process; `code` is the exit code it must have."""
    clean = dict.fromkeys(("TAMIS_REVIEWER", "TAMIS_DEBUG", "NO_COLOR"))
    result = CliRunner().invoke(cli, [str(a) for a in args], env={**clean, **env}, prog_name="tamis")
    if code is not None:
        assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr, result.exception)
    assert "Traceback" not in result.output
    assert not UNSAFE & set(map(ord, result.output)), ascii(result.output)
    return result


def tamis_json(*args: object, code: int | None = 0, **env: str) -> Any:
    """What a command with --json says."""
    return json.loads(tamis(*args, "--json", code=code, **env).stdout)


def error(*args: object, code: int, **env: str) -> str:
    """The one line on stderr of a command that must fail, with nothing on stdout."""
    result = tamis(*args, code=code, **env)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("tamis: ")
    return lines[0]


def program(*args: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tamis", *map(str, args)],
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1", **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
