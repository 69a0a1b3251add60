"""The data of a run, made once in a temporary folder: RIS files, reviews, reviews with decisions."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.generate import write_ris
from bench.measure import TAMIS, environment
from tamis.cli.clock import utc_now, uuid7
from tamis.domain.events import Author, Verdict
from tamis.services.screening import Session
from tamis.store.disk import Disk
from tamis.store.review import Review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VERDICTS = (Verdict.INCLUDE, Verdict.MAYBE, *[Verdict.EXCLUDE] * 8)


class _Hasty(Disk):
    """Does not wait for the medium: for making data only."""

    def sync(self, fd: int) -> None:
        """Nothing."""

    def sync_folder(self, folder: Path) -> None:
        """Nothing."""


class Shop:
    """Makes what is measured on, and keeps it for the next figure.

    Args:
        root: an empty folder, on the disk that is measured.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._numbers = itertools.count(1)

    def ris(self, size: int) -> Path:
        """A clean RIS file."""
        path = self.root / f"{size}.ris"
        if not path.exists():
            write_ris(path, size)
        return path

    def new_review(self) -> Path:
        """An empty review."""
        folder = self.root / f"review-{next(self._numbers)}"
        _tamis("init", str(folder), "--title", "Bench", "--reviewer", "Ann")
        return folder

    def review(self, size: int, decided: int = 0) -> Path:
        """A review of its own, for a figure to change, of which the first `decided` records are decided."""
        folder = self.root / f"review-{next(self._numbers)}"
        shutil.copytree(self._kept(size, decided), folder, copy_function=_copy)
        return folder

    def _kept(self, size: int, decided: int) -> Path:
        kept = self.root / f"kept-{size}-{decided}"
        if kept.exists():
            return kept
        if decided:
            shutil.copytree(self._kept(size, 0), kept, copy_function=_copy)
            with session(kept, _Hasty()) as at_work:
                reasons = at_work.review.protocol.reasons
                for n in range(decided):
                    verdict = _VERDICTS[n % len(_VERDICTS)]
                    why = [reasons[n % len(reasons)].id] if reasons and verdict is Verdict.EXCLUDE else []
                    at_work.decide(verdict, why)
        else:
            made = self.new_review()
            _tamis("import", str(made), str(self.ris(size)))
            made.rename(kept)
        return kept


@contextmanager
def session(folder: Path, disk: Disk | None = None) -> Iterator[Session]:
    """A review open for screening by the reviewer who made it."""
    with Review.open(folder, disk=disk) as review:
        yield Session(review, Author("Ann", utc_now, uuid7), clock=time.monotonic)


def _copy(source: str, target: str) -> None:
    """Link what tamis never changes in place, copy the journal."""
    if source.endswith((".journal", ".lock", ".toml")):
        shutil.copy2(source, target)
    else:
        os.link(source, target)


def _tamis(*arguments: str) -> None:
    subprocess.run([*TAMIS, *arguments], env=environment(), check=True, capture_output=True)
