"""Files of records in the app: picking, opening, and what a hostile name or place does."""

from __future__ import annotations

import subprocess
import sys
import webbrowser
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Kind
from tamis.services.attaching import attach
from tamis.tui import viewing
from tamis.tui.screens.screening import ScreeningScreen
from tests.tui.driving import driven

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.services.screening import Session
    from tests.tui.driving import Driven

SEEN = {"DISPLAY": ":0"}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What would have been opened, on a machine with a screen."""
    paths: list[Path] = []
    monkeypatch.setattr(viewing, "_start", paths.append)
    monkeypatch.setattr(viewing, "_is_seen", lambda _: True)
    return paths


@pytest.fixture
def pdfs(session: Session) -> Path:
    """A folder with two files beside the review."""
    folder = session.review.folder.parent / "pdfs"
    folder.mkdir()
    for name in ("article.pdf", "supplement.pdf"):
        (folder / name).write_bytes(name.encode())
    return folder


def first(session: Session) -> str:
    return session.review.records.id_at(0)


async def go_to(d: Driven, folder: Path) -> None:
    """Open a folder in the list of files."""
    await d.press("slash", "ctrl+u")
    await d.type(str(folder))
    await d.press("enter")


async def test_o_opens_the_one_file(session: Session, pdfs: Path, started: list[Path]) -> None:
    attach(session, first(session), pdfs / "article.pdf")
    async with driven(session) as d:
        await d.press("o")
        assert started == [pdfs / "article.pdf"]
        assert d.said == "Opening article.pdf"
        (pdfs / "article.pdf").write_bytes(b"longer than it was")
        await d.press("o")
        assert d.said == "Opening article.pdf, which has changed since it was attached."
        (pdfs / "article.pdf").unlink()
        await d.press("o")
        assert "Not opened" in d.text()
        assert "article.pdf is not there." in " ".join(d.text().replace("│", " ").split())
        assert len(started) == 2


async def test_o_asks_which_of_several(session: Session, pdfs: Path, started: list[Path]) -> None:
    for name in ("article.pdf", "supplement.pdf"):
        attach(session, first(session), pdfs / name)
    async with driven(session) as d:
        opened = d.addresses()
        await d.press("o")
        assert "Open which file?" in d.text()
        await d.press("2", "o", "o")
        assert started == [pdfs / "supplement.pdf"]
        assert opened == ["https://doi.org/10.5555/tamis.1"]
        await d.press("o", "escape")
        assert len(started) == 1


async def test_files_are_picked_and_marked(session: Session, pdfs: Path) -> None:
    async with driven(session) as d:
        await d.press("A")
        await go_to(d, pdfs)
        assert "article.pdf" in d.text()
        await d.press("j", "space", "space")
        assert "2 marked files" in d.lines[0]
        await d.press("c")
        assert "copied into the review" in d.lines[0]
        await d.press("enter")
        assert d.said == "Attached: article.pdf, supplement.pdf"
        assert "File: article.pdf, supplement.pdf" in d.text()
        assert len(list((session.review.folder / "files").iterdir())) == 2
        await d.press("u")
        assert session.ledger.files(first(session)) == [], "what was attached together is undone together"


async def test_what_cannot_be_attached_is_said(session: Session, pdfs: Path) -> None:
    async with driven(session) as d:
        await d.press("A")
        await go_to(d, pdfs / "nothing.pdf")
        assert "There is no file" in d.text()
        await d.press("escape")
        assert isinstance(d.app.screen, ScreeningScreen)
    session.review.writable = False
    async with driven(session) as d:
        await d.press("A")
        assert "open for reading only" in " ".join(d.text().replace("│", " ").split())
    session.review.writable = True
    assert session.review.event_count == 0


@pytest.mark.parametrize(
    "file", ["a\x1b[31m\u202e[b]x[/b].pdf", "a\0b.pdf", "x" * 500 + ".pdf", "../run.sh", ""]
)
async def test_hostile_names_are_shown_and_harm_nothing(
    session: Session, started: list[Path], file: str
) -> None:
    """Events may come from a folder that somebody else sent."""
    body = {"file": file, "sha256": "00", "bytes": 1}
    session.ledger.apply(session.event(Kind.ATTACH, first(session), body, field="00"))
    (session.review.folder.parent / "run.sh").write_text("#!/bin/sh", encoding="utf-8")
    async with driven(session) as d:
        await d.press("o")
        assert d.text().replace("\n", "").isprintable()
    assert started == []


def test_only_documents_are_opened(tmp_path: Path, started: list[Path]) -> None:
    for name in ("run.sh", "run.desktop", "Run.app", "none"):
        (tmp_path / name).write_text("x", encoding="utf-8")
        assert "no document" in viewing.open_file(tmp_path / name)
    (tmp_path / "looks.pdf").symlink_to(tmp_path / "run.sh")
    assert "no document" in viewing.open_file(tmp_path / "looks.pdf")
    assert started == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems find a viewer in another way")
def test_without_a_screen_the_path_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    said = viewing.open_file(path, {})
    assert said == f"There is no screen to open it on here. The file is {path}"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert viewing.open_file(path, SEEN) == f"There is no xdg-open here to find a viewer. The file is {path}"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems find a viewer in another way")
def test_the_viewer_gets_the_path_and_no_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "$(touch ran); a.pdf"
    path.write_bytes(b"x")
    seen = tmp_path / "seen"
    viewer = tmp_path / "xdg-open"
    viewer.write_text(f'#!/bin/sh\nprintf %s "$1" > "{seen}"\n', encoding="utf-8")
    viewer.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert viewing.open_file(path, SEEN) == ""
    (started,) = viewing._running
    assert isinstance(started, subprocess.Popen)
    assert started.wait(10) == 0
    viewing._running.clear()
    assert seen.read_text(encoding="utf-8") == str(path)
    assert not (tmp_path / "ran").exists()


async def test_an_address_without_a_browser_is_shown(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not said that something opens where nothing can."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "far away")
    async with driven(session) as d:
        opened = d.addresses()
        await d.press("o")
        assert "There is no screen to open it on here." in d.text()
        assert "https://doi.org/10.5555/tamis.1" in d.text()
        await d.press("escape")
        monkeypatch.setenv("BROWSER", "no-such-browser")
        monkeypatch.setattr("webbrowser.get", broken)
        await d.press("o")
        assert "There is no browser here." in d.text()
    assert opened == []


def broken() -> None:
    raise webbrowser.Error
