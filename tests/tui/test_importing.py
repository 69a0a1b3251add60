"""Importing inside the app: picking, progress, the account, cancelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.tui.screens.importing import ImportScreen
from tamis.tui.widgets.file_list import FileList
from tests.tui.driving import Driven, driven

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tamis.services.screening import Session

ONE = "TY  - JOUR\nTI  - One invented title\nAB  - Words.\nN1  - ASReview_relevant\nER  - \n"
GOOD = ONE + "\nTY  - JOUR\nTI  - Two, no abstract\nER  - \n"


def files(folder: Path) -> None:
    (folder / "exports").mkdir()
    (folder / "exports" / "inner.ris").write_text(GOOD.replace("One", "Three"), encoding="utf-8")
    (folder / "good.ris").write_text(GOOD, encoding="utf-8")
    (folder / "wrong.ris").write_text("Just a letter to a friend.\n", encoding="utf-8")
    (folder / ".hidden.ris").write_text(GOOD, encoding="utf-8")


async def ended(d: Driven) -> None:
    screen = d.app.screen
    assert isinstance(screen, ImportScreen)
    await d.app.workers.wait_for_complete()
    await d.settle()


async def test_a_picked_file_is_imported_and_accounted_for(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ctrl+o, the file, enter: its records join the queue at once and the account names what is missing."""
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = len(session.queue)
    async with driven(session) as d:
        await d.press("ctrl+o")
        assert ".hidden.ris" not in d.text()
        for _ in range(20):
            entry = d.app.screen.query_one(FileList).current
            if entry is not None and entry.path.name == "good.ris":
                break
            await d.press("j")
        await d.press("enter")
        await ended(d)
        row = next(line for line in d.lines if line.rstrip().endswith("good.ris") and "2" in line)
        assert row.split()[:5] == ["2", "2", "0", "1", "0"]
        assert "1 decision, note or label came along" in d.text()
        await d.press("escape")
        assert "2 records imported" in d.said
        assert session.progress().decided == 1
        assert len(session.queue) == before + 2
        assert session.progress().total == before + 2


async def test_several_marked_files_come_in_together_and_a_wrong_one_is_named(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bad file does not keep the others out; it is named with what to do."""
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = len(session.queue)
    async with driven(session) as d:
        await d.press("ctrl+o")
        for _ in range(10):
            entry = d.app.screen.query_one(FileList).current
            if entry is not None and entry.path.suffix == ".ris":
                await d.press("space")
                if entry.path.name == "wrong.ris":
                    break
            else:
                await d.press("j")
        await d.press("enter")
        await ended(d)
        assert "wrong.ris" in d.text()
        assert "holds no references" in d.text()
        await d.press("escape")
        assert len(session.queue) == before + 2


async def test_a_path_can_be_typed_and_a_folder_opened(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    async with driven(session) as d:
        await d.press("ctrl+o")
        await d.type("/exports")
        await d.press("enter")
        assert d.app.screen.query_one(FileList).folder == (tmp_path / "exports").resolve()
        assert "inner.ris" in d.text()
        await d.press("backspace")
        assert d.app.screen.query_one(FileList).folder == tmp_path.resolve()
        await d.press("slash")
        await d.type(str(tmp_path / "exports"))  # a whole path, behind the folder that stands there
        await d.press("enter")
        assert d.app.screen.query_one(FileList).folder == (tmp_path / "exports").resolve()
        await d.press("backspace")
        await d.type("/nowhere.ris")
        await d.press("enter")
        assert "There is no" in d.text()
        await d.press("slash", "ctrl+u")
        await d.type("~nobody-of-this-name/a.ris")
        await d.press("enter")
        assert "There is no ~nobody-of-this-name/a.ris." in d.text()


async def test_leaving_without_picking_changes_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    here = session.record_id
    async with driven(session) as d:
        await d.press("ctrl+o", "escape")
        assert session.record_id == here
        assert len(session.review.sources) == 1


async def test_a_cancelled_import_leaves_the_file_out_as_a_whole(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Esc while a long file is read: nothing of it is stored."""
    many = "".join(f"TY  - JOUR\nTI  - Title {n}\nAB  - {'word ' * 300}\nER  - \n\n" for n in range(20_000))
    (tmp_path / "many.ris").write_text(many, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = len(session.queue)
    async with driven(session) as d:
        await d.press("ctrl+o")
        await d.type("/many.ris")
        await d.press("enter", "escape")
        await ended(d)
        assert "Stopped" in d.text()
        await d.press("escape")
        assert len(session.queue) == before
        assert len(session.review.sources) == 1


async def test_reading_only_says_so(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    session.review.writable = False
    async with driven(session) as d:
        await d.press("ctrl+o")
        await d.type("/good.ris")
        await d.press("enter")
        assert "reading only" in d.text()
    session.review.writable = True
