"""Every screen as text, small (80x24, stacked) and wide (120x40)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tamis.domain.events import Verdict
from tests.tui import reviews
from tests.tui.driving import SMALL, WIDE, driven

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tamis.services.screening import Session
    from tamis.store.review import Review

pytestmark = pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
Size = tuple[int, int]


def name_for(name: str, size: Size) -> str:
    return f"{name}-{size[0]}x{size[1]}"


@pytest.fixture
def halfway(review: Review) -> Session:
    """A session in which some records are decided, timed, noted and labelled."""
    clock = reviews.Clock()
    session = reviews.session(review, clock=clock)
    for verdict, reasons in (
        (Verdict.INCLUDE, []),
        (Verdict.EXCLUDE, ["design"]),
        (Verdict.MAYBE, []),
        (Verdict.EXCLUDE, []),
    ):
        clock.seconds += 18
        session.decide(verdict, reasons)
    session.queue.go(0)
    session.set_note("Ask the authors for the number of lesions.\nSecond line of the note.")
    session.set_labels(["key paper", "background"])
    return session


# name -> keys that lead there from the first record of `halfway`
PLACES: dict[str, tuple[str, ...]] = {
    "decided-with-note": (),
    "undecided": ("tab",),
    "no-abstract": ("j",),
    "cjk": ("j", "j"),
    "rtl": ("j", "j", "j"),
    "many-authors": ("j", "j", "j", "j"),
    "all-authors": ("j", "j", "j", "j", "a"),
    "everything": ("a", "space"),
    "long-abstract-end": ("tab", "j", *["J"] * 12),
    "no-title": ("tab", "j", "j"),
    "cut-off": ("tab", "j", "j", "j"),
    "last": ("G",),
    "just-excluded": ("tab", "2"),
    "undone": ("tab", "2", "u"),
    "note-field": ("n",),
    "labels-field": ("j", "l"),
    "search-field": ("slash",),
    "filter-field": ("f",),
    "searched": ("slash", *"ablation", "enter"),
    "nothing-found": ("slash", *"zzz", "enter"),
    "filtered": ("f", *"is", "colon", *"exclude", "enter"),
    "reason-picker": ("tab", "e"),
    "reason-picker-down": ("tab", "e", "j"),
    "criteria": ("c",),
    "criteria-undecided": ("tab", "c"),
    "export-menu": ("E",),
    "help": ("question_mark",),
    "help-further": ("question_mark", *["space"] * 4),
    "summary": ("s",),
    "summary-box": ("s", "j", "j", "j"),
    "summary-below": ("s", *["space"] * 6),
    "summary-records": ("s", "j", "j", "j", "enter"),
    "summary-export": ("s", "E"),
    "summary-help": ("s", "question_mark"),
}


@pytest.mark.parametrize("place", PLACES)
async def test_screen(place: str, size: Size, halfway: Session, snapshot: Callable[[str, str], None]) -> None:
    """Each screen shows what its snapshot says."""
    async with driven(halfway, size) as d:
        await d.press("g", *PLACES[place][:-4])
        for key in PLACES[place][-4:]:  # the help scrolls only what has been laid out
            await d.press(key)
        await d.settle()
        snapshot(name_for(place, size), d.text())


async def test_start(size: Size, session: Session, snapshot: Callable[[str, str], None]) -> None:
    """What is seen first in a new review."""
    async with driven(session, size) as d:
        snapshot(name_for("start", size), d.text())


async def test_welcome_back(size: Size, halfway: Session, snapshot: Callable[[str, str], None]) -> None:
    """What is seen first on the next day: the first undecided record, and how many were decided."""
    async with driven(reviews.session(halfway.review), size) as d:
        snapshot(name_for("welcome-back", size), d.text())


async def test_everything_decided(size: Size, session: Session, snapshot: Callable[[str, str], None]) -> None:
    """The end of the work says so."""
    async with driven(session, size) as d:
        await d.press(*"i" * 14)
        snapshot(name_for("all-decided", size), d.text())


async def test_empty_review(size: Size, tmp_path: Path, snapshot: Callable[[str, str], None]) -> None:
    """A review without records is shown, and says so."""
    with reviews.make(tmp_path / "empty", []) as review:
        async with driven(reviews.session(review), size) as d:
            snapshot(name_for("empty", size), d.text())


async def test_no_criteria(size: Size, tmp_path: Path, snapshot: Callable[[str, str], None]) -> None:
    """Without criteria and reasons, the pane says where to write them."""
    with reviews.make(tmp_path / "bare", protocol='title = "Bare"\n') as review:
        async with driven(reviews.session(review), size) as d:
            await d.press("c")
            snapshot(name_for("no-criteria", size), d.text())


async def test_alert(
    size: Size, session: Session, snapshot: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision that was not saved is said so that it cannot be missed."""
    from tamis.errors import NotSavedError

    def full(_events: object) -> None:
        raise NotSavedError(
            "/home/ann/review/review.json.journal: No space left on device. Nothing was saved."
        )

    monkeypatch.setattr(session.review, "add_events", full)
    async with driven(session, size) as d:
        await d.press("i")
        await d.settle()
        snapshot(name_for("alert", size), d.text())


async def test_read_only(size: Size, tmp_path: Path, snapshot: Callable[[str, str], None]) -> None:
    """A second window says that it is for reading only."""
    reviews.make(tmp_path / "review").close()
    with reviews.reopen(tmp_path / "review", write=False) as review:
        async with driven(reviews.session(review), size) as d:
            snapshot(name_for("read-only", size), d.text())


@pytest.mark.parametrize("small", [(50, 10), (59, 24), (80, 14)])
async def test_too_small(
    small: Size, size: Size, session: Session, snapshot: Callable[[str, str], None]
) -> None:
    """A terminal without room is told how much is needed, and the screen comes back afterwards."""
    async with driven(session, size) as d:
        before = d.text()
        await d.pilot.resize_terminal(*small)
        await d.settle()
        snapshot(f"too-small-{small[0]}x{small[1]}", d.text())
        await d.pilot.resize_terminal(*size)
        await d.settle()
        assert d.text() == before


async def test_nothing_is_wider_than_the_terminal(size: Size, tmp_path: Path) -> None:
    """Nothing on any screen is wider than the terminal."""
    with reviews.make(tmp_path / "poison", reviews.poison_records()) as review:
        async with driven(reviews.session(review), size) as d:
            for _ in range(len(reviews.POISON)):
                assert all(cell_len(line) <= size[0] for line in d.lines)
                await d.press("j")


FULL_TEXT: dict[str, tuple[str, ...]] = {
    "full-text": (),
    "full-text-missing": ("r", "k"),
    "full-text-reasons": ("e", "j", "space", "1"),
    "full-text-excluded": ("e", "j", "space", "1", "enter", "k"),
    "full-text-study-field": ("S", *"ALPHA", "enter", "j", "S", "a"),
    "full-text-study": ("S", *"ALPHA", "enter"),
}


@pytest.mark.parametrize("place", FULL_TEXT)
async def test_full_text(
    place: str, size: Size, tmp_path: Path, snapshot: Callable[[str, str], None]
) -> None:
    """The second stage says which it is, what could not be had, and the primary reason apart from others."""
    protocol = reviews.TWO_STAGES
    with reviews.make(tmp_path / "two", protocol=protocol) as review:
        session = reviews.session(review)
        for _ in range(4):
            session.decide(Verdict.INCLUDE)
        session.change_stage()
        async with driven(session, size) as d:
            await d.press(*FULL_TEXT[place])
            snapshot(name_for(place, size), d.text())


async def test_removal(size: Size, session: Session, snapshot: Callable[[str, str], None]) -> None:
    """How and why a record is removed before screening."""
    async with driven(session, size) as d:
        await d.press("R")
        snapshot(name_for("removal-menu", size), d.text())
        await d.press("1")
        snapshot(name_for("removal-field", size), d.text())
