"""Zip archives that are more than packed files: ASReview projects, and Rayyan's exports with their log."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from tamis.errors import FormatError
from tamis.formats.peers import asreview_project, rayyan_log

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.formats.base import Reading
    from tamis.formats.decoding import Data
    from tamis.formats.peers.votes import Hint

    Read = Callable[[Data, str, Hint | None], Reading]
    """Starts reading a file that is no archive; without a hint other tools' marks are left alone."""

_ZIP = b"PK\x03\x04"
_LARGEST = 1 << 30
_ENTRIES = 10_000
_RATIO = 300
_RATIO_FLOOR = 16 << 20
_LITTER = ("__MACOSX/", ".DS_Store")


class Archive:
    """A zip archive in memory, read within bounds.

    Attributes:
        root: the folder inside in which everything is, with its slash, or "".
        names: the files in it, without the root and without litter.
    """

    def __init__(self, data: Data) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(bytes(data)))
        found = [i for i in self._zip.infolist()[:_ENTRIES] if not i.is_dir()]
        whole = [i.filename for i in found if not any(word in i.filename for word in _LITTER)]
        first = {name.partition("/")[0] for name in whole if "/" in name}
        alone = len(first) == 1 and all("/" in name for name in whole)
        self.root = f"{first.pop()}/" if alone else ""
        self.names = [name.removeprefix(self.root) for name in whole]

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            FormatError: it is too large, damaged or protected; the message goes behind the archive's name.
        """
        try:
            info = self._zip.getinfo(self.root + name)
            size = info.file_size
            if size > _LARGEST or (size > _RATIO_FLOOR and size > _RATIO * max(info.compress_size, 1)):
                raise FormatError("unpacks to far more than such an export can be; export it again")
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError):
            raise FormatError("is a damaged archive; download or export it again") from None
        except (NotImplementedError, RuntimeError):
            raise FormatError("is protected or packed in a way that is not read; unpack it first") from None


def open_archive(data: Data, name: str, hint: Hint, read: Read) -> Reading | None:
    """Start reading an archive of another tool; None when it is none.

    Args:
        data: the file.
        name: its name, for messages.
        hint: what is known of it.
        read: reads a file inside.

    Raises:
        FormatError: it is one, and damaged.
    """
    if data[:4] != _ZIP or len(data) > _LARGEST:
        return None
    try:
        archive = Archive(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        return None
    try:
        if asreview_project.applies(archive.names):
            return asreview_project.open_project(archive, name, hint, read)
        if rayyan_log.applies(archive.names):
            return rayyan_log.open_export(archive, name, hint, read)
    except FormatError as error:
        words = str(error)
        raise FormatError(words if words.startswith(name) else f"{name}: {words}") from None
    return None
