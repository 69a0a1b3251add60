"""Text on the screen: the one place where text from records and files becomes something to paint.

Everything here ends in `Strip`s of plain segments, in which nothing is ever read as markup, and every
text passes `clean_line` once more, so that no control character reaches the terminal whatever the store
holds.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from itertools import starmap
from typing import TYPE_CHECKING, Final
from unicodedata import category

from rich.cells import cell_len, set_cell_size, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tamis.domain.events import Verdict
from tamis.domain.text import clean_line, hostile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Piece = tuple[str, Style]
"""A run of text in one style."""

GLYPHS: Final = {
    Verdict.INCLUDE: "✓",
    Verdict.EXCLUDE: "✗",
    Verdict.MAYBE: "?",
    Verdict.UNDECIDED: "·",
}
WORDS: Final = {
    Verdict.INCLUDE: "include",
    Verdict.EXCLUDE: "exclude",
    Verdict.MAYBE: "maybe",
    Verdict.UNDECIDED: "",
}
PLAIN: Final = Style()


MISSING: Final = "⊘ not had"
"""Stands where a verdict would, for a report that could not be retrieved; 9 cells as well."""
REMOVED: Final = "⊘ removed"
"""The same for a record that was removed before screening."""
DUPLICATE: Final = "= copy   "
"""The same for one that another one stands for."""


def mark(verdict: Verdict) -> str:
    """Glyph and word of a verdict, always 9 cells: never colour alone."""
    return f"{GLYPHS[verdict]} {WORDS[verdict]:<7}"


def strip(pieces: Iterable[Piece], width: int, rest: Style = PLAIN) -> Strip:
    """One line exactly `width` cells wide; what does not fit is cut with an ellipsis."""
    pieces = [piece for piece in pieces if piece[0]]
    line = "".join([text for text, _ in pieces])
    if line.isascii() and len(line) <= width:  # a line of a record, most often: nothing to measure or cut
        segments, left = list(starmap(Segment, pieces)), width - len(line)
    else:
        segments, left = _fitted(pieces, width)
    if left > 0:
        segments.append(Segment(" " * left, rest))
    return Strip(segments, width)


def _fitted(pieces: Sequence[Piece], width: int) -> tuple[list[Segment], int]:
    """Of pieces what fits, the last one cut, and how many cells are left."""
    segments: list[Segment] = []
    left = width
    for text, style in pieces:
        if left <= 0:
            break
        text = text_style(text)
        size = cell_len(text)
        if size > left:
            text, size = cut(text, left), left
        segments.append(Segment(text, style))
        left -= size
    return segments, left


def cut(text: str, width: int) -> str:
    """A text that is too long for a width is cut to it, with an ellipsis in its last cell."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def sides(left: Sequence[Piece], right: Sequence[Piece], width: int, rest: Style = PLAIN) -> Strip:
    """One line with text at both ends; the left one gives way."""
    right = [(text_style(text), style) for text, style in right]
    taken = sum(cell_len(text) for text, _ in right)
    if taken >= width:
        return strip(right, width, rest)
    room = width - taken
    return Strip([*strip(left, room, rest), *(Segment(t, s) for t, s in right if t)], width)


def text_style(text: str) -> str:
    """A text whose signs are not made emoji: terminals disagree whether these take one cell or two.

    It keeps its length in characters. Where a terminal took less than it is given, the end of the line would
    still show what stood there before.
    """
    return text.replace("\ufe0f", "\ufe0e") if "\ufe0f" in text else text


_SPLIT = re.compile(r"\S+\s*")


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at blanks, and inside words that are wider than a line.

    Args:
        text: paragraphs separated by line breaks; an empty one gives no line.
        width: cells, at least 2 so that a wide character fits.
    """
    width = max(2, width)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_paragraph(clean_line(paragraph), width))
    return lines


def _wrap_paragraph(text: str, width: int) -> Iterator[str]:
    text = text_style(text)
    measure = len if text.isascii() else _most_cells
    line, used = "", 0
    for word in _SPLIT.findall(text):
        bare = word.rstrip()
        size = measure(bare)
        if line and used + size > width:
            yield line.rstrip()
            line, used = "", 0
        while size > width:
            head = _head(bare, width)
            yield head
            bare = bare[len(head) :]
            if len(bare) < 10 * width:  # anything longer is wider: measuring it each time would be quadratic
                size = measure(bare)
        if bare:
            blanks = word[len(word.rstrip()) :]
            line += bare + blanks
            used += size + len(blanks)
    if line:
        yield line.rstrip()


def _head(word: str, width: int) -> str:
    """As much of a word as fits, at least one character with what is joined to it."""
    if word.isascii():
        return word[:width]
    word = word[: 20 * width]  # as many as fit, each with marks
    used = 0
    for start, end, _ in split_graphemes(word)[0]:
        used += _most_cells(word[start:end])
        if used > width:
            return word[: start or end]
    return word


def _most_cells(text: str) -> int:
    """Cells that a text takes in the terminal that gives it most, so that no line loses its end.

    Terminals disagree with `cell_len` on vowel signs of Indic scripts, on joined emoji and on skin colours.
    """
    return sum(map(_most, text)) if _disputed().search(text) else cell_len(text)


@cache
def _most(character: str) -> int:
    """The same for one character, whatever stands before it."""
    if "\U0001f3fb" <= character <= "\U0001f3ff":
        return 2
    return 1 if category(character) == "Mc" else cell_len(character)


@cache
def _disputed() -> re.Pattern[str]:
    codes = map(chr, (*range(0x900, 0x1D00), *range(0xA800, 0xAC00)))
    signs = "".join(character for character in codes if category(character) == "Mc")
    return re.compile(f"[{signs}\u200d\U0001f3fb-\U0001f3ff]")


Place = tuple[int, int, Style]
"""A part of a text, from its first character to the one behind its last, and its style."""


def found(text: str, needles: Sequence[str], style: Style) -> list[Place]:
    """Every occurrence of the needles in a text, case aside."""
    pattern = "|".join(re.escape(text_style(n)) for n in needles if n)
    return [(m.start(), m.end(), style) for m in re.finditer(pattern, text, re.IGNORECASE)] if pattern else []


def over(top: Sequence[Place], below: Sequence[Place]) -> list[Place]:
    """Places in order, where those on top hide those below; in each list none overlaps another."""
    places = list(top)
    for start, end, style in below:
        for first, last, _ in top:
            if first < end and start < last:
                if start < first:
                    places.append((start, first, style))
                start = last
        if start < end:
            places.append((start, end, style))
    return sorted(places, key=lambda place: place[0])


def styled(text: str, style: Style, places: Sequence[Place]) -> list[Piece]:
    """A line in a style, with places in order, none over another, in styles of their own.

    A place in a part of an emoji takes all of it: terminals and `cell_len` see it as one character.
    """
    if places and not text.isascii() and "\u200d" in text:
        places = _whole(text, places)
    pieces: list[Piece] = []
    at = 0
    for start, end, own in places:
        if start > at:
            pieces.append((text[at:start], style))
        pieces.append((text[start:end], own))
        at = end
    if at < len(text):
        pieces.append((text[at:], style))
    return pieces


def _whole(text: str, places: Sequence[Place]) -> list[Place]:
    """Places that part no joined character; of those that share one, the first has it."""
    starts = [start for start, _, _ in split_graphemes(text)[0]] + [len(text)]
    found: list[Place] = []
    reached = 0
    for start, end, style in places:
        start = max(reached, starts[bisect_right(starts, start) - 1])
        reached = max(reached, starts[bisect_left(starts, end)])
        if start < reached:
            found.append((start, reached, style))
    return found


def harmless(text: str) -> str:
    """A text that is being edited, such as a pasted one: lines and blanks stay, what is hostile does not."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean_line(line) if hostile(line) else line for line in lines)


def shortened(authors: Sequence[str], most: int = 3) -> str:
    """The first authors and how many more there are."""
    if len(authors) <= most + 1:
        return "; ".join(authors)
    return f"{'; '.join(authors[:most])} and {len(authors) - most:,} more"


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `12 h 5 min`."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 10 else f"{hours:,} h"


def bar(share: float, width: int) -> str:
    """A progress bar of a width in cells for a share of 0 to 1."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, part = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[part] if part else "")).ljust(width, "░")
