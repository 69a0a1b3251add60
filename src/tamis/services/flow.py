"""The PRISMA 2020 flow as boxes with numbers; `draw` makes a drawing of them. Pure.

Page MJ et al., "The PRISMA 2020 statement", BMJ 2021;372:n71, figure 1 and its four templates: the left
column holds databases and registers, the right one other methods; what leaves the flow stands beside it; a
previous review that is updated has a column of its own. Boxes that do not apply (no full-text stage, no
source of a kind, no previous review) are left out, as in the templates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from tamis.domain.prisma import DATABASE_KINDS
from tamis.domain.record import SOURCE_KINDS
from tamis.domain.states import REMOVED_STATES, SCREENED_STATES, SOUGHT_STATES, State
from tamis.domain.text import clean_line
from tamis.services.drawing import Drawing, draw, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tamis.domain.prisma import Counts
    from tamis.domain.prisma_column import Column

__all__ = [
    "FORMS",
    "KIND_WORDS",
    "LIVE",
    "OTHER_KINDS",
    "Box",
    "Drawing",
    "Options",
    "boxes",
    "draw",
    "number",
]

Form = Literal["svg", "png", "pdf", "docx", "mermaid"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
"""What `services.diagram` draws besides the terminal's drawing."""
Place = Literal["previous", "left", "side", "right", "right-side"]
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
class Options:
    """What of the flow is shown. Nothing here changes a number; what is left out is in the sums.

    Attributes:
        per_database: a line for each database, register and other source below its kind.
        previous: the column of the previous review, and the totals with it, when there is one.
        screening_reasons: reasons below the records excluded on title and abstract.
        title: of the review, for who cannot see a drawing.
    """

    per_database: bool = True
    previous: bool = True
    screening_reasons: bool = False
    title: str = ""


LIVE: Final = Options(screening_reasons=True)
"""Everything: what the terminal shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box of the flow.

    Attributes:
        key: its name, such as `screened` or `other-sought`.
        heading: what it counts.
        lines: what stands in it below the heading, not yet wrapped.
        column: `left` and `right` are the two columns, `side` and `right-side` what leaves them.
        row: from 0, the same for a box and the one beside it; 0 is identification, 1 to 3 are screening.
        title: what stands above its column.
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
    title: str
    records: int = 0
    states: tuple[State, ...] = ()
    kinds: tuple[str, ...] = ()
    pending: int = 0


def boxes(counts: Counts, options: Options = LIVE) -> list[Box]:
    """The boxes of the flow that apply, row by row."""
    every = _databases(counts, options)
    if any(k not in DATABASE_KINDS for k, _, _ in counts.by_source):
        every += _others(counts, options)
    if counts.full_text:
        every.append(_included(counts))
    if options.previous and counts.updates:
        every += _previous(counts)
    return sorted(every, key=lambda box: (box.row, _PLACES[box.column]))


def left_out(counts: Counts, options: Options) -> list[str]:
    """What the review has and the drawing does not show, apart from what is in its sums."""
    previous = counts.updates and not options.previous
    return ["Studies of the previous version of the review are not shown."] if previous else []


_PLACES: Final = {"previous": 0, "left": 1, "side": 2, "right": 3, "right-side": 4}


def _title(counts: Counts, *, right: bool = False) -> str:
    new = "new " if counts.updates else ""
    return f"Identification of {new}studies via {'other methods' if right else 'databases and registers'}"


def _databases(counts: Counts, options: Options) -> list[Box]:
    column = counts.databases
    title = _title(counts)
    kinds = DATABASE_KINDS
    return [
        Box(
            key="identified",
            heading="Records identified from:",
            lines=_sources(counts, DATABASE_KINDS, options, always=("database", "register")),
            column="left",
            row=0,
            title=title,
            records=column.identified,
            states=_ALL_STATES,
            kinds=kinds,
        ),
        Box(
            key="removed",
            heading="Records removed before screening:",
            lines=(
                f"Duplicate records removed (n = {number(column.duplicates)})",
                f"Records marked as ineligible by automation tools (n = {number(column.removed_automation)})",
                *_rules(column, State.REMOVED_AUTOMATION),
                f"Records removed for other reasons (n = {number(column.removed_other)})",
                *_rules(column, State.REMOVED_OTHER),
                *_unread(column),
            ),
            column="side",
            row=0,
            title=title,
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
            title=title,
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
                *_by_people(counts, options),
                *_rules(column, State.STOPPED, "by automation"),
            ),
            column="side",
            row=1,
            title=title,
            records=column.excluded,
            states=(State.SCREENED_OUT, State.STOPPED),
            kinds=kinds,
        ),
        *_reports(counts, column, "", kinds, row=2),
    ]


def _by_people(counts: Counts, options: Options) -> tuple[str, ...]:
    """What people excluded on title and abstract: the number, when rules excluded too, and the reasons."""
    column = counts.databases
    reasons = _reasons(counts, column.why(State.SCREENED_OUT)) if options.screening_reasons else ()
    if not column.stopped:
        return reasons
    people = f"  by reviewers (n = {number(column.excluded - column.stopped)})"
    return (people, *(f"  {reason}" for reason in reasons))


def _others(counts: Counts, options: Options) -> list[Box]:
    column = counts.others
    kinds = OTHER_KINDS
    said = {
        "could not be read from their file": column.unreadable,
        "marked as ineligible by automation tools": column.removed_automation,
        "removed for other reasons": column.states[State.REMOVED_OTHER],
        "excluded on title and abstract": column.excluded - column.stopped,
        "left unscreened when screening was stopped": column.stopped,
    }
    beside = [f"{text} (n = {number(n)})" for text, n in said.items() if n]
    title = _title(counts, right=True)
    first = Box(
        key="other-identified",
        heading="Records identified from:",
        lines=(
            *_sources(counts, OTHER_KINDS, options),
            *([f"of which {text}" for text in beside]),
            *_interim(column.pending_screening, column.screened),
        ),
        column="right",
        row=0,
        title=title,
        records=column.identified,
        states=_COUNTED_STATES,
        kinds=kinds,
        pending=column.pending_screening,
    )
    return [first, *_reports(counts, column, "other-", kinds, row=2)]


def _reports(counts: Counts, column: Column, prefix: str, kinds: tuple[str, ...], row: int) -> list[Box]:
    main: Place = "right" if prefix else "left"
    side: Place = "right-side" if prefix else "side"
    title = _title(counts, right=bool(prefix))
    found = [
        Box(
            key=f"{prefix}sought",
            heading="Reports sought for retrieval",
            lines=(_n(column.sought),),
            column=main,
            row=row,
            title=title,
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
            title=title,
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
            title=title,
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
            title=title,
            records=column.assessed_out,
            states=(State.ASSESSED_OUT,),
            kinds=kinds,
        ),
    ]


def _included(counts: Counts) -> Box:
    studies, reports = (
        ("New studies included in review", "Reports of new included studies")
        if counts.updates
        else ("Studies included in review", "Reports of included studies")
    )
    return Box(
        key="included",
        heading="Included",
        lines=(
            f"{studies} (n = {number(counts.new_studies)})",
            f"{reports} (n = {number(counts.new_reports)})",
            *([f"interim: {number(counts.pending)} pending"] if counts.interim else []),
        ),
        column="left",
        row=4,
        title=_title(counts),
        records=counts.new_reports,
        states=(State.INCLUDED,),
        kinds=SOURCE_KINDS,
        pending=counts.pending,
    )


def _previous(counts: Counts) -> list[Box]:
    """The previous review, and its totals with the new studies where the review has come to them."""
    before = (
        ("Studies included in previous version of review", counts.previous_studies),
        ("Reports of studies included in previous version of review", counts.previous_reports),
    )
    after = (
        ("Total studies included in review", counts.total_studies),
        ("Reports of total included studies", counts.total_reports),
    )
    found = [
        Box(
            key="previous",
            heading="Previous version of review",
            lines=_known(before),
            column="previous",
            row=0,
            title="Previous studies",
            records=counts.previous_studies or 0,
        )
    ]
    if counts.full_text:
        total = Box(
            key="total",
            heading="Total",
            lines=_known(after),
            column="left",
            row=5,
            title=_title(counts),
            records=counts.total_studies or 0,
        )
        found.append(total)
    return found


def _known(numbers: Iterable[tuple[str, int | None]]) -> tuple[str, ...]:
    return tuple(f"{text} (n = {number(n)})" for text, n in numbers if n is not None)


def _n(n: int) -> str:
    return f"(n = {number(n)})"


def _interim(pending: int, of: int) -> list[str]:
    return [f"interim: {number(pending)} of {number(of)} pending"] if pending else []


def _sources(
    counts: Counts, kinds: Iterable[str], options: Options, always: Sequence[str] = ()
) -> tuple[str, ...]:
    lines: list[str] = []
    for kind in kinds:
        named = [(name, n) for k, name, n in counts.by_source if (k if k in KIND_WORDS else "other") == kind]
        if named or kind in always:
            lines.append(f"{KIND_WORDS[kind]} (n = {number(sum(n for _, n in named))})")
            if options.per_database:
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
