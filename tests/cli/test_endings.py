"""Every ending: exit codes, one line on stderr, never a traceback."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

import click
import pytest

from tamis.cli import failing
from tamis.cli.failing import crash_file, guarded
from tamis.errors import ExitCode, LockedError
from tamis.store.disk import Disk
from tamis.store.review import Review
from tests.services.helpers import ris

from .helpers import UNSAFE, error, tamis, tamis_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READING = [("summary",), ("log",), ("check",), ("export", "-o", "out.ris")]


def test_0_everything_done(folder: Path) -> None:
    tamis("summary", folder, code=0)


def test_1_problems_in_a_file(folder: Path, tmp_path: Path) -> None:
    tamis("export", folder, "-o", tmp_path / "out.json")
    doc = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    doc["records"][1] = "not a record\x1b[2J"
    (tmp_path / "odd.json").write_text(json.dumps(doc), encoding="utf-8")
    result = tamis("import", folder, tmp_path / "odd.json", code=1)
    assert "3 found, 2 imported, 1 problem" in result.stdout
    assert "problem: " in result.stdout
    file = tamis_json("summary", folder)["sources"][1]
    assert (file["found"], file["imported"], file["problems"]) == (3, 2, 1)
    assert tamis_json("summary", folder)["prisma"]["excluded_other"] == 1
    tamis("check", folder)


def test_1_problems_as_json(folder: Path, tmp_path: Path) -> None:
    tamis("export", folder, "-o", tmp_path / "out.json")
    doc = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    doc["records"].insert(0, 7)
    (tmp_path / "odd.json").write_text(json.dumps(doc), encoding="utf-8")
    file = tamis_json("import", folder, tmp_path / "odd.json", code=1)["files"][0]
    assert (file["found"], file["imported"]) == (4, 3)
    assert [set(problem) for problem in file["problems"]] == [{"line", "why"}]


@pytest.mark.parametrize(
    "args", [*READING, ("decide", "x", "include"), ("import", "x.ris"), ("screen", "--plain")]
)
def test_2_no_such_folder_and_no_review(args: tuple[str, ...], tmp_path: Path) -> None:
    command, *rest = args
    (tmp_path / "plain").mkdir()
    (tmp_path / "file").write_text("x")
    for place in ("missing", "plain"):
        text = error(command, tmp_path / place, *rest, code=2)
        assert str(tmp_path / place) in text


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("summary", "--format", "xml"),
        ("export",),
        ("import",),
        ("log", "--limit", "0"),
        ("--what",),
    ],
)
def test_2_wrong_calls_are_one_line_that_names_the_help(args: tuple[str, ...]) -> None:
    assert "--help" in error(*args, code=2)


def test_2_a_file_where_the_review_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "not a review folder" in error("summary", tmp_path / "file", code=2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "is not valid TOML"),
        ('title = "x"\nstages = ["third"]', "the stages are"),
        ('title = "x"\nreasons = [{ id = "a" }, { id = "a" }]', "two reasons"),
        ("title = 3", "must be text"),
    ],
)
def test_2_broken_protocol(folder: Path, text: str, words: str) -> None:
    (folder / "protocol.toml").write_text(text)
    for command, *rest in (("summary",), ("decide", "x", "include")):
        line = error(command, folder, *rest, code=2)
        assert words in line
        assert "protocol.toml" in line


def test_3_files_that_hold_no_references(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "empty.ris").touch()
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n")
    (tmp_path / "prose.txt").write_text("Dear all,\n\nnothing here.\n")
    for name in ("sub", "empty.ris", "paper.pdf", "prose.txt", "missing.ris"):
        assert name in error("import", folder, tmp_path / name, code=3)
    doc = tamis_json("import", folder, tmp_path / "empty.ris", code=3)
    assert "is empty" in doc["files"][0]["error"]
    assert len(tamis_json("summary", folder)["sources"]) == 1


def test_4_another_window_holds_the_review(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "new.ris").write_text(ris("New"))
    with Review.open(folder, reviewer="Ben", now="2026-01-01T00:00:00Z") as review:
        record = review.records[0].id
        for args in (("decide", folder, record, "include"), ("import", folder, tmp_path / "new.ris")):
            assert "Ben" in error(*args, code=4)
        tamis("summary", folder)
        tamis("log", folder)
        tamis("check", folder)
        tamis("export", folder, "-o", tmp_path / "x.ris")
        tamis("import", folder, tmp_path / "new.ris", "--dry-run")


def test_4_damaged_review(folder: Path) -> None:
    (folder / "review.json").write_text('{"half": ')
    assert "damaged" in error("summary", folder, code=4)
    tamis("check", folder, code=1)


def test_4_full_disk_while_deciding_and_importing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Review.open(folder, write=False) as review:
        record = review.records[0].id
    (tmp_path / "new.ris").write_text(ris("New"))

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Disk, "sync", full)
        assert "the disk is full" in error("decide", folder, record, "include", code=4)
        result = tamis("import", folder, tmp_path / "new.ris", code=4)
        assert "the disk is full" in result.stderr
        assert "imported" not in result.stdout
    assert tamis("log", folder).stdout == ""
    assert len(tamis_json("summary", folder)["sources"]) == 1
    tamis("check", folder)


def test_4_folder_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> Review:
        raise LockedError("review cannot be written: writing there is not permitted.")

    with monkeypatch.context() as patch:
        patch.setattr("tamis.store.review.Lock", refuse)
        assert "not permitted" in error("decide", folder, "x", "include", code=4)
        tamis("summary", folder)


def test_70_a_fault_in_tamis_is_a_sentence_and_a_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> str:
        raise ValueError("First: a title of a record")

    monkeypatch.setattr("tamis.services.reporting.render", broken)
    monkeypatch.setattr("platformdirs.user_state_dir", lambda _name: str(tmp_path / "state"))
    text = error("summary", folder, code=70)
    assert "ValueError" in text
    assert "First" not in text
    crash = next((tmp_path / "state").iterdir())
    assert str(crash) in text
    assert "broken" in crash.read_text()
    assert "First" not in crash.read_text()


def test_70_without_a_place_for_the_file_still_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("platformdirs.user_state_dir", lambda _name: str(tmp_path / "file" / "x"))
    assert crash_file(ValueError()) is None


def test_debug_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMIS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        guarded(lambda: 1 // 0)


def raising(error: BaseException) -> Callable[[], Any]:
    """A command that fails."""

    def run() -> None:
        raise error

    return run


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), click.Abort()])
def test_130_interrupted(stop: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(stop)) == ExitCode.INTERRUPTED
    assert "on disk" in capsys.readouterr().err


def test_broken_pipe_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(failing, "_close_quietly", lambda: None)
    assert guarded(raising(BrokenPipeError())) == ExitCode.OK
    assert capsys.readouterr().err == ""


def test_messages_are_clean_whatever_they_quote(tmp_path: Path) -> None:
    for args in (
        ("summary", tmp_path / "x\x1b]52;c;AAAA\x07\u202e"),
        ("decide", tmp_path, "\x1b[2J", "\x9b31m"),
    ):
        text = error(*args, code=2)
        assert not UNSAFE & set(map(ord, text))


def test_every_code_is_in_the_help() -> None:
    for code in ExitCode:
        assert f"{code.value:>3}  " in failing.EXIT_CODES


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes everywhere")
def test_4_read_only_folder(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        error("decide", folder, "x", "include", code=4)
        tamis("summary", folder)
    finally:
        folder.chmod(0o700)
