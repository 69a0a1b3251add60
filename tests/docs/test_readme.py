"""The README's own commands, as a stranger would type them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.docs.pages import ROOT, Block, blocks, run

if TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "README.md"
INSTALL = "python3 -m venv .venv && .venv/bin/pip install "


def marked(mark: str) -> Block:
    """The block below a marker."""
    (found,) = [block for block in blocks(README) if block.mark == mark]
    return found


def test_two_single_lines_do_everything() -> None:
    (demo,) = marked("run").lines
    (test,) = marked("test").lines
    assert demo == INSTALL + ". && .venv/bin/tamis demo"
    assert test == INSTALL + '-e ".[test]" && .venv/bin/pytest'


def test_the_demo_line_does_the_whole_job_without_a_terminal(tmp_path: Path) -> None:
    (line,) = marked("run").lines
    done = run(line.removeprefix(INSTALL + ". && .venv/bin/") + " made", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "60 sample decisions applied" in done.stdout
    assert "Records screened" in done.stdout
    assert {"included.ris", "prisma.csv", "protocol.toml", "review.json"} <= {
        path.name for path in (tmp_path / "made").iterdir()
    }


def test_own_files_in_five_lines(tmp_path: Path) -> None:
    for own, sample in (("export1.ris", "pubmed-like.ris"), ("export2.ris", "embase-like.ris")):
        shutil.copy(ROOT / "sample_data" / sample, tmp_path / own)
    lines = marked("own").lines
    assert len(lines) == 5
    for line in lines:
        done = run(line.replace("tamis screen", "tamis screen --plain"), tmp_path, "i\nq\n")
        assert done.returncode == 0, (line, done.stderr)
    assert (tmp_path / "included.ris").read_text(encoding="utf-8").count("\nER  - ") == 2
    assert (tmp_path / "prisma.csv").read_text(encoding="utf-8").startswith("data,node,box,")


def test_the_folder_is_drawn_as_it_is(tmp_path: Path) -> None:
    assert run("tamis demo my-review", tmp_path).returncode == 0
    drawing = next(block for block in blocks(README) if block.lines[0] == "my-review/")
    drawn = {line.split()[0].rstrip("/") for line in drawing.lines[1:]}
    made = {path.name for path in (tmp_path / "my-review").iterdir()}
    # The journal is there while a review is open; closing folds a review of this size into review.json.
    # Copies of full texts and what can be made anew come with the first use.
    later = {"review.json.journal", "files", "cache"}
    assert drawn == made - {"included.ris", "prisma.csv"} | later
