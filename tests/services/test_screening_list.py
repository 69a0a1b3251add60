"""Going through the list of records: the next undecided one, filters, searches."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.domain.events import Removal, Verdict
from tamis.domain.ledger import Ledger
from tamis.domain.query import parse
from tamis.domain.record import Record
from tamis.domain.text import clean_line, clean_text, fold
from tamis.errors import UsageError
from tamis.services import facts
from tamis.services.candidates import ReviewCandidate
from tests.services.helpers import at
from tests.tui import reviews
from tests.tui.reviews import numbered

if TYPE_CHECKING:
    from tamis.services.screening import Session
    from tamis.store.review import Review


def test_a_filter_keeps_the_record_or_goes_to_the_next_one(session: Session) -> None:
    session.queue.go(3)
    session.queue.filter("year:>=2003")
    assert at(session) == "Record 4"
    session.queue.filter("title:6")
    assert at(session) == "Record 6"
    session.queue.filter("title:1")
    assert at(session) == "Record 1"
    session.queue.filter("")
    assert (at(session), len(session.queue), session.queue.filter_text) == ("Record 1", 6, "")


def test_a_filter_that_matches_nothing_or_is_wrong_changes_nothing(session: Session) -> None:
    session.queue.filter("year:2002-2004")
    assert session.queue.filter("nowhere") == 0
    with pytest.raises(UsageError):
        session.queue.filter("is:nonsense")
    assert (len(session.queue), session.queue.filter_text) == (3, "year:2002-2004")


def test_deciding_in_a_filtered_list_stays_in_it(session: Session) -> None:
    session.queue.filter("year:2002-2004")
    for _ in range(3):
        session.decide(Verdict.INCLUDE)
    assert at(session) == "Record 4"
    assert not session.queue.next_undecided()
    assert session.progress().left == 3


def test_search_goes_round_in_both_directions(session: Session) -> None:
    session.queue.go(2)
    assert session.queue.find("record")
    assert at(session) == "Record 3", "the current record counts as first"
    places = []
    for direction in (1, 1, 1, 1, -1, -1):
        session.queue.find_next(direction)
        places.append(session.queue.cursor)
    assert places == [3, 4, 5, 0, 5, 4]
    assert not session.queue.find("nowhere")
    assert session.queue.cursor == 4
    assert not session.queue.find("  ")
    assert session.queue.search is None


def test_only_own_decisions_notes_and_labels_filter(review: Review, session: Session) -> None:
    ben = reviews.session(review, "Ben")
    ben.decide(Verdict.EXCLUDE, ["design"])
    ben.set_note("n")
    ben.set_labels(["l"])
    for text in ("is:decided", "reason:design", "has:note", "label:l"):
        assert session.queue.filter(text) == 0
    assert ben.queue.filter("reason:2") == 1
    assert ben.queue.filter("reason:1") == 0


_TEXT = st.text(st.sampled_from('aAbßé中 "\\/\n\t-:[]%İıſ\u0301\u00a0ﬁ'), max_size=12) | st.text(max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_TEXT, min_size=1, max_size=4), _TEXT)
def test_the_quick_look_at_the_bytes_says_what_the_slow_one_says(texts: list[str], needle: str) -> None:
    """A search finds a record exactly when one of its texts holds the words, whatever the bytes look like."""
    with tempfile.TemporaryDirectory() as folder:
        records = [
            Record(title=clean_line(t), abstract=clean_text(t), keywords=(clean_line(t),)) for t in texts
        ]
        with reviews.make(Path(folder) / "r", records) as review:
            folded = " ".join(fold(needle).split())
            for n, record in enumerate(records):
                parts = (record.title, record.abstract, *record.keywords)
                slow = any(folded in " ".join(fold(part).split()) for part in parts)
                assert ReviewCandidate(review, Ledger(), "title-abstract", "Ann", n).contains(folded) == slow


@settings(max_examples=60, deadline=None)
@given(st.lists(_TEXT, min_size=1, max_size=3))
def test_a_record_is_found_by_its_own_title(texts: list[str]) -> None:
    """Whatever a title holds, quoting it finds its record."""
    records = [Record(title=clean_line(t)) for t in texts]
    with tempfile.TemporaryDirectory() as folder, reviews.make(Path(folder) / "r", records) as review:
        session = reviews.session(review)
        for n, record in enumerate(records):
            if '"' in record.title or not fold(record.title).strip():
                continue
            session.queue.filter("")
            assert parse(f'"{record.title}"').terms
            assert session.queue.filter(f'"{record.title}"') >= 1
            assert n in session.queue.shown


def test_the_search_for_undecided_goes_round_the_end(session: Session) -> None:
    session.queue.go(5)
    session.decide(Verdict.INCLUDE)
    assert at(session) == "Record 1"


def test_next_undecided_may_be_where_we_are_only_when_asked(session: Session) -> None:
    for _ in range(5):
        session.decide(Verdict.INCLUDE)
    assert at(session) == "Record 6"
    assert session.queue.next_undecided(here=True)
    assert session.queue.next_undecided(), "around the end, back to the only one"
    assert at(session) == "Record 6"


def test_moving_stops_at_the_ends(session: Session) -> None:
    session.queue.move(-1)
    assert session.queue.cursor == 0
    session.queue.move(100)
    assert session.queue.cursor == 5
    session.queue.go(-7)
    assert session.queue.cursor == 0


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 7), st.sets(st.integers(0, 6)), st.integers(0, 6))
def test_next_undecided_is_the_next_one_round_the_end(n: int, decided: set[int], start: int) -> None:
    """The cursor goes to the first undecided record after it, past the end from the top."""
    with tempfile.TemporaryDirectory() as folder, reviews.make(Path(folder) / "r", numbered(n)) as review:
        session = reviews.session(review)
        decided = {d for d in decided if d < n}
        for d in decided:
            session.decide_record(review.records.id_at(d), Verdict.MAYBE)
        start %= n
        session.queue.go(start)
        wanted = next((k % n for k in range(start + 1, start + n + 1) if k % n not in decided), None)
        assert session.queue.next_undecided() == (wanted is not None)
        assert session.queue.cursor == (start if wanted is None else wanted)


def test_a_filter_reads_the_file_forward_and_knows_what_was_corrected(
    review: Review, session: Session
) -> None:
    session.queue.go(4)
    session.edit("year", "1950")
    session.edit("title", "Corrected")
    facts.remove(session, [review.records.id_at(2)], Removal.OTHER, "retracted")
    assert session.queue.filter("year:1950 title:corrected corrected has:year") == 1
    assert list(session.queue.shown) == [4]
    session.queue.filter("")
    assert session.queue.filter("-year:1950 has:title") == 4
    assert list(session.queue.shown) == [0, 1, 3, 5]
    read = review.records.forward()
    assert [read(n) for n in (0, 2, 2, 5)] == [review.records.raw(n) for n in (0, 2, 2, 5)]
