"""Decisions looked at a second time, on the screen: nothing gives away that a record is shown again."""

from __future__ import annotations

import asyncio
import io
import itertools
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Author, Kind, Verdict
from tamis.domain.record import Record
from tamis.services import again, facts, ranking
from tamis.services.screening import Session
from tamis.tui.plain import PlainSession
from tests.services.ranking.making import collection
from tests.tui import reviews
from tests.tui.driving import SMALL, WIDE, Driven, driven

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.review import Review

RECORDS = 60
SLIP = 3
"""Which of the relevant records is excluded."""


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Sixty records of two topics."""
    texts, _ = collection(RECORDS, 20)
    records = [
        Record(type="JOUR", title=f"{n} {text.title}", abstract=text.abstract) for n, text in enumerate(texts)
    ]
    with reviews.make(tmp_path / "review", records) as made:
        yield made


def session_of(review: Review, share: float = 0.0) -> Session:
    ids = itertools.count(1)
    return Session(review, Author("Ann", lambda: reviews.NOW, lambda: f"ann-{next(ids):06}"), again=share)


def decide_all(session: Session) -> str:
    """Decide on everything by its topic, but for one slip; its record."""
    _, labels = collection(RECORDS, 20)
    slip = [n for n, label in enumerate(labels) if label][SLIP]
    for n, label in enumerate(labels):
        session.decide(Verdict.INCLUDE if label and n != slip else Verdict.EXCLUDE)
    return session.review.records.id_at(slip)


async def found(d: Driven) -> None:
    """Wait for the other process."""
    await d.screen.second_look.wait()
    await d.settle()


async def test_surprising_decisions_are_listed_with_what_speaks_against_them(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numpy")
    (review.folder / "numpy.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.chdir(review.folder)  # nothing out of it is run
    session = session_of(review)
    slip = decide_all(session)
    before = list(review.events())
    async with driven(session) as d:
        await d.press("L", "1")
        await found(d)
        assert session.record_id == slip, d.text()
        assert session.queue.filter_text == "surprising"
        text = " ".join(d.text().split())
        assert "Nothing changes by itself; esc shows all. filter: surprising (1) 1 of 1" in text
        assert "» looks more relevant than 19 of your 19 not excluded; against exclude: " in text
        await d.press("i")
        await d.press("escape")
        assert session.queue.filter_text == ""
        assert "» looks more" not in d.text()
    assert len(list(review.events())) == len(before) + 1


async def test_who_goes_on_meanwhile_is_not_torn_away(review: Review) -> None:
    pytest.importorskip("numpy")
    session = session_of(review)
    slip = decide_all(session)
    async with driven(session) as d:
        await d.press("L", "1", "k", "k")
        here = session.record_id
        await found(d)
        assert session.record_id == here
        assert d.said.startswith("Surprising decisions are found; L lists them.")
        await d.press("L", "1")
        assert session.record_id == slip


async def test_too_few_decisions_and_no_numpy_are_a_sentence(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(review)
    async with driven(session, WIDE) as d:
        if ranking.available():
            await d.press("L", "1")
            await found(d)
            assert d.said.startswith(
                "A model can be surprised once Ann has excluded 5 records at title/abstract"
            )
        monkeypatch.setattr(ranking, "available", lambda: False)
        await d.press("L", "1")
        assert "needs numpy: pip install 'tamis[rank]'" in d.text()


async def test_leaving_meanwhile_ends_cleanly(review: Review) -> None:
    pytest.importorskip("numpy")
    session = session_of(review)
    decide_all(session)
    async with driven(session) as d:
        await d.press("L", "1")
        second = d.screen.second_look
        await d.press("q")
        await asyncio.wait_for(second.wait(), 5)
    assert d.app.crash is None
    assert d.app.return_code == 0


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_record_shown_again_looks_like_any_other(
    review: Review, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same screen as of a record that was never decided, but for the words of the record itself."""
    monkeypatch.setattr(again, "AWHILE", 5)
    session = session_of(review, 0.5)
    async with driven(session, size) as d:
        while not session.hidden:
            await d.press("i")
        record = session.record
        assert record is not None
        vote = session.ledger.vote(record.id, session.stage, "Ann")
        assert vote is not None
        shown = d.text()
        assert "· undecided" in shown
        place = session.queue.cursor
        progress = session.progress()
        assert d.lines[-2].rstrip().endswith(f"{place + 1} of {RECORDS}")
        session.again.drop()
        session.again.share = 0.0
        d.screen.show()
        await d.settle()
        other = session.record
        assert other is not None
        assert other.id != record.id
        assert session.progress() == progress
        assert marks(d.text()) == marks(shown)
        assert [line for line in d.lines if "undecided" in line] == [
            line for line in shown.split("\n") if "undecided" in line
        ]
        assert d.lines[0] == shown.split("\n")[0]


def marks(text: str) -> list[str]:
    """What the list shows of each row but its title, and the verdict above the record."""
    lines = text.split("\n")
    stacked = next(n for n, line in enumerate(lines) if "undecided" in line)
    wide = "│" in lines[stacked] or not lines[stacked].startswith(" ·")
    return [line[:4] for line in (lines[1:] if wide else lines[1:stacked])]


async def test_what_is_said_of_it_is_kept_apart_and_settled_from_a_list(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "AWHILE", 5)
    session = session_of(review, 0.5)
    async with driven(session) as d:
        while not session.hidden:
            await d.press("i")
        record = session.record_id or ""
        before = session.progress()
        await d.press("2")
        assert d.said.startswith("exclude (Wrong study design")
        assert session.progress().verdicts == before.verdicts
        assert session.ledger.agains(session.stage, "Ann")[record].verdict is Verdict.EXCLUDE
        session.again.share = 0.0
        await d.press("L")
        assert "decided otherwise, to settle (1)" in d.text()
        await d.press("2")
        assert "1 record was shown again; the verdict was the same on 0" in " ".join(
            d.text().replace("│", " ").split()
        )
        await d.press("escape")
        assert session.record_id == record
        assert "» first include, then exclude; the key of either settles it" in " ".join(d.text().split())
        await d.press("i")
        assert d.said.startswith("kept after a second look")
        assert "settles it" not in d.text()
        await d.press("escape", "L", "2", "escape")
        assert "There is no such decision." in d.text()
        await d.press("L", "3", "escape")
        assert session.record_id == record
        assert "» first include, then exclude" in d.text()


async def test_without_being_asked_for_the_menu_and_the_review_know_nothing_of_it(review: Review) -> None:
    session = session_of(review)
    async with driven(session) as d:
        for _ in range(RECORDS):
            await d.press("i")
        await d.press("L")
        assert "Decisions that surprise a model" in d.text()
        assert "hown again" not in d.text()
    assert {event.kind for event in review.events()} == {Kind.DECIDE}


def test_line_by_line_it_is_as_well_hidden(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "AWHILE", 5)
    session = session_of(review, 0.5)
    while not session.hidden:
        facts.link_study(session, [session.need_record()], "ALPHA")
        session.set_note("seen before")
        session.decide(Verdict.INCLUDE)
    out = io.StringIO()
    PlainSession(session, out).read()
    assert "ALPHA" not in out.getvalue()
    assert "seen before" not in out.getvalue()
    assert "Decision: undecided" in out.getvalue()
    record = session.record
    assert record is not None
    assert record.title in out.getvalue()
