"""A labelled review, and screening it in the order by relevance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.events import Verdict
from tests.services.ranking.making import collection

if TYPE_CHECKING:
    from tamis.services.relevance import Relevance
    from tamis.services.screening import Session

SIZE, RELEVANT = 80, 12
LABELS = collection(SIZE, RELEVANT)[1]


def ris(size: int = SIZE, relevant: int = RELEVANT, *, abstracts: bool = True, seed: int = 1) -> str:
    """Records of which some are of tea."""
    lines = []
    for text in collection(size, relevant, seed)[0]:
        lines += ["TY  - JOUR", f"TI  - {text.title}"]
        lines += [f"AB  - {text.abstract}"] if abstracts else []
        lines += ["ER  - ", ""]
    return "\n".join(lines)


def decide(session: Session, guide: Relevance, times: int, verdict: Verdict | None = None) -> list[bool]:
    """Decide by the true labels, or always the same; whether each record was relevant."""
    found = []
    for _ in range(times):
        index = session.current
        assert index is not None
        found.append(LABELS[index])
        session.decide(verdict or (Verdict.INCLUDE if LABELS[index] else Verdict.EXCLUDE))
        assert guide.wait()
    return found


def order_of(session: Session, guide: Relevance) -> list[int]:
    """The whole list, with the newest ranking taken."""
    assert guide.wait()
    session.queue.move(0)
    return list(session.queue.every)
