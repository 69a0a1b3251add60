"""metagear (R): `REVIEWERS` and `INCLUDE`, or `REVIEWERS_A`, `INCLUDE_A`, `REVIEWERS_B`, ... for several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tamis.formats.peers.votes import EXCLUDE, INCLUDE, MAYBE, person

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

_INCLUDE = re.compile(r"include(_[a-z])?")
_VERDICTS: Final = {"yes": INCLUDE, "no": EXCLUDE, "maybe": MAYBE}
_NOT_YET: Final = ("not vetted", "na", "")


def applies(columns: frozenset[str]) -> bool:
    """Whether a record with these columns is metagear's."""
    return "study_id" in columns and ("reviewers" in columns or "reviewers_a" in columns)


def lift(work: Work) -> None:
    """Take each reviewer's pair of columns."""
    for name in list(work.columns):
        if not (found := _INCLUDE.fullmatch(name)):
            continue
        value = work.see(name).lower()
        reviewers = f"reviewers{found.group(1) or ''}"
        if value in _VERDICTS:
            by = person(work.see(reviewers), emails=work.hint.emails)
            work.votes.add("" if by == "NA" else by, _VERDICTS[value])
            work.take(name, reviewers)
        elif value in _NOT_YET:
            work.take(name)
