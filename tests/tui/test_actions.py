"""Each action in the registry does what its help says; a new action without a proof fails here."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events

from tamis.domain.events import Verdict
from tamis.services import ranking
from tamis.services.relevance import Relevance
from tamis.tui import keys
from tamis.tui.screens.dialogs import Help
from tamis.tui.screens.duplicates import DuplicatesScreen
from tamis.tui.screens.files import AttachScreen
from tamis.tui.screens.importing import ImportScreen
from tamis.tui.screens.screening import ScreeningScreen
from tamis.tui.screens.summary import SummaryScreen
from tests.tui import reviews
from tests.tui.driving import Driven, driven

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tamis.services.screening import Session

    Proof = Callable[[Driven], Awaitable[None]]

PROOFS: dict[str, Proof] = {}
FIRST, SECOND, LAST = 0, 1, 13


def proves(*action_ids: str) -> Callable[[Proof], Proof]:
    """Mark what proves that an action does what its help says."""

    def mark(proof: Proof) -> Proof:
        PROOFS.update(dict.fromkeys(action_ids, proof))
        return proof

    return mark


def verdict(d: Driven, index: int) -> str:
    vote = d.session.ledger.vote(d.session.review.records.id_at(index), d.session.stage, "Ann")
    return str(vote.verdict) if vote else "undecided"


@proves("include", "maybe")
async def _one_key_and_next(d: Driven) -> None:
    await d.press("i")
    assert (verdict(d, 0), d.session.queue.cursor) == ("include", 1)
    assert d.said.startswith("include – Microwave ablation")
    await d.press("m")
    assert (verdict(d, 1), d.session.queue.cursor) == ("maybe", 2)


@proves("exclude")
async def _pick_a_reason(d: Driven) -> None:
    await d.press("e")
    assert "Wrong study design" in d.text()
    assert verdict(d, 0) == "undecided"
    await d.press("2")
    assert (verdict(d, 0), d.session.queue.cursor) == ("exclude", 1)
    await d.press("e", "e")
    vote = d.session.ledger.vote(d.session.review.records.id_at(1), d.session.stage, "Ann")
    assert vote is not None
    assert (vote.verdict, vote.reasons) == (Verdict.EXCLUDE, ())
    await d.press("e", "escape")
    assert verdict(d, 2) == "undecided"
    await d.press("e", "j", "j", "k", "enter")
    assert "Wrong study design" in d.said


@proves(*(f"exclude-{n}" for n in range(1, 10)))
async def _a_digit_is_enough(d: Driven) -> None:
    for n, reason in enumerate(("population", "design", "language")):
        await d.press(str(n + 1))
        vote = d.session.ledger.vote(d.session.review.records.id_at(n), d.session.stage, "Ann")
        assert vote is not None
        assert (vote.verdict, vote.reasons) == (Verdict.EXCLUDE, (reason,))
    for n in range(4, 10):
        await d.press(str(n))
        assert f"{n} is not one of them" in d.said
    assert d.session.queue.cursor == 3
    assert verdict(d, 3) == "undecided"


@proves("stage", "not-retrieved")
async def _full_text(d: Driven) -> None:
    await d.press("F")
    assert '["title-abstract", "full-text"] into protocol.toml' in d.text()
    await d.press("escape", "r")
    assert "said at full text" in d.said
    two_stages(d)
    await d.press("F")
    assert d.said == "Full text: nothing here yet. F goes back."
    await d.press("F", "i", "i", "F")
    assert (d.session.stage, len(d.session.queue)) == ("full-text", 2)
    assert d.said == "Full text: 2 of 2 to decide."
    assert "full text: 0 of 2" in d.lines[0]
    await d.press("r")
    assert d.session.queue.cursor == 1
    assert d.session.queue.not_retrieved == 1
    assert "⊘ not had" in d.text()
    assert "1 of 2, 50.0 %, 0 included, 1 not had" in d.lines[0]
    await d.press("k")
    assert "⊘ not retrieved" in d.text()
    await d.press("r")
    assert d.said.startswith("retrieved – Microwave")
    assert d.session.queue.not_retrieved == 0
    await d.press("r", "u")
    assert d.said.startswith("Undone: not retrieved – Microwave")
    assert d.session.queue.cursor == 0
    await d.press("e", "e")
    assert d.said == "A full text is excluded with a reason: pick one."
    await d.press("escape")
    assert verdict(d, 0) == "undecided", "without a reason nothing is excluded at full text"
    await d.press("e", "j", "space", "1", "3", "3")
    assert "●  2  Wrong study design" in d.text()
    assert "○  1  Wrong population" in d.text()
    await d.press("enter")
    vote = d.session.ledger.vote(d.session.review.records.id_at(0), "full-text", "Ann")
    assert vote is not None
    assert vote.reasons == ("design", "population")
    await d.press("k")
    assert "also: Wrong population" in d.text()
    await d.press("r")
    assert "It is decided on, so it was retrieved: clear that first." in d.text()
    here = d.session.record_id
    await d.press("F")
    assert (d.session.stage, d.session.record_id) == ("title-abstract", here), "the same record"
    await d.press("F")
    assert (d.session.stage, d.session.record_id) == ("full-text", here)
    await d.press("F")
    assert d.session.stage == "title-abstract"


def two_stages(d: Driven) -> None:
    """Give the protocol its second stage, as if it had been edited before the start."""
    review = d.session.review
    review.protocol = replace(review.protocol, stages=("title-abstract", "full-text"))


@proves("study")
async def _study(d: Driven) -> None:
    await d.press("S", *"ALPHA", "enter")
    assert d.session.study() == "ALPHA"
    assert "▪ study ALPHA" in d.text()
    await d.press("j", "S", "a")
    assert "completes: ALPHA" in d.text()
    await d.press("right", "enter")
    assert d.session.study() == "ALPHA"
    await d.press("S", *["backspace"] * 5, "enter")
    assert d.session.study() == ""
    await d.press("S", *"BETA", "escape")
    assert d.session.study() == ""


@proves("remove")
async def _remove(d: Driven) -> None:
    await d.press("R", "escape", "R", "1", "escape")
    assert d.session.review.event_count == 0
    await d.press("R", "1", "enter")
    assert "Say why the record is removed" in d.said
    await d.press("R", "1", *"mice", "enter")
    assert len(d.session.queue) == 13
    assert d.said.startswith("removed before screening by automation (mice) – Microwave")
    await d.press("R", "1", "enter")
    assert d.said.startswith("removed before screening by automation (mice) – Radiofrequency"), "offered"
    await d.press("u", "u")
    assert len(d.session.queue) == 14
    await d.press("R", "2", *"retracted", "enter")
    record = d.session.review.records.id_at(0)
    d.session.queue.show(lambda shown: shown == record, "Records removed")
    d.screen.show()
    await d.settle()
    assert "⊘ removed before screening (retracted)" in d.text()
    await d.press("R")
    assert d.said.startswith("put back – Microwave")
    two_stages(d)
    await d.press("escape", "i", "F", "R")
    assert "F goes to title and abstract" in d.said


@proves("clear")
async def _take_back(d: Driven) -> None:
    await d.press("x")
    assert d.said == "This record is undecided."
    await d.press("i", "k", "x")
    assert verdict(d, 0) == "undecided"
    assert "0 of 14" in d.lines[0]


@proves("undo", "redo")
async def _back_and_again(d: Driven) -> None:
    await d.press("u")
    assert d.said == "There is nothing to undo."
    await d.press("ctrl+r")
    assert d.said == "There is nothing to do again."
    await d.press("i", "3", "G", "u")
    assert (verdict(d, 1), d.session.queue.cursor) == ("undecided", 1)
    assert d.said.startswith("Undone: exclude (Not in a language we read)")
    await d.press("u")
    assert (verdict(d, 0), d.session.queue.cursor) == ("undecided", 0)
    await d.press("G", "ctrl+r")
    assert (verdict(d, 0), d.session.queue.cursor) == ("include", 0)
    assert d.said.startswith("Done again: include – Microwave")
    await d.press("ctrl+r")
    assert verdict(d, 1) == "exclude"


@proves("note", "dialog-save", "dialog-cancel")
async def _note(d: Driven) -> None:
    await d.press("n", *"one", "enter", *"two", "ctrl+s")
    assert d.session.note() == "one\ntwo"
    assert "✎ one" in d.text()
    await d.press("n", *"three", "escape")
    assert d.session.note() == "one\ntwo"
    assert d.session.queue.cursor == 0
    await d.press("n", *["backspace"] * 7, "ctrl+s")
    assert d.session.note() == ""


@proves("dialog-editor")
async def _note_without_an_editor(d: Driven) -> None:
    await d.press("n", *"kept", "ctrl+e")
    assert "No editor is set" in d.said
    await d.press("ctrl+s")
    assert d.session.note() == "kept"


@proves("labels")
async def _labels(d: Driven) -> None:
    await d.press("l", *"key", "comma", "space", *"rare", "enter")
    assert d.session.labels() == ("key", "rare")
    assert "# key, rare" in d.text()
    await d.press("j", "l")
    assert "in use: key, rare" in d.text()
    await d.press("escape")
    assert d.session.labels() == ()


@proves("next", "previous")
async def _neighbours(d: Driven) -> None:
    for key, cursor in (("j", 1), ("down", 2), ("k", 1), ("up", 0), ("k", 0)):
        await d.press(key)
        assert d.session.queue.cursor == cursor


@proves("first", "last")
async def _ends(d: Driven) -> None:
    for key, cursor in (("G", LAST), ("j", LAST), ("g", FIRST), ("end", LAST), ("home", FIRST)):
        await d.press(key)
        assert d.session.queue.cursor == cursor


@proves("next-undecided")
async def _next_undecided(d: Driven) -> None:
    await d.press("j", "i", "g", "tab")
    assert d.session.queue.cursor == 2
    await d.press("G", "tab")
    assert d.session.queue.cursor == 0


@proves("order", "why")
async def _order(d: Driven) -> None:
    before = list(d.session.queue.every)
    await d.press("w")
    assert d.said == "The list is as imported; O can order it by relevance."
    await d.press("O")
    assert "As imported (now)" in d.text()
    await d.press("n")
    assert d.said.split("  ")[0] == "The records are newest first."
    years = [d.session.row(n).year or 0 for n in range(14)]
    assert years == sorted(years, reverse=True)
    await d.press("u")
    assert list(d.session.queue.every) == before
    await d.press("O", "r")
    await ranked(d)
    assert d.said.startswith("Ranked; taken with the next record.")
    first = d.session.record_id
    await d.press("j")
    assert first == d.session.review.records.id_at(d.session.queue.every[0]), "what was shown stays"
    assert d.said.endswith("criteria")
    await d.press("w")
    assert "1 of 13" in d.text()
    assert "Ordered by criteria until 1 include" in d.text()
    assert "+++++++++" in d.text()
    await d.press("escape")


async def ranked(d: Driven) -> None:
    """Wait until the background has nothing to do."""
    guide = d.session.guide
    assert isinstance(guide, Relevance)
    assert await asyncio.to_thread(guide.wait)
    await d.settle()


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


@proves("scroll-down", "scroll-up")
async def _scroll(d: Driven) -> None:
    await d.press("j", "j", "j", "j", "j")
    top = d.text()
    for down, up in (("J", "K"), ("space", "pageup"), ("pagedown", "ctrl+u"), ("ctrl+d", "K")):
        await d.press(down)
        assert d.text() != top
        await d.press(up)
        assert d.text() == top
    assert d.session.queue.cursor == 5


@proves("search", "find-next", "find-previous")
async def _search(d: Driven) -> None:
    await d.press("full_stop")
    assert d.said == "Nothing is searched for yet; / starts a search."
    await d.press("slash", *"participants", "enter")
    assert d.session.queue.cursor == 8
    for key, cursor in (("full_stop", 9), ("full_stop", 10), ("comma", 9), ("comma", 8), ("comma", 13)):
        await d.press(key)
        assert d.session.queue.cursor == cursor
    await d.press("full_stop")
    assert d.session.queue.cursor == 8
    await d.press("slash", *["backspace"] * 12, *"nowhere", "enter")
    assert "Nothing in this list holds nowhere." in d.said
    assert d.session.queue.cursor == 8


@proves("filter", "show-all")
async def _filter(d: Driven) -> None:
    await d.press("f", *"year", "colon", *"2018", "enter")
    assert len(d.session.queue) == 1
    assert "filter: year:2018 (1)" in d.said
    await d.press("escape")
    assert len(d.session.queue) == 14
    assert d.said == "All 14 records are shown."
    await d.press("f", *"zzz", "enter")
    assert "No record matches zzz; the list stays as it was." in d.said
    assert len(d.session.queue) == 14


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


@proves("attach")
async def _attach(d: Driven) -> None:
    path = d.session.review.folder.parent / "full text.pdf"
    path.write_bytes(b"%PDF-1.4")
    await d.press("A")
    assert isinstance(d.app.screen, AttachScreen)
    await d.press("slash", "ctrl+u")
    await d.type(str(path))
    await d.press("enter")
    assert isinstance(d.app.screen, ScreeningScreen)
    assert d.said == "Attached: full text.pdf"
    assert "File: full text.pdf" in d.text()
    await d.press("u")
    assert "File: full text.pdf" not in d.text()
    await d.press("A", "escape")
    assert d.session.review.event_count == 2


@proves("summary", "summary-close")
async def _summary(d: Driven) -> None:
    for key in ("escape", "s", "q"):
        await d.press("s")
        assert isinstance(d.app.screen, SummaryScreen)
        assert "Records screened" in d.text()
        await d.press(key)
        assert isinstance(d.app.screen, ScreeningScreen)
    assert d.session.review.event_count == 0


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


@proves("cluster")
async def _cluster(d: Driven) -> None:
    await d.press("v")
    assert d.said == "No other record is linked with this one."  # with others: test_duplicates.py


@proves("edit")
async def _edit(d: Driven) -> None:
    record = d.session.record
    assert record is not None
    await d.press("M", "4")
    await d.press(*["backspace"] * 4, "1", "9", "9", "8", "enter")
    assert d.session.record is not None
    assert d.session.record.year == 1998
    assert "corrected here: year" in d.text()
    assert d.session.review.records[0].year == record.year, "the imported record is as it was"
    await d.press("u")
    assert d.session.record.year == record.year


@proves("import")
async def _import(d: Driven) -> None:
    await d.press("ctrl+o")
    assert isinstance(d.app.screen, ImportScreen)
    await d.press("escape")
    assert isinstance(d.app.screen, ScreeningScreen)


@proves("box-next", "box-previous")
async def _boxes(d: Driven) -> None:
    await d.press("s")
    first = d.said
    for forth, back in (("j", "k"), ("down", "up"), ("tab", "shift+tab")):
        await d.press(forth)
        assert d.said != first
        await d.press(back)
        assert d.said == first


@proves("box-open")
async def _box(d: Driven) -> None:
    await d.press("i", "2", "2", "s", "j", "enter")
    assert d.said.startswith("There are no records to list")
    await d.press("j", "j", "enter")
    assert isinstance(d.app.screen, ScreeningScreen)
    assert "filter: Records excluded (2)" in d.said
    assert [d.session.row(n).verdict for n in range(2)] == [Verdict.EXCLUDE] * 2
    await d.press("f")
    assert "Records excluded (2)" in d.said, "the name of a box is not offered as a filter of words"
    await d.press("enter")
    assert len(d.session.queue) == 14


@proves("summary-scroll-down", "summary-scroll-up")
async def _summary_scroll(d: Driven) -> None:
    await d.press("s")
    top = d.lines[:-2]
    for down, up in (("J", "K"), ("space", "pageup"), ("pagedown", "K")):
        await d.press(down)
        assert d.lines[:-2] != top
        await d.press(*[up] * 3)
        assert d.lines[:-2] == top


@proves("summary-export")
async def _summary_export(d: Driven) -> None:
    await d.press("s", "E", "7")
    assert "PRISMA counts written to " in " ".join(d.text().replace("│", " ").split())
    assert len(list(d.session.review.folder.glob("*.md"))) == 1
    await d.press("escape", "E", "v")
    assert "PRISMA diagram written to " in " ".join(d.text().replace("│", " ").split())
    (path,) = d.session.review.folder.glob("*.svg")
    assert path.read_text(encoding="utf-8").startswith("<svg ")


@proves("summary-help")
async def _summary_help(d: Driven) -> None:
    await d.press("s", "question_mark")
    assert "Next box." in d.text()
    await d.press("escape", "escape")
    assert isinstance(d.app.screen, ScreeningScreen)


@proves("terms", "light", "lit-next", "lit-previous")
async def _lit_terms(d: Driven) -> None:
    await d.press("h")
    assert d.said == "Nothing is lit in this record."
    await d.press("t")
    assert d.said == "No terms are set; T adds some."
    await d.press("T", "a")
    await d.type("place: liver metastas*, colorectal")
    await d.press("enter")
    assert d.said == "Added to place: 2 terms."
    assert "place 3" in d.text(), "the record is painted anew at once"
    await d.press("T", "a", "p")
    await d.press("right")
    await d.type("/Abl.+?n/")
    await d.press("enter")
    assert "place 9" in d.text()
    await d.press("h", "h")
    assert d.said == "Place 2 of 9, place: colorectal"
    await d.press("H", "H")
    assert d.said.startswith("Place 9 of 9, place: ablation")
    await d.press("t")
    assert "place 9" not in d.text()
    await d.press("h")
    assert d.said == "Nothing is lit in this record."
    await d.press("t", "T", "j", "j", "j", "enter")
    assert d.said == "Removed from place: colorectal. T adds it again."
    assert [s.terms for s in d.session.review.protocol.highlight] == [("liver metastas*", "/Abl.+?n/")]
    assert "place 8" in d.text()


def test_every_action_has_a_proof() -> None:
    """A new action comes with a proof that it does what its help says."""
    scopes = ("duplicates", "cluster", "stopping")  # test_duplicates.py, test_stopping.py
    elsewhere = {action.id for scope in scopes for action in keys.in_scope(scope)}
    assert set(PROOFS) == {action.id for action in keys.ACTIONS} - elsewhere


@pytest.mark.parametrize("proof", sorted({p.__name__ for p in PROOFS.values()}))
async def test_action(proof: str, session: Session) -> None:
    """The action does what its help says."""
    async with driven(session) as d:
        await globals()[proof](d)


async def test_every_action_is_in_the_palette(session: Session) -> None:
    """Whatever has a key can be found by its name too."""
    async with driven(session) as d:
        offered = {c.title.split("  ")[0] for c in d.app.get_system_commands(d.screen)}
        wanted = {
            a.id.replace("-", " ").capitalize()
            for a in keys.in_scope("screening")
            if not a.id.startswith("exclude-")
        }
        assert offered == wanted


async def test_help_names_every_action(session: Session) -> None:
    """The help is made from the registry: every sentence of it is there."""
    from tamis.tui.screens.dialogs import help_text

    words = " ".join(help_text(keys.resolve(), "screening", 300).split())
    for action in keys.in_scope("screening"):
        if not action.id.startswith("exclude-"):
            assert action.help in words
    words = " ".join(help_text(keys.resolve(), "summary", 300).split())
    assert all(action.help in words for action in keys.in_scope("summary"))


async def test_undo_after_a_restart(session: Session) -> None:
    """What was decided yesterday is undone today, on its record, and done again."""
    async with driven(session) as d:
        await d.press("i", "2", "m")
    async with driven(reviews.session(session.review)) as d:
        assert d.session.queue.cursor == 3
        assert d.said == "Welcome back, Ann: 3 decided."
        await d.press("u", "u")
        assert d.said.startswith("Undone: exclude (Wrong study design")
        assert d.session.queue.cursor == 1
    async with driven(reviews.session(session.review)) as d:
        await d.press("ctrl+r")
        assert d.said.startswith("Done again: exclude (Wrong study design")
        assert verdict(d, 1) == "exclude"
        assert verdict(d, 2) == "undecided"


async def test_undo_leaves_a_filter_that_hides_the_record(session: Session) -> None:
    """Undo goes to its record even when the filter hides it, and says that the filter is gone."""
    async with driven(session) as d:
        await d.press("i", "f", *"year", "colon", *"2018", "enter", "u")
        assert d.session.queue.cursor == 0
        assert len(d.session.queue) == 14
        assert d.said.startswith("The filter is off. Undone: include")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("is:include", 1),
        ("is:exclude", 2),
        ("is:maybe", 1),
        ("is:undecided", 10),
        ("is:decided", 4),
        ("reason:2", 1),
        ("reason:population", 1),
        ("label:key", 1),
        ("source:pubmed", 14),
        ("source:embase", 0),
        ("year:2018", 1),
        ("year:2018-2019", 2),
        ("year:>=2020", 2),
        ("year:<2000", 1),
        ("title:octogenarians", 1),
        ("author:gomez", 1),
        ("journal:letters", 1),
        ("has:note", 1),
        ("has:abstract", 13),
        ("has:doi", 9),
        ('"participants of trial"', 6),
        ("ablation -is:decided", 3),
        ("移的", 1),
        ("[95% CI", 1),
    ],
)
async def test_filter_keys(text: str, titles: int, session: Session) -> None:
    """Every kind of filter shows its records and no others."""
    session.decide(Verdict.INCLUDE)
    session.decide(Verdict.EXCLUDE, ["design"])
    session.decide(Verdict.EXCLUDE, ["population"])
    session.decide(Verdict.MAYBE)
    session.queue.go(0)
    session.set_note("a note")
    session.set_labels(["key paper"])
    async with driven(session) as d:
        await d.press("f")
        for character in text:
            d.app.post_message(_key(character))
        await d.settle()
        await d.press("enter")
        assert len(d.session.queue) == (titles or 14)
        assert ("No record matches" in d.said) == (titles == 0)


def _key(character: str) -> events.Key:
    return events.Key({" ": "space"}.get(character, character), character)
