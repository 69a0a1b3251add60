"""`tamis second-look`: surprising decisions and the reviewer's own consistency, from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.helpers import ris
from tests.services.ranking.making import collection

from .helpers import tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """Thirty records of two topics; all twelve of tea are included but one."""
    texts, labels = collection(30, 12)
    folder = tmp_path / "review"
    (tmp_path / "hits.ris").write_text(ris(*(f"{t.title} {t.abstract}" for t in texts)), encoding="utf-8")
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
