"""Lit terms on the screen: their looks, and the places they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from tamis.domain.highlight import TermSet
from tamis.domain.record import Record
from tamis.services.highlighting import Highlighter
from tamis.tui.paint import found, over, styled, wrap
from tamis.tui.widgets.lit_lines import LOOKS, LitLines
from tamis.tui.widgets.record_pane import RecordPane
from tests.tui import reviews
from tests.tui.driving import SMALL, WIDE, driven

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tamis.services.screening import Session
    from tests.tui.driving import Driven

SETS = """
[[highlight]]
name = "population"
terms = ["liver metastas*", "metastases", "肝转移", "adults"]
[[highlight]]
name = "intervention"
colour = "blue"
terms = ["ablat*", "resect*", "消融"]
[[highlight]]
name = "design"
terms = ["cohort", "trial*", "/(/", "propensity score"]
"""


@pytest.fixture
def lit(tmp_path: Path) -> Session:
    """A session whose protocol has three sets, one of them with an expression that cannot be read."""
    return reviews.session(reviews.make(tmp_path / "lit", protocol=reviews.PROTOCOL + SETS))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("lit", ()),
        ("lit-cjk", ("j", "j")),
        ("lit-long", ("j", "j", "j", "j", "j", "H")),
    ],
)
async def test_screen(
    name: str,
    keys: tuple[str, ...],
    size: tuple[int, int],
    lit: Session,
    snapshot: Callable[[str, str], None],
) -> None:
    async with driven(lit, size) as d:
        await d.press(*keys)
        snapshot(f"{name}-{size[0]}x{size[1]}", d.text())


def styles(d: Driven, word: str) -> set[tuple[bool, bool, bool]]:
    """Bold, underline and reverse of every painted segment that is exactly this word."""
    pane = d.screen.query_one(RecordPane)
    segments = [s for y in range(pane.size.height) for s in pane.render_line(y)]
    return {
        (bool(s.style.bold), bool(s.style.underline), bool(s.style.reverse))
        for s in segments
        if s.text == word and s.style
    }


@pytest.mark.parametrize("colour", [True, False], ids=["colour", "NO_COLOR"])
async def test_sets_are_told_apart_without_colour(
    colour: bool, lit: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each set has its own signs, in a title, too, which is bold."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    async with driven(lit, WIDE) as d:
        population, intervention, design = styles(d, "adults"), styles(d, "ablation"), styles(d, "cohort")
        assert population == {(False, True, False)}
        assert intervention == {(False, False, True)}
        assert design == {(True, True, False)}
        assert len(set(LOOKS)) == 6


async def test_a_search_is_painted_over_the_terms(lit: Session) -> None:
    async with driven(lit, WIDE) as d:
        await d.press("slash", *"ablation", "enter")
        assert styles(d, "ablation") == {(True, True, False)}
        assert "intervention 10" in d.text(), "what is lit is counted all the same"


async def test_walking_scrolls_to_a_place_out_of_sight(lit: Session) -> None:
    async with driven(lit, SMALL) as d:
        await d.press("j", "j", "j", "j", "j")
        await d.press("H")
        assert d.said == "Place 152 of 152, intervention: Ablation"
        pane = d.screen.query_one(RecordPane)
        top = pane._top
        assert top > 0
        await d.press("h")
        assert pane._top == 0, "round the end to the first place"


async def test_a_key_saves_the_reason_that_is_on_the_screen(session: Session) -> None:
    """Also when somebody has put the reasons into another order in the file since."""
    path = session.review.folder / "protocol.toml"
    async with driven(session, (200, 60)) as d:
        await d.press("c")
        first, *_ = (line for line in d.lines if "1 Wrong" in line)
        head, population, design, rest = path.read_text(encoding="utf-8").split("[[reasons]]\n")
        swapped = (head, design, population, rest)
        path.write_text("[[reasons]]\n".join(swapped), encoding="utf-8")
        await d.press("T", "n")
        await d.type("design: zebra")
        await d.press("enter")
        assert "protocol.toml was changed elsewhere" in " ".join(d.text().replace("│", " ").split())
        await d.press("escape", "escape")
        assert first in d.lines
        await d.press("1")
        assert "Wrong population" in first
        assert d.said.startswith("exclude (Wrong population)")
        assert session.review.protocol.highlight == (TermSet("design", "green", ("zebra",)),)


async def test_the_criteria_show_the_reasons_of_the_stage_with_their_keys(tmp_path: Path) -> None:
    protocol = reviews.TWO_STAGES
    protocol = protocol.replace('id = "population"', 'id = "population"\nstage = "title-abstract"')
    with reviews.make(tmp_path / "r", protocol=protocol) as review:
        session = reviews.session(review)
        async with driven(session, (200, 60)) as d:
            await d.press("i", "c")
            assert "1 Wrong population" in d.text()
            await d.press("F")
            assert "Wrong population" not in d.text()
            assert "2 Not in a language we read" in d.text()
            await d.press("2")
            assert "Not in a language we read" in d.said


async def test_a_reading_window_refuses_before_anything_is_typed(tmp_path: Path) -> None:
    reviews.make(tmp_path / "r").close()
    with reviews.reopen(tmp_path / "r", write=False) as review:
        async with driven(reviews.session(review)) as d:
            before = d.text()
            for keys in ("e", "T", "n", "l", "M", "S", "R"):
                await d.press(keys)
                assert "is open for reading only" in " ".join(d.text().replace("│", " ").split()), keys
                await d.press("escape")
                assert d.lines[:-2] == before.split("\n")[:-2], keys


async def test_an_endless_expression_is_named_and_the_record_is_shown(tmp_path: Path) -> None:
    protocol = reviews.PROTOCOL + "\n[[highlight]]\nname = 'bad'\nterms = ['/(a|a)*$(?#x)/', 'liver']\n"
    record = Record(title="A liver", abstract="a" * 4_000 + " c")
    with reviews.make(tmp_path / "bad", [record], protocol=protocol) as review:
        async with driven(reviews.session(review)) as d:
            assert "! not lit: bad: /(a|a)*$(?#x)/ (it took too long and is off)" in d.text()
            assert "bad 1" in d.text()


async def test_hostile_texts_are_lit_without_harm(tmp_path: Path) -> None:
    """Every poison text is shown with every character of it lit, also as a set and a term."""
    protocol = reviews.PROTOCOL + "\n[[highlight]]\nname = '[red]a'\nterms = ['/./', 'a*', '[/b]x']\n"
    with reviews.make(tmp_path / "p", reviews.poison_records(), protocol=protocol) as review:
        async with driven(reviews.session(review)) as d:
            for _ in reviews.POISON:
                await d.press("h", "j")
                assert "[red]a" in d.text()


# Places on lines


@settings(max_examples=500, deadline=None)
@given(st.text("ab 肝\n", max_size=80), st.integers(4, 12), st.data())
def test_every_lit_character_is_painted_and_no_other(text: str, width: int, data: st.DataObject) -> None:
    """However a text is wrapped: the lit parts of its lines, put together, are the lit parts of the text."""
    text = " ".join(text.split())
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = [(a, b, 0) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    lines = wrap(text, width)
    placed = LitLines()
    placed.add(0, text, lines, spans)
    painted = "".join(lines[n][a:b] for n in range(len(lines)) for a, b, _ in placed.on(n, "?")[1])
    assert painted.replace(" ", "") == "".join(text[a:b] for a, b, _ in spans).replace(" ", "")
    assert [placed[n].text for n in range(len(placed))] == [text[a:b] for a, b, _ in spans]


@given(
    st.text("ab ", max_size=30), st.lists(st.sampled_from(["a", "ab", "b a"])), st.lists(st.integers(0, 30))
)
def test_painting_leaves_the_text_as_it_is(text: str, needles: list[str], cuts: list[int]) -> None:
    """Also where a search match and a lit place overlap."""
    ends = sorted({min(cut, len(text)) for cut in cuts})
    below = [(a, b, Style(bold=True)) for a, b in zip(ends[::2], ends[1::2], strict=False)]
    top = found(text, needles, Style(underline=True))
    pieces = styled(text, Style(), over(top, below))
    assert "".join(piece for piece, _ in pieces) == text
    assert sum(len(p) for p, s in pieces if s.underline) == sum(b - a for a, b, _ in top)


def test_a_record_of_two_hundred_hits_is_counted_right() -> None:
    record = Record(title="t", abstract="liver resect " * 100)
    assert Highlighter((TermSet("a", "red", ("liver", "resect")),)).lit(record).counts == (200,)
