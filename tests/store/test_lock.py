"""One writer at a time."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

import pytest

from tamis.errors import LockedError, NotSavedError
from tamis.store import lock as lock_module
from tamis.store.journal import JournalStorage
from tamis.store.lock import Lock, holder

if TYPE_CHECKING:
    from pathlib import Path


def test_the_second_is_told_who_was_first(tmp_path: Path) -> None:
    first = Lock(tmp_path / "lock", reviewer="ana\x1b]0;", now="2026-11-20T09:00:00Z")
    with pytest.raises(
        LockedError, match=r"has .* open\. Close that window, or go on here for reading only"
    ) as told:
        Lock(tmp_path / "lock", reviewer="ben")
    assert str(told.value).startswith("ana")
    assert "since 2026-11-20T09:00:00Z" in str(told.value)
    assert "\x1b" not in str(told.value)
    assert holder(tmp_path / "lock").startswith("ana")
    first.release()
    first.release()
    assert holder(tmp_path / "lock") == ""
    Lock(tmp_path / "lock").release()
    assert (tmp_path / "lock").exists(), "removing it would let two hold it"


def test_asking_who_holds_it_takes_nothing(tmp_path: Path) -> None:
    assert holder(tmp_path / "lock") == ""
    assert not (tmp_path / "lock").exists()


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_named_as_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(_fd: int, *, shared: bool = False) -> None:
        raise OSError(code, f"no locks {shared}")

    monkeypatch.setattr(lock_module, "_lock", refuse)
    with pytest.raises(LockedError, match=r"has no locks.*for reading only"):
        Lock(tmp_path / "lock")
    assert holder(tmp_path / "lock") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    held = Lock(tmp_path / "lock")
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
    held.release()


def test_a_lock_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(LockedError, match="symbolic link"):
        Lock(tmp_path / "lock")
    assert (tmp_path / "precious").read_text() == "precious"


def test_without_the_lock_file_a_second_writer_still_destroys_nothing(tmp_path: Path) -> None:
    """Someone tidies the lock file away while a window is open: what that window confirms stays."""
    path = tmp_path / "review.json"
    first, second = JournalStorage(path), JournalStorage(path)
    first.commit({"events": {1: {"kept": True}}})
    with pytest.raises(NotSavedError, match="another program"):
        second.commit({"events": {1: {"kept": False}}})
    second.close(fold_below=1 << 20)
    first.commit({"events": {2: {"kept": True}}})
    first.close()
    again = JournalStorage(path, write=False)
    assert [doc for _, doc in again.docs("events")] == [{"kept": True}, {"kept": True}]
    again.close()
