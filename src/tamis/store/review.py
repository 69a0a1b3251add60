"""A review: its folder, opened for one writer or for reading."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Self

from tamis.domain.events import Event
from tamis.domain.protocol import Protocol, starting_protocol
from tamis.domain.record import Source
from tamis.errors import DamagedError, NotSavedError, StoreError, UsageError
from tamis.store.disk import FOLDER_MODE, RESTORE, Disk
from tamis.store.folding import not_saved
from tamis.store.journal import JournalStorage, journal_of
from tamis.store.lines import encode
from tamis.store.lock import Lock, holder
from tamis.store.originals import Originals
from tamis.store.protocol_file import read_protocol, write_protocol
from tamis.store.records import TABLE as RECORDS
from tamis.store.records import Records, Runs
from tamis.store.recovery import recover
from tamis.store.table import JournalDB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType


FORMAT = 1
"""The version of what a review folder holds; a review of a later one is refused."""

_FILE = "review.json"
_PREFIX = 6


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
        self.holder = "" if lock is not None else holder(_lock_path(folder))
        self._db = JournalDB(folder / _FILE, write=self.writable, disk=disk)
        self._originals = Originals(folder / "sources", disk)
        self._next_seq: int | None = None
        self.protocol = Protocol()
        self.protocol_changed = False
        self.sources: tuple[Source, ...] = ()
        self.records = Records(self._storage, ())
        try:
            self.meta = self._read_meta()
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
        """Close the files and let others write; a second call does nothing."""
        self._storage.close()
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
        for doc_id, doc in self._storage.docs("events"):
            try:
                yield Event.from_doc(doc)
            except (KeyError, TypeError, AttributeError) as error:
                raise DamagedError(f"{self.folder / _FILE}: event {doc_id} is damaged; {RESTORE}.") from error

    @property
    def event_count(self) -> int:
        """How many events there are."""
        return self._storage.count("events")

    @property
    def next_seq(self) -> int:
        """The `seq` of the next event that this copy writes."""
        if self._next_seq is None:
            self._next_seq = 1 + max(
                (doc.get("seq", 0) for _, doc in self._storage.docs("events") if doc.get("log") == self.log),
                default=0,
            )
        return self._next_seq

    # -- changing it

    def add_events(self, events: Sequence[Event]) -> None:
        """Store events, all or none; they are on the medium when this returns.

        Raises:
            NotSavedError: nothing was stored.
            ValueError: an event of this copy does not have the `seq` that comes next.
        """
        following = self._following(events)
        self._db.table("events").insert_multiple(event.to_doc() for event in events)
        self._next_seq = following

    def prefix_for(self, sha256: str) -> str:
        """What record ids from a file begin with: the first 6 digits of its checksum, or more if taken."""
        taken = {source.prefix for source in self.sources}
        length = _PREFIX
        while sha256[:length] in taken and length < len(sha256):
            length += 1
        return sha256[:length]

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
        self._check_new(draft)
        self._originals.keep(draft, original)
        runs = Runs()
        first = self._storage.stored(RECORDS).highest() + 1
        done: list[Source] = []
        following = self.next_seq

        def then() -> dict[str, dict[int, Any]]:
            nonlocal following
            source = dataclasses.replace(finish(), first=first, imported=runs.count)
            if (source.sha256, source.prefix, source.suffix) != (draft.sha256, draft.prefix, draft.suffix):
                raise ValueError("the finished source is not the one that was begun")
            done.append(source)
            number = self._storage.stored("sources").highest() + 1
            changes: dict[str, dict[int, Any]] = {
                "sources": {number: {**source.to_doc(), "runs": runs.to_doc()}},
            }
            if events is not None and (new := events()):
                following = self._following(new)
                begin = self._storage.stored("events").highest() + 1
                changes["events"] = {n: event.to_doc() for n, event in enumerate(new, begin)}
            return changes

        self._storage.commit_stream(RECORDS, _encoded(draft.prefix, docs, runs), then)
        self._next_seq = following
        self._read_sources()
        return done[0]

    def original(self, source: Source) -> Path:
        """Where the imported file is kept."""
        return self._originals.path(source)

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
        sources = []
        for number, doc in self._storage.docs("sources"):
            try:
                source = Source.from_doc(doc)
                runs = Runs(doc.get("runs", ()), source.imported)
            except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
                raise DamagedError(
                    f"{self.folder / _FILE}: source {number} is damaged; {RESTORE}."
                ) from error
            sources.append((source, runs))
        self.sources = tuple(source for source, _ in sources)
        self.records = Records(self._storage, sources)

    def _read_protocol(self, reviewer: str, now: str) -> None:
        versions = [protocol for _at, _by, protocol in self.protocols()]
        stored = versions[-1] if versions else Protocol()
        written = read_protocol(self.folder)
        self.protocol = written or stored
        if written is not None and written.to_doc() != stored.to_doc() and self.writable:
            doc = {"at": now, "by": reviewer, "protocol": written.to_doc()}
            self._db.table("protocol").insert(doc)
            self.protocol_changed = True

    def _following(self, events: Sequence[Event]) -> int:
        seq = self.next_seq
        for event in events:
            if event.log == self.log:
                if event.seq != seq:
                    raise ValueError(f"event {event.id} has seq {event.seq}, but {seq} comes next")
                seq += 1
        return seq

    def _check_new(self, draft: Source) -> None:
        if not self.writable:
            raise NotSavedError(f"{self.folder} is open for reading only.")
        if not draft.prefix or not draft.sha256.startswith(draft.prefix):
            raise ValueError("the prefix is not the beginning of the checksum")
        for source in self.sources:
            if source.sha256 == draft.sha256:
                when = f" on {source.at[:10]}" if source.at else ""
                raise UsageError(f"{draft.file} was imported already{when}, as {source.file}.")
            if source.prefix == draft.prefix:
                raise ValueError(f"the prefix {draft.prefix} is taken")


def _encoded(prefix: str, docs: Iterable[Mapping[str, Any]], runs: Runs) -> Iterator[bytes]:
    head = f"{prefix}-"
    for doc in docs:
        record_id: str = doc["id"]
        if not record_id.startswith(head):
            raise ValueError(f"the id {record_id} does not begin with {head}")
        runs.add(int(record_id[len(head) :]))
        yield encode(doc)


def _check_there(folder: Path) -> None:
    if not (folder / _FILE).exists() and not journal_of(folder / _FILE).exists():
        raise UsageError(f"There is no review in {folder}; `tamis init {folder}` makes one.")


def _lock_path(folder: Path) -> Path:
    return folder / (_FILE + ".lock")
