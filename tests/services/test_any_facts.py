"""Facts about reports, any of them in any order: the counts add up, and all of it is undone."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.domain.events import Removal, Verdict
from tamis.errors import UsageError
from tamis.services import facts, updating
from tamis.services.queue import Queue
from tamis.services.updating import Totals
from tests.services.helpers import counted, ids, linked, undo_all
from tests.tui import reviews
from tests.tui.reviews import TWO_STAGES, numbered

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.services.screening import Session


RECORDS = st.integers(1, 4)
ACTS: dict[str, st.SearchStrategy[Callable[[Session], object]]] = {
    "decide": st.builds(
        lambda verdict, reason: lambda s: s.decide(verdict, [reason] if verdict is Verdict.EXCLUDE else []),
        st.sampled_from(list(Verdict)),
        st.sampled_from(["design", "population"]),
    ),
    "move": st.builds(lambda by: lambda s: s.queue.move(by), st.integers(-2, 2)),
    "stage": st.just(lambda s: s.change_stage()),
    "turn": st.just(facts.turn_retrieved),
    "retrieve": st.builds(
        lambda n, had: lambda s: facts.say_retrieved(s, ids(s, *n), retrieved=had),
        st.lists(RECORDS, min_size=1, max_size=3),
        st.booleans(),
    ),
    "study": st.builds(
        lambda n, name, previous: lambda s: facts.link_study(s, ids(s, *n), name, previous=previous),
        st.lists(RECORDS, min_size=1, max_size=3),
        st.sampled_from(["A", "a", "B", ""]),
        st.sampled_from([None, True, False]),
    ),
    "remove": st.builds(
        lambda n, how: lambda s: facts.remove(s, ids(s, *n), how, "rule"),
        st.lists(RECORDS, min_size=1, max_size=2),
        st.sampled_from([Removal.AUTOMATION, Removal.OTHER]),
    ),
    "back": st.builds(lambda n: lambda s: facts.put_back(s, ids(s, n)), RECORDS),
    "link": st.builds(lambda a, b: lambda s: None if a == b else linked(s, a, b), RECORDS, RECORDS),
    "stands": st.builds(lambda n: lambda s: facts.stand_for(s, ids(s, n)[0]), RECORDS),
    "previous": st.builds(
        lambda a, b: lambda s: updating.say_previous(s, Totals(a, b)),
        st.one_of(st.none(), st.integers(0, 5)),
        st.one_of(st.none(), st.integers(0, 5)),
    ),
    "no previous": st.just(updating.say_no_previous),
    "undo": st.just(lambda s: s.undo()),
    "redo": st.just(lambda s: s.redo()),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(*ACTS.values()), max_size=25))
def test_whatever_is_said_the_counts_add_up_and_all_of_it_is_undone(
    acts: list[Callable[[Session], object]],
) -> None:
    """After each act: the identities hold, and what is left to decide is what the list says it is."""
    with (
        tempfile.TemporaryDirectory() as folder,
        reviews.make(Path(folder) / "review", numbered(4), protocol=TWO_STAGES) as review,
    ):
        session = reviews.session(review)
        before = counted(session)
        for act in acts:
            with contextlib.suppress(UsageError):
                act(session)
            counted(session)
            fresh = Queue(review, session.ledger, session.stage, session.by, lambda: 0.0)
            assert list(session.queue.every) == list(fresh.every)
            assert +session.queue.outside == +fresh.outside
            session.queue.renew()
            records = [review.records.id_at(index) for index in fresh.every]
            waiting = [
                record
                for record in records
                if not session.is_missing(record)
                and session.ledger.vote(record, session.stage, session.by) is None
            ]
            assert (session.progress().total, session.progress().left) == (len(records), len(waiting))
        undo_all(session)
        assert counted(session) == before
