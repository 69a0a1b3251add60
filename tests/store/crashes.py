"""What a power cut may leave: every call to the disk is noted, and states are made of the notes.

The model: what was written since a file's last `sync` may be there, be missing or be torn; names that were
made, changed or removed since the folder's last `sync_folder` may be there up to any point.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamis.store.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Model:
    """A disk at one moment: what is certain, and what was asked for since."""

    names: dict[str, int] = field(default_factory=dict)
    data: dict[int, bytes] = field(default_factory=dict)
    pending_names: list[tuple[str, str, int]] = field(default_factory=list)
    pending_data: dict[int, list[bytes | int]] = field(default_factory=dict)

    def states(self) -> Iterator[dict[str, bytes]]:
        """Every state that a power cut at this moment may leave: name -> bytes."""
        for until in range(len(self.pending_names) + 1):
            names = dict(self.names)
            for kind, name, number in self.pending_names[:until]:
                if kind == "set":
                    names[name] = number
                elif kind == "move":
                    names = {n: i for n, i in names.items() if i != number}
                    names[name] = number
                else:
                    names.pop(name, None)
            for variant in self._contents():
                yield {name: variant.get(number, b"") for name, number in names.items()}

    def _contents(self) -> Iterator[dict[int, bytes]]:
        everything = {n: self._done(n, ops) for n, ops in self.pending_data.items()}
        yield self.data | everything
        yield dict(self.data)
        for number, ops in self.pending_data.items():
            for until, last in enumerate(ops):
                before = self._done(number, ops[:until])
                yield self.data | everything | {number: before}
                if isinstance(last, bytes):
                    for cut in {1, len(last) // 2, len(last) - 1} - {0, len(last)}:
                        yield self.data | everything | {number: before + last[:cut]}
                        yield self.data | everything | {number: before + last[:cut] + bytes(len(last) - cut)}
                    yield self.data | everything | {number: before + bytes(len(last))}

    def _done(self, number: int, ops: list[bytes | int]) -> bytes:
        data = self.data.get(number, b"")
        for op in ops:
            data = data[:op] if isinstance(op, int) else data + op
        return data


class NotingDisk(Disk):
    """Does everything, and notes the states a power cut may leave after each call.

    Attributes:
        states: (how many changes were confirmed, a state), each different one once.
        confirmed: to be raised by the test when a change was confirmed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.model = Model()
        self.confirmed = 0
        self.states: dict[tuple[int, tuple[tuple[str, bytes], ...]], None] = {}
        self._numbers: dict[int, int] = {}
        self._there: dict[str, int] = {}
        self._next = 0

    def note(self) -> None:
        """Take the states of this moment down."""
        for state in self.model.states():
            self.states[self.confirmed, tuple(sorted(state.items()))] = None

    def create(self, path: Path, mode: int = 0o600) -> int:
        """Note a new name."""
        fd = super().create(path, mode)
        self._next += 1
        self._numbers[fd] = self._there[self._name(path)] = self._next
        self.model.pending_names.append(("set", self._name(path), self._next))
        self.note()
        return fd

    def append_to(self, path: Path, *, create: bool = False) -> int:
        """Note which file it is."""
        fd = super().append_to(path, create=create)
        name = self._name(path)
        if name not in self._there:
            self._next += 1
            self._there[name] = self._next
            self.model.pending_names.append(("set", name, self._next))
        self._numbers[fd] = self._there[name]
        return fd

    def write(self, fd: int, data: bytes | bytearray | memoryview) -> int:
        """Note the bytes."""
        done = super().write(fd, data)
        self.model.pending_data.setdefault(self._numbers[fd], []).append(bytes(data[:done]))
        self.note()
        return done

    def truncate(self, fd: int, length: int) -> None:
        """Note the cut."""
        super().truncate(fd, length)
        self.model.pending_data.setdefault(self._numbers[fd], []).append(length)
        self.note()

    def sync(self, fd: int) -> None:
        """Note that the file is certain now."""
        number = self._numbers[fd]
        ops = self.model.pending_data.pop(number, [])
        self.model.data[number] = self.model._done(number, ops)
        self.note()

    def sync_folder(self, folder: Path) -> None:
        """Note that the names are certain now."""
        inside = self._name(folder).strip(".")
        model = self.model
        waiting = []
        for kind, name, number in model.pending_names:
            if name.rpartition("/")[0] != inside:
                waiting.append((kind, name, number))
            elif kind == "remove":
                model.names.pop(name, None)
            else:
                model.names = {n: i for n, i in model.names.items() if i != number}
                model.names[name] = number
        model.pending_names = waiting
        self.note()

    def replace(self, old: Path, new: Path) -> None:
        """Note the new name."""
        super().replace(old, new)
        number = self._there.pop(self._name(old))
        self._there[self._name(new)] = number
        self.model.pending_names.append(("move", self._name(new), number))
        self.note()

    def remove(self, path: Path) -> None:
        """Note that the name is gone."""
        super().remove(path)
        number = self._there.pop(self._name(path), 0)
        self.model.pending_names.append(("remove", self._name(path), number))
        self.note()

    def _name(self, path: Path) -> str:
        return "." if path == self.root.parent else str(path.relative_to(self.root))
