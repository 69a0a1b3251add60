"""`tamis overlap`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.helpers import error, tamis, tamis_json
from tests.cli.test_dedupe import ONE, OTHER

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """Two sources with one report in both."""
    (tmp_path / "a.ris").write_text(ONE + "\n" + OTHER, encoding="utf-8")
    (tmp_path / "b.ris").write_text(ONE.replace("randomised", "randomized"), encoding="utf-8")
    folder = tmp_path / "r"
    tamis("init", folder, "--title", "T", "--reviewer", "Ann")
    tamis("import", folder, tmp_path / "a.ris", "--database", "PubMed")
    tamis("import", folder, tmp_path / "b.ris", "--database", "Embase")
    assert "No report was found by two sources" in tamis("overlap", folder).stdout
    tamis("dedupe", folder, "--auto")
    return folder


def test_the_plot_in_the_terminal_and_in_the_summary(linked: Path) -> None:
    drawn = tamis("overlap", linked).stdout
    assert "A  PubMed  2  █" in drawn
    assert "● ●  1  █" in drawn
    summary = tamis("summary", linked).stdout
    assert drawn.strip() in summary
    assert "Found  Not read  Imported  Duplicates  Removed  Left" in summary
    assert "x x  1  #" in tamis("overlap", linked, "--ascii").stdout


def test_in_json_and_svg(linked: Path, tmp_path: Path) -> None:
    found = tamis_json("overlap", linked)
    assert found["sets"] == [{"sources": [0], "reports": 1}, {"sources": [0, 1], "reports": 1}]
    assert tamis("overlap", linked, "--format", "svg").stdout.startswith("<svg")
    tamis("overlap", linked, "-o", tmp_path / "o.svg")
    assert (tmp_path / "o.svg").read_text(encoding="utf-8").endswith("</svg>\n")
    tamis("overlap", linked, "-o", tmp_path / "o.json")
    assert json.loads((tmp_path / "o.json").read_text(encoding="utf-8")) == found
    error("overlap", linked, "-o", linked / "review.json", code=2)
