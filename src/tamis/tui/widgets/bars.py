"""The single lines around the record: progress above, what happened and the keys below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len

from tamis.domain.events import Verdict
from tamis.domain.text import clean_line
from tamis.tui.paint import PLAIN, bar, cut, duration, sides, strip, wrap
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip

    from tamis.services.screening import Progress


class ProgressLine(Lines):
    """`412 of 2,310, 17.8 %, 38 included`, pace and time left."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--strong", "bar--soft", "bar--fill"}

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = clean_line(title)
        self._progress: Progress | None = None
        self._stage = ""

    def show(self, progress: Progress, stage: str = "") -> None:
        """Show how far the reviewer is, and at which stage where there are two."""
        self._progress, self._stage = progress, stage
        self.refresh()

    def line(self, y: int, width: int) -> Strip:  # noqa: ARG002 - there is only line 0
        """The line."""
        strong = self.style("bar--strong")
        soft = self.style("bar--soft")
        fill = self.style("bar--fill")
        if self._progress is None:
            return strip([(f" {self._title}", soft)], width)
        p = self._progress
        share = bar(p.percent / 100, 8)
        stage = [(f"{self._stage}: ", strong)] if self._stage else []
        left = [(" ", soft), (share, fill), (" ", soft), *stage, (progress_words(p), strong)]
        pace = pace_words(p)
        used = sum(cell_len(text) for text, _ in left)
        if pace and used + cell_len(pace) + 3 <= width:
            left.append((f" · {pace}", soft))
            used += cell_len(pace) + 3
        room = width - used - 3
        right = [(f"{cut(self._title, room)} ", soft)] if room >= 12 else []
        return sides(left, right, width)


def progress_words(p: Progress) -> str:
    """Done, total, share, included: the same words in the app and in the tests."""
    missing = f", {p.not_retrieved:,} not had" if p.not_retrieved else ""
    return f"{p.done:,} of {p.total:,}, {p.percent:.1f} %, {p.verdicts[Verdict.INCLUDE]:,} included{missing}"


def pace_words(p: Progress) -> str:
    """Pace and time left, "" before there is any."""
    if p.seconds_each is None or p.seconds_left is None or not p.left:
        return ""
    return f"{duration(p.seconds_each)} each, {duration(p.seconds_left)} left"


class StatusLine(Lines):
    """What happened last, and the filter that is on."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--strong", "bar--soft", "bar--alert"}

    def __init__(self) -> None:
        super().__init__()
        self._said = ""
        self._alert = False
        self._filter = ""

    def say(self, words: str, *, alert: bool = False) -> None:
        """Show a message until the next one."""
        words = clean_line(words)
        if (words, alert) != (self._said, self._alert):
            self._said, self._alert = words, alert
            self.refresh()

    def show_filter(self, words: str) -> None:
        """Show which filter is on; "" for none."""
        words = clean_line(words)
        if words != self._filter:
            self._filter = words
            self.refresh()

    def line(self, y: int, width: int) -> Strip:  # noqa: ARG002 - there is only line 0
        """The line; what went wrong is said in full, where there is room for that alone."""
        style = "bar--alert" if self._alert else "bar--soft"
        said = [(f" {self._said}", self.style(style))]
        strong = self.style("bar--strong")
        crowded = self._alert and cell_len(self._said) + cell_len(self._filter) + 3 > width
        on = [(f" {self._filter} ", strong)] if self._filter and not crowded else []
        return sides(said, on, width)


class KeyLine(Lines):
    """The keys that matter, as many as there is room for."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--word"}

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show other keys."""
        self._keys = keys
        self.refresh()

    def line(self, y: int, width: int) -> Strip:  # noqa: ARG002 - there is only line 0
        """The line; a key that does not fit whole is left out."""
        key_style = self.style("keys--key")
        word_style = self.style("keys--word")
        pieces = []
        used = 0
        for key, word in self._keys:
            size = cell_len(key) + cell_len(word) + 3
            if used + size > width:
                continue
            pieces += [(f" {key}", key_style), (f" {word} ", word_style)]
            used += size
        return strip(pieces, width)


class TooSmall(Lines):
    """Stands for everything else when there is no room."""

    def line(self, y: int, width: int) -> Strip:
        """A sentence, wrapped."""
        text = wrap(f"tamis needs at least {LEAST[0]} columns and {LEAST[1]} rows.", width)
        return strip([(text[y], PLAIN)] if y < len(text) else [], width)


LEAST: Final = (60, 15)
"""Columns and rows below which nothing sensible can be shown."""
