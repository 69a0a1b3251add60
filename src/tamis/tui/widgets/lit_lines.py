"""Which places on the lines of a record are lit, and how a set looks, with colour and without."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.domain.highlight import Span
    from tamis.services.highlighting import Lit
    from tamis.tui.paint import Piece

_Look = TypeVar("_Look")

LOOKS: Final = tuple(
    Style(bold=bold, underline=underline, reverse=reverse)
    for bold, underline, reverse in (
        (False, True, False),
        (False, False, True),
        (True, True, False),
        (True, False, True),
        (False, True, True),
        (True, True, True),
    )
)
"""How sets are told apart where there is no colour; after the sixth they begin again."""


class Hit(NamedTuple):
    """One lit place of a record: the line it begins on, its text and its set."""

    line: int
    text: str
    set: int


class _Block(NamedTuple):
    """A text and the lines that it was wrapped into.

    Attributes:
        before: how many hits there are before it.
        first: number of its first line.
        text: the text.
        ends: where in the text its lines end.
        spans: what is lit in the text.
    """

    before: int
    first: int
    text: str
    ends: list[int]
    spans: Sequence[Span]


class LitLines:
    """Lit places by line; a place that is wrapped stands on several lines and is one hit.

    Places are put on a line when they are asked for: most lines of a long record are never painted.
    """

    def __init__(self) -> None:
        self._hits = 0
        self._blocks: list[_Block] = []
        self._lines: dict[int, tuple[_Block, int, int]] = {}

    def add(self, first: int, text: str, lines: Sequence[str], spans: Sequence[Span]) -> None:
        """Take in a text that was wrapped into lines, of which the first has the number `first`."""
        block = _Block(self._hits, first, text, [], spans)
        end = 0
        for n, line in enumerate(lines, first):
            begin = end
            while begin < len(text) and text[begin] == " ":
                begin += 1
            end = begin + len(line)
            self._lines[n] = block, begin, end
            block.ends.append(end)
        self._blocks.append(block)
        self._hits += len(spans)

    def __len__(self) -> int:
        """How many places there are."""
        return self._hits

    def __getitem__(self, n: int) -> Hit:
        """A place by its number from 0."""
        before, first, text, ends, spans = next(b for b in reversed(self._blocks) if b.before <= n)
        start, end, number = spans[n - before]
        return Hit(first + bisect_right(ends, start), text[start:end], number)

    def on(self, line: int, looks: Sequence[_Look]) -> tuple[int, list[tuple[int, int, _Look]]]:
        """What is lit on a line.

        Args:
            line: its number.
            looks: of each set.

        Returns:
            The number of its first hit, and its places from left to right, each as its first character on the
            line, the one behind its last, and the look of its set.
        """
        if line not in self._lines:
            return 0, []
        block, begin, end = self._lines[line]
        spans = block.spans
        first = bisect_left(spans, (begin, 0, 0))
        if first and spans[first - 1][1] > begin:  # begun on a line before
            first -= 1
        last = bisect_left(spans, (end, 0, 0), first)
        places = [(a - begin, b - begin, looks[number]) for a, b, number in spans[first:last]]
        if places:
            a, b, look = places[0]
            places[0] = max(0, a), b, look
            a, b, look = places[-1]
            places[-1] = a, min(b, end - begin), look
        return block.before + first, places


def counts(lit: Lit, looks: Sequence[Style], soft: Style) -> list[Piece]:
    """`population 3 · design 1`, each name in the look of its set."""
    pieces: list[Piece] = [(" ", soft)]
    for n, terms in enumerate(lit.sets):
        pieces += [(" · ", soft)] if n else []
        pieces += [(terms.name, looks[n]), (f" {lit.counts[n]:,}", soft)]
    return pieces if lit.sets else []
