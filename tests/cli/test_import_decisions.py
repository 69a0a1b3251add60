"""`tamis import` on files of other tools: decisions with their records, alone, given, and mapped columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .helpers import error, tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path

SEARCH = "title,abstract,doi\nOne,x,10.1000/1\nTwo,x,10.1000/2\n"
LABELS = (
    "title,abstract,doi,included\nTwo,x,10.1000/2,0\nOne,x,10.1000/1,1\nNine\x1b[31m,x,10.1000/9,1\nTen,x,,\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    review = tmp_path / "review"
    tamis("init", review, "--title", "Liver", "--reviewer", "Ann")
    (tmp_path / "search.csv").write_text(SEARCH)
    (tmp_path / "labels.csv").write_text(LABELS)
    tamis("import", review, tmp_path / "search.csv")
    return review


def test_only_decisions(folder: Path, tmp_path: Path) -> None:
    rehearsal = tamis("import", folder, tmp_path / "labels.csv", "--decisions", "--dry-run", code=1)
    assert "2 decisions would be taken over" in rehearsal.stdout
    said = tamis("import", folder, tmp_path / "labels.csv", "--decisions", code=1).stdout
    assert "4 found, none imported, 2 decisions taken over, 1 without a record here" in said
    assert "line 4: not taken over: Nine" in said
    doc = tamis_json("import", folder, tmp_path / "labels.csv", "--decisions", code=1)["files"][0]
    assert (doc["decisions"], doc["known"], doc["imported"]) == (0, 2, 0)
    assert [u["line"] for u in doc["unmatched"]] == [4]
    assert "title" in doc["unmatched"][0]
    counts = tamis_json("summary", folder)
    assert "2" in str(counts)
    assert tamis("check", folder).exit_code == 0
    log = tamis("log", folder).stdout
    assert "from the file" in log


def test_records_and_decisions_with_a_hint(folder: Path, tmp_path: Path) -> None:
    result = tamis("import", folder, tmp_path / "labels.csv")
    assert "4 imported, 3 decisions taken over" in result.stdout
    assert "use --decisions" in result.stderr
    doc = tamis_json("import", folder, tmp_path / "labels.csv", "--dry-run")["files"][0]
    assert "skipped" in doc


def test_a_given_verdict(folder: Path, tmp_path: Path) -> None:
    tamis("import", folder, tmp_path / "search.csv", "--decisions", "--as", "included")
    doc = tamis_json(
        "import", folder, tmp_path / "search.csv", "--decisions", "--as", "excluded", "--stage", "full-text"
    )
    assert doc["files"][0]["decisions"] == 2
    assert "--as included" in error("import", folder, tmp_path / "search.csv", "--decisions", code=1)
    assert tamis("import", folder, tmp_path / "search.csv", "--as", "perhaps", code=2).stdout == ""


def test_columns_named_by_hand(folder: Path, tmp_path: Path) -> None:
    own, other = tmp_path / "own.csv", tmp_path / "other.csv"
    own.write_text("Paper name,Blurb,included\nOne,x,yes\n")
    other.write_text("Paper name,Blurb\nTwo,y\n")
    doc = tamis_json("import", folder, own, other, "--map", "Paper name=title", "--map", "Blurb=abstract")
    assert [(f["imported"], f.get("decisions", 0)) for f in doc["files"]] == [(1, 1), (1, 0)]
    (tmp_path / "third.csv").write_text("Paper name,Blurb\nThree,y\n")
    assert "COLUMN=FIELD" in error("import", folder, tmp_path / "third.csv", "--map", "title", code=2)
    wrong = tamis("import", folder, tmp_path / "third.csv", "--map", "Blurb=colour", code=2)
    assert "cannot be mapped to 'colour'" in wrong.stderr


def test_mail_addresses_stay_out_unless_asked_for(folder: Path, tmp_path: Path) -> None:
    row = '"RAYYAN-INCLUSION: {""ann@clinic.example""=>""Included""}"'
    (tmp_path / "rayyan.csv").write_text(f"key,title,doi,notes\nrayyan-1,One,10.1000/1,{row}\n")
    tamis("import", folder, tmp_path / "rayyan.csv", "--decisions")
    assert "@" not in tamis("log", folder).stdout
    tamis("import", folder, tmp_path / "rayyan.csv", "--decisions", "--emails")
    assert "ann@clinic.example" in tamis("log", folder).stdout
