"""Promises of the README that no other test holds."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import asyncio, sys
from pathlib import Path

seen = []
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith(
    ("socket.connect", "socket.get", "socket.send", "socket.bind", "webbrowser", "urllib", "http")) else None)

from tamis.cli import cli
from tamis.cli.clock import utc_now, uuid7
from tamis.domain.events import Author
from tamis.services.screening import Session
from tamis.store.review import Review
from tamis.tui.app import TamisApp
from tamis.tui.config import Config

for arguments in (["demo", "review"], ["check", "review"], ["export", "review", "-o", "all.csv"]):
    try:
        cli(arguments)
    except SystemExit as ended:
        assert not ended.code, arguments

async def screen(session):
    app = TamisApp(session, Config(Path("no-config.toml")))
    async with app.run_test() as pilot:
        await pilot.press("i", "1", "u", "c", "s", "escape", "question_mark", "escape")
        await pilot.pause()

with Review.open(Path("review")) as review:
    asyncio.run(screen(Session(review, Author("Demo", utc_now, uuid7))))
print("network:", seen)
"""


def test_nothing_leaves_the_machine(tmp_path: Path) -> None:
    """The whole job, commands and app, without one connection, look-up or browser."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "network: []"


def test_every_promise_names_its_tests() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (P\d+) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert [number for number, _, _ in rows] == [f"P{n}" for n in range(1, len(rows) + 1)]
    for _, _, proofs in rows:
        files = re.findall(r"\]\((tests/[^)]+)\)", proofs)
        assert files
        for file in files:
            assert "def test_" in (ROOT / file).read_text(encoding="utf-8"), file
