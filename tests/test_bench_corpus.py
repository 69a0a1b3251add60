"""The account of a folder of real files: what agrees, what does not, and how it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpus import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RIS = "TY  - JOUR\nTI  - One\nER  - \n\nTY  - JOUR\nTI  - Two\nER  - \n"


def corpus(folder: Path, true: int) -> Path:
    (folder / "a.ris").write_text(RIS, encoding="utf-8")
    (folder / "letter.txt").write_text("Dear all,\n", encoding="utf-8")
    (folder / "manifest.csv").write_text(
        f"file,format,nature,records\na.ris,ris,real export,{true}\nletter.txt,other,fixture,\n",
        encoding="utf-8",
    )
    return folder


def test_a_corpus_that_agrees_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(corpus(tmp_path, 2))]) == 0
    said = capsys.readouterr().out
    assert "2 files, 2 records found, 2 imported, 0 problems; of 1 real exports 1 agree" in said
    assert "<-" not in said


def test_a_wrong_number_is_pointed_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(corpus(tmp_path, 3))]) == 1
    assert "a.ris   <- found 2, the manifest says 3" in capsys.readouterr().out


def test_a_folder_without_a_manifest_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "no manifest.csv" in capsys.readouterr().err
