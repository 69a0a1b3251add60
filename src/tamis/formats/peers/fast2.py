"""FAST2: `code` (yes, no, undetermined) with `time`; `label` is what a finished review had said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.formats.peers.votes import EXCLUDE, INCLUDE, moment

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

_VERDICTS: Final = {"yes": INCLUDE, "no": EXCLUDE}


def applies(columns: frozenset[str]) -> bool:
    """Whether a record with these columns is FAST2's; without `code` it is read like any labelled table."""
    return "code" in columns and not columns.isdisjoint({"label", "time"})


def lift(work: Work) -> None:
    """Take the code and its time."""
    code = work.see("code").lower()
    if code in _VERDICTS:
        work.votes.add(verdict=_VERDICTS[code], at=moment(work.see("time")))
        work.take("code", "time")
    elif code in ("undetermined", ""):
        work.take("code")
        if work.see("time") in ("0", "0.0", ""):
            work.take("time")
