"""The form of a word for how many there are. Every count that may be one is worded here."""

from __future__ import annotations


def form(n: int, one: str, many: str = "") -> str:
    """`one` for one, else `many`, which is `one` with an s unless given."""
    return one if n == 1 else many or f"{one}s"


def counted(n: int, one: str, many: str = "") -> str:
    """The number with its word: `0 records`, `1 record`, `1,234 records`."""
    return f"{n:,} {form(n, one, many)}"
