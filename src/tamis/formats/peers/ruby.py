"""Ruby's way to write a hash, which Rayyan leaves in notes: `{"Ann"=>"Included", "Bob"=>["a", "b"]}`.

Read forgivingly: blanks and line breaks between the parts, `:` instead of `=>`, apostrophes instead of
quotation marks, and the backslashes and entities that BibTeX and HTML put before quotes and brackets.
"""

from __future__ import annotations

import html
import re

Value = str | tuple[str, ...]

_BLANK = re.compile(r"(?:\s|\\(?=[\s=>{}\[\],\\]))*")
_ARROW = re.compile(r"=\s*(?:\\?>|\{?\\textgreater\s*(?:\{\})?\}?)|:")
_OPEN = re.compile(r"\\*([\"'“”])")
_WORD = re.compile(r"[A-Za-z_][\w.-]*|-?\d+(?:\.\d+)?")
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\n",
    "s": " ",
    "e": "",
    "a": "",
    "b": "",
    "f": "\n",
    "v": "\n",
    "0": "",
}
_UNICODE = re.compile(r"u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{1,2})")
_ENTITY = re.compile(r"&(?:amp;)?(gt|lt|quot|#39|#34|apos);")
_LIMIT = 10_000


def read_hash(text: str, at: int = 0) -> tuple[dict[str, Value], int] | None:
    """The hash that begins at `at`, and where it ends; None when there is none that is whole."""
    reader = _Reader(text, at)
    try:
        return reader.hash(), reader.at
    except _NotAHashError:
        return None


def plain(text: str) -> str:
    """`text` with the entities that HTML makes of quotes and brackets as those characters."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda entity: html.unescape(f"&{entity.group(1)};"), text)


class _NotAHashError(Exception):
    """What stands there is no hash."""


class _Reader:
    """Reads one hash."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at

    def hash(self) -> dict[str, Value]:
        """The pairs; a name that comes twice has the later value."""
        self._skip()
        found: dict[str, Value] = {}
        if self.text.startswith("{", self.at):
            self.at += 1
            while not self._ends("}"):
                self._pair(found)
                self._comma("}")
            return found
        while _OPEN.match(self.text, self.at):  # a tool took the braces for BibTeX's own
            self._pair(found)
            end = self.at
            self._skip()
            if not self.text.startswith(",", self.at):
                self.at = end
                return found
            self.at += 1
            self._skip()
        raise _NotAHashError

    def _pair(self, found: dict[str, Value]) -> None:
        name = self._string()
        self._skip()
        arrow = _ARROW.match(self.text, self.at)
        if arrow is None or len(found) > _LIMIT:
            raise _NotAHashError
        self.at = arrow.end()
        found[name] = self._value()

    def _value(self) -> Value:
        self._skip()
        if not self.text.startswith("[", self.at):
            return self._string()
        self.at += 1
        items: list[str] = []
        while not self._ends("]"):
            items.append(self._string())
            self._comma("]")
        return tuple(items)

    def _string(self) -> str:
        self._skip()
        opened = _OPEN.match(self.text, self.at)
        if opened is None:
            word = _WORD.match(self.text, self.at)
            if word is None:
                raise _NotAHashError
            self.at = word.end()
            return word.group()
        quote = opened.group(1)
        escaped = opened.group().startswith("\\")  # \"name\": the quotes themselves have a backslash
        closing = '“”"' if quote in "“”" else quote
        self.at = opened.end()
        return self._inside(closing, escaped)

    def _inside(self, closing: str, escaped: bool) -> str:
        text, at = self.text, self.at
        parts: list[str] = []
        while at < len(text):
            c = text[at]
            if c in closing:
                self.at = at + 1
                return "".join(parts)
            if c != "\\":
                parts.append(c)
                at += 1
            elif escaped and text[at + 1 : at + 2] in closing and at + 1 < len(text):
                self.at = at + 2
                return "".join(parts)
            else:
                piece, at = _escape(text, at + 1)
                parts.append(piece)
        raise _NotAHashError

    def _comma(self, closing: str) -> None:
        self._skip()
        if self.text.startswith(",", self.at):
            self.at += 1
        elif not self.text.startswith(closing, self.at):
            raise _NotAHashError

    def _ends(self, closing: str) -> bool:
        self._skip()
        if not self.text.startswith(closing, self.at):
            return False
        self.at += 1
        return True

    def _skip(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        if blank is not None:
            self.at = blank.end()


def _escape(text: str, at: int) -> tuple[str, int]:
    """What an escape stands for, and where it ends; `at` is behind its backslash."""
    if at >= len(text):
        return "", at
    if number := _UNICODE.match(text, at):
        code = int(next(filter(None, number.groups())), 16)
        return (chr(code) if code <= 0x10FFFF else "\ufffd"), number.end()
    return _ESCAPES.get(text[at], text[at]), at + 1
