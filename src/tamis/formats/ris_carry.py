"""What tamis itself writes into RIS beside the record: decisions, and fields RIS cannot say.

A decision is a note `N1  - TAMIS-DECISION: {json}` and, for Zotero and other readers, keywords such as
`tamis:exclude`, `tamis:reason:Wrong population` for the primary reason, `tamis:also:Wrong outcome` for
another one, `tamis:label:ask Ann`. A field that would not read back
as it was is in a note `N1  - TAMIS-FIELDS: {json}`.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tamis.domain.record import Decision, Record
from tamis.domain.text import clean_line
from tamis.formats.own_doc import VERDICTS, patch, read_decision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.formats.base import Log

DECISION = "TAMIS-DECISION:"
FIELDS = "TAMIS-FIELDS:"
TAG = "tamis:"
_REASON = "tamis:reason:"
_ALSO = "tamis:also:"
_LABEL = "tamis:label:"
_WRAPPED = re.compile(r"\A\s*<p>(.*)</p>\s*\Z", re.DOTALL)


@dataclass(slots=True)
class Carried:
    """What a record's notes and keywords carried of tamis's own."""

    decisions: list[Decision] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def apply(self, record: Record) -> None:
        """Put it into the record."""
        record.decisions = tuple(self.decisions)
        if self.values:
            patch(record, self.values)


def decision_note(decision: Decision) -> str:
    """A decision as the text of a note."""
    return f"{DECISION} {_dump(decision.to_doc())}"


def fields_note(values: dict[str, Any]) -> str:
    """Fields as the text of a note."""
    return f"{FIELDS} {_dump(values)}"


def decision_tags(decisions: Iterable[Decision]) -> list[str]:
    """The decisions as keywords, each once."""
    tags: dict[str, None] = {}
    for decision in decisions:
        if decision.verdict in VERDICTS[:3]:
            tags[TAG + decision.verdict] = None
        tags |= dict.fromkeys(_REASON + reason for reason in decision.reasons[:1])
        tags |= dict.fromkeys(_ALSO + reason for reason in decision.reasons[1:])
        tags |= dict.fromkeys(_LABEL + label for label in decision.labels)
    return list(tags)


def take_carried(fields: dict[str, list[str]], log: Log, line: int) -> Carried | None:
    """Take tamis's own notes and keywords out of a record's tags."""
    carried = Carried()
    notes = []
    for note in (part for whole in fields.get("N1", ()) for part in _parts(whole)):
        if not _take_note(note, carried):
            notes.append(note)
            if DECISION in note[:40] or FIELDS in note[:40]:
                log.add("{n} damaged note{s} of tamis kept as ordinary notes", line)
    _put_back(fields, "N1", notes)
    words = fields.get("KW", [])
    tags = [word.strip() for word in words if word.startswith(TAG) and _is_tag(word.strip())]
    _put_back(fields, "KW", [word for word in words if word.strip() not in tags])
    if tags and not carried.decisions and not carried.values:
        carried.decisions.append(_from_tags(tags))
    return carried


def _parts(note: str) -> list[str]:
    """A note cut where a line of it is one of tamis's: many programs keep all notes of a record in one."""
    if "\n" not in note or "TAMIS-" not in note:
        return [note]
    parts: list[str] = []
    ended = True
    for line in note.split("\n"):
        own = line.lstrip().startswith((DECISION, FIELDS))
        if own or ended:
            parts.append(line)
        else:
            parts[-1] += f"\n{line}"
        ended = own
    return parts


def _take_note(note: str, carried: Carried) -> bool:
    if "TAMIS-" not in note:
        return False
    wrapped = _WRAPPED.match(note)  # Zotero hands notes back as HTML
    text = wrapped.group(1) if wrapped else note
    for mark in (DECISION, FIELDS):
        if not text.lstrip().startswith(mark):
            continue
        body = text.lstrip()[len(mark) :]
        doc = _load(body)
        doc = _load(html.unescape(body)) if doc is None else doc
        if doc is None:
            return False
        if mark == DECISION:
            carried.decisions.append(read_decision(doc))
        else:
            carried.values |= doc
        return True
    return False


def _is_tag(word: str) -> bool:
    return word[len(TAG) :] in VERDICTS or word.startswith((_REASON, _ALSO, _LABEL))


def _from_tags(tags: list[str]) -> Decision:
    verdict = next((v for t in tags if (v := t[len(TAG) :]) in VERDICTS), "undecided")
    return Decision(
        verdict=verdict,
        reasons=(*_after(_REASON, tags), *_after(_ALSO, tags)),
        labels=_after(_LABEL, tags),
    )


def _after(start: str, tags: list[str]) -> tuple[str, ...]:
    return tuple(clean_line(tag[len(start) :]) for tag in tags if tag.startswith(start))


def _put_back(fields: dict[str, list[str]], tag: str, values: list[str]) -> None:
    if values:
        fields[tag] = values
    else:
        fields.pop(tag, None)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _load(text: str) -> dict[str, Any] | None:
    try:
        doc = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return doc if isinstance(doc, dict) else None
