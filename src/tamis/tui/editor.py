"""Handing a text to the person's own editor and taking it back."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tamis.domain.text import clean_line
from tamis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App


def edit(app: App[object], text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Edit a text in `$VISUAL` or `$EDITOR` while the app steps aside.

    Raises:
        UsageError: no editor is set, it could not be started, or it failed; the text is as before.
    """
    named = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        command = shlex.split(named)
    except ValueError:
        raise UsageError(f"EDITOR is {clean_line(named)}, in which a quote is not closed.") from None
    if not command:
        raise UsageError("No editor is set; set EDITOR, such as export EDITOR=nano, and start tamis again.")
    with tempfile.TemporaryDirectory(prefix="tamis-") as folder:
        path = Path(folder) / "note.txt"
        path.write_text(text, encoding="utf-8")
        try:
            with app.suspend():
                done = subprocess.run([*command, str(path)], check=False)
        except SuspendNotSupported:
            raise UsageError("This terminal cannot hand over to an editor.") from None
        except OSError as error:
            raise UsageError(f"{command[0]} could not be started: {error.strerror}.") from None
        if done.returncode:
            raise UsageError(f"{command[0]} ended with {done.returncode}; the note is as it was.")
        return path.read_text(encoding="utf-8", errors="replace")
