"""protocol.toml: the protocol as people edit it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tamis.domain.protocol import Protocol
from tamis.errors import ProtocolError, StoreError, UsageError
from tamis.store.disk import close, reason
from tamis.store.folding import not_saved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tamis.store.disk import Disk

NAME = "protocol.toml"


def read_protocol(folder: Path) -> Protocol | None:
    """The protocol in the folder; None without a file.

    Raises:
        ProtocolError: it is wrong; names the file and, if it can, the line.
        StoreError: it cannot be read.
    """
    text = _read(folder)
    return None if text is None else Protocol.from_toml(_lines(text), str(folder / NAME))


def revise_protocol(disk: Disk, folder: Path, change: Callable[[str], str]) -> None:
    """Change the text of the file, which keeps its byte-order mark and its line ends.

    Args:
        disk: how the disk is written.
        folder: where the file is.
        change: the text with LF as line ends -> the text it shall be.

    Raises:
        ProtocolError: it is wrong, or would be; it stands as it was.
        NotSavedError: it cannot be written; it stands as it was.
        StoreError: it cannot be read.
        UsageError: there is none.
    """
    text = _read(folder)
    if text is None:
        raise UsageError(f"There is no {folder / NAME} to change; write one, then try again.")
    new = change(_lines(text))
    Protocol.from_toml(new, str(folder / NAME))
    if "\r\n" in text:
        new = new.replace("\n", "\r\n")
    write_protocol(disk, folder, ("\ufeff" if text.startswith("\ufeff") else "") + new)


def _lines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _read(folder: Path) -> str | None:
    path = folder / NAME
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {reason(error)[0]}.") from error
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{path} is not UTF-8 text; save it as UTF-8 and try again.") from error


def write_protocol(disk: Disk, folder: Path, text: str) -> None:
    """Write the file in one step.

    Raises:
        NotSavedError: it cannot be written; an older one stands as it was.
    """
    path = folder / NAME
    new = path.with_name(path.name + ".new")
    try:
        fd = disk.create(new)
        try:
            disk.write_all(fd, text.encode())
            disk.sync(fd)
            disk.replace(new, path)
        except BaseException:
            with contextlib.suppress(OSError):
                disk.remove(new)
            raise
        finally:
            close(fd)
        disk.sync_folder(folder)
    except OSError as error:
        raise not_saved(folder, error) from error
