"""One decision, against TinyDB's own storage."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

from tinydb import TinyDB

from bench.measure import median, seconds
from bench.shop import session
from bench.table import Figure
from tamis.domain.events import Verdict

if TYPE_CHECKING:
    from bench.measure import Plan
    from bench.shop import Shop

_TARGETS = {10_000: 50.0}
_MANY = 50_000


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """Deciding, all of it, against inserting the same event into the same file with stock TinyDB."""
    return [_figure(shop, plan, size) for size in plan.sizes]


def _figure(shop: Shop, plan: Plan, size: int) -> Figure:
    folder = shop.review(size)
    stock_file = shop.root / f"stock-{size}.json"
    shutil.copyfile(folder / "review.json", stock_file)
    ours, theirs = [], []
    with session(folder) as at_work, TinyDB(stock_file) as stock:
        events = stock.table("events")
        for _ in range(2 if size >= _MANY else 5):
            decide = partial(at_work.decide, Verdict.MAYBE)
            ours += [seconds(decide) for _ in range(max(5, plan.presses // 5))]
            doc = decide().event.to_doc()
            theirs.append(seconds(partial(events.insert, doc)))
    stock_file.unlink()
    return Figure(
        family="decide",
        what="one decision, on disk",
        size=size,
        ours=median(ours),
        against="inserting it with stock TinyDB (JSONStorage)",
        base=median(theirs),
        target=_TARGETS.get(size),
        sense=">=",
    )
