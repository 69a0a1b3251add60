"""Features made in a process of their own: counting words is plain Python, and would hold up every key.

`python -m tamis.services.ranking.building FOLDER FILE` makes those of a review and keeps them in a file. What
it says on stdout is for `build_in_background`: how many records it has counted, a number a line.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.domain.ledger import Ledger
from tamis.errors import TamisError
from tamis.services import ranking
from tamis.services.catalogue import record_at
from tamis.services.ranking.words import words_of
from tamis.store.review import Review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tamis.services.ranking.features import Features
    from tamis.services.ranking.words import Words


def texts(review: Review) -> Iterator[Words]:
    """What ranking reads of every record of a review, corrected, in the order of the import."""
    ledger = Ledger(review.events())
    for index in range(len(review.records)):
        yield words_of(record_at(review, ledger, index))


def build_in_background(
    folder: Path, path: Path, progress: Callable[[int], None] | None = None
) -> Features | None:
    """The features of a review, row by row its records, from a file or made anew and kept there.

    Meant for a thread: it waits for another process and holds nobody up.

    Args:
        folder: the review, as it is on disk.
        path: where the features are kept. What is damaged, of another version or of other texts is replaced.
        progress: called now and then with how many records are counted; may raise to stop.

    Returns:
        The features; None when they could not be made: the review cannot be read, no space is left.

    Raises:
        UsageError: what ranking needs is not installed.
    """
    ranking.require()
    alone = "-P"  # no module out of the current folder, which may be a review that somebody sent
    command = [sys.executable, alone, "-m", "tamis.services.ranking.building", str(folder), str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        try:
            for line in child.stdout or ():
                if progress is not None and line.strip().isdigit():
                    progress(int(line))
        except BaseException:
            child.kill()
            raise
    if child.returncode:
        return None

    from tamis.services.ranking.features import Features

    return Features.load(path)


def build(folder: Path, path: Path, progress: Callable[[int], None]) -> None:
    """Make the features of a review and keep them, unless the file holds them already.

    Raises:
        TamisError: the review cannot be read, or the file not written.
    """
    from tamis.services.exporting import write_file
    from tamis.services.ranking.features import Features, digest_of

    with Review.open(folder, write=False) as review:
        kept = Features.load(path)
        if kept is not None and kept.digest == digest_of(texts(review)):
            return
        del kept
        made = Features.build(texts(review), progress)
    write_file(path, made.save)


def main() -> int:
    """The program."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(5)
    folder, path = map(Path, sys.argv[1:])
    try:
        build(folder, path, lambda counted: print(counted, flush=True))
    except (TamisError, BrokenPipeError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
