"""Facts about reports that a person states: which record stands, retrieval, study, removal.

Each is saved before the function returns, and can be undone.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tamis.domain.events import Kind, Removal, Stage
from tamis.domain.states import SOUGHT_STATES, State
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services.acting import need_stage
from tamis.services.views import Change
from tamis.services.wording import action_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.services.screening import Session


def stand_for(session: Session, record_id: str) -> Change:
    """Let a record stand for its cluster of duplicates.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: no such record in this review, or it has no duplicates.
    """
    session.must_have(record_id)
    ledger = session.ledger
    if len(ledger.cluster(record_id)) == 1:
        raise UsageError(f"{clean_line(record_id)} has no duplicates to stand for.")
    said = ledger.standing(Kind.STANDS, record_id, "", session.by)
    if said is not None and ledger.stands_for(record_id) == record_id:
        return Change(said, record_id, f"Already {session.words(said)}")
    event = session.event(Kind.STANDS, record_id, {})
    session.save([event])
    session.queue.renew()
    return Change(event, record_id, session.words(event))


def say_retrieved(session: Session, records: Sequence[str], *, retrieved: bool) -> list[Change]:
    """Say that reports could be retrieved or not; nothing is written of those that stand so already.

    Args:
        session: whose word it is.
        records: ids; a duplicate means the record that stands for it.
        retrieved: whether the reports could be had.

    Returns:
        What changed, in the order given.

    Raises:
        NotSavedError: nothing was saved.
        ProtocolError: the protocol has no full-text stage.
        UsageError: a record that is not there, is not sought, or was decided on its full text; nothing
            was saved.
    """
    need_stage(session.review, Stage.FULL_TEXT)
    ledger = session.ledger
    wanted = []
    for record in _reports(session, records):
        state = ledger.state(record)
        if state not in SOUGHT_STATES:
            raise UsageError(
                f"{clean_line(record)} is not a report that is sought. Include it on title and abstract "
                "first."
            )
        if not retrieved and state not in (State.SOUGHT, State.NOT_RETRIEVED):
            raise UsageError(
                f"{clean_line(record)} has been decided on its full text, so it was retrieved. Clear that "
                "decision first."
            )
        said = ledger.retrieval(record)
        if (said is None or said.retrieved) is not retrieved:
            wanted.append(record)
    return _state(session, Kind.RETRIEVE, {record: {"retrieved": retrieved} for record in wanted})


def standing_words(session: Session, record_id: str) -> str:
    """What is so of a record whatever its reviewer decides: not retrieved, removed, a duplicate; or ""."""
    if session.is_missing(record_id):
        return "not retrieved"
    removed, head = session.ledger.removal(record_id), session.ledger.stands_for(record_id)
    words = [action_words(removed, ())] if removed else []
    if head != record_id:
        words.append(f"duplicate of {clean_line(head)}")
    return ", ".join(words)


def turn_retrieved(session: Session) -> Change:
    """Say that the current report could not be retrieved, and move on; or, if that stands, that it could.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: another stage is screened, there is no record, or it is not sought or decided on already;
            short enough for a status line.
    """
    if session.stage != Stage.FULL_TEXT:
        raise UsageError(
            "Whether a report could be retrieved is said at full text, not on title and abstract."
        )
    record = session.need_record()
    state = session.ledger.state(record)
    missing = state is State.NOT_RETRIEVED
    if state not in SOUGHT_STATES:
        raise UsageError("Not sought for retrieval: include it on title and abstract first.")
    if state not in (State.SOUGHT, State.NOT_RETRIEVED):
        raise UsageError("It is decided on, so it was retrieved: clear that first.")
    [change] = say_retrieved(session, [record], retrieved=missing)
    if not missing and not session.queue.next_undecided():
        session.queue.move(1)
    return change


def link_study(
    session: Session, records: Sequence[str], study: str, *, previous: bool | None = None
) -> list[Change]:
    """Say which study reports are of; nothing is written where that stands already.

    Args:
        session: whose word it is.
        records: ids; a duplicate means the record that stands for it.
        study: its name, "" for none. A name in use in other capitals means the study that has it.
        previous: whether the review that is updated has the study; None leaves what stands.

    Returns:
        What changed, in the order given.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: a record that is not there, or a previous study without a name.
    """
    ledger = session.ledger
    study = clean_line(study)
    if previous and not study:
        raise UsageError("Name the study that the previous review has.")
    folded = study.casefold()
    study = next((name for name in known_studies(ledger) if name.casefold() == folded), study)
    bodies: dict[str, dict[str, object]] = {}
    for record in _reports(session, records):
        said = ledger.study_event(record)
        same = said is not None and said.study == study
        earlier = previous if previous is not None else bool(said and same and said.earlier)
        if (said.study if said else "") == study and earlier is bool(study and said and said.earlier):
            continue
        bodies[record] = {"study": study, "previous": True} if earlier else {"study": study}
    return _state(session, Kind.STUDY, bodies)


def known_studies(ledger: Ledger) -> list[str]:
    """The studies that reports are linked with, those with most reports first, then by name."""
    named = Counter(name for record in ledger.studied() if (name := ledger.study(record)))
    return sorted(named, key=lambda name: (-named[name], name))


def remove(session: Session, records: Sequence[str], how: Removal, rule: str) -> list[Change]:
    """Take reports out before screening, with all records of their clusters.

    Args:
        session: whose word it is.
        records: ids.
        how: `AUTOMATION` or `OTHER`, which PRISMA counts apart.
        rule: why, in words; the summary names it.

    Returns:
        What changed, one for each record taken out; records that are out for the same reason are not.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: a record that is not there, or no reason.
    """
    rule = clean_line(rule)
    if not rule:
        raise UsageError("Say why the record is removed: the summary names the reason.")
    body = {"how": str(how), "rule": rule}
    out = _members(session, records)
    gone = {m for m in out if (e := session.ledger.removal(m)) and (e.removal, e.rule) == (how, rule)}
    return _state(session, Kind.REMOVE, {m: body for m in out if m not in gone})


def put_back(session: Session, records: Sequence[str]) -> list[Change]:
    """Take back that reports were removed before screening.

    Returns:
        What changed, one for each record put back.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: a record that is not there, or one that was not removed.
    """
    out = [m for m in _members(session, records) if session.ledger.removal(m)]
    for record in records:
        if not set(session.ledger.cluster(record)) & set(out):
            raise UsageError(f"{clean_line(record)} was not removed before screening.")
    return _state(session, Kind.REMOVE, {m: {"how": ""} for m in out})


def known_rules(ledger: Ledger, how: Removal) -> list[str]:
    """Why records were removed so far in one of the two ways, the most frequent reason first."""
    used = Counter(e.rule for e in ledger.removals() if e.removal is how)
    return [rule for rule, _ in used.most_common()]


def _reports(session: Session, records: Sequence[str]) -> list[str]:
    """The records that stand for the ones named, each once."""
    for record in records:
        session.must_have(record)
    return list(dict.fromkeys(session.ledger.stands_for(record) for record in records))


def _members(session: Session, records: Sequence[str]) -> list[str]:
    """All records of the same reports, each once."""
    return list(dict.fromkeys(m for r in _reports(session, records) for m in session.ledger.cluster(r)))


def _state(session: Session, kind: Kind, bodies: Mapping[str, Mapping[str, object]]) -> list[Change]:
    """Save one event for each record, all or none, and bring the list in line."""
    session.must_be_writable()
    drafts = [session.event(kind, record, body, ahead=n) for n, (record, body) in enumerate(bodies.items())]
    if not drafts:
        return []
    events = session.save_as_one(drafts)
    if kind == Kind.REMOVE:
        alone = all(len(session.ledger.cluster(record)) == 1 for record in bodies)
        session.queue.renew(bodies if alone else None)
    return [Change(event, event.record, session.words(event)) for event in events]
