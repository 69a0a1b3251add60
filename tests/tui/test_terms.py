"""The screen of the terms: every action of it does what its help says, and undo reaches all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.errors import NotSavedError
from tamis.services.sourcing import tell
from tamis.tui import keys
from tamis.tui.screens.dialogs import Alert, Help
from tamis.tui.screens.screening import ScreeningScreen
from tamis.tui.screens.terms import TermsScreen
from tamis.tui.widgets.record_pane import RecordPane
from tamis.tui.widgets.set_list import Row, SetList
from tests.tui import reviews
from tests.tui.driving import SMALL, WIDE, Driven, driven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tamis.domain.highlight import TermSet
    from tamis.services.screening import Session

SETS = """
# who is studied
[[highlight]]
name = "population"
terms = ["liver metastas*", "metastases", "肝转移", "adults"]
[[highlight]]
name = "intervention"
colour = "blue"
terms = ["ablat*", "resect*"]
[[highlight]]
name = "to exclude"
colour = "red"
terms = ["case report*", "/(/", "mice"]
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session whose protocol has three sets, one of them with an expression that cannot be read."""
    with reviews.make(tmp_path / "lit", protocol=reviews.PROTOCOL + SETS) as review:
        yield reviews.session(review)


def sets(d: Driven) -> dict[str, TermSet]:
    return {s.name: s for s in d.session.review.protocol.highlight}


def at(d: Driven) -> Row | None:
    return d.app.screen.query_one(SetList).current


def file_of(d: Driven) -> str:
    return (d.session.review.folder / "protocol.toml").read_text(encoding="utf-8")


def painted(d: Driven, word: str) -> set[str]:
    """The colours in which a word is painted in the record."""
    pane = d.app.screen.query_one(RecordPane)
    segments = [s for y in range(pane.size.height) for s in pane.render_line(y)]
    return {str(s.style.color.name) for s in segments if s.text == word and s.style and s.style.color}


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize(
    ("name", "pressed"),
    [
        ("terms", ("T",)),
        ("terms-none", ("T", *["d"] * 3)),
        ("terms-colour", ("T", "c", "j")),
        ("terms-speaks", ("T", "s")),
        ("terms-add", ("T", "a")),
        ("terms-help", ("T", "question_mark")),
    ],
)
async def test_screen(
    name: str,
    pressed: tuple[str, ...],
    size: tuple[int, int],
    session: Session,
    snapshot: Callable[[str, str], None],
) -> None:
    async with driven(session, size) as d:
        await d.press(*pressed)
        snapshot(f"{name}-{size[0]}x{size[1]}", d.text())


async def test_the_cursor_goes_over_sets_and_terms(session: Session) -> None:
    """terms-next, terms-previous, and a click."""
    async with driven(session) as d:
        await d.press("T", "k")
        assert at(d) == Row("population")
        await d.press("j", "down", "down")
        assert at(d) == Row("population", "肝转移")
        await d.press("up", "k")
        assert at(d) == Row("population", "liver metastas*")
        await d.press(*["j"] * 30)
        assert at(d) == Row("to exclude", "mice")
        assert "mice" in d.text(), "the list scrolls with the cursor"
        await d.pilot.click(SetList, offset=(5, 0))
        assert at(d) != Row("to exclude", "mice")


async def test_the_record_scrolls_beside_the_sets(session: Session) -> None:
    """terms-scroll-down, terms-scroll-up."""
    async with driven(session) as d:
        await d.press("T")
        top = d.text()
        for down, up in (("J", "K"), ("space", "pageup"), ("pagedown", "K")):
            await d.press(down)
            assert d.text() != top
            await d.press(up)
            assert d.text() == top


async def test_terms_are_added_to_the_set_under_the_cursor(session: Session) -> None:
    """terms-add; the record shows them at once."""
    async with driven(session, WIDE) as d:
        await d.press(*"Tjjjjjja")
        assert "Terms for intervention" in d.text()
        await d.type("survival, /Med.an/")
        await d.press("enter")
        assert d.said == "2 terms added to intervention; u undoes it"
        assert sets(d)["intervention"].terms[2:] == ("survival", "/Med.an/")
        assert at(d) == Row("intervention", "ablat*"), "the cursor stays"
        assert painted(d, "survival") == painted(d, "ablation") != set()
        await d.press("a", "enter")
        assert len(sets(d)["intervention"].terms) == 4, "nothing was typed"
        await d.press("a")
        await d.type("survival")
        await d.press("enter")
        assert d.said == "It was so already."


async def test_a_set_is_made_with_terms_or_without(session: Session) -> None:
    """terms-new; the cursor goes there, so that terms can follow."""
    async with driven(session) as d:
        await d.press("T", "n")
        await d.type("outcome")
        await d.press("enter")
        assert d.said == "set outcome made; u undoes it"
        assert (sets(d)["outcome"].terms, at(d)) == ((), Row("outcome"))
        await d.press("n")
        await d.type("design: cohort, trial*")
        await d.press("enter")
        assert sets(d)["design"].terms == ("cohort", "trial*")
        assert len({s.colour for s in sets(d).values()}) == 5, "each has a colour of its own"
        await d.press("n")
        await d.type("Design: x")
        await d.press("enter")
        assert d.said == "There is a set design already: take another name."
        assert "Design: x" in d.text(), "what was typed is still there"


async def test_a_set_gets_another_name(session: Session) -> None:
    """terms-rename."""
    async with driven(session) as d:
        await d.press("T", "j", "r")
        assert "New name of population" in d.text()
        await d.type(" (adults)")
        await d.press("enter")
        assert d.said == "set population renamed to population (adults); u undoes it"
        assert next(iter(sets(d))) == "population (adults)"
        assert "population (adults) 4" in d.text()
        await d.press("r")
        await d.type("!")
        await d.press("escape")
        assert next(iter(sets(d))) == "population (adults)"


async def test_a_colour_is_shown_while_it_is_chosen(session: Session) -> None:
    """terms-colour; nothing is written before enter, and escape leaves all as it was."""
    async with driven(session, WIDE) as d:
        await d.press("T")
        before, green = file_of(d), painted(d, "adults")
        await d.press("c", "j", "j", "j")
        yellow = painted(d, "adults")
        assert yellow not in ({*()}, green)
        assert "population  yellow" in d.text()
        await d.press("escape")
        assert (file_of(d), painted(d, "adults")) == (before, green)
        await d.press("c", "j", "j", "j", "enter")
        assert d.said == "set population made yellow; u undoes it"
        assert (sets(d)["population"].colour, painted(d, "adults")) == ("yellow", yellow)
        await d.press("c", "y")
        assert d.said == "It was so already.", "a letter picks, and the menu begins on the colour in force"
        await d.press("u")
        assert painted(d, "adults") == green


async def test_what_a_set_speaks_for_is_chosen(session: Session) -> None:
    """terms-speaks; without a choice the name says it."""
    async with driven(session) as d:
        await d.press("T")
        assert "to exclude  red · for exclude" in d.text()
        await d.press("s", "n")
        assert d.said == "set population speaks for neither; u undoes it"
        assert sets(d)["population"].speaks == "neither"
        await d.press("s", "j", "enter")
        assert sets(d)["population"].speaks == "neither", "neither is the last one"
        await d.press("s", "k", "enter")
        assert sets(d)["population"].speaks == "exclude"


async def test_one_key_deletes_and_one_brings_back(session: Session) -> None:
    """terms-delete, terms-undo, terms-redo."""
    async with driven(session) as d:
        before = file_of(d)
        await d.press("T", "j", "d")
        assert d.said == "liver metastas* removed from population; u undoes it"
        assert at(d) == Row("population", "metastases")
        await d.press("k", "delete")
        assert d.said == "set population deleted; u undoes it"
        assert list(sets(d)) == ["intervention", "to exclude"]
        await d.press("u")
        assert d.said == "Undone: set population deleted"
        await d.press("u")
        assert file_of(d) == before, "with its comment"
        await d.press("ctrl+r")
        assert d.said == "Done again: liver metastas* removed from population"
        await d.press("ctrl+r")
        assert list(sets(d)) == ["intervention", "to exclude"]
        await d.press("ctrl+r")
        assert d.said == "There is no change of terms to do again."


async def test_undo_here_leaves_decisions_alone_and_undo_there_reaches_the_terms(session: Session) -> None:
    async with driven(session) as d:
        await d.press("i", "T", "u")
        assert d.said == "Your last action was no change of terms; u on the records undoes it."
        await d.press("d", "escape", "m", "T", "u")
        assert d.said == "Your last action was no change of terms; u on the records undoes it."
        await d.press("escape", "u", "u")
        assert d.said == "Undone: set population deleted"
        assert "population" in d.text()
        await d.press("u")
        assert d.said.startswith("Undone: include")
        await d.press("T", "ctrl+r")
        assert d.said == "There is no change of terms to do again."


async def test_terms_of_a_search_are_shown_before_they_are_taken(session: Session) -> None:
    """terms-search."""
    async with driven(session) as d:
        await d.press("T", "f")
        assert "No source has a search strategy" in d.said
        review = d.session.review
        text = "1. exp Liver Neoplasms/\n2. (ablat$ adj3 liver).ti,ab.\n3. mice.tw.\n4. (1 and 2) not 3"
        tell(review, d.session.ledger, d.session.author, review.sources, {"strategy": text})
        await d.press("f")
        for term in ("Liver Neoplasms", "ablat*", "liver"):
            assert term in d.text()
        await d.press("escape")
        assert "search" not in sets(d), "nothing is taken unasked"
        await d.press("f", "ctrl+s")
        assert d.said == "3 terms added to search; u undoes it"
        assert sets(d)["search"].terms == ("Liver Neoplasms", "ablat*", "liver")
        assert at(d) == Row("search")
        await d.press("f", "ctrl+s")
        assert d.said == "It was so already."


async def test_help_and_the_ways_back(session: Session) -> None:
    """terms-help, terms-close."""
    async with driven(session) as d:
        for back in ("escape", "q", "T"):
            await d.press("T", "question_mark")
            assert isinstance(d.app.screen, Help)
            await d.press("escape")
            assert isinstance(d.app.screen, TermsScreen)
            await d.press(back)
            assert isinstance(d.app.screen, ScreeningScreen)


async def test_a_first_term_that_is_an_expression_is_no_name(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r", []) as review:
        async with driven(reviews.session(review)) as d:
            await d.press("T", "a")
            await d.type("/(?:mice|rats)/, liver")
            await d.press("enter")
            assert [s.terms for s in sets(d).values()] == [("/(?:mice|rats)/", "liver")]


async def test_without_sets_every_key_says_what_to_do(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r", []) as review:
        async with driven(reviews.session(review)) as d:
            await d.press("T")
            assert "No terms are set." in d.text()
            for key in ("r", "c", "s", "d"):
                await d.press(key)
                assert d.said == "There is no set yet; n makes one."
            await d.press("j", "k", "a")
            await d.type("design: trial")
            await d.press("enter")
            assert list(sets(d)) == ["design"]


async def test_the_first_terms_need_no_name(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r", []) as review:
        async with driven(reviews.session(review)) as d:
            await d.press("T", "a")
            await d.type("green tea, pollut*")
            await d.press("enter")
            assert list(sets(d)) == ["Terms"]
            assert sets(d)["Terms"].terms == ("green tea", "pollut*")


async def test_what_was_changed_in_the_file_meanwhile_is_said(session: Session) -> None:
    """Undo overwrites nothing, what is typed comes back where it cannot be saved."""
    async with driven(session) as d:
        path = session.review.folder / "protocol.toml"
        await d.press("T", "c", "m")
        path.write_text(file_of(d).replace('"magenta"', '"cyan"'), encoding="utf-8")
        await d.press("u")
        assert d.said == "Not undone: protocol.toml was changed there. Undo goes on before it."
        assert '"cyan"' in file_of(d)
        path.write_text("title = ", encoding="utf-8")
        await d.press("a")
        await d.type("mice")
        await d.press("enter")
        assert "not valid TOML" in d.said
        assert "mice" in d.text()


async def test_what_is_typed_on_a_full_disk_comes_back(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NotSavedError("No space left on device.")

    async with driven(session) as d:
        before = file_of(d)
        await d.press("T", "a")
        await d.type("zebra")
        with monkeypatch.context() as patched:
            patched.setattr(session.review, "add_events", full)
            await d.press("enter")
            assert isinstance(d.app.screen, Alert)
            await d.press("escape")
        assert "zebra" in d.text()
        assert file_of(d) == before
        await d.press("enter")
        assert "zebra" in sets(d)["population"].terms


async def test_hostile_names_and_terms_are_shown_as_they_are(tmp_path: Path) -> None:
    hostile = "name = '[red]a[/b]'\nterms = ['/./', '[/b]x', '[@click=app.quit]']\n"
    protocol = reviews.PROTOCOL + "\n[[highlight]]\n" + hostile
    with reviews.make(tmp_path / "p", reviews.poison_records(), protocol=protocol) as review:
        async with driven(reviews.session(review)) as d:
            await d.press("T")
            for text in ("[red]a[/b]  green", "[/b]x", "[@click=app.quit]"):
                assert text in d.text()
            for pressed in (("c", "j"), ("s",), ("r",), ("a",), ("question_mark",), ("d",)):
                await d.press(*pressed)
                assert "[red]a[/b]" in d.text() or pressed == ("question_mark",)
                await d.press("escape" if pressed != ("d",) else "u")


def test_every_action_of_this_screen_is_proved_here() -> None:
    """By name, in the docstring of its test."""
    proved = " ".join(str(test.__doc__) for name, test in globals().items() if name.startswith("test_"))
    assert [a.id for a in keys.in_scope("terms") if a.id not in proved] == []
