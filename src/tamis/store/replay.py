"""Reading the journal back: whole lines are taken, a torn tail is passed over, damage is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tamis.errors import DamagedError, StoreError
from tamis.store.disk import OpenFile, read_at, reason
from tamis.store.lines import FRAME, decode_changes, unframe
from tamis.store.stored import Stored, apply_changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.sealing import Seal

_BLOCK = 1 << 20


@dataclass(slots=True)
class Journal:
    """What was found of a journal.

    Attributes:
        length: bytes of its whole lines; 0 if there is no journal that continues the snapshot.
        crc: checksum of the last whole line.
        torn: the bytes after them: a last line that is not whole.
    """

    length: int = 0
    crc: int = 0
    torn: bytes = b""


def read_journal(path: Path, seal: Seal, tables: dict[str, Stored]) -> Journal:
    """Apply the journal that continues the snapshot with this seal to the snapshot's tables.

    A journal that has been folded into the snapshot counts as empty, and so does a missing one.

    Raises:
        DamagedError: a line in the middle is damaged, or the journal does not belong to the snapshot.
        StoreError: the file cannot be read.
    """
    try:
        file = OpenFile(path)
        try:
            return _Replay(path, seal, tables).run(file)
        finally:
            file.close()
    except FileNotFoundError:
        return Journal()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {reason(error)[0]}.") from error


class _Replay:
    """Goes over a journal line by line."""

    def __init__(self, path: Path, seal: Seal, tables: dict[str, Stored]) -> None:
        self.path = path
        self.seal = seal
        self.tables = tables
        self.journal = Journal()

    def run(self, file: OpenFile) -> Journal:
        lines = _lines(file.fd)
        head = next(lines)
        found = unframe(head, 0)
        if found is None:
            if next(lines, b""):
                raise self.damaged(1)
            self.journal.torn = head  # nothing was ever confirmed in it
            return self.journal
        if not self._continues(found[0], file.size()):
            return self.journal
        self._replay(lines, len(head), found[1])
        return self.journal

    def _replay(self, lines: Iterator[bytes], length: int, crc: int) -> None:
        number = 1
        torn = b""
        add = _Adder(self.tables).add
        for line in lines:
            number += 1
            found = unframe(line, crc)
            if torn:
                raise self.damaged(number - 1)
            if found is None:
                torn = line
                continue
            text, crc = found
            try:
                add(text)
            except ValueError as error:
                raise self.damaged(number) from error
            length += len(line)
        if any(unframe(torn[: at.start() - 1] + b"\n", crc) for at in FRAME.finditer(torn, 1)):
            raise self.damaged(number)  # a whole line and more: its line break was altered
        self.journal = Journal(length, crc, torn)

    def damaged(self, line: int) -> DamagedError:
        """The error for a line that does not match its checksum."""
        return DamagedError(
            f"{self.path}, line {line}: damaged, though lines after it are there. Nothing was changed; "
            f"`tamis check {self.path.parent} --recover` keeps a copy and saves every whole line."
        )

    def _continues(self, head: bytes, size: int) -> bool:
        """Whether the journal continues the snapshot; False if it is part of it already."""
        doc: Any = json.loads(head)
        journal = (int(doc["generation"]), str(doc["crc32"]))
        seal = self.seal
        if journal == (seal.generation, seal.crc32):
            return True
        if seal.folded is not None and journal == seal.folded[:2] and size == seal.folded[2]:
            return False
        snapshot = self.path.name.removesuffix(".journal")
        relation = "newer" if journal[0] > seal.generation else "another"
        raise DamagedError(
            f"{self.path} does not belong to the {snapshot} beside it (it continues {relation} version): one "
            "of them was copied or put back alone. Put both back from one backup, or let "
            f"`tamis check {self.path.parent} --recover` set the journal aside."
        )


class _Adder:
    """Applies lines to tables; most lines add one document to one table, and for those this is quick."""

    def __init__(self, tables: dict[str, Stored]) -> None:
        self.tables = tables
        self._last_head = b""
        self._last = Stored()

    def add(self, text: bytes) -> None:
        """Apply one line's JSON.

        Raises:
            ValueError: it is not laid out as it should be.
        """
        pieces = text.split(b"\t", 5)
        if len(pieces) == 5 and pieces[1] == self._last_head and pieces[0] == b"{" and pieces[3] == b"}":
            doc = pieces[2]
            end = doc.index(b'":')
            raw = doc[end + 2 :]
            self._last.put(int(doc[1:end]), None if raw == b"null" else raw)
            return
        changes = decode_changes(text)
        apply_changes(self.tables, changes)
        self._last_head = b""
        if len(changes) == 1:
            name = next(iter(changes))
            if name in self.tables:
                self._last_head, self._last = pieces[1], self.tables[name]


def _lines(fd: int) -> Iterator[bytes]:
    """The lines of a file with their line breaks, at least one; only the last may lack its line break."""
    offset = 0
    rest = b""
    size = _BLOCK
    while block := read_at(fd, size, offset):
        offset += len(block)
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        size = _BLOCK if lines else size * 2
        for line in lines:
            yield line + b"\n"
    if rest or not offset:
        yield rest
