"""Records likely to be left: what a list that thins out promises for its end."""

from __future__ import annotations

import random
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.decline import LEAST, Left, likely_left

LISTS = st.lists(st.booleans(), min_size=LEAST, max_size=300).filter(lambda labels: sum(labels) >= LEAST)


def known(labels: list[bool], left: int) -> Left:
    found = likely_left(labels, left)
    assert found is not None
    return found


@given(st.lists(st.booleans(), max_size=20).filter(lambda labels: sum(labels) < LEAST), st.integers(0, 99))
def test_a_few_finds_say_nothing(labels: list[bool], left: int) -> None:
    assert likely_left(labels, left) is None


@given(LISTS, st.integers(0, 2_000))
def test_no_record_left_is_likelier_than_those_that_were_screened(labels: list[bool], left: int) -> None:
    found = known(labels, left)
    assert 0 <= found.low <= found.high <= left
    assert 0 <= found.expected <= found.found / found.screened * left + 1e-9
    chances = [found.chance(n) for n in range(1, left + 1)]
    assert all(0 < chance <= found.found / found.screened for chance in chances)
    assert chances == sorted(chances, reverse=True)


@given(LISTS, st.integers(1, 2_000), st.data())
def test_the_chances_of_records_add_up(labels: list[bool], left: int, data: st.DataObject) -> None:
    found = known(labels, left)
    n = data.draw(st.integers(0, left))
    summed = sum(found.chance(place) for place in range(1, n + 1))
    assert found.among(n) == pytest.approx(summed, rel=0.02, abs=0.02)
    assert found.among(left) == found.among(left + 5) == found.expected
    assert found.among(0) == 0


@pytest.mark.parametrize("left", [10, 900, 40_000])
def test_finds_that_came_early_promise_fewer(left: int) -> None:
    early, evenly = [True] * 10 + [False] * 90, [n % 10 == 0 for n in range(100)]
    assert known(early, left).expected < known(evenly, left).expected
    assert known(early, left).high <= known(evenly, left).high


def test_a_long_row_without_a_find_leaves_little() -> None:
    labels = [True] * 20 + [False] * 20
    expected = [known(labels + [False] * more, 1_000 - more).expected for more in (0, 100, 300, 900)]
    assert expected == sorted(expected, reverse=True)
    assert expected[-1] < 0.1


@pytest.mark.parametrize(("at", "screened"), [(6, 100), (6, 400), (10, 200), (16, 100)])
def test_the_limits_hold_where_the_model_does(at: float, screened: int) -> None:
    """Lists of 1,000 whose chances fall by exp(-at): the limits are to hold in nine of ten."""
    draw = random.Random(at).random
    held = replays = 0
    for _ in range(150):
        labels = [draw() < 0.6 * exp(-at * n / 1_000) for n in range(1_000)]
        found = likely_left(labels[:screened], 1_000 - screened)
        if found is not None:
            replays += 1
            held += found.low <= sum(labels[screened:]) <= found.high
    assert replays > 140
    assert held >= 0.85 * replays


def test_a_list_far_steeper_than_most_is_followed() -> None:
    """A hundred finds at the very top of a hundred thousand records, and none after."""
    found = known([n < 100 for n in range(5_000)], 95_000)
    assert found.expected < 5


def test_all_relevant_goes_on_as_far_as_there_are_records() -> None:
    found = known([True] * 50, 3)
    assert (found.low, found.high) == (0, 3)
    assert 1 < found.expected < 3


def test_nothing_left_is_nothing() -> None:
    found = known([True] * 5, 0)
    assert (found.expected, found.low, found.high) == (0, 0, 0)
