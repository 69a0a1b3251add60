"""The review that tests of the session begin with, where they make none of their own; guided sessions."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Order
from tamis.services import ordering
from tamis.services.relevance import Relevance
from tests.services.helpers import add, make_review
from tests.tui import reviews
from tests.tui.reviews import TWO_STAGES, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tamis.services.screening import Session
    from tamis.store.review import Review


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """A review of six records."""
    with reviews.make(tmp_path / "review", numbered(6), protocol=TWO_STAGES) as made:
        yield made


@pytest.fixture
def session(review: Review) -> Session:
    """A session on it."""
    return reviews.session(review)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[str], Review]]:
    """Makes reviews of files, and closes them."""
    opened: list[Review] = []

    def make(text: str) -> Review:
        opened.append(make_review(tmp_path / f"review-{len(opened)}"))
        add(opened[-1], tmp_path / f"{len(opened)}.ris", text)
        return opened[-1]

    yield make
    for review in opened:
        review.close()


@pytest.fixture
def guided() -> Iterator[Callable[..., Relevance]]:
    """Guides sessions in the order by relevance, and ends with them."""
    guides: list[Relevance] = []

    def guide(session: Session, tell: Callable[[], None] = lambda: None) -> Relevance:
        if session.review.writable:
            ordering.begin_with(session, Order.RELEVANCE)
        guides.append(Relevance(session, tell))
        assert guides[-1].wait()
        return guides[-1]

    yield guide
    for each in guides:
        each.close()
    assert not [t for t in threading.enumerate() if t.name == "ranking"]
