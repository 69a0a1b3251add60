"""What menus offer and what the choices do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from tamis.domain.events import Removal, Stage
from tamis.domain.plural import counted
from tamis.domain.record import EDITABLE
from tamis.domain.text import http_url
from tamis.tui.widgets.menu import FIRST, FURTHER, Item

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.domain.protocol import Reason
    from tamis.domain.record import Record
    from tamis.services.exporting import Only
    from tamis.services.reporting import Format
    from tamis.services.screening import Session
    from tamis.tui.keys import Keymap


@dataclass(frozen=True, slots=True)
class Export:
    """One thing that can be written: records with decisions, for people or for a tool, or counts."""

    words: str
    suffix: str
    only: Only | None = None
    counts: Format | None = None
    tool: str | None = None


_EXPORTS: Final = {
    "1": Export("Included records as RIS (Zotero, EndNote, ...)", ".ris", only="included"),
    "2": Export("All records with their decisions as RIS", ".ris", only="all"),
    "3": Export("All records with their decisions as CSV (spreadsheets)", ".csv", only="all"),
    "4": Export("All records with their decisions as JSON", ".json", only="all"),
    "5": Export("PRISMA counts as CSV for the PRISMA2020 R package", ".csv", counts="csv"),
    "6": Export("PRISMA counts as JSON", ".json", counts="json"),
    "7": Export("PRISMA counts as Markdown", ".md", counts="markdown"),
    "8": Export("All records with their decisions as an Excel workbook", ".xlsx", only="all"),
    "9": Export("All records for Rayyan, decisions in the notes", ".ris", only="all", tool="rayyan"),
    "0": Export("All records for ASReview, decisions as labels", ".ris", only="all", tool="asreview"),
    "v": Export("PRISMA diagram as SVG (vectors: journals, Inkscape)", ".svg", counts="svg"),
    "w": Export("PRISMA diagram as a Word document to edit", ".docx", counts="docx"),
    "f": Export("PRISMA diagram as PDF", ".pdf", counts="pdf"),
    "p": Export("PRISMA diagram as PNG", ".png", counts="png"),
    "m": Export("PRISMA diagram as Mermaid (GitHub, Quarto)", ".mmd", counts="mermaid"),
}
EXPORTS: Final = [Item(key, key, export.words) for key, export in _EXPORTS.items()]
"""What can be written from the app, records first."""
SUMMARIES_FIRST: Final = sorted(
    EXPORTS, key=lambda item: (_EXPORTS[item.key].only is not None, item.key < "a")
)
"""The same with diagram and counts first."""


FIELDS: Final = [Item(str(n), name, name) for n, name in enumerate(EDITABLE, 1)]
"""Fields of a record that can be corrected."""


def reasons(protocol_reasons: Sequence[Reason], keymap: Keymap, stage: str) -> list[Item]:
    """The exclusion reasons with their keys, and, where that may be, none under the exclude key."""
    items = [
        Item(str(n) if n < 10 else "", reason.id, reason.label)
        for n, reason in enumerate(protocol_reasons, 1)
    ]
    if stage == Stage.FULL_TEXT:
        return items
    return [*items, Item(keymap.shown("exclude"), "", "No reason")]


WHY: Final = f"Exclude: why? (space marks several: {FIRST} is the primary reason, {FURTHER} are others)"

NEEDS_REASON: Final = "A full text is excluded with a reason: pick one."

REMOVALS: Final = [
    Item("1", Removal.AUTOMATION, "Marked as ineligible by an automation tool"),
    Item("2", Removal.OTHER, "For another reason"),
]
"""How a record is removed before screening."""


def address(record: Record) -> str:
    """The web address of a record: its DOI first, then PubMed, then its own; "" without one.

    DOI and PMID addresses are built from their checked parts, never taken from the file.
    """
    if record.doi:
        return f"https://doi.org/{quote(record.doi, safe='/:;()')}"
    if record.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/"
    return next((url for raw in record.urls if (url := http_url(raw))), "")


def open_address(record: Record | None, open_url: Callable[[str], None]) -> str:
    """Open a record's address in the browser; gives what to say, naming the host."""
    url = address(record) if record else ""
    if not url:
        return "This record has no DOI, PMID or web address."
    open_url(url)
    return f"Opening {urlsplit(url).hostname} in the browser: {url}"


def write(session: Session, value: str) -> str:
    """Write what was picked into the review's folder under a name that is free; gives what to say."""
    from tamis.services import exporting, flow, reporting  # not needed until something is written

    export = _EXPORTS[value]
    review, day = session.review, session.author.now()[:10]
    what = "-".join(filter(None, (export.only or "prisma", export.tool)))
    stem = exporting.export_name(review.protocol.title, what, day)
    path = exporting.free_path(review.folder, stem, export.suffix)
    if export.only is not None:
        account = exporting.export(
            review, session.ledger, path, only=export.only, stage=session.stage, tool=export.tool
        )
        return f"{counted(account.records, 'record')} written to {account.path}"
    made = reporting.made(review, session.ledger, export.counts or "json")
    exporting.write_file(path, lambda out: out.write(made))
    return f"PRISMA {'diagram' if export.counts in flow.FORMS else 'counts'} written to {path}"
