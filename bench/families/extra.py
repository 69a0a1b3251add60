"""What has no target, but would be felt if it were slow."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from bench.families.key import Appending
from bench.measure import in_turns, seconds
from bench.shop import session
from bench.table import Figure
from tamis.domain.events import Verdict
from tamis.domain.ledger import Ledger
from tamis.services.reporting import summary
from tamis.store.review import Review

if TYPE_CHECKING:
    from pathlib import Path

    from bench.measure import Plan
    from bench.shop import Shop

_TIMES = 5
_RARE = "10.5555"
"""In the bytes of every record, in the text of none: all of them have to be looked into."""


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """Opening, taking in the events, filtering, undoing, counting."""
    return [f for size in plan.sizes for f in (*_reading(shop, plan, size), *_working(shop, plan, size))]


def _reading(shop: Shop, plan: Plan, size: int) -> list[Figure]:
    folder = shop.review(size, size)
    with Review.open(folder, write=False) as review:
        lines = [json.dumps(event.to_doc()) for event in review.events()]
        taken = in_turns(
            min(_TIMES, plan.starts),
            {
                "open": partial(seconds, partial(_open, folder)),
                "read": partial(seconds, partial(_read, folder)),
                "fold": partial(seconds, lambda: Ledger(review.events())),
                "loads": partial(seconds, lambda: [json.loads(line) for line in lines]),
            },
        )
        ledger = Ledger(review.events())
        counting = in_turns(
            min(_TIMES, plan.starts),
            {
                "count": partial(seconds, lambda: summary(review, ledger)),
                "visit": partial(seconds, lambda: sum(1 for _ in ledger.events.values())),
            },
        )
    return [
        _figure(
            "opening a review, everything decided", size, taken["open"], "reading its files", taken["read"]
        ),
        _figure("folding its events", size, taken["fold"], "json.loads of them", taken["loads"]),
        _figure("summary", size, counting["count"], "visiting each event once", counting["visit"]),
    ]


def _open(folder: Path) -> None:
    Review.open(folder, write=False).close()


def _read(folder: Path) -> None:
    for path in folder.glob("review.json*"):
        path.read_bytes()


def _working(shop: Shop, plan: Plan, size: int) -> list[Figure]:
    folder = shop.review(size)
    with session(folder) as at_work:
        queue, raws = at_work.queue, list(at_work.review.records.raws())
        abstract = at_work.review.records[0].abstract
        words = max(abstract.split(), key=len)
        taken = in_turns(
            min(_TIMES, plan.starts),
            {
                "filter": partial(seconds, lambda: queue.filter(words)),
                "miss": partial(seconds, lambda: queue.filter(_RARE)),
                "scan": partial(seconds, lambda: sum(words.encode() in raw.lower() for raw in raws)),
            },
        )
        queue.filter("")
        for _ in range(plan.presses + 1):
            at_work.decide(Verdict.MAYBE)
        appending = Appending(folder / "review.json.journal", shop.root / f"appended-{size}")
        appending.skip()
        undoing = in_turns(plan.presses, {"undo": lambda: seconds(at_work.undo), "append": appending})
        appending.close()
    scan, append = "looking through the bytes in memory", "bare append and fsync of the same bytes"
    return [
        _figure("filtering by a rare word", size, taken["filter"], scan, taken["scan"]),
        _figure("filtering, every record decoded", size, taken["miss"], scan, taken["scan"]),
        _figure("undo, on disk", size, undoing["undo"], append, undoing["append"]),
    ]


def _figure(what: str, size: int, ours: float, against: str, base: float) -> Figure:
    return Figure(family="extra", what=what, size=size, ours=ours, against=against, base=base)
