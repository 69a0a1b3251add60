"""The record: everything a reviewer needs to decide, in a readable measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tamis.domain.events import Verdict
from tamis.domain.record import TYPE_WORDS, Flag
from tamis.domain.text import clean_line, http_url
from tamis.tui.paint import Piece, mark, marked, shortened, strip, wrap
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip

    from tamis.domain.record import Record


@dataclass(frozen=True, slots=True)
class RecordView:
    """What the pane shows.

    Attributes:
        record: the record.
        source: database and file it came from.
        verdict: own standing verdict.
        reasons: own reasons, as the protocol words them.
        note: own note.
        labels: own labels.
        corrected: fields that were corrected since the import.
        needles: words of the search, to be marked.
        full: whether to show all authors and everything the file says.
    """

    record: Record
    source: str
    verdict: Verdict = Verdict.UNDECIDED
    reasons: tuple[str, ...] = ()
    note: str = ""
    labels: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    needles: tuple[str, ...] = ()
    full: bool = False


Line = tuple[str, str]
"""A line of text and the component class it is painted in."""


class RecordPane(Lines):
    """Paints one record; scrolls by itself."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record--title",
        "record--meta",
        "record--text",
        "record--head",
        "record--match",
        "record--flag",
        "verdict--include",
        "verdict--exclude",
        "verdict--maybe",
        "verdict--undecided",
    }

    def __init__(self, measure: int) -> None:
        super().__init__()
        self._measure = measure
        self._view: RecordView | None = None
        self._empty = ""
        self._lines: list[Line] = []
        self._wrapped_for = -1
        self._top = 0

    def show(self, view: RecordView) -> None:
        """Show a record from its top; the same record stays where it was scrolled to."""
        same = self._view is not None and self._view.record.id == view.record.id
        self._view = view
        self._wrapped_for = -1
        if not same:
            self._top = 0
        self.refresh()

    def show_empty(self, words: str) -> None:
        """Show that there is no record."""
        self._view, self._empty, self._wrapped_for = None, words, -1
        self.refresh()

    def scroll_lines(self, by: int) -> None:
        """Scroll by lines, as far as there are any."""
        self._wrap(self.size.width)
        most = max(0, len(self._lines) - self._room())
        top = max(0, min(self._top + by, most))
        if top != self._top:
            self._top = top
            self.refresh()

    def scroll_page(self, direction: int) -> None:
        """Scroll by a page less two lines of overlap."""
        self.scroll_lines(direction * max(1, self._room() - 2))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self.scroll_lines(-3)

    def line(self, y: int, width: int) -> Strip:
        """One visible line; the last one says how much is below."""
        self._wrap(width)
        room = self._room()
        below = len(self._lines) - self._top - room
        if y >= room:
            style = self.style("record--meta")
            more = (
                f" ▼ {below:,} more line{'s' if below != 1 else ''}" if below > 0 else " ▲ end of the record"
            )
            return strip([(more, style)], width)
        n = y + self._top
        if n >= len(self._lines):
            return strip([], width)
        text, name = self._lines[n]
        style = self.style(name)
        pieces: list[Piece] = [(text, style)]
        if self._view and self._view.needles and name != "record--flag":
            match = self.style("record--match")
            pieces = marked(text, self._view.needles, style, match)
        return strip([(" ", style), *pieces], width)

    def _wrap(self, width: int) -> None:
        """Lay the record out, unless that is done; scrolling asks before painting does."""
        if self._wrapped_for != width and width > 0:
            self._wrapped_for = width
            self._lines = self._lay_out(min(self._measure, width - 2))
            self._top = max(0, min(self._top, len(self._lines) - self._room()))

    def _room(self) -> int:
        height = self.size.height
        return height - 1 if len(self._lines) > height else height

    def _lay_out(self, width: int) -> list[Line]:
        if self._view is None:
            return [(text, "record--text") for text in wrap(self._empty, width)]
        view, record = self._view, self._view.record
        lines = _decided(view, width)
        title = record.title or "(no title)"
        lines += [(text, "record--title") for text in wrap(title, width)]
        authors = "; ".join(record.authors) if view.full else shortened(record.authors)
        lines += _block(authors, "record--meta", width)
        lines += _block(_published(record), "record--meta", width)
        lines += _block(_identified(record), "record--meta", width)
        lines += [("", "record--text")]
        lines += [
            (f"! {Flag(flag).words}", "record--flag")
            for flag in record.flags
            if flag in list(Flag) and flag != Flag.NO_TITLE
        ]
        for paragraph in record.abstract.split("\n"):
            lines += _block(paragraph, "record--text", width)
        lines += _headed("Keywords", " · ".join(record.keywords), width)
        lines += _headed("Source", view.source, width)
        if view.full:
            lines += _everything(record, width)
        return lines


def _decided(view: RecordView, width: int) -> list[Line]:
    """The own verdict, reasons, note and labels, above the title so that they are never scrolled away."""
    text = mark(view.verdict).rstrip() if view.verdict is not Verdict.UNDECIDED else "· undecided"
    if view.reasons:
        text += f" – {'; '.join(view.reasons)}"
    lines = [(part, f"verdict--{view.verdict}") for part in wrap(text, width)]
    if view.labels:
        lines += _block(f"# {', '.join(view.labels)}", "record--head", width)
    if view.corrected:
        lines += _block(f"± corrected here: {', '.join(view.corrected)}", "record--meta", width)
    if view.note:
        lines += _block(f"✎ {view.note}", "record--head", width)
    return lines


def _block(text: str, name: str, width: int) -> list[Line]:
    return [(line, name) for line in wrap(text, width)]


def _headed(head: str, text: str, width: int) -> list[Line]:
    if not text:
        return []
    return [("", "record--text"), (head, "record--head"), *_block(text, "record--text", width)]


def _published(record: Record) -> str:
    numbers = record.volume + (f"({record.issue})" if record.issue else "")
    numbers += f":{record.pages}" if record.pages else ""
    year = str(record.year) if record.year is not None else "no year"
    where = " ".join(part for part in (record.journal, numbers) if part)
    return " · ".join(
        part for part in (year, where, TYPE_WORDS.get(record.type, record.type), record.language) if part
    )


def _identified(record: Record) -> str:
    parts = []
    if record.doi:
        parts.append(f"DOI {record.doi}")
    if record.pmid:
        parts.append(f"PMID {record.pmid}")
    if not parts:
        parts += [url for raw in record.urls if (url := http_url(raw))][:1]
    return " · ".join(parts)


def _everything(record: Record, width: int) -> list[Line]:
    lines: list[Line] = []
    more: Sequence[tuple[str, str]] = (
        ("Date", record.date),
        ("ISSN", record.issn),
        ("Publisher", record.publisher),
        ("Accession", record.accession),
        ("Addresses", "\n".join(record.urls)),
        ("Notes in the file", "\n".join(record.notes)),
        ("Record", f"{record.id}, line {record.line:,} of its file"),
    )
    for head, text in more:
        lines += _headed(head, text, width)
    if record.extra:
        lines += [("", "record--text"), ("Other fields of the file", "record--head")]
        for tag, values in record.extra.items():
            for value in values:
                lines += _block(f"{clean_line(tag)}  {value}", "record--text", width)
    return lines
