"""The stopping tests say what their formulas say, and keep the promise that they make."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tamis.domain.hypergeometric import at_least, at_most, least_relevant, most_relevant
from tamis.domain.stopping import (
    Sample,
    in_a_row,
    missed_from,
    ranked_p,
    recall_interval,
    sample_order,
    sample_p,
)
from tests.domain.making import patient

TARGETS = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 1.0])


def exact_at_most(found: int, draws: int, relevant: int, population: int) -> Fraction:
    """P(X <= found) by counting."""
    ways = sum(comb(relevant, x) * comb(population - relevant, draws - x) for x in range(found + 1))
    return Fraction(ways, comb(population, draws))


@st.composite
def urns(draw: st.DrawFn) -> tuple[int, int, int, int]:
    population = draw(st.integers(0, 40))
    relevant, draws = draw(st.integers(0, population)), draw(st.integers(0, population))
    return draw(st.integers(0, draws)), draws, relevant, population


@given(urn=urns())
def test_chances_are_those_of_counting(urn: tuple[int, int, int, int]) -> None:
    found, draws, relevant, population = urn
    exact = float(exact_at_most(found, draws, relevant, population))
    assert at_most(*urn) == pytest.approx(exact, rel=1e-9, abs=1e-300)
    assert at_least(found + 1, draws, relevant, population) == pytest.approx(1 - exact, rel=1e-9, abs=1e-12)


@given(urn=urns(), risk=st.sampled_from([0.01, 0.05, 0.3]))
def test_limits_are_the_first_numbers_that_the_risk_refuses(
    urn: tuple[int, int, int, int], risk: float
) -> None:
    found, draws, _, population = urn
    possible = range(found, population - draws + found + 1)
    assert most_relevant(found, draws, population, risk) == max(
        k for k in possible if k == found or exact_at_most(found, draws, k, population) > risk
    )
    assert least_relevant(found, draws, population, risk) == min(
        k
        for k in possible
        if k == possible[-1] or 1 - (exact_at_most(found - 1, draws, k, population) if found else 0) > risk
    )


@given(found=st.integers(0, 500), target=TARGETS)
def test_the_first_number_with_which_a_target_is_missed(found: int, target: float) -> None:
    k = missed_from(found, target)
    assert Fraction(found, k) < Fraction(str(target))
    assert k == 1 or k == found or Fraction(found, k - 1) >= Fraction(str(target))


BUSCARPY = (
    (100, 60, 0.95, 2, 7, 0.7843137254901961),
    (100, 90, 0.95, 2, 5, 0.1333333333333333),
    (100, 90, 0.8, 1, 9, 0.0009877762686751452),
    (2000, 1200, 0.95, 2, 25, 0.33833531824798196),
    (2000, 1200, 0.8, 2, 34, 0.6161719687845431),
    (20000, 9000, 0.95, 2, 80, 0.3460934549478605),
    (20000, 9000, 0.95, 1, 400, 2.999160551004707e-06),
    (20000, 19000, 0.99, 2, 120, 0.03186155691067282),
    (20000, 2000, 0.9, 1, 1000, 0.002302458910114777),
)
"""Records, screened, target, exponent e, how many: relevant are the records 1, 2^e, 3^e, ...; last what
`calculate_h0(labels, N, recall_target)` of buscarpy 0.0.2 gives, by the authors of the method."""


@pytest.mark.parametrize(("total", "screened", "target", "power", "most", "expected"), BUSCARPY)
def test_the_ranked_test_is_that_of_buscarpy(
    total: int, screened: int, target: float, power: int, most: int, expected: float
) -> None:
    relevant = {n**power for n in range(1, most + 1)}
    labels = [n in relevant for n in range(1, screened + 1)]
    assert ranked_p(labels, total, target) == pytest.approx(expected, rel=1e-9)


@given(labels=st.lists(st.booleans(), max_size=25), left=st.integers(0, 25), target=TARGETS)
def test_the_ranked_test_is_the_smallest_of_all_pieces(labels: list[bool], left: int, target: float) -> None:
    """Every piece by counting, not only those after a relevant record."""
    total, found = len(labels) + left, sum(labels)
    values = [Fraction(1)]
    for size in range(1, len(labels) + 1):
        x = sum(labels[-size:])
        relevant = missed_from(found, target) - (found - x)
        population = size + left
        values.append(exact_at_most(x, size, relevant, population) if relevant <= population else Fraction(0))
    if missed_from(found, target) - found > left:
        values.append(Fraction(0))
    assert ranked_p(labels, total, target) == pytest.approx(float(min(values)), rel=1e-9, abs=1e-15)


@given(labels=st.lists(st.booleans(), max_size=60), left=st.integers(1, 60), low=TARGETS, high=TARGETS)
def test_the_ranked_test_is_a_chance_that_grows_with_the_target_and_falls_with_irrelevant_records(
    labels: list[bool], left: int, low: float, high: float
) -> None:
    assume(low <= high)
    p = ranked_p(labels, len(labels) + left, low)
    assert 0 <= p <= 1
    assert p <= ranked_p(labels, len(labels) + left, high) + 1e-12
    assert ranked_p([*labels, False], len(labels) + left, low) <= p + 1e-12


def test_the_end_of_the_records_is_the_end_of_doubt() -> None:
    assert ranked_p([True, False], 2, 0.95) == 0
    assert ranked_p([], 0, 0.95) == 0
    assert ranked_p([], 10, 0.95) == 1
    assert sample_p(Sample(pool=5, screened=5, found=0, before=3), 0.95) == 0
    assert sample_p(Sample(pool=5, screened=0, found=0, before=3), 0.95) == 1


def test_irrelevant_in_a_row() -> None:
    assert in_a_row([]) == 0
    assert in_a_row([False, True, False, False]) == 2
    assert in_a_row([False, True]) == 0


def wrong_stops(pool: int, relevant: int, before: int, target: float, risk: float, *, naive: bool) -> float:
    """The chance that screening the sample ends while the target is missed, looking after each record.

    Exact: the chances of having x finds after s records without having stopped, from s to s + 1.
    """
    alive = {0: 1.0}
    wrong = 0.0
    for screened in range(pool + 1):
        going_on: dict[int, float] = {}
        for found, chance in alive.items():
            sample = Sample(pool, screened, found, before)
            least = missed_from(before + found, target) - before
            p = at_most(found, screened, least, pool) if naive else sample_p(sample, target)
            if least - found > pool - screened or p <= risk:
                wrong += chance * (before + relevant >= missed_from(before + found, target))
                continue
            left = pool - screened
            share = (relevant - found) / left if left else 0.0
            going_on[found + 1] = going_on.get(found + 1, 0) + chance * share
            going_on[found] = going_on.get(found, 0) + chance * (1 - share)
        alive = {found: chance for found, chance in going_on.items() if chance > 0}
    return wrong


@patient
@given(
    pool=st.integers(1, 150),
    relevant=st.integers(0, 40),
    before=st.integers(0, 150),
    target=st.sampled_from([0.8, 0.95]),
    risk=st.sampled_from([0.05, 0.2]),
)
def test_the_promise_is_kept_at_every_look(
    pool: int, relevant: int, before: int, target: float, risk: float
) -> None:
    """However many relevant records are left, the sample ends wrongly no more often than the risk says."""
    assert wrong_stops(pool, min(relevant, pool), before, target, risk, naive=False) <= risk + 1e-12


def test_without_its_price_the_promise_would_be_broken() -> None:
    """Stopping at the first small value of a single look misses the target too often."""
    assert wrong_stops(600, 14, 200, 0.95, 0.05, naive=True) > 0.07
    assert 0.02 < wrong_stops(600, 11, 200, 0.95, 0.05, naive=False) <= 0.05


@given(
    pool=st.integers(1, 60),
    share=st.floats(0, 1),
    found=st.integers(0, 10),
    before=st.integers(0, 60),
    level=st.integers(0, 3),
    target=TARGETS,
    risk=st.sampled_from([0.05, 0.2]),
)
def test_the_interval_and_the_test_say_the_same(
    pool: int, share: float, found: int, before: int, level: int, target: float, risk: float
) -> None:
    screened = round(share * pool)
    sample = Sample(pool, screened, min(found, screened), before, level)
    interval = recall_interval(sample, risk)
    if interval is None:
        assert not screened or not before + sample.found
        return
    assert 0 < interval.low <= interval.estimate <= interval.high <= 1
    refused = sample_p(sample, target) <= risk
    assert refused == (
        Fraction(before + sample.found, round((before + sample.found) / interval.low))
        >= Fraction(str(target))
    )


@given(records=st.sets(st.text(max_size=5)), seed=st.text(max_size=5))
def test_a_sample_has_every_record_once_and_the_same_order_again(records: set[str], seed: str) -> None:
    order = sample_order(records, seed)
    assert sorted(order) == sorted(records)
    assert sample_order(sorted(records), seed) == order


def test_the_order_of_a_sample_is_for_ever() -> None:
    """An order that was worked with must come out the same in every later version."""
    order = sample_order([f"abcdef-{n}" for n in range(1, 8)], "seed")
    assert [int(record[-1]) for record in order] == [2, 7, 4, 1, 3, 6, 5]
