"""protocol.toml: the protocol as people edit it."""

from __future__ import annotations

import contextlib
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from tamis.domain.protocol import Protocol
from tamis.errors import NotSavedError, ProtocolError, StoreError, UsageError
from tamis.store.disk import close, reason
from tamis.store.folding import not_saved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tamis.store.disk import Disk

NAME = "protocol.toml"
_MARK: Final = "\ufeff"
_TRIES: Final = 5
"""How often a change begins anew because somebody else has just saved the file."""


def read_protocol(folder: Path) -> Protocol | None:
    """The protocol in the folder; None without a file.

    Raises:
        ProtocolError: it is wrong; names the file and, if it can, the line.
        StoreError: it cannot be read.
    """
    text = _read(folder)
    return None if text is None else Protocol.from_toml(_lines(text), str(folder / NAME))


def revise_protocol(disk: Disk, folder: Path, change: Callable[[str], str]) -> Protocol:
    """Change the text of the file, which keeps its byte-order mark and the end of every other line.

    Args:
        disk: how the disk is written.
        folder: where the file is.
        change: the text with LF as line ends -> the text it shall be; asked again if somebody saves the
            file meanwhile.

    Returns:
        The protocol that the file holds after that.

    Raises:
        ProtocolError: it is wrong, or would be; it stands as it was.
        NotSavedError: it cannot be written, or is being changed by others; it stands as it was.
        StoreError: it cannot be read.
        UsageError: there is none.
    """
    for _ in range(_TRIES):
        raw = _read(folder)
        if raw is None:
            raise UsageError(f"There is no {folder / NAME} to change; write one, then try again.")
        old = _lines(raw)
        new = change(old)
        protocol = Protocol.from_toml(new, str(folder / NAME))
        if new == old or write_protocol(disk, folder, _with_ends(raw, old, new), instead_of=raw):
            return protocol
    raise NotSavedError(f"Not saved: another program keeps writing {folder / NAME}. Close it and try again.")


def _lines(text: str) -> str:
    return text.removeprefix(_MARK).replace("\r\n", "\n")


def _with_ends(raw: str, old: str, new: str) -> str:
    """The new text with byte-order mark and line ends as in the file; new lines end as most of it do."""
    ends = ["\r\n" if line.endswith("\r") else "\n" for line in raw.split("\n")[:-1]]
    usual = "\r\n" if 2 * ends.count("\r\n") > len(ends) else "\n"
    lines = new.split("\n")
    new_ends = [usual] * (len(lines) - 1)
    for place, to, n in SequenceMatcher(None, old.split("\n"), lines, autojunk=False).get_matching_blocks():
        kept = ends[place : place + n][: len(new_ends) - to]
        new_ends[to : to + len(kept)] = kept
    mark = _MARK if raw.startswith(_MARK) else ""
    return mark + "".join(map("".join, zip_longest(lines, new_ends, fillvalue="")))


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


def write_protocol(disk: Disk, folder: Path, text: str, *, instead_of: str | None = None) -> bool:
    """Write the file in one step. It keeps its mode and group; behind a symbolic link, its target is written.

    Args:
        disk: how the disk is written.
        folder: where the file is.
        text: what it shall hold.
        instead_of: what it must hold until then.

    Returns:
        False when it holds something else than `instead_of`, which stands.

    Raises:
        NotSavedError: it cannot be written; an older one stands as it was.
    """
    path = (folder / NAME).resolve()
    new = path.with_name(path.name + ".new")
    try:
        fd = disk.create(new)
        try:
            if path.exists():
                disk.make_like(fd, path)
            disk.write_all(fd, text.encode())
            disk.sync(fd)
            if instead_of is not None and _read(folder) != instead_of:
                disk.remove(new)
                return False
            disk.replace(new, path)
        except BaseException:
            with contextlib.suppress(OSError):
                disk.remove(new)
            raise
        finally:
            close(fd)
        disk.sync_folder(path.parent)
    except OSError as error:
        raise not_saved(folder, error) from error
    return True
