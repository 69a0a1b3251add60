"""Records, sources and carried decisions survive their documents, also those of later versions."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.record import Decision, Flag, Problem, Record, Repair, Source

from .making import patient

texts = st.text(max_size=5)
many = st.lists(texts, max_size=3).map(tuple)
records = st.builds(
    Record,
    **dict.fromkeys(("id", "type", "title", "abstract", "date", "journal", "doi", "pmid"), texts),
    **dict.fromkeys(("authors", "urls", "keywords", "notes", "flags"), many),
    year=st.none() | st.integers(1500, 2100),
    extra=st.dictionaries(texts, many, max_size=3),
    line=st.integers(0, 9),
)


@patient
@given(records)
def test_a_record_survives_its_document(record: Record) -> None:
    assert Record.from_doc(json.loads(json.dumps(record.to_doc()))) == record


def test_carried_decisions_are_not_stored_with_the_record() -> None:
    assert Record(id="a-1", decisions=(Decision(by="ann"),)).to_doc() == {"id": "a-1"}


def test_fields_of_later_versions_are_passed_over() -> None:
    assert Record.from_doc({"id": "a-1", "mood": "good"}) == Record(id="a-1")
    assert Decision.from_doc({"by": "ann", "mood": "good", "note": None}) == Decision(by="ann")
    doc = Source(sha256="ff", prefix="f", file="f.ris", problems=(Problem(3, "no end"),)).to_doc()
    later = {**doc, "mood": "good", "problems": [{"line": 3, "why": "no end", "hint": "x"}]}
    assert Source.from_doc(later).problems == (Problem(3, "no end"),)


def test_a_source_survives_its_document() -> None:
    source = Source(
        sha256="ff",
        prefix="f",
        file="f.ris",
        found=2,
        imported=1,
        problems=(Problem(3, "no end", "TY  - "),),
        repairs=(Repair(1, "a byte-order mark"),),
    )
    assert Source.from_doc(json.loads(json.dumps(source.to_doc()))) == source
    assert source.name == "f.ris"


@patient
@given(st.builds(Decision, by=texts, note=texts, reasons=many, labels=many))
def test_a_carried_decision_survives_its_document(decision: Decision) -> None:
    assert Decision.from_doc(json.loads(json.dumps(decision.to_doc()))) == decision


def test_carried_decisions_of_wrong_types_become_text() -> None:
    decision = Decision.from_doc({"by": 7, "reasons": "one", "labels": [1, "b"]})
    assert (decision.by, decision.reasons, decision.labels) == ("7", ("one",), ("1", "b"))


def test_every_flag_has_words() -> None:
    assert all(flag.words for flag in Flag)
