"""Events: one JSON object each, nothing of it ever lost, whoever wrote it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.events import Author, Event, Kind, Verdict
from tamis.domain.ledger import Ledger

from .making import decide, patient

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("id", "kind", "by", "at", "log", "seq", "stage", "record", "body", "replaces")
hostile_docs = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), json_values, max_size=12)
named_docs = hostile_docs.map(lambda doc: {**doc, "id": "e1", "kind": "decide", "by": "ann"})


def without_empty(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if value or name not in FIELDS}


def test_an_event_survives_its_document() -> None:
    event = Event(
        id="e1",
        kind=Kind.DECIDE,
        by="ann",
        at="2026-01-01T00:00:00Z",
        log="copy",
        seq=3,
        stage="full-text",
        record="aaaaaa-1",
        body={"verdict": "exclude", "reasons": ["wrong-outcome"], "seconds": 2.5},
        replaces=("e0",),
    )
    assert Event.from_doc(json.loads(json.dumps(event.to_doc()))) == event


def test_a_document_survives_with_kinds_and_fields_of_later_versions() -> None:
    doc = {
        "id": "e1", "kind": "retrieve", "by": "ann", "at": "", "log": "", "seq": 1,
        "record": "aaaaaa-1", "body": {"where": ["shelf"]}, "signature": "xyz", "nested": {"a": [1]},
    }  # fmt: skip
    event = Event.from_doc(doc)
    assert event.more == {"signature": "xyz", "nested": {"a": [1]}}
    assert event.to_doc() == doc


def test_empty_fields_are_not_written() -> None:
    assert set(Event(id="e1", kind="note", by="ann").to_doc()) == {"id", "kind", "by", "at", "log", "seq"}


@patient
@given(named_docs)
def test_no_document_loses_anything_whatever_the_types_in_it(doc: dict[str, Any]) -> None:
    written = Event.from_doc(doc).to_doc()
    assert without_empty(written) == without_empty(doc)
    assert Event.from_doc(written).to_doc() == written


@patient
@given(st.lists(hostile_docs | named_docs, max_size=4))
def test_hostile_documents_are_refused_by_name_or_do_no_harm(docs: list[dict[str, Any]]) -> None:
    ledger = Ledger()
    for doc in docs:
        try:
            event = Event.from_doc(doc)
        except KeyError as error:
            assert not isinstance(doc.get(error.args[0]), str) or not doc[error.args[0]]  # noqa: PT017 - or it is read
            continue
        ledger.apply(event)
        assert event.verdict in Verdict
        assert all(isinstance(text, str) for text in (event.text, *event.reasons, *event.labels))
        ledger.state(event.record)


@pytest.mark.parametrize("missing", ["id", "kind", "by"])
@pytest.mark.parametrize("value", [None, "", 7, ["x"]])
def test_an_event_without_a_name_is_refused(missing: str, value: object) -> None:
    doc = {"id": "e1", "kind": "decide", "by": "ann", missing: value}
    with pytest.raises(KeyError, match=missing):
        Event.from_doc(doc)


@pytest.mark.parametrize("verdict", ["yes", "", None, 1, ["include"], {}])
def test_an_unreadable_verdict_counts_as_undecided(verdict: object) -> None:
    assert decide("e1", body={"verdict": verdict}).verdict is Verdict.UNDECIDED
    assert Event(id="e1", kind="decide", by="ann").verdict is Verdict.UNDECIDED


def test_only_texts_are_reasons_labels_and_notes() -> None:
    event = Event(
        id="e1", kind="x", by="ann", body={"reasons": ["a", 1, None], "labels": ["b", "b", []], "text": None}
    )
    assert (event.reasons, event.labels, event.text) == (("a",), ("b",), "")
    assert Event(id="e1", kind="x", by="ann", body={"reasons": "abc"}).reasons == ()


def test_an_author_stamps_events_with_name_time_and_id() -> None:
    author = Author("ann", now=lambda: "2026-01-01T00:00:00Z", new_id=lambda: "e7")
    event = author.event(Kind.NOTE, log="copy", seq=4, record="aaaaaa-1", body={"text": "see table 2"})
    assert (event.id, event.by, event.at, event.log, event.seq) == (
        "e7", "ann", "2026-01-01T00:00:00Z", "copy", 4,
    )  # fmt: skip
    assert event.text == "see table 2"
