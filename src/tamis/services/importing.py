"""Importing files: every record is accounted for, and a file is stored as a whole or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import mmap
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tamis import formats
from tamis.domain.plural import counted, form
from tamis.domain.record import SOURCE_KINDS, Problem, Record, Repair, Source
from tamis.domain.text import clean_line
from tamis.errors import CountError, ExitCode, FormatError, TamisError, UsageError
from tamis.services.carried import carried_events
from tamis.services.matching import NOTHING, Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tamis.domain.events import Author, Event
    from tamis.domain.record import Decision
    from tamis.formats import Hint, Reading
    from tamis.store.review import Review

    Progress = Callable[[str, int, int], None]
    """Called now and then with the file's name, records read so far, records counted in it."""

_EVERY: Final = 1000
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A record with decisions that could not go to a record of the review.

    Attributes:
        line: line of the file it starts at.
        title: its title.
        why: a phrase that says why.
    """

    line: int
    title: str
    why: str


@dataclass(slots=True, kw_only=True)
class FileAccount:
    """What became of one file.

    Attributes:
        file: the file's own name, clean.
        format: name of the format it was read as, "" when it was not read.
        encoding: name of its encoding.
        sha256: its checksum.
        found: records counted in it.
        imported: records read from it, and stored unless it was a rehearsal.
        problems: records that could not be read.
        repairs: what was put right.
        without_abstract: records that have none.
        decisions: decisions, notes and label sets that were taken over.
        decisions_only: whether only these were asked for; then no record is imported.
        known: decisions that the review had already; counted where only decisions were asked for.
        unmatched: records whose decisions found no place, where only decisions were asked for.
        hint: a sentence when another way to import would do better, else "".
        skipped: a sentence when the review has the file already, else "".
        error: a sentence when nothing of it was stored, else "".
        code: the exit code that belongs to the account.
    """

    file: str
    format: str = ""
    encoding: str = ""
    sha256: str = ""
    found: int = 0
    imported: int = 0
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Repair, ...] = ()
    without_abstract: int = 0
    decisions: int = 0
    decisions_only: bool = False
    known: int = 0
    unmatched: tuple[Unmatched, ...] = ()
    hint: str = ""
    skipped: str = ""
    error: str = ""
    code: ExitCode = ExitCode.OK

    def to_doc(self) -> dict[str, Any]:
        """The JSON object of `tamis import --json`; `skipped` and `error` only where there is one."""
        doc: dict[str, Any] = {
            "file": self.file,
            "format": self.format,
            "encoding": self.encoding,
            "sha256": self.sha256,
            "found": self.found,
            "imported": self.imported,
            "problems": [{"line": p.line, "why": p.why} for p in self.problems],
            "repairs": [{"line": r.line, "what": r.what} for r in self.repairs],
        }
        if self.decisions or self.decisions_only:
            doc["decisions"] = self.decisions
        if self.decisions_only:
            doc["known"] = self.known
            doc["unmatched"] = [{"line": u.line, "title": u.title, "why": u.why} for u in self.unmatched]
        if self.hint:
            doc["hint"] = self.hint
        if self.skipped:
            doc["skipped"] = self.skipped
        if self.error:
            doc["error"] = self.error
        return doc


def exit_code(accounts: Iterable[FileAccount]) -> ExitCode:
    """The one exit code for several files: the most serious."""
    return max((account.code for account in accounts), default=ExitCode.OK)


def import_files(
    review: Review,
    paths: Sequence[Path],
    *,
    author: Author,
    database: str = "",
    kind: str = "database",
    facts: Mapping[str, str] | None = None,
    hint: Hint | None = None,
    columns: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> list[FileAccount]:
    """Import files one after the other; what goes wrong with one does not keep the next from its turn.

    Args:
        review: an open review, writable unless it is a rehearsal.
        paths: the files.
        author: who imports, with clock and ids.
        database: name of the database, register or site the files came from.
        kind: one of `SOURCE_KINDS`.
        facts: what else is known of the search, clean: field of `SOURCE_FACTS` -> text.
        hint: what a person says of other tools' decisions in the files.
        columns: for tables, what a person says of their columns: column -> field of a record.
        dry_run: read everything and store nothing.
        progress: see `Progress`.

    Raises:
        UsageError: `kind` is not known.
    """
    if kind not in SOURCE_KINDS:
        raise UsageError(f"{clean_line(kind)} is not a kind of source; choose {', '.join(SOURCE_KINDS)}.")
    seen: dict[str, str] = {}
    accounts = []
    for path in paths:
        account = FileAccount(file=clean_line(path.name) or "file")
        accounts.append(account)
        try:
            known = {**(facts or {}), "database": clean_line(database), "kind": kind}
            _import(_Job(review, path, account, author, known, hint, columns, progress), seen, dry_run)
        except TamisError as error:
            failed(account, str(error), error.exit_code)
        except OSError as error:
            failed(account, unreadable(account.file, error), ExitCode.UNREADABLE)
    return accounts


def failed(account: FileAccount, sentence: str, code: ExitCode) -> None:
    """Say in the account that nothing of the file was stored."""
    account.error = sentence
    account.imported = 0
    account.code = max(code, ExitCode.ATTENTION)


@dataclass(slots=True)
class _Job:
    """One file on its way in."""

    review: Review
    path: Path
    account: FileAccount
    author: Author
    facts: Mapping[str, Any]
    hint: Hint | None
    columns: Mapping[str, str] | None
    progress: Progress | None
    decided: list[tuple[str, int, Decision]] = field(default_factory=list)
    with_decisions: int = 0
    here: int = 0
    index: Index | None = None
    read: int = 0
    found: int = 0

    def tick(self) -> None:
        """Say how far it is; whoever listens may raise, and nothing of the file is stored."""
        if self.progress is not None:
            self.progress(self.account.file, self.read, self.found)

    def docs(self, reading: Reading, prefix: str) -> Iterator[dict[str, Any]]:
        """The records as documents; fills the account on the way."""
        self.found = reading.found
        for position, item in enumerate(reading, 1):
            self.read = position
            if position % _EVERY == 0:
                self.tick()
            if isinstance(item, Record):
                item.id = f"{prefix}-{position}"
                if not item.abstract:
                    self.account.without_abstract += 1
                if item.decisions:
                    self._decisions(item)
                yield item.to_doc()
        self._settle(reading)

    def _decisions(self, record: Record) -> None:
        """Keep a record's decisions, and look whether the review has the record already."""
        self.decided += [(record.id, place, decision) for place, decision in enumerate(record.decisions)]
        self.with_decisions += 1
        if len(self.review.records):
            if self.index is None:
                self.index = Index(self.review.records)
            self.here += self.index.find(record).why != NOTHING

    def _settle(self, reading: Reading) -> None:
        account = self.account
        account.found, account.imported = reading.found, reading.imported
        account.problems = tuple(reading.problems)
        account.repairs = tuple(reading.repairs)
        account.decisions = len(self.decided)
        if self.here * 2 > self.with_decisions:
            of = counted(self.with_decisions, "record")
            account.hint = (
                f"{self.here:,} of the {of} with decisions in {account.file} "
                f"{form(self.here, 'is', 'are')} in the review already, from other files. To give those the "
                "decisions and import no records, use --decisions."
            )
        if account.problems:
            account.code = ExitCode.ATTENTION
        if account.found != account.imported + len(account.problems):
            raise CountError(
                f"{account.file}: {counted(account.found, 'record was', 'records were')} counted, but "
                f"{account.imported:,} {form(account.imported, 'was', 'were')} read and "
                f"{len(account.problems):,} {form(len(account.problems), 'has', 'have')} problems. "
                "Nothing of it was stored; please report this."
            )
        if not account.imported and not account.problems:
            raise FormatError(f"{account.file} holds no records. Nothing was stored.")

    def source(self, prefix: str) -> Source:
        """The source as far as it is known."""
        account = self.account
        return Source(
            sha256=account.sha256,
            prefix=prefix,
            file=account.file,
            suffix=self.path.suffix if self.path.suffix.isascii() else "",
            **self.facts,
            format=account.format,
            encoding=account.encoding,
            found=account.found,
            imported=account.imported,
            problems=account.problems,
            repairs=account.repairs,
            at=self.author.now(),
            by=self.author.by,
        )

    def events(self, prefix: str) -> list[Event]:
        """What the file says had been decided, as events of those who did."""
        made: list[Event] = []
        for record, place, decision in self.decided:
            for event in carried_events(
                decision,
                record,
                place=place,
                sha256=self.account.sha256,
                author=self.author,
                protocol=self.review.protocol,
                body={"from": prefix},
            ):
                seq = self.review.next_seq + len(made)
                made.append(dataclasses.replace(event, log=self.review.log, seq=seq))
        return made


def _import(job: _Job, seen: dict[str, str], dry_run: bool) -> None:
    review, account = job.review, job.account
    must_be_file(job.path, account.file)
    account.sha256 = checksum(job.path, job.tick)
    if already := _already(review, account.sha256, seen):
        account.skipped = f"{account.file} was passed over: {already}."
        return
    with job.path.open("rb") as file, _Watched(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        data.tick = job.tick
        reading = formats.read(data, name=account.file, columns=job.columns, hint=job.hint)
        account.format, account.encoding = reading.format, reading.encoding
        prefix = review.prefix_for(account.sha256)
        docs = job.docs(reading, prefix)
        if dry_run:
            for _ in docs:
                pass
        else:
            review.add_source(
                job.source(prefix),
                job.path,
                docs,
                finish=lambda: job.source(prefix),
                events=lambda: job.events(prefix),
            )
    seen[account.sha256] = account.file


def probe(path: Path) -> None:
    """See whether a file looks like references, without reading it as a whole.

    Raises:
        FormatError: it is missing, empty, no ordinary file, or of no format tamis reads.
    """
    name = clean_line(path.name)
    must_be_file(path, name)
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            formats.read(data, name=name)
    except OSError as error:
        raise FormatError(unreadable(name, error)) from error


def unreadable(name: str, error: OSError) -> str:
    """A sentence for a file that the system does not let us read."""
    why = (error.strerror or type(error).__name__).lower()
    return f"{name} could not be read: {why}. Check the file and its permissions."


def _already(review: Review, sha256: str, seen: dict[str, str]) -> str:
    for source in review.sources:
        if source.sha256 == sha256:
            when = f" on {source.at[:10]}" if source.at else ""
            return f"the review has this very file already, imported{when} as {source.file}"
    if sha256 in seen:
        return f"it is the same as {seen[sha256]}"
    return ""


def must_be_file(path: Path, name: str) -> None:
    """Raise FormatError unless there is an ordinary file with something in it."""
    try:
        mode = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FormatError(f"There is no file {clean_line(str(path))}. Check its name and folder.") from None
    if stat.S_ISDIR(mode.st_mode):
        raise FormatError(f"{clean_line(str(path))} is a folder. Name the files in it instead.")
    if not stat.S_ISREG(mode.st_mode):
        raise FormatError(f"{name} is not an ordinary file. Save it to one first.")
    if mode.st_size == 0:
        raise FormatError(f"{name} is empty. Export it again.")


class _Watched(mmap.mmap):
    """A mapped file that says so each time a piece of it is read.

    Readers look through a file more than once, to count and to read, and each in its own way; what they all
    do is to take pieces of it. So every pass shows that it is alive, and any can be stopped.
    """

    tick: Callable[[], None] = staticmethod(lambda: None)

    def __getitem__(self, place: Any) -> Any:
        self.tick()
        return super().__getitem__(place)


def checksum(path: Path, tick: Callable[[], None] = lambda: None) -> str:
    """SHA-256 of a file, in hex; calls `tick` now and then."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_BLOCK):
            digest.update(piece)
            tick()
    return digest.hexdigest()
