"""Real files, where they are at hand: as many verdicts as counted by other means."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.formats.helpers import SHARED

from .reading import records, said, verdicts

if TYPE_CHECKING:
    from pathlib import Path

PEERS = SHARED / "corpus" / "peers"
SCREENING = SHARED / "corpus" / "screening"
pytestmark = pytest.mark.skipif(not PEERS.exists(), reason="the shared corpus is not here")


def one(pattern: str, folder: Path = PEERS) -> Path:
    return next(iter(folder.glob(pattern)))


def test_rayyan_ris() -> None:
    path = one("*rayyanR/*tinea*.ris")
    text = path.read_text(encoding="utf-8")
    counted = {
        (name, "title-abstract", verdict): len(re.findall(f'"{re.escape(name)}"=>"{word}"', text))
        for name in ("Zbys", "m.el-gohary")
        for word, verdict in (("Included", "include"), ("Excluded", "exclude"))
    }
    found = records(path.read_bytes(), path.name)
    assert {k: n for k, n in said(found).items() if k[0] != "Rayyan"} == counted
    assert sum(counted.values()) == 16
    lines = re.findall(r"EXCLUSION-REASONS: (.*)", text)
    reasons = {(d.by, r) for rec in found for d in rec.decisions for r in d.reasons}
    assert {r for _, r in reasons} == {reason.strip() for line in lines for reason in line.split(",")}
    assert not any("RAYYAN" in note for record in found for note in record.notes)


def test_rayyan_csv() -> None:
    path = one("*citation-file*/CSV*rayyan*")
    text = path.read_text(encoding="utf-8")
    counted = {
        v: text.count(f'=>""{w}""')
        for w, v in (("Included", "include"), ("Excluded", "exclude"), ("Maybe", "maybe"))
    }
    assert (
        verdicts(records(path.read_bytes(), path.name)) == counted == {"include": 2, "exclude": 2, "maybe": 2}
    )


def test_asreview_ris() -> None:
    path = one("asreview-asreview/*notes_labels.ris")
    blocks = path.read_text(encoding="utf-8-sig").split("ER  -")
    counted = {
        v: sum(f"ASReview_{w}" in b for b in blocks)
        for w, v in (("relevant", "include"), ("irrelevant", "exclude"))
    }
    assert verdicts(records(path.read_bytes(), path.name)) == counted


def test_asreview_project() -> None:
    path = one("asreview-asreview/*.asreview")
    with zipfile.ZipFile(path) as archive, closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(archive.read("results.db"))
        query = "SELECT record_id, label FROM results WHERE label IS NOT NULL"
        counted = dict(base.execute(query).fetchall())
        rows = list(csv.DictReader(io.StringIO(archive.read("data/demo_data.csv").decode())))
    found = records(path.read_bytes(), path.name)
    assert [r.title[:30] for r in found][:5] == [" ".join(row["title"].split())[:30] for row in rows][:5]
    there = {n: int(d.verdict == "include") for n, r in enumerate(found) for d in r.decisions}
    assert there == counted
    assert sorted(counted.values()) == [0] * 14 + [1] * 9
    assert all(d.at.startswith("2025-04-23T18:2") for r in found for d in r.decisions)


def test_eppi_json_and_report() -> None:
    path = one("infoqualitylab*/*.json")
    doc = json.loads(path.read_text(encoding="utf-8-sig"))
    found = records(path.read_bytes(), path.name)
    assert (
        verdicts(found)
        == {"include": sum(r["ItemStatus"] == "I" for r in doc["References"])}
        == {"include": 162}
    )
    labels = [len({c["AttributeId"] for c in r.get("Codes", ())}) for r in doc["References"]]
    read = [sum(len(d.labels) for d in r.decisions) for r in found]
    assert sum(1 for a, b in zip(labels, read, strict=True) if bool(a) != bool(b)) == 0
    report = one("*citation-file*/XLSX*eppi*")
    assert verdicts(records(report.read_bytes(), report.name)) == {"include": 8, "exclude": 2}


@pytest.mark.parametrize("verdict", ["included", "excluded", "irrelevant"])
def test_covidence_under_a_name_that_says_the_list(verdict: str) -> None:
    for path in PEERS.glob("*citation-file*/*covidence*"):
        found = records(path.read_bytes(), f"review_1_{verdict}_csv_20260101000000{path.suffix}")
        last = [r.decisions[-1].verdict for r in found]
        assert last == ["include" if verdict == "included" else "exclude"] * 10


LABELLED = (
    sorted(path for path in SCREENING.glob("*/*.csv") if path.name != "index.csv")
    if SCREENING.exists()
    else []
)


@pytest.mark.parametrize("path", LABELLED, ids=[p.name for p in LABELLED])
def test_labelled_datasets(path: Path) -> None:
    text = path.read_text(encoding="utf-8" if "fastread" not in str(path) else "cp1252", errors="replace")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    column = "label_included" if "label_included" in rows[0] else "label"
    found = records(path.read_bytes(), path.name)
    final = [r.decisions[-1].verdict if r.decisions else "" for r in found]
    assert final == [
        {"1": "include", "yes": "include", "0": "exclude", "no": "exclude"}[row[column]] for row in rows
    ]
    assert not any(column in r.extra for r in found)
