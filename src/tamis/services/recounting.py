"""The flow counted anew, record by record, by other means than the tallies that the summary uses. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Removal, Stage
from tamis.domain.ledger import Outcome, State, primary_reason, source_prefix
from tamis.domain.plural import counted
from tamis.domain.prisma import DATABASE_KINDS
from tamis.domain.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.domain.prisma import Counts
    from tamis.domain.prisma_column import Column
    from tamis.domain.record import Source

Faults = dict[str, list[str]]
"""Kind of fault -> sentences."""

_TA: Final = Stage.TITLE_ABSTRACT.value
_FT: Final = Stage.FULL_TEXT.value
_REMOVED: Final = {
    Removal.AUTOMATION: State.REMOVED_AUTOMATION,
    Removal.OTHER: State.REMOVED_OTHER,
    Removal.EXCLUDED: State.STOPPED,
}
_SCREENED: Final = {
    Outcome.UNDECIDED: State.SCREENING,
    Outcome.MAYBE: State.SCREENING_MAYBE,
    Outcome.CONFLICT: State.SCREENING_CONFLICT,
    Outcome.EXCLUDE: State.SCREENED_OUT,
}
_ASSESSED: Final = {
    Outcome.UNDECIDED: State.SOUGHT,
    Outcome.MAYBE: State.ASSESSED_MAYBE,
    Outcome.CONFLICT: State.ASSESSED_CONFLICT,
    Outcome.EXCLUDE: State.ASSESSED_OUT,
    Outcome.INCLUDE: State.INCLUDED,
}


def recount(counts: Counts, sources: Sequence[Source], ledger: Ledger, records: Collection[str]) -> Faults:
    """Count every record anew and compare with the counts.

    Args:
        counts: what is to be checked.
        sources: the imported files.
        ledger: the fold of all events.
        records: ids of all records that are there.

    Returns:
        What differs, in sentences.
    """
    faults: Faults = defaultdict(list)
    heads = _heads(ledger, records, faults)
    kinds = {source.prefix: source.kind in DATABASE_KINDS for source in sources}
    anew: dict[bool, Counter[State]] = {True: Counter(), False: Counter()}
    why: dict[bool, Counter[tuple[State, str]]] = {True: Counter(), False: Counter()}
    studies: set[str] = set()
    for record in records:
        left = kinds.get(source_prefix(record))
        if left is None:
            continue
        state, reason = _place(record, heads.get(record, record), ledger)
        anew[left][state] += 1
        why[left][state, reason] += 1
        if state is State.INCLUDED:
            studies.add(ledger.study(record) or f"\n{record}")
    for left, column, name in (
        (True, counts.databases, "databases and registers"),
        (False, counts.others, "other methods"),
    ):
        _compare(column, anew[left], why[left], name, faults)
    told = counts.new_studies + counts.earlier_studies
    if told != len(studies):
        faults["studies"].append(
            f"the summary says {counted(told, 'study', 'studies')}, the records say {len(studies):,}"
        )
    return dict(faults)


def _heads(ledger: Ledger, records: Collection[str], faults: Faults) -> dict[str, str]:
    """Which record stands for each that is linked, with the clusters made anew from the pairs."""
    groups: dict[str, list[str]] = {}
    for a, b in ledger.pairs():
        if ledger.pair(a, b) == "duplicate":
            one, other = groups.setdefault(a, [a]), groups.setdefault(b, [b])
            if one is not other:
                one += other
                groups.update(dict.fromkeys(other, one))
    heads: dict[str, str] = {}
    for record, group in groups.items():
        heads[record] = head = ledger.stands_for(record)
        if record != min(group):
            continue
        if ledger.cluster(record) != tuple(sorted(group)):
            faults["cluster"].append(f"{clean_line(record)} is in another cluster than its links say")
        if head not in group or any(ledger.stands_for(member) != head for member in group):
            faults["head"].append(f"more than one record stands for {clean_line(record)}")
        elif head not in records:
            faults["head"].append(
                f"{clean_line(head)}, a record that is not there, stands for {clean_line(record)}"
            )
    return heads


def _place(record: str, head: str, ledger: Ledger) -> tuple[State, str]:
    if head != record:
        return State.DUPLICATE, ""
    if (event := ledger.removal(record)) is not None:
        return _taken_out(event, State.SCREENING)
    outcome = ledger.outcome(record, _TA)
    if outcome is not Outcome.INCLUDE:
        state = _SCREENED[outcome]
        if state is State.SCREENING and (event := ledger.stop(record)) is not None:
            return _taken_out(event, state)
        return state, primary_reason(ledger.votes(record, _TA)) if state is State.SCREENED_OUT else ""
    state = _ASSESSED[ledger.outcome(record, _FT)]
    if state is State.SOUGHT and (event := ledger.retrieval(record)) is not None and not event.retrieved:
        return State.NOT_RETRIEVED, ""
    return state, primary_reason(ledger.votes(record, _FT)) if state is State.ASSESSED_OUT else ""


def _taken_out(event: Event, otherwise: State) -> tuple[State, str]:
    return (_REMOVED[event.removal], event.rule) if event.removal else (otherwise, "")


def _compare(
    column: Column, anew: Counter[State], why: Counter[tuple[State, str]], name: str, faults: Faults
) -> None:
    for state in State:
        told = column.states.get(state, 0)
        if told != anew[state]:
            faults[name].append(f"{name}: the summary says {told:,} {state}, the records say {anew[state]:,}")
        given = {reason: n for reason, n in column.why(state).items() if n}
        if state in column.reasons and given != {reason: n for (s, reason), n in why.items() if s is state}:
            faults[name].append(f"{name}: the reasons of {state} do not add up when counted anew")
