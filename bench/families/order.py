"""What a re-rank or a sorted list in the background does to keys, against the same without."""

from __future__ import annotations

from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Final

from bench.measure import TAMIS, in_turns
from bench.table import Figure
from bench.terminal import Terminal, in_one_frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.measure import Plan
    from bench.shop import Shop

_WARMING: Final = 4
_SLOWEST: Final = 0.99
_READING: Final = 15
"""Times the patience of a terminal, for the words of all records to be counted."""


_AT_ONCE: Final = 0.05
"""Seconds that nobody notices."""
_SORTED: Final = 15
"""Times that a list is sorted, at most."""
_SORTING: Final = 0.6
"""Seconds in which it is."""


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """Keys while the list is ranked, and right after it was asked to be sorted."""
    return [*_ranking(shop, plan), *_sorting(shop, plan)]


def _ranking(shop: Shop, plan: Plan) -> list[Figure]:
    """From a decision's key to its frame, in turns with a list as imported.

    Every decision begins a re-rank, and the next key comes as soon as nothing is painted any more.
    """
    found = []
    for size in plan.sizes:
        with ExitStack() as stack:
            desks = {order: _Desk(shop.review(size), size, order) for order in ("imported", "relevance")}
            for desk in desks.values():
                stack.callback(desk.close)
            taken: dict[str, list[float]] = {order: [] for order in desks}
            for _ in range(min(plan.presses, size - _WARMING - 2)):
                for order, desk in desks.items():
                    taken[order].append(desk.press())
        slow = {order: sorted(each)[int(_SLOWEST * (len(each) - 1))] for order, each in taken.items()}
        found.append(
            Figure(
                family="order",
                what="key to decided and painted during a re-rank, the 99th of 100",
                size=size,
                ours=slow["relevance"],
                against="the same as imported",
                base=slow["imported"],
                target=2,
            )
        )
    return found


def _sorting(shop: Shop, plan: Plan) -> list[Figure]:
    """From the key that picks a random order, drawn anew each time, and a decision's key right after it."""
    found = []
    for size in plan.sizes:
        with closing(_Desk(shop.review(size), size, "imported")) as desk:
            times = min(_SORTED, plan.presses, size - _WARMING - 2)
            taken = in_turns(times, {"sort": desk.sort})
        found.append(
            Figure(
                family="order",
                what="keys to an order picked and the next record decided and painted",
                size=size,
                ours=taken["sort"],
                against="50 ms",
                base=_AT_ONCE,
                target=1,
            )
        )
    return found


class _Desk:
    """`tamis screen` in an order, with some of both decided."""

    def __init__(self, folder: Path, size: int, order: str) -> None:
        self._size = size
        self._done = 0
        self._terminal = Terminal([*TAMIS, "screen", str(folder), "--order", order])
        self._terminal.wait(lambda seen: b"include" in seen)
        if order == "relevance":
            self._patiently(lambda seen: b"Ranked; taken" in seen or b"until 1 include" in seen)
        self._terminal.settle(0.3)
        for n in range(_WARMING):
            self.press(b"ee" if n % 2 else b"i")
        self._terminal.settle(1.0)

    def close(self) -> None:
        self._terminal.__exit__()

    def sort(self) -> float:
        """Have the list sorted and decide at once; the seconds until the frame with the next count."""
        self._terminal.press(b"O", lambda seen: b"random" in seen)
        self._terminal.settle()
        taken = self.press(b"zm")
        self._terminal.settle(_SORTING)
        return taken

    def press(self, key: bytes = b"m") -> float:
        """Decide; the seconds until the frame with the next count is whole."""
        self._done += 1
        taken = self._terminal.press(key, in_one_frame(f"{self._done:,} of {self._size:,}"))
        self._terminal.settle()
        return taken

    def _patiently(self, done: Callable[[bytes], bool]) -> None:
        for _ in range(_READING):
            with suppress(RuntimeError):
                self._terminal.wait(done)
                return
        raise RuntimeError("no ranking came")
