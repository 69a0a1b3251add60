"""Finding duplicates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.measure import ROOT, in_turns, program, run, seconds
from bench.table import Figure
from tamis import formats
from tamis.domain.record import Record
from tamis.services.dedup import find

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bench.measure import Plan
    from bench.shop import Shop

PEERS = {"bib-dedupe": "BENCH_BIB_DEDUPE", "asreview": "BENCH_ASREVIEW"}
"""Environment variables: the Python of an environment that has the peer."""
_PEER_UP_TO = 10_000
_MANY = 50_000


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """Time against reading the same file, against bib-dedupe, and as it grows; peak of memory."""
    found: list[Figure] = []
    times: dict[int, float] = {}
    for size in plan.sizes:
        ris = shop.ris(size)
        records = overlapping(read(ris))
        turns = plan.imports if size < _MANY else min(2, plan.imports)
        taken = in_turns(
            turns,
            {
                "find": partial(seconds, partial(find, records)),
                "read": partial(seconds, partial(read, ris)),
            },
        )
        times[size] = taken["find"]
        found.append(
            Figure(
                family="dedup",
                what="finding duplicates",
                size=size,
                ours=taken["find"],
                against="reading the records from RIS",
                base=taken["read"],
            )
        )
        found += [
            _peer(shop, records, name, size, taken["find"])
            for name, variable in PEERS.items()
            if variable in os.environ and size <= _PEER_UP_TO
        ]
        found.append(_memory(ris, size))
    for small, large in zip(plan.sizes, plan.sizes[1:], strict=False):
        found.append(
            Figure(
                family="dedup",
                what=f"growth of its time from {small:,} records",
                size=large,
                ours=times[large],
                against="the smaller search",
                base=times[small],
                target=12 if (small, large) == (10_000, 100_000) else None,
            )
        )
    return found


def read(path: Path) -> list[Record]:
    """The records of a file."""
    data = path.read_bytes()
    return [item for item in formats.read(data, name=path.name) if isinstance(item, Record)]


def overlapping(records: list[Record]) -> list[Record]:
    """Each fifth record replaced by the one before it, as another database would write that."""
    made: list[Record] = []
    for place, record in enumerate(records):
        record.id = f"aaaaaa-{place + 1}"
        made.append(_again(made[-1], record.id) if place % 5 == 4 else record)
    return made


def _again(record: Record, name: str) -> Record:
    first, _, last = record.pages.partition("-")
    return replace(
        record,
        id=name,
        title=record.title.upper() + ".",
        authors=tuple(author.replace(".", "") for author in record.authors),
        pages=f"{first}-{last[-1:]}",
        doi="",
    )


def _peer(shop: Shop, records: list[Record], name: str, size: int, ours: float) -> Figure:
    path = shop.root / f"{size}-duplicates.json"
    path.write_text(json.dumps(rows(records)), encoding="utf-8")
    return Figure(
        family="dedup",
        what="finding duplicates",
        size=size,
        ours=ours,
        against=name,
        base=peer(name, os.environ[PEERS[name]], path)["seconds"],
        target=0.2 if (name, size) == ("bib-dedupe", _PEER_UP_TO) else None,
    )


def rows(records: Iterable[Record]) -> list[dict[str, str]]:
    """Records with the columns that bib-dedupe and ASReview know."""
    return [
        {
            "ID": r.id,
            "ENTRYTYPE": "article",
            "author": " and ".join(r.authors),
            "title": r.title,
            "journal": r.journal,
            "year": str(r.year or ""),
            "volume": r.volume,
            "number": r.issue,
            "pages": r.pages,
            "abstract": r.abstract,
            "doi": r.doi,
        }
        for r in records
    ]


def peer(name: str, python: str, path: Path) -> dict[str, Any]:
    """What a peer makes of records: `groups` of ids, `seconds` without its start, `peak` of memory."""
    script = program("peer_duplicates", name, str(path))[1:]
    done = subprocess.run([python, *script], capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def alone(path: Path, what: str) -> None:
    """What a process of its own does: `read` the records, or `find` the duplicates among them too."""
    records = overlapping(read(path))
    if what == "find" and not find(records):
        raise SystemExit("no duplicates were found")


_ALONE = (
    "import pathlib, sys; sys.path.insert(0, sys.argv[1]); from bench.families.dedup import alone; "
    "alone(pathlib.Path(sys.argv[2]), sys.argv[3])"
)


def _memory(ris: Path, size: int) -> Figure:
    peaks = {
        what: run((sys.executable, "-c", _ALONE, str(ROOT), str(ris), what))[1] for what in ("find", "read")
    }
    return Figure(
        family="dedup",
        what="its peak of memory, with the records",
        size=size,
        ours=peaks["find"],
        against="the records alone",
        base=peaks["read"],
        unit="bytes",
    )
