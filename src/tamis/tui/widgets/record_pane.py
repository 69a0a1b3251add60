"""The record: everything a reviewer needs to decide, in a readable measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tamis.domain.events import Verdict
from tamis.domain.highlight import COLOURS
from tamis.domain.plural import counted
from tamis.domain.record import TYPE_WORDS, Flag
from tamis.domain.text import clean_line, http_url
from tamis.services.highlighting import NOTHING, Lit, keyword_line
from tamis.tui.paint import Place, cut, found, mark, over, shortened, sides, strip, styled, wrap
from tamis.tui.widgets.lines import Lines
from tamis.tui.widgets.lit_lines import LOOKS, Hit, LitLines, counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
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
        reasons: own reasons, as the protocol words them, the primary one first.
        note: own note.
        labels: own labels.
        files: names of the files that are attached to the report.
        study: the study it is a report of.
        standing: what is so whatever the reviewer decides, such as `not retrieved`.
        remark: why the record is in the list that is shown.
        corrected: fields that were corrected since the import.
        needles: words of the search, to be marked.
        lit: which terms are lit where.
        full: whether to show all authors and everything the file says.
    """

    record: Record
    source: str
    verdict: Verdict = Verdict.UNDECIDED
    reasons: tuple[str, ...] = ()
    note: str = ""
    labels: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    study: str = ""
    standing: str = ""
    remark: str = ""
    corrected: tuple[str, ...] = ()
    needles: tuple[str, ...] = ()
    lit: Lit = NOTHING
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
        "record--here",
        *(f"lit--{colour}" for colour in COLOURS),
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
        self._lit = LitLines()
        self._here: int | None = None
        self._looks: dict[str, list[Style]] = {}
        self._wrapped_for = -1
        self._top = 0

    def show(self, view: RecordView) -> None:
        """Show a record from its top; the same record stays where it was scrolled to."""
        same = self._view is not None and self._view.record.id == view.record.id
        if self._view is None or self._view.lit.sets is not view.lit.sets:
            self._looks.clear()
        self._view = view
        self._wrapped_for = -1
        if not same:
            self._top, self._here = 0, None
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

    def jump(self, direction: int) -> tuple[int, int, Hit] | None:
        """Go to the next lit place or, with -1, to the one before, round the ends.

        Returns:
            Its number from 1, how many there are, and what it is; None where nothing is lit.
        """
        self._wrap(self.size.width)
        hits = self._lit
        if not len(hits):
            return None
        if self._here is None:  # the first one on the screen, or the last one above it
            below = next((n for n in range(len(hits)) if hits[n].line >= self._top), 0)
            self._here = below if direction > 0 else below - 1
        else:
            self._here += direction
        self._here %= len(hits)
        hit, room = hits[self._here], self._room()
        if not self._top <= hit.line < self._top + room:
            self._top = max(0, min(hit.line - room // 2, len(self._lines) - room))
        self.refresh()
        return self._here + 1, len(hits), hit

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
        room, whole = self._room(), self.style("")
        below = len(self._lines) - self._top - room
        if y >= room:
            style = self.style("record--meta")
            more = f" ▼ {counted(below, 'more line')}" if below > 0 else " ▲ end of the record"
            lit = counts(self._view.lit, self._looks_on("record--meta"), style) if self._view else []
            if not lit:
                return strip([(more, style)], width, whole)
            return sides(lit, [(f"{more} ", style)] if len(self._lines) > room else [], width, whole)
        n = y + self._top
        if n >= len(self._lines):
            return strip([], width, whole)
        text, name = self._lines[n]
        style = self.style(name)
        places = self._places(n, name)
        if self._view and self._view.needles and name != "record--flag":
            places = over(found(text, self._view.needles, self.style("record--match")), places)
        return strip([(" ", style), *styled(text, style, places)], width, whole)

    def render_line(self, y: int) -> Strip:
        """Textual's line API; the styles of a line are whole already, which saves much where much is lit."""
        width, height = self.size
        return self.line(y, width) if y < height and width > 0 else super().render_line(y)

    def _places(self, n: int, name: str) -> list[Place]:
        """What is lit on a line of a component class, as it looks."""
        first, places = self._lit.on(n, self._looks_on(name))
        if self._here is not None and 0 <= (here := self._here - first) < len(places):
            start, end, _ = places[here]
            places[here] = start, end, self.style("record--here")
        return places

    def _looks_on(self, name: str) -> list[Style]:
        """How each set looks on a line of a component class: its colour, and signs that do without."""
        looks = self._looks.get(name)
        if looks is None:
            style, sets = self.style(name), self._view.lit.sets if self._view else ()
            looks = [
                style + self.style(f"lit--{terms.colour}") + LOOKS[n % len(LOOKS)]
                for n, terms in enumerate(sets)
            ]
            self._looks[name] = looks
        return looks

    def notify_style_update(self) -> None:
        """Textual: styles may be other ones now."""
        self._looks.clear()
        super().notify_style_update()

    def _wrap(self, width: int) -> None:
        """Lay the record out, unless that is done; scrolling asks before painting does."""
        if self._wrapped_for != width and width > 0:
            self._wrapped_for = width
            self._lines = self._lay_out(min(self._measure, width - 2))
            self._top = max(0, min(self._top, len(self._lines) - self._room()))

    def _room(self) -> int:
        height = self.size.height
        footed = len(self._lines) > height or (self._view is not None and bool(self._view.lit.sets))
        return height - 1 if footed else height

    def _lay_out(self, width: int) -> list[Line]:
        self._lit = LitLines()
        if self._view is None:
            return [(text, "record--text") for text in wrap(self._empty, width)]
        view, record = self._view, self._view.record
        lines = _decided(view, width)
        title = record.title or "(no title)"
        lines += self._light(len(lines), title, "record--title", width)
        authors = "; ".join(record.authors) if view.full else shortened(record.authors)
        lines += _block(authors, "record--meta", width)
        lines += _block(_published(record), "record--meta", width)
        lines += _block(_identified(record), "record--meta", width)
        if view.files:
            lines += [(cut(f"File: {', '.join(view.files)}", width), "record--head")]
        lines += [("", "record--text")]
        lines += [
            (f"! {Flag(flag).words}", "record--flag")
            for flag in record.flags
            if flag in list(Flag) and flag != Flag.NO_TITLE
        ]
        if unlit := view.lit.unlit:
            lines += _block(f"! not lit: {unlit}", "record--flag", width)
        for paragraph in record.abstract.split("\n"):
            lines += self._light(len(lines), paragraph, "record--text", width)
        if keywords := keyword_line(record):
            lines += [("", "record--text"), ("Keywords", "record--head")]
            lines += self._light(len(lines), keywords, "record--text", width)
        lines += _headed("Source", view.source, width)
        if view.full:
            lines += _everything(record, width)
        return lines

    def _light(self, first: int, text: str, name: str, width: int) -> list[Line]:
        """A wrapped text whose terms are lit; `first` is the number of its first line."""
        block = _block(text, name, width)
        text = clean_line(text)
        if self._view and (spans := self._view.lit.spans.get(text)):
            self._lit.add(first, text, [line for line, _ in block], spans)
        return block


def _decided(view: RecordView, width: int) -> list[Line]:
    """The own verdict, reasons, note and labels, above the title so that they are never scrolled away."""
    text = mark(view.verdict).rstrip() if view.verdict is not Verdict.UNDECIDED else "· undecided"
    if view.standing:
        text = f"⊘ {view.standing}" if view.verdict is Verdict.UNDECIDED else f"{text}, {view.standing}"
    primary, *others = view.reasons or ("",)
    if primary:
        text += f" – {primary}"
    lines = [(part, f"verdict--{view.verdict}") for part in wrap(text, width)]
    if others:
        lines += _block(f"  also: {'; '.join(others)}", "record--meta", width)
    if view.study:
        lines += _block(f"▪ study {view.study}", "record--head", width)
    if view.remark:
        lines += _block(f"» {view.remark}", "record--head", width)
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
