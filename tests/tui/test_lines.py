"""What lines pass on their way to the terminal, and that they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from textual.color import Color
from textual.filter import ANSIToTruecolor, DimFilter, LineFilter, Monochrome, NoColor

from tamis.tui.paint import strip, text_style
from tamis.tui.widgets.lines import Passing

if TYPE_CHECKING:
    from collections.abc import Sequence

BACKGROUNDS = (Color(0, 0, 0), Color(250, 250, 250))
LOOKS = (
    "",
    "bold",
    "red",
    "dim #102030 on #405060",
    "dim #102030 on default",
    "underline #102030",
    "on blue",
)
STYLES = st.sampled_from([Style.parse(look).copy() for look in LOOKS * 2])  # some alike and not the same
PIECES = st.lists(st.tuples(st.sampled_from(["", "a", "b c", "肝转", "e\u0301", "👩‍⚕️"]), STYLES), max_size=8)


@pytest.mark.parametrize("filters", [ANSIToTruecolor, DimFilter, Monochrome, NoColor])
@given(lines=st.lists(st.tuples(PIECES, st.sampled_from(BACKGROUNDS)), max_size=6))
def test_a_filter_passed_once_paints_what_it_paints_always(
    filters: type[LineFilter], lines: Sequence[tuple[Sequence[tuple[str, Style]], Color]]
) -> None:
    always = ANSIToTruecolor(DEFAULT_TERMINAL_THEME) if filters is ANSIToTruecolor else filters()
    passing = Passing(always)
    for pieces, background in lines:
        segments = [Segment(text, style) for text, style in pieces]
        assert passing.apply(segments, background) == always.apply(segments, background)


@given(PIECES, st.integers(0, 12))
def test_a_line_is_as_wide_as_it_should_be_and_says_what_is_cut(
    pieces: Sequence[tuple[str, Style]], width: int
) -> None:
    text = "".join(text for text, _ in pieces)
    line = strip(pieces, width)
    assert line.cell_length == sum(cell_len(segment.text) for segment in line) == width
    if sum(cell_len(text) for text, _ in pieces) <= width:
        assert line.text.rstrip() == text_style(text).rstrip()
        assert [s.style for s in line if s.text.strip()] == [style for text, style in pieces if text]
