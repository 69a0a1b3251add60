"""Writing a whole new snapshot in place of the old one, in one step."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tamis.errors import NotSavedError
from tamis.store.disk import close, reason
from tamis.store.snapshot_writer import SnapshotWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tamis.store.disk import Disk


class UnconfirmedError(NotSavedError):
    """The new snapshot has its name, but the disk did not confirm it: it may or may not be there later."""


def write_snapshot(
    path: Path,
    disk: Disk,
    write: Callable[[SnapshotWriter], None],
    generation: int,
    folded: tuple[int, str, int] | None = None,
) -> None:
    """Write a snapshot under another name and give it its name when it is on the medium.

    Args:
        path: the snapshot.
        disk: how the disk is written.
        write: puts the tables in; what it raises leaves all as it was.
        generation: of the new snapshot.
        folded: the journal that it holds, see `Seal`.

    Raises:
        NotSavedError: the old snapshot stands as it was.
        UnconfirmedError: the new one stands, perhaps not for long.
    """
    new = path.with_name(path.name + ".new")
    fd = -1
    renamed = False
    try:
        fd = disk.create(new)
        writer = SnapshotWriter(disk, fd)
        write(writer)
        writer.finish(generation, folded)
        disk.replace(new, path)
        renamed = True
        disk.sync_folder(path.parent)
    except OSError as error:
        _forget(disk, new, fd)
        if renamed:
            raise UnconfirmedError(
                f"Not saved: the disk did not confirm that {path} was written ({reason(error)[0]}). Close "
                "this window and open the review again to see what is there."
            ) from error
        raise not_saved(path.parent, error) from error
    except BaseException:
        _forget(disk, new, fd)
        raise
    finally:
        close(fd)


def not_saved(folder: Path, error: OSError) -> NotSavedError:
    """The error for a change to something in `folder` that the disk refused."""
    what, todo = reason(error)
    return NotSavedError(f"Not saved: {what} ({folder}). {todo}; what was saved before is safe.")


def _forget(disk: Disk, new: Path, fd: int) -> None:
    if fd >= 0:
        with contextlib.suppress(OSError):
            disk.remove(new)
