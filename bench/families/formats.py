"""Reading every format, against the library underneath or a bare parser of the same file."""

from __future__ import annotations

import contextlib
import csv
import gc
import json
import logging
import mmap
import shutil
import subprocess
import time
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

import openpyxl
import rispy
from bibtexparser.entrypoint import parse_file

from bench.exports import SUFFIXES, write_export
from bench.measure import environment, in_turns, program, seconds
from bench.table import Figure
from tamis import formats
from tamis.cli.clock import utc_now, uuid7
from tamis.domain.events import Author
from tamis.services.importing import import_files
from tamis.store.review import Review

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.measure import Plan
    from bench.shop import Shop

_FAMILY = "formats"
_TURNS = 3
_LARGE = 10_000
_PART = 4
_HALF_A_SECOND = 0.5


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """For each format time, peak of memory and its growth; then progress and cancelling of imports."""
    size = plan.sizes[-2]
    times = [_time(shop, name, size, plan) for name in SUFFIXES]
    return [*times, *_memory(shop, size), *_imports(shop, plan)]


# Time


def _time(shop: Shop, name: str, size: int, plan: Plan) -> Figure:
    path = _export(shop, name, size)
    against, peer = _PEERS[name]
    taken = in_turns(
        min(_TURNS, plan.imports),
        {
            "ours": partial(_clean_seconds, partial(_read, path, size)),
            "peer": partial(_clean_seconds, partial(peer, path)),
        },
    )
    return Figure(
        family=_FAMILY,
        what=f"reading {name}",
        size=size,
        ours=taken["ours"],
        against=against,
        base=taken["peer"],
        target=2 if size >= 1_000 else None,
        read=path.stat().st_size,
    )


def _export(shop: Shop, name: str, size: int) -> Path:
    """A file of a format, made when it is first asked for."""
    if name == "ris":
        return shop.ris(size)
    path = shop.root / f"{size}-{name}{SUFFIXES[name]}"
    if not path.exists():
        write_export(shop.ris(size), name, path)
    return path


def _clean_seconds(action: Callable[[], object]) -> float:
    gc.collect()
    return seconds(action)


def _read(path: Path, size: int) -> None:
    """Read a file as an import does, keeping no record."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        reading = formats.read(data, name=path.name)
        for _ in reading:
            pass
    if reading.imported != size or reading.problems:
        raise RuntimeError(f"{path.name}: {reading.imported} of {size} records were read")


def _rispy(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        rispy.load(file)


def _wok(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        rispy.load(file, implementation=rispy.WokParser)


def _split(path: Path) -> None:
    """Every line in two, at the place where values begin in the format."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            _tag, _value = line[:6], line[6:]


def _iterparse(path: Path) -> None:
    for _ in ElementTree.iterparse(path):  # noqa: S314 - a file of our own
        pass


def _bibtexparser(path: Path) -> None:
    logging.getLogger("bibtexparser").setLevel(logging.ERROR)
    parse_file(str(path))


def _dict_reader(path: Path, delimiter: str = ",") -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for _ in csv.DictReader(file, delimiter=delimiter):
            pass


def _json(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        json.load(file)


def _openpyxl(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass
    book.close()


_LINES = "splitting its lines, no parser", _split
_XML = "a bare iterparse", _iterparse
_PEERS: Final[dict[str, tuple[str, Callable[[Path], None]]]] = {
    "ris": ("rispy.load", _rispy),
    "nbib": _LINES,
    "pubmed-xml": _XML,
    "endnote-xml": _XML,
    "zotero-rdf": _XML,
    "wos": ("rispy's WokParser", _wok),
    "wos-tab": ("csv.DictReader", partial(_dict_reader, delimiter="\t")),
    "ovid": _LINES,
    "refworks": _LINES,
    "enw": _LINES,
    "bibtex": ("bibtexparser", _bibtexparser),
    "csl-json": ("json.load", _json),
    "json": ("json.load", _json),
    "csv": ("csv.DictReader", _dict_reader),
    "table": ("csv.DictReader", _dict_reader),
    "xlsx": ("openpyxl, read only", _openpyxl),
}


# Memory


def _memory(shop: Shop, size: int) -> list[Figure]:
    """Peaks at two sizes, each above the peak of reading one record."""
    small = max(size // _PART, 1)
    arguments = []
    for name in SUFFIXES:
        files = ",".join(str(_export(shop, name, n)) for n in (small, size))
        arguments += [name, str(_export(shop, name, 1)), files]
    done = subprocess.run(
        program("peaks", *arguments), env=environment(), capture_output=True, text=True, check=True
    )
    found: list[Figure] = []
    for name, (low, high) in json.loads(done.stdout).items():
        file, part = (_export(shop, name, n).stat().st_size for n in (size, small))
        found += [
            Figure(
                family=_FAMILY,
                what=f"peak of memory reading {name}",
                size=size,
                ours=high,
                against="the file",
                base=file,
                unit="bytes",
            ),
            Figure(
                family=_FAMILY,
                what=f"growth of that from {small:,} records",
                size=size,
                ours=high / low,
                against="growth of the file",
                base=file / part,
                # Linear, and a tenth for what pages and allocators round up.
                target=1.1 if size >= _LARGE else None,
                unit="times",
            ),
        ]
    return found


# Progress and cancelling


class _CancelledError(Exception):
    """Raised from a call of progress, as the app does to cancel."""


def _imports(shop: Shop, plan: Plan) -> list[Figure]:
    """Cancelling is measured where it is likely to take longest, at once, and near the end."""
    empty = shop.new_review()
    found: list[Figure] = []
    for name in SUFFIXES:
        size = plan.sizes[-1] if name == "ris" else plan.sizes[-2]
        path = _export(shop, name, size)
        begin, calls, end = _import(shop, empty, path)
        shown = [begin, *calls, end]
        gap, start = max((b - a, a - begin) for a, b in pairwise(shown))
        asked = (start + gap / 10, 0.0, (end - begin) * 0.95)[: plan.imports]
        cancels = [_cancel(shop, empty, path, after) for after in asked]
        for what, ours in (
            (f"importing {name}, longest without progress", gap),
            (f"importing {name}, slowest to be cancelled", max(cancels)),
        ):
            found.append(
                Figure(
                    family=_FAMILY,
                    what=what,
                    size=size,
                    ours=ours,
                    against="half a second",
                    base=_HALF_A_SECOND,
                    target=1,
                )
            )
    return found


def _import(
    shop: Shop, empty: Path, path: Path, cancelled_after: float | None = None
) -> tuple[float, list[float], float]:
    """Import a file into an empty review of its own; cancel at the first call of progress after some seconds.

    Returns:
        When it began, when it called progress, and when it ended.
    """
    folder = shop.root / "importing"
    shutil.copytree(empty, folder)
    calls: list[float] = []

    def called(*_: Any) -> None:
        calls.append(time.perf_counter())
        if cancelled_after is not None and calls[-1] >= begin + cancelled_after:
            raise _CancelledError

    gc.collect()
    try:
        with Review.open(folder) as review:
            author = Author("Ann", utc_now, uuid7)
            begin = time.perf_counter()
            with contextlib.suppress(_CancelledError):
                (account,) = import_files(review, [path], author=author, progress=called)
                if cancelled_after is None and (account.error or account.problems):
                    raise RuntimeError(account.error or f"problems in {path.name}")
            end = time.perf_counter()
    finally:
        shutil.rmtree(folder)
    return begin, calls, end


def _cancel(shop: Shop, empty: Path, path: Path, after: float) -> float:
    """From when somebody cancels an import that has run for some seconds to when it has returned."""
    begin, _, end = _import(shop, empty, path, after)
    return max(end - begin - after, 1e-6)  # it may have ended before
