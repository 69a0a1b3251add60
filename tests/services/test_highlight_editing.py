"""Changing the sets of a review: what is in force, in the file and in the trail, and undo over all of it."""

from __future__ import annotations

import stat
import sys
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Kind, Verdict
from tamis.domain.highlight import COLOURS, SPEAKS, TermSet
from tamis.domain.ledger import Ledger
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services import highlight_editing as editing
from tamis.services.highlight_editing import add_terms, remove_term, search_terms, split_terms
from tamis.services.highlight_text import with_set
from tamis.services.sourcing import tell
from tests.services.test_highlight_text import SCATTERED, WRITTEN
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


SETS = """
# who is studied
[[highlight]]
name = "population"
terms = ["liver", "hepat*"]  # both

# how
[[highlight]]
name = "design"
colour = "blue"
terms = ["trial"]
"""


def text_of(session: Session) -> str:
    return (session.review.folder / "protocol.toml").read_text(encoding="utf-8")


def write(session: Session, text: str) -> None:
    (session.review.folder / "protocol.toml").write_text(text, encoding="utf-8")


def names(session: Session) -> list[str]:
    return [s.name for s in session.review.protocol.highlight]


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


# Undo


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


# What the file keeps


def test_byte_order_mark_and_line_ends_stay(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path = review.folder / "protocol.toml"
        path.write_bytes(b"\xef\xbb\xbf" + WRITTEN.replace("\n", "\r\n").encode())
        add_terms(session, "design", ["trial"])
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf# Our protocol.\r\n")
        assert raw.count(b"\n") == raw.count(b"\r\n")
        assert [s.name for s in review.protocol.highlight] == ["population", "design"]


def test_nothing_is_changed_where_it_cannot_be_saved(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path = review.folder / "protocol.toml"
        with pytest.raises(UsageError, match="no term"):
            remove_term(session, "population", "liver")
        with pytest.raises(UsageError, match="name of a set"):
            add_terms(session, " ", ["a"])
        path.write_text("title = ", encoding="utf-8")
        with pytest.raises(ProtocolError, match="not valid TOML"):
            add_terms(session, "design", ["trial"])
        assert path.read_text(encoding="utf-8") == "title = "
        path.unlink()
        with pytest.raises(UsageError, match=r"protocol\.toml"):
            add_terms(session, "design", ["trial"])
        assert review.protocol.highlight == ()
    path.write_text(reviews.PROTOCOL, encoding="utf-8")
    with (
        reviews.reopen(tmp_path / "r", write=False) as review,
        pytest.raises(NotSavedError, match="reading only"),
    ):
        add_terms(reviews.session(review), "design", ["trial"])


def test_terms_come_from_the_searches_of_databases_alone(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        reviews.add(
            review, [reviews.ORDINARY[0]], file="hand.ris", database="Reference lists", kind="citation"
        )
        ledger = Ledger(review.events())
        assert search_terms(review, ledger) == ([], [])
        for source, text in zip(review.sources, ("liver[tiab] OR hepat*[tiab]", "asked around"), strict=True):
            tell(review, ledger, reviews.author(), [source], {"strategy": text})
        assert search_terms(review, ledger) == (["liver", "hepat*"], ["PubMed"])


def test_each_line_keeps_its_end(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path = review.folder / "protocol.toml"
        lines = SCATTERED.split("\n")
        raw = "".join(line + ("\r\n" if n % 3 == 0 else "\n") for n, line in enumerate(lines[:-1])).encode()
        path.write_bytes(raw)
        add_terms(session, "design", ["cohort"])
        assert path.read_bytes() == raw.replace(b'["trial"]', b'["trial", "cohort"]')


@pytest.mark.skipif(sys.platform == "win32", reason="files there have no such modes")
def test_mode_and_symbolic_link_of_the_file_stay(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path, real = review.folder / "protocol.toml", tmp_path / "shared" / "agreed.toml"
        real.parent.mkdir()
        path.rename(real)
        real.chmod(0o664)
        path.symlink_to(real)
        add_terms(session, "design", ["cohort"])
        assert path.is_symlink()
        assert stat.S_IMODE(real.stat().st_mode) == 0o664
        assert '"cohort"' in real.read_text(encoding="utf-8")
        assert list(real.parent.iterdir()) == [real]


def test_what_an_editor_saves_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        path = review.folder / "protocol.toml"

        def save_meanwhile(text: str) -> str:
            path.write_text(text.replace("(invented)", "(in the editor)"), encoding="utf-8")
            return with_set(text, None, TermSet("design", "red", ("trial",)))

        assert review.change_highlight(save_meanwhile, by="Ann", now=reviews.NOW), "the title is not in force"
        text = path.read_text(encoding="utf-8")
        assert "(in the editor)" in text
        assert '"trial"' in text

        def save_always(text: str) -> str:
            path.write_text(text + "# x\n", encoding="utf-8")
            return with_set(text, None, TermSet("later", "red", ("cohort",)))

        with pytest.raises(NotSavedError, match="another program keeps writing"):
            review.change_highlight(save_always, by="Ann", now=reviews.NOW)
        assert "cohort" not in path.read_text(encoding="utf-8")
        assert review.protocol.highlight[0].terms == ("trial",)
        assert [each.name for each in review.folder.glob("*.new")] == []


def test_terms_that_an_editor_added_stay(tmp_path: Path) -> None:
    """Terms are added to those that stand in the file, not to those of the start."""
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        path = review.folder / "protocol.toml"
        add_terms(session, "design", ["trial"])
        path.write_text(
            path.read_text(encoding="utf-8").replace('"trial"', '"trial", "cohort"'), encoding="utf-8"
        )
        add_terms(session, "design", ["zebra"])
        assert review.protocol.highlight[0].terms == ("trial", "cohort", "zebra")


def test_only_terms_are_in_force_before_the_next_start(tmp_path: Path) -> None:
    """Reasons and their keys stay as they were on the screen; the next opening takes all else."""
    with reviews.make(tmp_path / "r") as review:
        session = reviews.session(review)
        before, path = review.protocol, review.folder / "protocol.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"Wrong population"', '"Wrong people"'), encoding="utf-8")
        assert add_terms(session, "design", ["zebra"]).later
        assert replace(review.protocol, highlight=()) == before
        assert [p.reasons[0].label for *_, p in review.protocols()] == ["Wrong population"] * 2
        assert remove_term(session, "design", "zebra").later
    with reviews.reopen(tmp_path / "r") as review:
        assert review.protocol_changed
        assert review.protocol.reasons[0].label == "Wrong people"
        assert not add_terms(reviews.session(review), "design", ["zebra"]).later
