"""Replaying a finished screening in the order that the ranking would have shown it."""

from __future__ import annotations

import mmap
import random
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

from tamis import formats
from tamis.domain.events import Stage
from tamis.domain.ledger import Ledger
from tamis.domain.plural import counted
from tamis.domain.record import Record
from tamis.domain.states import Outcome
from tamis.domain.text import clean_line
from tamis.errors import FormatError, UsageError
from tamis.services import simulating_measures as measures
from tamis.services.catalogue import record_at
from tamis.services.importing import must_be_file, unreadable
from tamis.services.ranking.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from tamis.services.ranking.ranker import Ranker
    from tamis.services.ranking.words import Words
    from tamis.store.review import Review

MEASURES: Final[dict[str, Callable[[Sequence[bool]], float]]] = {
    "recall@10%": lambda found: measures.recall(found, 0.1),
    "recall@20%": lambda found: measures.recall(found, 0.2),
    "recall@50%": lambda found: measures.recall(found, 0.5),
    "wss@95%": measures.wss,
    "atd": measures.average_time_to_discovery,
    "loss": measures.loss,
    "ndcg": measures.ndcg,
}
"""What is measured of each replay, by the name people and scripts know it by."""


@dataclass(slots=True)
class Labelled:
    """Records of which it is known whether they are relevant.

    Attributes:
        name: of the file or the review.
        texts: what ranking reads of each.
        places: where each stands in the file or the review, from 1.
        labels: whether it is relevant.
        notes: sentences on what was left out or should be known.
    """

    name: str
    texts: list[Words] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    labels: list[bool] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def relevant(self) -> int:
        """How many are relevant."""
        return sum(self.labels)


@dataclass(frozen=True, slots=True)
class Replay:
    """One replay.

    Attributes:
        seed: which known records it began with.
        priors: their rows.
        order: rows as they were shown, up to the last relevant one.
        found: for every record but the priors, in the order shown, whether it is relevant. Those behind the
            last relevant one are all irrelevant.
    """

    seed: int
    priors: tuple[int, ...]
    order: tuple[int, ...]
    found: tuple[bool, ...]

    def measured(self) -> dict[str, float]:
        """All of `MEASURES`."""
        return {name: measure(self.found) for name, measure in MEASURES.items()}


def labelled_file(path: Path, stage: str = "") -> Labelled:
    """The labelled records of a file.

    Args:
        path: any file of references that tamis reads, with decisions or a column of labels.
        stage: whose decision is the label; "" for the last one that a record has.

    Raises:
        FormatError: it cannot be read.
        UsageError: its labels cannot be replayed; one sentence.
    """
    name = clean_line(path.name)
    must_be_file(path, name)
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            reading = formats.read(data, name=name, hint=formats.Hint())
            labelled = _labelled(name, ((r, _label(r, stage)) for r in reading if isinstance(r, Record)))
    except OSError as error:
        raise FormatError(unreadable(name, error)) from error
    if reading.problems:
        labelled.notes.append(f"{counted(len(reading.problems), 'record')} could not be read.")
    return labelled


def labelled_review(review: Review, stage: str = "") -> Labelled:
    """The decided records of a review, duplicates and removed ones left out.

    Args:
        review: an open review.
        stage: whose decisions are the labels; "" for title and abstract.

    Raises:
        UsageError: its decisions cannot be replayed; one sentence.
    """
    ledger = Ledger(review.events())
    stage = stage or Stage.TITLE_ABSTRACT

    def decided() -> Iterable[tuple[Record, str]]:
        for index in range(len(review.records)):
            record = record_at(review, ledger, index)
            if ledger.is_duplicate(record.id) or ledger.removal(record.id) is not None:
                continue
            yield record, ledger.outcome(record.id, stage)

    return _labelled(clean_line(review.protocol.title), decided())


def _label(record: Record, stage: str) -> str:
    """`include`, `exclude`, `conflict` of those who decided on it in the file, or ""."""
    stages = (stage,) if stage else (Stage.FULL_TEXT.value, Stage.TITLE_ABSTRACT.value)
    for one in stages:
        said = {d.verdict for d in record.decisions if d.stage == one} & {Outcome.INCLUDE, Outcome.EXCLUDE}
        if said:
            return Outcome.CONFLICT if len(said) > 1 else next(iter(said))
    return ""


def _labelled(name: str, records: Iterable[tuple[Record, str]]) -> Labelled:
    found = Labelled(name)
    conflicts = without = bare = 0
    said: dict[Words, set[bool]] = {}
    for place, (record, label) in enumerate(records, 1):
        if label not in (Outcome.INCLUDE, Outcome.EXCLUDE):
            conflicts += label == Outcome.CONFLICT
            without += label != Outcome.CONFLICT
            continue
        texts = words_of(record)
        found.texts.append(texts)
        found.places.append(place)
        found.labels.append(label == Outcome.INCLUDE)
        bare += not texts.abstract
        said.setdefault(texts, set()).add(label == Outcome.INCLUDE)
    if conflicts:
        found.notes.append(f"{counted(conflicts, 'record')} with both include and exclude left out.")
    if without:
        found.notes.append(f"{counted(without, 'record')} without include or exclude left out.")
    if found.labels and bare == len(found.labels):
        found.notes.append("No record has an abstract: the order rests on titles alone.")
    if both := sum(len(labels) > 1 for labels in said.values()):
        found.notes.append(
            f"{counted(both, 'text is', 'texts are')} labelled both ways: "
            "no order can tell such records apart."
        )
    _must_be_two_kinds(found)
    return found


def _must_be_two_kinds(found: Labelled) -> None:
    total, relevant = len(found.labels), found.relevant
    if not total:
        raise UsageError(
            f"{found.name} says of no record whether it was included: name a review that was screened, or a "
            "file with decisions or a column such as label_included."
        )
    if total == 1:
        raise UsageError(f"{found.name} has one labelled record: there is nothing to put in order.")
    if relevant in (0, total):
        kind, other = ("included", "excluded") if relevant else ("excluded", "included")
        raise UsageError(
            f"{found.name}: all {total:,} labelled records are {kind}; a replay needs some that are {other}."
        )


def priors(labels: Sequence[bool], seed: int, relevant: int = 1, irrelevant: int = 1) -> tuple[int, ...]:
    """Rows of records that are known before a replay begins, drawn at random, the relevant ones first.

    The same on every version of Python: of its generator only `random()` is promised to stay.

    Raises:
        UsageError: there are not so many that one of each kind is left to be found.
    """
    draw = random.Random(seed).random  # noqa: S311 - no secret
    drawn: list[int] = []
    for wanted, kind, name in ((relevant, True, "relevant"), (irrelevant, False, "irrelevant")):
        rows = [row for row, label in enumerate(labels) if label is kind]
        if wanted >= len(rows):
            raise UsageError(
                f"--priors asks for {wanted:,} {name} of {len(rows):,} labelled so: "
                "one at least has to be left to be found."
            )
        drawn += [rows.pop(int(draw() * len(rows))) for _ in range(wanted)]
    return tuple(drawn)


def replay(
    ranker: Ranker,
    labels: Sequence[bool],
    known: Sequence[int],
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """Show the most likely relevant record, learn its label, and so on, until all relevant ones are found.

    Args:
        ranker: of the records' features.
        labels: of all records.
        known: rows that are known beforehand.
        seed: what `known` was drawn with, to tell replays apart.
        progress: called now and then with relevant records found and their number; may raise to stop.
    """
    said = {row: labels[row] for row in known}
    wanted = sum(labels) - sum(said.values())
    order: list[int] = []
    hits = 0
    while hits < wanted:
        if progress is not None and len(order) % 50 == 0:
            progress(hits, wanted)
        row = int(ranker.rank(said).order[0])
        said[row] = labels[row]
        order.append(row)
        hits += labels[row]
    rest = len(labels) - len(said)
    found = (*(labels[row] for row in order), *([False] * rest))
    return Replay(seed, tuple(known), tuple(order), found)


def averages(replays: Sequence[Replay]) -> dict[str, float]:
    """The mean of each measure over replays."""
    every = [one.measured() for one in replays]
    return {name: fmean(one[name] for one in every) for name in MEASURES}


def discovery(replays: Sequence[Replay], points: int = 200) -> list[tuple[float, float]]:
    """The mean discovery curve.

    Returns:
        (records screened, relevant records found), from (0, 0) to the end, about `points` of them.
    """
    total = len(replays[0].found)
    places = sorted({0, total, *(round(total * n / points) for n in range(points))})
    return [(float(x), fmean(sum(one.found[:x]) for one in replays)) for x in places]


def to_doc(labelled: Labelled, replays: Sequence[Replay]) -> dict[str, Any]:
    """A JSON object."""
    return {
        "name": labelled.name,
        "records": len(labelled.labels),
        "relevant": labelled.relevant,
        "notes": labelled.notes,
        "mean": _rounded(averages(replays)),
        "replays": [
            {
                "seed": one.seed,
                "priors": [labelled.places[row] for row in one.priors],
                "order": [labelled.places[row] for row in one.order],
                "measures": _rounded(one.measured()),
            }
            for one in replays
        ],
        "curve": [[round(x), round(y, 4)] for x, y in discovery(replays)],
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
