"""Proofs: what is said of a record, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.events import Verdict
from tamis.tui.screens.files import AttachScreen
from tamis.tui.screens.screening import ScreeningScreen
from tests.tui.proofs.proving import proves, two_stages, verdict

if TYPE_CHECKING:
    from tests.tui.driving import Driven


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


@proves("cluster")
async def _cluster(d: Driven) -> None:
    await d.press("v")
    assert d.said == "No other record is linked with this one."  # with others: test_duplicates.py
