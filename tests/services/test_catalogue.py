"""Corrections of a record's fields: laid over the imported record, in the trail, undone like anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.record import Record
from tamis.errors import UsageError
from tamis.services.exporting import chosen
from tests.tui import reviews

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.services.screening import Session

BARE = Record(title="A trial without its abstract", year=2001, flags=("no-abstract",))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with reviews.make(tmp_path / "review", records=[BARE]) as review:
        yield reviews.session(review)


def test_a_correction_is_shown_found_and_exported(session: Session) -> None:
    change = session.edit("abstract", "  Forty   mice were\n\nfollowed. ")
    assert change is not None
    assert change.words.startswith("abstract corrected")
    assert session.record is not None
    assert session.record.abstract == "Forty mice were\nfollowed."
    assert session.record.flags == ()
    assert session.row(0).has_abstract
    assert session.queue.filter("has:abstract") == 1
    assert session.queue.filter('"mice were followed"') == 1
    (exported,) = chosen(session.review, session.ledger)
    assert exported.abstract == session.record.abstract


def test_the_imported_record_stays_and_the_old_value_is_in_the_trail(session: Session) -> None:
    session.edit("title", "A trial with a better title")
    assert session.review.records[0].title == BARE.title
    event = list(session.review.events())[-1]
    assert event.body == {"field": "title", "value": "A trial with a better title", "was": BARE.title}


def test_undo_brings_the_old_value_back_and_redo_the_new_one(session: Session) -> None:
    session.edit("year", "2002")
    session.edit("year", "2003")
    session.undo()
    assert session.record is not None
    assert session.record.year == 2002
    session.undo()
    assert session.record.year == 2001
    session.redo()
    assert session.record.year == 2002


def test_the_same_value_changes_nothing(session: Session) -> None:
    assert session.edit("title", f" {BARE.title} ") is None
    assert session.review.event_count == 0


def test_only_fields_that_can_be_edited_are(session: Session) -> None:
    with pytest.raises(UsageError, match="cannot be edited; these can: title"):
        session.edit("id", "x-1")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("authors", "Lee, A\n\nKim, B\n", ("Lee, A", "Kim, B")),
        ("doi", "https://doi.org/10.5555/ABC.", "10.5555/abc"),
        ("doi", "none", ""),
        ("pmid", "PMID: 0123", "123"),
        ("year", "c. 1999", 1999),
        ("keywords", "liver\x1b[31m\nablation", ("liver␛[31m", "ablation")),
    ],
)
def test_values_are_cleaned_like_imported_ones(session: Session, name: str, text: str, value: object) -> None:
    session.edit(name, text)
    assert getattr(session.record, name) == value
