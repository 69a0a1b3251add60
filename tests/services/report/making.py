"""A review in which everything has happened that a report speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tamis.domain.events import Event, Stage, Verdict
from tamis.domain.ledger import Ledger
from tamis.services.linking import RULE
from tamis.services.screening import Session
from tamis.services.sourcing import named, tell
from tests.services.helpers import add, author, make_review, ris

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.store.review import Review

BOTH = (str(Stage.TITLE_ABSTRACT), str(Stage.FULL_TEXT))
MADE = "2026-03-02T08:00:00Z"
STRATEGY = "1. exp Liver Neoplasms/\n2. (liver adj3 metasta$).ti,ab.\n3. 1 and 2"


class Clock:
    """Seconds that pass between two looks."""

    def __init__(self, step: float) -> None:
        self._now, self._step = 0.0, step

    def __call__(self) -> float:
        """The time, a step later than before."""
        self._now += self._step
        return self._now


def rich(folder: Path) -> Review:
    """Two databases, a register and a website; duplicates, two reviewers, both stages, studies, a stop."""
    review = make_review(folder / "review", stages=BOTH)
    add(
        review,
        folder / "a.ris",
        ris(*(f"Trial {n} of ablation" for n in range(1, 9)), T2="Ann Surg"),
        database="MEDLINE",
    )
    add(review, folder / "b.ris", ris(*(f"Trial {n} of ablation?" for n in range(1, 7))), database="Embase")
    add(review, folder / "c.ris", ris("Registered"), database="WHO ICTRP", kind="register")
    add(review, folder / "d.ris", ris("Found on a page", "Found, too"), database="A site", kind="website")
    ann = Session(review, author("Ann"), clock=Clock(7.5))
    ids = [record.id for record in review.records]
    a, b = ids[:8], ids[8:14]
    facts = {"platform": "Ovid", "searched": "2026-02-01", "strategy": STRATEGY, "limits": "from 2000"}
    tell(review, ann.ledger, ann.author, named(review, ann.ledger, "MEDLINE"), facts)
    say(review, ann, RULE, "duplicate", a[0], of=b[0])
    say(review, ann, RULE, "duplicate", a[1], of=b[1])
    say(review, ann, "Ann", "duplicate", a[1], of=b[1])
    say(review, ann, "Ann", "duplicate", a[2], of=b[2])
    say(review, ann, "Ann", "distinct", a[3], of=b[3])
    say(review, ann, "Ann", "remove", b[4], how="automation", rule="not in English")
    heads = [record for record in ids if ann.ledger.at_stage(record, BOTH[0])]
    kept = heads[:8]
    for n, record in enumerate(kept):
        ann.queue.go_to(record)
        ann.decide(Verdict.INCLUDE if n < 6 else Verdict.EXCLUDE, ["population"] if n >= 6 else [])
    ben = Session(review, author("Ben"), ledger=ann.ledger)
    for n, record in enumerate(kept[:5]):
        ben.decide_record(
            record, Verdict.EXCLUDE if n == 4 else Verdict.INCLUDE, ["design"] if n == 4 else []
        )
    ben.decide_record(kept[4], Verdict.INCLUDE)
    full = Session(review, ann.author, stage=BOTH[1], ledger=ann.ledger)
    full.decide_record(kept[0], Verdict.EXCLUDE, ["design", "population"])
    full.decide_record(kept[1], Verdict.INCLUDE)
    full.decide_record(kept[2], Verdict.INCLUDE)
    say(review, ann, "Ann", "retrieve", kept[3], retrieved=False)
    for record in kept[1:3]:
        say(review, ann, "Ann", "study", record, study="ALPHA")
    say(review, ann, "Ann", "edit", kept[0], field="title", value="Trial 1 of ablation, corrected", was="x")
    left = [record for record in ids if ann.ledger.state(record) == "screening"]
    numbers: dict[str, Any] = {"records": 13, "screened": 8, "relevant": 6, "in_a_row": 2, "target": 0.95}
    numbers |= {"sample": {"p": 0.04}}
    say(
        review,
        ann,
        "Ann",
        "stop",
        "",
        rule="50 in a row",
        place="excluded",
        records=left[:3],
        numbers=numbers,
    )
    say(review, ann, "Ann", "previous", "", studies=4, reports=5)
    return review


def say(
    review: Review, session: Session, by: str, kind: str, record: str, stage: str = "", **body: Any
) -> None:
    """Write one more event of anybody."""
    seq = review.next_seq
    event = Event(
        id=f"z-{seq:06}",
        kind=kind,
        by=by,
        at="2026-03-01T12:00:00Z",
        log=review.log,
        seq=seq,
        record=record,
        stage=stage,
        body=body,
    )
    session.save([event])


def ledger(review: Review) -> Ledger:
    """The fold of a review's events."""
    return Ledger(review.events())
