"""What menus offer and what the choices do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from tamis.domain.text import http_url
from tamis.errors import TamisError
from tamis.services import exporting, reporting
from tamis.tui.widgets.menu import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.domain.protocol import Reason
    from tamis.domain.record import Record
    from tamis.services.screening import Session
    from tamis.tui.keys import Keymap

EXPORTS: Final = (
    Item("1", "records:ris:included", "Included records as RIS (Zotero, EndNote, ...)"),
    Item("2", "records:ris:all", "All records with their decisions as RIS"),
    Item("3", "records:csv:all", "All records with their decisions as CSV (spreadsheets)"),
    Item("4", "records:json:all", "All records with their decisions as JSON"),
    Item("5", "counts:csv", "PRISMA counts as CSV for the PRISMA2020 R package"),
    Item("6", "counts:json", "PRISMA counts as JSON"),
    Item("7", "counts:markdown", "PRISMA counts as Markdown"),
)
"""What can be written from the app."""

_SUFFIX: Final = {"csv": ".csv", "json": ".json", "markdown": ".md"}


def reasons(protocol_reasons: Sequence[Reason], keymap: Keymap) -> list[Item]:
    """The exclusion reasons with their keys, and no reason at all under the exclude key."""
    items = [
        Item(str(n) if n < 10 else "", reason.id, reason.label)
        for n, reason in enumerate(protocol_reasons, 1)
    ]
    return [*items, Item(keymap.shown("exclude"), "", "No reason")]


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
    what, form, *only = value.split(":")
    review, day = session.review, session.author.now()[:10]
    if what == "records":
        path = exporting.free_path(review.folder, f"{review.protocol.title}-{only[0]}-{day}", f".{form}")
        account = exporting.export(review, session.ledger, path, only=only[0], stage=session.stage)
        return f"{account.records:,} records written to {account.path}"
    path = exporting.free_path(review.folder, f"{review.protocol.title}-prisma-{day}", _SUFFIX[form])
    text = reporting.render(review, session.ledger, form)
    try:
        exporting.write_text(path, text)
    except OSError as error:
        raise TamisError(f"{path} could not be written: {error.strerror}.") from error
    return f"PRISMA counts written to {Path(path)}"
