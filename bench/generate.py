"""Invented records as clean RIS, the same ones for the same seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ABSTRACT = 1600
"""Characters of an abstract: about what searches in medical databases return."""

_LETTERS = "abcdefghijklmnoprstuvwy"
_VOCABULARY = 4000


def token(n: int) -> str:
    """What the abstract of record `n` (from 1) begins with, and nothing else holds."""
    return f"zq{n:07d}"


def records(count: int, seed: int = 1) -> Iterator[str]:
    """Records as RIS, each ending with a blank line."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices(_LETTERS, k=rng.randint(2, 11))) for _ in range(_VOCABULARY)]

    def words(length: int) -> str:
        return " ".join(rng.choices(vocabulary, k=length // 3))[:length].strip()

    for n in range(1, count + 1):
        first = rng.randint(1, 900)
        lines = [
            "TY  - JOUR",
            f"TI  - {words(90).capitalize()}",
            *(f"AU  - {rng.choice(vocabulary).capitalize()}, {rng.choice('ABCDE')}." for _ in range(4)),
            f"PY  - {rng.randint(1990, 2025)}",
            f"JO  - Journal of {rng.choice(vocabulary)}",
            f"VL  - {rng.randint(1, 90)}",
            f"IS  - {rng.randint(1, 12)}",
            f"SP  - {first}",
            f"EP  - {first + 9}",
            f"DO  - 10.5555/x{n}",
            *(f"KW  - {rng.choice(vocabulary)}" for _ in range(2)),
            f"AB  - {token(n)} {words(ABSTRACT - len(token(n)) - 1)}",
            "ER  - ",
        ]
        yield "\n".join(lines) + "\n\n"


def write_ris(path: Path, count: int, seed: int = 1) -> None:
    """Write a file of `count` records."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(records(count, seed))
