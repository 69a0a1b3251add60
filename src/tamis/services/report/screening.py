"""Who decided what at a stage, how long it took, and how far reviewers agree."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from tamis.domain.agreement import agreement
from tamis.domain.events import Kind, Verdict
from tamis.services.again import consistency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.domain.record import Source

_SAID = (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """One reviewer's standing decisions at a stage, on reports that are at the stage.

    Attributes:
        by: the reviewer, or a rule.
        rule: whether it is a rule.
        imported: of the decisions, those that came with a file.
        first: day of the first one (UTC), "" when no day is known; for those that came with a file, the day
            that the file says.
        last: day of the last one.
        timed: decisions made in tamis whose time is known.
        seconds: their median time, None without any.
    """

    by: str
    rule: bool
    decided: int
    include: int
    exclude: int
    maybe: int
    imported: int
    first: str
    last: str
    timed: int
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """How far two reviewers agree: see `domain.agreement.Agreement`."""

    one: str
    other: str
    records: int
    same: int
    kappa: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """How far a reviewer agreed with themselves on records that were shown again, unmarked.

    Attributes:
        limits: 95 % limits of the observed agreement, 0 to 1.
        kappa: Cohen's, None where it is not defined.
        kappa_limits: its 95 % limits, None where there are none.
    """

    by: str
    records: int
    same: int
    limits: tuple[float, float]
    kappa: float | None
    kappa_limits: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFacts:
    """What was done at a stage.

    Attributes:
        stage: a `Stage`.
        decided_by: number of reviewers -> reports that so many have decided on.
        reviewers: by name.
        pairs: agreement of each two who have decided on the same reports.
        again: of each reviewer to whom records were shown again.
        imported: decisions that came with a file, by the file's name.
        changed: standing decisions of reviewers who had said something else of the same record before.
        shown: in which order records were shown -> standing decisions that say so.
    """

    stage: str
    decided_by: dict[int, int]
    reviewers: tuple[Reviewer, ...]
    pairs: tuple[Pair, ...]
    again: tuple[Repeated, ...]
    imported: dict[str, int]
    changed: int
    shown: dict[str, int]


def stage_facts(stage: str, sources: Sequence[Source], ledger: Ledger) -> StageFacts:
    """Gather what was decided at a stage."""
    heads = sorted({ledger.stands_for(record) for record in ledger.voted(stage)})
    votes = [said for head in heads if ledger.at_stage(head, stage) and (said := ledger.votes(head, stage))]
    by_reviewer: defaultdict[str, list[Event]] = defaultdict(list)
    for said in votes:
        for by, event in said.items():
            by_reviewer[by].append(event)
    everything = [event for events in by_reviewer.values() for event in events]
    names = {source.prefix: source.name for source in sources}
    return StageFacts(
        stage=stage,
        decided_by=dict(sorted(Counter(map(len, votes)).items())),
        reviewers=tuple(_reviewer(by, events) for by, events in sorted(by_reviewer.items())),
        pairs=tuple(_pairs(sorted(by_reviewer), votes)),
        again=tuple(_again(stage, sorted(by_reviewer), ledger)),
        imported=dict(sorted(Counter(_from(event, names) for event in everything if _came(event)).items())),
        changed=sum(_changed(event, ledger) for event in everything),
        shown=dict(
            sorted(Counter(str(shown["order"]) for e in everything if "order" in (shown := e.shown)).items())
        ),
    )


def _reviewer(by: str, events: Sequence[Event]) -> Reviewer:
    verdicts = Counter(event.verdict for event in events)
    days = sorted(day for event in events if (day := _day(event)))
    seconds = [s for event in events if not _came(event) and (s := _seconds(event)) > 0]
    return Reviewer(
        by=by,
        rule=events[0].by_rule,
        decided=len(events),
        **{str(verdict): verdicts[verdict] for verdict in _SAID},
        imported=sum(map(_came, events)),
        first=days[0] if days else "",
        last=days[-1] if days else "",
        timed=len(seconds),
        seconds=statistics.median(seconds) if seconds else None,
    )


def _pairs(reviewers: Sequence[str], votes: Iterable[Mapping[str, Event]]) -> Iterator[Pair]:
    votes = [said for said in votes if len(said) > 1]
    for one, other in combinations(reviewers, 2):
        both = [(said[one].verdict, said[other].verdict) for said in votes if one in said and other in said]
        if both:
            found = agreement(both)
            yield Pair(one=one, other=other, records=found.records, same=found.same, kappa=found.kappa)


def _again(stage: str, reviewers: Sequence[str], ledger: Ledger) -> Iterator[Repeated]:
    for by in reviewers:
        found = consistency(ledger, stage, by)
        if found is not None and (limits := found.agreement.interval) is not None:
            seen = found.agreement
            yield Repeated(
                by=by,
                records=seen.records,
                same=seen.same,
                limits=limits,
                kappa=seen.kappa,
                kappa_limits=seen.kappa_interval,
            )


def _came(event: Event) -> bool:
    return "from" in event.body


def _from(event: Event, names: Mapping[str, str]) -> str:
    """The file that a decision came with: by its name, or the source it was imported as."""
    file, prefix = event.body.get("file"), str(event.body.get("from"))
    return file if isinstance(file, str) and file else names.get(prefix, prefix)


def _day(event: Event) -> str:
    """The day of a decision: for one that came with a file what the file says, which may be nothing."""
    at = event.body.get("made") if _came(event) else event.at
    return at[:10] if isinstance(at, str) else ""


def _seconds(event: Event) -> float:
    seconds = event.body.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else 0.0


def _changed(event: Event, ledger: Ledger) -> bool:
    """Whether any decision that led to this one, back to the first, had another verdict."""
    seen, waiting = {event.id}, list(event.replaces)
    while waiting:
        before = ledger.events.get(waiting.pop())
        if before is None or before.kind != Kind.DECIDE or before.id in seen:
            continue
        if before.verdict not in (Verdict.UNDECIDED, event.verdict):
            return True
        seen.add(before.id)
        waiting += before.replaces
    return False
