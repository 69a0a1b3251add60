"""Opening a snapshot with its journal, also while another process writes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tamis.errors import DamagedError, StoreError
from tamis.store.disk import RESTORE, OpenFile, reason
from tamis.store.replay import read_journal
from tamis.store.snapshot import Snapshot, open_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.store.stored import Stored

_TRIES = 20


def read_snapshot(path: Path, journal_path: Path) -> Snapshot:
    """Open the snapshot.

    Raises:
        DamagedError: it is damaged, or missing though its journal is there.
        StoreError: it cannot be read.
    """
    try:
        file = OpenFile(path)
    except FileNotFoundError:
        if journal_path.exists():
            raise DamagedError(
                f"{path} is missing, though {journal_path.name} is there; put it back from a backup."
            ) from None
        raise StoreError(f"There is no {path}.") from None
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {reason(error)[0]}.") from error
    try:
        if file.size() == 0 and journal_path.exists():
            raise ValueError("empty")
        return open_snapshot(file)
    except (ValueError, RecursionError) as error:
        raise DamagedError(
            f"{path} is damaged: it is not a whole TinyDB file; {RESTORE}, and keep {journal_path.name}."
        ) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {reason(error)[0]}.") from error


def open_for_reading(path: Path, journal_path: Path) -> tuple[Snapshot, dict[str, Stored]]:
    """Open snapshot and journal without changing anything; they belong together.

    The writer may fold the journal in between our looking at the one and the other, so this looks again
    until the snapshot is still the same one after the journal was read.

    Raises:
        DamagedError: they are damaged, or do not belong together.
        StoreError: they cannot be read.
    """
    for attempt in range(_TRIES):
        snapshot = read_snapshot(path, journal_path)
        try:
            tables = snapshot.tables()
            read_journal(journal_path, snapshot.seal, tables)
        except DamagedError:
            if snapshot.file.current():
                raise
        else:
            if snapshot.file.current():
                return snapshot, tables
        snapshot.file.close()
        time.sleep(0.002 * attempt)
    raise StoreError(f"{path} changes faster than it can be read; try again when the other window is idle.")
