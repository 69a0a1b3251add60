"""Abstrackr: a column for each reviewer (1, 0, -1), `consensus`, `tags`, and columns of notes by reviewer.

The reviewers' columns have no mark of their own: they are those beside Abstrackr's columns in which nothing
but a label stands. `consensus` is a vote only where nobody else's is; otherwise it stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tamis.formats.peers.votes import EXCLUDE, INCLUDE, MAYBE, moment, person

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

_VERDICTS: Final = {"1": INCLUDE, "1.0": INCLUDE, "0": MAYBE, "0.0": MAYBE, "-1": EXCLUDE, "-1.0": EXCLUDE}
_NONE: Final = ("o", "x", "")
_OWN: Final = frozenset(
    [
        *("(internal)_id", "(source)_id", "internal_id", "source_id", "pubmed_id", "id", "doi", "year"),
        *("title", "abstract", "journal", "authors", "keywords", "volume", "issue", "pages"),
        *("tags", "labeled_at", "consensus"),
    ]
)
_NOTE = re.compile(r"(.+?)[ _]notes[ _]\((.+)\)", re.IGNORECASE)


def applies(columns: frozenset[str]) -> bool:
    """Whether a record with these columns is Abstrackr's."""
    return not columns.isdisjoint({"(internal)_id", "internal_id"}) or {"consensus", "labeled_at"} <= columns


def lift(work: Work) -> None:
    """Take the reviewers' columns, their notes and the tags."""
    times = work.extra.get(work.columns.get("labeled_at", ""), ())
    voters: list[tuple[str, str]] = []
    for name, written in list(work.columns.items()):
        value = work.see(name).lower()
        if name not in _OWN and value in _VERDICTS and not _NOTE.fullmatch(written):
            voters.append((person(written, emails=work.hint.emails), _VERDICTS[value]))
            work.take(name)
        elif name not in _OWN and value in _NONE and value:
            work.take(name)
    whole = len(times) == len(voters)
    for place, (by, verdict) in enumerate(voters):
        work.votes.add(by, verdict, at=moment(times[place]) if whole else "")
    if whole:
        work.take("labeled_at")
    consensus = work.see("consensus").lower()
    if not voters and consensus in _VERDICTS:
        work.votes.add(verdict=_VERDICTS[consensus])
    if consensus in _NONE or (not voters and consensus in _VERDICTS):
        work.take("consensus")
    _take_notes(work)
    tags = work.take_list("tags")
    for by in [by for by, _ in voters] or ([""] if tags else []):
        work.votes.add(by, labels=[part for tag in tags for part in tag.split(",")])


def _take_notes(work: Work) -> None:
    for name, written in list(work.columns.items()):
        found = _NOTE.fullmatch(written)
        if found and (text := "\n".join(work.extra[written]).strip()):
            kind = found.group(1).lower()
            by = person(found.group(2), emails=work.hint.emails)
            work.votes.add(by, note=text if kind == "general" else f"{kind}: {text}")
            work.take(name)
