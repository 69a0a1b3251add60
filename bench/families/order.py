"""What a re-rank in the background does to keys: the slowest of a hundred, against the same without."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final

from bench.measure import TAMIS
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


def figures(shop: Shop, plan: Plan) -> list[Figure]:
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
