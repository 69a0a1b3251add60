"""From the key to the decision on disk and the next record painted."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bench.generate import token
from bench.measure import TAMIS, in_turns, program, seconds
from bench.shop import session
from bench.table import Figure
from bench.terminal import Terminal, first_frame, in_one_frame
from tamis.domain.events import Verdict
from tamis.store.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.measure import Plan
    from bench.shop import Shop
    from tamis.services.screening import Session

_WARMING = 5


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """Key to paint, and the part of it that is deciding, against a bare append that waits for the disk."""
    return [*_painted(shop, plan), *_decided(shop, plan)]


class Appending:
    """Appends the same bytes as a journal just did, to a file beside it, in the barest way."""

    def __init__(self, journal: Path, file: Path) -> None:
        self._journal = journal
        self._fd = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._sync = Disk().sync
        self._at = 0

    def skip(self) -> None:
        """Go on from the journal's end as it is now."""
        self._at = self._journal.stat().st_size

    def __call__(self) -> float:
        """Append what the journal has gained; the seconds that takes."""
        with self._journal.open("rb") as file:
            file.seek(self._at)
            line = file.read()
        self._at += len(line)

        def append() -> None:
            os.write(self._fd, line)
            self._sync(self._fd)

        return seconds(append)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


class _Screening:
    """`tamis screen` on a review in which nothing is decided."""

    def __init__(self, folder: Path, size: int) -> None:
        self._terminal = Terminal([*TAMIS, "screen", str(folder)])
        self._size = size
        self._done = 0
        self._terminal.wait(first_frame(token(1)))
        self._terminal.settle(0.3)

    def close(self) -> None:
        self._terminal.__exit__()

    def press(self) -> float:
        """Decide; the seconds until the frame with the next count and the next record is whole."""
        self._done += 1
        count = f"{self._done:,} of {self._size:,}"
        taken = self._terminal.press(b"m", in_one_frame(count, token(self._done + 1)))
        self._terminal.settle()
        return taken


class _Counting:
    """The least that a Textual app can do at a key."""

    def __init__(self) -> None:
        self._terminal = Terminal(program("counter"))
        self._done = 0
        self._terminal.wait(first_frame("0 of all"))
        self._terminal.settle(0.3)

    def close(self) -> None:
        self._terminal.__exit__()

    def press(self) -> float:
        self._done += 1
        taken = self._terminal.press(b"m", in_one_frame(f"{self._done:,} of all"))
        self._terminal.settle()
        return taken


def _painted(shop: Shop, plan: Plan) -> list[Figure]:
    presses: dict[str, Callable[[], float]] = {}
    with ExitStack() as stack:
        for size in plan.sizes:
            folder = shop.review(size)
            screening = _Screening(folder, size)
            stack.callback(screening.close)
            for _ in range(_WARMING):
                screening.press()
            appending = Appending(folder / "review.json.journal", shop.root / f"appended-{size}")
            stack.callback(appending.close)
            appending.skip()
            presses |= {f"key {size}": screening.press, f"append {size}": appending}
        counting = _Counting()
        stack.callback(counting.close)
        for _ in range(_WARMING):
            counting.press()
        taken = in_turns(plan.presses, {**presses, "counter": counting.press})
    found = [
        Figure(
            family="key",
            what="key to decided, on disk, next record painted",
            size=size,
            ours=taken[f"key {size}"],
            against="bare append and fsync of the same bytes",
            base=taken[f"append {size}"],
            target=5,
        )
        for size in plan.sizes
    ]
    small, large = plan.sizes[0], plan.sizes[-1]
    grown = Figure(
        family="key",
        what="the same",
        size=large,
        ours=taken[f"key {large}"],
        against=f"at {small:,} records",
        base=taken[f"key {small}"],
        target=1.3,
    )
    floor = Figure(
        family="key",
        what="the same",
        size=large,
        ours=taken[f"key {large}"],
        against="key to paint in a Textual app of one word",
        base=taken["counter"],
    )
    framework = Figure(
        family="key",
        what="that app of one word, which stores nothing",
        size=0,
        ours=taken["counter"],
        against="bare append and fsync of the same bytes",
        base=taken[f"append {large}"],
    )
    return [*found, grown, floor, framework]


def _decided(shop: Shop, plan: Plan) -> list[Figure]:
    found = []
    for size in plan.sizes:
        folder = shop.review(size)
        with session(folder) as at_work:
            for _ in range(_WARMING):
                at_work.decide(Verdict.MAYBE)
            appending = Appending(folder / "review.json.journal", shop.root / f"appended-{size}")
            appending.skip()
            taken = in_turns(plan.presses, {"decide": _deciding(at_work), "append": appending})
            appending.close()
        found.append(
            Figure(
                family="key",
                what="of it, deciding: Session.decide alone",
                size=size,
                ours=taken["decide"],
                against="bare append and fsync of the same bytes",
                base=taken["append"],
            )
        )
    return found


def _deciding(at_work: Session) -> Callable[[], float]:
    return lambda: seconds(lambda: at_work.decide(Verdict.MAYBE))
