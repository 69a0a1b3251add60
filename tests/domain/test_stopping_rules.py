"""Rules are read as they are written, and stop where looking after every record would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.stopping import Sample, ranked_p, sample_order, sample_p
from tamis.domain.stopping_rules import KINDS, Rule, Stop, rule, stops
from tamis.errors import UsageError

LABELS = st.lists(st.sampled_from([True, False, False, False]), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("consecutive:50", Rule("consecutive", n=50)),
        (" share: 0.5 ", Rule("share", share=0.5)),
        ("share:50%", Rule("share", share=0.5)),
        ("callaghan:0.95,0.05", Rule("callaghan", target=0.95, risk=0.05)),
        ("callaghan:95 %, 5 %", Rule("callaghan", target=0.95, risk=0.05)),
        ("callaghan-sample:0.95,0.05", Rule("callaghan-sample", target=0.95, risk=0.05)),
        ("callaghan-sample:.8,.1,100", Rule("callaghan-sample", n=100, target=0.8, risk=0.1)),
    ],
)
def test_rules_are_read(text: str, expected: Rule) -> None:
    assert rule(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "consecutive", "consecutive:", "consecutive:0", "consecutive:1.5", "consecutive:inf"),
        *("consecutive:ten", "share:2", "share:-1", "share:nan", "share:0.1,0.2", "callaghan:0.95"),
        *(
            "callaghan:1.5,0.05",
            "callaghan:0.95,0",
            "callaghan:0.95,0.05,9",
            "callaghan-sample:1,1",
            "knee:1",
        ),
    ],
)
def test_what_is_no_rule_is_refused_with_all_that_there_are(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        rule(text)
    assert all(words in str(refused.value) for words in KINDS.values())


def test_where_simple_rules_stop() -> None:
    labels = [True, False, True, False, False, False, True, False, False, False]
    assert stops(rule("consecutive:2"), labels) == Stop(5, 2)
    assert stops(rule("consecutive:4"), labels) is None
    assert stops(rule("share:0.7"), labels) == Stop(7, 3)
    assert stops(rule("share:0.01"), labels) == Stop(1, 1)
    assert stops(rule("share:1"), labels) is None
    assert stops(rule("share:0.5"), []) is None


@given(labels=LABELS, target=st.sampled_from([0.5, 0.8, 0.95]), risk=st.sampled_from([0.05, 0.3, 0.7]))
def test_the_ranked_rule_stops_at_the_first_value_that_is_small_enough(
    labels: list[bool], target: float, risk: float
) -> None:
    looks = (n for n in range(1, len(labels)) if ranked_p(labels[:n], len(labels), target) <= risk)
    n = next(looks, None)
    expected = None if n is None else Stop(n, sum(labels[:n]))
    assert stops(Rule("callaghan", target=target, risk=risk), labels) == expected


@given(
    labels=LABELS,
    target=st.sampled_from([0.5, 0.8, 0.95]),
    risk=st.sampled_from([0.05, 0.3, 0.7]),
    n=st.integers(1, 5),
    seed=st.text(max_size=3),
)
def test_the_sampled_rule_stops_at_the_first_value_that_is_small_enough(
    labels: list[bool], target: float, risk: float, n: int, seed: str
) -> None:
    begun = stops(Rule("consecutive", n=n), [*labels, True])  # also at the very last record
    stopped = stops(Rule("callaghan-sample", n=n, target=target, risk=risk), labels, seed)
    if begun is None:
        assert stopped is None
        return
    pool = len(labels) - begun.screened
    order = [labels[int(i)] for i in sample_order(map(str, range(begun.screened, len(labels))), seed)]
    expected = None
    for s in range(pool):
        found = sum(order[:s])
        if sample_p(Sample(pool, s, found, begun.found), target) <= risk:
            expected = Stop(begun.screened + s, begun.found + found, begun.screened)
            break
    assert stopped == expected
