"""What a whole review costs: its numbers after a decision, its numbers from nothing, the next pair."""

from __future__ import annotations

import gc
import json
import subprocess
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from bench.measure import TAMIS, environment, in_turns, program, seconds
from bench.shop import session
from bench.table import Figure
from bench.terminal import Terminal, first_frame, in_one_frame
from tamis.domain.events import Verdict
from tamis.domain.ledger import Ledger
from tamis.services import reporting
from tamis.store.review import Review

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.measure import Plan
    from bench.shop import Shop

_TIMES = 7
_SMALL = 200
_MILLISECOND = 0.001
_NEXT_PAIR = 0.05


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """At every size: with three in ten records decided, with all decided, and with likely duplicates."""
    found = []
    for size in plan.sizes:
        found += [_after_a_decision(shop, plan, size), *_from_events(shop, plan, size)]
        found += _next_pair(shop, plan, size)
    return found


def _after_a_decision(shop: Shop, plan: Plan, size: int) -> Figure:
    with session(shop.review(size, 3 * size // 10)) as at_work:
        taken = []
        for _ in range(plan.presses):
            at_work.decide(Verdict.MAYBE)
            taken.append(seconds(lambda: reporting.counts(at_work.review, at_work.ledger)))
    return Figure(
        family="review",
        what="counts of the summary after a decision",
        size=size,
        ours=sorted(taken)[len(taken) // 2],
        against="a millisecond",
        base=_MILLISECOND,
        target=1,
    )


def _from_events(shop: Shop, plan: Plan, size: int) -> list[Figure]:
    """Without collection of garbage, as the program starts; throwing away what was made is not timed."""
    made: list[object] = []

    def timed(action: Callable[[], object]) -> float:
        made.clear()
        return seconds(lambda: made.append(action()))

    with Review.open(shop.review(size, size), write=False) as review:
        lines = [json.dumps(event.to_doc(), separators=(",", ":")).encode() for event in review.events()]

        def counted() -> object:
            ledger = Ledger(review.events())
            return reporting.counts(review, ledger), ledger

        gc.collect()
        gc.disable()
        try:
            taken = in_turns(
                min(_TIMES, plan.starts),
                {
                    "count": partial(timed, counted),
                    "loads": partial(timed, lambda: [json.loads(line) for line in lines]),
                    "events": partial(timed, lambda: list(review.events())),
                },
            )
        finally:
            gc.enable()
    return [
        Figure(
            family="review",
            what="counts of the summary from all events, from disk",
            size=size,
            ours=taken["count"],
            against=against,
            base=taken[base],
            target=target,
        )
        for base, against, target in (
            ("loads", "json.loads of the events", 1.5),
            ("events", "reading the events from disk", None),
        )
    ]


def _next_pair(shop: Shop, plan: Plan, size: int) -> list[Figure]:
    folder = shop.review(size)
    again = shop.root / f"again-{size}.ris"
    each = 10 if size >= _SMALL else 3  # one record in so many has a likely duplicate
    _write_again(shop.ris(size), again, each)
    subprocess.run(
        [*TAMIS, "import", str(folder), str(again)], env=environment(), check=True, capture_output=True
    )
    pairs = size // each
    with Terminal([*TAMIS, "screen", str(folder)]) as ours, Terminal(program("counter")) as counter:
        counter.wait(first_frame("0 of all"))
        ours.wait(first_frame(f"of {size + pairs:,}"))
        ours.settle(0.3)
        ours.press(b"D", in_one_frame("1 of ", "likely"))
        numbers = {terminal: count(start) for terminal, start in ((ours, 2), (counter, 1))}

        def press(terminal: Terminal, key: bytes, words: str) -> float:
            terminal.settle()
            n = next(numbers[terminal])
            shown = (n - 1) % pairs + 1 if terminal is ours else n
            return terminal.press(key, in_one_frame(f"{shown:,} of {words}"))

        counter.settle(0.3)
        taken = in_turns(
            max(3, min(plan.presses // 4, pairs - 2)),
            {"pair": lambda: press(ours, b"j", ""), "counter": lambda: press(counter, b"m", "all")},
        )
    return [
        Figure(
            family="review",
            what="key to the next pair of likely duplicates painted",
            size=size,
            ours=taken["pair"],
            against=against,
            base=base,
            target=target,
        )
        for against, base, target in (
            ("50 milliseconds", _NEXT_PAIR, 1),
            ("key to paint in a Textual app of one word", taken["counter"], None),
        )
    ]


def _write_again(source: Path, path: Path, each: int) -> None:
    """One record in so many as a preprint server would have it: a year before, without a journal."""
    kept, number = ("TY", "TI", "AU", "ER"), 0
    with source.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8", newline="\n") as out:
        for line in lines:
            tag = line[:2]
            if tag == "TY":
                number += 1
            if number % each:
                continue
            if tag == "PY":
                out.write(f"PY  - {int(line[6:]) - 1}\n")
            elif tag in kept or not line.strip():
                out.write(line)
