"""Reading small files of other tools."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

from tamis.domain.record import Record
from tamis.formats import Hint, read
from tamis.formats.peers import lift

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def records(text: str | bytes, name: str = "file", hint: Hint | None = None) -> list[Record]:
    """The records of a file, all of which must be readable."""
    data = text.encode() if isinstance(text, str) else text
    reading = read(data, name=name, hint=hint)
    items = list(reading)
    assert reading.found == reading.imported + len(reading.problems)
    found = [item for item in items if isinstance(item, Record)]
    assert len(found) == len(items)
    return found


def table(*rows: Sequence[str]) -> str:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def pack(files: Mapping[str, str | bytes]) -> bytes:
    """Files as a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def noted(*notes: str, hint: Hint | None = None, **extra: str) -> Record:
    """A record with notes and columns, after other tools' marks have been lifted."""
    return lift(Record(title="T", notes=notes, extra={k: (v,) for k, v in extra.items()}), hint)


def said(found: list[Record]) -> Counter[tuple[str, str, str]]:
    """How often each reviewer, stage and verdict comes."""
    return Counter((d.by, d.stage, d.verdict) for record in found for d in record.decisions)


def verdicts(found: list[Record], stage: str = "title-abstract") -> Counter[str]:
    """How often each verdict comes at a stage."""
    return Counter(d.verdict for record in found for d in record.decisions if d.stage == stage)
