"""A report as blocks of plain text: what is said, apart from how it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 2 begins a section, the title has level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences; `strong` ones must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        caption: what it shows.
        head: names of the columns.
        rows: cells, as many in each row as there are names.
        numbers: columns of numbers, from 0.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text that stands as it was written, line by line, such as a search strategy."""

    caption: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """The flow diagram.

    Attributes:
        caption: what it shows.
        svg: the drawing, a whole document.
        text: the same in characters, for where no drawing can stand.
    """

    caption: str
    svg: str
    text: str


Block = Heading | Paragraph | Items | Table | Verbatim | Figure


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Attributes:
        title: its title.
        blocks: what is in it, in order.
    """

    title: str
    blocks: tuple[Block, ...]
