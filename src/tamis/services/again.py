"""A reviewer's own consistency: records decided a while ago are shown again, unmarked, in place of the next.

Which decisions are followed by such a record, and which record that is, depends on the id of the decision
alone, so that it is the same after a restart, can be repeated from the events, and was chosen by nobody.
What is said the second time is an event of its own (`Kind.AGAIN`): the decision stands, and nothing counts
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tamis.domain.agreement import Agreement, agreement
from tamis.domain.events import Kind, Verdict
from tamis.domain.plural import counted
from tamis.errors import UsageError
from tamis.services.views import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.services.sitting import Sitting

AWHILE: Final = 50
"""So many of a reviewer's decisions lie between the first time and the second, at least."""
_DRAWS: Final = 1_000
"""Of a list in which so many draws meet nothing that can be shown again, nothing is."""
_OF: Final = 2**64


class Pair(NamedTuple):
    """What a reviewer said of a record: the decision, and what was said when it was shown again."""

    first: Event
    again: Event

    @property
    def differs(self) -> bool:
        """Whether the verdicts do; reasons may."""
        return self.first.verdict is not self.again.verdict


@dataclass(frozen=True, slots=True)
class Consistency:
    """How far a reviewer agrees with themselves at a stage.

    Attributes:
        agreement: of first and second verdicts, over include, exclude and maybe.
        pairs: of each record shown again, in the order in which they were.
        unsettled: records on which the verdicts differ and neither was confirmed since.
    """

    by: str
    stage: str
    agreement: Agreement
    pairs: tuple[Pair, ...]
    unsettled: tuple[str, ...]

    def to_doc(self) -> dict[str, Any]:
        """A JSON object."""
        found = self.agreement
        return {
            "by": self.by,
            "stage": self.stage,
            "records": found.records,
            "same": found.same,
            "share": _rounded(found.share),
            "share_interval": _limits(found.interval),
            "kappa": _rounded(found.kappa),
            "kappa_interval": _limits(found.kappa_interval),
            "shown": [
                {
                    "record": pair.again.record,
                    "first": str(pair.first.verdict),
                    "again": str(pair.again.verdict),
                    "at": pair.again.at,
                    "unsettled": pair.again.record in self.unsettled,
                }
                for pair in self.pairs
            ],
        }


def consistency(ledger: Ledger, stage: str, by: str) -> Consistency | None:
    """How far a reviewer agrees with themselves; None when nothing was shown again.

    Decisions that were changed since count as they were when the record was shown again.
    """
    again = sorted(ledger.agains(stage, by).values(), key=lambda event: str(event.body.get("seed")))
    pairs = tuple(
        Pair(first, event)
        for event in again
        if (first := ledger.events.get(event.first)) is not None and first.kind == Kind.DECIDE
    )
    if not pairs:
        return None
    return Consistency(
        by=by,
        stage=stage,
        agreement=agreement((str(pair.first.verdict), str(pair.again.verdict)) for pair in pairs),
        pairs=pairs,
        unsettled=tuple(pair.again.record for pair in pairs if _unsettled(pair, ledger)),
    )


def _unsettled(pair: Pair, ledger: Ledger) -> bool:
    first = pair.first
    standing = ledger.vote(first.record, first.stage, first.by)
    return pair.differs and not pair.again.kept and standing is first


class Reshown:
    """The record that is shown again in place of the next one, and what becomes of it.

    Args:
        session: whose list it is.
        share: share of decisions that such a record follows, 0 to 1.
    """

    def __init__(self, session: Sitting, share: float) -> None:
        self.share = share
        self._session = session
        self._here: tuple[int, int, str] | None = None
        """The record it is shown in place of, the record, and what it was drawn with."""

    @property
    def current(self) -> int | None:
        """Index of the record that is shown again at this moment."""
        return self.at(self._session.queue.current)

    def at(self, index: int | None) -> int | None:
        """Index of the record that is shown in place of another one of the list, None for that one itself."""
        session = self._session
        if self._here is None or index != self._here[0] or session.queue.query is not None:
            return None
        again = self._here[1]
        return again if session.ledger.at_stage(session.review.records.id_at(again), session.stage) else None

    def offer(self) -> None:
        """See whether a record is to be shown again in place of the current one, which is undecided."""
        self._here = None
        session = self._session
        place = session.queue.current
        if not self.share or place is None or not session.review.writable or session.vote() is not None:
            return
        seed = self._due()
        record = None if seed is None else self._drawn(seed)
        index = None if record is None else session.review.records.find(record)
        if seed is not None and index is not None:
            self._here = (place, index, seed)

    def drop(self) -> None:
        """Show no record again until it is offered anew."""
        self._here = None

    def answer(self, verdict: Verdict, reasons: Sequence[str], seconds: float) -> Change:
        """Keep what is said of the record that is shown again, and go on with the one behind it.

        Raises:
            NotSavedError: nothing was saved.
            ProtocolError: a reason that is not in the protocol.
            UsageError: nothing is said of it.
        """
        session = self._session
        first = self._standing()
        if self._here is None or first is None or verdict is Verdict.UNDECIDED:
            raise UsageError("This record is undecided.")
        said = session.decision(first.record, verdict, reasons, seconds)
        body = {**said.body, "first": first.id, "seed": self._here[2]}
        event = session.event(Kind.AGAIN, first.record, body, stage=session.stage)
        session.save([event])
        self._here = None
        session.queue.go(session.queue.cursor)
        return Change(event, first.record, session.words(event))

    def keep(self, record_id: str) -> Change | None:
        """Confirm the decision on a record of which the reviewer said something else when it came again.

        Returns:
            None when there is nothing to settle.

        Raises:
            NotSavedError: nothing was saved.
        """
        session = self._session
        again = session.ledger.agains(session.stage, session.by).get(record_id)
        first = None if again is None else session.ledger.events.get(again.first)
        if again is None or first is None or not _unsettled(Pair(first, again), session.ledger):
            return None
        body = {**again.body, "kept": True}
        event = session.event(Kind.AGAIN, record_id, body, stage=session.stage)
        session.save([event])
        return Change(event, record_id, session.words(event))

    def _standing(self) -> Event | None:
        """The decision on the record that is shown again."""
        session, index = self._session, self.current
        if index is None:
            return None
        record = session.review.records.id_at(index)
        return session.ledger.vote(record, session.stage, session.by)

    def _due(self) -> str | None:
        """The id of the last decision, when a record is to be shown again after it and was not."""
        session = self._session
        answered: set[object] = set()
        for event in session.ledger.history(session.by):
            if event.stage != session.stage:
                continue
            if event.kind == Kind.AGAIN:
                answered.add(event.body.get("seed"))
            elif event.kind == Kind.DECIDE:
                due = event.id not in answered and chance(event.id) < self.share
                return event.id if due else None
        return None

    def _drawn(self, seed: str) -> str | None:
        """A record decided on in tamis a while ago that still stands so, and was not shown again yet."""
        session = self._session
        ledger, stage, by = session.ledger, session.stage, session.by
        earlier = ledger.actions(by)
        lately = 0
        for event in ledger.history(by):
            if lately == AWHILE or not earlier:
                break
            earlier.pop()
            lately += event.kind == Kind.DECIDE and event.stage == stage
        shown = ledger.agains(stage, by)
        draw = Random(seed).random  # noqa: S311 - no secret; the only method that stays the same over versions
        for _ in range(_DRAWS if earlier else 0):
            event = ledger.events[earlier[int(draw() * len(earlier))]]
            record = event.record
            if (
                event.kind == Kind.DECIDE
                and record not in shown
                and ledger.vote(record, stage, by) is event
                and ledger.at_stage(record, stage)
                and ledger.stands_for(record) == record
            ):
                return record
        return None


def chance(decision: str) -> float:
    """What a decision has drawn by its id, 0 to 1: below the share, a record is shown again after it."""
    return int.from_bytes(sha256(f"{decision} again".encode()).digest()[:8], "big") / _OF


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _limits(limits: tuple[float, float] | None) -> list[float] | None:
    return None if limits is None else [round(limit, 4) for limit in limits]


def sentence(found: Consistency) -> str:
    """How far a reviewer agrees with themselves, in words."""
    seen = found.agreement
    text = f"{counted(seen.records, 'record was', 'records were')} shown again; "
    text += f"the verdict was the same on {seen.same:,}"
    if seen.share is not None and seen.interval is not None:
        low, high = seen.interval
        text += f" ({100 * seen.share:.1f} %, 95 % CI {100 * low:.1f} to {100 * high:.1f})"
    if seen.kappa is not None:
        text += f"; Cohen's kappa {_signed(seen.kappa)}"
        if seen.kappa_interval is not None:
            text += f" ({_signed(seen.kappa_interval[0])} to {_signed(seen.kappa_interval[1])})"
    left = len(found.unsettled)
    if left:
        text += f". {counted(left, 'difference is', 'differences are')} to be settled"
    return f"{text}."


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
