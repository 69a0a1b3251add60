"""From pairs to clusters, questions, the record that stands for all, and how good it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.record import Record
from tamis.services.dedup import (
    MOST,
    Pair,
    clusters,
    completeness,
    differences,
    joinable,
    questions,
    score_against,
)


def pair(first: str, second: str, score: float = 0.9, *, certain: bool = True) -> Pair:
    return Pair(first, second, score, certain, ())


def test_pairs_hang_together() -> None:
    assert clusters([pair("c", "d"), pair("b", "a"), pair("d", "e")]) == [("a", "b"), ("c", "d", "e")]
    assert clusters([]) == []


def test_a_long_chain() -> None:
    names = [f"r{n:05d}" for n in range(5_000)]
    assert clusters(pair(a, b) for a, b in pairwise(names)) == [tuple(names)]


def test_one_question_between_two_clusters() -> None:
    pairs = [
        pair("a", "b"),
        pair("c", "d"),
        pair("a", "c", 0.6, certain=False),
        pair("b", "d", 0.8, certain=False),
        pair("b", "c", 0.7, certain=False),
        pair("a", "b", 0.5, certain=False),
        pair("e", "f", 0.9, certain=False),
    ]
    assert [(p.first, p.second) for p in questions(pairs)] == [("e", "f"), ("b", "d")]


def test_how_good_it_is() -> None:
    truth = [("a", "b", "c"), ("d", "e"), ("f",)]
    assert score_against([], truth)[:3] == (1.0, 0.0, 0.0)
    perfect = score_against([pair("a", "b"), pair("b", "c"), pair("d", "e")], truth)
    assert perfect == (1.0, 1.0, 1.0, (), ())
    half = score_against([pair("a", "b"), pair("e", "f")], truth)
    assert half.precision == pytest.approx(1 / 2)
    assert half.sensitivity == pytest.approx(1 / 4)
    assert half.removed == pytest.approx(1 / 3)
    assert half.wrong == (("e", "f"),)
    assert half.missed == (("a", "c"), ("b", "c"), ("d", "e"))
    assert score_against([], [])[:3] == (1.0, 1.0, 1.0)


def test_the_most_complete_record_stands_for_all() -> None:
    bare = Record(id="a", title="Evening light")
    full = Record(
        id="b", title="Evening light", abstract="We sat.", authors=("Okafor, A.",), year=2019, doi="10.5/x"
    )
    cut = Record(
        id="c", title="Evening light", abstract="We sat. And", flags=("abstract-cut-off",), year=2019
    )
    longer = Record(id="d", title="Evening light", abstract="We sat down.", year=2019)
    assert sorted([full, longer, cut, bare], key=completeness) == [bare, cut, longer, full]
    assert completeness(full)[0] < MOST


def test_what_is_kept_apart_is_not_joined_over_others() -> None:
    pairs = [pair("a", "c", 0.8), pair("c", "b", 0.9), pair("x", "y"), pair("a", "d", 0.7)]
    assert joinable(pairs, [], []) == pairs
    assert joinable(pairs, [], [("a", "b")]) == pairs[1:], "of two the more likely one is taken"
    assert joinable(pairs, [("a", "e")], [("e", "c"), ("y", "x")]) == [pairs[1], pairs[3]]


@given(
    st.lists(st.tuples(*[st.sampled_from("abcdefg")] * 2, st.floats(0, 1)), max_size=9),
    st.lists(st.tuples(*[st.sampled_from("abcdefg")] * 2), max_size=3),
    st.lists(st.tuples(*[st.sampled_from("abcdefg")] * 2), max_size=4),
)
def test_joining_never_brings_strangers_together_and_leaves_nothing_that_could_be_joined(
    wanted: list[tuple[str, str, float]], linked: list[tuple[str, str]], apart: list[tuple[str, str]]
) -> None:
    def together(pairs: list[Pair]) -> set[frozenset[str]]:
        groups = clusters([*pairs, *(pair(a, b) for a, b in linked)])
        return {frozenset((a, b)) for group in groups for a in group for b in group if a != b}

    pairs = [pair(a, b, score) for a, b, score in wanted if a != b]
    before = together([])
    strangers = {frozenset(two) for two in apart if len(set(two)) == 2} - before
    taken = joinable(pairs, linked, apart)
    assert not together(taken) & strangers
    for left in pairs:
        if left not in taken:
            assert together([*taken, left]) & strangers


def test_side_by_side() -> None:
    a = Record(
        title="Evening light: a trial",
        authors=("Okafor, Adaeze", "Lindqvist, Per"),
        year=2019,
        journal="Journal of Rowing",
        pages="110-9",
        volume="3",
    )
    b = Record(
        title="EVENING LIGHT - a trial.",
        authors=("Okafor A", "Lindqvist P"),
        year=2020,
        journal="J Rowing",
        pages="110–119",
        doi="10.5555/x",
    )
    found = {d.field: d for d in differences(a, b)}
    assert list(found) == ["title", "authors", "year", "journal", "volume", "pages", "doi"]
    assert {name for name, d in found.items() if d.same} == {"title", "authors", "journal", "pages"}
    assert (found["year"].a, found["year"].b) == ("2019", "2020")
    assert (found["volume"].a, found["volume"].b) == ("3", "")
    assert found["authors"].a == "Okafor, Adaeze; Lindqvist, Per"
    assert differences(Record(), Record()) == []
    assert all(d.same for d in differences(a, a))
