"""A cluster as people look at it: every member, which one stands, and taking one out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Verdict
from tamis.errors import UsageError
from tamis.services.clusters import members, split_off
from tamis.services.facts import stand_for
from tamis.services.linking import RULE, Linking
from tests.services.test_linking import AGAIN, OTHER, TRIAL
from tests.tui import reviews

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.services.screening import Session

THIRD = replace(AGAIN, title=TRIAL.title, doi="", issue="")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Three records of one report, and another one."""
    with reviews.make(tmp_path / "review", records=[AGAIN, OTHER, TRIAL, THIRD]) as review:
        session = reviews.session(review)
        linking = Linking(session)
        linking.look()
        assert linking.link_certain() >= 2
        yield session


def ids(session: Session) -> list[str]:
    return [session.review.records.id_at(n) for n in range(4)]


def test_all_members_are_listed_with_source_completeness_votes_and_who_linked_them(session: Session) -> None:
    again, _, trial, third = ids(session)
    session.save([session.decision(third, Verdict.MAYBE)])  # as a file may bring it
    found = {m.record.id: m for m in members(session, again)}
    assert set(found) == {again, trial, third}
    assert found[trial].percent > found[again].percent > found[third].percent
    assert all(m.linked == (RULE,) for m in found.values())
    assert found[third].votes == ("title-abstract Ann maybe",)
    assert members(session, again)[0].stands
    assert sum(m.stands for m in found.values()) == 1
    stand_for(session, again)
    assert members(session, third)[0].record.id == again


def test_a_record_alone_is_its_own_cluster(session: Session) -> None:
    (alone,) = members(session, ids(session)[1])
    assert (alone.stands, alone.linked) == (True, ())


def test_a_member_is_split_off_from_all_others_and_one_undo_brings_it_back(session: Session) -> None:
    again, other, trial, third = ids(session)
    split_off(session, third)
    assert session.ledger.cluster(again) == tuple(sorted((again, trial)))
    assert session.ledger.cluster(third) == (third,)
    assert session.queue.place(third) is not None
    linking = Linking(session)
    linking.look()
    assert (linking.link_certain(), linking.questions()) == (0, []), "it stays apart"
    session.undo()
    assert len(session.ledger.cluster(again)) == 3
    with pytest.raises(UsageError, match="has no duplicates"):
        split_off(session, other)
    with pytest.raises(UsageError, match="no record"):
        split_off(session, "nothing-1")
