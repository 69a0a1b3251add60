"""On searches whose duplicates are known; the bounds stand a little below what is measured."""

from __future__ import annotations

import pytest

from tamis.services.dedup import Quality, clusters, find, questions, score_against
from tests.services.dedup import labelled

pytestmark = pytest.mark.skipif(not labelled.FOLDER.is_dir(), reason="the labelled searches are not here")


def measured(name: str, *, judged: bool = False) -> tuple[Quality, Quality, float]:
    """Quality of certain links, of them with what a person says, and questions per 100 records."""
    records, truth = labelled.bib_dedupe(name, judged=judged)
    pairs = find(records)
    asked = questions(pairs)
    certain = [p for p in pairs if p.certain]
    group = {member: n for n, members in enumerate(truth) for member in members}
    yes = [p for p in asked if p.first in group and group[p.first] == group.get(p.second)]
    return score_against(certain, truth), score_against(certain + yes, truth), 100 * len(asked) / len(records)


def test_stroke() -> None:
    certain, all_told, asked = measured("stroke")
    assert certain.precision == 1
    assert certain.sensitivity >= 0.99
    assert all_told.sensitivity >= 0.995
    assert asked <= 0.5


def test_haematology_as_labelled() -> None:
    """A third of the labels link errata, replies, other trials and other meetings."""
    certain, all_told, asked = measured("haematology")
    assert certain.precision == 1
    assert certain.sensitivity >= 0.77
    assert all_told.sensitivity >= 0.94
    assert asked <= 1.6


def test_haematology_as_judged() -> None:
    certain, all_told, _ = measured("haematology", judged=True)
    assert certain.precision == 1
    assert certain.sensitivity >= 0.93
    assert all_told.sensitivity >= 0.99


def test_diabetes() -> None:
    """Every cluster holds one of the records labelled unique, but for one group that has none."""
    records, unique = labelled.diabetes()
    pairs = find(records)
    found = clusters(p for p in pairs if p.certain)
    linked = {member for group in found for member in group}
    found += [(r.id,) for r in records if r.id not in linked]
    assert sum(max(0, sum(m in unique for m in group) - 1) for group in found) == 0
    assert sum(not unique.intersection(group) for group in found) <= 2
    assert len(questions(pairs)) <= 0.01 * len(records)


def test_tafenoquine() -> None:
    records, marked = labelled.tafenoquine()
    pairs = find(records)
    linked = {member for group in clusters(p for p in pairs if p.certain) for member in group}
    assert linked == marked
    assert len(questions(pairs)) <= 2


def test_pairs_with_an_expected_answer() -> None:
    wrong = [
        name
        for name, a, b, expected in labelled.cases()
        if any(p.certain for p in find([a, b])) is not expected
    ]
    assert wrong == []
