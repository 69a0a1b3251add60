"""Decisions that a file carries, as events: whose they are, and ids that the same file always gives."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.events import Event, Kind, Stage, Verdict
from tamis.domain.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tamis.domain.events import Author
    from tamis.domain.protocol import Protocol
    from tamis.domain.record import Decision

_SECONDS: Final = (1 << 32) - 1
_PLACES: Final = (1 << 12) - 1
_TAIL: Final = (1 << 62) - 1


def event_id(
    sha256: str, record: str, by: str, stage: str, kind: str, *, place: int = 0, made: str = ""
) -> str:
    """The id of an event that a file brings: the same whoever imports the file, and into which copy.

    A UUID of version 8 that sorts before every one of version 7, so that what was decided in tamis itself
    stands. Among themselves they sort by when they were made, then by their place in the record.

    Args:
        sha256: checksum of the file.
        record: the record's id.
        by: the reviewer.
        stage: the stage.
        kind: the kind of the event.
        place: place of the decision among those of its record.
        made: when it was made, ISO 8601, or "".
    """
    key = "\x1f".join((sha256, record, by, stage, kind, str(place)))
    digest = int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    value = _since_1970(made) << 80
    value |= 8 << 76 | min(place, _PLACES) << 64
    value |= 2 << 62 | digest & _TAIL
    return str(uuid.UUID(int=value))


def _since_1970(made: str) -> int:
    try:
        when = datetime.fromisoformat(made)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0, min(int(when.timestamp()), _SECONDS))
    except (ValueError, OverflowError):
        return 0


def carried_events(
    decision: Decision,
    record: str,
    *,
    place: int,
    sha256: str,
    author: Author,
    protocol: Protocol,
    body: Mapping[str, Any],
) -> Iterator[Event]:
    """A decision as events without `log` and `seq`.

    Args:
        decision: the decision.
        record: the id of the record it is on.
        place: its place among the decisions of its record in the file.
        sha256: checksum of the file.
        author: who imports; whoever the file does not name is taken for them.
        protocol: what reasons are called.
        body: what every event says of where it came from.
    """
    by = clean_line(decision.by) or author.by
    made = clean_line(decision.at)
    came = {**body, "made": made} if made else dict(body)
    for kind, stage, says in _bodies(decision, protocol):
        yield Event(
            id=event_id(sha256, record, by, stage, kind, place=place, made=made),
            kind=kind,
            by=by,
            at=author.now(),
            stage=stage,
            record=record,
            body={**says, **came},
        )


def _bodies(decision: Decision, protocol: Protocol) -> Iterator[tuple[Kind, str, dict[str, Any]]]:
    stage = decision.stage if decision.stage in list(Stage) else str(Stage.TITLE_ABSTRACT)
    if decision.verdict in list(Verdict) and decision.verdict != Verdict.UNDECIDED:
        body: dict[str, Any] = {"verdict": str(decision.verdict)}
        reasons = [reason_id(protocol, label) for label in decision.reasons]
        if decision.verdict == Verdict.EXCLUDE and any(reasons):
            body["reasons"] = list(dict.fromkeys(filter(None, reasons)))
        yield Kind.DECIDE, stage, body
    if note := clean_text(decision.note):
        yield Kind.NOTE, stage, {"text": note}
    if labels := [label for raw in decision.labels if (label := clean_line(raw))]:
        yield Kind.LABEL, stage, {"labels": list(dict.fromkeys(labels))}


def reason_id(protocol: Protocol, label: str) -> str:
    """The id of the protocol's reason with this label or id; the label itself when it has none such."""
    label = clean_line(label)
    found = None if label.isdigit() else protocol.reason_id(label)
    return found or label
