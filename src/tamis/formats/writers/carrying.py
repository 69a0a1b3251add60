"""What the writers of other programs' formats share: decisions as notes, and a look back at each record.

A record is read back as soon as it is written. What of the format's own fields would come back changed (a
keyword with a semicolon in it, a name with ` and `) goes along in a note `TAMIS-FIELDS: {json}`, so these
formats too give back what they were given. What a format has no field for is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tamis.domain.record import Record
from tamis.domain.text import clean_line, year
from tamis.formats.base import Log
from tamis.formats.decoding import Text
from tamis.formats.ris_carry import DECISION, FIELDS, decision_note, fields_note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.formats.base import Format

    Render = Callable[[Record, list[str]], str]
    """A record and tamis's own notes as the text of the format."""

_DATE = re.compile(r"\s*(\d{4})[/-](\d{1,2})(?:[/-](\d{1,2}))?(?![\d-])")
_ROUNDS = 3  # a reader may see something in the note itself, such as `PMID: 12`
_BLANKS = re.compile(r"\s+")


def settled(
    record: Record,
    render: Render,
    kept: Callable[[Record], Record],
    fields: Sequence[str],
    format: Format,
) -> str:
    """The text of a record that reads back as `kept(record)` in `fields`.

    Args:
        record: what to write.
        render: makes the text.
        kept: what of a record the format can say.
        fields: the fields it has, `decisions` among them.
        format: how it is read back.
    """
    carried = [decision_note(decision) for decision in record.decisions]
    text, wanted = render(record, carried), kept(record)
    patch: dict[str, Any] = {}
    for _ in range(_ROUNDS):
        back = _read_back(text, format)
        changed = [
            f for f in fields if f not in patch and (back is None or getattr(back, f) != getattr(wanted, f))
        ]
        if not changed:
            break
        for name in changed:
            value = getattr(wanted, name)
            patch[name] = [d.to_doc() for d in value] if name == "decisions" else value
        text = render(record, [*carried, fields_note(patch)])
    return text


def _read_back(text: str, format: Format) -> Record | None:
    _, items = format.read(Text(text.encode("utf-8", "replace"), Log()), Log())
    records = list(items)
    return records[0] if len(records) == 1 and isinstance(records[0], Record) else None


def own_notes(record: Record) -> list[str]:
    """The record's notes; one that looks like tamis's own is told by the patch alone."""
    return [note for note in record.notes if DECISION not in note and FIELDS not in note]


def joined_words(words: Sequence[str]) -> str:
    """Keywords as one value: semicolons where a comma stands inside one, commas elsewhere."""
    if not any("," in word for word in words):
        return ", ".join(words)
    return "; ".join(words) + (";" if len(words) == 1 else "")


def date_parts(record: Record) -> list[int]:
    """Year, month and day as far as the record says them."""
    if record.year is None:
        return []
    found = _DATE.match(record.date)
    if found is None or year(record.date) != record.year:
        return [record.year]
    month, day = int(found.group(2)), int(found.group(3) or 0)
    if not 1 <= month <= 12:
        return [record.year]
    return [record.year, month, *([day] if 1 <= day <= 31 else [])]


def one_line(text: str) -> str:
    """A text without its line breaks."""
    return _BLANKS.sub(" ", text).strip() if "\n" in text else clean_line(text)
