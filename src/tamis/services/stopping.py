"""May I stop? The numbers of a review at this moment, and the acts that belong to stopping."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.events import Kind, Removal, Stage
from tamis.domain.plural import counted
from tamis.domain.protocol import Stopping
from tamis.domain.states import Outcome, State
from tamis.domain.stopping import (
    Interval,
    Sample,
    in_a_row,
    more_needed,
    ranked_p,
    recall_interval,
    sample_order,
    sample_p,
)
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services.screened import Screened
from tamis.services.views import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.services.contradictions import Reviewed
    from tamis.services.screening import Session
    from tamis.store.review import Review

STAGE: Final = Stage.TITLE_ABSTRACT
"""Screening stops early on title and abstract; every full text that is sought is assessed."""
_NEVER_SCREENED: Final = (
    State.DUPLICATE,
    State.REMOVED_AUTOMATION,
    State.REMOVED_OTHER,
    State.STOPPED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known at one moment.

    Attributes:
        total: records to screen, those that a stop has left included.
        unscreened: records that a stop has left.
        labels: whether each screened record is relevant, in order.
        stopping: the target and the risk.
        declared: whether the protocol has them, or they were only taken for this look.
        since: when the protocol got them (UTC, ISO 8601), "" without, or when that is not stored yet.
        decided_before: decisions made here before that.
        ranked_p: see `domain.stopping.ranked_p`.
        drawn: when the random sample was drawn (UTC, ISO 8601), "" without one.
        sample: how far the random sample is, None without one.
        outside: undecided records that are not in the sample, because they came later.
        sample_p: see `domain.stopping.sample_p`; None without a sample, or when some are outside of it.
        interval: recall as the sample shows it; None as `sample_p`.
        needed: records of the sample, or of one drawn now, still to screen if nothing more is found.
        stopped: the newest stop that stands.
    """

    total: int
    unscreened: int
    labels: Sequence[bool]
    stopping: Stopping
    declared: bool
    since: str
    decided_before: int
    ranked_p: float
    drawn: str
    sample: Sample | None
    outside: int
    sample_p: float | None
    interval: Interval | None
    needed: int
    stopped: Event | None

    @property
    def screened(self) -> int:
        """Records that are decided."""
        return len(self.labels)

    @property
    def relevant(self) -> int:
        """Of these, not excluded."""
        return sum(self.labels)

    @property
    def in_a_row(self) -> int:
        """The last so many were irrelevant."""
        return in_a_row(self.labels)

    @property
    def left(self) -> int:
        """Records that are undecided and still to be screened."""
        return self.total - self.unscreened - self.screened

    def numbers(self) -> dict[str, Any]:
        """A JSON object: what `tamis stop --json` says and a stop keeps."""
        doc: dict[str, Any] = {
            "records": self.total,
            "screened": self.screened,
            "relevant": self.relevant,
            "in_a_row": self.in_a_row,
            "unscreened": self.unscreened,
            "target": self.stopping.target,
            "risk": self.stopping.risk,
            "declared": self.declared,
            "target_set": self.since,
            "decided_before_target": self.decided_before,
            "ranked_p": _rounded(self.ranked_p),
            "needed": self.needed,
        }
        if self.sample is not None:
            doc["sample"] = {
                "drawn": self.drawn,
                "pool": self.sample.pool,
                "screened": self.sample.screened,
                "relevant": self.sample.found,
                "relevant_before": self.sample.before,
                "level": self.sample.level,
                "outside": self.outside,
                "p": None if self.sample_p is None else _rounded(self.sample_p),
            }
        if self.interval is not None:
            each = self.interval
            doc["recall"] = {
                "low": _rounded(each.low),
                "estimate": _rounded(each.estimate),
                "high": _rounded(each.high),
            }
        return doc


class Watch:
    """Looks at a review again and again, at the price of what is new.

    Args:
        review: an open review.
        ledger: the fold of its events.
    """

    def __init__(self, review: Review, ledger: Ledger) -> None:
        self._review = review
        self._ledger = ledger
        self._screened = Screened(ledger, STAGE)
        self._sampled: tuple[str, list[str]] = ("", [])
        self._pooled: tuple[str, int, list[str]] = ("", -1, [])
        self._draws: list[Event] = []
        self._taken = 0
        self._declared: tuple[int, str, int] = (-1, "", 0)

    def look(self) -> Look:
        """The numbers as they are now."""
        review, ledger, screened = self._review, self._ledger, self._screened
        screened.update()
        labels = screened.labels
        stopping = review.protocol.stopping or Stopping()
        to_screen, unscreened = self._totals()
        total = to_screen + unscreened
        drawn = ledger.sample
        sample, outside = None, 0
        if drawn is not None:
            sample, undecided = self._sample(drawn, sum(labels))
            outside = max(0, total - len(labels) - undecided)
        holds = sample is not None and not outside
        left = Sample(to_screen - len(labels), 0, 0, sum(labels), self.level())
        asked = sample if sample is not None and holds else left
        since, decided_before = self._since() if review.protocol.stopping else ("", 0)
        return Look(
            total=total,
            unscreened=unscreened,
            labels=labels,
            stopping=stopping,
            declared=review.protocol.stopping is not None,
            since=since,
            decided_before=decided_before,
            ranked_p=ranked_p(labels, total, stopping.target),
            drawn=drawn.at if drawn else "",
            sample=sample,
            outside=outside,
            sample_p=sample_p(sample, stopping.target) if sample and holds else None,
            interval=recall_interval(sample, stopping.risk) if sample and holds else None,
            needed=more_needed(asked, stopping.target, stopping.risk),
            stopped=ledger.stops[-1] if ledger.stops else None,
        )

    def level(self) -> int:
        """What samples drawn before have used up of the risk, undone ones too; see `sample_p`."""
        events = self._ledger.events
        new = islice(events.values(), self._taken, None)
        self._draws += [event for event in new if event.kind == Kind.SAMPLE]
        self._taken = len(events)
        if not self._draws:
            return 0
        self._screened.update()
        sample, _ = self._sample(max(self._draws, key=lambda event: event.id), 0)
        return sample.level + (sample.found + 1 if sample.screened else 0)

    @property
    def records(self) -> dict[str, bool]:
        """Each decided record in order, and whether it is relevant, as at the last look."""
        return self._screened.records

    def undecided(self) -> list[str]:
        """The records at the stage that nobody has decided on, in the order of import."""
        ledger = self._ledger
        return [
            record
            for record in self._review.records.ids()
            if ledger.at_stage(record, STAGE) and ledger.outcome(record, STAGE) is Outcome.UNDECIDED
        ]

    def _totals(self) -> tuple[int, int]:
        """Records at the stage, and those that a stop keeps from it."""
        ledger = self._ledger
        at_stage = sum(
            source.imported - sum(ledger.tally(source.prefix, state) for state in _NEVER_SCREENED)
            for source in self._review.sources
        )
        stopped = {record for event in ledger.stops for record in event.records}
        return at_stage, sum(map(self._stopped, stopped))

    def _stopped(self, record: str) -> bool:
        """Whether a stop, and nothing else, keeps a record from being screened."""
        ledger = self._ledger
        return (
            self._review.records.find(record) is not None
            and ledger.stop(record) is not None
            and ledger.removal(record) is None
            and ledger.state(record) in _NEVER_SCREENED
            and not ledger.is_duplicate(record)
        )

    def _sample(self, drawn: Event, relevant: int) -> tuple[Sample, int]:
        """How far a sample is, and how many records of its pool are undecided."""
        pool = self._pool(drawn)
        labels = list(map(self._screened.relevant, pool))
        screened = labels.index(None) if None in labels else len(labels)
        return Sample(
            pool=len(pool),
            screened=screened,
            found=sum(map(bool, labels[:screened])),
            before=relevant - sum(map(bool, labels)),
            level=drawn.number("level") or 0,
        ), labels.count(None)

    def _pool(self, drawn: Event) -> list[str]:
        """The records of a sample that are still to be screened or were, in its order."""
        if self._sampled[0] != drawn.id:
            self._sampled = (drawn.id, sample_order(drawn.records, drawn.id))
        built = self._screened.built
        if self._pooled[:2] != (drawn.id, built):
            at_stage = self._ledger.at_stage
            pool = [r for r in self._sampled[1] if at_stage(r, STAGE) or self._stopped(r)]
            self._pooled = (drawn.id, built, pool)
        return self._pooled[2]

    def _since(self) -> tuple[str, int]:
        """Since when the target stands as it does, and how many decisions there were before."""
        if self._declared[0] != self._review.protocol_version:
            self._declared = (self._review.protocol_version, *target_set(self._review, self._ledger))
        return self._declared[1:]


def target_set(review: Reviewed, ledger: Ledger) -> tuple[str, int]:
    """Since when the target stands, "" while that is not stored, and how many decisions came before.

    Counted are decisions on title and abstract that were made here, changed and undone ones too.
    """
    wanted, since = review.protocol.stopping, ""
    for at, _by, protocol in review.protocols():
        since = (since or at) if protocol.stopping == wanted else ""
    before = sum(
        event.kind == Kind.DECIDE
        and event.stage == STAGE
        and "from" not in event.body
        and (not since or event.at < since)
        for event in ledger.events.values()
    )
    return since, before


def seconds_each(ledger: Ledger, by: str) -> list[float]:
    """Seconds of a reviewer's timed decisions on title and abstract, in order."""
    each = (
        event.body.get("seconds")
        for event in ledger.events.values()
        if event.kind == Kind.DECIDE and event.by == by and event.stage == STAGE
    )
    return [float(seconds) for seconds in each if isinstance(seconds, int | float) and seconds > 0]


def begin_sample(session: Session, watch: Watch) -> Change:
    """Draw a random sample of the undecided records: screening goes on in its order.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: nothing is undecided, or a sample that holds all of it is drawn already.
    """
    need_screening(session)
    records = watch.undecided()
    look = watch.look()
    if not records:
        raise UsageError("No record is undecided, so there is nothing to draw a sample from.")
    if look.sample is not None and not look.outside:
        raise UsageError("A random sample is drawn already, and screening follows its order.")
    level = watch.level()
    event = session.event(Kind.SAMPLE, "", {"records": records, "level": level}, stage=STAGE)
    size = counted(len(records), "record")
    change = _saved(session, event, f"Random sample of {size}: its order is followed")
    session.queue.next_undecided(here=True)
    return change


def stop(session: Session, watch: Watch, rule: str, place: Removal, checked: Sequence[str] = ()) -> Change:
    """Stop screening: the undecided records stay unscreened, with the numbers of this moment.

    Args:
        session: whose word it is.
        watch: the numbers.
        rule: why, in words; the summary and PRISMA name it.
        place: where PRISMA counts the records.
        checked: what the person has confirmed, by id in `safe.CHECKS`.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: nothing is undecided, or the rule has no words.
    """
    need_screening(session)
    rule = clean_line(rule)
    if not rule:
        raise UsageError("Say in words by which rule screening stops, such as 100 irrelevant in a row.")
    reports = watch.undecided()
    if not reports:
        raise UsageError("No record is undecided, so there is nothing to stop.")
    # Whichever record comes to stand for a report that was left, it was left.
    find, cluster = session.review.records.find, session.ledger.cluster
    records = [member for report in reports for member in cluster(report) if find(member) is not None]
    body: dict[str, object] = {"rule": rule, "place": str(place), "records": records, "reports": len(reports)}
    body["numbers"] = watch.look().numbers()
    if checked:
        body["checked"] = list(dict.fromkeys(checked))
    event = session.event(Kind.STOP, "", body, stage=STAGE)
    stay = counted(len(reports), "record stays", "records stay")
    return _saved(session, event, f"Stopped: {stay} unscreened ({rule})")


def left_by(stop: Event) -> int:
    """How many reports a stop has left; it names all records of each."""
    reports = stop.number("reports")
    return len(stop.records) if reports is None else reports


def take_back(session: Session) -> Change:
    """Take the own newest stop back: its records are to be screened again.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: there is no own stop.
    """
    own = [event for event in session.ledger.stops if event.by == session.by]
    if not own:
        others = {event.by for event in session.ledger.stops}
        hint = f" {', '.join(sorted(map(clean_line, others)))} stopped; only they can." if others else ""
        raise UsageError(f"There is no stop of {clean_line(session.by)} to take back.{hint}")
    session.must_be_writable()
    event = session.author.event(
        Kind.UNDO,
        log=session.review.log,
        seq=session.review.next_seq,
        stage=STAGE,
        replaces=(own[-1].id,),
    )
    return _saved(session, event, f"Taken back: screening stopped ({own[-1].rule})")


def _saved(session: Session, event: Event, words: str) -> Change:
    session.save([event])
    session.queue.renew()
    return Change(event, "", clean_line(words))


def need_screening(session: Session) -> None:
    """Refuse a stage at which screening is not stopped.

    Raises:
        UsageError: it is that of full texts.
    """
    if session.stage != STAGE:
        raise UsageError("Stopping is for title and abstract: every full text that is sought is assessed.")


def _rounded(value: float) -> float:
    """Six digits that count: what is below is noise."""
    return float(f"{value:.6g}")
