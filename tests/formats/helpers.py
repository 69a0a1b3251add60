"""What the format tests share."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tamis import formats
from tamis.domain.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARED = Path(__file__).resolve().parents[3] / "shared"
"""Real files to try things on; tests that want them skip where they are not."""


def read_all(data: bytes | str, name: str = "test.ris") -> tuple[list[Record], formats.Reading]:
    """Records of a file whose account must add up, and the account."""
    reading = formats.read(data.encode() if isinstance(data, str) else data, name=name)
    items = list(reading)
    records = [item for item in items if isinstance(item, Record)]
    assert reading.found == reading.imported + len(reading.problems)
    assert len(records) == reading.imported
    assert len(items) == reading.found
    return records, reading


def one(data: bytes | str) -> Record:
    """The only record of a file."""
    records, reading = read_all(data)
    assert len(records) == 1, reading.problems
    return records[0]


def written(name: str, records: Iterable[Record]) -> bytes:
    """Records written in a format."""
    out = io.BytesIO()
    records = list(records)
    assert formats.write(name, records, out) == len(records)
    return out.getvalue()


def comparable(record: Record) -> Record:
    """A record without its place in the file."""
    return replace(record, id="", line=0)


def repaired(reading: formats.Reading) -> str:
    """All repairs in one string."""
    return "\n".join(f"{r.line}: {r.what}" for r in reading.repairs)
