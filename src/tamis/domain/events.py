"""Events: what people and rules decided, and nothing else. They are added and never changed or removed."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - `store` decodes events by these annotations
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable


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
    AGAIN = "again"
    """A decided record was shown again as if undecided; the decision on it stays as it is."""
    NOTE = "note"
    LABEL = "label"
    EDIT = "edit"
    """A field of a record was corrected; the record as it was imported stays as it is."""
    SOURCE = "source"
    """A fact of a source was given or corrected; the source as it was imported stays as it is."""
    DUPLICATE = "duplicate"
    """Two records are of one report."""
    DISTINCT = "distinct"
    """They are not."""
    STANDS = "stands"
    """The record stands for its cluster of duplicates."""
    RETRIEVE = "retrieve"
    """Whether a report that was sought could be had."""
    STUDY = "study"
    """A report is of a study."""
    REMOVE = "remove"
    """A record was taken out before screening."""
    STOP = "stop"
    """Records are left unscreened by a rule."""
    SAMPLE = "sample"
    """A random sample of the undecided records is drawn: screening goes on in its order."""
    ORDER = "order"
    """In which order a reviewer screens a stage."""
    PREVIOUS = "previous"
    """The numbers of the review that this one updates."""
    ATTACH = "attach"
    """A file, such as the full text, is of a report."""
    HIGHLIGHT = "highlight"
    """A set of highlight terms in the protocol was changed; the file itself says what is in force."""
    UNDO = "undo"
    REDO = "redo"
    PROTOCOL = "protocol"


class Removal(StrEnum):
    """Where PRISMA counts a record that was taken out of screening."""

    AUTOMATION = "automation"
    """Before screening: marked as ineligible by automation tools."""
    OTHER = "other"
    """Before screening: removed for other reasons."""
    EXCLUDED = "excluded"
    """Among the records excluded, by automation; only a `stop` can say so."""


class Order(StrEnum):
    """In which order records are shown."""

    IMPORTED = "imported"
    TITLE = "title"
    NEWEST = "newest"
    OLDEST = "oldest"
    RANDOM = "random"
    RELEVANCE = "relevance"


_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}

_REMOVALS: Final = {removal.value: removal for removal in Removal}

_ORDERS: Final = {order.value: order for order in Order}

PAIR_KINDS: Final = frozenset({Kind.DUPLICATE, Kind.DISTINCT})
"""Kinds that speak of two records; on a pair the newest own one of either stands."""
SLOT_KINDS: Final = PAIR_KINDS | {
    Kind.DECIDE,
    Kind.AGAIN,
    Kind.NOTE,
    Kind.LABEL,
    Kind.EDIT,
    Kind.SOURCE,
    Kind.STANDS,
    Kind.RETRIEVE,
    Kind.STUDY,
    Kind.REMOVE,
    Kind.STOP,
    Kind.SAMPLE,
    Kind.ORDER,
    Kind.PREVIOUS,
    Kind.ATTACH,
    Kind.HIGHLIGHT,
}
"""Kinds of which the newest own one on a record or source (and field, or other record) stands."""

RULE: Final = "rule:"
"""What the author of an event begins with when it is no person."""


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
        body: by kind. `decide`: `verdict`, `reasons` (ids, first = primary), `seconds`, `shown` (how it
            came up: `order`, `rank`, `of`, `model`); `order`: `order`, `seed`; `note`: `text`;
            `label`: `labels`, all that stand from now on; `edit`: `field`, `value`, and `was`, the value
            before; `source`: `source`, its prefix, and `field`, `value`, `was` as of an `edit`; `duplicate`
            and `distinct`: `of`, the other record, `score`, `why`; `retrieve`: `retrieved`; `study`:
            `study`, its name, "" for none, `previous`, true when the review that this one updates has it;
            `remove`: `how` (`automation`, `other`, "" takes it back), `rule`; `stop`: `rule`, `place` (a
            `Removal`), `records` and of how many `reports` they are, `numbers` (what was known then),
            `checked` (what the person confirms);
            `sample`: `records`, which were undecided, `level` (see `stopping.sample_p`); its order is
            `stopping.sample_order` with its own id as seed; `previous`: `studies`, `reports`; `attach`:
            `file` (a path, relative to the review folder or absolute), `name`, `sha256`, `bytes`, `copied`,
            `gone` (takes back); `again`: as `decide`, `first` (the id of the decision it is compared with),
            `seed` (what the record was drawn with), `kept` (the first one holds); `highlight`: `did`, in
            words, `sets` (the names of the set before and after), and the lines of the file that it
            changed (`Patch`); any: `from`, the source it was imported with, and `with`, the first event
            of those that one action made.
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
        """The verdict of a `decide` or `again` event; anything unreadable counts as undecided."""
        try:
            return _VERDICTS[self.body["verdict"]]
        except (KeyError, TypeError):
            return Verdict.UNDECIDED

    @property
    def reasons(self) -> tuple[str, ...]:
        """Ids of the exclusion reasons, the primary one first."""
        return _texts(self.body.get("reasons"))

    @property
    def reason(self) -> str:
        """The primary reason's id, "" without one."""
        given = self.body.get("reasons")
        if isinstance(given, list) and given and isinstance(given[0], str):
            return given[0]
        return next(iter(_texts(given)), "")

    @property
    def first(self) -> str:
        """The id of the decision that an `again` event is compared with."""
        return _text(self.body.get("first"))

    @property
    def kept(self) -> bool:
        """Whether an `again` event says that its reviewer stands by the first decision."""
        return self.body.get("kept") is True

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
        """The field of an `edit` or `source` event."""
        name = self.body.get("field")
        return name if isinstance(name, str) else ""

    @property
    def value(self) -> str:
        """The corrected value of an `edit` or `source` event."""
        value = self.body.get("value")
        return value if isinstance(value, str) else ""

    @property
    def source(self) -> str:
        """The prefix of the source that a `source` event is about."""
        return _text(self.body.get("source"))

    @property
    def of(self) -> str:
        """The other record of a `duplicate` or `distinct` event."""
        return _text(self.body.get("of"))

    @property
    def by_rule(self) -> bool:
        """Whether a rule wrote it, and no person."""
        return self.by.startswith(RULE)

    @property
    def retrieved(self) -> bool:
        """What a `retrieve` event says; anything unreadable counts as retrieved."""
        return self.body.get("retrieved") is not False

    @property
    def study(self) -> str:
        """The study of a `study` event, "" for none."""
        return " ".join(_text(self.body.get("study")).split())

    @property
    def earlier(self) -> bool:
        """Whether a `study` event says that the previous review has the study."""
        return self.body.get("previous") is True

    @property
    def removal(self) -> Removal | None:
        """Where a `remove` or `stop` event puts its records, None for nowhere (it takes back)."""
        if self.kind == Kind.STOP:
            return _REMOVALS.get(_text(self.body.get("place")), Removal.AUTOMATION)
        found = _REMOVALS.get(_text(self.body.get("how")))
        return None if found is Removal.EXCLUDED else found

    @property
    def rule(self) -> str:
        """The rule that a `remove` or `stop` event names."""
        return _text(self.body.get("rule"))

    @property
    def order(self) -> Order:
        """The order that an `order` event names; one that this version does not know is that of import."""
        return _ORDERS.get(_text(self.body.get("order")), Order.IMPORTED)

    @property
    def seed(self) -> str:
        """The seed of a random order: a text; without one the event's own id."""
        return _text(self.body.get("seed")) or self.id

    @property
    def shown(self) -> Mapping[str, Any]:
        """How the record of a `decide` event came up; empty where it was shown as imported.

        A list by relevance of which nothing was ranked, so that no model is named, is as imported.
        """
        shown = self.body.get("shown")
        if not isinstance(shown, dict) or (shown.get("order") == Order.RELEVANCE and not shown.get("model")):
            return {}
        return shown

    @property
    def records(self) -> tuple[str, ...]:
        """The records that a `stop` or `sample` event names, each once."""
        return tuple(dict.fromkeys(_texts(self.body.get("records"))))

    @property
    def file(self) -> str:
        """The path in an `attach` event: with `/`, relative to the review folder, or else absolute."""
        return _text(self.body.get("file"))

    @property
    def file_name(self) -> str:
        """What people call the file of an `attach` event; a copy goes by its checksum otherwise."""
        return _text(self.body.get("name")) or self.file.rpartition("/")[2]

    @property
    def sha256(self) -> str:
        """The checksum of the file of an `attach` event, hexadecimal."""
        return _text(self.body.get("sha256"))

    @property
    def did(self) -> str:
        """What a `highlight` event changed, in words."""
        return _text(self.body.get("did"))

    @property
    def gone(self) -> bool:
        """Whether an `attach` event takes the file away from the record."""
        return self.body.get("gone") is True

    def number(self, name: str) -> int | None:
        """A number of a `previous` (`studies`, `reports`), `stop` (`reports`) or `sample` event (`level`)."""
        value = self.body.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

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


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


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
