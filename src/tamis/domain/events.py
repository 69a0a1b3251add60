"""Events: what people and rules decided, and nothing else. They are added and never changed or removed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Stage(StrEnum):
    """The two passes of a review."""

    TITLE_ABSTRACT = "title-abstract"
    FULL_TEXT = "full-text"


class Verdict(StrEnum):
    """What a reviewer says of a record at a stage."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"
    UNDECIDED = "undecided"
    """Takes an own earlier verdict back."""


class Kind(StrEnum):
    """What an event is about. Kinds this version does not know are kept and passed over."""

    DECIDE = "decide"
    NOTE = "note"
    LABEL = "label"
    EDIT = "edit"
    """A field of a record was corrected; the record as it was imported stays as it is."""
    UNDO = "undo"
    REDO = "redo"
    PROTOCOL = "protocol"


_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}

SLOT_KINDS: Final = frozenset({Kind.DECIDE, Kind.NOTE, Kind.LABEL, Kind.EDIT})
"""Kinds of which the newest own one on a record (and field) stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that was decided.

    Attributes:
        id: unique and time-ordered (UUIDv7).
        kind: a `Kind`, or the name of one that a later version knows.
        by: the reviewer.
        at: UTC time, ISO 8601.
        log: which copy of the review wrote it.
        seq: dense counter in that copy, from 1.
        stage: a `Stage`, or "".
        record: the record's id, or "".
        body: by kind. `decide`: `verdict`, `reasons` (ids, first = primary), `seconds`; `note`: `text`;
            `label`: `labels`, all that stand from now on; `edit`: `field`, `value`, and `was`, the value
            before; any: `from`, the source it was imported with.
        replaces: ids of own events that this one supersedes. `undo` and `redo` only replace.
        more: fields of later versions, and fields of a type this version cannot use, kept as they are.
    """

    id: str
    kind: str
    by: str
    at: str = ""
    log: str = ""
    seq: int = 0
    stage: str = ""
    record: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    replaces: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The verdict of a `decide` event; anything unreadable counts as undecided."""
        try:
            return _VERDICTS[self.body["verdict"]]
        except (KeyError, TypeError):
            return Verdict.UNDECIDED

    @property
    def reasons(self) -> tuple[str, ...]:
        """Ids of the exclusion reasons, the primary one first."""
        return _texts(self.body.get("reasons"))

    @property
    def text(self) -> str:
        """The text of a `note` event; anything else than text counts as none."""
        text = self.body.get("text")
        return text if isinstance(text, str) else ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of a `label` event, each once."""
        return tuple(dict.fromkeys(_texts(self.body.get("labels"))))

    @property
    def field(self) -> str:
        """The field of an `edit` event."""
        name = self.body.get("field")
        return name if isinstance(name, str) else ""

    @property
    def value(self) -> str:
        """The corrected value of an `edit` event."""
        value = self.body.get("value")
        return value if isinstance(value, str) else ""

    def to_doc(self) -> dict[str, Any]:
        """A JSON object without empty fields."""
        doc: dict[str, Any] = {"id": self.id, "kind": self.kind, "by": self.by, "at": self.at}
        doc |= {"log": self.log, "seq": self.seq}
        if self.stage:
            doc["stage"] = self.stage
        if self.record:
            doc["record"] = self.record
        if self.body:
            doc["body"] = dict(self.body)
        if self.replaces:
            doc["replaces"] = list(self.replaces)
        return {**doc, **self.more}

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> Event:
        """The inverse of `to_doc`, also for documents that another program or a later version wrote.

        Raises:
            KeyError: `id`, `kind` or `by` is missing, empty or not a text.
        """
        known: dict[str, Any] = dict(doc)
        for name, value in doc.items():
            if not isinstance(value, _TYPES.get(name, ())):
                del known[name]
        if "replaces" in known:
            replaces = known.pop("replaces")
            if replaces and all(isinstance(target, str) for target in replaces):
                known["replaces"] = tuple(replaces)
        for name in ("id", "kind", "by"):
            if not known.get(name):
                raise KeyError(name)
        if len(known) != len(doc):
            known["more"] = {n: v for n, v in doc.items() if n not in known}
        return cls(**known)


_TYPES: Final[dict[str, type]] = {
    **dict.fromkeys(("id", "kind", "by", "at", "log", "stage", "record"), str),
    "seq": int,
    "body": dict,
    "replaces": list,
}


_LISTS: Final = (list, tuple)


def _texts(value: object) -> tuple[str, ...]:
    return tuple([text for text in value if isinstance(text, str)]) if isinstance(value, _LISTS) else ()


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes events, with the clock and the ids they are stamped with.

    Attributes:
        by: the reviewer's name.
        now: gives UTC time in ISO 8601.
        new_id: gives a unique, time-ordered id.
    """

    by: str
    now: Callable[[], str]
    new_id: Callable[[], str]

    def event(
        self,
        kind: Kind,
        *,
        log: str,
        seq: int,
        stage: str = "",
        record: str = "",
        body: Mapping[str, Any] | None = None,
        replaces: tuple[str, ...] = (),
    ) -> Event:
        """A new event by this author, stamped now."""
        return Event(
            id=self.new_id(),
            kind=kind,
            by=self.by,
            at=self.now(),
            log=log,
            seq=seq,
            stage=stage,
            record=record,
            body=body or {},
            replaces=replaces,
        )
