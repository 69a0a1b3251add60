"""The files of the current record: opening them, and picking one to attach."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from tamis.domain.plural import counted
from tamis.domain.text import clean_line
from tamis.errors import TamisError
from tamis.services.attaching import attach_all, attached, mark_of
from tamis.tui.screens import choices
from tamis.tui.screens.dialogs import Notice
from tamis.tui.viewing import no_browser, open_file
from tamis.tui.widgets.bars import KeyLine, StatusLine, TooSmall
from tamis.tui.widgets.fields import LineField
from tamis.tui.widgets.file_list import FileList
from tamis.tui.widgets.menu import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from tamis.domain.record import Record
    from tamis.services.attaching import Attached
    from tamis.services.screening import Session
    from tamis.tui.screens.screening import ScreeningScreen

KEYS = (
    ("enter", "open or attach"),
    ("space", "mark"),
    ("c", "copy or refer"),
    ("/", "path"),
    ("esc", "back"),
)
_ADDRESS = "address"


async def open_record(screen: ScreeningScreen) -> None:
    """Open the file of the current record, or its address when it has none; ask when it has several."""
    session, record = screen.session, screen.session.record
    files = attached(session.review, session.ledger, record.id) if record else []
    if not files:
        await _browse(screen, record)
        return
    if len(files) == 1:
        await _view(screen, files[0])
        return
    items = [Item(str(n) if n < 10 else "", str(n - 1), file.name) for n, file in enumerate(files, 1)]
    if record and (url := choices.address(record)):
        items.append(Item(screen.keymap.shown("open"), _ADDRESS, url))

    async def take(value: str) -> None:
        if value == _ADDRESS:
            await _browse(screen, record)
        else:
            await _view(screen, files[int(value)])

    screen.open_menu("Open which file?", items, take)


async def _browse(screen: ScreeningScreen, record: Record | None) -> None:
    """Hand the record's address to the browser; without one, show the address."""
    url = choices.address(record) if record else ""
    if url and (why_not := no_browser()):
        await screen.app.push_screen(Notice("Not opened", f"{why_not} The address is {url}"))
    else:
        screen.say(choices.open_address(record, screen.app.open_url))


async def _view(screen: ScreeningScreen, file: Attached) -> None:
    """Hand a file to the viewer; what cannot be opened is shown with its whole path."""
    if file.path is None:
        screen.say(f"{file.name} is named in a way that no file here can be.", alert=True)
        return
    why_not = open_file(file.path)
    if why_not:
        await screen.app.push_screen(Notice("Not opened", why_not))
        return
    with contextlib.suppress(OSError):
        if file.path.stat().st_size != file.mark.size:
            screen.say(f"Opening {file.name}, which has changed since it was attached.", alert=True)
            return
    screen.say(f"Opening {file.name}")


class AttachScreen(Screen[str]):
    """Picks files for one record; closes with what to say on the screening screen."""

    AUTO_FOCUS = ""

    def __init__(self, session: Session, record_id: str, folder: Path) -> None:
        super().__init__()
        self._session = session
        self._record_id = record_id
        self._folder = folder
        self._copy = False

    def compose(self) -> ComposeResult:
        """The files, what happens, keys."""
        where, said = StatusLine(), StatusLine()
        where.id, said.id = "where", "said"
        yield where
        yield FileList(self._folder)
        yield LineField()
        yield said
        yield KeyLine(KEYS)
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the folder, and the record that files are picked for."""
        record = self._session.record
        self._open(self._folder)
        self._say(f"For {record.title or record.id}" if record else "")

    def on_key(self, event: events.Key) -> None:
        """Carry out a key, in order."""
        if self.focused is not None:
            return
        event.stop()
        event.prevent_default()
        files = self.query_one(FileList)
        if files.press(event.key):
            self._where()
        elif event.key == "escape":
            self.dismiss("")
        elif event.key in ("backspace", "h", "left"):
            self._open(files.folder.parent)
        elif event.key == "c":
            self._copy = not self._copy
            self._where()
        elif event.key == "slash":
            self.query_one(LineField).open("path", "Path of a file or folder", f"{files.folder}{os.sep}")
        elif event.key == "enter":
            self._enter(files)

    def on_field_entered(self, event: LineField.Entered) -> None:
        """A path that was typed."""
        path = Path(event.text.strip()).expanduser()
        if path.is_dir():
            self._open(path)
        else:
            self._take_files([path])

    def _enter(self, files: FileList) -> None:
        entry = files.current
        if files.marked:
            self._take_files(list(files.marked))
        elif entry is not None and entry.is_folder:
            self._open(entry.path)
        elif entry is not None:
            self._take_files([entry.path])

    def _take_files(self, paths: Sequence[Path]) -> None:
        try:
            picked = [(self._record_id, path, mark_of(path)) for path in paths]
            saved = attach_all(self._session, picked, copy=self._copy)
        except TamisError as error:
            self._say(str(error), alert=True)
            return
        names = ", ".join(clean_line(path.name) for path in paths)
        self.dismiss(f"Attached: {names}" if saved else f"Attached already: {names}")

    def _open(self, folder: Path) -> None:
        why = self.query_one(FileList).open(folder.resolve())
        if why:
            self._say(why, alert=True)
        self._where()

    def _where(self) -> None:
        files = self.query_one(FileList)
        what = counted(len(files.marked), "marked file") if files.marked else "a file"
        copying = ", copied into the review," if self._copy else ""
        self.query_one("#where", StatusLine).say(f"Attach {what}{copying} from {files.folder}")

    def _say(self, words: str, *, alert: bool = False) -> None:
        self.query_one("#said", StatusLine).say(words, alert=alert)
