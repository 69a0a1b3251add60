"""What every tool's module shares: the votes found in a record, its columns and notes, names and times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from tamis.domain.record import Decision
from tamis.domain.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.record import Record

SCREENING = "title-abstract"
FULL_TEXT = "full-text"
INCLUDE = "include"
EXCLUDE = "exclude"
MAYBE = "maybe"
UNDECIDED = "undecided"

_WORDS = {
    INCLUDE: "1 1.0 yes y true include included in i accept accepted relevant selected",
    EXCLUDE: "0 0.0 no n false exclude excluded out e reject rejected irrelevant",
    MAYBE: "maybe unclear unsure unknown",
}
VERDICTS = {word: verdict for verdict, words in _WORDS.items() for word in words.split()}
"""What tools write for a verdict, in small letters."""

_LIST = re.compile(
    r"(?:.*[\W_])?review_\d+_(select|screen|full_text|included|excluded|irrelevant|extract(?:ion)?)(?![a-z]).*",
    re.IGNORECASE,
)
_MAIL = re.compile(r"([^\s@<>]+)@[^\s@<>]+\.[^\s@<>]+")
_NUMBER = re.compile(r"\d{9,16}(?:\.\d+)?")
_SECONDS = 1e11
_MILLISECONDS = 1e14


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known of a file beside its content.

    Attributes:
        name: the file's name; Covidence says the verdict there.
        verdict: the verdict of every record that has none of its own, or "".
        stage: the stage of that verdict.
        emails: whether e-mail addresses of reviewers are kept whole.
    """

    name: str = ""
    verdict: str = ""
    stage: str = SCREENING
    emails: bool = False

    def of(self, name: str) -> Hint:
        """The hint for a file, or for a file inside one: the outer name holds when it says a verdict."""
        return self if list_of(self.name) else replace(self, name=name)


class Votes:
    """Decisions of a record, one for each reviewer and stage."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Decision] = {}

    def add(
        self,
        by: str = "",
        verdict: str = UNDECIDED,
        *,
        stage: str = SCREENING,
        reasons: Iterable[str] = (),
        note: str = "",
        labels: Iterable[str] = (),
        at: str = "",
    ) -> None:
        """Take in what a reviewer said; what is said twice of a stage is joined, the later verdict holds."""
        by = clean_line(by)
        before = self._found.get((by, stage), Decision(by=by, stage=stage))
        self._found[by, stage] = replace(
            before,
            verdict=before.verdict if verdict == UNDECIDED else verdict,
            reasons=_joined(before.reasons, reasons),
            note="\n".join(filter(None, (before.note, clean_text(note)))),
            labels=_joined(before.labels, labels),
            at=at or before.at,
        )

    def assess(self, verdict: str, reasons: Iterable[str] = (), by: str = "", at: str = "") -> None:
        """A verdict on the full text, which says that the record was included on title and abstract."""
        self.add(by, INCLUDE, at=at)
        self.add(by, verdict, stage=FULL_TEXT, reasons=reasons, at=at)

    def who(self, verdict: str = "") -> list[str]:
        """Who decided anything, or this."""
        wanted = (verdict,) if verdict else (INCLUDE, EXCLUDE, MAYBE)
        return list(dict.fromkeys(d.by for d in self._found.values() if d.verdict in wanted))

    def decisions(self) -> tuple[Decision, ...]:
        """The decisions that say anything."""
        return tuple(
            d for d in self._found.values() if d.verdict != UNDECIDED or d.note or d.labels or d.reasons
        )


def _rest(note: str, known: Iterable[str]) -> str:
    """What a note says beside notes that are known; tools join several, and lose line breaks."""
    rest = clean_line(note)
    for text in known:
        rest = rest.replace(text, " ")
    return rest.strip(" '")  # in a table one stands before what could be a formula


def _joined(before: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *(text for raw in more if (text := clean_line(raw))))))


@dataclass(slots=True)
class Work:
    """A record that another tool has written on, while its marks are taken off.

    Attributes:
        notes: its notes.
        extra: its columns.
        keywords: its keywords.
        hint: what is known of the file.
        votes: what was found.
    """

    notes: list[str]
    extra: dict[str, tuple[str, ...]]
    keywords: tuple[str, ...]
    hint: Hint
    votes: Votes = field(default_factory=Votes)
    columns: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = {}
        for name in self.extra:
            self.columns.setdefault(column(name), name)

    @classmethod
    def on(cls, record: Record, hint: Hint) -> Work:
        """Begin with a record, which stays as it is."""
        return cls(list(record.notes), dict(record.extra), record.keywords, hint)

    def done(self, record: Record) -> Record:
        """The record without the marks and with the decisions."""
        decisions = (*record.decisions, *self._new(record.decisions))
        return replace(
            record, notes=tuple(self.notes), extra=self.extra, keywords=self.keywords, decisions=decisions
        )

    def _new(self, known: tuple[Decision, ...]) -> list[Decision]:
        """What the record does not say already in tamis's own words."""
        if not known:
            return list(self.votes.decisions())
        said = {(by, d.stage, d.verdict) for d in known for by in (d.by, "")}
        labels = {label for d in known for label in d.labels}
        notes = sorted((clean_line(d.note) for d in known if d.note), key=len, reverse=True)
        new = []
        for found in self.votes.decisions():
            again = (found.by, found.stage, found.verdict) in said
            left = replace(
                found,
                verdict=UNDECIDED if again else found.verdict,
                reasons=() if again else found.reasons,
                labels=tuple(label for label in found.labels if label not in labels),
                note=found.note if _rest(found.note, notes) else "",
            )
            if left.verdict != UNDECIDED or left.labels or left.note:
                new.append(left)
        return new

    def see(self, name: str) -> str:
        """What a column holds, as one line; "" when there is none."""
        key = self.columns.get(name)
        return clean_line(" ".join(self.extra.get(key, ()))) if key is not None else ""

    def take(self, *names: str) -> None:
        """Take columns away: what they say is in the votes now."""
        for name in names:
            key = self.columns.pop(name, None)
            if key is not None:
                self.extra.pop(key, None)

    def take_list(self, name: str) -> list[str]:
        """Take a column away that holds a list joined with semicolons."""
        key = self.columns.get(name)
        values = self.extra.get(key, ()) if key is not None else ()
        self.take(name)
        return [text for value in values for part in value.split(";") if (text := clean_line(part))]

    def take_notes(self) -> str:
        """Take all notes away, as one text."""
        text = "\n".join(self.notes)
        self.notes.clear()
        return text


@lru_cache(maxsize=64)
def list_of(name: str) -> str:
    """The list of Covidence that a file's name says it was exported from, or ""."""
    found = _LIST.fullmatch(name)
    return found.group(1).lower().replace("extraction", "extract") if found else ""


def column(name: str) -> str:
    """The form in which the names of columns are compared."""
    return "_".join(name.lower().split())


def person(name: str, *, emails: bool) -> str:
    """A reviewer's name; of an e-mail address only the part before the @, unless asked for."""
    name = clean_line(name)
    return name if emails else clean_line(_MAIL.sub(r"\1", name))


def moment(value: object) -> str:
    """A point in time in ISO 8601, UTC, or "".

    Args:
        value: seconds, milliseconds or microseconds since 1970, or a date with a time as tools write it;
            one without a zone is taken for UTC.
    """
    text = str(value).strip() if value is not None else ""
    try:
        if _NUMBER.fullmatch(text):
            number = float(text)
            number /= 1 if number < _SECONDS else 1e3 if number < _MILLISECONDS else 1e6
            when = datetime.fromtimestamp(number, UTC)
        else:
            when = datetime.fromisoformat(text)
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when.year >= 1970 else ""
