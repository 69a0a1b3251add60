"""Proofs: going through the list, its order, searching and filtering it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.driving import ranked
from tests.tui.proofs.proving import proves

if TYPE_CHECKING:
    from tests.tui.driving import Driven

FIRST, LAST = 0, 13


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
