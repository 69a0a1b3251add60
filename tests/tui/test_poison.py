"""Hostile texts on every screen: nothing reaches the terminal as a command, no word is lost, nothing runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, split_graphemes
from rich.style import Style
from textual import events

from tamis.domain.events import Verdict
from tamis.domain.record import Record
from tamis.domain.text import clean_line
from tamis.tui import paint
from tests.tui import reviews
from tests.tui.driving import SMALL, WIDE, Driven, driven, screen_text
from tests.tui.test_living import StepsAside, editor

if TYPE_CHECKING:
    from tamis.services.screening import Session

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_MARKS = re.compile("[\u0300-\u036f]{9,}")
TUI = Path(paint.__file__).parent


def forbidden(text: str) -> list[str]:
    """What a terminal or a reader could be fooled by."""
    return [hex(ord(c)) for c in _FORBIDDEN.findall(text)] + _MARKS.findall(text)


def painted(d: Driven) -> str:
    """Every segment on the screen, as it would be written."""
    compositor = d.app.screen._compositor
    strips = compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def check(d: Driven) -> None:
    """Nothing hostile in what would be written, and nothing wider than the screen."""
    text = painted(d)
    assert not forbidden(text)
    width = d.app.size.width
    assert all(cell_len(line) == width for line in text.split("\n"))
    assert not forbidden(screen_text(d.app))


def test_the_check_finds_what_it_looks_for() -> None:
    assert all(forbidden(t) for t in ("\x1b]52", "\x9b", "\u202e", "a\u200bb", "\x00", "a" + "\u0301" * 9))
    assert not forbidden("plain\ttext\nעברית 中文 👩‍👩‍👧")


# As file name, database, reviewer, protocol


def poisoned(tmp_path: Path, text: str) -> Session:
    """A review in which one text stands wherever people or files put text."""
    review = reviews.make(tmp_path / "review", [], reviewer=text)
    for n in range(2):
        records = reviews.poison_records([text])
        reviews.add(review, [*records, Record(title=f"another {n}")], file=f"{n}{text}", database=text)
    word = clean_line(text)[:200]
    from dataclasses import replace

    from tamis.domain.highlight import TermSet
    from tamis.domain.protocol import Reason

    review.protocol = replace(
        review.protocol,
        title=text,
        question=text,
        include=(text,),
        exclude=(text,),
        reasons=(Reason("poison", text), Reason("other", f"{word} 2")),
        reviewers=(text,),
        highlight=(TermSet(word or "x", "red", (word or "x", "/./")),),
    )
    return reviews.session(review, text or "nobody")


WAYS: tuple[tuple[str, ...], ...] = (
    (),
    ("a", "space", "space"),
    ("c", "c"),
    ("e",),
    ("n",),
    ("l",),
    ("slash",),
    ("f",),
    ("E",),
    ("s",),
    ("s", "space", "space", "space"),
    ("s", "j", "j", "j", "enter"),
    ("1",),
    ("u",),
    ("o",),
    ("question_mark",),
    ("T", "j"),
    ("T", "c", "j"),
    ("T", "r"),
    ("O", "t"),
    ("O", "r"),
    ("j", "w"),
)


def together() -> list[str]:
    """The short texts in fours, which is quicker; long and empty ones by themselves."""
    short = [t for t in reviews.POISON if 0 < len(t) < 300]
    alone = [t for t in reviews.POISON if t not in short]
    return [*(" ".join(short[n : n + 4]) for n in range(0, len(short), 4)), *alone]


TOGETHER = together()


@pytest.mark.parametrize("n", range(len(TOGETHER)))
async def test_every_screen_with(n: int, tmp_path: Path) -> None:
    """No screen breaks or lets anything through, whatever a record, file, protocol or person says."""
    text = TOGETHER[n]
    session = poisoned(tmp_path, text)
    with session.review:
        session.decide(Verdict.EXCLUDE, ["poison"])
        session.queue.go(0)
        session.set_note(text or "x")
        session.set_labels([text or "x"])
        async with driven(session, WIDE if n % 2 else SMALL) as d:
            d.addresses()
            check(d)
            for keys in WAYS:
                await d.press("g", *keys)
                check(d)
                await d.press("escape", "escape")
            for key in ("f", "slash"):
                await d.press(key)
                d.app.post_message(events.Paste(text))
                await d.press("enter")
                check(d)
            await d.press("escape")
            d.screen.say(text)
            await d.settle()
            check(d)
            from tamis.tui.screens.dialogs import Alert

            await d.app.push_screen(Alert(text, text))
            await d.settle()
            check(d)
            await d.press("escape")
            assert d.app.is_running
            assert d.app.return_value is None, "a title ran an action"


@pytest.mark.parametrize("n", range(len(reviews.POISON)))
async def test_every_word_of_a_title_is_shown(n: int, tmp_path: Path) -> None:
    """`[95% CI]`, `[on]`, `[/b]` and the like are shown as they are: markup never eats a word."""
    text = reviews.POISON[n]
    with reviews.make(tmp_path / "review", [Record(title=text, abstract=text)]) as review:
        async with driven(reviews.session(review), (200, 60)) as d:
            shown = "".join(screen_text(d.app).split("\n· ", 1)[-1].split())
            words = paint.text_style(clean_line(text)).split()[:60]
            rest = " ".join(line[41:] for line in d.lines)
            flat = "".join(rest.split())
            for word in words:
                assert word[:60] in flat or word[:60] in shown


@settings(max_examples=300, deadline=None)
@given(st.text(), st.integers(2, 120))
def test_wrapping_loses_nothing_and_keeps_its_width(text: str, width: int) -> None:
    """Lines are never wider than asked for, and hold every character but blanks, in order."""
    lines = paint.wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    joined = "".join("".join(line.split()) for line in lines)
    assert joined == "".join("".join(paint.text_style(clean_line(part)).split()) for part in text.split("\n"))
    assert not forbidden("\n".join(lines))


JOINED = st.text(st.sampled_from("ab 1©❤肝\u094d\u0301\u200d\ufe0f\u20e3👩👧🇫🏽"), max_size=40)
"""Texts with emoji that are made of several characters, and with parts of such."""


@settings(max_examples=300, deadline=None)
@given(JOINED, st.integers(2, 20), st.sets(st.integers(0, 40), max_size=6))
def test_lit_parts_of_emoji_change_no_width(text: str, width: int, cuts: set[int]) -> None:
    """However lines are broken and lit: pieces are as wide together as the line, and lose nothing."""
    ends = sorted(cuts)
    for line in paint.wrap(text, width):
        assert cell_len(line) <= width
        pairs = ((a, min(b, len(line))) for a, b in zip(ends[::2], ends[1::2], strict=False))
        places = [(a, b, Style(bold=True)) for a, b in pairs if a < b]
        pieces = paint.styled(line, Style(), places)
        assert "".join(piece for piece, _ in pieces) == line
        assert sum(cell_len(piece) for piece, _ in pieces) == cell_len(line)


MOST = {"\u0940": 1, "🏽": 2}
"""Characters that some terminals give more cells than `cell_len` does."""


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab कन\u0940\u094d❤\u200d\ufe0f👩🏽"), max_size=60), st.integers(2, 20))
def test_no_terminal_cuts_words_off(text: str, width: int) -> None:
    """Each character given all the cells that any terminal gives it, a line still fits."""
    for line in paint.wrap(text, width):
        assert sum(MOST.get(c, cell_len(c)) for c in line) <= width or len(split_graphemes(line)[0]) == 1


def test_no_terminal_leaves_what_stood_there_before() -> None:
    """Terminals give a sign that is made an emoji one cell or two, so none is made one."""
    for made in (paint.strip([("❤️ 1️⃣", Style())], 9), paint.sides([], [("❤️", Style())], 9)):
        assert made.text.strip() in ("❤\ufe0e 1\ufe0e\u20e3", "❤\ufe0e")
        assert sum(map(cell_len, made.text)) == 9
    assert paint.found(paint.wrap("a ❤️ b", 9)[0], ["❤️"], Style()) == [(2, 4, Style())]


def test_a_part_of_an_emoji_lights_all_of_it() -> None:
    line, bold = "a 👩‍👩‍👧 b", Style(bold=True)
    pieces = paint.styled(line, Style(), [(3, 4, bold), (4, 5, bold)])
    assert [piece for piece, style in pieces if style.bold] == ["👩‍👩‍👧"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=30)), st.integers(0, 60))
def test_strips_are_exactly_as_wide_as_asked(texts: list[str], width: int) -> None:
    """A strip fills its width to the cell, whatever is in it."""
    pieces = [(clean_line(text), Style()) for text in texts]
    strip = paint.strip(pieces, width)
    assert sum(cell_len(segment.text) for segment in strip) == width


@settings(max_examples=200, deadline=None)
@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_marking_matches_changes_no_text(text: str, needles: list[str]) -> None:
    """Words of a search stand out; the text stays as it is."""
    pieces = paint.styled(text, Style(), paint.found(text, needles, Style(bold=True)))
    assert "".join(part for part, _ in pieces) == text


# Nothing in the screens hands a plain text to a widget that reads markup

_TAKES_CONTENT = {"Static", "Label", "Button", "notify", "update", "OptionList", "Collapsible"}
_TITLES = {"border_title", "border_subtitle", "tooltip"}


def suspicious(source: str) -> list[str]:
    """Calls and assignments that would give a text that is no literal to something that reads markup."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            plain = any(
                k.arg == "markup" and isinstance(k.value, ast.Constant) and k.value.value is False
                for k in node.keywords
            )
            if name in _TAKES_CONTENT and not plain:
                given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "content")]
                found += [f"{node.lineno} {name}" for value in given if not _safe(value)]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Attribute) and t.attr in _TITLES for t in targets):
                found.append(f"{node.lineno} title")
    return found


def _safe(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return True
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in ("Content", "Text")


@pytest.mark.parametrize("path", sorted(TUI.rglob("*.py")), ids=lambda p: str(p.relative_to(TUI)))
def test_widgets_get_content_and_never_plain_text(path: Path) -> None:
    """Text goes to widgets as `Content`: as a str, Textual would read markup in it."""
    assert suspicious(path.read_text(encoding="utf-8")) == []


def test_the_lint_finds_what_it_looks_for() -> None:
    for bad in (
        "Static(title)",
        "x.update(f'{a}')",
        "app.notify(words)",
        "w.border_title = t",
        "Label(a + b)",
    ):
        assert suspicious(bad), bad
    for good in (
        "Static(Content(title))",
        "Static('literal')",
        "w.update(Content(t))",
        "Static(classes='x')",
    ):
        assert not suspicious(good), good


@pytest.mark.parametrize("key", ["n", "l", "slash", "f"])
async def test_what_is_pasted_is_harmless_too(key: str, session: Session) -> None:
    """Text copied from anywhere can be pasted into every field; what is painted is clean."""
    async with driven(session) as d:
        await d.press(key)
        d.app.post_message(events.Paste("copied \x1b]52;c;x\x07 and \x9b31m \u202eback\u202c \x00end"))
        await d.settle()
        check(d)
        assert "copied" in d.text()
        assert "end" in d.text()
        await d.press("ctrl+s" if key == "n" else "enter")
        check(d)


async def test_what_an_editor_gives_back_is_harmless_too(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note that comes back from $EDITOR is cleaned before it is painted; its paragraphs stay."""
    code = "p.write_text('one\\x1b[2J\\n\\n\\ntwo\\u202e\\ttabbed\\n', encoding='utf-8')"
    monkeypatch.setenv("EDITOR", editor(tmp_path, code))
    monkeypatch.setattr("tamis.tui.app.TamisApp.suspend", StepsAside().suspend)
    async with driven(session) as d:
        await d.press("n", "ctrl+e")
        check(d)
        await d.press("ctrl+s")
        assert session.note() == "one␛[2J\ntwo tabbed"
