"""What is known of each report: votes, duplicates, retrieval, study, removal, and the tallies of it all."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tamis.domain import states
from tamis.domain.events import Event, Kind, Stage, Verdict
from tamis.domain.links import Links
from tamis.domain.states import NOBODY, UNSEEN, Outcome, Place, State, voted_place
from tamis.domain.tallies import Tallies, source_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tamis.domain.links import Pair

_NOTHING: Final[Mapping[Place, int]] = MappingProxyType({})
_TAKEN_BACK: Final = Verdict.UNDECIDED
_SCREENING_STAGE: Final = Stage.TITLE_ABSTRACT.value
_ASSESSING_STAGE: Final = Stage.FULL_TEXT.value
_Said = dict[str, dict[str, Event]]
"""Record -> reviewer -> what stands."""
_NOT_SCREENED: Final = frozenset((*states.REMOVED_STATES, State.STOPPED))


@dataclass(slots=True)
class _Cluster:
    """Records of one report.

    Attributes:
        members: their ids, ascending; two at least.
        stands: the one that is screened and counted; the others are duplicates.
        votes: what stands for the report by stage and reviewer.
    """

    members: tuple[str, ...]
    stands: str
    votes: dict[str, dict[str, Event]]


class Reports(Tallies):
    """Standing votes and facts by record and by cluster, and where each record is tallied.

    Linked records are one report. One of them stands for it: the member that the newest `stands` event
    names; else the first by these: not removed, has a decision, not left by a stop, named most often as
    the `of` of its links, smallest id. All others are duplicates, whatever else is said of them.

    - A reviewer's vote on the report is their word on the standing record; when they said nothing
      there, their newest vote on any member. Taking back on the standing record is a word, too.
    - Retrieval and study are the newest word on the standing record, else the newest on any member.
    - Removal counts only on the standing record; a stop only while nobody has decided on the report.
    - Not retrieved counts only while nobody has decided on the full text: who decided, had it.

    Nothing is written for members, so undoing a link brings every record and vote back as it was.
    """

    def __init__(self) -> None:
        super().__init__()
        self._votes: defaultdict[str, _Said] = defaultdict(dict)
        """Standing decisions by stage, record and reviewer."""
        self._screening = self._votes[_SCREENING_STAGE]
        self._assessing = self._votes[_ASSESSING_STAGE]
        self._cleared: dict[str, set[tuple[str, str]]] = {}
        """Records on which `undecided` stands, with stage and reviewer."""
        self._links = Links()
        self._cluster_of: dict[str, _Cluster] = {}
        self._waiting: set[str] | None = None
        """While many events are taken in: records whose links changed and whose clusters are to be made."""
        self._untallied: dict[str, None] = {}
        """While many events are taken in: records that are to be tallied."""
        self._heads: Counter[str] = Counter()
        """Standing records of clusters, for each source."""
        self._agains: defaultdict[tuple[str, str], dict[str, Event]] = defaultdict(dict)
        """What stands on records that were shown again, by stage and reviewer, then by record."""
        self._facts: dict[str, _Said] = {
            kind.value: {} for kind in (Kind.STANDS, Kind.RETRIEVE, Kind.STUDY, Kind.REMOVE)
        }
        self._stops: dict[str, Event] = {}
        self._stopped: _Said = {}
        """Records that stops name, and the events by id."""
        self._samples: dict[str, Event] = {}
        self._previous: dict[str, Event] = {}
        self._marked: set[str] = set()
        """Records of which anything but votes was ever said: all others are placed by votes alone."""
        self._progress: Counter[tuple[str, str, Verdict]] = Counter()

    # Votes

    def vote(self, record: str, stage: str, by: str) -> Event | None:
        """The reviewer's standing decision on a record at a stage."""
        return self.votes(record, stage).get(by)

    def votes(self, record: str, stage: str) -> Mapping[str, Event]:
        """All standing decisions on a record at a stage, by reviewer; its cluster's when it has one."""
        cluster = self._cluster_of.get(record)
        if cluster is not None:
            return cluster.votes.get(stage, NOBODY)
        return self.own_votes(record, stage)

    def own_votes(self, record: str, stage: str) -> Mapping[str, Event]:
        """The standing decisions that name this very record, whatever its cluster."""
        return self._votes.get(stage, {}).get(record, NOBODY)

    def voted(self, stage: str) -> list[str]:
        """The records that anybody has a standing decision on at a stage."""
        return sorted(self._votes.get(stage, ()))

    def outcome(self, record: str, stage: str) -> Outcome:
        """Where the record stands at the stage."""
        return states.outcome_of(self.votes(record, stage))

    def progress(self, by: str, stage: str) -> dict[Verdict, int]:
        """The reviewer's own standing decisions at a stage, by verdict; a cluster counts once."""
        return {v: self._progress[by, stage, v] for v in (Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE)}

    def decided(self, by: str, stage: str) -> int:
        """How many records the reviewer has a standing decision on at the stage; a cluster counts once."""
        return sum(self.progress(by, stage).values())

    def agains(self, stage: str, by: str) -> Mapping[str, Event]:
        """What a reviewer said at a stage of records that were shown again, by record; no votes."""
        return self._agains.get((stage, by), NOBODY)

    def reviewers(self) -> list[str]:
        """Everyone with a standing decision, in the order in which they first decided anything."""
        return list(dict.fromkeys(by for (by, _, _), n in self._progress.items() if n))

    # Duplicates

    def pair(self, a: str, b: str) -> str:
        """`duplicate`, `distinct`, or "" for a pair that nobody spoke of or persons disagree on."""
        return self._links.word(a, b)

    def pair_words(self, a: str, b: str) -> Mapping[str, Event]:
        """What stands of each author on a pair."""
        return self._links.words(a, b)

    def pairs(self) -> list[Pair]:
        """All pairs that anybody spoke of."""
        return sorted(self._links.pairs())

    def contested(self) -> list[Pair]:
        """Pairs that persons contradict each other on; they are not linked."""
        return self._links.contested()

    def cluster(self, record: str) -> tuple[str, ...]:
        """All records of the same report, by id; the record alone when it has no duplicates."""
        cluster = self._cluster_of.get(record)
        return (record,) if cluster is None else cluster.members

    def clusters(self) -> list[tuple[str, ...]]:
        """All clusters of two records or more, each by id."""
        return sorted(c.members for record, c in self._cluster_of.items() if record == c.stands)

    def stands_for(self, record: str) -> str:
        """The record that stands for this one's cluster; itself when it has no duplicates."""
        cluster = self._cluster_of.get(record)
        return record if cluster is None else cluster.stands

    def chosen(self, record: str) -> Event | None:
        """The newest word on which record stands for this one's cluster; None before anybody said."""
        said = self._facts[Kind.STANDS]
        return _newest_of(e for m in self.cluster(record) for e in said.get(m, NOBODY).values())

    def is_duplicate(self, record: str) -> bool:
        """Whether another record stands for it."""
        cluster = self._cluster_of.get(record)
        return cluster is not None and cluster.stands != record

    # Facts

    def retrieval(self, record: str) -> Event | None:
        """What stands on whether the report could be had; None before anybody said."""
        return self._fact(Kind.RETRIEVE, record)

    def study(self, record: str) -> str:
        """The study that the report is of, or ""."""
        event = self.study_event(record)
        return event.study if event else ""

    def study_event(self, record: str) -> Event | None:
        """What stands on the study of the report, also that it is of none; None before anybody said."""
        return self._fact(Kind.STUDY, record)

    def studied(self) -> list[str]:
        """Records that somebody has linked with a study."""
        return sorted(self._facts[Kind.STUDY])

    def removal(self, record: str) -> Event | None:
        """The event that removed this very record before screening, or None."""
        event = _newest(self._facts[Kind.REMOVE].get(record))
        return event if event and event.removal else None

    def removals(self) -> list[Event]:
        """Of each record that was removed before screening, the event that did."""
        return [event for record in self._facts[Kind.REMOVE] if (event := self.removal(record))]

    def stop(self, record: str) -> Event | None:
        """The newest stop that names this very record; it counts while nobody has decided."""
        return _newest(self._stopped.get(record))

    @property
    def stops(self) -> list[Event]:
        """All stops that stand, the newest last."""
        return sorted(self._stops.values(), key=lambda event: event.id)

    @property
    def sample(self) -> Event | None:
        """The random sample drawn last of those that stand: screening follows its order."""
        return _newest(self._samples)

    @property
    def previous(self) -> Event | None:
        """The newest word on the previous review's numbers; None when it is that there is no such review."""
        event = _newest(self._previous)
        return event if event and event.body else None

    def heads(self, prefix: str) -> int:
        """Records of a source that stand for a cluster."""
        return self._heads[prefix]

    @property
    def cluster_count(self) -> int:
        """How many clusters there are."""
        return self._heads.total()

    # Change

    def _settle_vote(self, record: str, stage: str, by: str, standing: Event | None) -> None:
        verdict = _TAKEN_BACK if standing is None else standing.verdict
        if verdict is _TAKEN_BACK:
            self._clear(record, stage, by, standing is not None)
            standing = None
        elif self._cleared:
            self._clear(record, stage, by, False)
        before = put(self._votes[stage], record, by, standing)
        cluster = self._cluster_of.get(record)
        if cluster is not None:
            self._resettle(cluster)
            return
        if before is standing:
            return
        if before is not None:
            self._progress[by, stage, before.verdict] -= 1
        if standing is not None:
            self._progress[by, stage, verdict] += 1
        self._tally(record)

    def _clear(self, record: str, stage: str, by: str, cleared: bool) -> None:
        """Remember whether a word that takes back stands; it is one on the standing record."""
        words = self._cleared.setdefault(record, set())
        if cleared:
            words.add((stage, by))
        else:
            words.discard((stage, by))
        if not words:
            del self._cleared[record]

    def _settle_fact(self, kind: str, record: str, by: str, standing: Event | None) -> None:
        put(self._facts[kind], record, by, standing)
        self._remark(record)

    def _settle_stop(self, stop_id: str, standing: Event | None) -> None:
        before = self._stops.pop(stop_id, None)
        if standing is not None:
            self._stops[stop_id] = standing
        for event, now in ((before, None), (standing, standing)):
            for record in event.records if event is not None else ():
                put(self._stopped, record, stop_id, now)
                self._remark(record)

    def _settle_look(self, record: str, stage: str, by: str, standing: Event | None) -> None:
        said = self._agains[stage, by]
        said.pop(record, None)
        if standing is not None:
            said[record] = standing

    def _settle_sample(self, sample_id: str, standing: Event | None) -> None:
        self._samples.pop(sample_id, None)
        if standing is not None:
            self._samples[sample_id] = standing

    def _settle_previous(self, by: str, standing: Event | None) -> None:
        self._previous.pop(by, None)
        if standing is not None:
            self._previous[by] = standing

    def _remark(self, record: str) -> None:
        self._marked.add(record)
        cluster = self._cluster_of.get(record)
        if cluster is None:
            self._tally(record)
        else:
            self._resettle(cluster)

    def _settle_pair(self, a: str, b: str, by: str, standing: Event | None) -> None:
        if not self._links.put((a, b), by, standing):
            return
        if self._waiting is None:
            self._regroup((a, b))
        else:
            self._waiting |= {a, b}

    def _regroup(self, changed: Iterable[str]) -> None:
        """Make the clusters anew that records whose links changed are in or were in."""
        touched = sorted({member for record in changed for member in self.cluster(record)})
        for record in touched:
            cluster = self._cluster_of.get(record)
            if cluster is None:
                self._count(self._own(record), -1)
            elif cluster.stands == record:
                self._count(cluster.votes, -1)
                self._heads[source_prefix(record)] -= 1
        for record in touched:
            self._cluster_of.pop(record, None)
        self._marked.update(touched)
        for record in touched:
            if record in self._cluster_of:
                continue
            members = tuple(self._links.component(record))
            if len(members) == 1:
                self._count(self._own(record), +1)
                continue
            cluster = _Cluster(members, "", {})
            self._cluster_of.update(dict.fromkeys(members, cluster))
            self._choose(cluster)
        for record in touched:
            self._tally(record)

    def _resettle(self, cluster: _Cluster) -> None:
        """What is said of a member has changed."""
        self._count(cluster.votes, -1)
        self._heads[source_prefix(cluster.stands)] -= 1
        self._choose(cluster)
        for record in cluster.members:
            self._tally(record)

    def _choose(self, cluster: _Cluster) -> None:
        """Who stands for a cluster, and with which votes."""
        wanted = self.chosen(cluster.members[0])
        cluster.stands = wanted.record if wanted else min(cluster.members, key=self._rank)
        cluster.votes = self._merged(cluster)
        self._count(cluster.votes, +1)
        self._heads[source_prefix(cluster.stands)] += 1

    def _rank(self, record: str) -> tuple[bool, bool, bool, int, str]:
        """Who stands first; see the class."""
        undecided = record not in self._cleared and not any(record in votes for votes in self._votes.values())
        stopped = undecided and record in self._stopped
        return (self.removal(record) is not None, undecided, stopped, -self._links.named(record), record)

    def _merged(self, cluster: _Cluster) -> dict[str, dict[str, Event]]:
        merged: dict[str, dict[str, Event]] = {}
        for stage, votes in self._votes.items():
            said: dict[str, Event] = {}
            for record in cluster.members:
                for by, event in votes.get(record, NOBODY).items():
                    if by not in said or event.id > said[by].id:
                        said[by] = event
            said.update(votes.get(cluster.stands, NOBODY))
            for cleared_stage, by in self._cleared.get(cluster.stands, ()):
                if cleared_stage == stage:
                    said.pop(by, None)
            if said:
                merged[stage] = said
        return merged

    def _own(self, record: str) -> dict[str, Mapping[str, Event]]:
        return {stage: votes[record] for stage, votes in self._votes.items() if record in votes}

    def _count(self, votes: Mapping[str, Mapping[str, Event]], by_one: int) -> None:
        """Count votes in, or out again."""
        for stage, said in votes.items():
            for by, event in said.items():
                self._progress[by, stage, event.verdict] += by_one

    def _fact(self, kind: str, record: str) -> Event | None:
        said = self._facts[kind]
        if not said:
            return None
        found = _newest(said.get(self.stands_for(record)))
        if found is None and record in self._cluster_of:
            found = _newest_of(e for m in self.cluster(record) for e in said.get(m, NOBODY).values())
        return found

    def _tally(self, record: str) -> None:
        """Count the record where it is now, and no longer where it was."""
        if self._waiting is not None:
            self._untallied[record] = None
            return
        if record in self._marked:
            place = self._marked_place(record)
            event = self._fact(Kind.STUDY, record) if place[0] is State.INCLUDED else None
            self._put_study(record, event)
        else:
            place = voted_place(self._screening.get(record), self._assessing.get(record))
        self._put_place(record, place)

    def _tally_late(self) -> None:
        """Tally what was put off while many events were taken in."""
        late, self._untallied = self._untallied, {}
        for record in late:
            self._tally(record)

    def _marked_place(self, record: str) -> Place:
        if self.is_duplicate(record):
            return states.DUPLICATE
        event = self.removal(record)
        place = states.removed_place(event) if event else None
        if place is not None:
            return place
        place = voted_place(self.votes(record, _SCREENING_STAGE), self.votes(record, _ASSESSING_STAGE))
        if place is UNSEEN and (event := self.stop(record)):
            return states.removed_place(event) or place
        if place is states.SOUGHT and (event := self.retrieval(record)) and not event.retrieved:
            return states.NOT_RETRIEVED
        return place


def put(table: dict[str, dict[str, Event]], record: str, by: str, event: Event | None) -> Event | None:
    """Set or, with None, remove what stands for a reviewer; returns what stood before."""
    standing = table.get(record)
    if standing is None:
        if event is not None:
            table[record] = {by: event}
        return None
    before = standing.get(by)
    if event is not None:
        standing[by] = event
    elif before is not None:
        del standing[by]
        if not standing:
            del table[record]
    return before


def _newest(said: Mapping[str, Event] | None) -> Event | None:
    return _newest_of(said.values()) if said else None


def _newest_of(events: Iterable[Event]) -> Event | None:
    return max(events, key=lambda event: event.id, default=None)
