"""Files of reports, such as full texts: referred to with their checksums, copied only when asked."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tamis.domain.events import Kind
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services.views import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.services.acting import Actor
    from tamis.store.review import Review

_PIECE: Final = 1 << 22
_UNKNOWN: Final = "unnamed file"


class _MissingError(UsageError):
    """There is no such file."""


class Mark(NamedTuple):
    """What tells a file's content from another's: SHA-256 in hexadecimal, and its length in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that stands on a report.

    Attributes:
        record: the record it was attached to, maybe another one of the same report.
        path: where it should be, absolute; None when the event names no possible place.
        name: its name, clean.
        mark: its content when it was attached.
        event: what says so.
    """

    record: str
    path: Path | None
    name: str
    mark: Mark
    event: Event

    @property
    def where(self) -> str:
        """Its place for people, clean."""
        return clean_line(str(self.path)) if self.path else self.name

    @property
    def told(self) -> str:
        """Its place with the name it had before it was copied, clean."""
        named = self.path is None or clean_line(self.path.name) == self.name
        return self.where if named else f"{self.where} ({self.name})"


def attached(review: Review, ledger: Ledger, record: str) -> list[Attached]:
    """The files of a report, the one attached first at the top."""
    return [_attached(review, event) for event in ledger.files(record)]


def all_attached(review: Review, ledger: Ledger) -> list[Attached]:
    """Every file of the review, by report; one that two reports have stands there twice."""
    reports = sorted({ledger.stands_for(record) for record in ledger.with_files})
    return [file for report in reports for file in attached(review, ledger, report)]


def _attached(review: Review, event: Event) -> Attached:
    size = event.body.get("bytes")
    return Attached(
        record=event.record,
        path=_place(review.folder, event.file),
        name=clean_line(event.file_name) or _UNKNOWN,
        mark=Mark(event.sha256, size if isinstance(size, int) else -1),
        event=event,
    )


def _place(folder: Path, file: str) -> Path | None:
    try:
        os.fsencode(file)
    except UnicodeEncodeError:
        return None
    if not file or "\0" in file:
        return None
    return Path(os.path.normpath(folder.resolve() / file))


def mark_of(path: Path, progress: Callable[[int], None] | None = None) -> Mark:
    """The checksum and length of a file, read in pieces.

    Args:
        path: the file.
        progress: called with the number of bytes of each piece.

    Raises:
        UsageError: it is missing, no ordinary file, or cannot be read.
    """
    shown = clean_line(str(path))
    try:
        if path.is_dir():
            raise UsageError(f"{shown} is a folder. Name a file, or give the folder with --folder.")
        if not path.is_file():
            if path.exists():
                raise UsageError(f"{shown} is no ordinary file.")
            raise _MissingError(f"There is no file {shown}.")
        with path.open("rb") as file:
            digest = hashlib.sha256()
            while piece := file.read(_PIECE):
                digest.update(piece)
                if progress is not None:
                    progress(len(piece))
            return Mark(digest.hexdigest(), file.tell())
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise UsageError(f"{shown} cannot be read: {why}.") from error


def attach(actor: Actor, record: str, path: Path, *, copy: bool = False) -> Change:
    """Attach a file to a record; one of other content at the same place gives way to it.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: no such record, or the file cannot be read or named.
    """
    actor.must_have(record)
    mark = mark_of(path)
    saved = attach_all(actor, [(record, path, mark)], copy=copy)
    if saved:
        return Change(saved[-1], record, actor.words(saved[-1]))
    (same,) = (event for event in actor.ledger.files(record) if event.sha256 == mark.sha256)
    return Change(same, record, f"Already {actor.words(same)}")


def attach_all(
    actor: Actor, files: Iterable[tuple[str, Path, Mark]], *, copy: bool = False
) -> tuple[Event, ...]:
    """Attach files to records as one action, all or none; returns what was saved.

    What stands already in the same place is passed over.

    Args:
        actor: who, and in which review.
        files: record id, path, and what is there.
        copy: whether to copy each file into the review folder and refer to the copy.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: a file to be copied cannot be read, or has changed since its mark was taken; one that is
            referred to has a name that cannot be stored.
    """
    actor.must_be_writable()
    review = actor.review
    events: list[Event] = []
    for record, path, mark in files:
        place = review.keep_file(path, mark.sha256) if copy else path
        file = _stored(review.folder, place)
        standing = attached(review, actor.ledger, record)
        if any(old.mark.sha256 == mark.sha256 and old.event.file == file for old in standing):
            continue
        for old in standing:
            if old.event.file == file:
                events.append(_gone(actor, old.event, ahead=len(events)))
        body: dict[str, object] = {"file": file, "sha256": mark.sha256, "bytes": mark.size}
        if copy:
            body |= {"copied": True, "name": clean_line(path.name)}
        events.append(actor.event(Kind.ATTACH, record, body, field=mark.sha256, ahead=len(events)))
    return actor.save_as_one(events) if events else ()


def detach(actor: Actor, record: str, wanted: str = "") -> list[Change]:
    """Take files away from a report, as one action; the files themselves stay where they are.

    Args:
        actor: who, and in which review.
        record: any record of the report.
        wanted: the name, path or first digits of the checksum of one file; "" for all.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: no such record, no such file, or several could be meant.
    """
    actor.must_have(record)
    actor.must_be_writable()
    files = attached(actor.review, actor.ledger, record)
    if not files:
        raise UsageError(f"{clean_line(record)} has no files.")
    meant = [file for file in files if _means(file, wanted)] if wanted else files
    names = ", ".join(file.name for file in files)
    if not meant:
        raise UsageError(f"{clean_line(record)} has no file {clean_line(wanted)}; it has: {names}.")
    if wanted and len(meant) > 1:
        raise UsageError(
            f"{clean_line(wanted)} is meant by {len(meant)} files. Give the first digits of the checksum: "
            f"{', '.join(file.mark.sha256[:12] for file in meant)}."
        )
    words = {(member, file.mark.sha256) for file in meant for member in actor.ledger.cluster(record)}
    standing = [
        event
        for member in actor.ledger.cluster(record)
        for event in actor.ledger.own_files(member)
        if (member, event.sha256) in words
    ]
    saved = actor.save_as_one([_gone(actor, event, ahead=n) for n, event in enumerate(standing)])
    return [Change(event, event.record, actor.words(event)) for event in saved]


def _means(file: Attached, wanted: str) -> bool:
    if file.path and file.path == Path(os.path.normpath(Path(wanted).absolute())):
        return True
    digits = len(wanted) >= 6 and file.mark.sha256.startswith(wanted.lower())
    return digits or wanted == file.name


def _gone(actor: Actor, event: Event, *, ahead: int) -> Event:
    body = {"file": event.file, "name": event.file_name, "sha256": event.sha256, "gone": True}
    return actor.event(Kind.ATTACH, event.record, body, field=event.sha256, ahead=ahead)


def _stored(folder: Path, path: Path) -> str:
    """A path as events have it: relative where it moves together with the review folder.

    Raises:
        UsageError: its name is no text.
    """
    folder, path = folder.resolve(), path.parent.resolve() / path.name
    beside = folder.parent
    if path.is_relative_to(folder):
        file = path.relative_to(folder).as_posix()
    elif path.is_relative_to(beside) and beside != beside.parent:
        file = f"../{path.relative_to(beside).as_posix()}"
    else:
        file = str(path)
    try:
        file.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"The name of {clean_line(str(path))} is not in UTF-8, so it cannot be stored. Give the file "
            "another name, or copy it with --copy."
        ) from None
    return file


# Checking


def file_faults(review: Review, ledger: Ledger) -> tuple[int, dict[str, list[str]]]:
    """How many files are as they were, and a sentence for each that is missing, changed or moved, by kind."""
    faults: dict[str, list[str]] = {}
    files = all_attached(review, ledger)
    folders = list(dict.fromkeys(file.path.parent for file in files if file.path))
    sound = 0
    for file in files:
        kind, sentence = _fault(review, file, folders)
        if sentence:
            faults.setdefault(kind, []).append(sentence)
        else:
            sound += 1
    return sound, faults


def _fault(review: Review, file: Attached, folders: Sequence[Path]) -> tuple[str, str]:
    whose = f"the file of {clean_line(file.record)}"
    try:
        found = mark_of(file.path) if file.path else None
    except _MissingError:
        found = None
    except UsageError as error:
        named = "" if file.told == file.where else f" {file.name}"
        return "unreadable", f"{whose}{named}: {error}"
    if found is not None:
        if found.sha256 == file.mark.sha256:
            return "", ""
        return "changed", f"{file.told}, {whose}, has changed since it was attached: attach it again"
    moved = next(_elsewhere(review, file, folders), None)
    if moved is not None:
        here, there = clean_line(str(review.folder)), clean_line(str(moved.parent))
        todo = f"`tamis attach {here} --folder {there}` takes it up there"
        return "moved", f"{file.told}, {whose}, was moved to {there}: {todo}"
    return "missing", f"{file.told}, {whose}, is missing: put it back, or attach it from where it is"


def _elsewhere(review: Review, file: Attached, folders: Sequence[Path]) -> Iterator[Path]:
    """Files of the same name and content where files of the review are, or one folder up."""
    if file.path is None:
        return
    places = (file.path.parent.parent, review.folder, review.folder / "files", *folders)
    for folder in dict.fromkeys(places):
        path = folder / file.path.name
        try:
            if path != file.path and path.is_file() and mark_of(path).sha256 == file.mark.sha256:
                yield path
        except (OSError, UsageError):
            continue
