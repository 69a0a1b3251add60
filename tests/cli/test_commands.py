"""Each command of the table does what the table says."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING

import pytest

from tamis import __version__
from tests.services.helpers import ris

from .helpers import error, tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path


def ids(folder: Path) -> list[str]:
    """The record ids of a review."""
    found = tamis("export", folder, "-o", "-", "--format", "json").stdout
    prefix = tamis_json("summary", folder)["sources"][0]["sha256"][:6]
    assert found.count("10.5555") >= 3
    return [f"{prefix}-{n}" for n in (1, 2, 3)]


def test_version_and_help() -> None:
    assert tamis("--version").stdout == f"tamis {__version__}\n"
    text = tamis("--help").stdout
    for command in ("init", "import", "screen", "decide", "summary", "export", "log", "check", "demo"):
        assert f"  {command} " in text
        assert "Usage: tamis" in tamis(command, "--help").stdout
    for code in (0, 1, 2, 3, 4, 70, 130):
        assert f" {code}  " in text


# init


def test_init_makes_a_review_with_a_commented_protocol(tmp_path: Path) -> None:
    result = tamis("init", tmp_path / "new", "--title", 'A "title"', "--reviewer", "Ann")
    assert result.stdout.strip().endswith("protocol.toml")
    text = (tmp_path / "new" / "protocol.toml").read_text()
    assert text.startswith("#")
    assert tamis_json("summary", tmp_path / "new")["review"]["title"] == 'A "title"'


def test_init_as_json(tmp_path: Path) -> None:
    doc = tamis_json("init", tmp_path / "new", "--title", "T", "--reviewer", "Ann")
    assert doc == {
        "review": str(tmp_path / "new"),
        "protocol": str(tmp_path / "new" / "protocol.toml"),
        "title": "T",
    }


def test_init_takes_the_reviewer_from_the_environment(tmp_path: Path) -> None:
    tamis("init", tmp_path, "--title", "T", TAMIS_REVIEWER="Ben")
    assert tamis_json("summary", tmp_path)["review"]["reviewers"] == ["Ben"]


def test_init_refuses_a_second_review_and_missing_names(folder: Path, tmp_path: Path) -> None:
    assert "holds a review already" in error("init", folder, "--title", "T", "--reviewer", "A", code=2)
    assert "--reviewer" in error("init", tmp_path / "n", "--title", "T", code=2)
    assert "title" in error(
        "init", tmp_path / "n", "--title", " \x1b ".replace("\x1b", ""), "--reviewer", "A", code=2
    )
    assert not (tmp_path / "n").exists()


# import


def test_import_json_is_the_documented_shape(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "more.ris"
    path.write_bytes(("\ufeff" + ris("Fourth")).encode())
    doc = tamis_json("import", folder, path)
    assert list(doc) == ["files"]
    file = doc["files"][0]
    assert set(file) == {"file", "format", "encoding", "sha256", "found", "imported", "problems", "repairs"}
    assert (file["file"], file["format"], file["found"], file["imported"]) == ("more.ris", "ris", 1, 1)
    assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert all(set(repair) == {"line", "what"} for repair in file["repairs"])


def test_import_says_what_it_did_and_skips_known_files(tmp_path: Path, folder: Path) -> None:
    again = tamis("import", folder, tmp_path / "hits.ris")
    assert again.stdout == ""
    assert "passed over: the review has this very file already" in again.stderr
    doc = tamis_json("import", folder, tmp_path / "hits.ris")
    assert "skipped" in doc["files"][0]
    (tmp_path / "new.ris").write_text(ris("New"))
    assert "new.ris (ris, utf-8): 1 found, 1 imported" in tamis("import", folder, tmp_path / "new.ris").stdout


def test_dry_run_stores_nothing(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "new.ris").write_text(ris("New"))
    assert "1 would be imported" in tamis("import", folder, tmp_path / "new.ris", "--dry-run").stdout
    assert tamis_json("summary", folder)["stages"]["title-abstract"]["records"] == 3


def test_kind_and_database_go_into_the_counts(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "new.ris").write_text(ris("New"))
    tamis("import", folder, tmp_path / "new.ris", "--kind", "register", "--database", "CENTRAL")
    prisma = tamis_json("summary", folder)["prisma"]
    assert prisma["register_specific_results"] == {"CENTRAL": 1}
    assert prisma["database_specific_results"] == {"PubMed": 3}


def test_import_into_the_current_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new.ris").write_text(ris("New"))
    monkeypatch.chdir(folder)
    assert "1 imported" in tamis("import", "../new.ris").stdout


# decide


def test_decide_is_an_event(folder: Path) -> None:
    first, second, third = ids(folder)
    tamis("decide", folder, first, "include", "--note", "Good")
    text = tamis(
        "decide", folder, second, "exclude", "--reason", "wrong-population", "--reason", "wrong-outcome"
    ).stdout
    assert text == f"{second} exclude (Wrong population; also Wrong outcome) by Ann: Second\n"
    doc = tamis_json("decide", folder, third, "maybe", "--reviewer", "Ben")
    assert (doc["kind"], doc["by"], doc["record"], doc["body"]["verdict"]) == (
        "decide",
        "Ben",
        third,
        "maybe",
    )
    stage = tamis_json("summary", folder)["stages"]["title-abstract"]
    assert (stage["include"], stage["exclude"], stage["maybe"]) == (1, 1, 1)
    tamis("decide", folder, third, "undecided", "--reviewer", "Ben")
    assert tamis_json("summary", folder)["stages"]["title-abstract"]["undecided"] == 1


def test_decide_finds_a_record_by_doi_and_in_the_current_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert "Second" in tamis("decide", "https://doi.org/10.5555/X.2", "include").stdout


def test_decide_names_what_is_known(folder: Path) -> None:
    first = ids(folder)[0]
    assert f"3 records, ids from {first} to" in error("decide", folder, "abcdef-1", "include", code=2)
    text = error("decide", folder, first, "exclude", "--reason", "nonsense", code=2)
    assert "wrong-population, wrong-intervention" in text
    assert "exclude only" in error("decide", folder, first, "include", "--reason", "wrong-outcome", code=2)
    assert "not a verdict" in error("decide", folder, first, "accept", code=2)
    assert "full-text is not a stage" in error(
        "decide", folder, first, "include", "--stage", "full-text", code=2
    )
    assert tamis("log", folder).stdout == ""


def test_decide_asks_who_when_several_screen(folder: Path) -> None:
    protocol = folder / "protocol.toml"
    protocol.write_text(protocol.read_text().replace('reviewers = ["Ann"]', 'reviewers = ["Ann", "Ben"]'))
    first = ids(folder)[0]
    assert "Who is screening? Give --reviewer NAME, one of: Ann, Ben" in error(
        "decide", folder, first, "include", code=2
    )
    assert "by Ben" in tamis("decide", folder, first, "include", TAMIS_REVIEWER="Ben").stdout


# summary


def test_summary_in_four_formats(folder: Path, tmp_path: Path) -> None:
    assert "Records screened" in tamis("summary", folder).stdout
    assert tamis("summary", folder, "--ascii").stdout.isascii()
    assert tamis_json("summary", folder) == json.loads(tamis("summary", folder, "--format", "json").stdout)
    assert "| Records screened | 3 |" in tamis("summary", folder, "--format", "markdown").stdout
    rows = list(csv.DictReader(io.StringIO(tamis("summary", folder, "--format", "csv").stdout)))
    assert len(rows) == 34
    result = tamis("summary", folder, "--format", "csv", "-o", tmp_path / "prisma.csv")
    assert result.stdout == ""
    with (tmp_path / "prisma.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == rows


def test_summary_never_overwrites_the_review(folder: Path) -> None:
    before = (folder / "review.json").read_bytes()
    assert "belongs to the review" in error("summary", folder, "-o", folder / "review.json", code=2)
    assert (folder / "review.json").read_bytes() == before


# export


@pytest.mark.parametrize("format_", ["ris", "csv", "json"])
def test_export_and_back(folder: Path, tmp_path: Path, format_: str) -> None:
    first, second, _ = ids(folder)
    tamis("decide", folder, first, "include", "--note", "Good; = really")
    tamis("decide", folder, second, "exclude", "--reason", "wrong-outcome")
    path = tmp_path / f"out.{format_}"
    assert tamis("export", folder, "-o", path).stdout == f"{path}\n"
    tamis("init", tmp_path / "other", "--title", "T", "--reviewer", "Cem")
    doc = tamis_json("import", tmp_path / "other", path)["files"][0]
    assert (doc["found"], doc["imported"], doc["problems"]) == (3, 3, [])
    stage = tamis_json("summary", tmp_path / "other")["stages"]["title-abstract"]
    assert (stage["include"], stage["exclude"], stage["undecided"]) == (1, 1, 1)
    assert {r["id"]: r["n"] for r in stage["reasons"]}["wrong-outcome"] == 1
    assert stage["reviewers"]["Ann"]["decided"] == 2
    assert "note: Good; = really (from the file)" in tamis("log", tmp_path / "other").stdout


def test_export_only_some_and_as_json_report(folder: Path, tmp_path: Path) -> None:
    tamis("decide", folder, ids(folder)[0], "include")
    doc = tamis_json("export", folder, "-o", tmp_path / "x.ris", "--only", "included")
    assert doc == {"file": str(tmp_path / "x.ris"), "format": "ris", "records": 1, "only": "included"}
    assert tamis_json("export", folder, "-o", tmp_path / "y.csv", "--only", "undecided")["records"] == 2


def test_export_to_stdout(folder: Path) -> None:
    text = tamis("export", folder, "-o", "-", "--format", "ris").stdout
    assert text.startswith("TY  - ")
    assert text.count("\nER  -") == 3
    assert "--format" in error("export", folder, "-o", "-", code=2)


# log and check


def test_log_tells_who_did_what(folder: Path) -> None:
    first, second, _ = ids(folder)
    tamis("decide", folder, first, "exclude", "--reason", "wrong-outcome", "--note", "Sure")
    tamis("decide", folder, second, "include", "--reviewer", "Ben")
    lines = tamis("log", folder).stdout.splitlines()
    assert len(lines) == 3
    assert "Ann  exclude (Wrong outcome)" in lines[0]
    assert lines[0].endswith(f"{first}  First")
    assert "note: Sure" in lines[1]
    assert len(tamis("log", folder, "--limit", "1").stdout.splitlines()) == 1
    assert len(tamis("log", folder, "--record", second).stdout.splitlines()) == 1
    docs = [json.loads(line) for line in tamis("log", folder, "--json").stdout.splitlines()]
    assert [d["by"] for d in docs] == ["Ann", "Ann", "Ben"]
    assert docs[2]["title"] == "Second"
    assert "no record" in error("log", folder, "--record", "zzzzzz-1", code=2)


def test_log_names_what_was_undone(folder: Path) -> None:
    from tamis.cli.opening import author
    from tamis.domain.events import Verdict
    from tamis.services.screening import Session
    from tamis.store.review import Review

    with Review.open(folder) as review:
        session = Session(review, author("Ann"))
        session.decide(Verdict.INCLUDE)
        session.undo()
        session.redo()
    words = [line.split("  ")[2] for line in tamis("log", folder).stdout.splitlines()]
    assert words == ["include", "undid: include", "did again: include"]


def test_check_passes_and_fails(folder: Path) -> None:
    result = tamis("check", folder)
    assert all(line.startswith(("ok", "note")) for line in result.stdout.splitlines())
    source = next((folder / "sources").iterdir())
    source.chmod(0o600)
    source.write_bytes(b"x")
    result = tamis("check", folder, code=1)
    assert "FAILED" in result.stdout
    assert "needs attention" in result.stderr
    doc = tamis_json("check", folder, code=1)
    assert doc["ok"] is False
    assert any("not what was imported" in f["what"] for f in doc["findings"] if not f["ok"])


@pytest.mark.usefixtures("unfolded")
def test_check_recovers_a_damaged_journal(folder: Path) -> None:
    for record in ids(folder):
        tamis("decide", folder, record, "include")
    journal = folder / "review.json.journal"
    lines = journal.read_bytes().split(b"\n")
    lines[-3] = lines[-3].replace(b"include", b"exclude")
    journal.write_bytes(b"\n".join(lines))
    tamis("summary", folder, code=4)
    assert "FAILED" in tamis("check", folder, code=1).stdout
    tamis("check", folder, "--recover", code=None)
    assert tamis_json("summary", folder)["stages"]["title-abstract"]["records"] == 3
