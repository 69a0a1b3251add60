"""The stopping screen: every action of it does what its help says, on 80 by 24 and on wide screens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Kind, Removal, Verdict
from tamis.domain.stopping import sample_order
from tamis.errors import NotSavedError
from tamis.services.stopping import STAGE, Watch
from tamis.services.stopping_words import unproved, usual_rule
from tamis.tui import keys
from tamis.tui.config import Config
from tamis.tui.screens.dialogs import Alert, Help
from tamis.tui.screens.screening import ScreeningScreen
from tamis.tui.screens.stopping import StoppingScreen
from tamis.tui.screens.watching import StopLine
from tamis.tui.widgets.fields import LineField
from tests.tui import reviews
from tests.tui.driving import SMALL, WIDE, Driven, driven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tamis.services.screening import Session

TARGET = reviews.PROTOCOL + "[stopping]\ntarget = 0.8\nrisk = 0.2\n"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Fourteen records, four of them decided and timed, and a target in the protocol."""
    with reviews.make(tmp_path / "review", protocol=TARGET) as review:
        clock = reviews.Clock()
        made = reviews.session(review, clock=clock)
        for verdict in (Verdict.INCLUDE, Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.EXCLUDE):
            clock.seconds += 18
            made.decide(verdict)
        yield made


async def opened(d: Driven) -> None:
    await d.press("percent_sign")
    assert isinstance(d.app.screen, StoppingScreen)


def unwrapped(d: Driven) -> str:
    return " ".join(d.text().split())


async def test_pages_turn_both_ways_and_round(session: Session) -> None:
    """stop-page, stop-page-back."""
    async with driven(session) as d:
        await opened(d)
        assert "4 of 14 records are screened (28.6 %), 2 of them relevant" in d.text()
        seen = [d.text()]
        for forth, back in (("tab", "shift+tab"), ("j", "k"), ("down", "up")):
            await d.press(forth)
            assert d.text() not in seen
            seen.append(d.text())
            await d.press(back, forth)
            assert d.text() == seen[-1]
        assert "once 5 relevant ones were found in the order by relevance; so far 0" in unwrapped(d)
        await d.press("tab", "tab", "tab", "tab")
        assert d.text() == seen[0]


async def test_a_long_page_scrolls(session: Session) -> None:
    """stop-scroll-down, stop-scroll-up."""
    async with driven(session, (60, 15)) as d:
        await opened(d)
        top = d.lines[:-2]
        for down, up in (("J", "K"), ("space", "pageup"), ("pagedown", "K")):
            await d.press(down)
            assert d.lines[:-2] != top
            await d.press(up, up, up)
            assert d.lines[:-2] == top


async def test_a_change_of_terms_that_cannot_be_undone_hides_no_stop(session: Session) -> None:
    """What undo passes over is passed over here, too; another last action names the key that undoes it."""
    config = Config(session.review.folder / "none.toml", keys.resolve({"undo": "f9"}))
    async with driven(session, WIDE, config) as d:
        await d.press("percent_sign", "u")
        assert "no sample; f9 on the records undoes it." in unwrapped(d)
        await d.press("S", "enter", "1", "escape", "T", "n")
        await d.type("design: trial")
        await d.press("enter")
        path = session.review.folder / "protocol.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("trial", "trials"), encoding="utf-8")
        await d.press("u", "escape", "percent_sign", "u")
        assert "Undone: screening stopped" in d.text()
        assert not session.ledger.stops


async def test_a_sample_is_drawn_followed_and_undone(session: Session) -> None:
    """stop-sample, stop-undo, stop-close."""
    async with driven(session) as d:
        await opened(d)
        await d.press("u")
        assert "Your last action was no stop and no sample" in d.text()
        await d.press("R")
        assert "Random sample of 10 records: its order is followed" in d.text()
        drawn = session.ledger.sample
        assert drawn is not None
        await d.press("R")
        assert "A random sample is drawn already" in d.text()
        await d.press("escape")
        assert isinstance(d.app.screen, ScreeningScreen)
        order = sample_order(drawn.records, drawn.id)
        for record in order[:3]:
            assert session.record_id == record
            await d.press("2")
        assert "sample 3 of 10: p " in d.text()
        await d.press("u", "u", "u", "percent_sign", "u")
        assert "Undone: random sample of 10 records drawn" in d.text()
        assert session.ledger.sample is None
        await d.press("q", "percent_sign", "percent_sign")
        assert isinstance(d.app.screen, ScreeningScreen)


async def test_full_texts_are_not_stopped_and_that_is_said_at_once(session: Session) -> None:
    session.stage = "full-text"
    async with driven(session) as d:
        await opened(d)
        await d.press("S")
        assert "Stopping is for title and abstract" in d.text()
        assert not d.app.screen.query(LineField)


def test_no_rule_is_proposed_where_nothing_was_irrelevant(session: Session) -> None:
    session.undo()
    session.undo()
    look = Watch(session.review, session.ledger).look()
    assert usual_rule(look) == ""
    assert "This stop rests on your rule alone" in unproved(look)
    assert unproved(replace(look, sample_p=look.stopping.risk)) == "", (
        "a sample that shows the target is enough"
    )


async def test_a_stop_is_confirmed_named_and_placed(session: Session) -> None:
    """stop-now, stop-check-1, stop-check-2, stop-check-3, stop-check-4, stop-check-5."""
    async with driven(session) as d:
        await opened(d)
        await d.press("1", "2", "3", "4", "5", "3")
        assert "2 [x] All key papers known beforehand" in d.text()
        assert "3 [ ] Twice as many" in d.text()
        await d.press("S", "escape")
        await d.press("S", "enter", "escape")
        await d.press("S", "enter", "0")
        assert not session.ledger.stops
        await d.press("S")
        assert "2 irrelevant in a row" in d.text()
        await d.type(", time")
        await d.press("enter")
        assert "10 records stay unscreened. Where does PRISMA count them?" in d.text()
        await d.press("2")
        [stop] = session.ledger.stops
        assert (stop.rule, stop.removal) == ("2 irrelevant in a row, time", Removal.EXCLUDED)
        assert stop.body["checked"] == ["random-set", "key-papers", "other-model", "second-look"]
        assert stop.body["numbers"]["screened"] == 4
        assert "stopped on 2026-03-01 (2 irrelevant in a row, time): 10 records stay" in unwrapped(d)
        await d.press("S")
        assert "there is nothing to stop" in d.text()
        await d.press("u")
        assert not session.ledger.stops


async def test_help_has_the_keys(session: Session) -> None:
    """stop-help."""
    async with driven(session) as d:
        await opened(d)
        await d.press("question_mark")
        assert isinstance(d.app.screen, Help)
        assert "Draw and screen a sample." in d.text()


def test_every_action_is_proved_here() -> None:
    words = " ".join(
        test.__doc__ or ""
        for test in (
            test_pages_turn_both_ways_and_round,
            test_a_long_page_scrolls,
            test_a_sample_is_drawn_followed_and_undone,
            test_a_stop_is_confirmed_named_and_placed,
            test_help_has_the_keys,
        )
    )
    assert set(words.replace(",", "").replace(".", "").split()) == {
        action.id for action in keys.in_scope("stopping")
    }


async def test_a_stop_that_is_not_saved_is_no_stop(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_events: object) -> None:
        raise NotSavedError("No space left on device. Nothing was saved.")

    async with driven(session) as d:
        await opened(d)
        monkeypatch.setattr(session.review, "add_events", full)
        await d.press("S", "enter", "1")
        assert isinstance(d.app.screen, Alert)
        assert not session.ledger.stops


async def test_the_line_is_there_with_a_target_only(session: Session, tmp_path: Path) -> None:
    async with driven(session) as d:
        assert "2 irrelevant in a row · ranked test p " in d.text()
        await d.press("2")
        assert "3 irrelevant in a row · ranked test p " in d.text()
        await d.press("u")
        assert "2 irrelevant in a row" in d.text()
    with reviews.make(tmp_path / "without") as review:
        async with driven(reviews.session(review)) as d:
            await d.press("2")
            assert not d.app.screen.query_one(StopLine).display


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
async def test_the_records_left_are_drawn_with_what_that_is_worth(
    session: Session, size: tuple[int, int], snapshot: Callable[[str, str], None]
) -> None:
    shown = {"order": "relevance", "model": "ridge-1", "rank": 1, "of": 9}
    for index, verdict in enumerate(["include"] * 5 + ["exclude"] * 3, 4):
        body = {"verdict": verdict, "shown": shown}
        session.save([session.event(Kind.DECIDE, session.review.records.id_at(index), body, stage=STAGE)])
    async with driven(session, size) as d:
        await d.press("percent_sign", "tab", "tab", "tab")
        assert "Of 2 records left, about 0." in d.text()
        assert "an estimate and no rule to stop by" in unwrapped(d)
        snapshot(f"stopping-left-{size[0]}x{size[1]}", d.text())
        await d.press("R", "tab", "tab", "tab")
        assert "A random sample is drawn: it says more of the records left" in unwrapped(d)


async def test_hostile_words_are_harmless(session: Session) -> None:
    rule = "\x1b]0;x\x07 [b]bold[/b] [@click=app.quit]x[/] \u202egpj"
    body = {"rule": rule, "place": "excluded", "records": [session.review.records.id_at(9)]}
    session.save([session.event(Kind.STOP, "", body)])
    async with driven(session) as d:
        await opened(d)
        assert "[b]bold[/b] [@click=app.quit]x[/]" in unwrapped(d)
        assert "\x1b" not in d.text()


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("page", range(7))
async def test_pages_look_as_they_should(
    session: Session, size: tuple[int, int], page: int, snapshot: Callable[[str, str], None]
) -> None:
    async with driven(session, size, Config(session.review.folder / "none.toml")) as d:
        await d.press("percent_sign", *["tab"] * page)
        snapshot(f"stopping-{page + 1}-{size[0]}x{size[1]}", d.text())


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
async def test_the_line_while_screening(
    session: Session, size: tuple[int, int], snapshot: Callable[[str, str], None]
) -> None:
    async with driven(session, size) as d:
        snapshot(f"stopping-line-{size[0]}x{size[1]}", d.text())
