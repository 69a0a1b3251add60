"""CoLRev: `colrev_status` of a BibTeX entry, and `screening_criteria` (`scope=in;design=out`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.formats.peers.votes import EXCLUDE, INCLUDE

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

_PASSED: Final = (
    "rev_prescreen_included",
    "pdf_needs_manual_retrieval",
    "pdf_imported",
    "pdf_not_available",
    "pdf_needs_manual_preparation",
    "pdf_prepared",
)
_ASSESSED: Final = {"rev_included": INCLUDE, "rev_synthesized": INCLUDE, "rev_excluded": EXCLUDE}


def applies(columns: frozenset[str]) -> bool:
    """Whether a record with these columns is CoLRev's."""
    return "colrev_status" in columns


def lift(work: Work) -> None:
    """Take the status where it says no more than a verdict, and the criteria that were not met."""
    status = work.see("colrev_status").lower()
    if status in _ASSESSED:
        work.votes.assess(_ASSESSED[status], _failed(work) if status == "rev_excluded" else ())
    elif status in _PASSED:
        work.votes.add(verdict=INCLUDE)
    elif status == "rev_prescreen_excluded":
        work.votes.add(verdict=EXCLUDE, reasons=_failed(work))
    if status.startswith("rev_"):
        work.take("colrev_status")


def _failed(work: Work) -> list[str]:
    """The criteria that were not met; the column goes when all of them were of that kind."""
    text = work.see("screening_criteria")
    pairs = [pair.partition("=") for part in text.replace(",", ";").split(";") if (pair := part.strip())]
    failed = [name for name, _, value in pairs if value.strip() == "out"]
    if pairs and len(failed) == len(pairs):
        work.take("screening_criteria")
    return failed
