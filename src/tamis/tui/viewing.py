"""Handing files and addresses to the system: never through a shell, and only files that are documents."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from tamis.domain.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DOCUMENTS: Final = frozenset(
    f".{kind}"
    for kind in (
        *(
            "pdf",
            "html",
            "htm",
            "xhtml",
            "docx",
            "doc",
            "odt",
            "rtf",
            "epub",
            "txt",
            "md",
            "ps",
            "djvu",
            "xml",
        ),
        *("tex", "png", "jpg", "jpeg", "tif", "tiff", "xlsx", "xls", "ods", "csv", "pptx", "ppt", "odp"),
    )
)
"""What opens to be read. A review may come from somebody else: nothing that could run is started."""

_running: Final[list[subprocess.Popen[bytes]]] = []
"""Viewers that were started here and have not ended: some stay until the person closes them."""


def open_file(path: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Open a file in the system's viewer; gives "", or a sentence with the path when it was not opened."""
    shown = clean_line(str(path))
    try:
        real = path.resolve(strict=True)
        if not real.is_file():
            return f"{shown} is no ordinary file."
        if path.suffix.lower() not in DOCUMENTS or real.suffix.lower() not in DOCUMENTS:
            return f"Open it yourself, it is no document that tamis knows: {shown}"
        if not _is_seen(environ):
            return f"There is no screen to open it on here. The file is {shown}"
        _start(path)
    except FileNotFoundError as error:
        if error.filename != "xdg-open" and not path.exists():
            return f"{shown} is not there."
        return f"There is no xdg-open here to find a viewer. The file is {shown}"
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        return f"It could not be opened ({why}). The file is {shown}"
    return ""


def no_browser(environ: Mapping[str, str] = os.environ) -> str:
    """Why no address can be opened, as a sentence; "" if one can."""
    import webbrowser

    if not environ.get("BROWSER") and not _is_seen(environ):
        return "There is no screen to open it on here."
    try:
        webbrowser.get()
    except webbrowser.Error:
        return "There is no browser here."
    return ""


def _is_seen(environ: Mapping[str, str]) -> bool:
    if sys.platform in ("win32", "darwin"):
        return not environ.get("SSH_CONNECTION")
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _start(path: Path) -> None:
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a document, see above
        return
    _running[:] = [viewer for viewer in _running if viewer.poll() is None]
    _running.append(
        subprocess.Popen(
            ["open" if sys.platform == "darwin" else "xdg-open", path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # ctrl+c in the terminal, or its end, is not for the viewer
        )
    )
