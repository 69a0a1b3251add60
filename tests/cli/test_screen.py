"""`tamis screen` and `tamis demo`: what they open, and what they do without a terminal."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tamis.cli import demonstrating, screening
from tamis.store.review import Review
from tests.services.helpers import ris

from .helpers import error, tamis, tamis_json

Call = dict[str, Any]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """What would have been opened, with a terminal at both ends."""
    calls: list[Call] = []

    def run(review: Review, by: str, **more: object) -> int:
        calls.append(
            {"folder": review.folder, "by": by, "writable": review.writable, "n": len(review.records), **more}
        )
        return 0

    for module in (screening, demonstrating):
        monkeypatch.setattr(module, "run_screen", run)
        monkeypatch.setattr(module, "is_terminal", lambda: True)
    return calls


def test_without_a_terminal_it_names_the_way_out(folder: Path) -> None:
    text = error("screen", folder, code=2)
    assert "--plain" in text


def test_opens_a_review(folder: Path, opened: list[Call]) -> None:
    tamis("screen", folder, "--no-mouse")
    assert opened == [
        {
            "folder": folder,
            "by": "Ann",
            "writable": True,
            "n": 3,
            "stage": "title-abstract",
            "plain": False,
            "mouse": False,
            "order": None,
            "again": None,
        }
    ]


def test_the_log_says_how_a_record_came_up(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "tamis", "screen", folder, "--plain", "--order", "newest"],
        input="i\no\nq\n",
        text=True,
        check=True,
        capture_output=True,
    )
    log = tamis("log", folder).stdout
    assert "records newest first" in log
    assert "shown newest first, 1 of 3" in log


def test_opens_a_review_in_an_order(folder: Path, opened: list[Call]) -> None:
    tamis("screen", folder, "--order", "newest")
    assert opened[0]["order"] == "newest"
    assert "Invalid value for '--order'" in error("screen", folder, "--order", "best", code=2)


def test_opens_a_review_in_which_records_are_shown_again(folder: Path, opened: list[Call]) -> None:
    tamis("screen", folder, "--again", "0.02")
    assert opened[0]["again"] == 0.02
    assert "Invalid value for '--again'" in error("screen", folder, "--again", "2", code=2)


def test_opens_the_current_folder(folder: Path, opened: list[Call], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    tamis("screen", "--reviewer", "Ben", "--plain")
    assert (opened[0]["by"], opened[0]["plain"]) == ("Ben", True)


def test_held_review_is_opened_for_reading_with_a_notice(folder: Path, opened: list[Call]) -> None:
    with Review.open(folder, reviewer="Ben"):
        result = tamis("screen", folder)
    assert "Ben" in result.stderr
    assert "reading only" in result.stderr
    assert opened[0]["writable"] is False


def test_files_become_a_review_that_is_opened_again(
    tmp_path: Path, opened: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "My Hits.ris").write_text(ris("One", "Two"))
    (tmp_path / "more.ris").write_text(ris("Three"))
    result = tamis("screen", "My Hits.ris", "more.ris", "--reviewer", "Ann")
    assert "Made the review folder my-hits-review" in result.stderr
    assert result.stdout == ""
    tamis("screen", "My Hits.ris")
    assert [(c["folder"], c["n"], c["by"]) for c in opened] == [(Path("my-hits-review"), 3, "Ann")] * 2


def test_a_folder_of_that_name_with_other_files_is_left_alone(
    tmp_path: Path, opened: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hits.ris").write_text(ris("One"))
    tamis("screen", "hits.ris", "--reviewer", "Ann")
    (tmp_path / "hits.ris").write_text(ris("Another"))
    assert "holds another review" in error("screen", "hits.ris", code=2)
    assert len(opened) == 1


@pytest.mark.usefixtures("opened")
def test_bad_places_make_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.ris").touch()
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n")
    before = sorted(tmp_path.iterdir())
    error("screen", "missing.ris", code=2)
    error("screen", "empty.ris", code=3)
    error("screen", "paper.pdf", code=3)
    error("screen", folder, "hits.ris", code=2)
    error("screen", folder, folder, code=2)
    assert sorted(tmp_path.iterdir()) == before


def test_demo_opens_where_there_is_a_terminal(
    tmp_path: Path, opened: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert tamis("demo").stdout == ""
    tamis("demo", "tamis-demo")
    assert [(c["folder"], c["n"], c["by"]) for c in opened] == [(Path("tamis-demo"), 60, "Demo")] * 2


def test_demo_does_the_whole_job_without_one(tmp_path: Path) -> None:
    text = tamis("demo", tmp_path / "demo").stdout
    assert "36 found, 36 imported" in text
    assert "60 sample decisions applied" in text
    assert "Records screened" in text
    for name in ("included.ris", "prisma.csv", "protocol.toml", "review.json"):
        assert str(tmp_path / "demo" / name) in text
        assert (tmp_path / "demo" / name).is_file()
    with (tmp_path / "demo" / "prisma.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 34
    doc = tamis_json("summary", tmp_path / "demo")
    assert doc["stages"]["title-abstract"]["include"] == 24
    tamis("check", tmp_path / "demo")
    again = tamis("demo", tmp_path / "demo").stdout
    assert "0 sample decisions applied" in again
