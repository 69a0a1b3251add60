"""What lit terms cost: a record that is full of them against the same record without."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from bench.generate import token
from bench.measure import TAMIS, in_turns
from bench.table import Figure
from bench.terminal import Terminal, first_frame, in_one_frame

if TYPE_CHECKING:
    from pathlib import Path

    from bench.measure import Plan
    from bench.shop import Shop

_WARMING: Final = 5
_SETS: Final = ("abc", "def", "ghi", "jkl", "mno", "p")
"""First letters of what is lit: of the 23 that words begin with, so that a tenth of all characters begin
a lit place, as in 2,000 characters with 200 of them."""
_OTHERS: Final = 50
"""Terms of each set that stand nowhere: sets are long, hits few."""


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """From the key to the next record painted, lit and unlit, in turns."""
    found = []
    for size in plan.sizes:
        with ExitStack() as stack:
            unlit, lit = shop.review(size), shop.review(size)
            _light(lit)
            walks = {name: _Walk(folder) for name, folder in (("unlit", unlit), ("lit", lit))}
            for walk in walks.values():
                stack.callback(walk.close)
                for _ in range(_WARMING):
                    walk.press()
            taken = in_turns(
                min(plan.presses, size - _WARMING - 1), {name: w.press for name, w in walks.items()}
            )
        found.append(
            Figure(
                family="highlight",
                what="key to the next record painted, a tenth of its characters beginning a lit place",
                size=size,
                ours=taken["lit"],
                against="the same records, nothing lit",
                base=taken["unlit"],
                target=1.3,
            )
        )
    return found


def _light(folder: Path) -> None:
    """Give a review's protocol its sets."""
    with (folder / "protocol.toml").open("a", encoding="utf-8") as file:
        for letters in _SETS:
            terms = [f"{letter}*" for letter in letters]
            terms += [f"{letters} nowhere{n}*" for n in range(_OTHERS)]
            file.write(f'\n[[highlight]]\nname = "{letters}"\nterms = {terms!r}\n')


class _Walk:
    """`tamis screen`, from record to record."""

    def __init__(self, folder: Path) -> None:
        self._terminal = Terminal([*TAMIS, "screen", str(folder)])
        self._at = 1
        self._terminal.wait(first_frame(token(1)))
        self._terminal.settle(0.3)

    def close(self) -> None:
        self._terminal.__exit__()

    def press(self) -> float:
        """The next record; the seconds until the frame with it is whole."""
        self._at += 1
        taken = self._terminal.press(b"j", in_one_frame(token(self._at)))
        self._terminal.settle()
        return taken
