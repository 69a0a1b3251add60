"""Clusters of duplicates as people look at them: all members, which one stands, and taking one out."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Kind
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services import dedup
from tamis.services.catalogue import record_at, source_of
from tamis.services.views import Change

if TYPE_CHECKING:
    from tamis.domain.record import Record
    from tamis.services.screening import Session


ABOUT: Final = frozenset({Kind.DUPLICATE, Kind.DISTINCT, Kind.STANDS})
"""What people say of duplicates."""


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One record of a cluster.

    Attributes:
        record: it, corrected.
        source: where it was found.
        stands: whether it stands for the cluster.
        percent: how much of what a record can say it says, 0 to 100, the fields weighted.
        votes: what reviewers decided on this very record, as `stage reviewer verdict`.
        linked: who linked it: `rule:...` or reviewers; empty where nothing names it.
    """

    record: Record
    source: str
    stands: bool
    percent: int
    votes: tuple[str, ...]
    linked: tuple[str, ...]


def members(session: Session, record_id: str) -> list[Member]:
    """All records of the same report, the one that stands first, then the most complete first.

    Raises:
        KeyError: there is no such record.
    """
    review, ledger = session.review, session.ledger
    cluster = [m for m in ledger.cluster(record_id) if review.records.find(m) is not None]
    found = []
    for member in cluster:
        record = record_at(review, ledger, review.records.position(member))
        authors = [
            by
            for other in cluster
            for by, e in ledger.pair_words(member, other).items()
            if e.kind == Kind.DUPLICATE
        ]
        found.append(
            Member(
                record,
                source_of(review, ledger, member).name,
                ledger.stands_for(member) == member,
                max(0, round(100 * dedup.completeness(record)[0] / dedup.MOST)),
                tuple(
                    f"{stage} {by} {vote.verdict}"
                    for stage in review.protocol.stages
                    for by, vote in sorted(ledger.own_votes(member, str(stage)).items())
                ),
                tuple(dict.fromkeys(authors)),
            )
        )
    return sorted(found, key=lambda m: (not m.stands, -m.percent, m.record.id))


def undo(session: Session) -> Change | None:
    """Undo the own last action, if it was about duplicates; None when it was another one, or there is none.

    Raises:
        NotSavedError: nothing was saved.
    """
    last = next(session.undoable(), None)
    return session.undo() if last is not None and last.kind in ABOUT else None


def split_off(session: Session, record_id: str) -> Change:
    """Say that a record is of another report than every other one of its cluster.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: it has no duplicates, or there is no such record.
    """
    session.must_have(record_id)
    others = [other for other in session.ledger.cluster(record_id) if other != record_id]
    if not others:
        raise UsageError(f"{clean_line(record_id)} has no duplicates to be split off from.")
    drafts = [
        session.event(Kind.DISTINCT, record_id, {"of": other}, field=other, ahead=n)
        for n, other in enumerate(others)
    ]
    first, *_ = session.save_as_one(drafts)
    session.queue.renew()
    return Change(first, record_id, session.words(first))
