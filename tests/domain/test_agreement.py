"""Agreement of two reviewers: known values, and what must hold of any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.agreement import agreement

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
