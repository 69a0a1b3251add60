"""Changing the sets of a review: what is in force, in the file and in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.highlight import TermSet
from tamis.errors import UsageError
from tamis.services import highlight_editing as editing
from tamis.services.highlight_editing import add_terms, remove_term, split_terms
from tests.services.term_sets import SETS, names, text_of
from tests.tui import reviews

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tamis.services.screening import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Ann at a review with two sets, and comments of her own, in protocol.toml."""
    with reviews.make(tmp_path / "r", protocol=reviews.PROTOCOL + SETS) as review:
        yield reviews.session(review)


def test_commas_part_terms_but_not_inside_an_expression() -> None:
    assert split_terms(" liver metastas* , /a{1,2}/,b\n/x,y/ , b,, and/or") == [
        "liver metastas*",
        "/a{1,2}/",
        "b",
        "/x,y/",
        "and/or",
    ]


def test_a_set_is_saved_as_a_version_of_the_protocol_and_is_in_force(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        assert add_terms(session, "Population", ["liver*", "liver*", "/a,b/"]) == (
            "Population",
            "2 terms added to Population",
            False,
        )
        assert add_terms(session, "population", ["liver*", "hepat*"]).words == "hepat* added to Population"
        assert add_terms(session, "population", ["liver*"]).words == "", "it was in there"
        remove_term(session, "Population", "/a,b/")
        assert review.protocol.highlight == (TermSet("Population", "green", ("liver*", "hepat*")),)
        assert review.protocol_version == 4
    with reviews.reopen(tmp_path / "r") as review:
        assert review.protocol_version == 4
        assert [s.terms for s in review.protocol.highlight] == [("liver*", "hepat*")]
        assert len(review.protocol.reasons) == 3


# Sets


def test_a_set_is_made_named_coloured_and_deleted(session: Session) -> None:
    editing.make_set(session, " outcome ", ["survival", "survival"])
    assert session.review.protocol.highlight[2] == TermSet("outcome", "red", ("survival",))
    editing.make_set(session, "later")
    assert session.review.protocol.highlight[3] == TermSet("later", "yellow", ())
    assert editing.recolour_set(session, "Outcome", "cyan").words == "set outcome made cyan"
    assert editing.let_speak(session, "outcome", "neither").words == "set outcome speaks for neither"
    assert editing.rename_set(session, "outcome", "Ends").words == "set outcome renamed to Ends"
    assert session.review.protocol.highlight[2] == TermSet("Ends", "cyan", ("survival",), "neither")
    editing.remove_term(session, "Ends", "survival")
    assert session.review.protocol.highlight[2].terms == (), "a set stays when its last term goes"
    editing.delete_set(session, "ends")
    assert names(session) == ["population", "design", "later"]
    assert "# who is studied" in text_of(session)


def test_a_new_name_does_not_change_what_a_set_speaks_for(session: Session) -> None:
    """Also where only the name has said so."""
    editing.rename_set(session, "population", "to exclude")
    assert session.review.protocol.highlight[0].speaks == "include"
    editing.rename_set(session, "to exclude", "people")
    assert session.review.protocol.highlight[0].speaks == "include"


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda s: editing.make_set(s, "Design"), "a set design already"),
        (lambda s: editing.make_set(s, " "), "needs a name"),
        (lambda s: editing.rename_set(s, "population", "DESIGN"), "a set design already"),
        (lambda s: editing.rename_set(s, "population", ""), "needs a name"),
        (lambda s: editing.rename_set(s, "nothing", "x"), "its sets: population, design"),
        (lambda s: editing.delete_set(s, "nothing"), "no set nothing"),
        (lambda s: editing.recolour_set(s, "population", "puce"), "green, red"),
        (lambda s: editing.let_speak(s, "population", "him"), "include, exclude, neither"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    act: Callable[[Session], object], said: str, session: Session
) -> None:
    before = text_of(session)
    with pytest.raises(UsageError, match=said):
        act(session)
    assert text_of(session) == before
    assert session.review.event_count == 0


def test_what_is_so_already_is_no_step(session: Session) -> None:
    assert editing.recolour_set(session, "design", "blue").words == ""
    assert editing.let_speak(session, "design", "include").words == ""
    assert editing.rename_set(session, "design", "design").words == ""
    assert (session.review.event_count, session.review.protocol_version) == (0, 1)
