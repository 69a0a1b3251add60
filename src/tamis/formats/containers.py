"""Compressed files: gzip and zip around any format, within bounds, and nothing written to a folder.

A zip with several files of references is read as one: what was found in each is listed, and so is what
held no references. Sizes are bounded by what comes out while unpacking, never by what an archive says of
itself. One archive may stand inside another, no more.

Workbooks, Word documents and ASReview projects are zip archives as well; they are no containers.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from tamis.domain.record import Problem
from tamis.domain.text import clean_line
from tamis.errors import FormatError
from tamis.formats.base import Item, Log, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tamis.formats.decoding import Data

    Read = Callable[[Data, str], Reading]
    """Starts reading a file that is no container; raises FormatError when it holds no references."""

RATIO = 200
"""How many times larger than packed an entry may be, once it is larger than `RATIO_FLOOR`."""
RATIO_FLOOR = 8 << 20
TOTAL = 2 << 30
ENTRY = 1 << 30
ENTRIES = 10_000
LEVELS = 2

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_CHUNK = 1 << 18
_OFFICE = ("[Content_Types].xml", "xl/workbook.xml", "word/document.xml")
_BOMB = "unpacks to far more than a list of references can be ({what}), so it was left alone; export it again"
_SHOWN = 5


class _Budget:
    """What may still be unpacked from one file."""

    def __init__(self) -> None:
        self.left = TOTAL
        self.entries = ENTRIES
        self._promised = 0

    def promise(self, info: zipfile.ZipInfo) -> None:
        """Look at what an entry says of itself: nothing more comes out of it than that.

        Raises:
            FormatError: that is too much already.
        """
        self._promised += info.file_size
        if self._promised > TOTAL:
            raise FormatError(_BOMB.replace("{what}", "more than 2 GB in all"))
        self._check(info.file_size, info.compress_size)

    def spend(self, size: int, packed: int, done: int) -> None:
        """Account for `size` more bytes of an entry of which `done` had come out of `packed`.

        Raises:
            FormatError: that is too much.
        """
        self.left -= size
        if self.left < 0:
            raise FormatError(_BOMB.replace("{what}", "more than 2 GB in all"))
        self._check(done + size, packed)

    def _check(self, size: int, packed: int) -> None:
        if size > ENTRY:
            raise FormatError(_BOMB.replace("{what}", "more than 1 GB in one file"))
        if size > RATIO_FLOOR and size > RATIO * max(packed, 1):
            raise FormatError(_BOMB.replace("{what}", f"more than {RATIO} times its size"))


def is_container(data: Data) -> bool:
    """Whether a file is a gzip or zip archive and not a document that is one inside."""
    head = data[:4]
    if head[:2] == _GZIP:
        return True
    return head in (_ZIP, _EMPTY_ZIP) and not _is_document(data)


def _is_document(data: Data) -> bool:
    """Whether a zip archive is a workbook, a Word or OpenDocument file, or an ASReview project."""
    try:
        with zipfile.ZipFile(_View(data)) as archive:
            names = set(archive.namelist()[:ENTRIES])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return False
    if names.intersection(_OFFICE) or names.issuperset({"mimetype", "content.xml"}):
        return True
    return "project.json" in names and any(n.startswith(("data/", "reviews/", "results.")) for n in names)


def read_container(data: Data, name: str, read: Read) -> Reading:
    """Start reading what is packed into a file, as one reading.

    Args:
        data: the packed file.
        name: its name, for messages.
        read: reads a file that is no container.

    Raises:
        FormatError: nothing in it could be read as references, or it is damaged, protected or too large.
    """
    log = Log()
    try:
        parts = _parts(data, name, read, log)
    except FormatError as error:
        words = str(error)
        raise FormatError(words if words.startswith(name) else f"{name} {words}") from None
    formats = list(dict.fromkeys(part.format for part in parts))
    return Reading(
        format=formats[0] if len(formats) == 1 else "zip",
        encoding=" + ".join(dict.fromkeys(part.encoding for part in parts)),
        found=sum(part.found for part in parts),
        items=_items(parts, data, read, log),
        log=log,
    )


class _Part:
    """One file of references inside, by its place in the archives around it."""

    __slots__ = ("encoding", "format", "found", "name", "path")

    def __init__(self, path: tuple[int, ...], name: str, reading: Reading) -> None:
        self.path = path
        self.name = name
        self.found = reading.found
        self.format = reading.format
        self.encoding = reading.encoding


def _parts(data: Data, name: str, read: Read, log: Log) -> list[_Part]:
    """The files of references inside; each is counted and let go, so that only one is in memory."""
    parts: list[_Part] = []
    passed: list[str] = []
    _look(data, (), name, read, _Budget(), parts, passed)
    if not parts:
        raise FormatError(_nothing(passed))
    for part in parts:
        words = "1 record" if part.found == 1 else f"{part.found:,} records"
        log.add(_literal(f"unpacked {part.name}: {words} ({part.format})"), 0)
    for words in passed:
        log.add(_literal(words), 0)
    return parts


def _nothing(passed: list[str]) -> str:
    if not passed:
        return "is an empty archive; export the search again"
    more = f" and {len(passed) - _SHOWN:,} more" if len(passed) > _SHOWN else ""
    return f"holds no file of references: {'; '.join(passed[:_SHOWN])}{more}; export the search again as RIS"


def _look(
    data: Data,
    path: tuple[int, ...],
    name: str,
    read: Read,
    budget: _Budget,
    parts: list[_Part],
    passed: list[str],
) -> None:
    """Find the files of references in an archive, and in an archive inside it."""
    for number, inner, content in _entries(data, name, budget):
        place = (*path, number)
        if is_container(content):
            if len(place) >= LEVELS:
                passed.append(f"{inner} is an archive in an archive in an archive, not unpacked")
                continue
            before = len(parts)
            try:
                _look(content, place, inner, read, budget, parts, passed)
            except FormatError as error:
                del parts[before:]
                passed.append(f"{inner} {error}".partition("; ")[0])
            continue
        try:
            parts.append(_Part(place, inner, read(content, inner)))
        except FormatError as error:
            passed.append(_sentence(str(error), inner))


def _sentence(words: str, name: str) -> str:
    words = words if words.startswith(name) else f"{name}: {words}"
    return words.partition("; ")[0].partition(" (looked for")[0]


def _items(parts: list[_Part], data: Data, read: Read, log: Log) -> Iterator[Item]:
    several = len(parts) > 1
    for part in parts:
        reading = read(_unpacked(data, part.path), part.name)
        for item in reading:
            if several and isinstance(item, Problem):
                yield Problem(item.line, f"{part.name}: {item.why}", item.text)
            else:
                yield item
        for repair in reading.repairs:
            log.add(_literal(f"{part.name}: {repair.what}" if several else repair.what), repair.line)


def _literal(words: str) -> str:
    """Words without the places that `Log` fills in."""
    return words.replace("{n}", "(n)").replace("{s}", "(s)")


def _unpacked(data: Data, path: tuple[int, ...]) -> Data:
    for number in path:
        data = next(content for n, _, content in _entries(data, "", _Budget(), only=number) if n == number)
    return data


def _entries(data: Data, name: str, budget: _Budget, *, only: int = -1) -> Iterator[tuple[int, str, bytes]]:
    """Number, clean name and content of each file in an archive, one after the other."""
    if data[:2] == _GZIP:
        yield 0, _without_suffix(name), _gunzip(data, budget)
        return
    try:
        with zipfile.ZipFile(_View(data)) as archive:
            infos = archive.infolist()
            budget.entries -= len(infos)
            if budget.entries < 0:
                raise FormatError(_BOMB.replace("{what}", f"more than {ENTRIES:,} files"))
            wanted = [(n, info) for n, info in enumerate(infos) if not _is_litter(info)]
            for _, info in wanted if only < 0 else ():
                budget.promise(info)
            if any(info.flag_bits & 1 for _, info in wanted):
                raise FormatError("is protected with a password; unpack it first")
            for number, info in wanted:
                if only in (-1, number):
                    yield number, clean_line(info.filename) or "a file", _unzip(archive, info, budget)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise FormatError(f"is a damaged archive ({_words(error)}); if it is an Excel file or an export, "
                          "download or export it again") from None  # fmt: skip
    except (NotImplementedError, RuntimeError) as error:
        raise FormatError(f"is packed in a way that is not read ({_words(error)}); unpack it first") from None


def _words(error: Exception) -> str:
    return clean_line(str(error))[:80] or "it is cut off"


def _is_litter(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    base = name.rpartition("/")[2]
    return (
        info.is_dir()
        or name.startswith("__MACOSX/")
        or "/__MACOSX/" in name
        or base in (".DS_Store", "Thumbs.db")
    )


def _without_suffix(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") and len(name) > 3 else name


def _unzip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    whole = io.BytesIO()
    with archive.open(info) as entry:
        while chunk := entry.read(_CHUNK):
            budget.spend(len(chunk), info.compress_size, whole.tell())
            whole.write(chunk)
    return whole.getvalue()


def _gunzip(data: Data, budget: _Budget) -> bytes:
    """The content of a gzip file, of several members where it has them."""
    whole = io.BytesIO()
    at, size = 0, len(data)
    try:
        while at < size and data[at : at + 2] == _GZIP:
            member = zlib.decompressobj(wbits=31)
            rest = b""
            while not member.eof:
                if not rest:
                    rest = bytes(data[at : at + _CHUNK])
                    at += len(rest)
                    if not rest:
                        raise FormatError("is a gzip file that is cut off; download or export it again")
                chunk = member.decompress(rest, _CHUNK)
                rest = member.unconsumed_tail
                budget.spend(len(chunk), size, whole.tell())
                whole.write(chunk)
            at -= len(member.unused_data)
    except zlib.error as error:
        raise FormatError(f"is a damaged gzip file ({_words(error)}); download or export it again") from None
    if data[at : at + _CHUNK].strip(b"\0"):
        raise FormatError("is a gzip file with something else behind it; unpack it first")
    return whole.getvalue()


class _View(io.RawIOBase):
    """A seekable file over bytes or a memory map, nothing copied but what is read."""

    def __init__(self, data: Data) -> None:
        super().__init__()
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        if base + offset < 0:
            raise OSError("before the beginning")
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Bytes from here on."""
        end = len(self._data) if size is None or size < 0 else min(self._at + size, len(self._data))
        chunk = bytes(self._data[self._at : end]) if end > self._at else b""
        self._at += len(chunk)
        return chunk
