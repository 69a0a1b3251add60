"""The imported files, kept byte for byte in `sources/` under their checksums."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

from tamis.errors import DamagedError, StoreError, UsageError
from tamis.store.disk import FOLDER_MODE, Disk, OpenFile, blocks, close, reason
from tamis.store.folding import not_saved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tamis.domain.record import Source

_BLOCK = 1 << 20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,12}")
_KEPT_MODE = 0o400


class Originals:
    """The folder of imported files.

    Args:
        folder: `sources/` of a review, made when the first file is kept.
        disk: how the disk is written; for tests.
    """

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self.folder = folder
        self._disk = disk or Disk()

    def path(self, source: Source) -> Path:
        """Where the file of a source is kept."""
        return self.folder / (source.sha256 + plain_suffix(source.suffix))

    def keep(self, source: Source, original: Path | bytes) -> Path:
        """Keep a file under its checksum; returns when it is on the medium.

        Raises:
            UsageError: the file cannot be read, or is not what `source.sha256` says.
            NotSavedError: it cannot be written.
        """
        path = self.path(source)
        new = self.folder / (path.name + ".new")
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(FOLDER_MODE, exist_ok=True)
                self._disk.sync_folder(self.folder.parent)
            fd = self._disk.create(new, _KEPT_MODE)
            try:
                self._copy(fd, source, original)
                self._disk.sync(fd)
                self._disk.replace(new, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    self._disk.remove(new)
                raise
            finally:
                close(fd)
            self._disk.sync_folder(self.folder)
        except OSError as error:
            raise not_saved(self.folder, error) from error
        return path

    def remove(self, source: Source) -> None:
        """Remove a kept file that no import refers to; if that fails it is a leftover, which does no harm."""
        with contextlib.suppress(OSError):
            self._disk.remove(self.path(source))

    def _copy(self, fd: int, source: Source, original: Path | bytes) -> None:
        from hashlib import sha256  # only importing and checking need it

        digest = sha256()
        for piece in _pieces(original):
            digest.update(piece)
            self._disk.write_all(fd, piece)
        if digest.hexdigest() != source.sha256:
            raise UsageError(f"{source.file} changed while it was read. Nothing was stored; try again.")

    def verify(self, source: Source) -> str:
        """A sentence if the kept file is missing or not what was imported, else ""."""
        from hashlib import sha256

        path = self.path(source)
        digest = sha256()
        try:
            file = OpenFile(path)
            for piece in blocks(file.fd, 0, file.size()):
                digest.update(piece)
        except FileNotFoundError:
            return f"{path} is missing; it was imported from {source.file}."
        except OSError as error:
            return f"{path} cannot be read: {reason(error)[0]}."
        if digest.hexdigest() != source.sha256:
            return f"{path} is not what was imported from {source.file}."
        return ""

    def leftovers(self, sources: Iterable[Source]) -> list[Path]:
        """Files that belong to no source: an import that was broken off leaves one. They do no harm."""
        known = {self.path(source).name for source in sources}
        try:
            return sorted(path for path in self.folder.iterdir() if path.name not in known)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be read: {reason(error)[0]}.") from error

    def read(self, source: Source) -> bytes:
        """The bytes of a source.

        Raises:
            DamagedError: they are missing or unreadable.
        """
        try:
            return self.path(source).read_bytes()
        except OSError as error:
            raise DamagedError(f"{self.path(source)} cannot be read: {reason(error)[0]}.") from error


def plain_suffix(suffix: str) -> str:
    """`suffix` if it is harmless in a file name (a dot and up to 12 letters or digits), else ""."""
    suffix = suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def _pieces(original: Path | bytes) -> Iterator[bytes]:
    if isinstance(original, bytes):
        yield original
        return
    try:
        with original.open("rb") as file:
            while piece := file.read(_BLOCK):
                yield piece
    except OSError as error:
        raise UsageError(f"{os.fspath(original)} cannot be read: {reason(error)[0]}.") from error
