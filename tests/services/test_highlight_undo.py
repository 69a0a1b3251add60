"""Undo of changes of terms: line for line, over restarts, and never over what somebody else wrote."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Kind, Verdict
from tamis.domain.highlight import COLOURS, SPEAKS
from tamis.errors import NotSavedError, UsageError
from tamis.services import highlight_editing as editing
from tamis.services.highlight_editing import remove_term
from tests.services.term_sets import SETS, names, text_of, write
from tests.services.test_highlight_text import SCATTERED, WRITTEN
from tests.tui import reviews

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.services.screening import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Ann at a review with two sets, and comments of her own, in protocol.toml."""
    with reviews.make(tmp_path / "r", protocol=reviews.PROTOCOL + SETS) as review:
        yield reviews.session(review)


def test_undo_goes_through_changes_and_decisions_as_they_came_and_over_restarts(
    tmp_path: Path,
) -> None:
    with reviews.make(tmp_path / "r", protocol=reviews.PROTOCOL + SETS) as review:
        session = reviews.session(review)
        before = text_of(session)
        editing.delete_set(session, "population")
        deleted = text_of(session)
        session.decide(Verdict.INCLUDE)
        editing.recolour_set(session, "design", "cyan")
    with reviews.reopen(tmp_path / "r") as review:
        session = reviews.session(review)
        here = session.record_id
        change = session.undo()
        assert change is not None
        assert (change.words, session.record_id) == ("Undone: set design made cyan", here)
        assert text_of(session) == deleted
        change = session.undo()
        assert change is not None
        assert change.words.startswith("Undone: include")
        change = session.undo()
        assert change is not None
        assert change.words == "Undone: set population deleted"
        assert text_of(session) == before, "with its comments, where it was"
        assert names(session) == ["population", "design"]
        assert session.undo() is None
        again = [change.words for _ in range(3) if (change := session.redo())]
        assert [words.partition(" – ")[0] for words in again] == [
            "Done again: set population deleted",
            "Done again: include",
            "Done again: set design made cyan",
        ]
        assert [(s.name, s.colour) for s in review.protocol.highlight] == [("design", "cyan")]


made, given_ = st.sampled_from(["a", "b", "population"]), st.sampled_from(["a", "population", "design"])
acts = st.one_of(
    st.tuples(st.just("add_terms"), made, st.lists(st.sampled_from("xyz"), min_size=1)),
    st.tuples(st.just("remove_term"), made, st.sampled_from("xyz")),
    st.tuples(st.just("rename_set"), given_, st.sampled_from("abc")),
    st.tuples(st.just("recolour_set"), given_, st.sampled_from(COLOURS)),
    st.tuples(st.just("let_speak"), given_, st.sampled_from(SPEAKS)),
    st.tuples(st.just("delete_set"), st.sampled_from(["a", "b", "population", "design"])),
    st.just(("undo",)),
    st.just(("redo",)),
)
PROTOCOLS = (reviews.PROTOCOL + SETS, SCATTERED, WRITTEN, "title = 'a'", "highlight = []\n# the end")


@settings(max_examples=40, deadline=None)
@given(st.lists(acts, max_size=12), st.sampled_from(PROTOCOLS))
def test_undoing_everything_restores_the_file_and_redoing_everything_the_changes(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[object, ...]], protocol: str
) -> None:
    """Byte for byte, comments and all, whatever was done and undone on the way."""
    with reviews.make(tmp_path_factory.mktemp("r") / "r", [], protocol=protocol) as review:
        session = reviews.session(review)
        for name, *rest in steps:
            with suppress(UsageError):
                if name in ("undo", "redo"):
                    getattr(session, str(name))()
                else:
                    getattr(editing, str(name))(session, *rest)
        after = text_of(session)
        undone = 0
        while session.undo():
            undone += 1
        assert text_of(session) == protocol
        for _ in range(undone):
            session.redo()
        assert text_of(session) == after
        assert review.protocol.highlight == editing._sets(after)


def test_what_was_edited_elsewhere_meanwhile_stays(session: Session) -> None:
    editing.delete_set(session, "population")
    edited = text_of(session).replace("(invented)", "(edited)") + "\n# at the end\n"
    write(session, edited)
    assert session.undo()
    assert names(session) == ["population", "design"]
    assert "(edited)" in text_of(session)
    assert text_of(session).endswith("# at the end\n")
    assert session.redo()
    assert text_of(session) == edited


def test_a_change_in_the_same_place_is_not_overwritten_and_undo_goes_on_before_it(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    editing.recolour_set(session, "design", "cyan")
    edited = text_of(session).replace('"cyan"', '"red"')
    write(session, edited)
    with pytest.raises(UsageError, match=r"Not undone: protocol\.toml was changed there"):
        session.undo()
    assert text_of(session) == edited
    change = session.undo()
    assert change is not None
    assert change.words.startswith("Undone: include"), "what was decided before can be undone all the same"
    assert session.undo() is None
    later = reviews.session(session.review)
    with pytest.raises(UsageError, match="Not undone"):
        later.undo()


def test_without_the_file_undo_goes_on_before_the_change(session: Session) -> None:
    session.decide(Verdict.INCLUDE)
    editing.recolour_set(session, "design", "cyan")
    (session.review.folder / "protocol.toml").unlink()
    with pytest.raises(UsageError, match=r"There is no .*protocol\.toml"):
        session.undo()
    change = session.undo()
    assert change is not None
    assert change.words.startswith("Undone: include")


def test_done_again_is_refused_where_the_file_was_changed(session: Session) -> None:
    editing.recolour_set(session, "design", "cyan")
    session.undo()
    edited = text_of(session).replace('"blue"', '"red"')
    write(session, edited)
    with pytest.raises(UsageError, match="Not done again"):
        session.redo()
    assert text_of(session) == edited


def test_what_an_editor_has_put_back_already_is_undone_without_a_change(session: Session) -> None:
    before = text_of(session)
    editing.add_terms(session, "design", ["cohort"])
    write(session, before)
    assert session.undo()
    assert text_of(session) == before
    assert session.undo() is None


def test_a_file_that_would_mean_something_else_is_left_alone(session: Session) -> None:
    """A table that came back at the top would swallow the title."""
    whole = text_of(session)
    editing.make_set(session, "outcome")
    [event] = [e for e in session.review.events() if e.kind == Kind.HIGHLIGHT]
    body = {
        **event.body,
        "line": 0,
        "before": "",
        "was": "[[highlight]]\nname = 'x'\n",
        "value": "",
        "after": "",
    }
    forged = replace(event, body=body)
    with pytest.raises(UsageError, match="Not undone"):
        editing.turn(session, forged, event, back=True)
    assert text_of(session) != whole
    with pytest.raises(UsageError, match="Not undone"):
        editing.turn(session, replace(event, body={}), event, back=True)


def test_a_change_of_one_set_is_not_taken_back_in_another(tmp_path: Path) -> None:
    """Also where its place was changed, and another set holds the lines that were around it."""
    twins = """
[[highlight]]
name = "one"
terms = [
  "mice",
  "rats",
]
[[highlight]]
name = "two"
terms = [
  "rats",
]
"""
    with reviews.make(tmp_path / "twins", protocol=reviews.PROTOCOL + twins) as review:
        session = reviews.session(review)
        remove_term(session, "one", "mice")
        write(session, text_of(session).replace("[\n  ", "[  # these\n  ", 1))
        before = text_of(session)
        with pytest.raises(UsageError, match=r"^Not undone: "):
            session.undo()
        assert text_of(session) == before


def test_an_undo_that_would_make_two_sets_of_one_name_is_passed_over(session: Session) -> None:
    """Undo goes on before it."""
    session.decide(Verdict.INCLUDE)
    editing.delete_set(session, "design")
    write(session, text_of(session).replace('name = "population"', 'name = "design"'))
    with pytest.raises(UsageError, match="Undo goes on before it"):
        session.undo()
    change = session.undo()
    assert change is not None
    assert change.words.startswith("Undone: include")


def test_others_undo_their_own_changes_only(session: Session) -> None:
    editing.recolour_set(session, "design", "cyan")
    assert reviews.session(session.review, "Bob").undo() is None
    assert 'colour = "cyan"' in text_of(session)


@pytest.mark.parametrize("fails", ["add_events", "_store_protocol"])
def test_where_it_cannot_be_saved_the_file_is_as_it_was(
    fails: str, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    editing.recolour_set(session, "design", "cyan")
    before, protocol = text_of(session), session.review.protocol

    def full(*_: object) -> None:
        raise NotSavedError("No space left on device.")

    with monkeypatch.context() as patched:
        patched.setattr(session.review, fails, full)
        for act in (session.undo, lambda: editing.delete_set(session, "population")):
            with pytest.raises(NotSavedError):
                act()
            assert text_of(session) == before
    assert session.review.protocol == protocol
    assert session.undo(), "the same step is there"


def test_the_trail_says_in_words_what_was_done(session: Session) -> None:
    editing.add_terms(session, "design", ["a\x1b[31mb"])
    [event] = session.review.events()
    assert session.words(event) == "a\N{SYMBOL FOR ESCAPE}[31mb added to design"
