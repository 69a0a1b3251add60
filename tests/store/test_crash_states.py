"""Power cuts: from every state they may leave, everything confirmed comes back and nothing is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tamis.store.journal
from tamis.errors import UsageError
from tamis.store.disk import Disk
from tamis.store.review import Review

from .crashes import NotingDisk
from .helpers import QuickDisk, add, new_review, note, storage_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

Seen = tuple[list[str], list[str]] | None


def seen(review: Review) -> Seen:
    """What a review holds: record ids and notes."""
    return [record.id for record in review.records], [event.text for event in review.events()]


def restore(folder: Path, state: tuple[tuple[str, bytes], ...]) -> None:
    """Make the files of a state."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    for name, data in state:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def test_no_power_cut_loses_what_was_confirmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through making a review, importing (small and large), deciding, folding, closing and opening again."""
    monkeypatch.setattr(tamis.store.journal, "_SMALL_BATCH", 300)
    folder = tmp_path / "r"
    disk = NotingDisk(folder)
    states: list[Seen] = [None]

    def confirm(review: Review) -> None:
        states.append(seen(review))
        disk.confirmed += 1
        disk.note()

    review = new_review(folder, disk)
    confirm(review)
    add(review, b"first file", range(1, 4))
    confirm(review)
    for n in range(3):
        review.add_events([note(review, f"note {n}")])
        confirm(review)
    add(review, b"second file", range(1, 30))
    confirm(review)
    review.add_events([note(review, "after a large import")])
    confirm(review)
    storage_of(review).fold()
    review.add_events([note(review, "after folding")])
    confirm(review)
    review.close()
    with Review.open(folder, disk=disk) as review:
        review.add_events([note(review, "opened again")])
        confirm(review)
    check(disk, states, tmp_path / "cut")


def check(disk: NotingDisk, states: list[Seen], folder: Path) -> None:
    """Open every state: it holds what was confirmed, perhaps with the change that was under way."""
    assert len(disk.states) > 150
    for confirmed, state in disk.states:
        restore(folder, state)
        for _ in range(2):  # what the first opening repairs, the second must find in order
            try:
                with Review.open(folder, disk=QuickDisk()) as review:
                    found = seen(review)
                    assert review.verify() == []
            except UsageError:
                found = None
            assert found in states[confirmed : confirmed + 2], (confirmed, [name for name, _ in state])


def test_the_harness_finds_a_store_that_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    """Without fsync the same states lose confirmed changes: so the test above can fail."""
    folder = tmp_path / "r"

    class Careless(NotingDisk):
        def sync(self, fd: int) -> None:
            Disk.sync(self, fd)

    disk = Careless(folder)
    review = new_review(folder, disk)
    disk.confirmed += 1
    review.add_events([note(review)])
    disk.confirmed += 1
    disk.note()
    review.close()
    lost: list[Any] = []
    for confirmed, state in disk.states:
        restore(tmp_path / "cut", state)
        try:
            with Review.open(tmp_path / "cut", disk=QuickDisk()) as again:
                lost += [confirmed] if again.event_count < confirmed - 1 else []
        except Exception as error:  # noqa: BLE001 - any shows that it was lost
            lost += [error] if confirmed else []
    assert lost
