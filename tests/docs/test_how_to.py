"""The recipes work: commands, the settings, the filters, reading without tamis."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tamis.domain import query
from tamis.tui.config import load
from tests.docs.pages import DOCS, ROOT, blocks, commands, run

if TYPE_CHECKING:
    from pathlib import Path

PAGE = DOCS / "how-to.md"
ELSEWHERE = ("ssh ", "tmux ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example under the name `liver`, with both passes."""
    assert run("tamis demo liver", tmp_path).returncode == 0
    shutil.copy(ROOT / "sample_data" / "embase-like.ris", tmp_path)
    (tmp_path / "pdfs").mkdir()
    for name in ("main.pdf", "10.5555_ais.2009.1074.pdf"):
        (tmp_path / "pdfs" / name).write_text(name, encoding="utf-8")
    protocol = tmp_path / "liver" / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    protocol.write_text(
        text.replace('["title-abstract"]', '["title-abstract", "full-text"]'), encoding="utf-8"
    )
    shutil.copytree(tmp_path / "liver", tmp_path / "liver-2024")
    undecided = "tamis decide liver 4f217e-9 undecided --reviewer Demo"  # a stop needs something to leave
    assert run(undecided, tmp_path).returncode == 0
    return tmp_path


def test_every_command_works(folder: Path) -> None:
    lines = [line for line in commands(PAGE) if not line.startswith(ELSEWHERE) and _can(line)]
    assert len(lines) > 15
    for line in lines:
        typed = re.sub(r"tamis screen\b", "tamis screen --plain --reviewer Demo", line)
        done = run(typed, folder, "q\n")
        assert done.returncode == 0, (line, done.stderr)
        assert "Traceback" not in done.stderr


def _can(line: str) -> bool:
    """Whether the extra that a command needs is installed."""
    needs = {".docx": "docx", ".pdf": "typst", ".png": "typst"}
    module = needs.get(line[line.rfind(".") :]) if line.startswith("tamis summary") else None
    return module is None or find_spec(module) is not None


def test_the_settings_are_read(tmp_path: Path) -> None:
    (block,) = [b for b in blocks(PAGE) if b.mark == "config"]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(block.lines), encoding="utf-8")
    config = load(path)
    assert (config.theme, config.mouse, config.measure) == ("light", False, 72)
    assert config.keymap.keys["include"] == ("i", "right")
    assert config.keymap.keys["maybe"] == ("u",)
    assert config.keymap.keys["open"] == ()


def test_the_filters_can_be_typed() -> None:
    (block,) = [b for b in blocks(PAGE) if b.lines[0].startswith("is:maybe")]
    for line in block.lines:
        typed = line[:32].strip()
        assert query.parse(typed).terms, typed


def test_a_review_is_read_without_tamis(folder: Path) -> None:
    (block,) = [b for b in blocks(PAGE) if b.mark == "reading"]
    program = "\n".join(block.lines)
    assert "tamis" not in program
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-I", "-c", program],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert re.fullmatch(r"60 records, \d+ events\n", done.stdout)
