"""The beginning of a PDF: what it says of itself, and its first page. Needs the extra `tamis[pdf]`.

PDFs come from anywhere, and some keep a reader busy for ever. They are read in a process of their own, with
limits of time and memory; one that reaches a limit counts as silent.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import multiprocessing
import re
import signal
import sys
from typing import TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    from multiprocessing.pool import Pool
    from pathlib import Path

SECONDS: Final = 15.0
"""A PDF that takes longer than this is left."""
_MEMORY: Final = 2 << 30
_LARGEST: Final = 200_000_000
"""Bytes; more than that is no article."""
_PAGE: Final = 8000
_LITTLE: Final = 200
"""A first page with fewer letters than this is a cover: the second one is read, too."""
_XMP_DOI = re.compile(
    rb"(?:prism:doi|pdfx:doi|pdfx:WPS-ARTICLEDOI|dc:identifier)\W{0,20}?(?:doi:)?(10\.[^<\"'\s]+)"
)
_DOI_FIELDS: Final = ("/doi", "/DOI", "/WPS-ARTICLEDOI", "/Subject", "/Keywords")


class Head(NamedTuple):
    """What the beginning of a PDF says.

    Attributes:
        title: the title in its data, which may be anything.
        dois: texts of its data that name a DOI.
        text: its first page, at most 8,000 characters.
    """

    title: str
    dois: tuple[str, ...]
    text: str


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("pypdf") is not None


class Heads:
    """Reads the beginnings of PDFs, one after the other, in another process; a context manager.

    Args:
        seconds: how long one may take.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._pool: Pool | None = None

    def read(self, path: Path) -> Head | None:
        """The beginning of a PDF; None when it cannot be read within the limits."""
        if self._pool is None:
            self._pool = multiprocessing.get_context("spawn").Pool(1, _limit)
        waiting = self._pool.apply_async(_head, (str(path),))
        try:
            return waiting.get(self._seconds)
        except multiprocessing.TimeoutError:
            self.close()
            return None

    def close(self) -> None:
        """End the other process; a second call does nothing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.terminate()
            pool.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _limit() -> None:
    """In the other process: no memory without end, no messages, and ctrl+c is the first one's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):  # the system allows less already
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _head(path: str) -> Head | None:
    from pathlib import Path

    try:
        if Path(path).stat().st_size > _LARGEST:
            return None
        return _read(path)
    except (Exception, RecursionError, MemoryError):  # noqa: BLE001 - whatever a reader of odd bytes raises
        return None


def _read(path: str) -> Head:
    from pypdf import PdfReader

    with PdfReader(path) as reader:
        if reader.is_encrypted:
            reader.decrypt("")
        data = {key: str(value) for key, value in (reader.metadata or {}).items()}
        dois = [text for name in _DOI_FIELDS if "10." in (text := data.get(name, ""))]
        with contextlib.suppress(Exception):
            xmp = reader.root_object["/Metadata"].get_object().get_data()  # type: ignore[union-attr]  # caught
            dois += [found.decode("utf-8", "replace") for found in _XMP_DOI.findall(xmp[: 1 << 20])]
        text = ""
        for page in reader.pages[:2]:
            if len(text) < _LITTLE:
                with contextlib.suppress(Exception):
                    text += page.extract_text()
    return Head(_plain(data.get("/Title", ""))[:500], tuple(map(_plain, dois)), _plain(text)[:_PAGE])


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
