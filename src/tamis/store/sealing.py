"""The seal of a snapshot: which one it is, and a checksum of what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SEAL = "_journal"
"""The table in which a snapshot keeps its own `Seal`; the last one in the file."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Which snapshot this is.

    Attributes:
        generation: one more than that of the snapshot it was made from.
        crc32: checksum of the `size` bytes before the seal.
        size: see there.
        folded: generation, crc32 and length of the journal that was folded into it; None without one.
    """

    generation: int = 0
    crc32: str = ""
    size: int = 0
    folded: tuple[int, str, int] | None = None

    def to_doc(self) -> dict[str, Any]:
        """A JSON object."""
        doc: dict[str, Any] = {"generation": self.generation, "crc32": self.crc32, "size": self.size}
        if self.folded:
            doc["folded"] = list(self.folded)
        return doc

    @classmethod
    def from_doc(cls, doc: Any) -> Seal:
        """The inverse of `to_doc`; a seal that makes no sense is none."""
        try:
            folded = doc.get("folded")
            gone = (int(folded[0]), str(folded[1]), int(folded[2])) if folded else None
            return cls(int(doc["generation"]), str(doc["crc32"]), int(doc["size"]), gone)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return cls()
