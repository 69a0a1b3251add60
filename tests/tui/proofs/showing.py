"""Proofs: what is shown of a record, and what else a key opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.services import ranking
from tamis.tui.screens.dialogs import Help
from tamis.tui.screens.duplicates import DuplicatesScreen
from tamis.tui.screens.importing import ImportScreen
from tamis.tui.screens.screening import ScreeningScreen
from tests.tui.proofs.proving import proves, verdict

if TYPE_CHECKING:
    from tests.tui.driving import Driven


@proves("authors")
async def _authors(d: Driven) -> None:
    await d.press("j", "j", "j", "j")
    assert "and 22 more" in d.text()
    await d.press("a")
    assert "Author25, Given" in d.text()
    await d.press("a")
    assert "Author25, Given" not in d.text()


@proves("criteria")
async def _criteria(d: Driven) -> None:
    before = d.text()
    await d.press("c")
    assert "✗ Primary liver cancer" in d.text()
    assert "Microwave ablation or resection" in d.text()
    await d.press("c")
    assert "Not in a language we read" in d.text()
    await d.press("c")
    assert d.text() == before


@proves("open")
async def _open(d: Driven) -> None:
    opened = d.addresses()
    await d.press("o", "j", "o", "j", "j", "o", "j", "o")
    assert opened == [
        "https://doi.org/10.5555/tamis.1",
        "https://pubmed.ncbi.nlm.nih.gov/39000002/",
        "https://example.org/rtl",
    ]
    assert d.said == "This record has no DOI, PMID or web address."
    await d.press("k", "o")
    assert d.said == "Opening example.org in the browser: https://example.org/rtl"


@proves("terms", "light", "lit-next", "lit-previous")
async def _lit_terms(d: Driven) -> None:
    await d.press("h")
    assert d.said == "Nothing is lit in this record."
    await d.press("t")
    assert d.said == "No terms are set; T adds some."
    await d.press("T", "a")
    await d.type("place: liver metastas*, colorectal")
    await d.press("enter")
    assert d.said == "set place made with 2 terms; u undoes it"
    assert "place 3" in d.text(), "the record is painted anew at once"
    await d.press("a")
    await d.type("/Abl.+?n/")
    await d.press("enter", "escape")
    assert isinstance(d.app.screen, ScreeningScreen)
    assert "place 9" in d.text()
    await d.press("h", "h")
    assert d.said == "Place 2 of 9, place: colorectal"
    await d.press("H", "H")
    assert d.said.startswith("Place 9 of 9, place: ablation")
    await d.press("t")
    assert "place 9" not in d.text()
    await d.press("h")
    assert d.said == "Nothing is lit in this record."
    await d.press("t", "T", "j", "j", "d", "escape")
    assert [s.terms for s in d.session.review.protocol.highlight] == [("liver metastas*", "/Abl.+?n/")]
    assert "place 8" in d.text()
    await d.press("u")
    assert d.said == "Undone: colorectal removed from place"
    assert "place 9" in d.text()
    await d.press("ctrl+r")
    assert d.said == "Done again: colorectal removed from place"
    assert "place 8" in d.text()


@proves("second-look")
async def _second_look(d: Driven) -> None:
    await d.press("L")
    assert "Decisions that surprise a model that has learnt from your others" in d.text()
    await d.press("1")
    if not ranking.available():
        assert "needs numpy" in d.text()
        return
    few = "A model can be surprised once Ann has excluded 5 records"
    assert d.said.startswith(("Looking for decisions that are surprising ...", few))
    await d.screen.second_look.wait()
    await d.settle()
    assert d.said.startswith(few)


@proves("stopping")
async def _stopping(d: Driven) -> None:
    await d.press("percent_sign")
    assert "0 of 14 records are screened" in d.text()
    await d.press("escape")
    assert isinstance(d.app.screen, ScreeningScreen)


@proves("duplicates")
async def _duplicates(d: Driven) -> None:
    await d.press("D")
    await d.app.workers.wait_for_complete()
    await d.settle()
    assert isinstance(d.app.screen, DuplicatesScreen)
    await d.press("escape")
    assert isinstance(d.app.screen, ScreeningScreen)


@proves("import")
async def _import(d: Driven) -> None:
    await d.press("ctrl+o")
    assert isinstance(d.app.screen, ImportScreen)
    await d.press("escape")
    assert isinstance(d.app.screen, ScreeningScreen)


@proves("export")
async def _export(d: Driven) -> None:
    await d.press("E", "3")
    written = list(d.session.review.folder.glob("*.csv"))
    assert len(written) == 1
    assert "14 records written to " in " ".join(d.text().replace("│", " ").split())
    await d.press("escape")
    await d.press("E", "escape")
    assert len(list(d.session.review.folder.glob("*.csv"))) == 1


@proves("help")
async def _help(d: Driven) -> None:
    await d.press("question_mark")
    assert isinstance(d.app.screen, Help)
    await d.press("i", "j", "escape")
    assert isinstance(d.app.screen, ScreeningScreen)
    assert d.session.review.event_count == 0


@proves("palette")
async def _palette(d: Driven) -> None:
    for key in ("colon", "ctrl+p"):
        await d.press(key, *"redo")
        await d.settle()
        assert "Do again what was undone last." in d.text()
        await d.press("escape")
    await d.press("i", "u", "colon", *"redo")
    await d.pilot.pause(0.3)
    await d.press("enter")
    await d.settle()
    assert verdict(d, 0) == "include"


@proves("quit")
async def _quit(d: Driven) -> None:
    await d.press("i", "q")
    assert d.app.return_value == 0
