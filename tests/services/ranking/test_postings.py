"""The features by term add up to what the features by record do."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.services.ranking import postings
from tamis.services.ranking.exact import row_sums
from tamis.services.ranking.features import Features
from tamis.services.ranking.postings import Postings
from tamis.services.ranking.words import Words

from .making import collection


@pytest.mark.parametrize("at_once", [1, 50, 10_000_000])
def test_sums_of_some_columns_are_those_of_the_rows(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """In pieces of any size; with rows that have nothing, in the middle and at the end."""
    monkeypatch.setattr(postings, "_AT_ONCE", at_once)
    texts, _ = collection(40, 10)
    features = Features.build([*texts[:20], Words("", "", ""), *texts[20:], Words("", "", "")])
    rng = np.random.default_rng(1)
    table = np.zeros(len(features.slots))
    made, sums = Postings(features), np.zeros(len(features))
    for many in (0, 1, 30, len(table)):
        columns = np.sort(rng.choice(len(table), many, replace=False))
        factors = rng.integers(-500, 501, many).astype(float)
        table[columns] += factors
        made.add(sums, columns, factors)
        assert np.array_equal(sums, row_sums(table, features.columns, features.weights, features.starts))


def test_without_records_there_is_nothing_to_add() -> None:
    Postings(Features.build([])).add(np.zeros(0), np.zeros(0, np.int64), np.zeros(0))
