"""Measures against those of ASReview."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.services import simulating_measures as measures

# What ASReview Insights 1.6.1 (recall at .1, .2, .5; WSS at .95; average time to discovery) and ASReview 2.2
# (loss, NDCG) say of these lists; both and this module agreed on 3,000 random lists, too.
ASREVIEW = {
    "0100110000100000000000000": (0.25, 0.5, 1.0, 0.44, 6.0, 0.166667, 0.645272),
    "11100000": (0.0, 0.333333, 1.0, 0.375, 2.0, 0.0, 1.0),
    "1000000000000000000000000000000000000001": (0.5, 0.5, 0.5, 0.25, 20.5, 0.5, 0.727593),
    "0011010001000010000000000000000000100000000000000000": (
        0.333333,
        0.666667,
        0.833333,
        0.480769,
        12.166667,
        0.188406,
        0.611068,
    ),
}


@pytest.mark.parametrize("text", ASREVIEW)
def test_values_are_asreviews(text: str) -> None:
    found = [one == "1" for one in text]
    values = (
        *(measures.recall(found, share) for share in (0.1, 0.2, 0.5)),
        measures.wss(found),
        measures.average_time_to_discovery(found),
        measures.loss(found),
        measures.ndcg(found),
    )
    assert values == pytest.approx(ASREVIEW[text], abs=1e-6)


@given(st.integers(1, 30), st.integers(1, 30), st.randoms(use_true_random=False))
def test_the_best_order_has_no_loss_and_the_worst_all_of_it(yes: int, no: int, rng: object) -> None:
    best = [True] * yes + [False] * no
    assert measures.loss(best) == pytest.approx(0)
    assert measures.loss(best[::-1]) == pytest.approx(1)
    assert measures.ndcg(best) == pytest.approx(1)
    assert measures.recall(best[::-1], 1.0) == 1
    assert measures.wss(best) >= measures.wss(best[::-1])
