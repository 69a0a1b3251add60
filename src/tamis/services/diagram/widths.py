"""How wide text may become in any of the sans serif fonts people have. Pure.

A drawing in vector form does not know the font it will be shown in. The widths here are the widest of Arial,
Helvetica, Liberation Sans, DejaVu Sans and Verdana, so a line that fits here fits in all of them.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

FONTS: Final = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', Verdana, sans-serif"
"""The fonts a drawing asks for, the first that is there."""

_BOLD: Final = 1.26
"""No letter of these fonts is wider in bold by more than this factor."""

# Hundredths of the font size, from blank to ~.
_ASCII: Final = bytes.fromhex(
    "2429 2e54 406c 4e1c 2e2e 4054 252e 252e 4040 4040 4040 4040 4040 2e2e 5454 5438"
    "6645 4549 4e43 3e4e 4c2b 3246 3857 4b4f 434f 4945 3e4a 4563 4543 452e 2e2e 5440"
    "403e 4037 403e 2440 401c 233c 1c62 403e 4040 2b35 2840 3c52 3c3c 3540 2e40 54"
)
_RANGES: Final = (
    (0x01C4, 0x01CC, 1.6),
    (0x01F1, 0x01F3, 1.6),
    (0x00A0, 0x024F, 1.12),
    (0x0370, 0x045F, 1.15),
    (0x0590, 0x05FF, 0.95),
    (0x0600, 0x06FF, 1.05),
    (0x2030, 0x2031, 1.9),
    (0x2E3A, 0x2E3B, 3.2),
    (0x3000, 0x9FFF, 1.02),
    (0xAC00, 0xD7A3, 1.02),
    (0xFDF0, 0xFDFC, 3.5),
    (0xFDFD, 0xFDFD, 14.0),
    (0x12000, 0x1254F, 7.0),
    (0x20000, 0x3FFFF, 1.02),
)
"""Scripts whose letters are narrower, or signs wider, than their category says; font sizes."""
_CATEGORIES: Final = {"L": 1.65, "M": 1.3, "N": 1.4, "P": 1.1, "S": 1.75, "Z": 1.05, "C": 1.65}


def width(text: str, *, bold: bool = False) -> float:
    """At most so many times the font size is a line of clean text wide."""
    return sum(map(_char, text)) * (_BOLD if bold else 1.0)


@lru_cache(maxsize=4096)
def _char(char: str) -> float:
    if char.isascii():
        return _ASCII[ord(char) - 0x20] / 100 if char.isprintable() else _CATEGORIES["C"]
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    base = unicodedata.normalize("NFD", char)[0]
    if base.isascii():
        return _char(base) * 1.1 + 0.1  # a háček beside its letter, as in ľ, makes it wider
    code = ord(char)
    return next((wide for low, high, wide in _RANGES if low <= code <= high), _CATEGORIES[category[0]])
