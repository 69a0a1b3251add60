"""The review that this one updates: its numbers, given or read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamis.domain import prisma
from tamis.domain.events import Kind
from tamis.domain.ledger import Ledger
from tamis.domain.plural import counted, form
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services.views import Change
from tamis.store.review import Review

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.services.screening import Session

NUMBERS = ("studies", "reports")


@dataclass(frozen=True, slots=True)
class Totals:
    """What a review included in all, with what the review before it had included.

    Attributes:
        studies: None when it is not known.
        reports: None when it is not known.
        title: the review's title.
        notes: what a reader of the numbers has to know, in sentences.
    """

    studies: int | None
    reports: int | None
    title: str = ""
    notes: tuple[str, ...] = ()


def totals_of(folder: Path, updated: Path | None = None) -> Totals:
    """What the review in a folder included; nothing is changed there.

    Args:
        folder: the previous review.
        updated: the folder of the review that updates it.

    Raises:
        UsageError: there is no review, it is the one that updates it, or it has no full-text stage, so that
            nothing is included in it.
        StoreError: it cannot be read.
        CountError: its counts do not add up.
    """
    if updated is not None and folder.resolve() == updated.resolve():
        raise UsageError(
            f"{clean_line(str(folder))} is this review itself, which does not update itself. Name the folder "
            "of the review before it."
        )
    with Review.open(folder, write=False) as review:
        ledger = Ledger(review.events())
        counts = prisma.count(review.sources, ledger, review.protocol)
        title = clean_line(review.protocol.title)
    shown = clean_line(str(folder))
    if not counts.full_text:
        raise UsageError(
            f"The review in {shown} has no full-text stage, so it says nothing of included studies. Give the "
            "numbers with --studies and --reports."
        )
    studies = counts.total_studies if ledger.previous else counts.new_studies
    reports = counts.total_reports if ledger.previous else counts.new_reports
    notes = []
    if counts.interim:
        n = counts.pending
        notes.append(
            f"The review in {shown} is not finished: {n:,} {form(n, 'is', 'are')} still to be decided there."
        )
    notes += [
        f"The number of {name} is not known: the review in {shown} lacks that of the review it updates."
        for name, n in zip(NUMBERS, (studies, reports), strict=True)
        if n is None
    ]
    return Totals(studies, reports, title, tuple(notes))


def say_previous(session: Session, totals: Totals) -> Change:
    """Say what the review that this one updates had included.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: neither number is given, one is negative, or there are more studies than reports.
    """
    given = {name: n for name in NUMBERS if (n := getattr(totals, name)) is not None}
    if not given:
        raise UsageError("Give the previous review's number of studies, of reports, or both.")
    if min(given.values()) < 0:
        raise UsageError("The previous review's numbers cannot be negative.")
    if totals.studies is not None and totals.reports is not None and totals.studies > totals.reports:
        raise UsageError(
            f"{counted(totals.studies, 'study', 'studies')} cannot have "
            f"{counted(totals.reports, 'report')}: each study has one at least."
        )
    return _say(session, {**given, **({"title": totals.title} if totals.title else {})})


def say_no_previous(session: Session) -> Change | None:
    """Say that this review updates none; None when nobody said that it does.

    Raises:
        NotSavedError: nothing was saved.
    """
    return None if session.ledger.previous is None else _say(session, {})


def _say(session: Session, body: dict[str, object]) -> Change:
    event = session.event(Kind.PREVIOUS, "", body)
    session.save([event])
    return Change(event, "", session.words(event))


def standing(ledger: Ledger) -> Totals:
    """The numbers of the previous review that stand, with a sentence for each that is missing."""
    said = ledger.previous
    if said is None:
        return Totals(None, None)
    studies, reports = (said.number(name) for name in NUMBERS)
    notes = tuple(
        f"The previous review's number of {name} is missing: no total of {name} is given."
        for name, n in zip(NUMBERS, (studies, reports), strict=True)
        if n is None
    )
    return Totals(studies, reports, notes=notes)
