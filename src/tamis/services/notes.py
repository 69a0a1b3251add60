"""What a reader of the PRISMA numbers has to know and the boxes do not say: sentences. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.plural import counted, form
from tamis.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.domain.prisma import Counts
    from tamis.services.taken_out import TakenOut

NO_BOX = "and PRISMA has no box for that: say so in the text."


def notes(count: Counts, out: TakenOut) -> list[str]:
    """All that there is to say.

    Args:
        count: the numbers.
        out: who took records out, and which of them.
    """
    return [
        *_pending(count),
        *_databases(count, out),
        *_others(count),
        *_decided(out),
        *_previous(count),
        *_form(count),
    ]


def _pending(count: Counts) -> Iterator[str]:
    if count.pending:
        yield f"Interim: {count.pending:,} still to be decided, so the numbers will change."


def _databases(count: Counts, out: TakenOut) -> Iterator[str]:
    column = count.databases
    if column.unreadable:
        yield (
            f'"Removed for other reasons" holds {counted(column.unreadable, "record")} '
            "counted in the files that could not be read."
        )
    for box, n in (
        ("Records marked as ineligible by automation tools", out.left[State.REMOVED_AUTOMATION]),
        ("Records removed for other reasons", out.left[State.REMOVED_OTHER]),
        ("Records excluded", column.stopped),
    ):
        if n:
            yield f'"{box}" holds {counted(n, "record")} that nobody screened: a rule stopped the screening.'


def _others(count: Counts) -> Iterator[str]:
    column = count.others
    if column.unreadable:
        yield f"{_other(column.unreadable)} could not be read {NO_BOX}"
    if n := column.duplicates:
        yield (
            f"{_other(n)} {form(n, 'was', 'were')} of a report that is counted already, and "
            f"{form(n, 'is', 'are')} not among the records identified, as PRISMA asks: say so in the text."
        )
    if n := column.removed_automation + column.states[State.REMOVED_OTHER]:
        yield f"{_other(n)} {form(n, 'was', 'were')} removed before screening {NO_BOX}"
    if n := column.excluded - column.stopped:
        yield f"{_other(n)} {form(n, 'was', 'were')} excluded on title and abstract {NO_BOX}"
    if n := column.stopped:
        yield f"{_other(n)} {form(n, 'was', 'were')} left unscreened by a stop of screening {NO_BOX}"
    if n := count.prisma()["other_results"]:
        yield (
            f"{counted(n, 'record')} from sources of kind other {form(n, 'stands', 'stand')} with citation "
            f"searching in the CSV: it has no box for {form(n, 'it', 'them')}."
        )


def _other(n: int) -> str:
    return f"{counted(n, 'record')} from other methods"


def _decided(out: TakenOut) -> Iterator[str]:
    if n := out.decided:
        yield (
            f"Of the records removed before screening {n:,} had been decided on: "
            f"{form(n, 'the decision on it is', 'the decisions on them are')} kept and not counted."
        )


def _previous(count: Counts) -> Iterator[str]:
    if (count.previous_studies is None) is not (count.previous_reports is None):
        yield "Of the previous review only studies or only reports are known: give both numbers."
    if n := count.earlier_reports:
        yield (
            f'Of the "Reports of new included studies" {n:,} {form(n, "is of a study", "are of studies")} '
            "that the previous version of the review has, which "
            f"{form(n, 'is', 'are')} not counted as new."
        )


def _form(count: Counts) -> Iterator[str]:
    if not count.full_text:
        yield "Full text is not a stage of the protocol: the boxes below reports sought are left out."
