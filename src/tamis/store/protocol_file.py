"""protocol.toml: the protocol as people edit it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tamis.domain.protocol import Protocol
from tamis.errors import ProtocolError, StoreError
from tamis.store.disk import close, reason
from tamis.store.folding import not_saved

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.store.disk import Disk

NAME = "protocol.toml"


def read_protocol(folder: Path) -> Protocol | None:
    """The protocol in the folder; None without a file.

    Raises:
        ProtocolError: it is wrong; names the file and, if it can, the line.
        StoreError: it cannot be read.
    """
    path = folder / NAME
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {reason(error)[0]}.") from error
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{path} is not UTF-8 text; save it as UTF-8 and try again.") from error
    return Protocol.from_toml(text.replace("\r\n", "\n"), str(path))


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
