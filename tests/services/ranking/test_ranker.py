"""The order follows from the labels alone, solves what it says it solves, and finds what is alike."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.services.ranking import solving
from tamis.services.ranking.features import UNIT, Features
from tamis.services.ranking.ranker import Ranker, Ranking
from tamis.services.ranking.solving import Labelled
from tamis.services.ranking.words import Words

from .making import collection

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 60


@cache
def small() -> tuple[list[Words], list[bool], Features]:
    texts, labels = collection(SIZE, 15)
    return texts, labels, Features.build(texts)


def dense(features: Features) -> NDArray[np.float64]:
    rows = np.zeros((len(features), len(features.slots)))
    for n in range(len(features)):
        part = slice(*features.starts[n : n + 2])
        rows[n, features.columns[part]] = features.weights[part] / UNIT
    return rows


def same(a: Ranking, b: Ranking) -> bool:
    return a.version == b.version and np.array_equal(a.order, b.order) and np.array_equal(a.scores, b.scores)


def test_the_least_squares_problem_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against NumPy's dense solver, with as many steps as it takes; with products kept and without."""
    monkeypatch.setattr(solving, "STEPS", 200)
    _, labels, features = small()
    rows = np.arange(0, SIZE, 2)
    y = np.where(np.array(labels)[rows], 1.0, -1.0)
    d = np.linspace(0.2, 50, len(rows))
    x = dense(features)
    beta = np.linalg.solve(x[rows] @ x[rows].T + 1 + np.diag(d), y)
    for kept in (solving.KEPT, 0):
        monkeypatch.setattr(solving, "KEPT", kept)
        labelled = Labelled(features)
        found = np.zeros(len(features.slots))
        weights = labelled.fitted(rows, y, d)
        found[labelled.columns] = weights
        assert np.allclose(found, x[rows].T @ beta, atol=1e-5)


def test_the_order_hardly_changes_with_more_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, labels = collection(400, 60)
    ranker = Ranker(Features.build(texts))
    few = ranker.rank(dict(enumerate(labels[:100])))
    monkeypatch.setattr(solving, "STEPS", 200)
    many = ranker.rank(dict(enumerate(labels[:100])))
    assert np.corrcoef(few.scores, many.scores)[0, 1] > 0.999


label_sets = st.lists(st.dictionaries(st.integers(0, SIZE - 1), st.booleans(), max_size=30), max_size=4)


@settings(deadline=None)
@given(label_sets, st.sampled_from([4, 12, 2_048]))
def test_what_was_asked_before_changes_nothing(asked: list[dict[int, bool]], kept: int) -> None:
    """Labels added, turned and taken back, with a cache of any size: the order is that of a new ranker."""
    _, _, features = small()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "KEPT", kept)
        ranker = Ranker(features)
        for labels in asked:
            backwards = dict(reversed(labels.items()))
            hints = {"tea": True, "steel": False} if len(labels) % 2 else {}
            assert same(ranker.rank(labels, hints), Ranker(features).rank(backwards, hints))


def test_a_score_is_the_sum_of_weights_though_only_changes_are_added() -> None:
    _, labels, features = small()
    ranker, rows = Ranker(features), dense(features)
    for known in (2, 3, 20, 21, 50, 49):
        ranking = ranker.rank(dict(enumerate(labels[:known])))
        assert np.allclose(rows @ ranking.weights * ranking.unit, ranking.scores, rtol=0, atol=1e-12)


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, SIZE - 1), st.booleans()))
def test_each_record_without_a_label_is_in_the_order_once(labels: dict[int, bool]) -> None:
    ranking = Ranker(small()[2]).rank(labels)
    assert sorted(ranking.order.tolist()) == sorted(set(range(SIZE)) - set(labels))
    scores = ranking.scores[ranking.order]
    assert np.all(np.diff(scores) <= 0)
    assert np.all(np.diff(ranking.order)[np.diff(scores) == 0] > 0)


def test_without_a_relevant_record_the_order_is_that_of_the_import() -> None:
    ranker = Ranker(small()[2])
    assert ranker.rank({}).order.tolist() == list(range(SIZE))
    assert ranker.rank({0: False, 3: False}).order[:3].tolist() == [1, 2, 4]


def test_what_is_like_the_relevant_ones_comes_first() -> None:
    texts, labels = collection(300, 40)
    ranker = Ranker(Features.build(texts))
    one = labels.index(True)
    alone = ranker.rank({one: True}).order[:39]
    assert sum(labels[row] for row in alone) > 30
    both = ranker.rank({one: True, labels.index(False): False}).order[:39]
    assert sum(labels[row] for row in both) >= 35


def test_records_with_one_text_keep_the_order_of_the_import() -> None:
    texts, labels, _ = small()
    ranking = Ranker(Features.build([text for text in texts for _ in range(2)])).rank(
        {0: labels[0], 2: labels[1], 4: labels[2], 6: labels[3]}
    )
    order = [row for row in ranking.order.tolist() if row > 7]
    assert order[1::2] == [row + 1 for row in order[::2]]


def test_terms_lead_until_both_kinds_are_there() -> None:
    texts, labels = collection(300, 40)
    ranker = Ranker(Features.build(texts))
    hints = {"green tea": True, "cat*": True, "steel": False}
    found = ranker.rank({}, hints).order[:39]
    assert sum(labels[row] for row in found) >= 28
    no = labels.index(False)
    assert sum(labels[row] for row in ranker.rank({no: False}, hints).order[:39]) >= 28
    known = {no: False, labels.index(True): True}
    assert same(ranker.rank(known, hints), ranker.rank(known))


def test_words_that_are_nowhere_lead_nowhere() -> None:
    ranker = Ranker(small()[2])
    hints = {"zebra": True, "*": True, "": False, "a* zeb*": True, "\x1b[31m": True}
    assert ranker.rank({}, hints).order.tolist() == list(range(SIZE))


def test_the_version_tells_labels_and_features_apart() -> None:
    texts, labels, features = small()
    ranker, known = Ranker(features), {0: labels[0], 1: labels[1]}
    versions = {
        ranker.rank(known).version,
        ranker.rank({**known, 2: True}).version,
        ranker.rank({**known, 2: False}).version,
        ranker.rank({0: not labels[0], 1: labels[1]}).version,
        Ranker(Features.build(texts[1:])).rank(known).version,
        ranker.rank({}, {"tea": True}).version,
        ranker.rank({}, {"tea": False}).version,
    }
    assert len(versions) == 7


def test_why_names_the_terms_that_make_the_score() -> None:
    texts, labels, features = small()
    ranker = Ranker(features)
    ranking = ranker.rank({row: labels[row] for row in range(20)})
    for row in (25, 40):
        every = ranker.why(row, texts[row], 10_000)
        assert sum(term.weight for term in every) == pytest.approx(ranking.scores[row], abs=1e-6)
        for term in every:
            assert set(term.text.split()) <= set("\n".join(texts[row]).split())
        few = ranker.why(row, texts[row], 3)
        assert few[:3] == every[:3]
        assert len(few) <= 6


def test_why_of_a_record_whose_text_has_changed_since_names_what_is_still_there() -> None:
    texts, labels, features = small()
    ranker = Ranker(features)
    ranker.rank({row: labels[row] for row in range(20)})
    assert ranker.why(30, Words("", "", "")) == []
    assert {t.text for t in ranker.why(30, Words(texts[30].title, "", ""))} <= {
        *texts[30].title.split(),
        *(f"{a} {b}" for a, b in zip(texts[30].title.split(), texts[30].title.split()[1:], strict=False)),
    }
