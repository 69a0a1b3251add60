"""What every format shares: the account of one reading, the list of repairs, the registry entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from tamis.domain.record import Problem, Record, Repair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tamis.formats.decoding import Text

Item = Record | Problem
"""What a reader yields: every place counted as a record is one or the other."""


class Log:
    """Repairs made while reading, one entry a kind however often it was made."""

    def __init__(self) -> None:
        self._kinds: dict[str, list[int]] = {}

    def add(self, what: str, line: int, times: int = 1) -> None:
        """Note a repair.

        Args:
            what: the sentence people read; `{n}` in it is replaced by how often, `{s}` by the plural's s.
            line: line of the file, from 1; the first one of a kind is shown.
            times: how often it was made here.
        """
        seen = self._kinds.get(what)
        if seen is None:
            self._kinds[what] = [line, times]
        else:
            seen[1] += times

    def repairs(self) -> list[Repair]:
        """The repairs so far, in the order of their first lines."""
        listed = [
            Repair(line, what.replace("{n}", f"{times:,}").replace("{s}", "" if times == 1 else "s"))
            for what, (line, times) in self._kinds.items()
        ]
        return sorted(listed, key=lambda repair: repair.line)


class Reading:
    """One file being read: iterate once, then look at the account.

    Attributes:
        format: name of the format it is read as.
        encoding: name of the encoding it is read in.
        found: records counted independently of the parser.
        imported: records yielded so far.
        problems: places counted as a record that could not be imported, so far.

    After the iteration `found == imported + len(problems)` holds: records that the parser did not bring
    back, or brought back beyond the count, are problems of their own.
    """

    def __init__(self, *, format: str, encoding: str, found: int, items: Iterator[Item], log: Log) -> None:
        self.format = format
        self.encoding = encoding
        self.found = found
        self.imported = 0
        self.problems: list[Problem] = []
        self._items = items
        self._log = log

    @property
    def repairs(self) -> list[Repair]:
        """What was put right so far, in the order of the file."""
        return self._log.repairs()

    def __iter__(self) -> Iterator[Item]:
        """Yield the records and problems in the file's order, then whatever the account still misses."""
        for item in self._items:
            if isinstance(item, Problem):
                self.problems.append(item)
            else:
                self.imported += 1
            yield item
        yield from self._settle()

    def through(self, change: Callable[[Iterator[Item]], Iterator[Item]]) -> Reading:
        """Let the items pass through a function that gives one for each, before they are counted."""
        self._items = change(self._items)
        return self

    def _settle(self) -> Iterator[Problem]:
        missing = self.found - self.imported - len(self.problems)
        for _ in range(missing):
            problem = Problem(0, "a record was counted in the file but the reader did not bring it back")
            self.problems.append(problem)
            yield problem
        for _ in range(-missing):
            self.found += 1
            self._log.add("{n} record{s} more than the file's own record marks were read: please check", 0)


@dataclass(frozen=True, slots=True)
class Format:
    """A registry entry.

    Attributes:
        name: what commands call it.
        label: what people call it.
        suffix: the usual extension, with the dot.
        sniff: whether a file's decoded beginning is of this format.
        read: the number of records counted, and an iterator over them; may note repairs in the log.
        write: write records to a binary file and return how many; None when tamis only reads the format.
        read_mapped: like `read`, with columns a person named (column -> field); None when it has no columns.
    """

    name: str
    label: str
    suffix: str
    sniff: Callable[[str], bool]
    read: Callable[[Text, Log], tuple[int, Iterator[Item]]]
    write: Callable[[Iterable[Record], BinaryIO], int] | None = None
    read_mapped: Callable[[Text, Log, Mapping[str, str]], tuple[int, Iterator[Item]]] | None = None
