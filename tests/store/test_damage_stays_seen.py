"""Damage in the snapshot is never written anew under a fresh checksum, which would make it look like data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.errors import NotSavedError
from tamis.store.journal import JournalStorage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A small store in whose snapshot one letter of a document was altered."""
    path = tmp_path / "review.json"
    storage = JournalStorage(path)
    storage.commit({"events": {1: {"verdict": "include"}, 2: {"verdict": "maybe"}}})
    storage.close(fold_below=1 << 20)
    path.write_bytes(path.read_bytes().replace(b"include", b"exclude"))
    return path


def test_closing_does_not_seal_damage(damaged: Path) -> None:
    storage = JournalStorage(damaged)
    assert storage.verify()
    storage.commit({"events": {3: {"verdict": "include"}}})
    storage.close(fold_below=1 << 20)
    again = JournalStorage(damaged, write=False)
    assert again.verify(), "the altered letter is still found"
    assert [doc_id for doc_id, _ in again.docs("events")] == [1, 2, 3], (
        "and what was confirmed since is there"
    )
    again.close()


def test_a_large_import_does_not_seal_damage(damaged: Path) -> None:
    storage = JournalStorage(damaged)
    with pytest.raises(NotSavedError, match="tamis check"):
        storage.commit_stream("records", (b'{"n":"%s"}' % (b"x" * 1000) for _ in range(1000)))
    storage.close()
    assert JournalStorage(damaged, write=False).verify()
