"""`tamis summary` draws the diagram: what format, where to, and what it shows."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from defusedxml import ElementTree

from tests.services.helpers import ris

from .helpers import error, tamis

if TYPE_CHECKING:
    from pathlib import Path

STARTS = {
    "svg": b"<svg ",
    "mmd": b"flowchart TD",
    "json": b"{",
    "csv": b"data,",
    "md": b"# Liver",
    "txt": b"Liver",
    "pdf": b"%PDF-",
    "png": b"\x89PNG",
    "docx": b"PK",
}


@pytest.mark.parametrize("suffix", STARTS)
def test_the_extension_chooses_the_format(folder: Path, tmp_path: Path, suffix: str) -> None:
    if suffix in ("pdf", "png", "docx"):
        pytest.importorskip("docx" if suffix == "docx" else "typst")
    path = tmp_path / f"prisma.{suffix.upper()}"
    result = tamis("summary", folder, "-o", path)
    assert path.read_bytes().startswith(STARTS[suffix])
    assert result.stdout == ""
    assert str(path) in result.stderr


def test_the_format_asked_for_counts_more_than_the_extension(folder: Path, tmp_path: Path) -> None:
    tamis("summary", folder, "-o", tmp_path / "a.json", "--format", "svg")
    assert (tmp_path / "a.json").read_text(encoding="utf-8").startswith("<svg")


def test_a_drawing_can_go_to_stdout_but_bytes_not_to_a_terminal(folder: Path) -> None:
    root = ElementTree.fromstring(tamis("summary", folder, "--format", "svg").stdout)
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "PRISMA 2020 flow diagram: Liver"
    reading, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tamis", "summary", str(folder), "--format", "pdf"],
            stdout=terminal, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    finally:
        os.close(terminal)
        os.close(reading)
    assert done.returncode == 2
    assert b"PDF is not for a terminal: name a file with -o" in done.stderr


def test_bytes_reach_a_file_behind_stdout_unchanged(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    tamis("summary", folder, "-o", tmp_path / "a.pdf")
    done = subprocess.run(
        [sys.executable, "-m", "tamis", "summary", str(folder), "--format", "pdf", "-o", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout == (tmp_path / "a.pdf").read_bytes()


def test_what_a_drawing_shows_can_be_chosen(folder: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.ris"
    more.write_text(ris("Fourth"), encoding="utf-8")
    tamis("import", folder, more, "--database", "Embase")
    tamis("previous", folder, "--studies", "3", "--reports", "4")
    for form in ("text", "svg", "mermaid"):
        whole = tamis("summary", folder, "--format", form, "--per-database", "--previous").stdout
        short = tamis("summary", folder, "--format", form, "--total-only", "--no-previous").stdout
        flow = short.split("Title and abstract")[0] if form == "text" else short
        assert "Embase (n = 1)" in whole
        assert "Embase" not in flow
        assert "Previous studies" in whole
        assert "Previous studies" not in flow
        assert "(n = 4)" in flow
        if form != "mermaid":
            assert "Studies of the previous version of the review are not shown." in flow


def test_reasons_at_title_and_abstract_are_drawn_when_asked_for(folder: Path) -> None:
    first = next(
        line.split()[0]
        for line in tamis("export", folder, "-o", "-", "--format", "csv").stdout.splitlines()[1:]
    )
    tamis("decide", folder, first.split(",")[0], "exclude", "--reason", "wrong-population")
    shown = "Wrong population (n = 1)"
    assert shown not in tamis("summary", folder, "--format", "svg").stdout
    assert shown in tamis("summary", folder, "--format", "svg", "--screening-reasons").stdout
    assert shown in tamis("summary", folder).stdout
    assert shown not in tamis("summary", folder, "--no-screening-reasons").stdout


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_formats_that_hold_everything_take_no_such_choice(folder: Path, form: str) -> None:
    assert form in error("summary", folder, "--format", form, "--total-only", code=2)
    assert "json" in error("summary", folder, "--json", "--no-previous", code=2)


def test_the_diagram_is_never_written_over_the_review(folder: Path) -> None:
    assert "belongs to the review" in error("summary", folder, "-o", folder / "sources" / "a.svg", code=2)
