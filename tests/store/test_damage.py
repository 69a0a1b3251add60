"""Damaged journals: nothing acknowledged is lost, nothing altered is believed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tamis.errors import DamagedError, StoreError
from tamis.store.journal import JournalStorage
from tamis.store.recovery import recover

from .helpers import QuickDisk, files, look

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 6


def doc(n: int) -> dict[str, object]:
    """The document with this number; its text looks like a line of the journal."""
    return {"n": n, "text": f"é{n} 0123abcd {{\t}}\n" * (n % 3)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A review.json whose journal has `COUNT` lines of one document."""
    path = tmp_path / "review.json"
    storage = JournalStorage.create(path, {"events": {}}, disk=QuickDisk())
    for n in range(1, COUNT + 1):
        storage.commit({"events": {n: doc(n)}})
    storage.close()
    return path


def journal(path: Path) -> Path:
    """Its journal."""
    return path.with_name("review.json.journal")


def test_a_tail_torn_at_any_byte_loses_nothing_that_was_confirmed(path: Path) -> None:
    """Cut anywhere, filled with zeros or not: every whole line before the cut is there, and nothing else."""
    whole = journal(path).read_bytes()
    ends = [at + 1 for at, byte in enumerate(whole) if byte == 0x0A]
    for cut in range(len(whole)):
        for filling in (b"", b"\0" * 7):
            journal(path).write_bytes(whole[:cut] + filling)
            torn = cut not in ends or bool(filling)
            lines = sum(end <= cut for end in ends)
            confirmed = [(n, doc(n)) for n in range(1, lines)]
            assert look(path) == {"events": confirmed}
            storage = JournalStorage(path, disk=QuickDisk())
            assert list(storage.docs("events")) == confirmed
            assert bool(storage.repairs) == (torn and cut + len(filling) > 0)
            storage.commit({"events": {99: {"n": 99}}})
            storage.close_files()
            assert look(path) == {"events": [*confirmed, (99, {"n": 99})]}
            journal(path).unlink()


def test_the_bytes_of_a_torn_tail_are_kept(path: Path) -> None:
    whole = journal(path).read_bytes()
    journal(path).write_bytes(whole[:-5])
    storage = JournalStorage(path, disk=QuickDisk())
    storage.close()
    last = whole[:-5].rpartition(b"\n")[2]
    assert path.with_name("review.json.torn").read_bytes() == last + b"\n"
    assert "had not been confirmed" in storage.repairs[0]


def test_reading_passes_a_torn_tail_over_and_changes_nothing(path: Path) -> None:
    journal(path).write_bytes(journal(path).read_bytes()[:-5])
    before = files(path.parent)
    assert len(look(path)["events"]) == COUNT - 1
    assert files(path.parent) == before


def test_a_flipped_bit_never_alters_a_document(path: Path) -> None:
    """Every single bit: either the change is noticed, or only the last, unconfirmed line is passed over."""
    whole = journal(path).read_bytes()
    right = [(n, doc(n)) for n in range(1, COUNT + 1)]
    refused = 0
    sentences = set()
    for bit in range(len(whole) * 8):
        altered = bytearray(whole)
        altered[bit // 8] ^= 1 << bit % 8
        journal(path).write_bytes(altered)
        try:
            events = look(path)["events"]
        except DamagedError as error:
            sentences.add(str(error))
            refused += 1
        else:
            assert events == right[:-1], "the last line counts as torn"
    assert refused > bit * 0.6
    assert all("journal, line " in text for text in sentences)
    assert all(f"`tamis check {path.parent} --recover`" in text for text in sentences)


def test_recovery_loses_at_most_the_altered_line(path: Path) -> None:
    """After one flipped bit anywhere every other document is back, and the damaged file is kept."""
    whole = journal(path).read_bytes()
    right = [(n, doc(n)) for n in range(1, COUNT + 1)]
    for bit in range(0, len(whole) * 8, 3):
        altered = bytearray(whole)
        altered[bit // 8] ^= 1 << bit % 8
        journal(path).write_bytes(altered)
        done = recover(path, QuickDisk())
        events = look(path)["events"]
        assert len(events) >= COUNT - 1, (bit, whole[bit // 8 - 20 : bit // 8 + 20])
        assert [event for event in right if event in events] == events
        kept = path.with_name("review.json.journal.damaged-1")
        if done:
            assert kept.read_bytes() == altered
            kept.unlink()
        else:
            assert not kept.exists()


def test_a_missing_doubled_or_moved_line_is_noticed(path: Path) -> None:
    lines = journal(path).read_bytes().splitlines(keepends=True)
    for changed in (
        [*lines[:2], *lines[3:]],
        [*lines[:3], *lines[2:]],
        [lines[0], lines[2], lines[1], *lines[3:]],
        [lines[0], *lines[2:]],
        lines[1:],
    ):
        journal(path).write_bytes(b"".join(changed))
        with pytest.raises(DamagedError):
            look(path)


def test_damaged_stretches_are_noticed_and_recovery_invents_nothing(path: Path) -> None:
    whole = journal(path).read_bytes()
    right = [(n, doc(n)) for n in range(1, COUNT + 1)]
    chance = random.Random(7)
    for _ in range(400):
        at = chance.randrange(len(whole))
        size = chance.choice((1, 8, 64, 512))
        filling = chance.choice((bytes(size), chance.randbytes(size), whole[:size]))
        journal(path).write_bytes((whole[:at] + filling + whole[at + size :])[: len(whole)])
        try:
            events = look(path)["events"]
        except StoreError:
            recover(path, QuickDisk())
            events = look(path)["events"]
        assert [event for event in right if event in events] == events


def test_a_journal_of_another_snapshot_is_refused_and_set_aside_on_request(
    path: Path, tmp_path: Path
) -> None:
    """As after putting back only one of the two files from a backup."""
    old = path.read_bytes()
    storage = JournalStorage(path, disk=QuickDisk())
    storage.fold()
    storage.commit({"events": {50: {}}})
    storage.close()
    newer = journal(path).read_bytes()
    path.write_bytes(old)
    before = files(tmp_path)
    for write in (True, False):
        with pytest.raises(DamagedError, match=r"does not belong to the review\.json beside it"):
            JournalStorage(path, write=write)
    assert files(tmp_path) == before
    assert "kept as review.json.journal.damaged-1" in recover(path, QuickDisk())[0]
    assert look(path) == {"events": []}
    assert path.with_name("review.json.journal.damaged-1").read_bytes() == newer


def test_a_journal_that_was_folded_in_is_dropped(path: Path) -> None:
    """As after a crash between the two steps of folding; but only the very journal that was folded."""
    old = journal(path).read_bytes()
    storage = JournalStorage(path, disk=QuickDisk())
    storage.fold()
    storage.close()
    journal(path).write_bytes(old)
    assert len(look(path)["events"]) == COUNT
    JournalStorage(path, disk=QuickDisk()).close()
    assert not journal(path).exists()
    journal(path).write_bytes(old + old.splitlines(keepends=True)[-1])
    with pytest.raises(DamagedError):
        look(path)


@pytest.mark.parametrize("write", [True, False])
def test_a_missing_snapshot_is_not_taken_for_a_new_one(path: Path, write: bool) -> None:
    path.unlink()
    with pytest.raises(DamagedError, match=r"is missing, though review\.json\.journal is there"):
        JournalStorage(path, write=write)
    path.touch()
    with pytest.raises(DamagedError):
        JournalStorage(path, write=write)


def test_a_sound_journal_needs_no_recovery(path: Path) -> None:
    before = files(path.parent)
    assert recover(path, QuickDisk()) == []
    assert files(path.parent) == before
