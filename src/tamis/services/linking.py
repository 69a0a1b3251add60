"""Linking duplicates: pairs that the rule is certain of, and pairs that wait for a person."""

from __future__ import annotations

import dataclasses
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from tamis.domain.events import Kind
from tamis.domain.ledger import source_prefix
from tamis.domain.prisma import DATABASE_KINDS
from tamis.services import dedup
from tamis.services.catalogue import corrected, record_at, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tamis.domain.events import Event
    from tamis.domain.record import Record
    from tamis.services.dedup import Pair
    from tamis.services.screening import Session

RULE: Final = "rule:duplicates-1"
"""Who links certain pairs: this rule in this version, never a person."""
_EVERY: Final = 500


class Looked(NamedTuple):
    """What looking through the records gave, and of which records that holds.

    Attributes:
        of: how many records there were, and the corrections that stood.
        pairs: every pair that was proposed, in the records' order.
        worth: how complete the records of the pairs are.
    """

    of: tuple[int, frozenset[str]]
    pairs: list[Pair]
    worth: dict[str, tuple[int, int, int]]


class Linking:
    """The duplicates of a review: found once, then linked and judged.

    Args:
        session: whose review and reviewer.

    Attributes:
        pairs: every pair that was proposed, in the records' order.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.pairs: list[Pair] = []
        self._worth: dict[str, tuple[int, int, int]] = {}
        """How complete the records of the pairs are."""
        sources = told(session.review.sources, session.ledger)
        self._databases = {source.prefix for source in sources if source.kind in DATABASE_KINDS}
        self._linked: tuple[str, ...] = ()
        """The links that were made last, by id, until they are taken back."""
        self._taken_back = ""
        """The undo of them, until they are made again."""

    def look(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Look through all records, decided ones included; once, while the session has the same ones.

        Args:
            progress: called now and then with records looked at and their number; may raise to stop.
        """
        of = self._records_as_they_are()
        kept = self._session.looked
        if kept is None or kept.of != of:
            worth: dict[str, tuple[int, int, int]] = {}
            pairs = dedup.find(self._records(progress, worth))
            kept = Looked(of, pairs, {r: worth[r] for pair in pairs for r in (pair.first, pair.second)})
            self._session.looked = kept
        self.pairs, self._worth = kept.pairs, dict(kept.worth)

    def certain(self) -> list[Pair]:
        """Certain pairs that the rule may link.

        Nobody has spoken of them, no link of them was undone, and they join nothing that persons keep apart,
        nor a removed report with one that was not removed, nor reports of which a reviewer decided otherwise.
        """
        ledger = self._session.ledger
        said, taken_back = ledger.pair_words, ledger.taken_back
        free = [
            p
            for p in self.pairs
            if p.certain and not said(p.first, p.second) and not taken_back(p.first, p.second, RULE)
        ]
        apart = [pair for pair in ledger.pairs() if ledger.pair(*pair) == Kind.DISTINCT] if free else []
        apart += self._treated_otherwise(free)
        return dedup.joinable(free, ledger.clusters(), apart) if apart else free

    def _treated_otherwise(self, free: Sequence[Pair]) -> Iterator[tuple[str, str]]:
        """Reports that pairs would make one, of which a person must say what counts."""
        ledger, stages = self._session.ledger, self._session.review.protocol.stages
        head = ledger.stands_for
        for group in dedup.groups((head(pair.first), head(pair.second)) for pair in free):
            gone = {record: ledger.removal(record) is not None for record in group}
            said = {
                record: {(s, by): e.verdict for s in stages for by, e in ledger.votes(record, s).items()}
                for record in group
            }
            if not any(gone.values()) and sum(map(bool, said.values())) < 2:
                continue
            for a, b in combinations(group, 2):
                if gone[a] != gone[b] or any(
                    said[b].get(key, word) is not word for key, word in said[a].items()
                ):
                    yield a, b

    def linked(self) -> list[Pair]:
        """Pairs that the rule has linked and no person has spoken of."""
        said = self._session.ledger.pair_words
        return [p for p in self.pairs if set(said(p.first, p.second)) == {RULE}]

    def questions(self) -> list[Pair]:
        """Pairs that wait for a person, the most likely first; one for all between two clusters.

        These are the likely ones, and certain ones that the rule may not link.
        """
        word, free = self._session.ledger.pair, set(self.certain())
        return dedup.questions(
            dataclasses.replace(p, certain=said == Kind.DUPLICATE or p in free)
            for p in self.pairs
            if (said := word(p.first, p.second)) != Kind.DISTINCT
        )

    def link_certain(self) -> int:
        """Link every pair that the rule may link, all or none; links that were just taken back once more.

        Returns:
            How many links were made.

        Raises:
            NotSavedError: nothing was linked.
        """
        if self._taken_back:
            self._as_rule([(Kind.REDO, "", {}, (self._taken_back,))])
            self._taken_back = ""
            return len(self._linked)
        drafts = [(Kind.DUPLICATE, *self._link(pair), ()) for pair in self.certain()]
        self._linked = tuple(event.id for event in self._as_rule(drafts))
        self._let_stand()
        return len(drafts)

    def take_back(self) -> int:
        """Take the links back that `link_certain` made, all or none, unless the reviewer has acted since.

        Returns:
            How many links were taken back.

        Raises:
            NotSavedError: nothing was taken back.
        """
        own = self._session.ledger.undoable(self._session.by)
        if not self._linked or self._taken_back or (own is not None and own.id > self._linked[-1]):
            return 0
        [undo] = self._as_rule([(Kind.UNDO, "", {}, self._linked)])
        self._taken_back = undo.id
        return len(self._linked)

    def take_back_last(self) -> int:
        """Take back what the rule linked at one time, the last time that anything of it stands, all or none.

        Returns:
            How many links were taken back.

        Raises:
            NotSavedError: nothing was taken back.
        """
        links = [e for e in self._session.ledger.history(RULE) if e.kind == Kind.DUPLICATE]
        batch = tuple(e.id for e in links if e.id == links[0].id or _at_one_time(e, links[0]))
        if batch:
            self._as_rule([(Kind.UNDO, "", {}, batch)])
        return len(batch)

    def judge(self, pair: Pair, *, same: bool) -> Event:
        """Say that two records are of one report, or that they are not.

        Raises:
            NotSavedError: nothing was saved.
        """
        session = self._session
        record, body = self._link(pair)
        kind = Kind.DUPLICATE if same else Kind.DISTINCT
        event = session.event(kind, record, body if same else {"of": body["of"]}, field=str(body["of"]))
        session.save([event])
        if same:
            self._let_stand()
        return event

    def two(self, pair: Pair) -> tuple[Record, Record]:
        """The records of a pair, corrected."""
        return self._record(pair.first), self._record(pair.second)

    def _as_rule(self, drafts: Sequence[tuple[Kind, str, dict[str, object], tuple[str, ...]]]) -> list[Event]:
        """Save events by the rule, all or none."""
        session = self._session
        session.must_be_writable()
        rule = dataclasses.replace(session.author, by=RULE)
        seq = session.review.next_seq
        events = [
            rule.event(kind, log=session.review.log, seq=seq + n, record=record, body=body, replaces=replaces)
            for n, (kind, record, body, replaces) in enumerate(drafts)
        ]
        return list(session.save_as_one(events)) if events else []

    def _let_stand(self) -> None:
        """Let the most complete record stand for each cluster of which nobody has said anything else.

        Links name the more complete record of each pair, which leaves open who stands for a chain of them. Of
        a report that is decided on, one of a database or register takes the place of one found otherwise,
        where PRISMA counts it, if every decision stays what it is.
        """
        ledger, stages = self._session.ledger, self._session.review.protocol.stages
        drafts: list[tuple[Kind, str, dict[str, object], tuple[str, ...]]] = []
        for members in ledger.clusters():
            stands = ledger.stands_for(members[0])
            best = max(members, key=self._rank)
            if best == stands or (
                any(ledger.votes(stands, str(stage)) for stage in stages)
                and (self._rank(best)[0] == self._rank(stands)[0] or not self._agree(members, best))
            ):
                continue
            chosen = ledger.chosen(stands)
            if (chosen is None or chosen.by == RULE) and not any(
                ledger.removal(m) or ledger.stop(m) for m in members
            ):
                said = ledger.standing(Kind.STANDS, best, "", RULE)
                drafts.append((Kind.STANDS, best, {}, () if said is None else (said.id,)))
        self._as_rule(drafts)

    def _agree(self, members: Sequence[str], best: str) -> bool:
        """Whether no decision on a cluster changes when another member stands for it."""
        ledger = self._session.ledger
        for stage in map(str, self._session.review.protocol.stages):
            votes = ledger.votes(best, stage)
            own = [(by, e) for m in members for by, e in ledger.own_votes(m, stage).items()]
            own += [
                (by, e) for by in votes if (e := ledger.standing(Kind.DECIDE, best, stage, by)) is not None
            ]
            if any(by not in votes or not _same(votes[by], event) for by, event in own):
                return False
        return True

    def _link(self, pair: Pair) -> tuple[str, dict[str, object]]:
        """The record that is the duplicate, and the body of the event: the more complete one is `of`."""
        kept = max(pair.first, pair.second, key=self._rank)
        other = pair.second if kept == pair.first else pair.first
        return other, {"of": kept, "score": round(pair.score, 4), "why": list(pair.why)}

    def _rank(self, record_id: str) -> tuple[bool, tuple[int, int, int], int]:
        """Whether a database or register found it, then how complete it is; then the one imported first."""
        found = self._worth.get(record_id)
        if found is None:
            found = self._worth[record_id] = dedup.completeness(self._record(record_id))
        return (
            source_prefix(record_id) in self._databases,
            found,
            -self._session.review.records.position(record_id),
        )

    def _record(self, record_id: str) -> Record:
        review = self._session.review
        return record_at(review, self._session.ledger, review.records.position(record_id))

    def _records_as_they_are(self) -> tuple[int, frozenset[str]]:
        ledger = self._session.ledger
        corrections = (e.id for r in ledger.corrected for e in ledger.corrections(r).values())
        return len(self._session.review.records), frozenset(corrections)

    def _records(
        self, progress: Callable[[int, int], None] | None, worth: dict[str, tuple[int, int, int]]
    ) -> Iterator[Record]:
        records: Sequence[Record] = self._session.review.records
        total = len(records)
        for n, record in enumerate(records):
            if progress is not None and n % _EVERY == 0:
                progress(n, total)
            record = corrected(record, self._session.ledger)
            worth[record.id] = dedup.completeness(record)
            yield record


def _at_one_time(one: Event, other: Event) -> bool:
    return one.body.get("with") is not None and one.body["with"] == other.body.get("with")


def _same(one: Event, other: Event) -> bool:
    return (one.verdict, one.reasons) == (other.verdict, other.reasons)
