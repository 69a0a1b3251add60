"""Decoding many events at once gives what decoding each gives, or leaves it to that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.events import Event
from tamis.errors import DamagedError
from tamis.store.event_decoding import usual_events
from tamis.store.review import Review

from .helpers import new_review

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = ("id", "kind", "by", "at", "log", "seq", "stage", "record", "body", "replaces")
values: st.SearchStrategy[Any] = st.one_of(
    st.text(max_size=3),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.one_of(st.text(max_size=3), st.none()), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
proper: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(FIELDS, st.text(max_size=3)),
    "seq": st.integers(),
    "body": st.dictionaries(st.sampled_from(["verdict", "x"]), values, max_size=2),
    "replaces": st.lists(st.text(max_size=3), max_size=2),
}
docs = st.fixed_dictionaries(
    {name: st.text(min_size=1, max_size=3) for name in ("id", "kind", "by")},
    optional={name: st.one_of(found, values) for name, found in proper.items() if name not in FIELDS[:3]},
)
strange = st.dictionaries(st.sampled_from([*FIELDS, "more", "new"]), values, max_size=4)


@given(st.lists(st.one_of(docs, docs, strange), max_size=4))
def test_many_at_once_are_what_each_one_is(wild: list[dict[str, Any]]) -> None:
    found = usual_events(json.dumps(wild).encode())
    if found is not None:
        assert found == [Event.from_doc(doc) for doc in wild]
        assert [e.to_doc() for e in found] == [Event.from_doc(doc).to_doc() for doc in wild]


@given(
    st.lists(
        st.fixed_dictionaries({n: st.text(min_size=1) for n in FIELDS[:3]}, optional={"seq": st.integers(0)})
    )
)
def test_what_this_version_writes_is_decoded_at_once(written: list[dict[str, Any]]) -> None:
    events = [Event.from_doc(doc) for doc in written]
    assert usual_events(json.dumps([event.to_doc() for event in events]).encode()) == events


@pytest.mark.parametrize(
    "doc",
    [
        {"id": "e1", "kind": "note", "by": "ann", "colour": "red"},
        {"id": "e1", "kind": "note", "by": "ann", "more": {"x": 1}},
        {"id": "e1", "kind": "note", "by": "ann", "replaces": []},
        {"id": "e1", "kind": "note", "by": "ann", "seq": 1.0},
        {"id": "e1", "kind": "note", "by": "ann", "stage": None},
    ],
)
def test_what_a_later_version_adds_is_left_to_the_careful_way(doc: dict[str, Any]) -> None:
    assert usual_events(json.dumps([doc]).encode()) is None
    assert Event.from_doc(doc).to_doc().items() >= doc.items()


def test_many_events_of_any_kind_are_read_as_they_were_written(tmp_path: Path) -> None:
    """More than a megabyte, so that both ways are gone, with one in the middle that has an unknown field."""
    with new_review(tmp_path / "r") as review:
        events = [
            Event(
                id=f"e{n:05}",
                kind="note",
                by="ann",
                log="elsewhere",
                record="aaaaaa-1",
                body={"text": "x" * 300},
                more={"colour": "red"} if n == 4_500 else {},
            )
            for n in range(9_000)
        ]
        review.add_events(events)
        assert list(review.events()) == events
    with Review.open(tmp_path / "r", write=False) as review:
        assert list(review.events()) == events


def test_a_damaged_event_among_many_is_named(tmp_path: Path) -> None:
    with new_review(tmp_path / "r") as review:
        review.add_events(
            [
                Event(id=f"e{n}", kind="note", by="ann" if n != 2_000 else "", body={"text": "x" * 300})
                for n in range(4_500)
            ]
        )
        with pytest.raises(DamagedError, match="event 2001 is damaged"):
            list(review.events())
