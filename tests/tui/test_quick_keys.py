"""Keys pressed faster than the screen answers: none is lost, none is taken for something else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input, TextArea

from tamis.domain.events import Kind, Verdict
from tamis.tui.widgets.record_list import RecordList
from tests.tui.driving import Driven, driven

if TYPE_CHECKING:
    from tamis.services.screening import Session

# How the keys arrive: all in one go, or with so many turns of the event loop between them.
GAPS = [0, 1, 3, 8]
_NAMES = {
    " ": "space",
    "\n": "enter",
    "é": "latin_small_letter_e_with_acute",
    "-": "minus",
    ":": "colon",
    "/": "slash",
    "?": "question_mark",
}


async def deliver(d: Driven, keys: str, gap: int) -> None:
    """Deliver keys as the terminal does, `gap` turns of the event loop apart."""
    for character in keys:
        d.app.post_message(events.Key(_NAMES.get(character, character), character))
        for _ in range(gap):
            await asyncio.sleep(0)
    await d.settle()


@pytest.mark.parametrize("gap", GAPS)
async def test_ten_quick_keys_are_ten_decisions(gap: int, session: Session) -> None:
    """Key repeat on a verdict decides one record a press, in order."""
    async with driven(session) as d:
        await deliver(d, "im1i2mi3ii", gap)
        decided = [e for e in session.review.events() if e.kind == Kind.DECIDE]
        verdicts = [Verdict(e.body["verdict"]) for e in decided]
        assert [v[0] for v in verdicts] == list("imeiemieii")
        assert [e.record for e in decided] == [session.review.records.id_at(n) for n in range(10)]
        assert session.progress().decided == 10
        assert "10 of 14" in d.lines[0]


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("key", ["n", "slash", "f", "l"])
async def test_a_word_typed_at_once_arrives_whole(key: str, gap: int, session: Session) -> None:
    """After a key that opens a field, everything typed at once belongs to the field, in its order."""
    word = "time is 1 émail: e-mixed units"
    async with driven(session) as d:
        d.app.post_message(events.Key(key, "/" if key == "slash" else key))
        for _ in range(gap):
            await asyncio.sleep(0)
        await deliver(d, word, gap)
        if key == "n":
            assert d.app.screen.query_one(TextArea).text == word
        else:
            assert d.app.screen.query_one(Input).value == word
        assert session.review.event_count == 0


@pytest.mark.parametrize("gap", GAPS)
async def test_a_search_typed_at_once_with_enter(gap: int, session: Session) -> None:
    """`/word` and enter in one go searches for the word, and the keys after it are not lost to the field."""
    async with driven(session) as d:
        await deliver(d, "/octogenarians\n", gap)
        assert session.record is not None
        assert "octogenarians" in session.record.title
        assert session.review.event_count == 0
        await d.press("i")
        assert session.progress().decided == 1


@pytest.mark.parametrize("gap", GAPS)
async def test_a_note_typed_over_two_lines(gap: int, session: Session) -> None:
    """Line breaks typed at once stay where they were typed."""
    async with driven(session) as d:
        await deliver(d, "nfirst\nsecond", gap)
        assert d.app.screen.query_one(TextArea).text == "first\nsecond"
        await d.press("ctrl+s")
        assert session.note() == "first\nsecond"


@pytest.mark.parametrize("gap", GAPS)
async def test_keys_after_saving_do_not_get_into_the_note(gap: int, session: Session) -> None:
    """What is pressed at once after ctrl+s is no part of the note that is saved."""
    async with driven(session) as d:
        await deliver(d, "nshort", gap)
        d.app.post_message(events.Key("ctrl+s", None))
        for _ in range(gap):
            await asyncio.sleep(0)
        await deliver(d, "jj", gap)
        assert session.ledger.note(session.review.records.id_at(0), "Ann") == "short"


@pytest.mark.parametrize("gap", GAPS)
async def test_the_second_key_of_exclude_is_its_reason(gap: int, session: Session) -> None:
    """`e` followed at once by `1` excludes with the first reason, and decides nothing else."""
    async with driven(session) as d:
        await deliver(d, "e1e2ee", gap)
        reasons = [e.reasons for e in session.review.events()]
        assert reasons == [("population",), ("design",), ()]
        assert session.progress().verdicts[Verdict.EXCLUDE] == 3


@pytest.mark.parametrize("gap", GAPS)
async def test_keys_after_summary_are_the_summarys(gap: int, session: Session) -> None:
    """`s` followed at once by `j` selects a box; it does not move in the records below."""
    async with driven(session) as d:
        await deliver(d, "sjjiim", gap)
        assert len(d.app.screen_stack) == 2
        assert session.review.event_count == 0
        assert session.queue.cursor == 0
        assert "Records screened" in d.said


@pytest.mark.parametrize("gap", GAPS)
async def test_keys_after_help_are_the_helps(gap: int, session: Session) -> None:
    """`?` followed at once by other keys decides nothing; closing it gives the keys back."""
    async with driven(session) as d:
        await deliver(d, "?iim1", gap)
        assert session.review.event_count == 0
        await d.press("escape", "i")
        assert session.progress().decided == 1


def press(x: int, y: int) -> list[events.MouseEvent]:
    """What a terminal sends for a click."""
    return [
        kind(None, x, y, 0, 0, 1, shift=False, meta=False, ctrl=False)
        for kind in (events.MouseDown, events.MouseUp)
    ]


@pytest.mark.parametrize("gap", GAPS)
async def test_a_key_after_a_click_is_about_the_record_that_was_clicked(gap: int, session: Session) -> None:
    """Click and key in one go: the decision is on that record, and the next key on the one after it."""
    async with driven(session, (100, 40)) as d:
        rows = d.app.screen.query_one(RecordList).region
        for row, key in ((3, "i"), (6, "1")):
            for event in press(rows.x + 8, rows.y + row):
                d.app.post_message(event)
            await deliver(d, key, gap)
        decided = [e for e in session.review.events() if e.kind == Kind.DECIDE]
        assert [e.record for e in decided] == [session.review.records.id_at(n) for n in (3, 6)]


async def test_a_click_means_the_record_that_was_painted(session: Session) -> None:
    """The list was changed and is not painted yet: the click goes to the record that the row still shows."""
    async with driven(session, (100, 40)) as d:
        listed = d.app.screen.query_one(RecordList)
        session.queue.take(None, list(range(2, len(session.queue))))
        click = events.Click(listed, 8, 4, 0, 0, 1, shift=False, meta=False, ctrl=False)
        listed.on_click(click)
        await d.settle()
        assert session.record_id == session.review.records.id_at(4)
