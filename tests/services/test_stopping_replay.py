"""Rules on replays: what a rule screens and finds, with the records known beforehand."""

from __future__ import annotations

import pytest

from tamis.errors import UsageError
from tamis.services.simulating import Replay
from tamis.services.stopping_replay import apply, table, to_doc

LABELS = [True, False, True, False, True, *[False] * 15]
FIRST = Replay(1, (0, 1), (2, 3, 4), (True, False, True, *[False] * 15))
SECOND = Replay(2, (2, 3), (1, 5, 6, 0, 4), (False, False, False, True, True, *[False] * 13))


def test_what_a_rule_would_have_found() -> None:
    one, two = apply("consecutive:3", LABELS, [FIRST, SECOND])
    assert (one.screened, one.found, one.share, one.recall) == (8, 3, 0.4, 1.0)
    assert (two.screened, two.found, two.sampled_from) == (4, 1, None)
    assert two.misses(0.95)
    assert not one.misses(1.0)


def test_a_rule_that_never_stops_screens_all() -> None:
    [one] = apply("consecutive:19", LABELS, [FIRST])
    assert (one.screened, one.found, one.share) == (20, 3, 1.0)


def test_the_account_of_rules() -> None:
    rules = ("consecutive:3", "callaghan-sample:0.8,0.2,2")
    docs = [to_doc(text, apply(text, LABELS, [FIRST, SECOND])) for text in rules]
    assert docs[0]["missed"] is None
    assert docs[0]["recall"] == round((1 + 1 / 3) / 2, 4)
    assert docs[1]["missed"] in (0, 1, 2)
    assert docs[1]["replays"][0]["sampled_from"] == 7
    assert [line.split()[0] for line in table(docs)] == ["rule", *rules]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(UsageError, match="no stopping rule"):
        apply("when tired", LABELS, [FIRST])
