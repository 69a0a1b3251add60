"""Full disks, I/O errors and refusals: a change is saved or it is not, and the sentence says so."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tamis.errors import LockedError, NotSavedError, StoreError
from tamis.store.disk import Disk
from tamis.store.journal import JournalStorage
from tamis.store.lines import encode
from tamis.store.review import Review

from .helpers import FailingDisk, OneByteDisk, QuickDisk, contents, files, look, new_review, note, storage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START: dict[str, dict[int, Any]] = {"events": {1: {"n": 1}}, "meta": {1: {}}}


def append(storage: JournalStorage) -> None:
    """One small change."""
    storage.commit({"events": {2: {"n": 2}}, "new": {1: {}}})


def stream(storage: JournalStorage) -> None:
    """A large batch."""
    big = encode({"text": "x" * 90_000})
    storage.commit_stream("records", (big for _ in range(30)), lambda: {"sources": {1: {"n": 1}}})


def small_stream(storage: JournalStorage) -> None:
    """A small batch."""
    storage.commit_stream("records", (encode({"n": n}) for n in range(3)), lambda: {"sources": {1: {"n": 1}}})


ACTIONS = [append, stream, small_stream, JournalStorage.fold]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("with_journal", [False, True])
def test_whichever_call_fails_nothing_changes_and_the_next_try_succeeds(
    tmp_path: Path,
    action: Callable[[JournalStorage], None],
    code: int,
    short: bool,
    with_journal: bool,
) -> None:
    """The first, second, ... system call fails, until the change goes through."""
    path = tmp_path / "review.json"
    sentences = set()
    for at in range(1, 200):
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        disk = FailingDisk(code=code, short=short)
        storage = JournalStorage.create(path, START, disk=disk)
        if with_journal:
            storage.commit({"events": {1: {"n": "changed"}}})
        before = contents(storage)
        disk.calls, disk.at = 0, at
        disk.log.clear()
        try:
            action(storage)
        except NotSavedError as error:
            sentences.add(str(error))
            assert contents(storage) == before, f"call {at}"
        else:
            if disk.calls < at:
                storage.close()
                assert at > 2
                assert all(text.startswith("Not saved: ") and str(tmp_path) in text for text in sentences)
                return
            assert disk.log[at - 1] == "remove", "only tidying up may fail silently"
            before = contents(storage)
        if storage._journal.broken:
            assert disk.log[-2:] == ["replace", "sync_folder"], (
                "only then nobody can tell what is on the disk"
            )
            with pytest.raises(NotSavedError, match="did not confirm"):
                storage.commit({"events": {9: {}}})
            storage.close()
            assert look(path)["events"] == before["events"]
            continue
        assert look(path) == before, f"call {at}: {disk.log}"
        storage.commit({"events": {3: {"n": 3}}})
        assert look(path) == contents(storage)
        storage.close()
    pytest.fail("it never went through")


@pytest.mark.parametrize("action", [append, small_stream])
def test_if_the_line_cannot_even_be_taken_back_nothing_more_is_written(
    tmp_path: Path, action: Callable[[JournalStorage], None]
) -> None:
    path = tmp_path / "review.json"
    disk = FailingDisk(code=errno.EIO)
    storage = JournalStorage.create(path, START, disk=disk)
    storage.commit({"events": {5: {}}})
    before = contents(storage)
    disk.at, disk.times = disk.calls + 2, 10_000
    with pytest.raises(NotSavedError):
        action(storage)
    disk.at = 0
    for change in (append, JournalStorage.fold):
        with pytest.raises(NotSavedError, match="nothing more is written"):
            change(storage)
    assert contents(storage) == before, "reading goes on"
    storage.close()


def test_an_interruption_in_the_middle_of_a_line_leaves_nothing(tmp_path: Path) -> None:
    """As by ctrl+c between write and fsync."""

    class Interrupted(QuickDisk):
        armed = False

        def sync(self, fd: int) -> None:
            if self.armed:
                self.armed = False
                raise KeyboardInterrupt
            super().sync(fd)

    disk = Interrupted()
    storage = JournalStorage.create(tmp_path / "review.json", START, disk=disk)
    storage.commit({"events": {5: {}}})
    before = contents(storage)
    disk.armed = True
    with pytest.raises(KeyboardInterrupt):
        append(storage)
    assert contents(storage) == before == look(tmp_path / "review.json")
    append(storage)
    assert contents(storage) == look(tmp_path / "review.json") != before
    storage.close()


def test_short_writes_are_completed(tmp_path: Path) -> None:
    storage = JournalStorage.create(tmp_path / "review.json", START, disk=OneByteDisk())
    append(storage)
    storage.fold()
    append(storage)
    assert look(tmp_path / "review.json") == contents(storage)
    storage.close()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_batch_whose_source_fails_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def docs() -> Iterator[bytes]:
        for _ in range(10):
            yield encode({"text": "x" * 90_000})
        raise error

    storage = JournalStorage.create(tmp_path / "review.json", START, disk=QuickDisk())
    before, before_files = contents(storage), files(tmp_path)
    with pytest.raises(error):
        storage.commit_stream("records", docs())
    assert contents(storage) == before
    assert files(tmp_path) == before_files
    append(storage)
    storage.close()


def test_a_large_batch_is_not_held_in_memory(tmp_path: Path) -> None:
    """While 40 MB go in, no more than a few are waiting."""
    written = 0

    class Counting(QuickDisk):
        def write(self, fd: int, data: bytes | bytearray | memoryview) -> int:
            nonlocal written
            done = super().write(fd, data)
            written += done
            return done

    def docs() -> Iterator[bytes]:
        given = 0
        for _ in range(400):
            yield raw
            given += len(raw)
            assert given - written < 3_000_000

    raw = encode({"text": "x" * 100_000})
    storage = JournalStorage.create(tmp_path / "review.json", START, disk=Counting())
    assert storage.commit_stream("records", docs()) == (1, 400)
    assert storage.count("records") == 400
    storage.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)]
    if mount is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(review: Review, text: str = "x" * 400) -> int:
    """Write notes until the disk is full; how many were saved."""
    saved = 0
    with pytest.raises(NotSavedError, match="the disk is full"):  # noqa: PT012 - which of them fails is not known
        for _ in range(5000):
            review.add_events([note(review, text)])
            saved += 1
    return saved


def test_a_full_disk_keeps_everything_saved_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * 100_000)
    folder = small_disk / "r"
    review = new_review(folder, Disk())
    saved = fill(review)
    saved += fill(review, "")  # to the last byte
    assert saved > 50
    assert review.event_count == saved
    before = files(folder)
    with pytest.raises(NotSavedError):
        review.add_events([note(review, "y" * 5000)])
    assert files(folder) == before
    with pytest.raises(NotSavedError):
        storage_of(review).fold()
    assert files(folder) == before
    (small_disk / "ballast").unlink()
    review.add_events([note(review, "again")])
    texts = [event.text for event in review.events()]
    assert len(texts) == saved + 1
    review.close()
    again = look(folder / "review.json")["events"]
    assert [doc["body"]["text"] for _, doc in again] == texts


def test_closing_on_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """The journal that could not be folded in stays."""
    disk = FailingDisk()
    storage = JournalStorage.create(tmp_path / "review.json", START, disk=disk)
    storage.commit({"events": {n: {"text": "x" * 1000} for n in range(2, 600)}})
    before = contents(storage)
    disk.at, disk.times = disk.calls + 2, 10_000
    storage.close()
    assert look(tmp_path / "review.json") == before
    with pytest.raises(NotSavedError, match="closed"):
        append(storage)


def test_a_folder_that_cannot_be_written_is_opened_for_reading(tmp_path: Path, monkeypatch: Any) -> None:
    """The sentence says so; a read-only medium is simulated because root may write anywhere."""
    new_review(tmp_path / "r", QuickDisk()).close()
    real = os.open

    def read_only(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY | os.O_CREAT):
            raise OSError(errno.EROFS, "read-only")
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(LockedError, match=r"the disk is read-only.*for reading only"):
        Review.open(tmp_path / "r")
    with Review.open(tmp_path / "r", write=False) as review:
        assert not review.writable
        with pytest.raises(NotSavedError, match="for reading only"):
            review.add_events([note(review)])
    with pytest.raises(StoreError):
        new_review(tmp_path / "other", QuickDisk())


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    """A link where a file of ours should be leads nowhere."""
    path = tmp_path / "review.json"
    JournalStorage.create(path, START, disk=QuickDisk()).close()
    target = tmp_path / "precious"
    target.write_text("precious")
    for name in ("review.json.new", "review.json.journal.new"):
        (tmp_path / name).symlink_to(target)
    storage = JournalStorage(path, disk=QuickDisk())
    append(storage)
    storage.fold()
    storage.close()
    assert target.read_text() == "precious"
    (tmp_path / "review.json.journal").symlink_to(target)
    with pytest.raises(StoreError, match="symbolic link"):
        JournalStorage(path, disk=QuickDisk())


@pytest.mark.parametrize("name", ["review.json", "review.json.journal"])
@pytest.mark.parametrize("in_place", [True, False])
def test_what_another_program_has_changed_meanwhile_is_not_written_over(
    tmp_path: Path,
    name: str,
    in_place: bool,
) -> None:
    """As by `git pull` or a sync tool while a window is open."""
    storage = JournalStorage.create(tmp_path / "review.json", START, disk=QuickDisk())
    append(storage)
    path = tmp_path / name
    other = path.read_bytes().replace(b"}", b"} ", 1)
    if not in_place:
        path.unlink()
    path.write_bytes(other)
    for change in (append, stream, small_stream, JournalStorage.fold):
        with pytest.raises(NotSavedError, match="another program"):
            storage.commit({"events": {7: {}}}) if change is append else change(storage)
        assert path.read_bytes() == other
    storage.close()
    assert path.read_bytes() == other
