"""`tamis second-look`: surprising decisions and the reviewer's own consistency, from outside."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from tamis.cli.opening import author, open_review
from tamis.services.screening import Session
from tamis.tui.plain import PlainSession
from tests.services.helpers import ris
from tests.services.ranking.making import collection

from .helpers import tamis, tamis_json
from .test_poison import POISON

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """Thirty hostile records of two topics; all twelve of tea are included but one."""
    texts, labels = collection(30, 12)
    folder = tmp_path / "review"
    titles = (f"{text.title} {POISON[n % len(POISON)]} {text.abstract}" for n, text in enumerate(texts))
    (tmp_path / "hits.ris").write_text(ris(*titles), encoding="utf-8")
    tamis("init", folder, "--title", "Tea", "--reviewer", "Ann")
    tamis("import", folder, tmp_path / "hits.ris", "--database", "PubMed")
    prefix = tamis_json("summary", folder)["sources"][0]["sha256"][:6]
    slip = labels.index(True)
    for n, label in enumerate(labels):
        tamis("decide", folder, f"{prefix}-{n + 1}", "include" if label and n != slip else "exclude")
    return folder


def test_a_slip_is_listed_and_nothing_is_changed(review: Path) -> None:
    pytest.importorskip("numpy")
    before = {path: path.read_bytes() for path in review.iterdir() if path.is_file()}
    doc = tamis_json("second-look", review)
    slip = collection(30, 12)[1].index(True) + 1
    assert doc["surprising"][0]["record"].endswith(f"-{slip}")
    assert doc["surprising"][0]["verdict"] == "exclude"
    assert doc["surprising"][0]["against"]
    assert (doc["reviewer"], doc["stage"], doc["note"], doc["again"]) == ("Ann", "title-abstract", "", None)
    tamis("second-look", review)  # the helper refuses any control character
    said = tamis("second-look", review, "--limit", 1).stdout
    assert said.startswith("1 decision is surprising to a model that has learnt from the others.\n")
    assert "looks more relevant than" in said
    assert "shown again" not in said
    assert {path: path.read_bytes() for path in review.iterdir() if path.is_file()} == before


def test_too_few_decisions_are_a_sentence(review: Path) -> None:
    pytest.importorskip("numpy")
    said = tamis("second-look", review, "--reviewer", "Ben").stdout
    assert said.startswith("A model can be surprised once Ben has excluded 5 records at title/abstract")
    assert tamis_json("second-look", review, "--reviewer", "Ben")["surprising"] == []


def test_without_numpy_the_rest_is_said(review: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tamis.services.ranking.available", lambda: False)
    assert "pip install 'tamis[rank]'" in tamis("second-look", review).stdout


def test_records_shown_again_are_told_of_from_screening_to_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the list, the trail, the report and the check; before, nowhere."""
    monkeypatch.setattr("tamis.services.again.AWHILE", 5)
    folder = tmp_path / "review"
    (tmp_path / "hits.ris").write_text(ris(*(f"Title {n} {POISON[0]}" for n in range(60))), encoding="utf-8")
    tamis("init", folder, "--title", "Tea", "--reviewer", "Ann")
    tamis("import", folder, tmp_path / "hits.ris", "--database", "PubMed")
    for command in ("report", "log", "second-look"):
        assert "hown again" not in tamis(command, folder).stdout
    with open_review(folder, write=True) as review:
        keys = "i\ne 1\n" * 60 + "q\n"
        PlainSession(Session(review, author("Ann"), again=0.5), io.StringIO()).run(io.StringIO(keys))
    doc = tamis_json("second-look", folder)["again"]
    assert doc["records"] == len(doc["shown"]) > 5
    assert doc["same"] == sum(one["first"] == one["again"] for one in doc["shown"])
    assert doc["share_interval"][0] <= doc["share"] <= doc["share_interval"][1]
    unsettled = [one["record"] for one in doc["shown"] if one["unsettled"]]
    assert len(unsettled) == doc["records"] - doc["same"] > 0
    said = tamis("second-look", folder).stdout
    assert f"{doc['records']} records were shown again; the verdict was the same on {doc['same']} (" in said
    assert said.count("(to settle)") == len(unsettled)
    assert tamis("second-look", folder, "--shown").stdout.count(", then ") == doc["records"]
    assert tamis("log", folder).stdout.count("shown again: ") == doc["records"]
    report = " ".join(tamis("report", folder).stdout.split())
    assert f"| Ann | {doc['records']} | {doc['same']} |" in report
    assert "drawn at random and shown again, unmarked" in report
    tamis("check", folder)
    assert tamis_json("summary", folder)["stages"]["title-abstract"]["undecided"] == 0
