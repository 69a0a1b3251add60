"""The records left: an estimate out of what came up by relevance, in numbers, words and a chart."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tamis.domain.decline import Left, likely_left
from tamis.domain.events import Author, Kind, Removal, Verdict
from tamis.services import ranking, stopping
from tamis.services.likely_left import by_relevance, chart, estimated, to_doc, words
from tamis.services.screening import Session

from .helpers import NOW, add, author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORDS = 60
FOUND = "ii.ii.i..i....................."


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Ann's session on sixty records."""
    with make_review(tmp_path / "review") as review:
        add(review, tmp_path / "hits.ris", ris(*(f"Title {n}" for n in range(RECORDS))))
        yield Session(review, author())


def decide(
    session: Session, word: str, order: str = "relevance", model: str = "ridge-1", rank: int = 1
) -> None:
    """A decision a letter on the next records, as if they had come up in an order."""
    watch = stopping.Watch(session.review, session.ledger)
    for record, letter in zip(watch.undecided(), word, strict=False):
        body = {
            "verdict": Verdict.INCLUDE if letter == "i" else Verdict.EXCLUDE,
            "shown": {"order": order, "rank": rank, "of": 999, "model": model},
        }
        session.save([session.event(Kind.DECIDE, record, body, stage=session.stage)])


def looked(session: Session) -> Left | str:
    watch = stopping.Watch(session.review, session.ledger)
    return estimated(session.ledger, watch, watch.look())


def test_the_estimate_is_that_of_the_records_that_came_up_by_relevance(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    session.decide(Verdict.EXCLUDE)
    decide(session, "i.i", order="random")
    decide(session, "i.", model="")
    decide(session, "ii", rank=400)
    decide(session, FOUND)
    left = RECORDS - 9 - len(FOUND)
    assert looked(session) == likely_left([letter == "i" for letter in FOUND], left)


def test_a_decision_that_was_changed_keeps_its_place_and_counts_as_it_stands(session: Session) -> None:
    decide(session, "i.i")
    ids = itertools.count()
    later = Session(session.review, Author("Ann", lambda: NOW, lambda: f"later-{next(ids)}"))
    records = list(session.review.records.ids())
    later.decide_record(records[0], Verdict.EXCLUDE)
    later.decide_record(records[1], Verdict.UNDECIDED)
    watch = stopping.Watch(later.review, later.ledger)
    assert by_relevance(later.ledger, watch.records) == [False, True]


def test_until_there_is_enough_a_sentence_says_what_is_missing(session: Session) -> None:
    decide(session, "i" * 20, order="imported")
    decide(session, "ii.i.i...")
    said = looked(session)
    assert said == (
        "How likely the records left are to be relevant can be estimated once 5 relevant ones were found in "
        "the order by relevance; so far 4."
    )
    doc = to_doc(said)
    assert (doc["expected"], doc["next"], doc["words"]) == (None, None, [said])
    decide(session, "i")
    assert isinstance(looked(session), Left)


def test_without_what_that_order_needs_it_is_said(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "available", lambda: False)
    assert str(looked(session)).endswith("so far 0. That order needs numpy: pip install 'tamis[rank]'.")
    decide(session, FOUND)
    assert isinstance(looked(session), Left)


def test_a_sample_says_more_and_is_not_contradicted(session: Session) -> None:
    decide(session, FOUND)
    stopping.begin_sample(session, stopping.Watch(session.review, session.ledger))
    said = looked(session)
    assert isinstance(said, str)
    assert "random sample" in said


def test_what_a_stop_has_left_is_still_left(session: Session) -> None:
    decide(session, FOUND)
    before = looked(session)
    watch = stopping.Watch(session.review, session.ledger)
    stopping.stop(session, watch, "time", Removal.AUTOMATION)
    assert looked(session) == before


def test_nothing_left_is_said(session: Session) -> None:
    decide(session, "i." * (RECORDS // 2))
    assert looked(session) == "No record is left to be relevant."


def of(word: str, left: int) -> Left:
    found = likely_left([letter == "i" for letter in word], left)
    assert found is not None
    return found


def test_the_words_say_what_it_is_and_what_it_is_not() -> None:
    seen = "iiii.iii..i.i..i...i....i.....i........" * 2
    left = of(seen, 1_900)
    head, warning = words(left)
    assert head.startswith(
        f"Of 1,900 records left, about {left.expected:.0f} are expected to be relevant "
        f"({left.low} to {left.high} with limits of 90 %); "
    )
    assert head.endswith(" of them among the next 500 in the order by relevance.")
    assert left.among(200) < left.expected / 2 <= left.among(500)
    assert "no rule to stop by" in warning
    assert f"the {len(seen)} records that came up by relevance ({seen.count('i')} relevant)" in warning
    doc = to_doc(left)
    assert doc["words"] == [head, warning]
    assert [one["records"] for one in doc["next"]] == [50, 100, 200, 500, 1_000]
    assert doc["expected"] == pytest.approx(left.expected, rel=1e-3)


def test_one_record_left_is_one() -> None:
    assert words(of("iiiii.", 1))[0].startswith("Of 1 record left, about 0.")


@pytest.mark.parametrize("left", [1, 2, 1_000, 100_000])
def test_the_chart_falls_from_the_next_record_to_the_last(left: int) -> None:
    drawn = chart(of(FOUND, left), 76, 14, ascii=True)
    assert len(drawn) == 14
    assert max(map(len, drawn)) <= 76
    assert "% likely to be relevant" in drawn[0]
    assert "records left, the most likely first" in drawn[-1]
    assert drawn[-1].endswith(f"{left:,}")
    stars = [line.index("*") for line in drawn if "*" in line]
    assert stars == sorted(stars)
    assert stars[0] == drawn[-2].index("+") + 1
