"""Exporting records with what has been decided on them; a file appears whole or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from tamis import formats
from tamis.domain.events import Stage
from tamis.domain.ledger import Outcome
from tamis.domain.record import Decision
from tamis.domain.text import clean_line, hostile, slug
from tamis.errors import NotSavedError, UsageError
from tamis.formats.profiles import format_of, write_for
from tamis.services.attaching import attached
from tamis.services.catalogue import corrected
from tamis.store.disk import reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.domain.protocol import Protocol
    from tamis.domain.record import Record
    from tamis.store.review import Review

Only = Literal["included", "excluded", "maybe", "undecided", "conflict", "all"]
ONLY: Final[Mapping[Only, Outcome | None]] = {
    "included": Outcome.INCLUDE,
    "excluded": Outcome.EXCLUDE,
    "maybe": Outcome.MAYBE,
    "undecided": Outcome.UNDECIDED,
    "conflict": Outcome.CONFLICT,
    "all": None,
}
"""What can be exported: word -> the review's outcome on the record, over all reviewers."""

_OWN_FILES: Final = ("review.json", "protocol.toml")
_BLOCK: Final = 1 << 20
_NAME_LENGTH: Final = 64
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{p}{n}" for p in ("com", "lpt") for n in range(10)}
)


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """What was written where.

    Attributes:
        path: the file.
        records: how many records it holds.
        format: in which format.
    """

    path: Path
    records: int
    format: str


def decisions(ledger: Ledger, protocol: Protocol, record: str) -> tuple[Decision, ...]:
    """What stands on a record: one entry for each reviewer and stage, reasons as labels.

    A reviewer's note and labels stand with the vote of the stage they were made at, or with the first
    vote, or with `undecided` when there is none.
    """
    votes: dict[tuple[str, str], Event] = {}
    for stage in map(str, Stage):
        # A duplicate goes out with its own votes; the record that stands for it, with those of the cluster.
        said = ledger.own_votes if ledger.is_duplicate(record) else ledger.votes
        for by, event in said(record, stage).items():
            votes[by, stage] = event
    notes, labels = ledger.notes(record), ledger.label_events(record)
    at: dict[tuple[str, str], list[Event]] = {place: [] for place in votes}
    for event in (*notes.values(), *labels.values()):
        at.setdefault(_place(event, votes), []).append(event)
    made = []
    for (by, where), beside in sorted(at.items()):
        vote = votes.get((by, where))
        made.append(
            Decision(
                by=by,
                stage=where,
                verdict=str(vote.verdict) if vote else "undecided",
                reasons=tuple(protocol.reason_label(r) for r in vote.reasons) if vote else (),
                note=next((e.text for e in beside if e is notes.get(by)), ""),
                labels=next((e.labels for e in beside if e is labels.get(by)), ()),
                at=_made(vote or max(beside, key=lambda e: e.id)),
            )
        )
    return tuple(made)


def _place(event: Event, votes: Mapping[tuple[str, str], Event]) -> tuple[str, str]:
    if (event.by, event.stage) in votes:
        return event.by, event.stage
    return next(
        ((event.by, str(stage)) for stage in Stage if (event.by, str(stage)) in votes),
        (event.by, str(Stage.TITLE_ABSTRACT)),
    )


def _made(event: Event) -> str:
    """When a decision was made: by the file it came with, or by us."""
    made = event.body.get("made")
    return made if isinstance(made, str) and made else event.at


def chosen(
    review: Review, ledger: Ledger, *, only: Only = "all", stage: str = Stage.TITLE_ABSTRACT
) -> Iterator[Record]:
    """The records to export with their decisions, in the order of the review.

    By outcome, a report goes out once: the record that stands for its duplicates. All means all.
    """
    wanted = ONLY[only]
    for imported in review.records:
        record = corrected(imported, ledger)
        once = ledger.outcome(record.id, stage) is wanted and not ledger.is_duplicate(record.id)
        if wanted is None or once:
            yield dataclasses.replace(
                record,
                decisions=decisions(ledger, review.protocol, record.id),
                extra=_with_files(review, ledger, record),
            )


def _with_files(review: Review, ledger: Ledger, record: Record) -> dict[str, tuple[str, ...]]:
    """The record's further tags, and where its files are, in the tag that RIS has for it."""
    paths = [str(file.path) for file in attached(review, ledger, record.id) if file.path]
    named = record.extra.get("L1", ())
    paths = [path for path in paths if not hostile(path) and path not in named]
    return {**record.extra, "L1": (*named, *paths)} if paths else record.extra


def format_for(path: Path, format: str | None = None, tool: str | None = None) -> str:
    """The format to write: the one named, or else what the file's extension says, or the tool's usual one.

    Raises:
        UsageError: none of these says it, or the tool does not read it.
    """
    suffix = path.suffix.lower()
    said = formats.SUFFIXES.get(suffix, suffix.removeprefix("."))
    if tool is not None:
        return format_of(tool, format or (said if said in formats.WRITABLE else None))
    known = ", ".join(formats.WRITABLE)
    name = format or said
    if name not in formats.WRITABLE:
        what = (
            f"{clean_line(name)} cannot be written" if name else f"{clean_line(path.name)} has no extension"
        )
        raise UsageError(f"{what}. Give --format, one of: {known}; or a file name that ends in one of them.")
    return name


def export(
    review: Review,
    ledger: Ledger,
    path: Path,
    *,
    only: Only = "all",
    format: str | None = None,
    stage: str = Stage.TITLE_ABSTRACT,
    tool: str | None = None,
) -> ExportAccount:
    """Write records with their decisions to a file.

    Args:
        review: an open review.
        ledger: the fold of its events.
        path: the file; one that is there is replaced when the new one is complete.
        only: which records, by the review's outcome at the stage.
        format: one of `formats.WRITABLE`; by the extension when None.
        stage: see `only`; for a tool that knows one decision a record, the stage of that decision.
        tool: one of `formats.profiles.PROFILES` to write for, or None.

    Raises:
        UsageError: an unknown format, or a place that must not be written.
        NotSavedError: it could not be written; what was there before still is.
    """
    name = format_for(path, format, tool)
    must_be_free(review, path)
    records = write_file(
        path, lambda out: export_to(review, ledger, out, name, only=only, stage=stage, tool=tool)
    )
    return ExportAccount(path, records, name)


def export_to(
    review: Review,
    ledger: Ledger,
    out: BinaryIO,
    format: str,
    *,
    only: Only = "all",
    stage: str = Stage.TITLE_ABSTRACT,
    tool: str | None = None,
) -> int:
    """Write records with their decisions to an open binary file, such as stdout; returns how many."""
    if tool is not None:
        records = chosen(review, ledger, only=only, stage=stage)
        return write_for(tool, records, out, stage=stage, format=format)
    return formats.write(format, chosen(review, ledger, only=only, stage=stage), out)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, whole or not at all.

    Raises:
        UsageError: `path` is a folder, or its folder is missing.
        NotSavedError: it could not be written.
    """
    write_file(path, lambda out: out.write(text.encode()))


def write_file(path: Path, fill: Callable[[BinaryIO], int]) -> int:
    """Let `fill` write a temporary file beside `path`, then give it that name; returns what `fill` does.

    Raises:
        UsageError: `path` is a folder or something odd, or its folder is missing.
        NotSavedError: it could not be written; what was there before still is.
    """
    shown = clean_line(str(path))
    if path.is_dir():
        raise UsageError(f"{shown} is a folder. Name a file in it.")
    if path.exists() and not path.is_file():
        raise UsageError(f"{shown} is not an ordinary file. Name another one.")
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {clean_line(str(path.parent))}. Make it first, then try again.")
    try:
        temporary, done = _fill_beside(path, fill)
        try:
            _keep_mode(path, temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        what, todo = reason(error)
        raise NotSavedError(f"{shown} was not written: {what}. {todo}.") from error
    return done


def _fill_beside(path: Path, fill: Callable[[BinaryIO], int]) -> tuple[Path, int]:
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=".tamis-", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(fd, "wb") as out:
            done = fill(out)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary, done


def _keep_mode(path: Path, temporary: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        temporary.chmod(path.stat().st_mode & 0o777)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # the file itself is on the medium; not every system syncs a folder
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def must_be_free(review: Review, path: Path) -> None:
    """Refuse to write over the review itself or over a file that was imported into it.

    Raises:
        UsageError: `path` is one of these.
    """
    shown = clean_line(str(path))
    folder = review.folder.resolve()
    target = path.parent.resolve() / path.name
    for place in {folder, target.parent, target.parent.parent}:
        if place != folder and not (place / "review.json").exists():
            continue
        if target.is_relative_to(place) and target != place:
            first = target.relative_to(place).parts[0].casefold()
            if first in ("sources", "files") or first.startswith(_OWN_FILES):
                whose = "the review itself" if place == folder else f"the review in {clean_line(str(place))}"
                raise UsageError(f"{shown} belongs to {whose}. Choose another name for the export.")
    if path.is_file() and any(source.sha256 == _sha256(path) for source in review.sources):
        raise UsageError(f"{shown} is a file this review was made from. Choose another name for the export.")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with contextlib.suppress(OSError), path.open("rb") as file:
        while piece := file.read(_BLOCK):
            digest.update(piece)
    return digest.hexdigest()


def safe_name(text: str) -> str:
    """`text` as a part of a file name: 0-9 a-z and hyphens, at most 40 long, never empty or reserved."""
    name = slug(text)
    return f"x-{name}" if name in _RESERVED else name


def export_name(title: str, what: str, date: str) -> str:
    """The name of an export without extension: `tamis-<title>-<what>-<date>`, at most 64 long."""
    tail = f"-{safe_name(what)}-{safe_name(date)}" if date else f"-{safe_name(what)}"
    room = _NAME_LENGTH - len("tamis-") - len(tail)
    return f"tamis-{safe_name(title)[: max(room, 1)].strip('-') or 'x'}{tail}"


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """A path in `folder` where nothing stands yet: `<stem><suffix>`, or `<stem>-2<suffix>` and so on."""
    path, n = folder / f"{stem}{suffix}", 2
    while path.exists() or path.is_symlink():
        path, n = folder / f"{stem}-{n}{suffix}", n + 1
    return path
