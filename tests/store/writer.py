"""A process that writes to a review and says on its output what was confirmed, until it is killed.

Usage: `python -m store.writer KIND FOLDER`, KIND being `events`, `import` or `fold`.
"""

from __future__ import annotations

import hashlib
import sys
from functools import partial
from pathlib import Path

from tamis.domain.record import Source
from tamis.store.review import Review

from .helpers import docs, note, storage_of


def main(kind: str, folder: Path) -> None:
    """Write until the end of time."""
    with Review.open(folder, reviewer="kay", now="2026-01-01T00:00:00Z") as review:
        print("open", flush=True)
        turn = review.event_count
        while True:
            turn += 1
            if kind == "import":
                data = f"file {len(review.sources)}".encode()
                sha256 = hashlib.sha256(data).hexdigest()
                source = Source(sha256=sha256, prefix=review.prefix_for(sha256), file="f", suffix=".ris")
                review.add_source(
                    source, data, docs(source, range(1, 400), "x" * 2000), partial(_same, source)
                )
                print(f"source {sha256}", flush=True)
            event = note(review, "y" * (turn % 500))
            review.add_events([event])
            print(f"event {event.seq}", flush=True)
            if kind == "fold" and turn % 5 == 0:
                storage_of(review).fold()


def _same(source: Source) -> Source:
    return source


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
