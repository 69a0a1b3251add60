"""The files of the current record: opening them, and picking one to attach."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tamis.domain.plural import counted
from tamis.domain.text import clean_line
from tamis.errors import TamisError
from tamis.services.attaching import attach_all, attached, mark_of
from tamis.tui.screens import choices
from tamis.tui.screens.dialogs import Notice
from tamis.tui.screens.picking import PickScreen
from tamis.tui.viewing import no_browser, open_file
from tamis.tui.widgets.menu import Item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tamis.domain.record import Record
    from tamis.services.attaching import Attached
    from tamis.services.screening import Session
    from tamis.tui.screens.screening import ScreeningScreen
    from tamis.tui.widgets.file_list import FileList

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


class AttachScreen(PickScreen):
    """Picks files for one record."""

    KEYS = (
        ("enter", "open or attach"),
        ("space", "mark"),
        ("c", "copy or refer"),
        ("/", "path"),
        ("esc", "back"),
    )

    def __init__(self, session: Session, record_id: str, folder: Path) -> None:
        super().__init__(session, folder)
        self._record_id = record_id
        self._copy = False

    def on_mount(self) -> None:
        """Say which record files are picked for."""
        record = self._session.record
        self.say(f"For {record.title or record.id}" if record else "")

    def headline(self, files: FileList) -> str:
        """How many files are attached, how, and from where."""
        what = counted(len(files.marked), "marked file") if files.marked else "a file"
        copying = ", copied into the review," if self._copy else ""
        return f"Attach {what}{copying} from {files.folder}"

    def press(self, key: str) -> None:
        """Copy the files or refer to them, besides the keys of picking."""
        if key == "c":
            self._copy = not self._copy
            self.show_where()
        else:
            super().press(key)

    def take(self, paths: Sequence[Path]) -> None:
        """Attach the files and close."""
        try:
            picked = [(self._record_id, path, mark_of(path)) for path in paths]
            saved = attach_all(self._session, picked, copy=self._copy)
        except TamisError as error:
            self.say(str(error), alert=True)
            return
        names = ", ".join(clean_line(path.name) for path in paths)
        self.dismiss(f"Attached: {names}" if saved else f"Attached already: {names}")
