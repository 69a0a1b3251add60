"""From the command to the first record painted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bench.generate import token
from bench.measure import TAMIS, in_turns, program
from bench.table import Figure
from bench.terminal import LAST_ROW, Terminal, first_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.measure import Plan
    from bench.shop import Shop

_TARGETS = {1_000: 1.5, 10_000: 1.5, 100_000: 3.0}
_BLANK_ROW = LAST_ROW.decode()


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """Whole processes: with nothing, half and everything decided, against an empty app's first frame."""
    starts: dict[str, Callable[[], float]] = {"empty": partial(_start, program("empty"), _BLANK_ROW)}
    for size in plan.sizes:
        for decided in (0, size // 2, size):
            folder = shop.review(size, decided)
            # With everything decided it opens at the record after the last decision, or at the last one.
            text = token(min(decided + 1, size))
            starts[f"{size} {decided}"] = partial(_start, (*TAMIS, "screen", str(folder)), text)
    taken = in_turns(plan.starts, starts)
    return [
        Figure(
            family="start",
            what=f"tamis screen to first record painted, {words} decided",
            size=size,
            ours=taken[f"{size} {decided}"],
            against="an empty Textual app's first paint",
            base=taken["empty"],
            target=_TARGETS.get(size),
        )
        for words, share in (("nothing", 0.0), ("half", 0.5), ("everything", 1.0))
        for size in plan.sizes
        for decided in (int(size * share),)
    ]


def _start(argv: Sequence[str], text: str) -> float:
    with Terminal(argv) as terminal:
        return terminal.wait(first_frame(text)) - terminal.begun
