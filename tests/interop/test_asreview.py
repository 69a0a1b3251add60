"""ASReview itself reads what is written for it, with the same labels, and gives everything back.

ASReview asks for an older rispy than tamis does, so it lives in an environment of its own:
`TAMIS_ASREVIEW_PYTHON=/that/environment/bin/python pytest tests/interop`. Without it these are skipped.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tamis import formats
from tamis.domain.record import Decision, Record
from tamis.formats.profiles import write_for

PYTHON = os.environ.get("TAMIS_ASREVIEW_PYTHON", "")
SCRIPT = Path(__file__).with_name("asreview_script.py")

pytestmark = pytest.mark.skipif(not PYTHON, reason="TAMIS_ASREVIEW_PYTHON names no Python that has ASReview")

HOSTILE = ["A trial of tea", 'says "ASReview_irrelevant" {x}', "a; b, c", "ER - \\ %s", "中文 🧬", "=1+1"]


def vote(by: str, verdict: str, note: str = "") -> Decision:
    reasons = ("Wrong dose, drug",) if verdict == "exclude" else ()
    return Decision(
        by=by, verdict=verdict, reasons=reasons, note=note, labels=("ask Ann",), at="2026-11-20T10:00:00Z"
    )


SAID: list[tuple[tuple[Decision, ...], int | None]] = [
    ((vote("Ann", "include", "two\nlines"),), 1),
    ((vote("Ann", "exclude", 'no: "x"'), vote("Ben", "exclude", "nor I")), 0),
    ((vote("Ann", "maybe", "hm"),), None),
    ((vote("Ann", "include"), vote("Ben", "exclude")), None),
    ((), None),
    ((vote("Ann", "include"), vote("Ben", "maybe", "later")), None),
]
LABELS = [label for _, label in SAID]
RECORDS = [
    Record(
        id=f"f00-{i}",
        type="JOUR",
        title=title,
        abstract=f"{title}. More.",
        authors=("Doe, Jane", "Roe, R"),
        year=2020,
        journal="Journal",
        doi=f"10.1000/x{i}",
        pmid="123",
        keywords=("liver", "trial"),
        notes=("Cited by 3", "mentions ASReview_relevant"),
        decisions=SAID[i][0],
    )
    for i, title in enumerate(HOSTILE)
]


def through_asreview(
    folder: Path, suffix: str, labels: list[int | None]
) -> tuple[list[dict[str, Any]], list[Record]]:
    """What ASReview saw in the file written for it, and the records of its export."""
    out = io.BytesIO()
    assert write_for("asreview", RECORDS, out, stage="title-abstract", format=suffix) == len(RECORDS)
    given, export = folder / f"all.{suffix}", folder / f"export.{suffix}"
    given.write_bytes(out.getvalue())
    command = [PYTHON, str(SCRIPT), str(given), json.dumps(labels), str(export)]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    assert run.returncode == 0, run.stderr
    items = list(formats.read(export.read_bytes(), name=export.name, hint=formats.Hint()))
    records = [item for item in items if isinstance(item, Record)]
    assert len(records) == len(items) == len(RECORDS)
    return json.loads(run.stdout.splitlines()[-1]), records


@pytest.mark.parametrize("suffix", ["ris", "csv"])
def test_asreview_sees_every_record_with_its_label_and_its_export_comes_back_whole(
    tmp_path: Path, suffix: str
) -> None:
    seen, back = through_asreview(tmp_path, suffix, LABELS)
    assert [item["included"] for item in seen] == LABELS
    guard = "'" if suffix == "csv" else ""
    assert [item["title"].removeprefix(guard) for item in seen] == HOSTILE
    assert [item["abstract"].removeprefix(guard) for item in seen] == [r.abstract for r in RECORDS]
    assert [item["doi"] for item in seen] == [r.doi for r in RECORDS]
    for found, given in zip(back, RECORDS, strict=True):
        assert found.title.removeprefix(guard) == given.title
        assert (found.authors, found.year, found.doi) == (given.authors, given.year, given.doi)
        assert found.keywords == given.keywords
        assert found.decisions == given.decisions


@pytest.mark.parametrize("suffix", ["ris", "csv"])
def test_what_is_decided_in_asreview_comes_back_beside_what_was_decided_before(
    tmp_path: Path, suffix: str
) -> None:
    _, back = through_asreview(tmp_path, suffix, [1] * len(RECORDS))
    for found, given in zip(back, RECORDS, strict=True):
        assert found.decisions[: len(given.decisions)] == given.decisions
        new = found.decisions[len(given.decisions) :]
        known = any(d.verdict == "include" for d in given.decisions)
        assert [(d.by, d.verdict) for d in new] == ([] if known else [("", "include")])
