"""The PRISMA 2020 flow as boxes with numbers; `draw` makes a drawing of them. Pure.

Page MJ et al., "The PRISMA 2020 statement", BMJ 2021;372:n71, figure 1: the left column holds databases and
registers, the right one other methods; what leaves the flow stands beside it. Boxes that do not apply to the
review (no full-text stage, no source of a kind) are left out, as in the figure's own template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from tamis.domain.prisma import DATABASE_KINDS
from tamis.domain.record import SOURCE_KINDS
from tamis.domain.states import REMOVED_STATES, SCREENED_STATES, SOUGHT_STATES, State
from tamis.domain.text import clean_line
from tamis.services.drawing import Drawing, draw, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tamis.domain.prisma import Column, Counts

__all__ = ["KIND_WORDS", "OTHER_KINDS", "Box", "Drawing", "boxes", "draw", "number"]

Place = Literal["left", "side", "right", "right-side"]
OTHER_KINDS: Final = tuple(kind for kind in SOURCE_KINDS if kind not in DATABASE_KINDS)

KIND_WORDS: Final = {
    "database": "Databases",
    "register": "Registers",
    "website": "Websites",
    "organisation": "Organisations",
    "citation": "Citation searching",
    "other": "Other sources",
}

_ALL_STATES: Final = tuple(State)
_COUNTED_STATES: Final = tuple(state for state in State if state is not State.DUPLICATE)
_ASSESSED_STATES: Final = (State.ASSESSED_OUT, State.INCLUDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box of the flow.

    Attributes:
        key: its name, such as `screened` or `other-sought`.
        heading: what it counts.
        lines: what stands in it below the heading, not yet wrapped.
        column: `left` and `right` are the two columns, `side` and `right-side` what leaves them.
        row: from 0, the same for a box and the one beside it.
        records: its number.
        states: states of the records it counts; empty when it counts none that the review holds.
        kinds: kinds of the sources whose records it counts.
        pending: of its records, those still to be decided.
    """

    key: str
    heading: str
    lines: tuple[str, ...]
    column: Place
    row: int
    records: int = 0
    states: tuple[State, ...] = ()
    kinds: tuple[str, ...] = ()
    pending: int = 0


def boxes(counts: Counts) -> list[Box]:
    """The boxes of the flow that apply, row by row."""
    left = _databases(counts)
    right = _others(counts) if any(k not in DATABASE_KINDS for k, _, _ in counts.by_source) else []
    included: list[Box] = []
    if counts.full_text:
        included.append(_included(counts, with_others=bool(right)))
    every = [*left, *right, *included]
    return sorted(every, key=lambda box: (box.row, _PLACES[box.column]))


_PLACES: Final = {"left": 0, "side": 1, "right": 2, "right-side": 3}


def _databases(counts: Counts) -> list[Box]:
    column = counts.databases
    kinds = DATABASE_KINDS
    return [
        Box(
            key="identified",
            heading="Records identified from:",
            lines=_sources(counts, DATABASE_KINDS, always=("database", "register")),
            column="left",
            row=0,
            records=column.identified,
            states=_ALL_STATES,
            kinds=kinds,
        ),
        Box(
            key="removed",
            heading="Records removed before screening:",
            lines=(
                f"Duplicate records (n = {number(column.duplicates)})",
                f"Marked as ineligible by automation tools (n = {number(column.removed_automation)})",
                *_rules(column, State.REMOVED_AUTOMATION),
                f"Removed for other reasons (n = {number(column.removed_other)})",
                *_rules(column, State.REMOVED_OTHER),
                *_unread(column),
            ),
            column="side",
            row=0,
            records=column.removed,
            states=REMOVED_STATES,
            kinds=kinds,
        ),
        Box(
            key="screened",
            heading="Records screened",
            lines=(_n(column.screened), *_interim(column.pending_screening, column.screened)),
            column="left",
            row=1,
            records=column.screened,
            states=SCREENED_STATES,
            kinds=kinds,
            pending=column.pending_screening,
        ),
        Box(
            key="excluded",
            heading="Records excluded",
            lines=(
                _n(column.excluded),
                *_reasons(counts, column.why(State.SCREENED_OUT)),
                *_rules(column, State.STOPPED, "by automation"),
            ),
            column="side",
            row=1,
            records=column.excluded,
            states=(State.SCREENED_OUT, State.STOPPED),
            kinds=kinds,
        ),
        *_reports(counts, column, "", kinds, row=2),
    ]


def _others(counts: Counts) -> list[Box]:
    column = counts.others
    kinds = OTHER_KINDS
    said = {
        "could not be read from their file": column.unreadable,
        "marked as ineligible by automation tools": column.removed_automation,
        "removed for other reasons": column.states[State.REMOVED_OTHER],
        "excluded on title and abstract": column.excluded,
    }
    beside = [f"{text} (n = {number(n)})" for text, n in said.items() if n]
    first = Box(
        key="other-identified",
        heading="Records identified from:",
        lines=(
            *_sources(counts, OTHER_KINDS),
            *([f"of which {text}" for text in beside]),
            *_interim(column.pending_screening, column.screened),
        ),
        column="right",
        row=0,
        records=column.identified,
        states=_COUNTED_STATES,
        kinds=kinds,
        pending=column.pending_screening,
    )
    return [first, *_reports(counts, column, "other-", kinds, row=2)]


def _reports(counts: Counts, column: Column, prefix: str, kinds: tuple[str, ...], row: int) -> list[Box]:
    main: Place = "right" if prefix else "left"
    side: Place = "right-side" if prefix else "side"
    found = [
        Box(
            key=f"{prefix}sought",
            heading="Reports sought for retrieval",
            lines=(_n(column.sought),),
            column=main,
            row=row,
            records=column.sought,
            states=SOUGHT_STATES,
            kinds=kinds,
        ),
    ]
    if not counts.full_text:
        return found
    return [
        *found,
        Box(
            key=f"{prefix}not-retrieved",
            heading="Reports not retrieved",
            lines=(_n(column.not_retrieved),),
            column=side,
            row=row,
            records=column.not_retrieved,
            states=(State.NOT_RETRIEVED,),
            kinds=kinds,
        ),
        Box(
            key=f"{prefix}assessed",
            heading="Reports assessed for eligibility",
            lines=(_n(column.assessed), *_interim(column.pending_assessment, column.sought)),
            column=main,
            row=row + 1,
            records=column.assessed,
            states=_ASSESSED_STATES,
            kinds=kinds,
            pending=column.pending_assessment,
        ),
        Box(
            key=f"{prefix}reports-excluded",
            heading="Reports excluded:",
            lines=_reasons(counts, column.why(State.ASSESSED_OUT)) or (_n(column.assessed_out),),
            column=side,
            row=row + 1,
            records=column.assessed_out,
            states=(State.ASSESSED_OUT,),
            kinds=kinds,
        ),
    ]


def _included(counts: Counts, *, with_others: bool) -> Box:
    lines = [
        f"New studies included in review (n = {number(counts.new_studies)})",
        f"Reports of new included studies (n = {number(counts.new_reports)})",
    ]
    if with_others:
        lines.append(f"of which from other methods (n = {number(counts.others.included)})")
    for text, n in (
        ("Studies included in previous version of review", counts.previous_studies),
        ("Reports of studies included in previous version of review", counts.previous_reports),
        ("Total studies included in review", counts.total_studies),
        ("Reports of total included studies", counts.total_reports),
    ):
        if n is not None:
            lines.append(f"{text} (n = {number(n)})")
    if counts.interim:
        lines.append(f"interim: {number(counts.pending)} pending")
    return Box(
        key="included",
        heading="Included",
        lines=tuple(lines),
        column="left",
        row=4,
        records=counts.new_reports,
        states=(State.INCLUDED,),
        kinds=SOURCE_KINDS,
        pending=counts.pending,
    )


def _n(n: int) -> str:
    return f"(n = {number(n)})"


def _interim(pending: int, of: int) -> list[str]:
    return [f"interim: {number(pending)} of {number(of)} pending"] if pending else []


def _sources(counts: Counts, kinds: Iterable[str], always: Sequence[str] = ()) -> tuple[str, ...]:
    lines: list[str] = []
    for kind in kinds:
        named = [(name, n) for k, name, n in counts.by_source if (k if k in KIND_WORDS else "other") == kind]
        if named or kind in always:
            lines.append(f"{KIND_WORDS[kind]} (n = {number(sum(n for _, n in named))})")
            lines += [f"  {clean_line(name)} (n = {number(n)})" for name, n in named]
    return tuple(lines)


def _reasons(counts: Counts, reasons: Mapping[str, int]) -> tuple[str, ...]:
    labelled = counts.labelled(reasons)
    return tuple(f"  {clean_line(label)} (n = {number(n)})" for label, n in labelled.items() if n)


def _rules(column: Column, state: State, before: str = "") -> tuple[str, ...]:
    """Lines for the rules that took records out, the largest first, each after the word `before`."""
    rules = sorted(column.why(state).items(), key=lambda item: (-item[1], item[0]))
    named = [(": ".join(filter(None, (before, clean_line(rule)))), n) for rule, n in rules if n]
    return tuple(f"  {text} (n = {number(n)})" for text, n in named if text)


def _unread(column: Column) -> tuple[str, ...]:
    if not column.unreadable:
        return ()
    alone = column.unreadable == column.removed_other
    return (f"  could not be read from their file{'' if alone else f' (n = {number(column.unreadable)})'}",)
