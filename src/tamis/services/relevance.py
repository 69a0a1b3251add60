"""The order by relevance while screening: what the model learns from, what leads before it can, and why.

It learns from the reviewer's own decisions at the stage and from nobody else's, so that two reviewers stay
blind to each other. Include and maybe count as relevant, exclude as irrelevant. Until there is one of each,
the criteria of the protocol and its highlight terms lead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Order, Verdict
from tamis.domain.text import fold
from tamis.errors import UsageError
from tamis.services import ranking
from tamis.services.catalogue import record_at
from tamis.services.languages import Languages
from tamis.services.ranking.background import DAMAGED, Background, Question
from tamis.services.ranking.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tamis.domain.ledger import Ledger
    from tamis.domain.protocol import Protocol
    from tamis.services.languages import Few
    from tamis.services.queue import Queue
    from tamis.services.ranking.background import Answer
    from tamis.services.ranking.terms import Term
    from tamis.services.screening import Session
    from tamis.store.review import Review

CACHE: Final = "cache"
"""The folder in the review for what can be made anew."""
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_EMPTY: Final = frozenset(
    re.findall(
        r"\w+",
        """
        inal about adult after also among because been before being between both comparing compared
        could does during each either ever fewer from have having into least less many more most
        must neither none only other over same shall should since some study studies such than that
        their them then there these they this those through under until were what when where whether
        which while will with without would
        """,
    )
)
"""Words of four letters or more that say nothing of what a criterion asks for."""
_SIGNS: Final = 10
"""Signs for the term that counts most."""
_SAMPLED: Final = 1_000
"""Records that are looked at to tell whether most have an abstract."""


class Relevance:
    """Guides a session's queue by relevance, whenever that is the order in force.

    Args:
        session: is guided from here on.
        tell: called, also in another thread, when something has changed.
    """

    def __init__(self, session: Session, tell: Callable[[], None] = lambda: None) -> None:
        self._session = session
        self._tell = tell
        self._labels: dict[int, bool] | None = None
        self._background: Background | None = None
        self._rows = -1
        self._taken: Answer | None = None
        self._bare: bool | None = None
        self._languages: Languages | None = None
        session.guide = session.queue.guide = self
        self.ask()

    @property
    def on(self) -> bool:
        """Whether the order by relevance is in force."""
        return self._session.queue.chosen.order is Order.RELEVANCE

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._background is None or self._background.standing.idle

    def begin(self, patience: float = 2.0) -> None:
        """Let the first record be one that is ranked, if that takes a moment only.

        Args:
            patience: seconds to wait at most; none where the words of records are still to be counted.
        """
        until = monotonic() + patience
        while self._background is not None and not self.idle and monotonic() < until:
            if self._background.standing.counted:
                return
            sleep(0.005)
        if self.on:
            self._session.resume()

    def wait(self, patience: float = 60.0) -> bool:
        """Wait until nothing is under way, for scripts and tests; whether that was in time."""
        until = monotonic() + patience
        while not self.idle and monotonic() < until:
            sleep(0.002)
        return self.idle

    def close(self) -> None:
        """End what is under way."""
        if self._background is not None:
            self._background.close()

    # What the queue asks and tells

    def newest(self, queue: Queue) -> Answer | None:
        """A ranking of this queue's records that it has not taken yet."""
        answer = None if self._background is None else self._background.standing.answer
        if answer is None or answer is self._taken or answer.question.eligible is not queue.eligible:
            return None
        self._taken = answer
        return answer

    def learn(self, index: int, verdict: Verdict) -> None:
        """A record was decided on."""
        if self._labels is not None:
            if verdict is Verdict.UNDECIDED:
                self._labels.pop(index, None)
            else:
                self._labels[index] = verdict is not Verdict.EXCLUDE
        self.ask()

    def renewed(self) -> None:
        """Decisions, or what belongs to the queue, have changed otherwise than by a new decision."""
        self._labels = None
        self.ask()

    def ask(self) -> None:
        """Ask for a ranking by what is decided now."""
        session = self._session
        if not self.on or not ranking.available():
            return
        if self._labels is None:
            self._labels = labels_of(session)
        rows = len(session.review.records)
        if self._background is None or rows != self._rows:
            self.close()
            self._rows, self._taken, self._bare, self._languages = rows, None, None, None
            review = session.review
            kept = kept_at(review, session.ledger)
            self._background = Background(
                review.folder, kept, rows, writable=review.writable, tell=lambda: self._tell()
            )
        hints = hints_of(session.review.protocol)
        self._background.ask(Question(dict(self._labels), hints, session.queue.eligible))

    # What people are told

    @property
    def _in(self) -> Answer | None:
        """The ranking that the list is in: what another list has taken says nothing of this one."""
        return self._taken if self._session.queue.model else None

    def words(self) -> str:
        """The order in a word or two."""
        if (answer := self._in) is not None:
            if answer.led:
                return "criteria"
            return "relevance" if any(answer.labelled.values()) else "as imported"
        standing = self._background.standing if self._background else None
        if standing is None or standing.problem not in ("", DAMAGED):
            return "not ranked"
        return f"ranking: {standing.counted:,} read" if standing.counted else "ranking"

    def sentence(self) -> str:
        """What the order is made of, or why there is none; "" when another one is in force."""
        if not self.on:
            return ""
        try:
            ranking.require()
        except UsageError as error:
            return str(error)
        if len(self._session.queue.eligible) < 2:
            return "There is nothing to put in order: a list by relevance needs two records."
        standing = self._background.standing if self._background else None
        if standing is None or (standing.problem and standing.problem != DAMAGED):
            return f"{standing.problem if standing else ''} The order stays as it is."
        answer = self._in
        if answer is None:
            waits = standing.answer
            if waits is not None and waits.question.eligible is self._session.queue.eligible:
                return "Ranked; taken with the next record."
            return f"{standing.problem} Ranking; as imported until then.".strip()
        said = [_led_by(answer)]
        if answer.contradicted:
            said.append(f"{answer.contradicted:,} on equal texts differ.")
        if self._mostly_bare():
            said.append("Few abstracts: titles decide.")
        if few := self._few(answer):
            said.append(str(few))
        return " ".join(said)

    def why(self, n: int = 4) -> Why:
        """Why the current record is where it is.

        Args:
            n: so many terms for it, and so many against it, at most.

        Raises:
            UsageError: there is no record, or no ranking yet.
        """
        session = self._session
        session.need_record()
        if not self.on:
            raise UsageError("The records are not ordered by relevance.")
        answer, index = self._in, session.current
        if answer is None or index is None:
            raise UsageError(self.sentence() or "No ranking is there yet.")
        record = record_at(session.review, session.ledger, index)
        shown, few = session.queue.rank(), self._few(answer)
        if shown.get("model", answer.version) != answer.version:
            shown = {}  # it came up in an earlier ranking
        return Why(
            rank=shown.get("rank"),
            of=shown.get("of"),
            version=answer.version,
            led=_led_by(answer),
            languages=few.words if few else "",
            terms=tuple(answer.why(index, words_of(record), n)),
        )

    def _few(self, answer: Answer) -> Few | None:
        """Languages in which little is decided; none are told while the criteria lead."""
        if answer.led:
            return None
        eligible = self._session.queue.eligible
        if self._languages is None or self._languages.eligible is not eligible:
            self._languages = Languages(self._session.review.records, eligible)
        return self._languages.few(answer.labelled)

    def _mostly_bare(self) -> bool:
        """Whether most records have no abstract, as far as a look at some of them tells."""
        if self._bare is None:
            records, eligible = self._session.review.records, self._session.queue.eligible
            seen = eligible[:: max(1, len(eligible) // _SAMPLED)]
            self._bare = 2 * sum(b'"abstract":' not in records.raw(index) for index in seen) > len(seen)
        return self._bare


@dataclass(frozen=True, slots=True)
class Why:
    """Why a record is where it is.

    Attributes:
        rank: its place among those that are still to come, from 1; None when it was shown before.
        of: how many those are.
        version: of the model.
        led: what the order is made of, a sentence.
        languages: a sentence where records are in several and little is decided in some, else "".
        terms: those that count most for it, then those that count most against it.
    """

    rank: int | None
    of: int | None
    version: str
    led: str
    languages: str
    terms: tuple[Term, ...]

    @property
    def text(self) -> str:
        """The same in lines, with signs for how much a term counts against the strongest one."""
        place = "Shown before." if self.rank is None or self.of is None else f"{self.rank:,} of {self.of:,}."
        strongest = max((abs(term.weight) for term in self.terms), default=0.0)
        lines = [self.led, *filter(None, [self.languages]), f"{place} Model {self.version}"]
        for head, sign, terms in (
            ("For it", "+", [term for term in self.terms if term.weight > 0]),
            ("Against it", "-", [term for term in self.terms if term.weight < 0]),
        ):
            signs = [sign * max(1, round(_SIGNS * abs(term.weight) / strongest)) for term in terms]
            listed = [f"  {much:<{_SIGNS}} {t.text}" for much, t in zip(signs, terms, strict=True)]
            lines += [head, *(listed or ["  nothing"])]
        return "\n".join(lines)


def labels_of(session: Session) -> dict[int, bool]:
    """The reviewer's own decisions at the stage: index -> whether the record is relevant."""
    ledger, find, stage = session.ledger, session.review.records.find, session.stage
    found: dict[int, bool] = {}
    for record in ledger.voted(stage):
        standing = ledger.stands_for(record)
        vote, index = ledger.vote(standing, stage, session.by), find(standing)
        if vote is not None and index is not None and ledger.at_stage(standing, stage):
            found[index] = vote.verdict is not Verdict.EXCLUDE
    return found


def hints_of(protocol: Protocol) -> dict[str, bool]:
    """Terms that speak for a record (True) or against it, from highlight sets, criteria and question.

    Regular expressions say nothing here. Words that stand in criteria of both kinds say nothing either.
    """
    wanted = set(_words((protocol.question, *protocol.include)))
    unwanted = set(_words(protocol.exclude))
    hints = dict.fromkeys(sorted(wanted - unwanted), True) | dict.fromkeys(sorted(unwanted - wanted), False)
    for terms in protocol.highlight:
        if terms.speaks != "neither":
            speaks = terms.speaks == "include"
            hints |= {hint: speaks for term in terms.terms if (hint := _hint(term))}
    return hints


def kept_at(review: Review, ledger: Ledger) -> Path:
    """Where features of the records as they are now are kept; other records, or corrections, another file."""
    made_of = blake2b(digest_size=8)
    for source in review.sources:
        made_of.update(f"{source.sha256} {source.imported}\n".encode())
    for record in sorted(ledger.corrected):
        for name, event in sorted(ledger.corrections(record).items()):
            made_of.update(f"{record} {name} {event.id}\n".encode("utf-8", "replace"))
    return review.folder / CACHE / f"relevance-{made_of.hexdigest()}.npz"


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in _WORD.findall(fold(text)) if word not in _EMPTY]


def _hint(term: str) -> str:
    """A highlight term as ranking reads hints, "" for one it cannot: it knows `*` at the end of words."""
    if term.startswith("/"):
        return ""
    hint = " ".join(re.sub(r"[$*?#].*", "*", word) for word in fold(term).split())
    return "" if any(len(word) < 4 for word in hint.split() if word.endswith("*")) else hint


def _led_by(answer: Answer) -> str:
    labels, hints = answer.labelled.values(), answer.question.hints
    if any(labels) and not all(labels):
        return "Ordered by your decisions."
    missing = "1 include and 1 exclude"
    if labels:
        missing = "1 exclude" if all(labels) else "1 include"
    if hints:
        return f"Ordered by criteria until {missing}."
    if any(labels):
        return "Ordered by likeness to the included until 1 exclude."
    return f"As imported until {missing}: no criteria."
