"""The rules of the ledger as its docstrings word them, applied to all events anew, plainly and slowly."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tamis.domain.events import SLOT_KINDS, Event, Verdict
from tamis.domain.ledger import Ledger, State, primary_reason, source_prefix

from .making import FT, STAGES, TA, is_action

if TYPE_CHECKING:
    from collections.abc import Iterable

PEOPLE = ("ann", "bob")
RULE = "rule:duplicates-1"
RECORDS = ("aaaaaa-1", "aaaaaa-2", "bbbbbb-1", "bbbbbb-2")
SOURCES = ("aaaaaa", "bbbbbb")
AUTHORS = (*PEOPLE, RULE)
SLOTS = [(record, stage, by) for record in RECORDS for stage in STAGES for by in AUTHORS]
PAIRS = [(a, b) for a in RECORDS for b in RECORDS if a < b]


def standing(ledger: Ledger) -> dict[str, Any]:
    """What stands; it must not depend on the order of arrival."""
    return {
        "votes": {slot: vote for slot in SLOTS if (vote := ledger.vote(*slot))},
        "own votes": {(r, stage): dict(ledger.own_votes(r, stage)) for r in RECORDS for stage in STAGES},
        "notes": {(r, by): note for r in RECORDS for by in AUTHORS if (note := ledger.note(r, by))},
        "labels": {(r, by): labels for r in RECORDS for by in AUTHORS if (labels := ledger.labels(r, by))},
        "outcomes": {(r, stage): ledger.outcome(r, stage) for r in RECORDS for stage in STAGES},
        "states": {r: ledger.state(r) for r in RECORDS},
        "known labels": ledger.known_labels(),
        "progress": {(by, stage): ledger.progress(by, stage) for by in AUTHORS for stage in STAGES},
        "reviewers": sorted(ledger.reviewers()),
        "actions": {by: sorted(e.id for e in ledger.history(by)) for by in AUTHORS},
        "pairs": {pair: ledger.pair(*pair) for pair in PAIRS},
        "contested": ledger.contested(),
        "clusters": ledger.clusters(),
        "stands": {r: ledger.stands_for(r) for r in RECORDS},
        "study": {r: ledger.study(r) for r in RECORDS},
        "retrieval": {r: ledger.retrieval(r) for r in RECORDS},
        "files": {r: ledger.files(r) for r in RECORDS},
        "previous": ledger.previous,
        "again": {(s, by): dict(ledger.agains(s, by)) for s in STAGES for by in AUTHORS},
        "source facts": {p: ledger.source_facts(p) for p in SOURCES},
        **tallies(ledger),
    }


def tallies(ledger: Ledger) -> dict[str, Any]:
    """Everything that is counted."""
    return {
        "tally": {(p, s): n for p in SOURCES for s in State if (n := ledger.tally(p, s))},
        "tallied": {p: ledger.tallied(p) for p in SOURCES},
        "reasons": {
            (p, s): found for p in SOURCES for s in State if s in REASONED and (found := ledger.reasons(p, s))
        },
        "studies": dict(ledger.studies()),
        "heads": {p: n for p in SOURCES if (n := ledger.heads(p))},
    }


REASONED = {
    State.SCREENED_OUT,
    State.ASSESSED_OUT,
    State.REMOVED_AUTOMATION,
    State.REMOVED_OTHER,
    State.STOPPED,
}


def _slot(e: Event) -> tuple[Any, ...]:
    """What may stand only once."""
    match e.kind:
        case "decide" | "again":
            return (e.kind, e.record, e.stage, e.by)
        case "duplicate" | "distinct":
            return ("pair", frozenset((e.record, e.of)), e.by)
        case "stop" | "sample" | "highlight":
            return (e.kind, e.id)
        case "previous":
            return (e.kind, e.by)
        case "attach":
            return (e.kind, e.record, e.sha256, e.by)
        case "source":
            return (e.kind, e.source, e.field, e.by)
        case _:
            return (e.kind, e.record, e.by)


def newest(events: Iterable[Event]) -> Event | None:
    """The one with the greatest id."""
    return max(events, key=lambda e: e.id, default=None)


class Rules:
    """What must hold after a set of events, whatever their order."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = list({e.id: e for e in events}.values())
        self.void = {e.id for e in self.events if self._void(e)}
        groups: dict[tuple[Any, ...], list[Event]] = {}
        for e in self.events:
            if e.kind in SLOT_KINDS:
                groups.setdefault(_slot(e), []).append(e)
        found = (newest(e for e in group if self._free(e, group)) for group in groups.values())
        self.standing = [e for e in found if e is not None]
        self.clusters = self._clusters()
        self.cluster = {r: next((c for c in self.clusters if r in c), (r,)) for r in RECORDS}
        self.head = {r: self._head(self.cluster[r]) for r in RECORDS}

    def _replacing(self, event: Event, *kinds: str) -> list[Event]:
        return [e for e in self.events if e.kind in kinds and e.by == event.by and event.id in e.replaces]

    def _void(self, event: Event) -> bool:
        return any(not self._replacing(undo, "redo") for undo in self._replacing(event, "undo"))

    def _free(self, event: Event, group: list[Event]) -> bool:
        if event.id in self.void:
            return False
        return not any(event.id in e.replaces and e.id not in self.void for e in group)

    def said(self, kind: str, record: str, by: str = "") -> list[Event]:
        """Standing events of a kind on this very record."""
        return [e for e in self.standing if e.kind == kind and e.record == record and by in ("", e.by)]

    # Clusters

    def link(self, a: str, b: str) -> Event | str:
        """The word that links a pair, or `distinct`, `contested` or ""."""
        words = [
            e
            for e in self.standing
            if e.kind in ("duplicate", "distinct") and {e.record, e.of} == {a, b} and a != b
        ]
        persons = [e for e in words if not e.by.startswith("rule:")]
        if len({e.kind for e in persons}) == 2:
            return "contested"
        last = newest(persons or words)
        if last is None:
            return ""
        return last if last.kind == "duplicate" else "distinct"

    def _clusters(self) -> list[tuple[str, ...]]:
        groups = [{r} for r in RECORDS]
        for a, b in PAIRS:
            if isinstance(self.link(a, b), Event):
                one = next(g for g in groups if a in g)
                other = next(g for g in groups if b in g)
                if one is not other:
                    one |= other
                    groups.remove(other)
        return sorted(tuple(sorted(g)) for g in groups if len(g) > 1)

    def _head(self, members: tuple[str, ...]) -> str:
        wanted = newest(e for m in members for e in self.said("stands", m))
        if wanted:
            return wanted.record
        links = [self.link(a, b) for a in members for b in members if a < b]
        named = Counter(e.of for e in links if isinstance(e, Event))

        def rank(m: str) -> tuple[Any, ...]:
            decided = bool(self.said("decide", m))
            stopped = any(m in e.records for e in self.standing if e.kind == "stop")
            return (self._removal(m) is not None, not decided, stopped and not decided, -named[m], m)

        return min(members, key=rank)

    def _removal(self, record: str) -> Event | None:
        last = newest(self.said("remove", record))
        return last if last and last.body.get("how") in ("automation", "other") else None

    def fact(self, kind: str, record: str) -> Event | None:
        """The word on the standing record, else the newest on any member."""
        own = newest(self.said(kind, self.head[record]))
        return own or newest(e for m in self.cluster[record] for e in self.said(kind, m))

    def files(self, record: str) -> list[Event]:
        """Of each content the newest word on the record itself, if it is there, else on a member."""
        said = [e for m in self.cluster[record] for e in self.said("attach", m)]
        found = []
        for sha256 in {e.sha256 for e in said}:
            words = {m: newest(e for e in said if (e.record, e.sha256) == (m, sha256)) for m in RECORDS}
            there = [e for m, e in sorted(words.items(), key=lambda w: w[0] != record) if e and not e.gone]
            found += there[:1]
        return sorted(found, key=lambda e: e.id)

    # Votes

    def votes(self, record: str, stage: str) -> dict[str, Event]:
        """What each reviewer says of the report."""
        found = {}
        for by in AUTHORS:
            own = [e for e in self.said("decide", self.head[record], by) if e.stage == stage]
            every = [
                e
                for m in self.cluster[record]
                for e in self.said("decide", m, by)
                if e.stage == stage and e.verdict is not Verdict.UNDECIDED
            ]
            vote = own[0] if own else newest(every)
            if vote is not None and vote.verdict is not Verdict.UNDECIDED:
                found[by] = vote
        return found

    def place(self, record: str) -> tuple[State, str]:
        """Where a record is counted."""
        if self.head[record] != record:
            return State.DUPLICATE, ""
        if removal := self._removal(record):
            how = {"automation": State.REMOVED_AUTOMATION, "other": State.REMOVED_OTHER}
            return how[removal.body["how"]], removal.body.get("rule", "")
        votes = {stage: self.votes(record, stage) for stage in STAGES}
        state = self._voted({stage: {v.verdict for v in votes[stage].values()} for stage in STAGES})
        if state is State.SCREENING:
            stop = newest(e for e in self.standing if e.kind == "stop" and record in e.records)
            if stop:
                where = {"other": State.REMOVED_OTHER, "excluded": State.STOPPED}
                place = where.get(stop.body.get("place", ""), State.REMOVED_AUTOMATION)
                return place, stop.body.get("rule", "")
        if state is State.SOUGHT:
            retrieval = self.fact("retrieve", record)
            if retrieval and retrieval.body.get("retrieved") is False:
                return State.NOT_RETRIEVED, ""
        stage_of = {State.SCREENED_OUT: TA, State.ASSESSED_OUT: FT}
        return state, primary_reason(votes[stage_of[state]]) if state in stage_of else ""

    @staticmethod
    def _voted(said: dict[str, set[Verdict]]) -> State:
        match tuple(said[TA]):
            case ():
                return State.SCREENING
            case (Verdict.MAYBE,):
                return State.SCREENING_MAYBE
            case (Verdict.EXCLUDE,):
                return State.SCREENED_OUT
            case (_, _, *_):
                return State.SCREENING_CONFLICT
        match tuple(said[FT]):
            case ():
                return State.SOUGHT
            case (Verdict.MAYBE,):
                return State.ASSESSED_MAYBE
            case (Verdict.EXCLUDE,):
                return State.ASSESSED_OUT
            case (Verdict.INCLUDE,):
                return State.INCLUDED
        return State.ASSESSED_CONFLICT

    # Comparing

    def check(self, ledger: Ledger) -> None:
        """Compare all that can be asked."""
        found = standing(ledger)
        votes = {(r, stage): self.votes(r, stage) for r in RECORDS for stage in STAGES}
        assert found["votes"] == {(r, s, by): v for (r, s), said in votes.items() for by, v in said.items()}
        for record in RECORDS:
            for by in AUTHORS:
                note, labels = (newest(self.said(kind, record, by)) for kind in ("note", "label"))
                assert ledger.note(record, by) == (note.text if note else "")
                assert ledger.labels(record, by) == (labels.labels if labels else ())
            assert ledger.cluster(record) == self.cluster[record]
            assert ledger.is_duplicate(record) is (self.head[record] != record)
            study = self.fact("study", record)
            assert ledger.study(record) == (study.study if study else "")
            assert ledger.retrieval(record) == self.fact("retrieve", record)
            assert ledger.files(record) == self.files(record)
        assert found["stands"] == self.head
        assert found["clusters"] == self.clusters
        links = {pair: self.link(*pair) for pair in PAIRS}
        assert found["contested"] == [pair for pair, link in links.items() if link == "contested"]
        words = {pair: link.kind if isinstance(link, Event) else str(link) for pair, link in links.items()}
        assert found["pairs"] == {pair: "" if word == "contested" else word for pair, word in words.items()}
        for (stage, by), again in found["again"].items():
            said = [e for e in self.standing if (e.kind, e.stage, e.by) == ("again", stage, by)]
            assert again == {e.record: e for e in said}
        previous = newest(e for e in self.standing if e.kind == "previous")
        assert found["previous"] == (previous if previous and previous.body else None)
        for prefix, facts in found["source facts"].items():
            said = [e for e in self.standing if e.kind == "source" and e.source == prefix]
            fields = {e.field for e in said}
            assert facts == {field: newest(e for e in said if e.field == field) for field in fields}
        self._check_people(ledger, found, votes)
        self._check_tallies(ledger)

    def _check_people(
        self, ledger: Ledger, found: dict[str, Any], votes: dict[tuple[str, str], dict[str, Event]]
    ) -> None:
        for by in AUTHORS:
            actions = [e.id for e in self.events if e.by == by and is_action(e) and e.id not in self.void]
            assert found["actions"][by] == sorted(actions)
        heads = set(self.head.values())
        counted = [(s, by, v) for (r, s), said in votes.items() if r in heads for by, v in said.items()]
        for by in AUTHORS:
            for stage in STAGES:
                said = Counter(v.verdict for s, who, v in counted if (s, who) == (stage, by))
                assert +Counter(ledger.progress(by, stage)) == said
                assert ledger.decided(by, stage) == said.total()
        assert found["reviewers"] == sorted({by for _, by, _ in counted})
        uses = Counter(label for r in RECORDS for by in AUTHORS for label in ledger.labels(r, by))
        assert ledger.known_labels() == sorted(uses, key=lambda label: (-uses[label], label))

    def _check_tallies(self, ledger: Ledger) -> None:
        places = {r: self.place(r) for r in RECORDS}
        assert {r: ledger.state(r) for r in RECORDS} == {r: state for r, (state, _) in places.items()}
        seen = [(source_prefix(r), *place) for r, place in places.items() if place[0] is not State.SCREENING]
        why: dict[tuple[str, State], dict[str, int]] = {}
        for prefix, state, reason in seen:
            if state in REASONED:
                counter = why.setdefault((prefix, state), {})
                counter[reason] = counter.get(reason, 0) + 1
        included = [r for r, (state, _) in places.items() if state is State.INCLUDED]
        said = [study for r in included if (study := self.fact("study", r)) and study.study]
        names = [study.study for study in said]
        earlier = {study.study for study in said if study.body.get("previous") is True}
        heads = Counter(source_prefix(self.head[cluster[0]]) for cluster in self.clusters)
        assert tallies(ledger) == {
            "tally": Counter((prefix, state) for prefix, state, _ in seen),
            "tallied": {p: sum(prefix == p for prefix, _, _ in seen) for p in SOURCES},
            "reasons": why,
            "studies": Counter(names),
            "heads": heads,
        }
        assert ledger.cluster_count == len(self.clusters)
        assert ledger.named_reports == len(names)
        assert ledger.earlier_studies == len(earlier)
        assert ledger.earlier_reports == sum(name in earlier for name in names)
        assert ledger.duplicates == sum(state is State.DUPLICATE for state, _ in places.values())
        assert len(ledger.studies()) <= len(included)
