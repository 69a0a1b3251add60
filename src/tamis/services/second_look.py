"""Decisions that a model finds surprising: a list to look at a second time, and never a change.

Each decided record is scored by a model that has learnt from the other decisions alone. Records are put into
`FOLDS` parts by a hash of their ids, so the parts, and with them the list, are the same on every machine.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from hashlib import sha256
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tamis.domain.events import Verdict
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services import ranking
from tamis.services.catalogue import record_at
from tamis.services.ranking.words import words_of
from tamis.services.wording import stage_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.services.ranking.ranker import Ranker
    from tamis.services.ranking.words import Words
    from tamis.store.review import Review

FOLDS: Final = 10
LEAST: Final = 5
"""Fewer relevant or irrelevant records say too little."""
TERMS: Final = 5
"""So many terms are named that speak against a decision."""


class Odd(NamedTuple):
    """A labelled row whose score is more like those of the other label.

    Attributes:
        row: which.
        beyond: how many rows with the other label have a score that is less like it than this one's.
        of: rows with the other label.
        reach: how far beyond the middle between both labels, for the order of equals.
    """

    row: int
    beyond: int
    of: int
    reach: float


@dataclass(frozen=True, slots=True)
class Surprise:
    """A decision that the model did not expect.

    Attributes:
        record: its id.
        verdict: the decision.
        beyond: of the reviewer's records with the other label, how many the model holds for less likely to
            have it than this one.
        of: how many there are.
        against: terms of the record that speak against the decision, the strongest first.
    """

    record: str
    title: str
    verdict: Verdict
    beyond: int
    of: int
    against: tuple[str, ...]

    @property
    def words(self) -> str:
        """Why it is surprising, in a few words."""
        if self.verdict is Verdict.EXCLUDE:
            return f"looks more relevant than {self.beyond:,} of your {self.of:,} not excluded"
        return f"looks less relevant than {self.beyond:,} of your {self.of:,} excluded"

    def to_doc(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "record": self.record,
            "title": self.title,
            "verdict": str(self.verdict),
            "beyond": self.beyond,
            "of": self.of,
            "words": self.words,
            "against": list(self.against),
        }


def surprising(review: Review, ledger: Ledger, stage: str, by: str, limit: int) -> list[Surprise]:
    """A reviewer's decisions that are most against what the model has learnt from their other ones.

    Maybe counts as relevant. A decision is listed when its record looks more like those with the other label
    than half of these do.

    Args:
        review: an open review.
        ledger: the fold of its events.
        stage: whose decisions.
        by: the reviewer; others' decisions are not looked at.
        limit: at most so many, the most surprising.

    Raises:
        UsageError: what ranking needs is not installed, or too few decisions of either kind; one sentence.
    """
    ranking.require()
    verdicts = _decided(review, ledger, stage, by)
    labels = [verdict is not Verdict.EXCLUDE for verdict in verdicts.values()]
    relevant = sum(labels)
    if min(relevant, len(labels) - relevant) < LEAST:
        raise UsageError(
            f"A model can be surprised once {clean_line(by)} has excluded {LEAST} records at "
            f"{stage_words(stage)} and not excluded {LEAST}; so far {len(labels) - relevant:,} and "
            f"{relevant:,}."
        )

    from tamis.services.ranking.features import Features
    from tamis.services.ranking.ranker import Ranker

    ids = list(verdicts)
    records = [record_at(review, ledger, review.records.position(record)) for record in ids]
    texts = [words_of(record) for record in records]
    ranker = Ranker(Features.build(texts))
    folds = [fold(record) for record in ids]
    odd = oddities(labels, cross_scores(ranker, labels, folds))[:limit]
    terms = _against(ranker, labels, folds, texts, [one.row for one in odd])
    return [
        Surprise(
            record=ids[row],
            title=records[row].title,
            verdict=verdicts[ids[row]],
            beyond=beyond,
            of=of,
            against=terms[row],
        )
        for row, beyond, of, _ in odd
    ]


def fold(record: str) -> int:
    """The part that a record is in, 0 to `FOLDS` - 1, by its id alone."""
    return int.from_bytes(sha256(record.encode()).digest()[:8], "big") % FOLDS


def cross_scores(ranker: Ranker, labels: Sequence[bool], folds: Sequence[int]) -> dict[int, float]:
    """The score of each row by a model that has not seen its part; see `ranker.Ranking.scores`.

    Args:
        ranker: of the rows.
        labels: whether each is relevant.
        folds: the part that each is in.

    Returns:
        Scores by row, without parts behind which only one label would be left to learn from.
    """
    found: dict[int, float] = {}
    for part in sorted(set(folds)):
        known = _without(labels, folds, part)
        if len(set(known.values())) == 2:
            scores = ranker.rank(known).scores
            found |= {row: float(scores[row]) for row, of in enumerate(folds) if of == part}
    return found


def oddities(labels: Sequence[bool], scores: Mapping[int, float]) -> list[Odd]:
    """Rows that look more like those with the other label than half of these do, the oddest first. Pure.

    Args:
        labels: whether each row is relevant.
        scores: of rows; the higher the more likely relevant.
    """
    by_label = {
        label: sorted(score for row, score in scores.items() if labels[row] is label)
        for label in (True, False)
    }
    if not all(by_label.values()):
        return []
    middle = fmean(map(fmean, by_label.values()))
    found: list[Odd] = []
    for row, score in scores.items():
        others = by_label[not labels[row]]
        beyond = len(others) - bisect_right(others, score) if labels[row] else bisect_left(others, score)
        if 2 * beyond > len(others):
            reach = middle - score if labels[row] else score - middle
            found.append(Odd(row, beyond, len(others), reach))
    return sorted(found, key=lambda odd: (-odd.beyond / odd.of, -odd.reach, odd.row))


def _decided(review: Review, ledger: Ledger, stage: str, by: str) -> dict[str, Verdict]:
    """The reviewer's verdicts on reports that are at the stage, by record, in the order of the import."""
    heads = {ledger.stands_for(record) for record in ledger.voted(stage)}
    found = {
        position: (head, vote.verdict)
        for head in heads
        if (vote := ledger.vote(head, stage, by)) is not None
        and ledger.at_stage(head, stage)
        and (position := review.records.find(head)) is not None
    }
    return dict(found[position] for position in sorted(found))


def _without(labels: Sequence[bool], folds: Sequence[int], part: int) -> dict[int, bool]:
    return {row: label for row, label in enumerate(labels) if folds[row] != part}


def _against(
    ranker: Ranker, labels: Sequence[bool], folds: Sequence[int], texts: Sequence[Words], rows: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """The terms that speak against the label of rows, by the models that have not seen them."""
    found: dict[int, tuple[str, ...]] = {}
    for part in {folds[row] for row in rows}:
        ranker.rank(_without(labels, folds, part))
        for row in rows:
            if folds[row] == part:
                terms = ranker.why(row, texts[row], TERMS)
                found[row] = tuple(term.text for term in terms if (term.weight > 0) is not labels[row])
    return found
