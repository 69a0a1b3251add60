"""Surprising decisions: scored by models that have not seen them, listed, and never changed."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.events import Author, Kind, Verdict
from tamis.errors import UsageError
from tamis.services import ranking
from tamis.services.importing import import_files
from tamis.services.screening import Session
from tamis.services.second_look import FOLDS, cross_scores, fold, oddities, surprising

from .helpers import NOW, author, make_review
from .ranking.making import collection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.review import Review

TA = "title-abstract"
PARTS = [7, 1, 1, 3, 6]
WRONG_EXCLUDE, WRONG_INCLUDE = 3, 5
"""Which of the relevant and of the irrelevant records is decided against its text."""


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Sixty records of two topics, twenty of them of tea; Ann includes those of tea, but for two slips."""
    pytest.importorskip("numpy")
    texts, labels = collection(60, 20)
    lines = []
    for text in texts:
        lines += ["TY  - JOUR", f"TI  - {text.title}", f"AB  - {text.abstract}", "ER  - ", ""]
    (tmp_path / "hits.ris").write_text("\n".join(lines), encoding="utf-8")
    with make_review(tmp_path / "review") as made:
        import_files(made, [tmp_path / "hits.ris"], author=author("Import"))
        session = Session(made, author())
        slips = slipped(labels)
        for n, label in enumerate(labels):
            session.decide(Verdict.INCLUDE if label is not (n in slips) else Verdict.EXCLUDE)
        yield made


def slipped(labels: list[bool]) -> list[int]:
    relevant = [n for n, label in enumerate(labels) if label]
    irrelevant = [n for n, label in enumerate(labels) if not label]
    return [relevant[WRONG_EXCLUDE], irrelevant[WRONG_INCLUDE]]


def test_the_slips_are_found_with_the_terms_that_speak_against_them(review: Review) -> None:
    session = Session(review, author())
    before = list(review.events())
    found = surprising(review, session.ledger, TA, "Ann", 20)
    wanted = [review.records.id_at(n) for n in slipped(collection(60, 20)[1])]
    assert sorted(one.record for one in found[:2]) == sorted(wanted)
    assert {one.record: one.verdict for one in found[:2]} == dict(
        zip(wanted, (Verdict.EXCLUDE, Verdict.INCLUDE), strict=True)
    )
    tea, iron = (next(one for one in found if one.record == record) for record in wanted)
    assert set(" ".join(tea.against).split()) & {"tea", "infusion", "catechins", "kettle", "leaves", "cup"}
    assert set(" ".join(iron.against).split()) & {"iron", "steel", "welding", "furnace", "forge", "alloy"}
    assert "looks more relevant than" in tea.words
    assert "looks less relevant than" in iron.words
    shares = [one.beyond / one.of for one in found]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) > 0.5
    assert surprising(review, session.ledger, TA, "Ann", 1) == found[:1]
    assert list(review.events()) == before


def test_only_the_reviewers_own_decisions_are_looked_at(review: Review) -> None:
    ann = Session(review, author())
    found = surprising(review, ann.ledger, TA, "Ann", 20)
    ben = Session(review, author("Ben"), ledger=ann.ledger)
    for n in range(12):
        ben.decide(Verdict.MAYBE if n % 2 else Verdict.EXCLUDE)
    assert surprising(review, ann.ledger, TA, "Ann", 20) == found
    with pytest.raises(UsageError, match=r"once Cleo has excluded 5 .* so far 0 and 0"):
        surprising(review, ann.ledger, TA, "Cleo", 20)
    surprising(review, ann.ledger, TA, "Ben", 20)


def test_records_that_are_not_screened_any_more_are_left_out(review: Review) -> None:
    ids = itertools.count()
    session = Session(review, Author("Ann", lambda: NOW, lambda: f"later-{next(ids)}"))
    one, other = (found.record for found in surprising(review, session.ledger, TA, "Ann", 2))
    session.save([session.event(Kind.REMOVE, one, {"how": "other", "rule": "test"})])
    session.save([session.event(Kind.DUPLICATE, other, {"of": review.records.id_at(0)})])
    session.save([session.event(Kind.STANDS, review.records.id_at(0), {})])
    left = {found.record for found in surprising(review, session.ledger, TA, "Ann", 60)}
    assert not left & {one, other}


def test_without_numpy_a_sentence_says_how_to_get_it(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "available", lambda: False)
    with pytest.raises(UsageError, match=r"pip install 'tamis\[rank\]'"):
        surprising(review, Session(review, author()).ledger, TA, "Ann", 20)


def test_no_record_is_scored_by_a_model_that_has_seen_it() -> None:
    np = pytest.importorskip("numpy")
    labels = [n % 3 == 0 for n in range(40)]
    folds = [fold(f"abc123-{n}") for n in range(40)]
    asked: list[set[int]] = []

    class Seeing:
        """Says of each row whether it was taught."""

        def rank(self, known: dict[int, bool]) -> object:
            asked.append(set(known))
            assert all(known[row] is labels[row] for row in known)

            class Ranking:
                scores = np.array([float(row in known) for row in range(40)])

            return Ranking()

    found = cross_scores(Seeing(), labels, folds)  # type: ignore[arg-type]  # stands in for a ranker
    assert found == dict.fromkeys(range(40), 0.0)
    assert len(asked) == len(set(folds))


def test_a_part_that_holds_all_of_a_label_is_not_scored() -> None:
    class Never:
        """Must not be asked."""

        def rank(self, _: object) -> object:
            raise AssertionError

    labels = [True, True, False, False]
    assert cross_scores(Never(), labels, [0, 0, 1, 1]) == {}  # type: ignore[arg-type]  # as above
    assert oddities(labels, {}) == []


def test_parts_are_of_like_size_and_known_by_the_id_alone() -> None:
    sizes = [[fold(f"abc123-{n}") for n in range(5000)].count(part) for part in range(FOLDS)]
    assert sum(sizes) == 5000
    assert min(sizes) > 400
    assert [fold(f"abc123-{n}") for n in range(1, 6)] == PARTS


scored = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=1, max_size=30)


@given(scored)
def test_what_is_odd_is_what_counting_one_by_one_finds(rows: list[tuple[bool, int]]) -> None:
    labels = [label for label, _ in rows]
    scores = {n: float(score) for n, (_, score) in enumerate(rows)}
    found = {odd.row: odd for odd in oddities(labels, scores)}
    for n, (label, score) in enumerate(rows):
        others = [s for other, s in rows if other is not label]
        beyond = sum(s > score if label else s < score for s in others)
        if 2 * beyond > len(others):
            assert (found[n].beyond, found[n].of) == (beyond, len(others))
        else:
            assert n not in found


def test_a_list_keeps_its_own_order_while_records_change_and_leave(review: Review) -> None:
    ids = itertools.count()
    session = Session(review, Author("Ann", lambda: NOW, lambda: f"later-{next(ids)}"))
    wanted = [review.records.id_at(n) for n in (40, 7, 22, 3)]
    assert session.queue.show_list([*wanted, "gone-1"], "surprising") == 4
    assert (session.record_id, session.queue.filter_text) == (wanted[0], "surprising")
    assert [session.row(n).record_id for n in range(4)] == wanted
    session.decide(Verdict.MAYBE)
    assert session.record_id == wanted[1]
    session.queue.move(2)
    session.undo()
    assert (session.record_id, session.queue.filter_text) == (wanted[0], "surprising")
    session.save([session.event(Kind.REMOVE, wanted[1], {"how": "other", "rule": "test"})])
    session.queue.renew()
    assert [session.row(n).record_id for n in range(3)] == [wanted[0], *wanted[2:]]
    assert session.queue.place(wanted[2]) == 1
    session.queue.filter("")
    assert [session.row(n).record_id for n in range(3)] == [review.records.id_at(n) for n in range(3)]
    assert session.queue.show_list(["gone-1"], "nothing") == 0
    assert session.queue.filter_text == ""
