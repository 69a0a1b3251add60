"""Importing inside the app: pick files, watch them come in, read the account."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from tamis.domain.plural import counted
from tamis.domain.text import clean_line
from tamis.errors import Stopped, TamisError
from tamis.formats.own_csv import guard
from tamis.services.exporting import free_path, write_text
from tamis.services.importing import FileAccount, import_files
from tamis.tui.paint import bar, duration
from tamis.tui.screens.picking import PickScreen
from tamis.tui.widgets.account import AccountView
from tamis.tui.widgets.bars import KeyLine
from tamis.tui.widgets.fields import LineField
from tamis.tui.widgets.file_list import FileList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.widget import Widget

    from tamis.services.screening import Session

BUSY_KEYS = (("esc", "cancel"),)
ACCOUNT_KEYS = (("j", "down"), ("k", "up"), ("E", "export problems"), ("esc", "back to the records"))


class ImportScreen(PickScreen):
    """Imports the files that are picked, and shows the account."""

    KEYS = (
        ("space", "mark"),
        ("enter", "open or import"),
        ("/", "path"),
        ("d", "database"),
        ("esc", "back"),
    )

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

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__(session, folder)
        self._database = ""
        self._busy = False
        self._accounts: list[FileAccount] = []

    def besides(self) -> Sequence[Widget]:
        """The account, once there is one."""
        account = AccountView()
        account.display = False
        return (account,)

    def headline(self, files: FileList) -> str:
        """From where, how many, and of which database."""
        marked = f" · {len(files.marked)} marked" if files.marked else ""
        database = f" · database: {self._database}" if self._database else ""
        return f"Import from {files.folder}{marked}{database}"

    def press(self, key: str) -> None:
        """Carry out a key: of picking, while files are read, or in the account."""
        if self._busy:
            if key == "escape":
                self.workers.cancel_group(self, "import")
                self.say("Stopping; the file that is being read is left out as a whole.")
        elif self._accounts:
            self._account_key(key)
        elif key == "d":
            head = "Database, register or site the files came from (empty: their own names)"
            self.query_one(LineField).open("database", head, self._database)
        else:
            super().press(key)

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

    def entered(self, text: str) -> None:
        """The name of the database."""
        self._database = clean_line(text)
        self.show_where()

    def typed(self, path: Path) -> None:
        """The path of a file, or of nothing."""
        if path.is_file():
            self.take([path])
        else:
            self.say(f"There is no {path}.", alert=True)

    def take(self, paths: Sequence[Path]) -> None:
        """Begin to import the files."""
        if not self._session.review.writable:
            self.say("This review is open for reading only; nothing can be imported.", alert=True)
            return
        self._busy = True
        self.query_one(KeyLine).show(BUSY_KEYS)
        self.say(f"Reading {clean_line(paths[0].name)}.")
        self._import(paths)

    @on(Read)
    def show_progress(self, event: Read) -> None:
        """Show how far the reading is."""
        name = clean_line(event.file)
        if event.total:
            far = f"{event.done:,} of {event.total:,} records"
            self.say(f"{bar(event.done / event.total, 20)} {name}: {far}")
        else:
            self.say(f"{bar(0, 20)} {name}: counting records")

    @on(Ended)
    def show_account(self, event: Ended) -> None:
        """Show the account."""
        self._busy = False
        self._session.reload()
        self._accounts = event.accounts
        if not event.accounts:
            self.query_one(KeyLine).show(self.KEYS)
            self.say(event.said)
            return
        self.query_one(FileList).display = False
        view = self.query_one(AccountView)
        view.display = True
        view.show(event.accounts)
        self.query_one(KeyLine).show(ACCOUNT_KEYS)
        self.say(event.said)

    @work(thread=True, exclusive=True, group="import")
    def _import(self, paths: Sequence[Path]) -> None:
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
            self.say(str(error), alert=True)
            return
        self.say(f"{counted(len(rows), 'problem')} written to {path}")
