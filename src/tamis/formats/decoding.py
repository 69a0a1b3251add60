"""Bytes to text, once for all formats: encodings and newlines.

A byte-order mark decides first, then NUL bytes in every second place (UTF-16 without a mark), then whether
the whole file is UTF-8, and only then a guess. Every newline (LF, CRLF, bare CR) becomes LF; the other
characters `str.splitlines` breaks at (U+2028, U+0085, form feed) stay inside their lines.
"""

from __future__ import annotations

import codecs
import io
import mmap
import re
from typing import TYPE_CHECKING, Any

from tamis.domain.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.formats.base import Log

Data = bytes | mmap.mmap
"""A file's bytes, in memory or mapped."""

PIECE = 1 << 20
_HEAD = 1 << 16
_SAMPLE = 1 << 18
_STRAY_BYTES = 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_SURROGATES = {
    0xDC00 + byte: bytes([byte]).decode("cp1252" if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "latin-1")
    for byte in range(0x80, 0x100)
}
_WESTERN = "cp1252"
_LIKELY = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "gb18030",
    "big5",
    "shift_jis",
]
_LIKELY += ["euc_jp", "euc_kr", "koi8_r", "mac_roman", "iso8859_2", "iso8859_5", "iso8859_7", "iso8859_9"]


class Opened(io.RawIOBase):
    """A file's bytes as a file that can be read and searched, for libraries that want one; copies nothing."""

    def __init__(self, data: Data) -> None:
        self._bytes = data
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read as many bytes as there is room for."""
        piece = self._bytes[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._bytes)}[whence]
        self._at = max(0, begin + offset)
        return self._at


class Text:
    """A file's text, decoded piece by piece and as often as asked for.

    Attributes:
        encoding: name of the encoding, in Python's spelling.
    """

    def __init__(self, data: Data, log: Log) -> None:
        self._data = data
        self._start = 0
        self._errors = "replace"
        self._log: Log | None = log
        self.encoding = self._find_encoding(log)

    def head(self) -> str:
        """The first 64 kB, decoded, for sniffing."""
        raw = self._data[self._start : self._start + _HEAD]
        text = codecs.getincrementaldecoder(self.encoding)(self._errors).decode(raw)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def alive(self) -> None:
        """Show whoever watches the file that work on its text goes on; they may stop it by raising."""
        self._data[:0]

    def blocks(self) -> Iterator[str]:
        """Pieces of text that end at a line's end, which is left out, with LF as the only newline."""
        held: list[str] = []
        for piece in self.pieces():
            cut = piece.rfind("\n")
            if cut < 0:
                held.append(piece)
                continue
            if held:
                held.append(piece[:cut])
                yield "".join(held)
                held.clear()
            else:
                yield piece[:cut]
            if cut + 1 < len(piece):
                held.append(piece[cut + 1 :])
        if held:
            yield "".join(held)

    def lines(self) -> Iterator[str]:
        """The lines without their newlines."""
        for block in self.blocks():
            yield from block.split("\n")

    def pieces(self) -> Iterator[str]:
        """Pieces of about a megabyte, cut anywhere, with LF as the only newline."""
        decoder = codecs.getincrementaldecoder(self.encoding)(self._errors)
        end = len(self._data)
        cr = False
        bare = 0
        for at in range(self._start, end, PIECE):
            text = decoder.decode(self._data[at : at + PIECE], at + PIECE >= end)
            if self._errors == "surrogateescape" and not text.isascii():
                text = text.translate(_SURROGATES)
            if cr:
                text, cr = "\r" + text, False
            if "\r" in text:
                if text[-1] == "\r" and at + PIECE < end:
                    text, cr = text[:-1], True
                text = text.replace("\r\n", "\n")
                if "\r" in text:
                    bare += text.count("\r")
                    text = text.replace("\r", "\n")
            yield text
        if bare and self._log is not None:
            self._log.add("{n} bare CR{s} read as line ends", 1, bare)
        self._log = None  # further passes see the same

    def _find_encoding(self, log: Log) -> str:
        for mark, name, label in _MARKS:
            if self._data[: len(mark)] == mark:
                self._start = len(mark)
                if name != "utf-8":
                    log.add(f"read as {label}, as its byte-order mark says", 1)
                    return name
                log.add("byte-order mark at the beginning passed over", 1)
                break
        else:
            if name := _utf16(self._data[:4096]):
                log.add("read as UTF-16, though the file has no byte-order mark", 1)
                return name
        wrong = self._wrong_utf8()
        if wrong is None:
            return "utf-8"
        return self._guess(*wrong, log)

    def _wrong_utf8(self) -> tuple[int, int] | None:
        """Place of the first byte that is not UTF-8; how many such bytes there are, up to a limit."""
        first, count, at, size = -1, 0, self._start, len(self._data)
        while at < size and count <= _STRAY_BYTES:
            try:
                used = codecs.utf_8_decode(self._data[at : at + PIECE], "strict", at + PIECE >= size)[1]
                at += used
            except UnicodeDecodeError as error:
                first = at + error.start if first < 0 else first
                count += 1
                at += error.start + 1
        return (first, count) if count else None

    def _guess(self, first: int, count: int, log: Log) -> str:
        line = _line_of(self._data, first)
        multibyte = _multibyte(self._data[self._start : self._start + (4 * PIECE)])
        if self._start or (count <= _STRAY_BYTES and multibyte > count):
            self._errors = "surrogateescape"
            log.add(
                f"{'many' if count > _STRAY_BYTES else count} bytes that are not UTF-8 read as Windows-1252",
                line,
            )
            return "utf-8"
        self._errors = "replace"
        name = _guess_encoding(self._data[max(0, first - _SAMPLE // 2) : first + _SAMPLE // 2])
        if name == _WESTERN:  # bytes Windows-1252 leaves open must not become question marks
            self._errors = _open_bytes.__name__
            codecs.register_error(_open_bytes.__name__, _open_bytes)
        log.add(f"not UTF-8: the encoding {name} was guessed; look at accented letters", line)
        return name


_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\n"
_MARKS_ON_ASCII = re.compile("[\u0300-\u036f]")


def spotless(block: str) -> bool:
    """Whether no line of a block needs `domain.text.clean_line` for more than its blanks.

    What is not printable ASCII is looked at by itself, which is far cheaper than to look at each value.
    """
    rest = block.encode("utf-8", "surrogatepass").translate(None, _PRINTABLE)
    if not rest:
        return True
    text = rest.decode("utf-8", "surrogatepass")
    return clean_line(text) == text and _MARKS_ON_ASCII.search(text) is None


def _open_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _utf16(head: bytes) -> str:
    if len(head) < 2:
        return ""
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.1:
        return "utf-16-be"
    return ""


def _multibyte(sample: bytes) -> int:
    """How many well-formed characters beyond ASCII a sample holds when read as UTF-8."""
    text = sample.decode("utf-8", "ignore")
    return sum(1 for c in text if c > "\x7f") if not text.isascii() else 0


def _guess_encoding(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # takes a while to import and is seldom needed

    matches = from_bytes(sample, cp_isolation=_LIKELY, preemptive_behaviour=False)
    best = matches.best()
    if best is None:
        return _WESTERN
    names = {name for match in matches if match.chaos <= best.chaos for name in match.could_be_from_charset}
    return _WESTERN if _WESTERN in names else best.encoding


def _line_of(data: Data, at: int) -> int:
    before = bytes(data[:at])
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1
