"""The duplicates screen: every action of it does what its help says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Verdict
from tamis.errors import NotSavedError
from tamis.tui.screens.cluster import ClusterScreen
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
        assert "1 pair is certain: L links it." in d.text()
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
        assert "1 duplicate stands behind another record." in d.said
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


async def test_links_are_taken_back_at_once_and_made_again(session: Session) -> None:
    async with driven(session) as d:
        await opened(d)
        await d.press("L", "u")
        assert session.duplicates == 0
        assert "Undone: 1 link by the rule" in d.text()
        assert "1 of 2 likely duplicates" in d.text(), "what was undone waits for a person"
        await d.press("L")
        assert session.duplicates == 1


async def test_undo_leaves_decisions_on_records_alone(session: Session) -> None:
    """Here, and in the list of records, undo is for answers and links."""
    async with driven(session) as d:
        await d.press("i")
        decided = session.progress().decided
        await opened(d)
        await d.press("u")
        assert "Your last action was no answer and no link; u on the records undoes it." in d.text()
        await d.press("y", "u", "v", "u")
        assert "Your last action was none about duplicates" in d.text()
        await d.press("escape", "u", "escape")
        assert session.progress().decided == decided == 1
        await d.press("u")
        assert "Undone: include" in d.said


async def test_looking_once_is_enough_while_the_records_are_the_same(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(_: object) -> None:
        raise AssertionError

    async with driven(session) as d:
        await opened(d)
        await d.press("y", "escape")
        with monkeypatch.context() as patched:
            patched.setattr("tamis.services.dedup.find", again)
            await opened(d)
            assert "No more questions" in d.text()
            await d.press("u", "escape")
        session.queue.go(0)
        session.edit("title", "Something else")
        session.edit("doi", "10.5555/another")
        await opened(d)
        assert "are certain" not in d.text(), "a correction is looked at"


async def test_the_reviewer_comes_back_to_the_same_record_or_the_one_that_stands_for_it(
    session: Session,
) -> None:
    trial, again = (session.review.records.id_at(n) for n in (0, 2))
    async with driven(session) as d:
        await opened(d)
        await d.press("y", "escape", "g")
        assert session.record_id == trial
        await opened(d)
        await d.press("u", "escape")
        assert session.record_id == trial
        session.queue.go_to(again)
        await opened(d)
        await d.press("L", "escape")
        assert session.record_id == trial == session.ledger.stands_for(again)


async def test_nothing_to_link_is_said(session: Session) -> None:
    async with driven(session) as d:
        await opened(d)
        await d.press("L", "L")
        assert "There is no certain pair to link." in d.text()


def standing(session: Session) -> str:
    (members,) = session.ledger.clusters()
    return session.ledger.stands_for(members[0])


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_cluster_shows_all_members_and_another_one_can_stand(
    session: Session, size: tuple[int, int]
) -> None:
    trial, again = session.review.records.id_at(0), session.review.records.id_at(2)
    session.decide_record(again, Verdict.MAYBE)
    session.undo()
    async with driven(session, size) as d:
        await opened(d)
        await d.press("L", "escape", "g", "v")
        assert isinstance(d.app.screen, ClusterScreen)
        text = d.text()
        assert "2 records of one report" in text
        assert "● stands" in text
        assert "% complete" in text
        assert standing(session) == trial
        await d.press("j")
        assert "Linked by rule:duplicates-1" in d.text()
        assert "≠ abstract" in d.text()
        await d.press("s")
        assert standing(session) == again
        await d.press("u")
        assert standing(session) == trial
        for key in ("k", "down", "J", "K", "up"):
            await d.press(key)
        await d.press("question_mark")
        assert isinstance(d.app.screen, Help)
        assert "Let this record stand." in d.text()
        await d.press("escape", "v")
        assert isinstance(d.app.screen, ScreeningScreen)


async def test_a_member_is_taken_out_and_brought_back(session: Session) -> None:
    async with driven(session) as d:
        await opened(d)
        await d.press("L", "escape", "g", "v", "j", "n")
        assert session.duplicates == 0
        assert "1 record" in d.text()
        await d.press("n")
        assert "has no duplicates" in d.text()
        await d.press("u")
        assert session.duplicates == 1
        await d.press("n", "escape")
        assert session.progress().total == 4


async def test_both_clusters_of_a_pair_are_listed(session: Session) -> None:
    async with driven(session) as d:
        await opened(d)
        await d.press("v")
        assert isinstance(d.app.screen, ClusterScreen)
        assert "perhaps the same report" in d.text()
        await d.press("j", "k", "escape")
        assert isinstance(d.app.screen, DuplicatesScreen)
        await d.press("y", "c", "L", "v", "j", "n", "escape")
        assert "No pairs linked by the rule" in d.text(), "what was taken out is no longer the rule's"


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
        monkeypatch.undo()
        await d.press("L", "escape", "g", "v")
        monkeypatch.setattr(session.review, "add_events", full)
        for key in ("s", "n"):
            await d.press(key)
            assert isinstance(d.app.screen, Alert)
            await d.press("escape")
        assert session.duplicates == 1
