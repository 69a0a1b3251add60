"""What is known of each report: votes, duplicates, retrieval, study, removal, and the tallies of it all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tamis.domain import states
from tamis.domain.events import Event, Kind, Stage, Verdict
from tamis.domain.links import Links
from tamis.domain.states import NOBODY, UNSEEN, Outcome, Place, State, voted_place
from tamis.domain.tallies import source_prefix
from tamis.domain.words import Words, newest, newest_of, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tamis.domain.links import Pair

_TAKEN_BACK: Final = Verdict.UNDECIDED
_SCREENING_STAGE: Final = Stage.TITLE_ABSTRACT.value
_ASSESSING_STAGE: Final = Stage.FULL_TEXT.value


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


class Reports(Words):
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
        self._links = Links()
        self._cluster_of: dict[str, _Cluster] = {}
        self._waiting: set[str] | None = None
        """While many events are taken in: records whose links changed and whose clusters are to be made."""
        self._untallied: dict[str, None] = {}
        """While many events are taken in: records that are to be tallied."""
        self._heads: Counter[str] = Counter()
        """Standing records of clusters, for each source."""
        self._marked: set[str] = set()
        """Records of which anything but votes was ever said: all others are placed by votes alone."""

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

    def outcome(self, record: str, stage: str) -> Outcome:
        """Where the record stands at the stage."""
        return states.outcome_of(self.votes(record, stage))

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
        return newest_of(e for m in self.cluster(record) for e in said.get(m, NOBODY).values())

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
        found = newest(said.get(self.stands_for(record)))
        if found is None and record in self._cluster_of:
            found = newest_of(e for m in self.cluster(record) for e in said.get(m, NOBODY).values())
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
