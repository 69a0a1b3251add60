"""Covidence: the list a file was exported from is the verdict, and stands in the file's name.

`review_<number>_<list>_csv_<time>.csv`. An exclusion reason is in the notes (`Exclusion reason: Wrong
study design;`) and is only asked for at full text. Tags are labels. `Covidence #` and `Study` stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tamis.formats.peers.votes import EXCLUDE, INCLUDE, list_of

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

MARKS = ("xclusion reason",)

_ASSESSED_IN: Final = "included"
_ASSESSED_OUT: Final = "excluded"
_PASSED: Final = ("select", "full_text")
_SCREENED_OUT: Final = "irrelevant"
_REASON = re.compile(r"(?:(?<=[;|\n])|\A)\s*[Ee]xclusion [Rr]easons?\s*:\s*([^;|\n]*)(?:;|(?=[|\n])|\Z)")


def applies(columns: frozenset[str]) -> bool:
    """Whether a record with these columns is Covidence's."""
    return "covidence_#" in columns


def lift(work: Work) -> None:
    """Take the reason and the tags; the list is looked at by `lift_list`, for every record of a file."""
    reasons: list[str] = []
    kept = []
    for note in work.notes:
        reasons += [found.group(1) for found in _REASON.finditer(note)]
        if rest := _REASON.sub("", note).strip(" ;\n"):
            kept.append(rest)
    work.notes[:] = kept
    if any(reason.strip() for reason in reasons):
        work.votes.assess(EXCLUDE, reasons)
    if "covidence_#" in work.columns:
        work.votes.add(labels=work.take_list("tags"))


def lift_list(work: Work) -> None:
    """The verdict that the file's name says; a reason in the notes says more."""
    if work.votes.who():
        return
    where = list_of(work.hint.name)
    if where in (_ASSESSED_IN, "extract"):
        work.votes.assess(INCLUDE)
    elif where == _ASSESSED_OUT:
        work.votes.assess(EXCLUDE)
    elif where in _PASSED or where == _SCREENED_OUT:
        work.votes.add(verdict=EXCLUDE if where == _SCREENED_OUT else INCLUDE)
