"""Picking files: a folder to walk through, marks, a path that is typed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.screen import Screen

from tamis.tui.widgets.bars import KeyLine, StatusLine, TooSmall
from tamis.tui.widgets.fields import LineField
from tamis.tui.widgets.file_list import FileList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

    from tamis.services.screening import Session

_PATH = "path"


class PickScreen(Screen[str]):
    """Picks files for a purpose, which a subclass gives; closes with what to say on the screening screen.

    Textual calls the `on_` methods of every class of a screen, so a subclass overrides `press` and `entered`.
    """

    AUTO_FOCUS = ""
    KEYS: ClassVar[Sequence[tuple[str, str]]]
    """What the last line says of the keys."""

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self._session = session
        self._folder = folder

    def compose(self) -> ComposeResult:
        """Where, the files, what a subclass has besides, what happens, keys."""
        where, said = StatusLine(), StatusLine()
        where.id, said.id = "where", "said"
        yield where
        yield FileList(self._folder)
        yield from self.besides()
        yield LineField()
        yield said
        yield KeyLine(self.KEYS)
        yield TooSmall()

    def besides(self) -> Sequence[Widget]:
        """What shares the place of the files."""
        return ()

    def headline(self, files: FileList) -> str:
        """What the files are picked for, and where."""
        raise NotImplementedError

    def take(self, paths: Sequence[Path]) -> None:
        """Files were picked: those with a mark, or else the one under the cursor or typed."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Show the folder."""
        self._open(self._folder)

    def on_key(self, event: events.Key) -> None:
        """Carry out a key, in order."""
        if self.focused is not None:
            return
        event.stop()
        event.prevent_default()
        self.press(event.key)

    def press(self, key: str) -> None:
        """Carry out a key of picking."""
        files = self.query_one(FileList)
        if files.press(key):
            self.show_where()
        elif key == "escape":
            self.dismiss("")
        elif key in ("backspace", "h", "left"):
            self._open(files.folder.parent)
        elif key == "slash":
            self.query_one(LineField).open(_PATH, "Path of a file or folder", f"{files.folder}{os.sep}")
        elif key == "enter":
            self._enter(files)

    def on_field_entered(self, event: LineField.Entered) -> None:
        """A line that was typed."""
        if event.purpose == _PATH:
            path = _path(event.text.strip())
            with contextlib.suppress(RuntimeError):  # ~ and a name that nobody here has
                path = path.expanduser()
            if path.is_dir():
                self._open(path)
            else:
                self.typed(path)
        else:
            self.entered(event.text)

    def typed(self, path: Path) -> None:
        """The path of a file, or of nothing."""
        self.take([path])

    def entered(self, text: str) -> None:
        """A line that a subclass asked for."""
        raise NotImplementedError

    def show_where(self) -> None:
        """Show what the files are picked for."""
        self.query_one("#where", StatusLine).say(self.headline(self.query_one(FileList)))

    def say(self, words: str, *, alert: bool = False) -> None:
        """Say something below the files."""
        self.query_one("#said", StatusLine).say(words, alert=alert)

    def _enter(self, files: FileList) -> None:
        entry = files.current
        if files.marked:
            self.take(list(files.marked))
        elif entry is not None and entry.is_folder:
            self._open(entry.path)
        elif entry is not None:
            self.take([entry.path])

    def _open(self, folder: Path) -> None:
        why = self.query_one(FileList).open(folder.resolve())
        if why:
            self.say(why, alert=True)
        self.show_where()


def _path(text: str) -> Path:
    """The path that was typed, or that was pasted whole behind the folder which stood there."""
    at = max(text.rfind("//"), text.rfind("/~"))
    return Path(text if at < 0 or Path(text).exists() else text[at + 1 :])
