"""Small pieces of sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.plural import counted, form
from tamis.services.drawing import number

if TYPE_CHECKING:
    from collections.abc import Sequence

DASH = "–"


def n_of(n: int, word: str, many: str = "") -> str:
    """A number with its noun: `1 record`, `1,234 records`; zero is written as `no`."""
    return counted(n, word, many) if n else f"no {form(n, word, many)}"


def was(n: int) -> str:
    """`was` or `were`."""
    return form(n, "was", "were")


def n_was(n: int, word: str, many: str = "") -> str:
    """`1 record was`, `2 records were`."""
    return f"{n_of(n, word, many)} {was(n)}"


def were(n: int) -> str:
    """`1 was`, `2 were`, `0 were`."""
    return f"{number(n)} {was(n)}"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def cap(text: str) -> str:
    """With a capital at its beginning."""
    return f"{text[:1].upper()}{text[1:]}"
