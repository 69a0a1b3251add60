"""Real exports from end to end, where the corpus is at hand beside the project."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tamis.store.review import Review

from .helpers import tamis, tamis_json

SMALL = 100

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def ris_files() -> list[tuple[str, int]]:
    """The RIS files of the corpus with the true number of their records."""
    manifest = CORPUS / "manifest.csv"
    if not manifest.is_file():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["format"] == "ris" and row["file"].startswith("formats/")
        ]
    return [(row["file"], int(row["records"])) for row in rows if row["records"].isdigit()]


FILES = ris_files()
pytestmark = pytest.mark.skipif(not FILES, reason="the corpus is not beside the project")


def test_every_ris_file_imports_whole_and_checks(tmp_path: Path) -> None:
    tamis("init", tmp_path / "r", "--title", "T", "--reviewer", "Ann")
    paths = [CORPUS / name for name, _ in FILES]
    files = tamis_json("import", tmp_path / "r", *paths, code=None)["files"]
    for (name, records), file in zip(FILES, files, strict=True):
        if "skipped" not in file:
            assert file["found"] == records, name
            assert file["found"] == file["imported"] + len(file["problems"]), name
    tamis("check", tmp_path / "r")
    prisma = tamis_json("summary", tmp_path / "r")["prisma"]
    assert prisma["database_results"] == prisma["records_screened"] + prisma["excluded_other"]


@pytest.mark.parametrize("format_", ["ris", "csv", "json"])
def test_real_records_come_back_from_every_export(tmp_path: Path, format_: str) -> None:
    for folder in ("r", "back"):
        tamis("init", tmp_path / folder, "--title", "T", "--reviewer", "Ann")
    small = [CORPUS / name for name, records in FILES if records <= SMALL]
    tamis_json("import", tmp_path / "r", *small, code=None)
    done = tamis_json("export", tmp_path / "r", "-o", tmp_path / f"out.{format_}")
    file = tamis_json("import", tmp_path / "back", tmp_path / f"out.{format_}")["files"][0]
    assert (file["found"], file["imported"]) == (done["records"], done["records"])
    assert contents(tmp_path / "back") == contents(tmp_path / "r")


def contents(folder: Path) -> list[dict[str, object]]:
    """The records of a review but for what depends on the file they were read from."""
    with Review.open(folder, write=False) as review:
        docs = [record.to_doc() for record in review.records]
    return [{k: v for k, v in doc.items() if k not in ("id", "line")} for doc in docs]
