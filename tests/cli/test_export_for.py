"""`tamis export --for TOOL`, and the formats of other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tamis import formats
from tamis.cli.reporting import export_command
from tamis.formats.profiles import PROFILES

from .helpers import error, tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path

RIS = "TY  - JOUR\nTI  - In\nAU  - Doe, J\nPY  - 2020\nER  - \n\nTY  - JOUR\nTI  - Out\nPY  - 2021\nER  - \n"


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """Two records: one included, one excluded with a reason."""
    folder = tmp_path / "review"
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    tamis("init", folder, "--title", "T", "--reviewer", "Ann")
    tamis("import", folder, tmp_path / "a.ris")
    tamis("export", folder, "-o", tmp_path / "ids.json")
    doc = json.loads((tmp_path / "ids.json").read_text(encoding="utf-8"))
    first, second = (record["id"] for record in doc["records"])
    tamis("decide", folder, first, "include", "--note", "good")
    tamis("decide", folder, second, "exclude", "--reason", "wrong-outcome")
    return folder


def choices(name: str) -> tuple[str, ...]:
    option = next(p for p in export_command.params if p.name == name)
    return tuple(getattr(option.type, "choices", ()))


def test_the_command_names_what_there_is() -> None:
    assert set(choices("format_")) == set(formats.WRITABLE)
    assert choices("format_")[: len(formats.WHOLE)] == ("ris", "csv", "json", "xlsx")
    assert set(formats.WHOLE) == {"ris", "csv", "json", "xlsx"}
    assert choices("tool") == tuple(PROFILES)


@pytest.mark.parametrize("name", ["x.xlsx", "x.bib", "x.nbib", "x.ris", "x.csv", "x.json"])
def test_each_format_comes_back_with_its_decisions(review: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    tamis("export", review, "-o", path)
    tamis("init", tmp_path / "other", "--title", "T", "--reviewer", "Cem")
    doc = tamis_json("import", tmp_path / "other", path)["files"][0]
    assert (doc["found"], doc["imported"], doc["problems"]) == (2, 2, [])
    stage = tamis_json("summary", tmp_path / "other")["stages"]["title-abstract"]
    assert (stage["include"], stage["exclude"]) == (1, 1)
    assert stage["reviewers"]["Ann"]["decided"] == 2


@pytest.mark.parametrize("tool", PROFILES)
def test_each_tool_gets_its_file(review: Path, tmp_path: Path, tool: str) -> None:
    suffix = next(iter(PROFILES[tool].formats))
    doc = tamis_json("export", review, "--for", tool, "-o", tmp_path / f"x.{suffix}")
    assert (doc["for"], doc["format"], doc["records"]) == (tool, suffix, 2)
    assert tamis("export", review, "--for", tool, "-o", "-").stdout == (tmp_path / f"x.{suffix}").read_text(
        "utf-8"
    )


def test_a_name_without_a_known_extension_gets_the_tools_usual_format(review: Path, tmp_path: Path) -> None:
    assert tamis_json("export", review, "--for", "r", "-o", tmp_path / "x.txt")["format"] == "csv"
    assert tamis_json("export", review, "--for", "asreview", "-o", tmp_path / "x.csv")["format"] == "csv"


def test_a_format_the_tool_does_not_read_is_refused(review: Path, tmp_path: Path) -> None:
    assert "For Rayyan tamis writes ris, not csv" in error(
        "export", review, "--for", "rayyan", "-o", tmp_path / "x.csv", code=2
    )
    assert not (tmp_path / "x.csv").exists()
