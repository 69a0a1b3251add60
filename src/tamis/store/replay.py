"""Reading the journal back: whole lines are taken, a torn tail is passed over, damage is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tamis.errors import DamagedError, StoreError
from tamis.store.disk import OpenFile, read_all, reason
from tamis.store.lines import decode_changes, unframe

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.store.snapshot import Seal


@dataclass(slots=True)
class Journal:
    """What a journal says.

    Attributes:
        changes: one entry a line, in order.
        length: bytes of the whole lines; what follows is `torn`.
        crc: checksum of the last whole line.
        torn: the bytes of a last line that is not whole.
        continues: whether the journal continues the snapshot; False also if there is none.
    """

    changes: list[dict[str, dict[int, bytes | None] | None]] = field(default_factory=list)
    length: int = 0
    crc: int = 0
    torn: bytes = b""
    continues: bool = False


def read_journal(path: Path, seal: Seal) -> Journal:
    """Read the journal that continues the snapshot with this seal.

    A journal that has been folded into the snapshot counts as empty, and so does a missing one.

    Raises:
        DamagedError: a line in the middle is damaged, or the journal does not belong to the snapshot.
        StoreError: the file cannot be read.
    """
    try:
        file = OpenFile(path)
        try:
            data = read_all(file.fd)
        finally:
            file.close()
    except FileNotFoundError:
        return Journal()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {reason(error)[0]}.") from error
    lines = data.split(b"\n")
    head = unframe(lines[0], 0) if len(lines) > 1 else None
    if head is None:
        if data.find(b"\n", 0, -1) < 0:  # nothing follows the first line, so nothing was ever confirmed
            return Journal(torn=data, continues=True)
        raise damaged(path, 1)
    if not _continues(path, head[0], seal, len(data)):
        return Journal()
    return _replay(path, lines, head[1])


def damaged(path: Path, line: int) -> DamagedError:
    """The error for a line that does not match its checksum."""
    return DamagedError(
        f"{path}, line {line}: damaged, though lines after it are there. Nothing was changed; "
        f"`tamis check {path.parent} --recover` keeps a copy and saves every whole line."
    )


def _replay(path: Path, lines: list[bytes], crc: int) -> Journal:
    journal = Journal(length=len(lines[0]) + 1, crc=crc, continues=True)
    torn = lines.pop()  # what follows the last line break
    add = journal.changes.append
    length = journal.length
    for number, line in enumerate(lines):
        if number == 0:
            continue
        found = unframe(line, crc)
        if found is None:
            if number < len(lines) - 1 or torn:
                raise damaged(path, number + 1)
            torn = line + b"\n"
            break
        text, crc = found
        try:
            add(decode_changes(text))
        except ValueError as error:
            raise damaged(path, number + 1) from error
        length += len(line) + 1
    journal.length, journal.crc, journal.torn = length, crc, torn
    return journal


def _continues(path: Path, head: bytes, seal: Seal, length: int) -> bool:
    """Whether the journal continues the snapshot; False if it is part of it already."""
    doc: Any = json.loads(head)
    journal = (int(doc["generation"]), str(doc["crc32"]))
    if journal == (seal.generation, seal.crc32):
        return True
    if seal.folded is not None and journal == seal.folded[:2] and length == seal.folded[2]:
        return False
    snapshot = path.name.removesuffix(".journal")
    relation = "newer" if journal[0] > seal.generation else "another"
    raise DamagedError(
        f"{path} does not belong to the {snapshot} beside it (it continues {relation} version): one of them "
        "was copied or put back alone. Put both back from one backup, or let "
        f"`tamis check {path.parent} --recover` set the journal aside."
    )
