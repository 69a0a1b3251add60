"""The plot of the overlap: every number is there, whatever the names, at any width, also in ASCII."""

from __future__ import annotations

import re
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from tamis.services.drawing import cells, number, to_ascii
from tamis.services.overlap_plot import MOST, lines, svg

SVG = "{http://www.w3.org/2000/svg}"


def made(names: list[str], sets: dict[tuple[int, ...], int]) -> dict[str, Any]:
    """An overlap of sources, worked out from its sets."""
    reports = [sum(n for places, n in sets.items() if place in places) for place in range(len(names))]
    return {
        "sources": [{"name": name, "reports": n} for name, n in zip(names, reports, strict=True)],
        "pairs": [{}] if any(len(places) > 1 for places in sets) else [],
        "sets": [
            {"sources": list(places), "reports": n} for places, n in sorted(sets.items(), key=lambda i: -i[1])
        ],
    }


THREE = made(["PubMed", "Embase", "CENTRAL"], {(0, 1): 1444, (0,): 222, (0, 1, 2): 163, (2,): 4})


def test_the_plot_as_text() -> None:
    assert "\n".join(lines(THREE, 50)) == (
        "Reports found by each source\n"
        "  A  PubMed   1,829  ████████████████████████████\n"
        "  B  Embase   1,607  █████████████████████████\n"
        "  C  CENTRAL    167  ███\n"
        "\n"
        "Reports found by exactly these\n"
        "   A B C\n"
        "   ● ● ·  1,444  █████████████████████████████████\n"
        "   ● · ·    222  █████\n"
        "   ● ● ●    163  ████\n"
        "   · · ●      4  █"
    )


def test_in_ascii_nothing_is_lost() -> None:
    text = to_ascii("\n".join(lines(THREE, 50)))
    assert "?" not in text
    assert "x x .  1,444  ####" in text


def test_nothing_is_drawn_while_nothing_is_shared() -> None:
    assert lines(made(["A", "B"], {(0,): 3, (1,): 2}), 60) == []
    assert lines(made([], {}), 60) == []
    assert ElementTree.fromstring(svg(made([], {}))).tag == f"{SVG}svg"


sources = st.lists(st.text(min_size=1, max_size=60), min_size=2, max_size=7)


@given(sources, st.data())
def test_every_number_is_there_and_nothing_is_wider(names: list[str], data: st.DataObject) -> None:
    places = st.sets(st.integers(0, len(names) - 1), min_size=1).map(lambda s: tuple(sorted(s)))
    sets = data.draw(st.dictionaries(places, st.integers(1, 1_234_567), max_size=20))
    found = made(names, {**sets, (0, 1): 7})
    drawn = lines(found, 76)
    assert max(map(cells, drawn)) <= 76
    below = drawn[drawn.index("Reports found by exactly these") :]
    counts = [int(n.replace(",", "")) for line in below for n in re.findall(r"[●·]  +([\d,]+)", line)]
    shown = [each["reports"] for each in found["sets"]]
    if len(shown) > MOST:
        rest = number(sum(shown[MOST - 1 :]))
        assert drawn[-1] == f"  and {len(shown) - MOST + 1} more sets of sources with {rest} reports together"
        shown = shown[: MOST - 1]
    assert counts == shown
    tree = ElementTree.fromstring(svg(found))
    texts = [node.text for node in tree.iter(f"{SVG}text")]
    assert all(number(n) in texts for n in shown)
    dark = [node for node in tree.iter(f"{SVG}circle") if node.get("fill") == "#1a1a1a"]
    assert len(dark) == sum(len(each["sources"]) for each in found["sets"][: len(shown)])


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", "x\x1b]52;c;aGk=\x07y", "\u202eevil"])
def test_a_hostile_name_stays_text(name: str) -> None:
    found = made([name, "B"], {(0, 1): 3})
    assert "\x1b" not in "".join(lines(found, 60))
    drawn = svg(found)
    assert "<script" not in drawn
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", drawn)
    ElementTree.fromstring(drawn)
