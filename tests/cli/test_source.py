"""`tamis source` from outside, and the facts that `tamis import` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.services.helpers import ris

from .helpers import error, tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path


def test_facts_are_given_at_import_and_corrected_later(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "more.ris").write_text(ris("Fourth"), encoding="utf-8")
    (tmp_path / "s.txt").write_text("1. liver\n2. metasta*\n", encoding="utf-8")
    facts = ("--platform", "Ovid", "--date", "2026-10-01", "--strategy", tmp_path / "s.txt")
    tamis("import", folder, tmp_path / "more.ris", "--database", "Embase", *facts, "--limits", "none")
    embase = tamis_json("source", folder, "Embase")["sources"][0]
    assert (embase["platform"], embase["searched"], embase["missing"]) == ("Ovid", "2026-10-01", [])
    assert embase["strategy"] == "1. liver\n2. metasta*"
    given = tamis("source", folder, "pubmed", "--platform", "NCBI", "--strategy", tmp_path / "s.txt").stdout
    assert "    2. metasta*" in given
    assert "missing for PRISMA-S: day of the search, limits and filters" in given
    assert "platform of source" in tamis("log", folder).stdout
    taken = tamis_json("source", folder, "pubmed", "--strategy", "", "--platform", "")["sources"][0]
    assert (taken["strategy"], taken["platform"]) == ("", "")
    assert "known already" in tamis("source", folder, "pubmed", "--platform", "").stderr
    assert [s["name"] for s in tamis_json("source", folder)["sources"]] == ["PubMed", "Embase"]


def test_what_cannot_be_is_one_sentence_and_nothing_is_written(folder: Path) -> None:
    before = tamis("log", folder).stdout
    assert "is not a day" in error("source", folder, "PubMed", "--date", "soon", code=2)
    assert "no source Scopus" in error("source", folder, "Scopus", "--platform", "x", code=2)
    assert "takes a folder and the name" in error("source", "--platform", "x", code=2)
    assert "no file" in error("source", folder, "PubMed", "--strategy", "gone.txt", code=3)
    assert tamis("log", folder).stdout == before
