"""A folder's files to pick from: folders first, files marked with a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tamis.domain.text import clean_line
from tamis.tui.paint import sides, strip
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from pathlib import Path

    from textual import events
    from textual.strip import Strip


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder: what it is called, where it is, how large it is."""

    path: Path
    is_folder: bool
    size: int

    @property
    def words(self) -> str:
        """Its name, safe to show."""
        name = ".." if self.path.name == "" or self.size < 0 else clean_line(self.path.name)
        return f"{name}/" if self.is_folder else name


def entries(folder: Path) -> list[Entry]:
    """What is in a folder, the way up first, then folders, then files by name; hidden ones left out.

    Raises:
        OSError: the folder cannot be read.
    """
    found = []
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        try:
            is_folder, size = path.is_dir(), path.stat().st_size
        except OSError:
            continue
        found.append(Entry(path, is_folder, 0 if is_folder else size))
    found.sort(key=lambda e: (not e.is_folder, e.path.name.casefold()))
    return [Entry(folder.parent, True, -1), *found]


class FileList(Lines):
    """The entries of a folder with a cursor and marks."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--cursor", "list--mark", "record--meta"}

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.marked: dict[Path, None] = {}
        self._entries: list[Entry] = []
        self._cursor = 0
        self._top = 0

    def open(self, folder: Path) -> str:
        """Show a folder; gives "" or why it cannot be shown."""
        try:
            found = entries(folder)
        except OSError as error:
            return f"{clean_line(str(folder))} cannot be read: {(error.strerror or '').lower()}."
        came_from = self.folder
        self.folder, self._entries, self._top = folder, found, 0
        self._cursor = next((n for n, e in enumerate(found) if e.path == came_from and e.size >= 0), 0)
        self.move(0)
        return ""

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        return self._entries[self._cursor] if self._entries else None

    def move(self, by: int) -> None:
        """Move the cursor."""
        self._cursor = max(0, min(self._cursor + by, len(self._entries) - 1))
        height = max(1, self.size.height)
        self._top = max(0, min(self._top, self._cursor), self._cursor - height + 1)
        self.refresh()

    def press(self, key: str) -> bool:
        """Take a key that moves the cursor or marks; says whether it was one."""
        page = max(1, self.size.height - 1)
        steps = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": page, "pageup": -page}
        if key in steps:
            self.move(steps[key])
        elif key == "space":
            self.mark()
        return key in steps or key == "space"

    def mark(self) -> None:
        """Mark the file under the cursor, or take its mark off, and go on to the next."""
        entry = self.current
        if entry is not None and not entry.is_folder:
            if entry.path in self.marked:
                del self.marked[entry.path]
            else:
                self.marked[entry.path] = None
            self.move(+1)

    def on_click(self, event: events.Click) -> None:
        """Move to the clicked entry; a second click on a file marks it."""
        n = self._top + event.y
        if n < len(self._entries):
            if n == self._cursor:
                self.mark()
            else:
                self.move(n - self._cursor)

    def line(self, y: int, width: int) -> Strip:
        """One entry."""
        n = self._top + y
        if n >= len(self._entries):
            return strip([], width)
        entry = self._entries[n]
        style = self.style("list--cursor" if n == self._cursor else "list--mark")
        mark = "✓" if entry.path in self.marked else " "
        size = "" if entry.is_folder else f"{size_words(entry.size)} "
        return sides([(f" {mark} {entry.words}", style)], [(size, style)], width, style)


def size_words(size: int) -> str:
    """A size in bytes as people read it."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
