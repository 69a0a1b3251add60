"""Checking a review: is everything there, unchanged, and do the counts add up when counted anew?"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamis.domain import prisma
from tamis.domain.events import Event, Kind, Verdict
from tamis.domain.ledger import Ledger
from tamis.domain.plural import counted, form
from tamis.domain.text import clean_line
from tamis.errors import CountError, DamagedError, ProtocolError, StoreError
from tamis.services.attaching import file_faults
from tamis.services.catalogue import told
from tamis.services.contradictions import contradictions
from tamis.services.highlighting import Highlighter
from tamis.services.prisma_s import FACT_WORDS, missing
from tamis.services.recounting import recount
from tamis.store.review import Review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SHOWN = 5
"""Of faults of one kind, this many are named."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        ok: whether it is as it should be.
        what: a sentence.
        note: nothing is broken, but people should look at it: words that contradict each other and the like.
    """

    ok: bool
    what: str
    note: bool = False


def check_folder(folder: Path) -> list[Finding]:
    """Check the review in a folder, which may be too damaged to open.

    Raises:
        UsageError: there is no review.
    """
    try:
        review = Review.open(folder, write=False)
    except (StoreError, ProtocolError) as error:
        return [Finding(ok=False, what=str(error))]
    with review:
        return check(review)


def recover_folder(folder: Path, *, reviewer: str = "", now: str = "") -> list[str]:
    """Save what can be saved of a damaged journal; a sentence for each thing that was done.

    Raises:
        UsageError: there is no review.
        StoreError: it could not be done; everything is as it was.
    """
    return Review.recover(folder, reviewer=reviewer, now=now)


def check(review: Review) -> list[Finding]:
    """Check an open review; nothing is changed."""
    findings = [*_stored(review), *_sources(review)]
    try:
        records = _records(review)
        read = counted(records.total, "record")
        findings += _per_kind(records.faults, f"{read} read, ids as their files say")
        events = _events(review, records.ids)
        known = counted(len(events.ledger.events), "event")
        findings += _per_kind(events.faults, f"{known}, none missing or doubled")
        findings += _counts(review, events.ledger, records.ids)
        findings += _notes(_untold(review, events.ledger))
        for sentences in contradictions(review, events.ledger).values():
            findings += _notes(sentences)
        findings += _files(review, events.ledger)
        findings += _notes(_unlit(review))
    except DamagedError as error:
        findings.append(Finding(ok=False, what=str(error)))
    return findings


def _stored(review: Review) -> Iterator[Finding]:
    faults = review.verify()
    for fault in faults:
        yield Finding(ok=False, what=fault)
    if not faults:
        yield Finding(ok=True, what="review.json and its journal match their checksums")


def _sources(review: Review) -> Iterator[Finding]:
    for source in review.sources:
        if source.found != source.imported + len(source.problems):
            yield Finding(
                ok=False,
                what=f"{source.file}: {counted(source.found, 'record')} found, but "
                f"{source.imported:,} imported and {counted(len(source.problems), 'problem')}",
            )
    present = sum(review.original(source).is_file() for source in review.sources)
    if present == len(review.sources):
        yield Finding(ok=True, what=f"{counted(present, 'source file')} kept")


def _files(review: Review, ledger: Ledger) -> Iterator[Finding]:
    """Files of reports lie outside the review: what happens to them is no fault of it."""
    sound, faults = file_faults(review, ledger)
    if sound:
        yield Finding(ok=True, what=f"{counted(sound, 'attached file')} as attached")
    for sentences in faults.values():
        yield from _notes(sentences)


def _untold(review: Review, ledger: Ledger) -> list[str]:
    """What PRISMA-S asks for and nobody has said of a source."""
    return [
        f"{clean_line(source.name)}: PRISMA-S asks for {', '.join(FACT_WORDS[name] for name in lacking)}; "
        "`tamis source` takes it"
        for source in told(review.sources, ledger)
        if (lacking := missing(source))
    ]


def _unlit(review: Review) -> list[str]:
    """Highlight terms that cannot be read."""
    return [
        f"protocol.toml: {clean_line(f.term)} of {clean_line(f.set)} is not lit: {clean_line(f.why)}"
        for f in Highlighter(review.protocol.highlight).faults
    ]


Faults = dict[str, list[str]]
"""Kind of fault -> sentences."""


def _per_kind(faults: Faults, fine: str) -> Iterator[Finding]:
    for sentences in faults.values():
        for sentence in sentences[:_SHOWN]:
            yield Finding(ok=False, what=sentence)
        if len(sentences) > _SHOWN:
            yield Finding(ok=False, what=f"and {len(sentences) - _SHOWN:,} more like the one before")
    if not faults:
        yield Finding(ok=True, what=fine)


def _notes(sentences: list[str]) -> Iterator[Finding]:
    for sentence in sentences[:_SHOWN]:
        yield Finding(ok=True, what=sentence, note=True)
    if len(sentences) > _SHOWN:
        yield Finding(ok=True, what=f"and {len(sentences) - _SHOWN:,} more like the one before", note=True)


@dataclass(slots=True)
class _Records:
    ids: set[str]
    total: int
    faults: Faults


def _records(review: Review) -> _Records:
    faults: Faults = defaultdict(list)
    ids: set[str] = set()
    per_source: Counter[str] = Counter()
    total = 0
    for record, awaited in zip(review.records, review.records.ids(), strict=False):
        total += 1
        if record.id != awaited:
            faults["id"].append(f"record {clean_line(record.id)} stands where {awaited} should")
        ids.add(record.id)
        per_source[record.id.rpartition("-")[0]] += 1
    for source in review.sources:
        n = per_source.pop(source.prefix, 0)
        if n != source.imported:
            imported = counted(source.imported, "record was", "records were")
            faults["number"].append(f"{source.file}: {imported} imported, {n:,} {form(n, 'is', 'are')} there")
    for prefix, n in per_source.items():
        belong = form(n, "belongs", "belong")
        faults["source"].append(
            f"{counted(n, 'record')} with the prefix {clean_line(prefix)} {belong} to no source"
        )
    return _Records(ids, total, dict(faults))


@dataclass(slots=True)
class _Events:
    ledger: Ledger
    faults: Faults


def _events(review: Review, records: set[str]) -> _Events:
    faults: Faults = defaultdict(list)
    reasons = {r.id for _, _, protocol in review.protocols() for r in protocol.reasons}
    reasons |= {r.id for r in review.protocol.reasons}
    prefixes = {source.prefix for source in review.sources}
    ledger = Ledger()
    seqs: defaultdict[str, list[int]] = defaultdict(list)
    for event in review.events():
        name = f"event {clean_line(event.id)}"
        if event.id in ledger.events:
            faults["doubled"].append(f"{name} is there twice")
        seqs[event.log].append(event.seq)
        for record in (event.record, event.of, *event.records):
            if record and record not in records:
                faults["record"].append(f"{name} is about {clean_line(record)}, a record that is not there")
        if event.kind == Kind.SOURCE and event.source not in prefixes:
            faults["source"].append(f"{name} is about {clean_line(event.source)}, a source that is not there")
        if event.verdict is Verdict.EXCLUDE and "from" not in event.body:
            for unknown in set(event.reasons) - reasons:
                faults["reason"].append(
                    f"{name} has the reason {clean_line(unknown)}, in no version of the protocol"
                )
        ledger.apply(event)
    for log, numbers in seqs.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            faults["seq"].append(
                f"the events of log {clean_line(log)} are not numbered 1 to {len(numbers):,}"
            )
    for event in ledger.events.values():
        _resolve(event, ledger, faults)
    return _Events(ledger, dict(faults))


def _resolve(event: Event, ledger: Ledger, faults: Faults) -> None:
    name = f"event {clean_line(event.id)}"
    for target_id in event.replaces:
        target = ledger.events.get(target_id)
        if target is None:
            faults["target"].append(f"{name} replaces {clean_line(target_id)}, which is not there")
        elif target.by != event.by:
            faults["owner"].append(f"{name} replaces an event of {clean_line(target.by)}, not an own one")
    if event.kind in (Kind.UNDO, Kind.REDO) and not event.replaces:
        faults["empty"].append(f"{name} undoes nothing")


def _counts(review: Review, ledger: Ledger, records: set[str]) -> Iterator[Finding]:
    """Count every record anew by its state, and compare with the tallies that the summary uses."""
    try:
        sources = told(review.sources, ledger)
        count = prisma.count(sources, ledger, review.protocol)
    except CountError as error:
        yield Finding(ok=False, what=str(error))
        return
    faults = recount(count, sources, ledger, records)
    yield from _per_kind(
        faults, f"{len(count.identities())} PRISMA identities hold; counted anew over all records: the same"
    )
