"""The comparison of the estimate of relevant records left with the truth works; nothing here is a target."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tests.services.ranking.making import collection

if TYPE_CHECKING:
    from pathlib import Path


def test_a_set_is_replayed_and_compared_at_every_share(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from bench.likely_left import measured, table

    path = tmp_path / "topics.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(("title", "abstract", "label_included"))
        for text, label in zip(*collection(120, 40), strict=True):
            rows.writerow((text.title, text.abstract, int(label)))
    lines = measured(path, seeds=2)
    assert [(line.share, line.found + line.true) for line in lines] == [(0.1, 40), (0.25, 40), (0.5, 40)] * 2
    assert all(line.low <= line.high for line in lines)
    assert all(0 <= line.scored <= 120 * (1 - line.share) for line in lines)
    shown = table(lines)
    assert [line.split()[2] for line in shown[1:]] == ["10%", "25%", "50%"]
