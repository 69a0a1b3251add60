"""Filters as a person types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events

from tamis.domain.events import Verdict
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
