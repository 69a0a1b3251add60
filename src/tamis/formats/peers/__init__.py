"""Other tools' decisions: what they write into notes and columns becomes decisions of the record.

Readers know nothing of tools: they keep every note and every column they have no field for. `lift` looks at
what a reader brought, recognises a tool by what only it writes, and moves its marks into
`Record.decisions`. What it does not understand stays where it was. A further tool is one module with
`applies` and `lift`, and one line in `_TABLES`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tamis.domain.record import Record
from tamis.errors import FormatError
from tamis.formats.base import Format
from tamis.formats.peers import (
    abstrackr,
    asreview,
    colandr,
    colrev,
    covidence,
    fast2,
    metagear,
    rayyan,
    revtools,
)
from tamis.formats.peers.votes import EXCLUDE, FULL_TEXT, UNDECIDED, Hint, Work, column, list_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tamis.formats.base import Item

__all__ = ["OWN", "PROJECT", "Hint", "lift", "lifted"]

OWN = frozenset({"json", "csv"})
"""Formats in which tamis says its decisions itself, and every other text must come back as it was."""


def _never(_head: str) -> bool:
    """A project is no text: `archives` recognises it by the files in it."""
    return False


def _no_text(*_args: object) -> tuple[int, Iterator[Item]]:
    raise FormatError("an ASReview project is read by `archives`")


PROJECT = Format(name="asreview", label="ASReview project", suffix=".asreview", sniff=_never, read=_no_text)

_MARKS = (*rayyan.MARKS, *asreview.MARKS, *covidence.MARKS)

_TABLES: tuple[tuple[Callable[[frozenset[str]], bool], Callable[[Work], None]], ...] = (
    (covidence.applies, covidence.lift),
    (revtools.applies, revtools.lift),
    (metagear.applies, metagear.lift),
    (abstrackr.applies, abstrackr.lift),
    (colandr.applies, colandr.lift),
    (fast2.applies, fast2.lift),
    (colrev.applies, colrev.lift),
    (asreview.applies, asreview.lift_columns),
)
"""For each tool that writes columns: whether these columns are its own, and what it does with a record.
The most certain first: only the first that applies is asked. Labelled tables of any kind come last."""


def lifted(items: Iterable[Item], hint: Hint, *, own: bool = False) -> Iterator[Item]:
    """The items of a reader, other tools' decisions in their place.

    Args:
        items: records and problems.
        hint: what is known of the file.
        own: whether the format is tamis's own: then only the hint's verdict is looked at.
    """
    for item in items:
        if not isinstance(item, Record):
            yield item
        elif own:
            yield _given(item, hint) if hint.verdict else item
        else:
            yield lift(item, hint)


def lift(record: Record, hint: Hint | None = None) -> Record:
    """The record with other tools' marks as decisions; the very same object when there are none."""
    hint = hint or _NOTHING_KNOWN
    noted = bool(record.notes) and _marked(record.notes)
    table = _table(tuple(record.extra)) if record.extra else None
    listed = bool(hint.name) and bool(list_of(hint.name))
    if noted or table is not None or listed:
        work = Work.on(record, hint)
        if noted:
            _lift_notes(work)
        if table is not None:
            table(work)
        if listed:
            covidence.lift_list(work)
        record = work.done(record)
    return _given(record, hint) if hint.verdict else record


def _marked(notes: tuple[str, ...]) -> bool:
    """Whether any note may hold a mark; plain loops, as every record of every import comes by here."""
    for note in notes:
        for mark in _MARKS:
            if mark in note:
                return True
    return False


def _lift_notes(work: Work) -> None:
    for marks, take in (
        (rayyan.MARKS, rayyan.lift),
        (asreview.MARKS, asreview.lift_notes),
        (covidence.MARKS, covidence.lift),
    ):
        if any(mark in note for note in work.notes for mark in marks):
            take(work)


def _given(record: Record, hint: Hint) -> Record:
    """The record with the verdict its file was given with, when it has none of its own that settles it."""
    own = {(d.stage, d.verdict) for d in record.decisions if d.verdict != UNDECIDED}
    if any(stage == hint.stage or verdict == EXCLUDE for stage, verdict in own):
        return record
    work = Work.on(record, hint)
    if hint.stage == FULL_TEXT and not own:
        work.votes.assess(hint.verdict)
    else:
        work.votes.add(verdict=hint.verdict, stage=hint.stage)
    return work.done(record)


@lru_cache(maxsize=4096)
def _table(names: tuple[str, ...]) -> Callable[[Work], None] | None:
    columns = frozenset(map(column, names))
    return next((take for applies, take in _TABLES if applies(columns)), None)


_NOTHING_KNOWN = Hint()
