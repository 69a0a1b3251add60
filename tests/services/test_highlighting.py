"""What is lit in a record, and expressions that would never end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tamis.domain.highlight import TermSet
from tamis.domain.record import Record
from tamis.services.highlighting import BUDGET, NOT_REACHED, TOO_SLOW, Highlighter, shown

if TYPE_CHECKING:
    from tamis.services.highlighting import Lit

RECORD = Record(
    title="Ablation of liver metastases",
    abstract="METHODS: A randomised trial.\nRESULTS: Liver\u2010metastases shrank.",
    keywords=("liver", "metastases", "trial"),
)
SETS = (TermSet("population", "green", ("liver metastas*",)), TermSet("design", "red", ("trial", "random*")))


def places(lit: Lit) -> dict[str, list[tuple[str, int]]]:
    return {
        text: [(text[start:end], number) for start, end, number in spans] for text, spans in lit.spans.items()
    }


def test_title_abstract_and_keywords_are_lit_and_counted() -> None:
    lit = Highlighter(SETS).lit(RECORD)
    assert lit.counts == (2, 3)
    assert places(lit) == {
        "Ablation of liver metastases": [("liver metastases", 0)],
        "METHODS: A randomised trial.": [("randomised", 1), ("trial", 1)],
        "RESULTS: Liver\u2010metastases shrank.": [("Liver\u2010metastases", 0)],
        "liver · metastases · trial": [("trial", 1)],
    }
    assert set(lit.spans) <= set(shown(RECORD))


def test_the_same_record_is_not_searched_again() -> None:
    highlighter = Highlighter(SETS)
    assert highlighter.lit(RECORD) is highlighter.lit(RECORD)


def test_expressions_see_the_text_as_it_is() -> None:
    lit = Highlighter((TermSet("numbers", "blue", (r"/\bliver\W\w+/", "/x*/")),)).lit(RECORD)
    assert [found for found, _ in places(lit)["RESULTS: Liver\u2010metastases shrank."]] == [
        "Liver\u2010metastases"
    ]
    assert lit.faults == ()


def test_an_expression_that_never_ends_is_switched_off_and_named_and_the_others_stay() -> None:
    """Each of these takes Python's own matcher longer than anyone waits."""
    bad = ("/(a|a)*$/", r"/(x+x+)+y/", "/(?=(a+)+b)/")
    highlighter = Highlighter((TermSet("bad", "red", (*bad, "/shrank/")),))
    for n in range(4):
        record = Record(title="a" * 5_000 + "c", abstract="x" * 5_000 + f"\n{RECORD.abstract} {n}")
        lit = highlighter.lit(record)
    assert {fault.term for fault in lit.faults if fault.why == TOO_SLOW} == set(bad[:1]) | {
        fault.term for fault in highlighter.faults
    }
    assert "/shrank/" not in {fault.term for fault in highlighter.faults}
    assert lit.counts == (1,)
    assert highlighter.lit(Record(title="shrank again")).counts == (1,)


class Computing:
    """A clock by which each look at it took a millisecond."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> float:
        """Seconds computed so far."""
        self.looks += 1
        return self.looks / 1_000


@pytest.mark.parametrize("many", [20, 60, 300])
def test_expressions_share_one_budget_for_a_record(many: int) -> None:
    """However many there are, a record waits no longer; one a record goes until the rest fit in."""
    clock = Computing()
    terms = tuple(f"/liver(?#{n})/" for n in range(many))
    highlighter = Highlighter((TermSet("many", "red", terms),), clock)
    for n in range(many):
        before, already = clock.looks, len(highlighter.faults)
        lit = highlighter.lit(Record(title="t", abstract=f"liver {n}"))
        computed = (clock.looks - before) / 1_000
        missed = [fault for fault in lit.faults if fault.why == NOT_REACHED]
        assert computed < BUDGET + 3 * many / 1_000, "after the budget nothing is looked for"
        assert len(lit.unlit) < 400, "many are not all named"
        if len(highlighter.faults) == already:
            break
        assert len(highlighter.faults) == already + 1
    assert not missed
    assert 0 < len(highlighter.faults) < many, "those that fit in stay on"
    assert all(fault.why == TOO_SLOW for fault in highlighter.faults)


def test_what_other_threads_compute_switches_nothing_off() -> None:
    """`regex` measures the whole process: beside a ranking, time runs out early, by nobody's fault."""
    highlighter = Highlighter((TermSet("a", "red", ("/(a|a)*$/",)),), clock=lambda: 0.0)
    lit = highlighter.lit(Record(title="a" * 3_000 + "c"))
    assert [fault.why for fault in lit.faults] == [NOT_REACHED]
    assert highlighter.faults == ()


@pytest.mark.parametrize(
    ("term", "why"),
    [
        ("/(/", "position"),
        ("/[z-a]/", "position"),
        ("/(?:(?:a{1000}){1000}){1000}/", "counts in braces"),
        ("/" + "a" * 400 + "/", "longer than 300"),
        ("/" + "(" * 149 + ")" * 149 + "/", ""),
        ("* ?", "no letter"),
    ],
)
def test_a_term_that_cannot_be_read_is_named_with_its_set(term: str, why: str) -> None:
    highlighter = Highlighter((TermSet("design", "red", (term, "trial")),))
    assert all((f.set, f.term) == ("design", term) and why in f.why for f in highlighter.faults)
    assert bool(highlighter.faults) == bool(why)
    assert highlighter.lit(RECORD).counts == (2,)


def test_nothing_is_loaded_for_words() -> None:
    """The library for expressions is loaded for the first expression."""
    before = sys.modules.pop("regex", None)
    try:
        Highlighter(SETS).lit(RECORD)
        assert "regex" not in sys.modules
    finally:
        if before is not None:
            sys.modules["regex"] = before
