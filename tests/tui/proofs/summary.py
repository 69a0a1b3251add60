"""Proofs: the summary and its boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.events import Verdict
from tamis.tui.screens.screening import ScreeningScreen
from tamis.tui.screens.summary import SummaryScreen
from tests.tui.proofs.proving import proves

if TYPE_CHECKING:
    from tests.tui.driving import Driven


@proves("summary", "summary-close")
async def _summary(d: Driven) -> None:
    for key in ("escape", "s", "q"):
        await d.press("s")
        assert isinstance(d.app.screen, SummaryScreen)
        assert "Records screened" in d.text()
        await d.press(key)
        assert isinstance(d.app.screen, ScreeningScreen)
    assert d.session.review.event_count == 0


@proves("box-next", "box-previous")
async def _boxes(d: Driven) -> None:
    await d.press("s")
    first = d.said
    for forth, back in (("j", "k"), ("down", "up"), ("tab", "shift+tab")):
        await d.press(forth)
        assert d.said != first
        await d.press(back)
        assert d.said == first


@proves("box-open")
async def _box(d: Driven) -> None:
    await d.press("i", "2", "2", "s", "j", "enter")
    assert d.said.startswith("There are no records to list")
    await d.press("j", "j", "enter")
    assert isinstance(d.app.screen, ScreeningScreen)
    assert "filter: Records excluded (2)" in d.said
    assert [d.session.row(n).verdict for n in range(2)] == [Verdict.EXCLUDE] * 2
    await d.press("f")
    assert "Records excluded (2)" in d.said, "the name of a box is not offered as a filter of words"
    await d.press("enter")
    assert len(d.session.queue) == 14


@proves("summary-scroll-down", "summary-scroll-up")
async def _summary_scroll(d: Driven) -> None:
    await d.press("s")
    top = d.lines[:-2]
    for down, up in (("J", "K"), ("space", "pageup"), ("pagedown", "K")):
        await d.press(down)
        assert d.lines[:-2] != top
        await d.press(*[up] * 3)
        assert d.lines[:-2] == top


@proves("summary-export")
async def _summary_export(d: Driven) -> None:
    await d.press("s", "E", "7")
    assert "PRISMA counts written to " in " ".join(d.text().replace("│", " ").split())
    assert len(list(d.session.review.folder.glob("*.md"))) == 1
    await d.press("escape", "E", "v")
    assert "PRISMA diagram written to " in " ".join(d.text().replace("│", " ").split())
    (path,) = d.session.review.folder.glob("*.svg")
    assert path.read_text(encoding="utf-8").startswith("<svg ")


@proves("summary-help")
async def _summary_help(d: Driven) -> None:
    await d.press("s", "question_mark")
    assert "Next box." in d.text()
    await d.press("escape", "escape")
    assert isinstance(d.app.screen, ScreeningScreen)
