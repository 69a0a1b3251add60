"""Which places on the lines of a record are lit, and how a set looks, with colour and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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


@dataclass(frozen=True, slots=True)
class Hit:
    """One lit place of a record: the line it begins on, its text and its set."""

    line: int
    text: str
    set: int


class LitLines:
    """Lit places by line; a place that is wrapped stands on several lines and is one hit."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self._places: dict[int, list[tuple[int, int, int]]] = {}

    def add(self, first: int, text: str, lines: Sequence[str], spans: Sequence[Span]) -> None:
        """Take in a text that was wrapped into lines, of which the first has the number `first`."""
        starts = []
        at = 0
        for line in lines:
            while at < len(text) and text[at] == " ":
                at += 1
            starts.append(at)
            at += len(line)
        n = 0
        for span in spans:
            while n + 1 < len(lines) and starts[n] + len(lines[n]) <= span.start:
                n += 1
            self.hits.append(Hit(first + n, text[span.start : span.end], span.set))
            for k in range(n, len(lines)):
                if starts[k] >= span.end:
                    break
                start, end = max(span.start, starts[k]), min(span.end, starts[k] + len(lines[k]))
                place = (start - starts[k], end - starts[k], len(self.hits) - 1)
                self._places.setdefault(first + k, []).append(place)

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

