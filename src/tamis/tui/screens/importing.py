"""Importing inside the app: pick files, watch them come in, read the account."""

from __future__ import annotations

import csv
import io
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from tamis.domain.plural import counted
from tamis.domain.text import clean_line
from tamis.errors import Stopped, TamisError
from tamis.formats.own_csv import guard
from tamis.services.exporting import free_path, write_text
from tamis.services.importing import FileAccount, import_files
from tamis.tui.paint import bar, duration
from tamis.tui.widgets.account import AccountView
from tamis.tui.widgets.bars import KeyLine, StatusLine, TooSmall
from tamis.tui.widgets.fields import LineField
from tamis.tui.widgets.file_list import FileList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tamis.services.screening import Session
    from tamis.tui.config import Config

PICK_KEYS = (
    ("space", "mark"),
    ("enter", "open or import"),
    ("/", "path"),
    ("d", "database"),
    ("esc", "back"),
)
BUSY_KEYS = (("esc", "cancel"),)
ACCOUNT_KEYS = (("j", "down"), ("k", "up"), ("E", "export problems"), ("esc", "back to the records"))


class ImportScreen(Screen[str]):
    """Closes with what to say on the screening screen."""

    AUTO_FOCUS = ""

    class Read(Message):
        """A file is being read."""

        def __init__(self, name: str, done: int, total: int) -> None:
            super().__init__()
            self.file = name
            self.done = done
            self.total = total

        def can_replace(self, message: Message) -> bool:
            """Only the newest matters."""
            return isinstance(message, ImportScreen.Read)

    class Ended(Message):
        """The import is over."""

        def __init__(self, accounts: list[FileAccount], said: str) -> None:
            super().__init__()
            self.accounts = accounts
            self.said = said

    def __init__(self, session: Session, config: Config, folder: Path) -> None:
        super().__init__()
        self._session = session
        self._config = config
        self._folder = folder
        self._database = ""
        self._busy = False
        self._accounts: list[FileAccount] = []

    def compose(self) -> ComposeResult:
        """The files, later the account; what happens; keys."""
        where, said = StatusLine(), StatusLine()
        where.id, said.id = "where", "said"
        yield where
        yield FileList(self._folder)
        yield AccountView()
        yield LineField()
        yield said
        yield KeyLine(PICK_KEYS)
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the folder the program was started in."""
        self.query_one(AccountView).display = False
        self._open(self._folder)

    async def on_key(self, event: events.Key) -> None:
        """Carry out a key, in order."""
        if self.focused is not None:
            return
        event.stop()
        event.prevent_default()
        if self._busy:
            if event.key == "escape":
                self.workers.cancel_group(self, "import")
                self._say("Stopping; the file that is being read is left out as a whole.")
        elif self._accounts:
            self._account_key(event.key)
        else:
            self._pick_key(event.key)

    def _pick_key(self, key: str) -> None:
        files = self.query_one(FileList)
        if files.press(key):
            self._where()
        elif key == "escape":
            self.dismiss("")
        elif key in ("backspace", "h", "left"):
            self._open(files.folder.parent)
        elif key == "d":
            head = "Database, register or site the files came from (empty: their own names)"
            self.query_one(LineField).open("database", head, self._database)
        elif key == "slash":
            self.query_one(LineField).open("path", "Path of a file or folder", f"{files.folder}{os.sep}")
        elif key == "enter":
            self._enter(files)

    def _enter(self, files: FileList) -> None:
        entry = files.current
        if files.marked:
            self._begin(list(files.marked))
        elif entry is not None and entry.is_folder:
            self._open(entry.path)
        elif entry is not None:
            self._begin([entry.path])

    def _account_key(self, key: str) -> None:
        view = self.query_one(AccountView)
        page = max(1, view.size.height - 2)
        steps = {"j": 1, "down": 1, "k": -1, "up": -1, "space": page, "pagedown": page, "pageup": -page}
        if key in steps:
            view.scroll_lines(steps[key])
        elif key == "E":
            self._export_problems()
        elif key in ("escape", "q", "enter"):
            stored = sum(a.imported for a in self._accounts)
            self.dismiss(f"{counted(stored, 'record')} imported.")

    def on_field_entered(self, event: LineField.Entered) -> None:
        """The name of the database, or a path that was typed."""
        if event.purpose == "database":
            self._database = clean_line(event.text)
            self._where()
            return
        path = Path(event.text.strip()).expanduser()
        if path.is_dir():
            self._open(path)
        elif path.is_file():
            self._begin([path])
        else:
            self._say(f"There is no {path}.", alert=True)

    @on(Read)
    def show_progress(self, event: Read) -> None:
        """Show how far the reading is."""
        name = clean_line(event.file)
        if event.total:
            far = f"{event.done:,} of {event.total:,} records"
            self._say(f"{bar(event.done / event.total, 20)} {name}: {far}")
        else:
            self._say(f"{bar(0, 20)} {name}: counting records")

    @on(Ended)
    def show_account(self, event: Ended) -> None:
        """Show the account."""
        self._busy = False
        self._session.reload()
        self._accounts = event.accounts
        if not event.accounts:
            self.query_one(KeyLine).show(PICK_KEYS)
            self._say(event.said)
            return
        self.query_one(FileList).display = False
        view = self.query_one(AccountView)
        view.display = True
        view.show(event.accounts)
        self.query_one(KeyLine).show(ACCOUNT_KEYS)
        self._say(event.said)

    @work(thread=True, exclusive=True, group="import")
    def _import(self, paths: list[Path]) -> None:
        """Import in a thread, so that progress is painted; nothing else uses the review meanwhile."""
        worker = get_current_worker()

        def progress(name: str, done: int, total: int) -> None:
            if worker.is_cancelled:
                raise Stopped
            self.post_message(self.Read(name, done, total))

        session = self._session
        accounts: list[FileAccount] = []
        began = time.monotonic()
        said = ""
        try:
            for path in paths:
                accounts += import_files(
                    session.review,
                    [path],
                    author=session.author,
                    database=self._database,
                    progress=progress,
                )
        except Stopped:
            said = "Stopped; files that were read before are in the review."
        except TamisError as error:
            said = str(error)
        stored = sum(a.imported for a in accounts)
        took = duration(time.monotonic() - began)
        self.post_message(self.Ended(accounts, said or f"{counted(stored, 'record')} imported in {took}."))

    def _begin(self, paths: list[Path]) -> None:
        if not self._session.review.writable:
            self._say("This review is open for reading only; nothing can be imported.", alert=True)
            return
        self._busy = True
        self.query_one(KeyLine).show(BUSY_KEYS)
        self._say(f"Reading {clean_line(paths[0].name)}.")
        self._import(paths)

    def _open(self, folder: Path) -> None:
        why = self.query_one(FileList).open(folder.resolve())
        if why:
            self._say(why, alert=True)
        self._where()

    def _where(self) -> None:
        files = self.query_one(FileList)
        marked = f" · {len(files.marked)} marked" if files.marked else ""
        database = f" · database: {self._database}" if self._database else ""
        self.query_one("#where", StatusLine).say(f"Import from {files.folder}{marked}{database}")

    def _say(self, words: str, *, alert: bool = False) -> None:
        self.query_one("#said", StatusLine).say(words, alert=alert)

    def _export_problems(self) -> None:
        rows = [(a.file, str(p.line), p.why, p.text) for a in self._accounts for p in a.problems]
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(("file", "line", "why", "text"))
        writer.writerows([guard(cell) for cell in row] for row in rows)
        path = free_path(self._session.review.folder, "import-problems", ".csv")
        try:
            write_text(path, out.getvalue())
        except TamisError as error:
            self._say(str(error), alert=True)
            return
        self._say(f"{counted(len(rows), 'problem')} written to {path}")
