"""The PRISMA flow: the right boxes with the right numbers, drawn without ever running over."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.ledger import State
from tamis.domain.prisma import Counts
from tamis.services.drawing import cells, draw, wrap
from tamis.services.flow import OTHER_KINDS, Options, boxes

from .helpers import column

LEFT = column(
    2313,
    3,
    screening=400,
    screening_maybe=12,
    screened_out=1300,
    sought=590,
    assessed_out=4,
    included=4,
    out={"a": 1200, "": 100},
    reports_out={"b": 4},
)
RIGHT = column(5, 0, screening=1, screened_out=1, included=3, out={"a": 1})
NAMES = {"a": "Wrong population", "b": "Wrong outcome", "": "No reason given"}


def example(*, others: bool = False, full_text: bool = True, name: str = "Embase") -> Counts:
    """Counts of a review in the middle."""
    by_source: tuple[tuple[str, str, int], ...] = (("database", "PubMed", 2000), ("register", name, 313))
    if others:
        by_source += (("website", "A site", 5),)
    return Counts(
        by_source=by_source,
        databases=LEFT,
        others=RIGHT if others else column(),
        full_text=full_text,
        reason_labels=NAMES,
    )


def test_boxes_follow_the_prisma_figure() -> None:
    found = {box.key: box for box in boxes(example())}
    assert list(found) == [
        "identified", "removed", "screened", "excluded", "sought", "not-retrieved", "assessed",
        "reports-excluded", "included",
    ]  # fmt: skip
    assert found["identified"].lines == (
        "Databases (n = 2,000)",
        "  PubMed (n = 2,000)",
        "Registers (n = 313)",
        "  Embase (n = 313)",
    )
    assert found["screened"].lines == ("(n = 2,310)", "interim: 412 of 2,310 pending")
    assert found["excluded"].lines == (
        "(n = 1,300)",
        "  Wrong population (n = 1,200)",
        "  No reason given (n = 100)",
    )
    assert found["excluded"].states == (State.SCREENED_OUT, State.STOPPED)
    assert (found["sought"].records, found["assessed"].records, found["included"].records) == (598, 8, 4)
    assert found["assessed"].pending == 590


def test_what_a_stop_left_is_not_among_what_people_excluded_by_other_methods() -> None:
    stopped = replace(example(others=True), others=column(5, screened_out=1, stopped=4, out={"a": 1}))
    found = {box.key: box for box in boxes(stopped)}
    assert "of which excluded on title and abstract (n = 1)" in found["other-identified"].lines
    assert "of which left unscreened when screening was stopped (n = 4)" in found["other-identified"].lines


def test_other_methods_stand_apart_and_only_when_there_are_any() -> None:
    plain = {box.column for box in boxes(example())}
    assert plain == {"left", "side"}
    found = {box.key: box for box in boxes(example(others=True))}
    assert found["other-identified"].kinds == OTHER_KINDS
    assert "of which excluded on title and abstract (n = 1)" in found["other-identified"].lines
    assert found["included"].records == 7
    assert found["included"].lines == (
        "Studies included in review (n = 7)",
        "Reports of included studies (n = 7)",
        "interim: 1,003 pending",
    )


def test_boxes_below_reports_sought_are_left_out_without_full_text() -> None:
    keys = [box.key for box in boxes(example(full_text=False))]
    assert keys == ["identified", "removed", "screened", "excluded", "sought"]


def test_drawing_in_78_columns() -> None:
    drawing = draw(boxes(example(full_text=False)), 78)
    assert (
        "\n".join(drawing.lines)
        == """\
┌───────────────────────────────────┐    ┌───────────────────────────────────┐
│ Records identified from:          ├───▶│ Records removed before screening: │
│ Databases (n = 2,000)             │    │ Duplicate records removed (n = 0) │
│   PubMed (n = 2,000)              │    │ Records marked as ineligible by   │
│ Registers (n = 313)               │    │   automation tools (n = 0)        │
│   Embase (n = 313)                │    │ Records removed for other reasons │
└───────────────────────────────────┘    │   (n = 3)                         │
                  │                      │   could not be read from their    │
                  │                      │     file                          │
                  │                      └───────────────────────────────────┘
                  ▼
┌───────────────────────────────────┐    ┌───────────────────────────────────┐
│ Records screened                  ├───▶│ Records excluded                  │
│ (n = 2,310)                       │    │ (n = 1,300)                       │
│ interim: 412 of 2,310 pending     │    │   Wrong population (n = 1,200)    │
└───────────────────────────────────┘    │   No reason given (n = 100)       │
                  │                      └───────────────────────────────────┘
                  ▼
┌───────────────────────────────────┐
│ Reports sought for retrieval      │
│ (n = 598)                         │
└───────────────────────────────────┘"""
    )


def test_other_methods_stand_beside_from_118_columns_and_below_otherwise() -> None:
    found = boxes(example(others=True))
    wide, narrow = draw(found, 118), draw(found, 117)
    assert wide.places["other-identified"][1] == wide.places["identified"][1] == 0
    assert wide.places["other-sought"][1] == wide.places["sought"][1]
    assert narrow.places["other-identified"][1] > narrow.places["included"][1]
    assert any("◀" in line for line in wide.lines)


def test_narrow_drawing_puts_side_boxes_below() -> None:
    places = draw(boxes(example()), 40).places
    assert places["excluded"][0] > places["screened"][0]
    assert places["excluded"][1] >= places["screened"][1] + places["screened"][3]


@settings(deadline=None)
@given(
    width=st.integers(24, 200),
    others=st.booleans(),
    full_text=st.booleans(),
    ascii_only=st.booleans(),
    name=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80)
    | st.text("肝転移の治療", max_size=60)
    | st.text("é\u0301\u200d👩🔬x", max_size=40),
)
def test_drawing_never_runs_over_and_boxes_are_where_it_says(
    *, width: int, others: bool, full_text: bool, ascii_only: bool, name: str
) -> None:
    found = boxes(example(others=others, full_text=full_text, name=name))
    drawing = draw(found, width, ascii_only=ascii_only)
    assert all(cells(line) <= width for line in drawing.lines)
    assert set(drawing.places) == {box.key for box in found}
    if ascii_only:
        assert "\n".join(drawing.lines).isascii()
    taken: set[tuple[int, int]] = set()
    for x, y, wide, high in drawing.places.values():
        area = {(x + dx, y + dy) for dx in range(wide) for dy in range(high)}
        assert not area & taken
        taken |= area
        for row in (y, y + high - 1):
            assert _at(drawing.lines[row], x) in "┌└+"
            assert _at(drawing.lines[row], x + wide - 1) in "┐┘+"


def _at(line: str, x: int) -> str:
    """The character in a cell."""
    used = 0
    for char in line:
        if used == x and cells(char):
            return char
        used += cells(char)
    return ""


@given(text=st.text(max_size=200).map(lambda s: " ".join(s.split())), width=st.integers(8, 60))
def test_wrapping_loses_no_character(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cells(line) <= width for line in lines)


def test_a_count_is_never_parted() -> None:
    for width in range(13, 60):
        assert any("(n = 1,234)" in line for line in wrap("Some long heading of a box (n = 1,234)", width))


def test_what_left_the_flow_is_named_by_rule_and_what_was_not_retrieved_by_number() -> None:
    left = replace(
        column(
            20, 1, duplicate=3, removed_automation=2, removed_other=1, stopped=4, not_retrieved=2, included=7
        ),
        reasons={
            State.REMOVED_AUTOMATION: {"no abstract": 2},
            State.REMOVED_OTHER: {"retracted": 1},
            State.STOPPED: {"50 in a row": 3, "": 1},
        },
    )
    counts = replace(
        example(), databases=left, named_studies=2, named_reports=5, previous_studies=3, previous_reports=4
    )
    found = {box.key: box for box in boxes(counts)}
    assert found["removed"].lines == (
        "Duplicate records removed (n = 3)",
        "Records marked as ineligible by automation tools (n = 2)",
        "  no abstract (n = 2)",
        "Records removed for other reasons (n = 2)",
        "  retracted (n = 1)",
        "  could not be read from their file (n = 1)",
    )
    assert found["removed"].records == 7
    assert State.DUPLICATE in found["removed"].states
    assert found["screened"].records == 13
    assert found["excluded"].lines == (
        "(n = 4)",
        "  by reviewers (n = 0)",
        "  by automation: 50 in a row (n = 3)",
        "  by automation (n = 1)",
    )
    assert (found["not-retrieved"].lines, found["not-retrieved"].records) == (("(n = 2)",), 2)
    assert found["sought"].records == 9
    assert found["included"].lines == (
        "New studies included in review (n = 4)",
        "Reports of new included studies (n = 7)",
    )


def test_an_update_has_the_previous_review_first_and_the_totals_last() -> None:
    counts = replace(example(others=True), previous_studies=3, previous_reports=4)
    every = boxes(counts)
    assert [every[0].key, every[-1].key] == ["previous", "total"]
    assert every[0].lines == (
        "Studies included in previous version of review (n = 3)",
        "Reports of studies included in previous version of review (n = 4)",
    )
    assert every[-1].lines == (
        "Total studies included in review (n = 10)",
        "Reports of total included studies (n = 11)",
    )
    assert {box.title for box in every} == {
        "Previous studies",
        "Identification of new studies via databases and registers",
        "Identification of new studies via other methods",
    }
    for width in (40, 80, 130):
        drawing = draw(every, width)
        assert drawing.lines[0] == "Previous studies"
        assert drawing.places["previous"][1] < drawing.places["identified"][1]
        assert drawing.places["total"][1] > drawing.places["included"][1]
    assert (
        draw(every, 130).lines[-5].count("│") == 2
    )  # nothing of the other methods runs below what is included


def test_what_is_not_shown_changes_no_number() -> None:
    counts = replace(example(others=True), previous_studies=3, previous_reports=None)
    whole = {box.key: box for box in boxes(counts, Options(screening_reasons=True))}
    short = {box.key: box for box in boxes(counts, Options(per_database=False, previous=False))}
    assert set(whole) - set(short) == {"previous", "total"}
    assert short["identified"].lines == ("Databases (n = 2,000)", "Registers (n = 313)")
    assert short["other-identified"].lines[0] == "Websites (n = 5)"
    assert short["excluded"].lines == ("(n = 1,300)",)
    assert {key: box.records for key, box in short.items()} == {key: whole[key].records for key in short}
    assert short["included"].lines[0].startswith("New studies")
    assert whole["total"].lines == ("Total studies included in review (n = 10)",)


def test_every_state_is_in_a_box_and_a_box_holds_as_many_records_as_its_states() -> None:
    states = {state: n for n, state in enumerate(State)}
    left = replace(column(2 + sum(states.values()), 2), states=states)
    found = [box for box in boxes(replace(example(), databases=left)) if box.states]
    for box in found:
        held = sum(left.states[state] for state in box.states)
        unread = 2 if box.key in ("identified", "removed") else 0
        assert box.records == held + unread, box.key
    out = [box for box in found if box.column == "side" or box.key == "included"]
    settled = {state for box in out for state in box.states}
    assert set(State) - settled == {
        State.SCREENING, State.SCREENING_MAYBE, State.SCREENING_CONFLICT,
        State.SOUGHT, State.ASSESSED_MAYBE, State.ASSESSED_CONFLICT,
    }  # fmt: skip
