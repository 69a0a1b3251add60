"""A review: its folder, opened for one writer or for reading."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from tamis.domain.protocol import Protocol, starting_protocol
from tamis.domain.record import Source
from tamis.errors import DamagedError, NotSavedError, StoreError, UsageError
from tamis.store.disk import FOLDER_MODE, RESTORE, Disk
from tamis.store.eventlog import EventLog
from tamis.store.folding import not_saved
from tamis.store.intake import check_new, free_prefix, read_sources, take_in
from tamis.store.journal import JournalStorage, journal_of
from tamis.store.lock import Lock, holder
from tamis.store.originals import Originals
from tamis.store.protocol_file import read_protocol, revise_protocol, write_protocol
from tamis.store.records import TABLE as RECORDS
from tamis.store.records import Records
from tamis.store.recovery import recover
from tamis.store.table import JournalDB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from tamis.domain.events import Event


_FOLD_BELOW = 4 * 1024 * 1024
"""Bytes up to which a review is written anew at each closing: a matter of milliseconds."""

FORMAT = 1
"""The version of what a review folder holds; a review of a later one is refused."""

_FILE = "review.json"


class Review:
    """A review folder. Make one with `create` or `open`; it is also a context manager that closes it.

    Attributes:
        folder: the folder.
        writable: whether changes are possible.
        holder: who holds the review, if it is open for reading while someone writes; else "".
        repairs: a sentence for each thing that was put right while opening.
        protocol: what reviewers agreed on, from protocol.toml.
        protocol_changed: whether protocol.toml differed from the version stored last, and was stored.
        protocol_version: how many versions are stored; the number of the one in force.
        sources: the imported files, in order.
        records: all records, in order.
    """

    def __init__(self, folder: Path, lock: Lock | None, disk: Disk | None = None) -> None:
        """Used by `create` and `open`."""
        self.folder = folder
        self.writable = lock is not None
        self._lock = lock
        self._disk = disk or Disk()
        self.holder = "" if lock is not None else holder(_lock_path(folder))
        self._db = JournalDB(folder / _FILE, write=self.writable, disk=disk)
        self._originals = Originals(folder / "sources", disk)
        self._files = Originals(folder / "files", disk)
        self.protocol = Protocol()
        self.protocol_changed = False
        self.sources: tuple[Source, ...] = ()
        self.records = Records(self._storage, ())
        try:
            self.meta = self._read_meta()
            self._events = EventLog(self._db, self._storage, self.log)
            self._read_sources()
        except BaseException:
            self._storage.close_files()
            raise

    # -- making, opening, closing

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        title: str,
        reviewer: str,
        now: str,
        new_id: Callable[[], str],
        disk: Disk | None = None,
    ) -> Review:
        """Make a review in `folder`, which is made too; a protocol.toml that is there already is kept.

        Args:
            folder: where.
            title: title of the review, written into protocol.toml.
            reviewer: who makes it.
            now: UTC time, ISO 8601.
            new_id: gives the id of this copy of the review.
            disk: how the disk is written; for tests.

        Raises:
            UsageError: there is a review already.
            ProtocolError: the protocol.toml that is there is wrong.
            NotSavedError: the folder cannot be written.
            LockedError: someone else is just making one there.
        """
        disk = disk or Disk()
        if (folder / _FILE).exists() or journal_of(folder / _FILE).exists():
            raise UsageError(f"{folder} holds a review already; open it with `tamis screen {folder}`.")
        try:
            folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
            disk.sync_folder(folder.parent)
        except OSError as error:
            raise not_saved(folder, error) from error
        lock = Lock(_lock_path(folder), reviewer=reviewer, now=now)
        try:
            if (folder / _FILE).exists():
                raise UsageError(f"{folder} holds a review already; open it with `tamis screen {folder}`.")
            protocol = read_protocol(folder)
            if protocol is None:
                write_protocol(disk, folder, starting_protocol(title, reviewer))
                protocol = read_protocol(folder)
            meta = {"tamis": FORMAT, "log": new_id(), "created": now, "title": title}
            version = {"at": now, "by": reviewer, "protocol": protocol.to_doc() if protocol else {}}
            tables: dict[str, dict[int, Any]] = {RECORDS: {}, "meta": {1: meta}, "protocol": {1: version}}
            tables |= {"sources": {}, "events": {}}
            JournalStorage.create(folder / _FILE, tables, disk=disk).close()
            review = cls(folder, lock, disk)
            review._read_protocol(reviewer, now)
        except BaseException:
            lock.release()
            raise
        return review

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        write: bool = True,
        reviewer: str = "",
        now: str = "",
        disk: Disk | None = None,
    ) -> Review:
        """Open the review in `folder`.

        Args:
            folder: where.
            write: False changes nothing on disk and needs no lock.
            reviewer: who opens it, for others to read.
            now: UTC time, ISO 8601, for others to read.
            disk: how the disk is written; for tests.

        Raises:
            UsageError: there is no review.
            LockedError: someone else writes, or the folder cannot be written; try `write=False`.
            DamagedError: stored bytes are damaged.
            ProtocolError: protocol.toml is wrong.
            StoreError: a file cannot be read, or a later version of tamis wrote it.
        """
        _check_there(folder)
        lock = Lock(_lock_path(folder), reviewer=reviewer, now=now) if write else None
        review = None
        try:
            review = cls(folder, lock, disk)
            review._read_protocol(reviewer, now)
        except BaseException:
            if review is not None:
                review._storage.close_files()
            if lock is not None:
                lock.release()
            raise
        return review

    @classmethod
    def recover(
        cls, folder: Path, *, reviewer: str = "", now: str = "", disk: Disk | None = None
    ) -> list[str]:
        """Save what can be saved of a damaged journal; the damaged file is kept.

        Returns:
            A sentence for each thing that was done; none if there was no need.

        Raises:
            UsageError: there is no review.
            LockedError: someone else writes, or the folder cannot be written.
            DamagedError: the snapshot itself is damaged.
            NotSavedError: a file cannot be written; everything is as it was.
        """
        _check_there(folder)
        lock = Lock(_lock_path(folder), reviewer=reviewer, now=now)
        try:
            return recover(folder / _FILE, disk)
        finally:
            lock.release()

    def close(self) -> None:
        """Close the files and let others write; a second call does nothing.

        In a review of ordinary size everything is then in `review.json` alone, for whoever opens it with
        another program.
        """
        self._storage.close(fold_below=_FOLD_BELOW)
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- what is in it

    @property
    def repairs(self) -> list[str]:
        """A sentence for each thing that was put right while opening."""
        return self._storage.repairs

    @property
    def db(self) -> JournalDB:
        """The TinyDB database itself."""
        return self._db

    @property
    def log(self) -> str:
        """The id of this copy of the review."""
        return str(self.meta["log"])

    @property
    def protocol_version(self) -> int:
        """How many versions of the protocol are stored; the number of the one in force."""
        return self._storage.count("protocol")

    def protocols(self) -> Iterator[tuple[str, str, Protocol]]:
        """Every stored version of the protocol, oldest first: when it was stored, by whom, and it."""
        for _doc_id, doc in self._storage.docs("protocol"):
            where = f"{self.folder / _FILE}, stored protocol"
            yield doc.get("at", ""), doc.get("by", ""), Protocol.from_doc(doc.get("protocol", {}), where)

    def events(self) -> Iterator[Event]:
        """All events in the order in which they were stored.

        Raises:
            DamagedError: one cannot be read.
        """
        return iter(self._events)

    @property
    def event_count(self) -> int:
        """How many events there are."""
        return len(self._events)

    @property
    def next_seq(self) -> int:
        """The `seq` of the next event that this copy writes."""
        return self._events.next_seq

    # -- changing it

    def add_events(self, events: Sequence[Event]) -> None:
        """Store events, all or none; they are on the medium when this returns.

        Raises:
            NotSavedError: nothing was stored.
            ValueError: an event of this copy does not have the `seq` that comes next.
        """
        self._events.add(events)

    def change_highlight(self, change: Callable[[str], str], *, by: str, now: str) -> bool:
        """Change the text of protocol.toml; of all it holds then, the highlight terms are in force at once.

        What an editor changed in it waits for the next opening: reasons on a screen keep their keys. Tells
        whether anything waits.

        Raises:
            NotSavedError: nothing was changed.
            ProtocolError: the file is wrong, or would be; it stands as it was.
            UsageError: there is no such file.
        """
        if not self.writable:
            raise NotSavedError(f"Not saved: {self.folder} is open for reading only.")
        written = revise_protocol(self._disk, self.folder, change)
        protocol = replace(self.protocol, highlight=written.highlight)
        if protocol != self.protocol:
            self._store_protocol(protocol, by, now)
            self.protocol = protocol
        return written != protocol

    def prefix_for(self, sha256: str) -> str:
        """What record ids from a file begin with: the first 6 digits of its checksum, or more if taken."""
        return free_prefix(sha256, self.sources)

    def add_source(
        self,
        draft: Source,
        original: Path | bytes,
        docs: Iterable[Mapping[str, Any]],
        finish: Callable[[], Source],
        events: Callable[[], Sequence[Event]] | None = None,
    ) -> Source:
        """Import a file: keep it byte for byte, and store its records and the source, all or nothing.

        Args:
            draft: the source as far as it is known; `sha256`, `suffix`, `file` and `prefix` matter here.
            original: the file, or its bytes.
            docs: the records as documents, in the order of the file, each with its `id`
                `<prefix>-<position>`; positions grow and may leave gaps for problems. Never held as a whole.
                What it raises ends the import and nothing is stored.
            finish: asked after the last record; gives the whole source.
            events: asked after `finish`; events that are stored in the same step.

        Returns:
            The source as stored, with `first` and `imported` set.

        Raises:
            UsageError: the file was imported before, or changed while it was read.
            NotSavedError: nothing was stored.
            ValueError: ids are not as described, or an event does not have the `seq` that comes next.
        """
        if not self.writable:
            raise NotSavedError(f"Not saved: {self.folder} is open for reading only.")
        check_new(draft, self.sources)
        self._originals.keep(draft, original)
        try:
            source = take_in(self._storage, self._events, draft, docs, finish, events)
        except (StoreError, OSError, KeyboardInterrupt):
            raise  # it may be in there after all: keep what it came from
        except BaseException:  # what the records came from gave up, before anything was stored
            self._originals.remove(draft)
            raise
        self._read_sources()
        return source

    def original(self, source: Source) -> Path:
        """Where the imported file is kept."""
        return self._originals.path(source)

    def keep_file(self, path: Path, sha256: str) -> Path:
        """Copy a file into `files/` under its checksum; returns where, when it is on the medium.

        Raises:
            UsageError: it cannot be read, or is not what `sha256` says.
            NotSavedError: it cannot be written.
        """
        if not self.writable:
            raise NotSavedError(f"Not saved: {self.folder} is open for reading only.")
        return self._files.keep(Source(sha256=sha256, prefix="", file=path.name, suffix=path.suffix), path)

    # -- checking

    def verify(self) -> list[str]:
        """Compare everything stored with its checksums and counts; a sentence for each fault."""
        found = self._storage.verify()
        found += [fault for source in self.sources if (fault := self._originals.verify(source))]
        if len(self.records) != self._storage.count(RECORDS):
            found.append(
                f"{_FILE} holds {self._storage.count(RECORDS)} records; its sources say {len(self.records)}."
            )
        return found

    def leftovers(self) -> list[Path]:
        """Files in `sources/` that no import refers to: one that was broken off leaves them; no harm."""
        return self._originals.leftovers(self.sources)

    # -- inside

    @property
    def _storage(self) -> JournalStorage:
        storage: JournalStorage = self._db.storage  # type: ignore[assignment]  # TinyDB says Storage
        return storage

    def _read_meta(self) -> dict[str, Any]:
        try:
            meta = self._storage.doc("meta", 1)
            version, _log = int(meta["tamis"]), meta["log"]
        except (KeyError, TypeError, ValueError):
            raise DamagedError(
                f"{self.folder / _FILE} does not say which version of tamis wrote it; {RESTORE}."
            ) from None
        if version > FORMAT:
            raise StoreError(
                f"{self.folder} was written by a later version of tamis (format {version}; this one knows "
                f"{FORMAT}). Update tamis, then open it again."
            )
        return dict(meta)

    def _read_sources(self) -> None:
        sources = read_sources(self._storage)
        self.sources = tuple(source for source, _runs in sources)
        self.records = Records(self._storage, sources)

    def _read_protocol(self, reviewer: str, now: str) -> None:
        versions = [protocol for _at, _by, protocol in self.protocols()]
        stored = versions[-1] if versions else Protocol()
        written = read_protocol(self.folder)
        self.protocol = written or stored
        if written is not None and written.to_doc() != stored.to_doc() and self.writable:
            self._store_protocol(written, reviewer, now)
            self.protocol_changed = True

    def _store_protocol(self, protocol: Protocol, by: str, now: str) -> None:
        self._db.table("protocol").insert({"at": now, "by": by, "protocol": protocol.to_doc()})


def _check_there(folder: Path) -> None:
    if not (folder / _FILE).exists() and not journal_of(folder / _FILE).exists():
        raise UsageError(f"There is no review in {folder}; `tamis init {folder}` makes one.")


def _lock_path(folder: Path) -> Path:
    return folder / (_FILE + ".lock")
