"""Duplicates: which records are reports of the same text. Pure: records in, scored pairs out.

`find` proposes; a rule may link what is certain, a person decides on what is likely. Nothing here stores
or removes anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamis.services.dedup.blocking import Blocks
from tamis.services.dedup.clusters import (
    MOST,
    Quality,
    clusters,
    completeness,
    groups,
    joinable,
    questions,
    score_against,
)
from tamis.services.dedup.differing import Difference, differences
from tamis.services.dedup.features import features
from tamis.services.dedup.scoring import compare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.record import Record
    from tamis.services.dedup.features import Features

__all__ = [
    "MOST",
    "Difference",
    "Pair",
    "Quality",
    "clusters",
    "completeness",
    "differences",
    "find",
    "groups",
    "joinable",
    "questions",
    "score_against",
]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one report.

    Attributes:
        first: the id of the record that came first.
        second: the id of the other one.
        score: how likely it is, 0 to 1, for the order of questions.
        certain: whether a rule may link them.
        why: short words for what agrees and what does not.
    """

    first: str
    second: str
    score: float
    certain: bool
    why: tuple[str, ...]


def find(records: Iterable[Record], *, known: Iterable[Record] = ()) -> list[Pair]:
    """The pairs among records, and between records and those known before, in the records' order.

    Args:
        records: what is new, read once.
        known: what has been looked through before; no pairs among them are returned.
    """
    blocks = Blocks()
    seen: list[Features] = []
    found: list[Pair] = []
    for record in known:
        one = features(record)
        blocks.meet(len(seen), one)
        seen.append(one)
    for record in records:
        one = features(record)
        for place in sorted(blocks.meet(len(seen), one)):
            verdict = compare(seen[place], one)
            if verdict is not None:
                found.append(Pair(seen[place].id, one.id, verdict.score, verdict.certain, verdict.why))
        seen.append(one)
    return found
