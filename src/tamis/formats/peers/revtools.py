"""revtools (R): `screened_abstracts`, `screened_titles`, `screened_topics`, and the reviewer's notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.formats.peers.votes import EXCLUDE, INCLUDE, MAYBE, UNDECIDED

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

_COLUMNS: Final = ("screened_abstracts", "screened_titles", "screened_topics")
_VERDICTS: Final = {"selected": INCLUDE, "excluded": EXCLUDE, "unknown": MAYBE}


def applies(columns: frozenset[str]) -> bool:
    """Whether a record with these columns is revtools'."""
    return not columns.isdisjoint(_COLUMNS)


def lift(work: Work) -> None:
    """Take the columns; abstracts come after titles, so their verdict holds."""
    values = {name: work.see(name).lower() for name in _COLUMNS if name in work.columns}
    verdict = next((_VERDICTS[value] for value in values.values() if value in _VERDICTS), UNDECIDED)
    if values.get("screened_abstracts") == "na" and verdict == INCLUDE:
        verdict = UNDECIDED  # the title was good enough; the abstract has not been looked at yet
        values.pop("screened_titles", None)
        values.pop("screened_topics", None)
    work.take(*(name for name, value in values.items() if value in _VERDICTS or value == "na"))
    work.votes.add(verdict=verdict, note=work.take_notes())
