"""ASReview's projects (`.asreview`): a zip of the dataset and an SQLite file of what was decided.

Version 1 has `reviews/<id>/results.sql`, version 2 `reviews/<id>/results.db` with the records in
`data_store.db`, version 3 `results.db` on top with everything. The dataset in `data/` is read by the reader
of its format, and its rows are the numbers of the records. Models and matrices are not opened.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.record import Flag, Problem, Record
from tamis.domain.text import clean_line, clean_text, doi, fold, http_url
from tamis.errors import FormatError
from tamis.formats.base import Log, Reading
from tamis.formats.peers.votes import EXCLUDE, INCLUDE, UNDECIDED, Votes, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tamis.formats.base import Item
    from tamis.formats.peers.archives import Archive, Read
    from tamis.formats.peers.votes import Hint

_PROJECT: Final = "project.json"
_RESULTS = re.compile(r"(?:reviews/[^/]+/)?results\.(?:db|sql)")
_ROWS: Final = 10_000_000
_STEPS: Final = 100_000
_PATIENCE: Final = 20_000
_NAMELESS: Final = ("_data.pickle",)


def applies(names: Sequence[str]) -> bool:
    """Whether an archive with these files is a project."""
    return _PROJECT in names and any(n.startswith("data/") or _RESULTS.fullmatch(n) for n in names)


def open_project(archive: Archive, name: str, hint: Hint, read: Read) -> Reading:
    """Start reading a project's dataset, with the decisions in its results."""
    project = _json(archive.read(_PROJECT))
    project = project if isinstance(project, dict) else {}
    results = _Results(archive, project)
    try:
        readings = [(r, d) for d, r in _datasets(archive, project, name, read)]
    except FormatError:
        if not results.records:
            raise
        readings = []  # the project's own table has the records, too
    del hint  # a project says itself what was decided, and has no e-mail addresses
    if readings:
        log = Log()
        first = readings[0][0]
        items = chain.from_iterable(_decided(reading, dataset, results) for reading, dataset in readings)
        return Reading(
            format="asreview",
            encoding=first.encoding,
            found=sum(reading.found for reading, _ in readings),
            items=_with_repairs(items, [reading for reading, _ in readings], log),
            log=log,
        )
    if not results.records:
        raise FormatError(
            "the project has no dataset that could be read; export the dataset from ASReview instead"
        )
    stored = (_record(row, results) for row in results.records)
    return Reading(format="asreview", encoding="utf-8", found=len(results.records), items=stored, log=Log())


def _with_repairs(items: Iterator[Item], readings: list[Reading], log: Log) -> Iterator[Item]:
    yield from items
    for repair in (repair for reading in readings for repair in reading.repairs):
        log.add(repair.what.replace("{n}", "(n)").replace("{s}", "(s)"), repair.line)


def _datasets(
    archive: Archive, project: dict[str, Any], name: str, read: Read
) -> Iterator[tuple[str, Reading]]:
    """The files in `data/` the project names, with their ids; all of them when it names none."""
    named: dict[str, str] = {}
    listed = project.get("datasets")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and each.get("name"):
            named[str(each["name"])] = str(each.get("id") or "")
    if isinstance(path := project.get("dataset_path"), str) and path:
        named.setdefault(path, "")
    there = [
        n.removeprefix("data/") for n in archive.names if n.startswith("data/") and not n.endswith(_NAMELESS)
    ]
    wanted = [n for n in named if n in there] or [
        n for n in there if not n.endswith((".pickle", ".npz", ".json"))
    ]
    for file in wanted:
        yield named.get(file, ""), read(archive.read(f"data/{file}"), f"{name}/data/{file}", None)


class _Results:
    """What a project's databases say.

    Attributes:
        labels: what was decided, by record number: votes as `Votes` wants them.
        records: rows of the table of records, as names -> values.
        numbers: record number by dataset and row; empty where rows are the numbers.
        titles: record number -> folded title.
        by_title: folded title -> record number, where only one has it.
    """

    def __init__(self, archive: Archive, project: dict[str, Any]) -> None:
        where = _place(archive, project)
        data = archive.read(where) if where else b""
        rows = _table(data, "results") if data else []
        self.records = _table(data, "record") if data else []
        if not self.records and "data_store.db" in archive.names:
            self.records = _table(archive.read("data_store.db"), "record")
        self.numbers = {
            (str(r.get("dataset_id")), r.get("dataset_row")): r.get("record_id") for r in self.records
        }
        self.titles = {r.get("record_id"): _fold(r.get("title")) for r in self.records}
        times = Counter(self.titles.values())
        self.by_title = {title: n for n, title in self.titles.items() if title and times[title] == 1}
        users = {r.get("user_id") for r in rows if r.get("user_id") is not None}
        tags = _tag_names(project.get("tags"))
        self.labels = {r.get("record_id"): _said(r, len(users) > 1, tags) for r in rows}

    def votes(self, number: object) -> Votes:
        """The votes on a record."""
        return self.labels.get(number, Votes())


def _place(archive: Archive, project: dict[str, Any]) -> str:
    """The file of results: the newest kind, of the review the project names first."""
    found = [n for n in archive.names if _RESULTS.fullmatch(n)]
    listed = project.get("reviews")
    ids = [str(r.get("id")) for r in listed if isinstance(r, dict)] if isinstance(listed, list) else []

    def rank(name: str) -> tuple[bool, int, str]:
        review = name.split("/")[1] if "/" in name else ""
        return ("/" in name, ids.index(review) if review in ids else len(ids), name)

    return min(found, key=rank, default="")


def _table(data: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a table; none when there is no such table.

    Raises:
        FormatError: the database is damaged, or more than a project can be.
    """
    if data[18:20] == b"\x02\x02":  # written ahead of a log that is not in memory: read without one
        data = data[:18] + b"\x01\x01" + data[20:]
    left = _PATIENCE

    def tick() -> int:
        nonlocal left
        left -= 1
        return int(left < 0)

    try:
        with closing(sqlite3.connect(":memory:")) as base:
            base.deserialize(data)
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("PRAGMA query_only = ON")
            base.set_progress_handler(tick, _STEPS)
            base.text_factory = lambda raw: raw.decode("utf-8", "replace")
            kind = base.execute("SELECT type FROM sqlite_master WHERE name = ?", (name,)).fetchone()
            if kind != ("table",):
                return []
            rows = base.execute(f'SELECT * FROM "{name}" LIMIT {_ROWS}')  # noqa: S608  # two names of our own
            heads = [column[0] for column in rows.description]
            return [dict(zip(heads, row, strict=True)) for row in rows]
    except (sqlite3.Error, OverflowError, ValueError, MemoryError):
        raise FormatError(
            "the project's database is damaged; export the project from ASReview again"
        ) from None


def _said(row: dict[str, Any], several: bool, names: dict[tuple[str, str], str]) -> Votes:
    votes = Votes()
    verdict = {1: INCLUDE, 0: EXCLUDE}.get(row.get("label"), UNDECIDED)  # type: ignore[arg-type]  # a cell of any type
    user = row.get("user_id")
    by = f"ASReview user {user}" if several and user is not None else ""
    note = _text(row.get("note") or row.get("notes"))
    labels = _checked(_json(row.get("tags")), names)
    votes.add(by, verdict, note=note, labels=labels, at=moment(row.get("time") or row.get("labeling_time")))
    return votes


def _tag_names(groups: object) -> dict[tuple[str, str], str]:
    """The name under which ASReview exports each tag, by the ids of its group and its own."""
    names: dict[tuple[str, str], str] = {}
    for group in groups if isinstance(groups, list) else ():
        values = group.get("values") if isinstance(group, dict) else None
        for value in values if isinstance(values, list) else ():
            if isinstance(value, dict):
                name = f"{_called(group)}_{_called(value)}"
                names[str(group.get("id")), str(value.get("id"))] = name
    return names


def _called(tag: dict[str, Any]) -> str:
    return clean_line(_text(tag.get("export") or tag.get("label") or tag.get("name") or tag.get("id")))


def _checked(tags: object, names: dict[tuple[str, str], str]) -> list[str]:
    """The tags of a record that are on."""
    on: list[str] = []
    for group in tags if isinstance(tags, list) else ():
        values = group.get("values") if isinstance(group, dict) else None
        for value in values if isinstance(values, list) else ():
            if isinstance(value, dict) and value.get("checked"):
                known = names.get((str(group.get("id")), str(value.get("id"))))
                on.append(known or f"{_called(group)}_{_called(value)}")
    return on


def _decided(reading: Reading, dataset: str, results: _Results) -> Iterator[Item]:
    """The records of a dataset with what was decided; its rows, problems too, are counted from 0."""
    ids = _own_numbers(results)
    for row, item in enumerate(reading):
        if isinstance(item, Problem):
            yield item
            continue
        number = results.numbers.get((dataset, row), row) if results.numbers else ids(item, row)
        title = results.titles.get(number)
        if title and title != _fold(item.title):
            number = results.by_title.get(_fold(item.title), number)
        yield replace(item, decisions=results.votes(number).decisions())


def _own_numbers(results: _Results) -> Any:
    """How a record's number is found in version 1: its own `record_id`, or its row."""

    def number(item: Record, row: int) -> int:
        own = item.extra.get("record_id", ("",))[0]
        return int(own) if own.isdecimal() and len(own) < 10 and int(own) in results.labels else row

    return number


def _record(row: dict[str, Any], results: _Results) -> Record:
    """A record out of the project's own table, where the dataset cannot be had."""
    title, abstract = clean_line(_text(row.get("title"))), clean_text(_text(row.get("abstract")))
    published = row.get("year")
    return Record(
        title=title,
        abstract=abstract,
        authors=_strings(_json(row.get("authors"))),
        keywords=_strings(_json(row.get("keywords"))),
        year=published if isinstance(published, int) and 0 < published < 3000 else None,
        doi=doi(_text(row.get("doi"))),
        urls=tuple(filter(None, [http_url(_text(row.get("url")))])),
        flags=tuple(
            str(f) for f, there in ((Flag.NO_TITLE, title), (Flag.NO_ABSTRACT, abstract)) if not there
        ),
        decisions=results.votes(row.get("record_id")).decisions(),
    )


def _json(value: object) -> Any:
    try:
        return json.loads(value) if isinstance(value, str | bytes) else None
    except (ValueError, RecursionError):
        return None


def _strings(value: object) -> tuple[str, ...]:
    return tuple(text for v in value if (text := clean_line(_text(v)))) if isinstance(value, list) else ()


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list | bytes) else str(value)


def _fold(value: object) -> str:
    return "".join(filter(str.isalnum, fold(_text(value))))
