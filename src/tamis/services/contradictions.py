"""Words that contradict each other: nothing is broken, counts have their rule, but people should look."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, Protocol

from tamis.domain.events import Stage, Verdict
from tamis.domain.ledger import source_prefix
from tamis.domain.plural import counted, form
from tamis.domain.prisma import DATABASE_KINDS
from tamis.domain.states import State
from tamis.domain.text import clean_line
from tamis.services.catalogue import told
from tamis.services.contradicting_votes import own_words, primary_reasons, without_effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.domain.protocol import Protocol as ReviewProtocol
    from tamis.domain.record import Source


class Reviewed(Protocol):
    """What is needed of a review."""

    @property
    def sources(self) -> Sequence[Source]:
        """The imported files."""

    @property
    def protocol(self) -> ReviewProtocol:
        """The protocol in force."""

    def protocols(self) -> Iterator[tuple[str, str, ReviewProtocol]]:
        """Its versions, the oldest first: when, by whom, and it."""


def contradictions(review: Reviewed, ledger: Ledger) -> dict[str, list[str]]:
    """Every contradiction in a sentence, by kind; each sentence says how it is counted meanwhile."""
    found = {
        "pairs": list(_pairs(ledger)),
        "clusters": list(_clusters(ledger)),
        "columns": list(_columns(review, ledger)),
        "own words": list(own_words(ledger)),
        "without effect": list(without_effect(ledger)),
        "primary reasons": list(primary_reasons(ledger)),
        "studies": list(_studies(ledger)),
        "reasons": list(_reasons(review, ledger)),
        "renamed": list(_renamed(review, ledger)),
        "unreasoned": list(_unreasoned(review, ledger)),
        "previous": list(_previous(ledger)),
    }
    return {kind: sentences for kind, sentences in found.items() if sentences}


def _pairs(ledger: Ledger) -> Iterator[str]:
    for a, b in ledger.contested():
        said: defaultdict[str, list[str]] = defaultdict(list)
        for by, event in sorted(ledger.pair_words(a, b).items()):
            if not event.by_rule:
                said[event.kind].append(clean_line(by))
        one, two = (", ".join(said[kind]) for kind in ("duplicate", "distinct"))
        yield (
            f"{clean_line(a)} and {clean_line(b)} are one report to {one} and two to {two}: they count "
            "as two until one of them changes it"
        )
    for a, b in ledger.pairs():
        if ledger.pair(a, b) == "distinct" and b in ledger.cluster(a):
            people = [clean_line(by) for by, event in ledger.pair_words(a, b).items() if not event.by_rule]
            if people:
                yield (
                    f"{clean_line(a)} and {clean_line(b)} are two reports to {', '.join(sorted(people))}, "
                    "but links over others make them one: they count as one until one of those is undone"
                )


def _clusters(ledger: Ledger) -> Iterator[str]:
    for members in ledger.clusters():
        head = ledger.stands_for(members[0])
        others = [m for m in members if ledger.removal(m) is None]
        if ledger.removal(head) is not None:
            if not others:
                continue
            yield (
                f"{clean_line(head)} was removed and stands for {', '.join(map(clean_line, others))}: none "
                "of them is screened until another one stands or it is put back"
            )
        elif gone := [m for m in members if m not in others]:
            yield (
                f"{', '.join(map(clean_line, gone))} {form(len(gone), 'was', 'were')} removed before "
                f"screening, and {clean_line(head)} of the same report was not: the report is screened and "
                "counted until that one is removed, too"
            )


def _columns(review: Reviewed, ledger: Ledger) -> Iterator[str]:
    databases = {source.prefix for source in told(review.sources, ledger) if source.kind in DATABASE_KINDS}
    for members in ledger.clusters():
        head = ledger.stands_for(members[0])
        found = [m for m in members if source_prefix(m) in databases]
        if found and source_prefix(head) not in databases:
            yield (
                f"{clean_line(head)} came by other methods and stands for {clean_line(found[0])} of a "
                "database or register, where PRISMA counts such a report: let that one stand, or say so"
            )


_OUT: Final = {
    State.REMOVED_AUTOMATION: "was removed before screening",
    State.REMOVED_OTHER: "was removed before screening",
    State.SCREENED_OUT: "was excluded",
    State.STOPPED: "was left unscreened",
    State.NOT_RETRIEVED: "could not be retrieved",
    State.ASSESSED_OUT: "was excluded",
}
"""How a report that is of a study can be out."""


def _studies(ledger: Ledger) -> Iterator[str]:
    for record in dict.fromkeys(map(ledger.stands_for, ledger.studied())):
        name = clean_line(ledger.study(record))
        out = _OUT.get(ledger.state(record))
        if name and out:
            yield (
                f"{clean_line(record)} is a report of the study {name} and {out}: the study is counted only "
                "if another report of it is included"
            )


def _reasons(review: Reviewed, ledger: Ledger) -> Iterator[str]:
    used: defaultdict[tuple[str, str], int] = defaultdict(int)
    known = {stage.value: {r.id for r in review.protocol.reasons_for(stage)} for stage in Stage}
    for event in _own_votes(ledger):
        for reason in set(event.reasons) - known[event.stage]:
            used[event.stage, reason] += 1
    for (where, reason), n in sorted(used.items()):
        yield (
            f"the reason {clean_line(reason)} was given {counted(n, 'time')} at {where} and is no longer in "
            "the protocol for it: it is counted under this name until it is put back or the decisions are "
            "changed"
        )


def _renamed(review: Reviewed, ledger: Ledger) -> Iterator[str]:
    """Reasons whose label is another one than when they were given."""
    versions = [(at, {r.id: r.label for r in version.reasons}) for at, _, version in review.protocols()]
    times = [at for at, _ in versions]
    now = {reason.id: reason.label for reason in review.protocol.reasons}
    used: Counter[tuple[str, str]] = Counter()
    for event in _own_votes(ledger):
        labels = versions[max(0, bisect_right(times, event.at) - 1)][1] if versions else {}
        for reason in event.reasons:
            if reason in now and labels.get(reason, now[reason]) != now[reason]:
                used[reason, labels[reason]] += 1
    for (reason, label), n in sorted(used.items()):
        yield (
            f"the reason {clean_line(reason)} was given {counted(n, 'time')} when its label was "
            f"“{clean_line(label)}”, and it is “{clean_line(now[reason])}” in the protocol: it is counted "
            "under that label"
        )


def _unreasoned(review: Reviewed, ledger: Ledger) -> Iterator[str]:
    if not review.protocol.reasons_for(Stage.FULL_TEXT):
        return
    votes = (e for e in _own_votes(ledger) if e.stage == Stage.FULL_TEXT and e.verdict is Verdict.EXCLUDE)
    for event in votes:
        if not event.reasons:
            yield (
                f"{clean_line(event.record)} was excluded on its full text by {clean_line(event.by)} without "
                "a reason: it is counted under none until one is given"
            )


def _own_votes(ledger: Ledger) -> Iterator[Event]:
    """Standing decisions that were made here, at both stages."""
    for stage in Stage:
        for record in ledger.voted(stage):
            for event in ledger.own_votes(record, stage).values():
                if "from" not in event.body:
                    yield event


def _previous(ledger: Ledger) -> Iterator[str]:
    event, n = ledger.previous, ledger.earlier_studies
    numbers = {name: event.number(name) if event else None for name in ("studies", "reports")}
    if n and not any(value is not None for value in numbers.values()):
        yield (
            f"{counted(n, 'study', 'studies')} of included reports {form(n, 'is', 'are')} said to be of the "
            f"previous review, but this review updates none: {form(n, 'it counts', 'they count')} as new"
        )
    studies = numbers["studies"]
    if studies is not None and n > studies:
        yield (
            f"{counted(n, 'study', 'studies')} of included reports {form(n, 'is', 'are')} said to be of the "
            f"previous review, which has {studies:,}: {form(n, 'it is', 'they are')} not counted as new"
        )
    missing = [name for name, value in numbers.items() if value is None] if event else []
    if missing:
        yield (
            f"the previous review's number of {' and of '.join(missing)} is missing or no number: "
            "no totals are given for it"
        )
