"""Records in several languages: one sentence where too little is decided in some, and screening goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Order, Verdict
from tamis.services import ordering
from tamis.services.languages import ENOUGH, Few, Languages
from tamis.services.screening import Session

from .helpers import add, author, make_review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.review import Review

FULL = "Records are in 2 languages; those in the one with fewer than 10 decisions of yours"


def ris(*languages: str) -> str:
    """A record a language; every third is of tea."""
    lines = []
    for n, name in enumerate(languages):
        topic = "tea" if n % 3 == 0 else "iron"
        lines += ["TY  - JOUR", f"TI  - {topic} record {n}", f"AB  - {topic} {topic} study of {topic} {n}"]
        lines += [f"LA  - {name}"] if name else []
        lines += ["ER  - ", ""]
    return "\n".join(lines)


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with make_review(tmp_path / "review") as made:
        yield made


def looked_at(review: Review, tmp_path: Path, *names: str) -> Languages:
    add(review, tmp_path / "hits.ris", ris(*names))
    return Languages(review.records, range(len(names)))


def labels(*parts: range) -> dict[int, bool]:
    return dict.fromkeys((n for part in parts for n in part), True)


def test_a_language_counts_as_known_after_some_decisions(review: Review, tmp_path: Path) -> None:
    found = looked_at(review, tmp_path, *["eng"] * 30, *["Spanish"] * 20, *["English"] * 20)
    assert found.few(labels(range(ENOUGH - 1))) is None, "nothing is known of any of them yet"
    assert found.few(labels(range(ENOUGH))) == Few(1, 2)
    assert found.few(labels(range(5), range(60, 65))) == Few(1, 2), "eng is English"
    assert found.few(labels(range(20), range(30, 30 + ENOUGH - 1))) == Few(1, 2)
    assert found.few(labels(range(20), range(30, 30 + ENOUGH))) is None


def test_ten_languages(review: Review, tmp_path: Path) -> None:
    names = ["eng", "ger", "fre", "spa", "ita", "por", "rus", "chi", "jpn", "kor"]
    found = looked_at(review, tmp_path, *(name for name in names for _ in range(12)))
    few = found.few(labels(range(36)))
    assert few == Few(7, 10)
    assert str(few) == "Weak in 7 of 10 languages: few decisions in them."
    assert few.words.startswith("Records are in 10 languages; those in the 7 with fewer than 10")


@pytest.mark.parametrize("names", [["eng"] * 40, [""] * 40, ["eng"] * 39 + [""]])
def test_one_language_or_none_given_says_nothing(review: Review, tmp_path: Path, names: list[str]) -> None:
    assert looked_at(review, tmp_path, *names).few(labels(range(30))) is None


def test_a_single_record_among_many_is_passed_over(review: Review, tmp_path: Path) -> None:
    found = looked_at(review, tmp_path, *["eng"] * 150, "ger")
    assert found.few(labels(range(30))) is None


def test_hostile_words_for_a_language_are_only_counted(review: Review, tmp_path: Path) -> None:
    evil = '\x1b]0;x\x07"language":"[b]'
    found = looked_at(review, tmp_path, *["eng"] * 20, *[evil] * 20)
    few = found.few(labels(range(20)))
    assert few == Few(1, 2)
    assert few.words.isprintable()


def test_it_is_said_with_the_order_and_why_and_screening_goes_on(review: Review, tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from tamis.services.relevance import Relevance

    add(review, tmp_path / "hits.ris", ris(*["eng"] * 30, *["ger"] * 20))
    session = Session(review, author())
    ordering.begin_with(session, Order.RELEVANCE)
    guide = Relevance(session)
    try:
        said = []
        for n in range(30):
            assert guide.wait()
            session.queue.move(0)
            said.append(guide.sentence())
            session.decide(Verdict.INCLUDE if (session.current or 0) % 3 == 0 else Verdict.EXCLUDE)
            assert len(session.ledger.voted(session.stage)) == n + 1
        assert "Ordered by your decisions. Weak in 1 of 2 languages: few decisions in them." in said
        assert "Weak" not in said[0]
        assert len(max(said, key=len)) <= 78, "it fits a line"
        while "Weak" not in guide.sentence():
            session.undo()
            assert guide.wait()
            session.queue.move(0)
        assert FULL in guide.why().text
    finally:
        guide.close()
