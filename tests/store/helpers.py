"""What the tests of the store share: disks that fail or take notes, and small ways to fill a file."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
from typing import TYPE_CHECKING, Any

from tamis.domain.events import Author, Event, Kind
from tamis.domain.record import Source
from tamis.store.disk import Disk
from tamis.store.journal import JournalStorage
from tamis.store.review import Review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class QuickDisk(Disk):
    """Does not wait for the medium: for tests that are not about that."""

    def sync(self, fd: int) -> None:
        """Nothing."""

    def sync_folder(self, folder: Path) -> None:
        """Nothing."""


def storage_of(review: Review) -> JournalStorage:
    """What the tables of a review are written through."""
    storage = review.db.storage
    assert isinstance(storage, JournalStorage)
    return storage


class FailingDisk(QuickDisk):
    """Fails the call with a given number, and from then on as often as wanted.

    Args:
        at: number of the first call that fails, from 1; 0 for none.
        code: the error.
        times: how many calls fail.
        short: a failing write puts half of its bytes out first.
    """

    def __init__(self, at: int = 0, code: int = errno.ENOSPC, times: int = 1, *, short: bool = False) -> None:
        self.calls = 0
        self.at = at
        self.code = code
        self.times = times
        self.short = short
        self.log: list[str] = []

    def _step(self, name: str) -> None:
        self.calls += 1
        self.log.append(name)
        if self.at and self.at <= self.calls < self.at + self.times:
            raise OSError(self.code, os.strerror(self.code))

    def create(self, path: Path, mode: int = 0o600) -> int:
        """Fails in its turn."""
        self._step("create")
        return super().create(path, mode)

    def append_to(self, path: Path, *, create: bool = False) -> int:
        """Fails in its turn."""
        self._step("append_to")
        return super().append_to(path, create=create)

    def write(self, fd: int, data: bytes | bytearray | memoryview) -> int:
        """Fails in its turn, perhaps halfway."""
        try:
            self._step("write")
        except OSError:
            if self.short:
                os.write(fd, data[: len(data) // 2])
            raise
        return super().write(fd, data)

    def sync(self, fd: int) -> None:  # noqa: ARG002 - as the disk has it
        """Fails in its turn."""
        self._step("sync")

    def sync_folder(self, folder: Path) -> None:  # noqa: ARG002 - as the disk has it
        """Fails in its turn."""
        self._step("sync_folder")

    def truncate(self, fd: int, length: int) -> None:
        """Fails in its turn."""
        self._step("truncate")
        super().truncate(fd, length)

    def replace(self, old: Path, new: Path) -> None:
        """Fails in its turn."""
        self._step("replace")
        super().replace(old, new)

    def remove(self, path: Path) -> None:
        """Fails in its turn, if there is a file."""
        if path.exists():
            self._step("remove")
        super().remove(path)


class OneByteDisk(QuickDisk):
    """Writes a single byte at a time, as an interrupted system call may."""

    def write(self, fd: int, data: bytes | bytearray | memoryview) -> int:
        """Write one byte."""
        return os.write(fd, data[:1])


def contents(storage: JournalStorage) -> dict[str, list[tuple[int, Any]]]:
    """Everything a storage holds."""
    return {name: list(storage.docs(name)) for name in storage.read()}


def look(path: Path) -> dict[str, list[tuple[int, Any]]]:
    """Everything that is on disk, read without changing it."""
    storage = JournalStorage(path, write=False)
    try:
        return contents(storage)
    finally:
        storage.close()


def files(folder: Path) -> dict[str, bytes]:
    """Every file in a folder with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def ids(prefix: str = "id") -> Callable[[], str]:
    """A source of ids that are all different."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}{next(numbers)}"


def new_review(folder: Path, disk: Disk | None = None) -> Review:
    """A new review."""
    return Review.create(
        folder, title="Livers", reviewer="ana", now="2026-01-01T00:00:00Z", new_id=ids("log"), disk=disk
    )


def note(review: Review, text: str = "", record: str = "r-1") -> Event:
    """The next event of a review."""
    author = Author("ana", lambda: "2026-01-02T00:00:00Z", ids(f"e{review.next_seq}-"))
    return author.event(
        Kind.NOTE, log=review.log, seq=review.next_seq, record=record, body={"text": text or "a note"}
    )


def draft(review: Review, data: bytes, file: str = "pubmed.ris") -> Source:
    """A source for the bytes of a file."""
    sha256 = hashlib.sha256(data).hexdigest()
    return Source(sha256=sha256, prefix=review.prefix_for(sha256), file=file, suffix=".ris")


def docs(source: Source, positions: list[int] | range, abstract: str = "") -> Iterator[dict[str, Any]]:
    """Record documents at these positions of a file."""
    for position in positions:
        yield {"id": f"{source.prefix}-{position}", "title": f"Title {position}", "abstract": abstract}


def add(review: Review, data: bytes, positions: list[int] | range, abstract: str = "") -> Source:
    """Import a made-up file."""
    source = draft(review, data)
    return review.add_source(source, data, docs(source, positions, abstract), lambda: source)
