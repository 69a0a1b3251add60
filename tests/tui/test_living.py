"""What happens around the keys: mouse, resizing, the editor, saving that fails, reading only."""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, cast

import pytest
from textual import events
from textual.app import SuspendNotSupported

from tamis.domain.events import Kind, Removal, Verdict
from tamis.domain.record import Record
from tamis.domain.states import State
from tamis.errors import NotSavedError, UsageError
from tamis.services import facts
from tamis.tui.editor import edit
from tamis.tui.screens import choices
from tamis.tui.screens.dialogs import Alert
from tamis.tui.screens.summary import SummaryScreen
from tamis.tui.widgets.flow_view import FlowView
from tamis.tui.widgets.menu import Menu
from tamis.tui.widgets.record_list import RecordList
from tests.tui import reviews
from tests.tui.driving import WIDE, driven

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.domain.events import Event
    from tamis.services.screening import Session


# Mouse


async def test_a_click_on_a_row_goes_there(session: Session) -> None:
    async with driven(session, WIDE) as d:
        await d.pilot.click(RecordList, offset=(5, 4))
        assert d.session.queue.cursor == 4
        assert "Author01" in d.text()
        await d.pilot.click(RecordList, offset=(5, 30))
        assert d.session.queue.cursor == 4


async def test_a_click_on_a_menu_item_picks_it(session: Session) -> None:
    async with driven(session) as d:
        await d.press("e")
        await d.pilot.click(Menu, offset=(5, 3))
        assert d.said.startswith("exclude (Wrong study design")
        await d.press("e")
        await d.pilot.click(Menu, offset=(5, 0))
        assert d.app.screen.query_one(Menu).display


async def test_a_click_on_a_box_selects_it(session: Session) -> None:
    async with driven(session) as d:
        await d.press("s")
        await d.pilot.click(FlowView, offset=(60, 9))
        assert d.said.startswith("Records excluded")


async def test_the_wheel_scrolls(session: Session) -> None:
    async with driven(session) as d:
        await d.press("j", "j", "j", "j", "j")
        before = d.lines
        pane = d.screen.query_one("RecordPane")
        for widget in (pane, d.screen.query_one(RecordList)):
            widget.post_message(
                events.MouseScrollDown(widget, 1, 1, 0, 1, 0, shift=False, meta=False, ctrl=False)
            )
        await d.settle()
        assert d.lines[1:4] != before[1:4]
        assert d.lines[5:20] != before[5:20]
        assert d.session.queue.cursor == 5


async def test_the_mouse_cannot_move_a_note_to_another_record(session: Session) -> None:
    """While a note is written, a click on another row stays without effect: the note is on its record."""
    async with driven(session) as d:
        await d.press("n", *"mine")
        await d.pilot.click(RecordList, offset=(20, 2))
        await d.press("ctrl+s")
        assert d.session.ledger.note(d.session.review.records.id_at(0), "Ann") == "mine"
        await d.press("e")
        await d.pilot.click(RecordList, offset=(20, 2))
        await d.press("1")
        assert d.session.row(0).verdict == "exclude"


async def test_the_palette_cannot_decide_while_a_note_is_open(session: Session) -> None:
    async with driven(session) as d:
        await d.press("n", *"mine", "ctrl+p", *"include")
        await d.pilot.pause(0.3)
        await d.press("enter")
        await d.settle()
        assert not d.titles_decided
        await d.press("ctrl+s")
        assert d.session.note() == "mine"


# Size


async def test_resizing_keeps_the_record(session: Session) -> None:
    """From wide to small to too small and back, the record and what was decided stay."""
    async with driven(session, WIDE) as d:
        await d.press("j", "j", "i", "j")
        wide = d.text()
        for size in ((80, 24), (50, 10), (60, 15), (200, 60), (120, 40)):
            await d.pilot.resize_terminal(*size)
            await d.settle()
            if size == (50, 10):
                assert "needs at least 60 columns and 15 rows" in " ".join(d.text().split())
            else:
                assert "A title that goes on: ablation" in " ".join(d.text().split())
        assert d.session.queue.cursor == 4
        assert d.text() == wide


async def test_keys_are_safe_while_it_is_too_small(session: Session) -> None:
    """Nothing is decided on a record that cannot be seen."""
    async with driven(session) as d:
        await d.pilot.resize_terminal(50, 10)
        await d.press("i", "1", "m", "x", "u", "e", "e")
        assert session.review.event_count == 0
        await d.pilot.resize_terminal(80, 24)
        await d.press("i")
        assert session.review.event_count == 1


# The editor


class StepsAside:
    """An app of which only `suspend` is asked."""

    def __init__(self, *, can: bool = True) -> None:
        self.can = can

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Step aside."""
        if not self.can:
            raise SuspendNotSupported
        with nullcontext():
            yield


def editor(tmp_path: Path, code: str) -> str:
    path = tmp_path / "an editor.py"
    path.write_text(f"import sys, pathlib\np = pathlib.Path(sys.argv[-1])\n{code}\n", encoding="utf-8")
    return f"'{sys.executable}' '{path}'"


def edited(text: str, environ: dict[str, str], *, can: bool = True) -> str:
    return edit(cast("Any", StepsAside(can=can)), text, environ)


def test_the_editor_gives_the_text_back(tmp_path: Path) -> None:
    code = "p.write_text(p.read_text(encoding='utf-8').upper() + 'é\\nnew', encoding='utf-8')"
    assert edited("note", {"EDITOR": editor(tmp_path, code)}) == "NOTEé\nnew"


def test_visual_comes_before_editor(tmp_path: Path) -> None:
    environ = {"VISUAL": editor(tmp_path, "p.write_text('visual')"), "EDITOR": "false"}
    assert edited("", environ) == "visual"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "No editor is set"),
        ({"EDITOR": "/nonexistent/editor"}, "could not be started"),
        ({"EDITOR": "false"}, "ended with 1; the note is as it was"),
        ({"EDITOR": "'unclosed"}, "EDITOR"),
    ],
)
def test_an_editor_that_fails_is_said(environ: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        edited("note", environ)


def test_a_terminal_that_cannot_step_aside() -> None:
    with pytest.raises(UsageError, match="cannot hand over"):
        edited("note", {"EDITOR": "true"}, can=False)


async def test_the_note_goes_to_the_editor_and_comes_back(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, "p.write_text(p.read_text() + ' and more')"))
    monkeypatch.setattr("tamis.tui.app.TamisApp.suspend", StepsAside().suspend)
    async with driven(session) as d:
        await d.press("n", *"begun", "ctrl+e")
        await d.settle()
        await d.press("ctrl+s")
        assert d.session.note() == "begun and more"


# Opening addresses


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "smb://host/x", "\\\\host\\x",
     "-flag", "https://user@example.org/", "https://exаmple.org/", "http://[::1", "http:///x", "HTTP"],
)  # fmt: skip
def test_only_web_addresses_are_opened(url: str) -> None:
    """Whatever else a file calls an address is never handed to the browser."""
    opened: list[str] = []
    said = choices.open_address(Record(urls=(url,)), opened.append)
    assert opened == []
    assert said == "This record has no DOI, PMID or web address."


def test_a_doi_cannot_leave_its_resolver() -> None:
    """A DOI is quoted: it can add no query, fragment or host."""
    for doi in ("10.5555/a?b#c", "10.5555/@evil.org", "10.5555/a b\n\"'<>"):
        url = choices.address(Record(doi=doi))
        assert url.startswith("https://doi.org/10.5555/")
        assert not set(url) & set("?#@ \n\"'<>")


# Records that no decision counts on


async def test_removed_records_and_duplicates_look_like_that_and_a_decision_goes_where_it_counts(
    session: Session,
) -> None:
    """In a list such as the summary's: nothing is acknowledged that changes nothing."""
    one, other, gone = (session.review.records.id_at(n) for n in (0, 1, 2))
    for record in (one, gone):
        session.decide_record(record, Verdict.INCLUDE)
    session.save([session.event(Kind.DUPLICATE, other, {"of": one}, field=one)])
    facts.remove(session, [gone], Removal.OTHER, "Retracted")
    async with driven(session) as d:
        session.queue.renew()
        session.queue.show(lambda record: record in (one, other, gone), "some")
        session.queue.go(1)
        d.screen.show()
        await d.settle()
        marks = [line[1:11].rstrip() for line in d.lines[1:4]]
        assert marks == ["✓ include", "= copy", "⊘ removed"]
        assert f"✓ include, duplicate of {one}" in d.text()
        await d.press("1")
        assert d.said.startswith(f"{one} stands for it: exclude (Wrong popu")
        assert session.ledger.state(one) is State.SCREENED_OUT
        assert "✗ exclude" in d.text()
        await d.press("G", "1")
        assert d.said.startswith(f"{gone} was removed: put it back before you decide.")
        assert session.ledger.outcome(gone, session.stage) == "include"


# Saving that fails


class FullDisk:
    """Stands in front of `Review.add_events` and fails while there is no space."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        add = session.review.add_events

        def add_events(events: list[Event]) -> None:
            if self.full:
                raise NotSavedError("review.json.journal: No space left on device. Nothing was saved.")
            add(events)

        monkeypatch.setattr(session.review, "add_events", add_events)


async def test_a_full_disk(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not saved is not shown as saved, nothing moves, and work goes on when there is space."""
    disk = FullDisk(session, monkeypatch)
    async with driven(session) as d:
        await d.press("i", "2")
        for keys in (["i"], ["1"], ["e", "3"], ["e", "e"], ["m"], ["u"]):
            disk.full = True
            await d.press(*keys)
            await d.settle()
            assert isinstance(d.app.screen, Alert)
            assert "No space left on device" in d.text()
            await d.press("i", "j", "escape")
            assert not isinstance(d.app.screen, Alert)
            assert d.said == "Not saved: the record stays here."
            assert d.session.queue.cursor == 2
            assert "2 of 14" in d.lines[0]
            assert d.lines[4].strip() == "· undecided"
            assert session.review.event_count == 2
        disk.full = False
        await d.press("m")
        assert list(d.titles_decided.values()) == ["include", "exclude", "maybe"]
        await d.press("u", "u")
        assert list(d.titles_decided.values()) == ["include"]


@pytest.mark.parametrize(
    ("key", "text", "save"), [("n", "my long thoughts", "ctrl+s"), ("l", "a, b", "enter")]
)
async def test_a_full_disk_does_not_lose_what_was_typed(
    key: str, text: str, save: str, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note or labels that could not be saved are back in their field after the alert."""
    disk = FullDisk(session, monkeypatch)
    async with driven(session) as d:
        disk.full = True
        await d.press(key)
        await d.type(text)
        await d.press(save)
        await d.settle()
        assert "No space left on device" in d.text()
        await d.press("escape")
        assert text in d.text()
        disk.full = False
        await d.press(save)
        assert (d.session.note() or ", ".join(d.session.labels())) == text


async def test_a_full_disk_while_exporting(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that cannot be written is said on both screens."""

    def full(*_: object) -> str:
        raise NotSavedError("included.ris: No space left on device. Nothing was written.")

    monkeypatch.setattr(choices, "write", full)
    async with driven(session) as d:
        for keys in (["E", "1"], ["s", "E", "1"]):
            await d.press(*keys)
            await d.settle()
            assert "No space left on device" in d.text()
            await d.press("escape")
        assert isinstance(d.app.screen, SummaryScreen)


# Leaving


async def test_what_is_being_written_is_not_lost_to_ctrl_q(session: Session) -> None:
    async with driven(session) as d:
        await d.press("n")
        await d.type("half a thought")
        await d.press("ctrl+q")
        assert d.app.is_running
        assert "Save or leave what is open first" in d.text()
        await d.press("ctrl+s")
        assert session.note() == "half a thought"


# Reading only


async def test_reading_only_says_so(tmp_path: Path) -> None:
    """A window for reading says who writes, shows everything, and refuses to decide with a sentence."""
    with reviews.make(tmp_path / "review") as first:
        reviews.session(first).decide(Verdict.INCLUDE)
        with reviews.reopen(tmp_path / "review", write=False) as second:
            async with driven(reviews.session(second), WIDE) as d:
                assert d.said.startswith("Read only: Ann (process ")
                assert d.said.endswith("READ ONLY")
                for keys in (["i"], ["1"], ["k", "x"], ["u"], ["n"], ["l"], ["M"], ["T"]):
                    await d.press("g", "j", *keys)
                    await d.settle()
                    assert "open for reading only" in " ".join(d.text().split())
                    await d.press("escape", "escape")
                assert "1 of 14" in d.lines[0]
                await d.press("s")
                assert "Records screened" in d.text()
