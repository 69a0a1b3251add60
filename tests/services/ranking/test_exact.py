"""Sums of whole numbers round nothing, whatever their order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tamis.services.ranking.exact import dot, on_grid, row_sums

numbers = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), max_size=40)


@given(numbers, st.integers(4, 29))
def test_a_grid_holds_whole_numbers_close_to_the_values(values: list[float], bits: int) -> None:
    given_ = np.array(values)
    whole, unit = on_grid(given_, bits)
    assert np.array_equal(whole, np.rint(whole))
    assert np.all(np.abs(whole) <= 2.0**bits)
    assert np.all(np.abs(whole * unit - given_) <= unit / 2)


@given(numbers, st.randoms(use_true_random=False))
def test_a_product_does_not_depend_on_the_order(values: list[float], shuffler: object) -> None:
    a = np.array(values)
    order = np.random.default_rng(len(values)).permutation(len(a))
    assert dot(a, a[::-1]) == dot(a[order], a[::-1][order])


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 65535)), max_size=6), max_size=8))
def test_rows_are_summed_apart_and_empty_ones_are_nothing(rows: list[list[tuple[int, int]]]) -> None:
    table = np.arange(10.0) * 1000 - 4500
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([c for row in rows for c, _ in row], np.int32)
    weights = np.array([w for row in rows for _, w in row], np.uint16)
    expected = [sum(table[c] * w for c, w in row) for row in rows]
    assert row_sums(table, columns, weights, starts).tolist() == expected
