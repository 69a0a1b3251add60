"""`kill -9` at any moment: what was confirmed is there, everything opens, the lock is free.

`TAMIS_KILLS` sets how often each kind of writer is killed (20 unless told).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tamis.errors import LockedError
from tamis.store.review import Review

from .helpers import new_review

KILLS = int(os.environ.get("TAMIS_KILLS", "20"))
TESTS = Path(__file__).parents[1]


def start(kind: str, folder: Path) -> subprocess.Popen[str]:
    """A writer in a process of its own, which has opened the review."""
    paths = [str(TESTS), str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, "-m", "store.writer", kind, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
@pytest.mark.parametrize("kind", ["events", "import", "fold"])
def test_a_killed_writer_loses_nothing_it_confirmed(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "r"
    new_review(folder).close()
    chance = random.Random()
    confirmed = 0
    sources: set[str] = set()
    for _ in range(KILLS):
        process = start(kind, folder)
        time.sleep(chance.uniform(0, 0.08))
        process.send_signal(signal.SIGKILL)
        output, _errors = process.communicate()
        for line in output.splitlines(keepends=True):
            word, _, value = line.partition(" ")
            if word == "event" and line.endswith("\n"):
                confirmed = max(confirmed, int(value))
            elif word == "source" and line.endswith("\n"):
                sources.add(value.strip())
        with Review.open(folder) as review:
            seqs = [event.seq for event in review.events()]
            assert seqs == list(range(1, len(seqs) + 1))
            assert confirmed <= len(seqs) <= confirmed + 1
            confirmed = len(seqs)
            assert {source.sha256 for source in review.sources} >= sources
            assert len(review.records) == 399 * len(review.sources)
            assert review.verify() == []
            if review.records:
                assert review.records[-1].title == "Title 399"
    assert confirmed > 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
def test_a_second_process_hears_who_writes_and_a_killed_holder_frees_the_review(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    new_review(folder).close()
    process = start("events", folder)
    try:
        with pytest.raises(
            LockedError, match=rf"^kay \(process {process.pid} on .*since 2026-01-01T00:00:00Z\) has"
        ):
            Review.open(folder)
        with Review.open(folder, write=False) as review:
            assert review.holder.startswith(f"kay (process {process.pid} ")
    finally:
        process.kill()
        process.communicate()
    with Review.open(folder) as review:
        assert review.writable
        assert review.holder == ""


def test_reading_goes_on_while_another_process_writes_and_folds(tmp_path: Path) -> None:
    """Each look sees whole lines only, and never less than the look before."""
    folder = tmp_path / "r"
    new_review(folder).close()
    process = start("fold", folder)
    seen = looks = 0
    try:
        until = time.monotonic() + 2
        while time.monotonic() < until:
            with Review.open(folder, write=False) as review:
                seqs = [event.seq for event in review.events()]
            assert seqs == list(range(1, len(seqs) + 1))
            assert len(seqs) >= seen
            seen = len(seqs)
            looks += 1
    finally:
        process.kill()
        process.communicate()
    assert looks > 10
    assert seen > 10
