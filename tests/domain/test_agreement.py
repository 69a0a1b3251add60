"""Agreement of two reviewers: known values, and what must hold of any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.agreement import Agreement, agreement

from .making import patient

said = st.sampled_from(["include", "exclude", "maybe"])
pairs = st.lists(st.tuples(said, said), max_size=40)


def test_a_worked_example() -> None:
    """Of 50 records both include 20 and exclude 15; observed 0.7, by chance 0.5: kappa 0.4."""
    counts = {("i", "i"): 20, ("i", "e"): 5, ("e", "i"): 10, ("e", "e"): 15}
    found = agreement([pair for pair, n in counts.items() for _ in range(n)])
    assert (found.records, found.same, found.share) == (50, 35, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_where_kappa_is_not_defined() -> None:
    assert agreement([]).kappa is None
    assert agreement([]).share is None
    assert agreement([("i", "i")] * 3).kappa is None
    assert agreement([("i", "e")] * 3).kappa == 0


@patient
@given(pairs)
def test_kappa_is_1_only_where_both_always_agree_and_does_not_depend_on_who_is_first(
    given_pairs: list[tuple[str, str]],
) -> None:
    found = agreement(given_pairs)
    assert found == agreement([(b, a) for a, b in given_pairs][::-1])
    if found.kappa is not None:
        assert -1 <= found.kappa <= 1
        assert (found.kappa == 1) is (found.same == found.records)


def test_the_limits_of_agreement_are_those_of_wilson() -> None:
    """Newcombe 1998, Stat Med 17:857-72, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20, 0 to 0.1611."""
    assert Agreement(263, 81, None).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Agreement(20, 0, None).interval == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert Agreement(20, 20, None).interval == pytest.approx((1 - 0.1611, 1.0), abs=5e-5)
    assert Agreement(0, 0, None).interval is None


tables = st.lists(st.integers(1, 30), min_size=9, max_size=9)


@given(tables)
def test_the_standard_error_of_kappa_is_that_of_the_delta_method(table: list[int]) -> None:
    """The same out of kappa's slope in each cell, found by small steps, and the multinomial's variance."""
    n, step = sum(table), 1e-5
    shares = [k / n for k in table]

    def kappa(p: list[float]) -> float:
        ones = [sum(p[3 * i : 3 * i + 3]) for i in range(3)]
        others = [sum(p[i::3]) for i in range(3)]
        total = sum(p)
        chance = sum(a * b for a, b in zip(ones, others, strict=True)) / total**2
        return ((p[0] + p[4] + p[8]) / total - chance) / (1 - chance)

    slopes = []
    for cell in range(9):
        up, down = list(shares), list(shares)
        up[cell] += step
        down[cell] -= step
        slopes.append((kappa(up) - kappa(down)) / (2 * step))
    mean = sum(p * s for p, s in zip(shares, slopes, strict=True))
    variance = sum(p * s * s for p, s in zip(shares, slopes, strict=True)) - mean**2
    words = "iem"
    found = agreement((words[cell // 3], words[cell % 3]) for cell in range(9) for _ in range(table[cell]))
    assert found.kappa == pytest.approx(kappa(shares))
    assert found.error == pytest.approx((max(0, variance) / n) ** 0.5, rel=1e-3, abs=1e-6)
    assert found.kappa is not None
    assert found.kappa_interval is not None
    low, high = found.kappa_interval
    assert -1 <= low <= found.kappa <= high <= 1


def test_no_limits_of_kappa_where_all_is_said_the_same() -> None:
    """The formula would give 1 to 1, whatever few records it rests on."""
    found = agreement([("i", "i"), ("e", "e")])
    assert (found.kappa, found.error, found.kappa_interval) == (1, 0, None)
