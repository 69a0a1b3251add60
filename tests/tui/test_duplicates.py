"""The duplicates screen: every action of it does what its help says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tamis.errors import NotSavedError
from tamis.tui.screens.dialogs import Alert, Help
from tamis.tui.screens.duplicates import DuplicatesScreen
from tamis.tui.screens.screening import ScreeningScreen
from tests.services.test_linking import AGAIN, OTHER, TRIAL
from tests.tui import reviews
from tests.tui.driving import SMALL, WIDE, Driven, driven

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.services.screening import Session

PAPER = replace(
    OTHER,
    title="Evening light and the sleep of night nurses",
    journal="Journal of Circadian Nursing",
    volume="31",
    pages="412-429",
)
LIKELY = replace(PAPER, year=1998, journal="", volume="", pages="")
"""A year apart and without a journal: perhaps the preprint."""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Four records: two certainly of one report, two likely."""
    with reviews.make(tmp_path / "review", records=[TRIAL, PAPER, AGAIN, LIKELY]) as review:
        yield reviews.session(review)


async def opened(d: Driven) -> None:
    await d.press("D")
    await d.app.workers.wait_for_complete()
    await d.settle()
    assert isinstance(d.app.screen, DuplicatesScreen)


async def test_certain_pairs_are_linked_with_one_key_and_shown_one_by_one(session: Session) -> None:
    async with driven(session) as d:
        await opened(d)
        assert "1 pairs are certain: L links them all." in d.text()
        await d.press("L")
        assert session.duplicates == 1
        await d.press("c")
        assert "1 of 1 linked by the rule" in d.text()
        assert "same DOI" in d.text()
        await d.press("n")
        assert session.duplicates == 0
        await d.press("u")
        assert session.duplicates == 1
        await d.press("escape")
        assert isinstance(d.app.screen, ScreeningScreen)
        assert "1 duplicates stand behind another record." in d.said
        assert session.progress().total == 3


async def test_a_likely_pair_is_judged_with_one_key(session: Session) -> None:
    async with driven(session) as d:
        await opened(d)
        assert "1 of 1 likely duplicates" in d.text()
        await d.press("y")
        assert session.duplicates == 1
        assert "No more questions" in d.text()
        await d.press("u")
        assert session.duplicates == 0
        assert "1 of 1 likely duplicates" in d.text()
        await d.press("n")
        assert session.duplicates == 0
        assert "No more questions" in d.text()


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_both_records_and_what_differs_are_seen(session: Session, size: tuple[int, int]) -> None:
    async with driven(session, size) as d:
        await opened(d)
        text = d.text()
        assert "= title" in text
        assert "= authors" in text
        assert "≠ year" in text
        for key in ("j", "k", "down", "up", "J", "K", "space", "pageup", "pagedown"):
            await d.press(key)
        assert "1 of 1 likely duplicates" in d.text()


async def test_help_closes_and_comes_back(session: Session) -> None:
    async with driven(session) as d:
        await opened(d)
        await d.press("question_mark")
        assert isinstance(d.app.screen, Help)
        assert "They are two reports." in d.text()
        await d.press("escape", "q")
        assert isinstance(d.app.screen, ScreeningScreen)


async def test_what_could_not_be_saved_is_said(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise NotSavedError("Not saved: the disk is full.")

    async with driven(session) as d:
        await opened(d)
        monkeypatch.setattr(session.review, "add_events", full)
        for key in ("y", "L"):
            await d.press(key)
            assert isinstance(d.app.screen, Alert)
            await d.press("escape")
        assert session.duplicates == 0
