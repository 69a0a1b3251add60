"""Taking an imported file in: the file itself, its records and its events in one step."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from tamis.domain.record import Source
from tamis.errors import DamagedError, UsageError
from tamis.store.disk import RESTORE
from tamis.store.lines import encode_plain
from tamis.store.records import TABLE as RECORDS
from tamis.store.records import Runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tamis.domain.events import Event
    from tamis.store.eventlog import EventLog
    from tamis.store.journal import JournalStorage

TABLE = "sources"
_PREFIX = 6


def read_sources(storage: JournalStorage) -> list[tuple[Source, Runs]]:
    """The imported files, in order, with the positions of their records.

    Raises:
        DamagedError: one cannot be read.
    """
    sources = []
    for number, doc in storage.docs(TABLE):
        try:
            source = Source.from_doc(doc)
            runs = Runs(doc.get("runs", ()), source.imported)
        except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
            raise DamagedError(f"{storage.path}: source {number} is damaged; {RESTORE}.") from error
        sources.append((source, runs))
    return sources


def free_prefix(sha256: str, sources: Iterable[Source]) -> str:
    """The first 6 digits of a checksum, or as many more as it takes to differ from other prefixes."""
    taken = {source.prefix for source in sources}
    length = _PREFIX
    while sha256[:length] in taken and length < len(sha256):
        length += 1
    return sha256[:length]


def check_new(draft: Source, sources: Iterable[Source]) -> None:
    """Raise if the file cannot be taken in beside those that are there.

    Raises:
        UsageError: it was imported before.
        ValueError: its prefix is not its own.
    """
    if not draft.prefix or not draft.sha256.startswith(draft.prefix):
        raise ValueError("the prefix is not the beginning of the checksum")
    for source in sources:
        if source.sha256 == draft.sha256:
            when = f" on {source.at[:10]}" if source.at else ""
            raise UsageError(f"{draft.file} was imported already{when}, as {source.file}.")
        if source.prefix == draft.prefix:
            raise ValueError(f"the prefix {draft.prefix} is taken")


def take_in(
    storage: JournalStorage,
    log: EventLog,
    draft: Source,
    docs: Iterable[Mapping[str, Any]],
    finish: Callable[[], Source],
    events: Callable[[], Sequence[Event]] | None,
) -> Source:
    """Store records, source and events, all or nothing; see `Review.add_source`.

    Raises:
        NotSavedError: nothing was stored.
        ValueError: ids are not as described, or an event does not have the `seq` that comes next.
    """
    runs = Runs()
    first = storage.stored(RECORDS).highest() + 1
    following = log.next_seq
    source = draft

    def then() -> dict[str, dict[int, Any]]:
        nonlocal following, source
        source = dataclasses.replace(finish(), first=first, imported=runs.count)
        if (source.sha256, source.prefix, source.suffix) != (draft.sha256, draft.prefix, draft.suffix):
            raise ValueError("the finished source is not the one that was begun")
        number = storage.stored(TABLE).highest() + 1
        changes: dict[str, dict[int, Any]] = {TABLE: {number: {**source.to_doc(), "runs": runs.to_doc()}}}
        if events is not None and (new := events()):
            following = log.following(new)
            changes["events"] = log.changes(new)
        return changes

    storage.commit_stream(RECORDS, _encoded(draft.prefix, docs, runs), then)
    log.stored(following)
    return source


def _encoded(prefix: str, docs: Iterable[Mapping[str, Any]], runs: Runs) -> Iterator[bytes]:
    head = f"{prefix}-"
    for doc in docs:
        record_id: str = doc["id"]
        if not record_id.startswith(head):
            raise ValueError(f"the id {record_id} does not begin with {head}")
        runs.add(int(record_id[len(head) :]))
        yield encode_plain(doc)
