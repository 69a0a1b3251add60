"""Charts keep to their room, show every part of a line, and need neither colour nor Braille dots."""

from __future__ import annotations

from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from tamis.services.charts import curve, svg_curve

NUMBERS = st.floats(0, 1e6) | st.integers(0, 2_000_000)
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=40).map(lambda points: sorted(points))


@given(
    points=POINTS, dotted=POINTS, width=st.integers(32, 120), height=st.integers(5, 40), plain=st.booleans()
)
def test_a_chart_keeps_to_its_room(
    points: list[tuple[float, float]],
    dotted: list[tuple[float, float]],
    width: int,
    height: int,
    plain: bool,
) -> None:
    lines = curve(points, width, height, plain, dotted=dotted)
    assert len(lines) == height
    assert max(map(len, lines)) <= width
    assert not plain or "".join(lines).isascii()


def test_what_is_drawn() -> None:
    """The line rises to the top right, the other one is told apart by its dots."""
    assert curve([(0, 0), (4, 10), (8, 10)], 32, 9, ascii=True, dotted=[(0, 0), (8, 10)]) == [
        "   relevant",
        "10 |            ****************",
        "   |         ***       . .",
        "   |       ***    .. .",
        "   |     **   . .",
        "   |  *** . .",
        " 0 |*** .",
        "   +----------------------------",
        "    0         screened         8",
    ]


def test_a_chart_of_many_records_has_first_and_last() -> None:
    points = [(float(n), float(min(n, 50))) for n in range(100_001)]
    drawn = curve(points, 80, 12)
    assert drawn[1].startswith("50 │")
    assert drawn[1].count(" ") < 5
    assert drawn[-1].endswith("100,000")


def test_the_svg_is_xml_with_words_for_screen_readers() -> None:
    text = svg_curve([(0, 0), (10, 5)], title='A <title> & "more"', x_max=2_000, dotted=[(0, 0), (10, 5)])
    root = ElementTree.fromstring(text)
    words = ["".join(part.itertext()) for part in root]
    assert words[:2] == ['A <title> & "more"', "relevant by screened, up to 5 at 10."]
    assert "2,000" in words
