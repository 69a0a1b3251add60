"""The order of the list on the screen: chosen, ranked in the background, explained, left cleanly."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Order
from tamis.domain.text import fold
from tamis.services import ordering, ranking, sorting
from tamis.store.review import Review
from tamis.tui.config import Config
from tests.tui import reviews
from tests.tui.driving import SMALL, WIDE, driven, ranked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.services.ordering import InForce
    from tamis.services.screening import Session

WAITING = "Ranked; taken with the next record."


def no_thread() -> bool:
    """Whether the background has ended."""
    return all(thread.name != "ranking" for thread in threading.enumerate())


async def test_the_list_takes_a_ranking_when_the_cursor_moves_on(session: Session) -> None:
    async with driven(session) as d:
        await d.press("O", "r")
        await ranked(d)
        assert d.said.startswith(WAITING)
        title = d.session.row(0).title
        assert d.lines[1].rstrip().endswith("metastas…"), (
            "the record on the desk and the list are as they were"
        )
        await d.press("i")
        await ranked(d)
        assert d.session.row(0).title == title
        assert d.session.queue.cursor == 1
        await d.press("1")
        await ranked(d)
        await d.press("i")
        await ranked(d)
        assert d.said.startswith("Ordered by your decisions.")
        assert "relevance" in d.said
        shown = [e.shown.get("model", "") for e in d.session.review.events() if e.kind == "decide"]
        assert shown[0] == ""
        assert all(shown[1:])
        assert len(set(shown)) == 3
    assert no_thread()


async def test_a_start_goes_on_in_the_ranked_list(review: Review) -> None:
    session = reviews.session(review)
    async with driven(session) as d:
        await d.press("O", "r")
        await ranked(d)
        await d.press("i", "1")
        await ranked(d)
    again = reviews.session(review)
    async with driven(again) as d:
        assert d.said.startswith("Ordered by your decisions.")
        assert d.session.queue.cursor == 2
        assert d.session.queue.rank()["rank"] == 1
        assert d.session.queue.model
    assert no_thread()


async def test_a_record_of_the_random_sample_is_not_said_to_be_there_by_relevance(session: Session) -> None:
    async with driven(session) as d:
        await d.press("O", "r")
        await ranked(d)
        await d.press("i", "1")
        await ranked(d)
        await d.press("percent_sign", "R", "escape")
        assert "random sample" in d.said
        assert "relevance" not in d.said
        await d.press("1", "w")
        assert "2 of 12 in the random sample, which goes before any" in d.text()
        assert "Model" not in d.text()
        await ranked(d)
        assert d.said.startswith("exclude")
        await d.press("escape", "u", "percent_sign", "u", "escape")
        assert d.session.ledger.sample is None
        assert "relevance" in d.said


async def test_going_on_takes_back_that_a_ranking_waits(session: Session) -> None:
    async with driven(session) as d:
        await d.press("O", "r")
        await ranked(d)
        assert d.said.startswith(WAITING)
        await d.press("tab")
        assert WAITING not in d.said


async def test_the_app_can_be_left_while_words_are_counted(session: Session) -> None:
    async with driven(session) as d:
        await d.press("O", "r", "q")
        assert d.app.return_value == 0
    assert no_thread()


async def test_a_list_is_sorted_while_keys_go_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    sort, go_on = sorting.whole, threading.Event()

    def slowly(review: Review, chosen: InForce, breathe: Callable[[], None] | None = None) -> Sequence[int]:
        assert go_on.wait(10)
        return sort(review, chosen, breathe)

    monkeypatch.setattr(sorting, "AT_ONCE", 0)
    monkeypatch.setattr(sorting, "whole", slowly)
    async with driven(session) as d:
        await d.press("O", "t")
        assert d.said == "Sorting: in a moment the records are by title."
        await d.press("i", "m", "question_mark")
        here, titles = d.session.record_id, [d.session.row(n).title for n in range(len(d.session.queue))]
        assert d.session.queue.cursor == 2
        go_on.set()
        while d.session.queue.coming is not None:
            await d.pilot.pause(0.01)
        await d.press("escape")
        assert d.said.startswith("The records are by title.")
        assert d.session.record_id == here
        in_order = sorted(titles, key=lambda title: (not title, fold(title)))
        assert [d.session.row(n).title for n in range(len(titles))] == in_order
        await d.press("O", "n", "q")
        assert d.app.return_value == 0
    assert all(thread.name != "sorting" for thread in threading.enumerate())


async def test_the_usual_order_of_the_configuration_is_chosen_once(review: Review) -> None:
    config = Config(Path("none.toml"), order="newest")
    async with driven(reviews.session(review), config=config) as d:
        assert str(d.session.queue.chosen.order) == "newest"
        await d.press("u")
        assert str(d.session.queue.chosen.order) == "imported"
    async with driven(reviews.session(review), config=config) as d:
        assert d.session.queue.chosen.order is Order.IMPORTED, "what was undone stays undone"


async def test_without_numpy_the_way_to_get_it_is_said(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "available", lambda: False)
    async with driven(session, size=WIDE) as d:
        await d.press("O", "r")
        assert "needs numpy: pip install 'tamis[rank]'" in d.said
        assert d.session.queue.chosen.order is Order.IMPORTED
    config = Config(Path("none.toml"), order="relevance")
    async with driven(session, config=config) as d:
        assert "pip install 'tamis[rank]'" in d.said, "narrow screens leave it whole"
        await d.press("i")
        assert d.session.queue.cursor == 1


async def test_a_window_that_only_reads_shows_the_order(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "review") as review:
        ordering.choose(reviews.session(review), Order.RELEVANCE)
        with Review.open(review.folder, write=False) as reading:
            async with driven(reviews.session(reading)) as d:
                await ranked(d)
                assert d.said.split()[-3:] == ["READ", "ONLY", "ranking"]
                await d.press("j")
                assert d.said.split()[-1] == "criteria"
                await d.press("O")
                assert "Not saved" in d.text()
                assert d.session.queue.chosen.order is Order.RELEVANCE
        assert not (review.folder / "cache").exists()
    assert no_thread()


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
async def test_why_and_the_menu_look_as_they_should(
    session: Session, size: tuple[int, int], snapshot: Callable[[str, str], None]
) -> None:
    name = f"{size[0]}x{size[1]}"
    async with driven(session, size=size) as d:
        await d.press("O")
        snapshot(f"order-menu-{name}", d.text())
        await d.press("r")
        await ranked(d)
        await d.press("i", "1")
        await ranked(d)
        await d.press("j")
        snapshot(f"order-relevance-{name}", d.text())
        await d.press("w")
        snapshot(f"order-why-{name}", d.text())
