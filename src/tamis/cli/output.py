"""What reaches the terminal: data on stdout, sentences on stderr, and no control character in either."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import click

_UNSAFE = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def out(text: str) -> None:
    """One line of data."""
    click.echo(text)


def say(text: str) -> None:
    """One line of narration, clean."""
    from tamis.domain.text import clean_line

    click.echo(clean_line(text), err=True)


def out_json(doc: Any, *, indent: int | None = 2) -> None:
    """A JSON document; what a terminal could take for a command is written as an escape."""
    click.echo(safe_json(json.dumps(doc, ensure_ascii=False, indent=indent)))


def safe_json(text: str) -> str:
    """JSON in which control and invisible characters are escapes; its value is the same."""
    return _UNSAFE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def prepare_streams() -> None:
    """Keep a closed stream, or a character that its encoding lacks, from ending the program."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open to the end
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def draws_lines() -> bool:
    """Whether stdout's encoding has box-drawing characters."""
    try:
        "┌─▶│".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
