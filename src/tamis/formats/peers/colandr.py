"""Colandr: `citation_screening_status`, `fulltext_screening_status`, the reasons of each, `study_tags`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.formats.peers.votes import EXCLUDE, FULL_TEXT, INCLUDE, SCREENING

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

_PASSES: Final = (
    ("citation_screening_status", "citation_exclude_reasons", SCREENING),
    ("fulltext_screening_status", "fulltext_exclude_reasons", FULL_TEXT),
)
_VERDICTS: Final = {"included": INCLUDE, "excluded": EXCLUDE}
_NOT_YET: Final = ("not_screened", "screened_once", "")


def applies(columns: frozenset[str]) -> bool:
    """Whether a record with these columns is Colandr's."""
    return "citation_screening_status" in columns


def lift(work: Work) -> None:
    """Take the status of both passes; `conflict` and what is not known stay as they are."""
    for status, reasons, stage in _PASSES:
        value = work.see(status).lower()
        if value in _VERDICTS:
            given = work.take_list(reasons) if value == "excluded" else ()
            work.votes.add(verdict=_VERDICTS[value], stage=stage, reasons=given)
            work.take(status)
        elif value in _NOT_YET:
            work.take(status)
    work.votes.add(labels=work.take_list("study_tags"))
