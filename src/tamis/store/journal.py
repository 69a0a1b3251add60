"""JournalStorage: a TinyDB storage whose writes are durable and cost what they change.

`review.json` is the snapshot, `review.json.journal` what was written since. A write appends one line to the
journal and waits for the disk; now and then the journal is folded into a new snapshot. The journal's first
line names the snapshot it continues, so a crash between two steps of folding is recognised.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tinydb.storages import Storage

from tamis.domain.plural import form
from tamis.errors import NotSavedError, StoreError
from tamis.store.appending import Appender, changed
from tamis.store.disk import REOPEN, Disk, close, reason
from tamis.store.folding import UnconfirmedError, not_saved, write_snapshot
from tamis.store.lines import decode, encode, encode_changes
from tamis.store.opening import open_for_reading, read_snapshot
from tamis.store.replay import read_journal
from tamis.store.sealing import SEAL
from tamis.store.snapshot import checksum
from tamis.store.stored import Stored, apply_changes
from tamis.store.tables import Tables
from tamis.store.views import TableView

if TYPE_CHECKING:
    import os

    from tamis.store.lines import RawChanges
    from tamis.store.replay import Journal
    from tamis.store.snapshot_writer import SnapshotWriter

Changes = Mapping[str, Mapping[int, Any] | None]
"""Table name -> document id -> document, or None to remove it; None for a table drops the table."""

_FOLD_AT_LEAST = 256 * 1024
_FOLD_SHARE = 8
_SMALL_BATCH = 256 * 1024


class JournalStorage(Tables, Storage):
    """Durable storage for `TinyDB` and, by way of the raw access here, for large tables.

    Only one writer may have the file open (see `store.lock`); any number of readers may.

    Args:
        path: the snapshot, created empty if neither it nor its journal is there and `write` is true.
        write: False changes nothing on disk.
        disk: how the disk is written; for tests.

    Attributes:
        repairs: a sentence for each thing that was put right while opening.

    Raises:
        DamagedError: the files are damaged or do not belong together; the sentence says what to do.
        StoreError: they cannot be read.
        NotSavedError: they cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], *, write: bool = True, disk: Disk | None = None) -> None:
        super().__init__(Path(path))
        self.journal_path = journal_of(self.path)
        self.writable = write
        self.repairs: list[str] = []
        self._disk = disk or Disk()
        self._journal = Appender(self.journal_path, self._disk)
        if not write:
            self._snapshot, self._tables = open_for_reading(self.path, self.journal_path)
            return
        if not self.path.exists() and not self.journal_path.exists():
            write_snapshot(self.path, self._disk, lambda _writer: None, 1)
        self._snapshot = read_snapshot(self.path, self.journal_path)
        self._tables = self._snapshot.tables()
        self._take_over(read_journal(self.journal_path, self._snapshot.seal, self._tables))

    @classmethod
    def create(cls, path: Path, tables: Changes, *, disk: Disk | None = None) -> Self:
        """Make a new file that holds `tables` from its first moment on, and open it.

        Raises:
            NotSavedError: it cannot be written.
        """

        def write(writer: SnapshotWriter) -> None:
            for name, docs in _encode_all(tables).items():
                writer.table(name)
                Stored(added={i: raw for i, raw in (docs or {}).items() if raw is not None}).write(writer)

        write_snapshot(path, disk or Disk(), write, 1)
        return cls(path, disk=disk)

    def _take_over(self, journal: Journal) -> None:
        try:
            if journal.torn:
                self._keep_torn(journal)
            self._journal.take_over(journal)
        except OSError as error:
            self.close_files()
            raise not_saved(self.path.parent, error) from error

    def _keep_torn(self, journal: Journal) -> None:
        """Keep the bytes of a torn tail: it was never acknowledged, but it may tell something."""
        kept = self.path.with_name(self.path.name + ".torn")
        with contextlib.suppress(OSError):
            fd = self._disk.append_to(kept, create=True)
            try:
                self._disk.write_all(fd, journal.torn + b"\n")
                self._disk.sync(fd)
            finally:
                close(fd)
        n = len(journal.torn)
        self.repairs.append(
            f"The last {form(n, 'byte', f'{n:,} bytes')} of {self.journal_path.name} "
            f"{form(n, 'was', 'were')} not a whole line: a change that had not been confirmed when tamis "
            f"stopped. What was there is kept in {kept.name}."
        )

    # -- what TinyDB asks of a storage

    def read(self) -> dict[str, Any]:
        """All tables as TinyDB expects them; documents are decoded when they are asked for."""
        return {name: TableView(self, name, stored) for name, stored in self._tables.items()}

    def write(self, data: Mapping[str, Mapping[Any, Any]]) -> None:
        """Make the tables equal to `data`, writing only what differs.

        Raises:
            NotSavedError: nothing was changed.
        """
        changes: dict[str, Mapping[int, bytes | None] | None] = dict.fromkeys(
            self._tables.keys() - data.keys()
        )
        for name, docs in data.items():
            stored = self.stored(name)
            if not (isinstance(docs, TableView) and docs.shows(stored)):
                new: dict[int, bytes | None] = {int(doc_id): encode(doc) for doc_id, doc in docs.items()}
                lost = [doc_id for doc_id in stored.ids() if doc_id not in new]
                for doc_id, raw in stored.raws():
                    if new.get(doc_id) == raw:
                        del new[doc_id]
                changes[name] = new | dict.fromkeys(lost)
        self.commit_raw(changes)

    def close(self, fold_below: int = 0) -> None:
        """Fold a large journal in, then close the files. What was committed is safe in either case.

        Args:
            fold_below: fold any journal in when it and the snapshot together are at most this many bytes.
        """
        if self.writable and not self._journal.broken and self._journal.length:
            size = self._snapshot.file.size()
            due = self._journal.length > max(_FOLD_AT_LEAST, size // _FOLD_SHARE)
            if (due or size + self._journal.length <= fold_below) and self._sound():
                with contextlib.suppress(StoreError):  # the journal holds everything; next time, then
                    self.fold()
        self.close_files()

    def close_files(self) -> None:
        """Close the files without folding."""
        self._journal.close()
        self._snapshot.file.close()
        self._journal.broken = self._journal.broken or f"Not saved: {self.path.parent} was closed already."

    @property
    def generation(self) -> int:
        """Which snapshot this is; grows by one with each fold."""
        return self._snapshot.seal.generation

    def verify(self) -> list[str]:
        """Compare the snapshot with its checksum; a sentence for each thing that is not as it was written.

        Raises:
            StoreError: the file cannot be read.
        """
        snapshot = self._snapshot
        try:
            if snapshot.plain and checksum(snapshot.file, snapshot.seal.size) == snapshot.seal.crc32:
                return []
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {reason(error)[0]}.") from error
        found = [f"{self.path.name} was changed by something other than tamis since it was written."]
        for table in self._tables:
            for doc_id, raw in self.raws(table):
                try:
                    decode(raw)
                except ValueError:
                    found.append(str(self.unreadable(table, doc_id)))
        return found

    def _sound(self) -> bool:
        """Whether the snapshot is as its seal says: written anew unsound, damage would look like data."""
        snapshot = self._snapshot
        if not snapshot.seal.crc32:
            return True
        try:
            return snapshot.plain and checksum(snapshot.file, snapshot.seal.size) == snapshot.seal.crc32
        except OSError:
            return False

    # -- writing

    def commit(self, changes: Changes) -> None:
        """Make all changes or none, and return when they are on the medium.

        Raises:
            NotSavedError: nothing was changed.
            TypeError: a document cannot be written as JSON; nothing was changed.
        """
        self.commit_raw(_encode_all(changes))

    def commit_raw(self, changes: RawChanges) -> None:
        """`commit` for documents that `lines.encode` has encoded.

        Raises:
            NotSavedError: nothing was changed.
        """
        # A change without documents matters only if a table comes or goes by it.
        changes = {
            name: docs for name, docs in changes.items() if docs or (name in self._tables) == (docs is None)
        }
        if not changes:
            return
        self._check(changes)
        try:
            self._journal.append(encode_changes(changes), self._snapshot.seal)
        except OSError as error:
            raise not_saved(self.path.parent, error) from error
        apply_changes(self._tables, changes)
        self._journal.done()

    def commit_stream(
        self, table: str, docs: Iterable[bytes], then: Callable[[], Changes] | None = None
    ) -> tuple[int, int]:
        """Add many encoded documents to a table, with further changes, all or nothing.

        A large batch goes straight into a new snapshot and is never held in memory.

        Args:
            table: the table; the documents get the ids that follow its highest one.
            docs: encoded documents; what this raises ends the batch and nothing was changed.
            then: asked once after the last document, for changes to *other* tables.

        Returns:
            The first document id and the number of documents.

        Raises:
            NotSavedError: nothing was changed.
        """
        self._check({table: {}})
        first = self.stored(table).highest() + 1
        docs = iter(docs)
        begun: list[bytes] = []
        size = 0
        for raw in docs:
            begun.append(raw)
            size += len(raw)
            if size > _SMALL_BATCH:
                break
        else:
            changes = self._further(table, then)
            self.commit_raw({table: dict(enumerate(begun, first)), **changes})
            return first, len(begun)
        until = first

        def write(writer: SnapshotWriter) -> None:
            nonlocal until
            writer.table(table)
            self.stored(table).write(writer)
            for until, raw in enumerate(chain(begun, docs), first + 1):
                writer.doc(until - 1, raw)
            self._write_tables(writer, {table}, self._further(table, then))

        if not self._sound():
            raise NotSavedError(
                f"Not saved: {self.path} was changed by something other than tamis, and so large an import "
                f"would hide that. Run `tamis check {self.path.parent}` first."
            )
        self._fold(write)
        return first, until - first

    def fold(self) -> None:
        """Write a new snapshot that holds the journal, and start without one.

        Raises:
            NotSavedError: that was not possible; everything is as it was.
        """
        self._check({})
        self._fold(lambda writer: self._write_tables(writer, set(), {}))

    def _check(self, changes: RawChanges) -> None:
        if not self.writable:
            raise NotSavedError(f"Not saved: {self.path.parent} is open for reading only.")
        self._journal.check()
        if not self._snapshot.file.current():
            raise changed(self.path)
        if SEAL in changes:
            raise ValueError(f"the table name {SEAL} is taken")

    @staticmethod
    def _further(table: str, then: Callable[[], Changes] | None) -> RawChanges:
        changes = _encode_all(then() if then else {})
        if table in changes or SEAL in changes:
            raise ValueError(f"the further changes must not concern {table} or {SEAL}")
        return changes

    def _write_tables(self, writer: SnapshotWriter, done: set[str], changes: RawChanges) -> None:
        names = [*self._tables, *(name for name in changes if name not in self._tables)]
        for name in names:
            docs = changes.get(name, {})
            if name not in done and docs is not None:
                writer.table(name)
                self.stored(name).with_changes(docs).write(writer)

    def _fold(self, write: Callable[[SnapshotWriter], None]) -> None:
        seal = self._snapshot.seal
        folded = (seal.generation, seal.crc32, self._journal.length) if self._journal.length else seal.folded
        try:
            write_snapshot(self.path, self._disk, write, seal.generation + 1, folded)
        except UnconfirmedError as error:
            self._journal.broken = str(error)
            raise
        # From here on the new snapshot stands, and its seal marks the old journal as folded in.
        self._journal.broken = f"Not saved: {self.path.parent} has to be opened again first. {REOPEN}"
        self._journal.drop()
        self._snapshot = read_snapshot(self.path, self.journal_path)
        self._tables = self._snapshot.tables()
        self._journal.done()


def journal_of(path: Path) -> Path:
    """Where the journal of a snapshot is."""
    return path.with_name(path.name + ".journal")


def _encode_all(changes: Changes) -> dict[str, Mapping[int, bytes | None] | None]:
    return {
        name: docs if docs is None else {i: None if doc is None else encode(doc) for i, doc in docs.items()}
        for name, docs in changes.items()
    }
