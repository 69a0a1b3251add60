"""How a proof is marked, and what several of them ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.tui.driving import Driven

    Proof = Callable[[Driven], Awaitable[None]]

PROOFS: dict[str, Proof] = {}
"""By action."""


def proves(*action_ids: str) -> Callable[[Proof], Proof]:
    """Mark what proves that an action does what its help says."""

    def mark(proof: Proof) -> Proof:
        PROOFS.update(dict.fromkeys(action_ids, proof))
        return proof

    return mark


def verdict(d: Driven, index: int) -> str:
    vote = d.session.ledger.vote(d.session.review.records.id_at(index), d.session.stage, "Ann")
    return str(vote.verdict) if vote else "undecided"


def two_stages(d: Driven) -> None:
    """Give the protocol its second stage, as if it had been edited before the start."""
    review = d.session.review
    review.protocol = replace(review.protocol, stages=("title-abstract", "full-text"))
