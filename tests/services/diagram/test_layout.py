"""Where the diagram puts things: nothing runs over, nothing overlaps, arrows join boxes."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from tamis.services import flow
from tamis.services.diagram import wording
from tamis.services.diagram.layout import LINE, PAD, layout
from tamis.services.diagram.widths import width

from .making import counts, every_counts, every_options

if TYPE_CHECKING:
    from tamis.domain.prisma import Counts
    from tamis.services.diagram.layout import Panel
    from tamis.services.flow import Options

EDGE = 1e-6


@settings(deadline=None)
@given(every_counts, every_options)
def test_every_line_is_inside_its_box(counts: Counts, options: Options) -> None:
    for panel in layout(counts, options).panels:
        if panel.kind == "phase":
            (name,) = panel.lines
            assert name.width <= panel.height
            continue
        for text in panel.lines:
            left = text.x - text.width / 2 if text.centred else text.x
            # A single character can be wider than a line; none is wider than the box.
            slack = PAD if len(text.text) == 1 else 0
            assert panel.x + PAD - EDGE <= left
            assert left + text.width <= panel.right - PAD + slack + EDGE
            assert panel.y + text.size * 0.9 <= text.y <= panel.bottom - text.size * 0.3
        assert all(b.y - a.y >= LINE - EDGE for a, b in zip(panel.lines, panel.lines[1:], strict=False))


@settings(deadline=None)
@given(every_counts, every_options)
def test_nothing_overlaps_and_all_is_on_the_page(counts: Counts, options: Options) -> None:
    drawn = layout(counts, options)
    for a, b in combinations(drawn.panels, 2):
        apart = a.right <= b.x or b.right <= a.x or a.bottom <= b.y or b.bottom <= a.y
        assert apart, (a.key, b.key)
    for panel in drawn.panels:
        assert min(panel.x, panel.y) >= 0
        assert panel.right <= drawn.width
        assert all(panel.bottom < note.y for note in drawn.notes)
    for note in drawn.notes:
        assert note.x + note.width <= drawn.width
        assert note.y < drawn.height


@settings(deadline=None)
@given(every_counts, every_options)
def test_arrows_begin_and_end_on_boxes_and_cross_none(counts: Counts, options: Options) -> None:
    drawn = layout(counts, options)
    boxes = drawn.boxes
    for arrow in drawn.arrows:
        assert _on_edge(boxes[arrow.start], arrow.points[0]), arrow
        assert _on_edge(boxes[arrow.end], arrow.points[-1]), arrow
        for (x0, y0), (x1, y1) in zip(arrow.points, arrow.points[1:], strict=False):
            assert (x0 == x1) != (y0 == y1)
            for panel in drawn.panels:
                inside = (
                    min(x0, x1) < panel.right - EDGE
                    and max(x0, x1) > panel.x + EDGE
                    and min(y0, y1) < panel.bottom - EDGE
                    and max(y0, y1) > panel.y + EDGE
                )
                assert not inside, (arrow, panel.key)


def _on_edge(panel: Panel, point: tuple[float, float]) -> bool:
    x, y = point
    beside = panel.y <= y <= panel.bottom and min(abs(x - panel.x), abs(x - panel.right)) < EDGE
    above = panel.x <= x <= panel.right and min(abs(y - panel.y), abs(y - panel.bottom)) < EDGE
    return beside or above


@settings(deadline=None)
@given(every_counts, every_options)
def test_every_word_of_the_flow_is_drawn_and_said(counts: Counts, options: Options) -> None:
    drawn = layout(counts, options)
    said = wording.describe(counts, options)
    for box in flow.boxes(counts, options):
        written = "".join(text.text for text in drawn.boxes[box.key].lines)
        whole = "".join(wording.content(box))
        assert "".join(written.split()) == "".join(whole.split())
        for number in wording._COUNT.findall(whole):
            assert number in said


def test_the_four_templates() -> None:
    def shape(*, others: bool, previous: bool) -> tuple[set[str], set[tuple[str, str]]]:
        drawn = layout(counts(others=others, previous=previous), flow.Options())
        return set(drawn.boxes), {(arrow.start, arrow.end) for arrow in drawn.arrows}

    boxes, arrows = shape(others=False, previous=False)
    assert boxes == {
        "identified", "removed", "screened", "excluded", "sought", "not-retrieved", "assessed",
        "reports-excluded", "included",
    }  # fmt: skip
    assert arrows == {
        ("identified", "removed"), ("screened", "excluded"), ("sought", "not-retrieved"),
        ("assessed", "reports-excluded"), ("identified", "screened"), ("screened", "sought"),
        ("sought", "assessed"), ("assessed", "included"),
    }  # fmt: skip
    right = {("other-identified", "other-sought"), ("other-assessed", "included")}
    before = {("included", "total"), ("previous", "total")}
    assert shape(others=True, previous=False)[1] >= arrows | right
    assert shape(others=False, previous=True)[1] == arrows | before
    assert shape(others=True, previous=True)[1] >= arrows | right | before


@pytest.mark.parametrize("text", ["Records screened", "(n = 1,234,567)", "肝転移", "ľubľana"])
def test_bold_is_wider_and_words_add_up(text: str) -> None:
    assert width(text) < width(text, bold=True)
    assert width(text + text) == pytest.approx(2 * width(text))


def test_an_interim_diagram_says_so() -> None:
    waiting = layout(counts(pending=3), flow.Options())
    banner = waiting.panels[0]
    assert banner.lines[0].text == "Interim: 18 records or reports still to be decided"
    assert {panel.key for panel in waiting.panels if panel.pending} == {"screened", "assessed", "included"}
    assert "Interim" in waiting.notes[0].text
    done = layout(counts(), flow.Options())
    assert not any(panel.pending or panel.kind == "banner" for panel in done.panels)


def test_leaving_out_the_previous_review_is_said() -> None:
    drawn = layout(counts(previous=True), flow.Options(previous=False))
    assert "previous version" in drawn.notes[0].text
    assert "previous version" not in layout(counts(), flow.Options(previous=False)).notes[0].text
