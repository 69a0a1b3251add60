"""Filters and searches as a person types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events

from tamis.domain.events import Verdict
from tamis.services import filtering
from tamis.tui.screens import answers
from tests.tui.driving import driven

if TYPE_CHECKING:
    from tamis.services.screening import Session


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


async def test_a_long_look_says_how_far_it_is(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtering, "STEP", 5)
    monkeypatch.setattr(answers, "SLOW", -1.0)
    async with driven(session) as d:
        said: list[str] = []
        say = d.screen.say

        def note(words: str, *, alert: bool = False) -> None:
            said.append(words)
            say(words, alert=alert)

        monkeypatch.setattr(d.screen, "say", note)
        looked = [f"Looking: {n} of 14 records." for n in (0, 5, 10)]
        await d.press("slash")
        await d.type("nowhere")
        await d.press("enter")
        assert said == [*looked, "", "Nothing in this list holds nowhere."]
        await d.press("f")
        await d.type("nowhere")
        await d.press("enter")
        assert said[5:] == [*looked, "", "No record matches nowhere; the list stays as it was."]
        d.session.queue.find("ablation")
        here = d.session.queue.cursor
        await d.press("full_stop")
        assert d.session.queue.cursor != here
        assert said[10:] == ["Looking: 0 of 14 records.", ""]


async def test_what_is_wrong_with_a_filter_is_said_in_full(session: Session) -> None:
    """The place in the list gives way to it, until the next key; what was typed stays to be mended."""
    async with driven(session) as d:
        await d.press("f")
        await d.type("year:1999-1980")
        await d.press("enter")
        words = "year:1999-1980 is not a year; write year:2015, year:2010-2015, year:>=2015."
        assert d.lines[-2].strip() == words
        await d.press(*["backspace"] * 4, *"2001", "enter")
        assert d.session.queue.filter_text == "year:1999-2001"
        await d.press("f", *["backspace"] * 20, *"year:x", "enter", "escape", "j")
        assert d.lines[-2].split() == ["filter:", "year:1999-2001", "(1)", "1", "of", "1"]
