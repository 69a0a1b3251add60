"""What the events of a review prove of how its records were selected."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tamis.domain.events import Kind, Stage
from tamis.domain.prisma import NO_REASON
from tamis.domain.states import State, primary_reason
from tamis.domain.text import fold
from tamis.services.catalogue import corrected, told
from tamis.services.prisma_s import missing
from tamis.services.report.citing import citation
from tamis.services.report.screening import StageFacts, stage_facts
from tamis.services.reporting import counts, summary
from tamis.services.stopping import left_by, target_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.domain.prisma import Counts
    from tamis.domain.protocol import Protocol as ReviewProtocol
    from tamis.domain.record import Source
    from tamis.store.records import Records


class Reviewed(Protocol):
    """What is needed of a review."""

    @property
    def sources(self) -> Sequence[Source]:
        """The imported files."""

    @property
    def protocol(self) -> ReviewProtocol:
        """The protocol in force."""

    @property
    def records(self) -> Records:
        """All records."""

    def protocols(self) -> Iterator[tuple[str, str, ReviewProtocol]]:
        """Every stored version of the protocol: when, by whom, and it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The files of one search: those of which all that is known is the same.

    Attributes:
        imported_on: days of import, ascending.
        unread: records that could not be read.
        duplicates: records for which another one stands.
        missing: what PRISMA-S asks for and nobody has said: `domain.record.SOURCE_FACTS`.
    """

    name: str
    kind: str
    platform: str
    searched: str
    strategy: str
    limits: str
    files: tuple[str, ...]
    imported_on: tuple[str, ...]
    found: int
    imported: int
    unread: int
    duplicates: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduplication:
    """What was said of pairs of records, and what came of it.

    Attributes:
        by_rule: pairs that a rule linked and no person spoke of, by the rule's name.
        by_persons: pairs that persons linked.
        confirmed: of these, pairs that a rule had linked, too.
        apart: pairs that persons judged to be of two reports.
        overturned: of these, pairs that a rule says are of one.
        contested: pairs that persons contradict each other on.
        clusters: reports with more than one record.
        duplicates: records for which another one stands.
    """

    by_rule: dict[str, int]
    by_persons: int
    confirmed: int
    apart: int
    overturned: int
    contested: int
    clusters: int
    duplicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, named so that a reader finds it.

    Attributes:
        record: id of the record that stands for it.
        reason: label of the reason it is counted under, "" where it was not excluded.
        further: labels of all other reasons that were given.
        study: name of its study, "" for none.
        earlier: whether the review that this one updates has the study.
    """

    record: str
    citation: str
    reason: str = ""
    further: tuple[str, ...] = ()
    study: str = ""
    earlier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A word that stopped screening.

    Attributes:
        named: records it names.
        left: of these, records that nobody screened and that are counted where it says.
        numbers: what was known at that moment, as the event has it (`services.stopping`); may be empty.
    """

    by: str
    on: str
    rule: str
    named: int
    left: int
    numbers: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A stored version of the protocol; `changed` names what differs from the one before."""

    on: str
    by: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a report says.

    Attributes:
        made: when the report was made, UTC in ISO 8601.
        tamis: the version of tamis that made it.
        events: how many events there are.
        question: the review question.
        include: inclusion criteria.
        exclude: exclusion criteria.
        target: recall to reach before screening may stop, None when the protocol sets none.
        risk: chance at which it may be missed.
        target_set: since when both stand so, UTC in ISO 8601; "" without a target and when it is not stored.
        decided_before_target: decisions on title and abstract before that, changed and undone ones too.
        reasons: exclusion reasons with their stage, "" for every one.
        versions: stored versions of the protocol.
        unstored: whether the protocol in force differs from the version stored last.
        searches: in the order of import.
        deduplication: what was said of pairs.
        stages: by stage of the protocol.
        stops: words that stopped screening.
        excluded: reports excluded on the full text, by citation (PRISMA 2020, item 16b).
        not_retrieved: reports that could not be had.
        included: reports included on the full text.
        corrections: fields of records that were corrected, by name.
        corrected: records with such fields.
        told: facts of sources that were given or corrected after the import.
        summary: the numbers, as `tamis summary --json` has them.
    """

    made: str
    tamis: str
    events: int
    question: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    target: float | None
    risk: float | None
    target_set: str
    decided_before_target: int
    reasons: tuple[tuple[str, str], ...]
    versions: tuple[Version, ...]
    unstored: bool
    searches: tuple[Search, ...]
    deduplication: Deduplication
    stages: tuple[StageFacts, ...]
    stops: tuple[Stop, ...]
    excluded: tuple[Report, ...]
    not_retrieved: tuple[Report, ...]
    included: tuple[Report, ...]
    corrections: dict[str, int]
    corrected: int
    told: int
    summary: dict[str, Any]

    def to_doc(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)


def facts(review: Reviewed, ledger: Ledger, *, made: str, version: str) -> Facts:
    """Gather what the events prove.

    Args:
        review: an open review.
        ledger: the fold of its events.
        made: when the report is made, UTC in ISO 8601.
        version: which tamis makes it.

    Raises:
        CountError: the counts do not add up.
    """
    count = counts(review, ledger)
    protocol = review.protocol
    edits = [event for record in ledger.corrected for event in ledger.corrections(record).values()]
    sources = told(review.sources, ledger)
    stored = list(review.protocols())
    since, before = target_set(review, ledger) if protocol.stopping else ("", 0)
    return Facts(
        made=made,
        tamis=version,
        events=len(ledger.events),
        question=protocol.question,
        include=protocol.include,
        exclude=protocol.exclude,
        target=protocol.stopping.target if protocol.stopping else None,
        risk=protocol.stopping.risk if protocol.stopping else None,
        target_set=since,
        decided_before_target=before,
        reasons=tuple((reason.label, str(reason.stage)) for reason in protocol.reasons),
        versions=tuple(_versions(stored)),
        unstored=bool(stored) and stored[-1][2].to_doc() != protocol.to_doc(),
        searches=tuple(_searches(sources, ledger)),
        deduplication=_deduplication(ledger),
        stages=tuple(stage_facts(str(stage), sources, ledger) for stage in protocol.stages),
        stops=tuple(_stops(ledger)),
        **_reports(review, ledger, count),
        corrections=dict(sorted(Counter(event.field for event in edits).items())),
        corrected=len({event.record for event in edits}),
        told=sum(len(ledger.source_facts(source.prefix)) for source in sources),
        summary=summary(review, ledger),
    )


def _versions(stored: Iterable[tuple[str, str, ReviewProtocol]]) -> Iterator[Version]:
    before: dict[str, Any] | None = None
    for at, by, protocol in stored:
        doc = protocol.to_doc()
        keys = () if before is None else tuple(k for k in {**before, **doc} if before.get(k) != doc.get(k))
        yield Version(on=at[:10], by=by, changed=keys)
        before = doc


def _searches(sources: Iterable[Source], ledger: Ledger) -> Iterator[Search]:
    groups: dict[tuple[str, ...], list[Source]] = {}
    for source in sources:
        key = (source.kind, source.name, source.platform, source.searched, source.strategy, source.limits)
        groups.setdefault(key, []).append(source)
    for files in groups.values():
        one = files[0]
        yield Search(
            name=one.name,
            kind=one.kind,
            platform=one.platform,
            searched=one.searched,
            strategy=one.strategy,
            limits=one.limits,
            files=tuple(source.file for source in files),
            imported_on=tuple(sorted({source.at[:10] for source in files if source.at})),
            found=sum(source.found for source in files),
            imported=sum(source.imported for source in files),
            unread=sum(len(source.problems) for source in files),
            duplicates=sum(ledger.tally(source.prefix, State.DUPLICATE) for source in files),
            missing=missing(one),
        )


def _deduplication(ledger: Ledger) -> Deduplication:
    said: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()
    for a, b in ledger.pairs():
        words = ledger.pair_words(a, b).values()
        rules = [event for event in words if event.by_rule]
        linking = [event for event in rules if event.kind == Kind.DUPLICATE]
        persons = len(words) > len(rules)
        word = ledger.pair(a, b)
        if word == Kind.DUPLICATE and not persons:
            by_rule[max(linking, key=lambda event: event.id).by] += 1
        elif persons:
            said[word] += 1
            said[f"{word} by a rule"] += bool(linking)
    return Deduplication(
        by_rule=dict(sorted(by_rule.items())),
        by_persons=said[Kind.DUPLICATE],
        confirmed=said[f"{Kind.DUPLICATE} by a rule"],
        apart=said[Kind.DISTINCT],
        overturned=said[f"{Kind.DISTINCT} by a rule"],
        contested=said[""],
        clusters=ledger.cluster_count,
        duplicates=ledger.duplicates,
    )


def _stops(ledger: Ledger) -> Iterator[Stop]:
    taken_out = (State.STOPPED, State.REMOVED_AUTOMATION, State.REMOVED_OTHER)
    for event in sorted(ledger.events.values(), key=lambda event: event.id):
        if event.kind != Kind.STOP or ledger.standing(Kind.STOP, "", "", event.by, event.id) is not event:
            continue
        left = sum(
            ledger.stop(record) is event
            and ledger.state(record) in taken_out
            and ledger.removal(record) is None
            for record in event.records
        )
        numbers = event.body.get("numbers")
        yield Stop(
            by=event.by,
            on=event.at[:10],
            rule=event.rule,
            named=left_by(event),
            left=left,
            numbers=numbers if isinstance(numbers, dict) else {},
        )


def _reports(review: Reviewed, ledger: Ledger, count: Counts) -> dict[str, tuple[Report, ...]]:
    """The lists of reports by what became of them; all empty without the full-text stage."""
    places = {
        State.ASSESSED_OUT: "excluded",
        State.NOT_RETRIEVED: "not_retrieved",
        State.INCLUDED: "included",
    }
    found: dict[str, list[Report]] = {name: [] for name in places.values()}
    for record in review.records.ids() if count.full_text else ():
        if name := places.get(ledger.state(record), ""):
            found[name].append(_report(review, ledger, count, record))
    return {
        name: tuple(sorted(reports, key=lambda r: (fold(r.study or r.citation), fold(r.citation), r.record)))
        for name, reports in found.items()
    }


def _report(review: Reviewed, ledger: Ledger, count: Counts, record: str) -> Report:
    cited = citation(corrected(review.records[review.records.position(record)], ledger))
    if ledger.state(record) is not State.ASSESSED_OUT:
        event = ledger.study_event(record)
        if event is None or not event.study:
            return Report(record=record, citation=cited)
        earlier = count.updates and ledger.is_earlier(event.study)
        return Report(record=record, citation=cited, study=event.study, earlier=earlier)
    votes = ledger.votes(record, Stage.FULL_TEXT)
    primary = primary_reason(votes)
    given = [r for event in sorted(votes.values(), key=lambda e: e.id) for r in event.reasons if r != primary]
    labels = {reason: count.reason_labels.get(reason, reason) for reason in (primary, *given)}
    return Report(
        record=record,
        citation=cited,
        reason=labels[primary] if primary else NO_REASON,
        further=tuple(dict.fromkeys(labels[reason] for reason in given)),
    )
