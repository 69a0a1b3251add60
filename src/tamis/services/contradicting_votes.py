"""Decisions that contradict each other, or that count otherwise than who made them may think."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tamis.domain.events import Kind, Stage, Verdict
from tamis.domain.states import Outcome, primary_reason
from tamis.domain.text import clean_line
from tamis.services.wording import stage_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger


def own_words(ledger: Ledger) -> Iterator[str]:
    """Reviewers who decided differently on records of one report, and have not decided on it since."""
    for members in ledger.clusters():
        for stage in map(str, Stage):
            said: defaultdict[str, list[Event]] = defaultdict(list)
            for member in members:
                for by, event in ledger.own_votes(member, stage).items():
                    said[by].append(event)
            for by, events in sorted(said.items()):
                counted = ledger.vote(members[0], stage, by)
                if len({event.verdict for event in events}) > 1 and not _settled(ledger, members, counted):
                    words = " and ".join(f"{e.verdict} of {clean_line(e.record)}" for e in events)
                    yield (
                        f"{clean_line(by)} says {words} at {stage_words(stage)}, which are one report: it is "
                        f"counted as {counted.verdict if counted else 'undecided'} until {clean_line(by)} "
                        f"decides on {clean_line(ledger.stands_for(members[0]))} once more"
                    )


def _settled(ledger: Ledger, members: tuple[str, ...], vote: Event | None) -> bool:
    """Whether a reviewer decided on the record that stands after all links were made."""
    if vote is None or vote.record != ledger.stands_for(members[0]):
        return False
    links = (e for a in members for b in members if a < b for e in ledger.pair_words(a, b).values())
    return all(event.id < vote.id for event in links if event.kind == Kind.DUPLICATE)


def without_effect(ledger: Ledger) -> Iterator[str]:
    """Decisions that count for nothing as things stand, made here."""
    for record in ledger.voted(Stage.FULL_TEXT):
        screened = ledger.outcome(record, Stage.TITLE_ABSTRACT)
        by = _made_here(ledger, record, Stage.FULL_TEXT)
        if by and screened in (Outcome.UNDECIDED, Outcome.MAYBE, Outcome.CONFLICT):
            yield (
                f"{clean_line(record)} was decided on its full text by {', '.join(by)}: that counts only "
                "once it is included on title and abstract"
            )
    for removal in ledger.removals():
        record = removal.record
        for stage in map(str, Stage):
            by = _made_here(ledger, record, stage, since=removal.id)
            if by and ledger.stands_for(record) == record:
                yield (
                    f"{clean_line(record)} was removed before screening and decided on afterwards by "
                    f"{', '.join(by)} at {stage_words(stage)}: that counts only if it is put back"
                )


def _made_here(ledger: Ledger, record: str, stage: str, since: str = "") -> list[str]:
    """Who has decided on this very record, by name; what came with a file is left out."""
    votes = ledger.own_votes(record, stage).items()
    return sorted(clean_line(by) for by, event in votes if "from" not in event.body and event.id > since)


def primary_reasons(ledger: Ledger) -> Iterator[str]:
    """Reports that all exclude and for which reviewers give different primary reasons."""
    for stage in map(str, Stage):
        for record in sorted({ledger.stands_for(record) for record in ledger.voted(stage)}):
            votes = ledger.votes(record, stage)
            given = {by: event.reasons[0] for by, event in votes.items() if event.reasons}
            excluded = all(event.verdict is Verdict.EXCLUDE for event in votes.values())
            if excluded and len(set(given.values())) > 1:
                words = ", ".join(f"{clean_line(given[by])} ({clean_line(by)})" for by in sorted(given))
                yield (
                    f"{clean_line(record)} is excluded at {stage_words(stage)} for primary reasons that "
                    f"differ, {words}: the first of these reviewers by name counts, which is "
                    f"{clean_line(primary_reason(votes))}, until they agree"
                )
