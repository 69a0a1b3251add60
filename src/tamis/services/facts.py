"""Facts about reports that a person states: which record stands, retrieval, study, removal.

Each is saved before the function returns, and can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.events import Kind
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services.views import Change

if TYPE_CHECKING:
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
