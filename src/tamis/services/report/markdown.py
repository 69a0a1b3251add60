"""A report as Markdown, as GitHub and pandoc read it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line
from tamis.services.rendering import markdown_line
from tamis.services.report.blocks import Figure, Heading, Items, Paragraph, Table, Verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.services.report.blocks import Block, Document


def as_markdown(document: Document, *, diagram: str = "") -> str:
    """The report, ending in a line break.

    Args:
        document: the report.
        diagram: name of the file beside it that holds the diagram; without one it stands here in characters.
    """
    lines = [f"# {markdown_line(document.title)}", ""]
    for block in document.blocks:
        lines += [*_block(block, diagram), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _block(block: Block, diagram: str) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {markdown_line(text)}"
        case Paragraph(text, strong):
            yield f"**{markdown_line(text)}**" if strong else markdown_line(text)
        case Items(items):
            yield from (f"- {markdown_line(item)}" for item in items)
        case Table():
            yield from _table(block)
        case Verbatim(caption, text):
            yield f"{markdown_line(caption)}:"
            yield ""
            yield from _fenced(text)
        case Figure(caption, _, text):
            yield f"{markdown_line(caption)}:"
            yield ""
            yield from [f"![{markdown_line(caption)}]({diagram})"] if diagram else _fenced(text)


def _table(table: Table) -> Iterator[str]:
    yield f"{markdown_line(table.caption)}:"
    yield ""
    rule = ["---:" if n in table.numbers else "---" for n in range(len(table.head))]
    yield f"| {' | '.join(map(markdown_line, table.head))} |"
    yield f"| {' | '.join(rule)} |"
    for row in table.rows:
        yield f"| {' | '.join(map(markdown_line, row))} |"


def _fenced(text: str) -> Iterator[str]:
    """Lines as they are, between fences that none of them can close."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield from (_as_it_is(line) for line in text.split("\n"))
    yield fence


def _as_it_is(line: str) -> str:
    """A clean line with the blanks at its beginning and between its words."""
    return "".join(clean_line(piece) if piece.strip(" ") else piece for piece in re.split(r"( +)", line))
