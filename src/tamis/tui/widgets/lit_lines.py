"""Which places on the lines of a record are lit, and how a set looks, with colour and without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.domain.highlight import Span
    from tamis.services.highlighting import Lit
    from tamis.tui.paint import Piece

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


class LitLines:
    """Lit places by line; a place that is wrapped stands on several lines and is one hit."""

    def __init__(self) -> None:
        self._hits: list[tuple[int, str, Span]] = []
        self._places: dict[int, list[tuple[int, int, int]]] = {}

    def add(self, first: int, text: str, lines: Sequence[str], spans: Sequence[Span]) -> None:
        """Take in a text that was wrapped into lines, of which the first has the number `first`."""
        hits, todo = self._hits, iter(spans)
        span, begun = next(todo, None), False  # begun: on a line before
        begin = 0  # of the line, in the text
        for n, line in enumerate(lines, first):
            while begin < len(text) and text[begin] == " ":
                begin += 1
            end = begin + len(line)
            places: list[tuple[int, int, int]] = []
            while span is not None and span.start < end:
                if not begun:
                    hits.append((n, text, span))
                if span.end > begin:  # not only the blank where the line was broken
                    places.append((max(0, span.start - begin), min(span.end, end) - begin, len(hits) - 1))
                if begun := span.end > end:
                    break
                span = next(todo, None)
            self._places[n] = places
            begin = end

    def __len__(self) -> int:
        """How many places there are."""
        return len(self._hits)

    def __getitem__(self, n: int) -> Hit:
        """A place by its number from 0."""
        line, text, span = self._hits[n]
        return Hit(line, text[span.start : span.end], span.set)

    def set_of(self, n: int) -> int:
        """The set of a place."""
        return self._hits[n][2].set

    def on(self, line: int) -> Sequence[tuple[int, int, int]]:
        """The places on a line, from left to right: first and end character, number of the hit."""
        return self._places.get(line, ())


def counts(lit: Lit, style: Callable[[int], Style], soft: Style) -> list[Piece]:
    """`population 3 · design 1`, each name as its places are painted."""
    pieces: list[Piece] = [(" ", soft)]
    for n, terms in enumerate(lit.sets):
        pieces += [(" · ", soft)] if n else []
        pieces += [(terms.name, style(n)), (f" {lit.counts[n]:,}", soft)]
    return pieces if lit.sets else []
