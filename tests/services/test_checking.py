"""Checking: a sound review passes, and each kind of damage is found and named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tamis.domain.events import Event, Verdict
from tamis.errors import UsageError
from tamis.services.checking import check, check_folder, recover_folder
from tamis.services.screening import Session
from tamis.store.review import Review

from .helpers import add, author, make_review, ris

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A review with two files, four records, a decision on each."""
    with make_review(tmp_path / "review") as review:
        add(review, tmp_path / "a.ris", ris("A1", "A2", "A3"))
        add(review, tmp_path / "b.ris", ris("B1"), kind="website")
        session = Session(review, author())
        for record in list(review.records):
            session.decide_record(record.id, Verdict.EXCLUDE, ["design"], note="why")
        session.undo()
    return tmp_path / "review"


def failed(folder: Path) -> str:
    """What is wrong, in one text; "" when nothing is."""
    return "\n".join(f.what for f in check_folder(folder) if not f.ok)


def test_a_sound_review_passes(folder: Path) -> None:
    findings = check_folder(folder)
    assert all(f.ok for f in findings), findings
    text = "\n".join(f.what for f in findings)
    assert "2 source files kept" in text
    assert "4 records" in text
    assert "9 events" in text
    assert "PRISMA identities hold" in text


def test_an_empty_review_passes(tmp_path: Path) -> None:
    make_review(tmp_path / "new").close()
    assert failed(tmp_path / "new") == ""


def test_no_review_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        check_folder(tmp_path)


def test_checking_changes_nothing(folder: Path) -> None:
    def state() -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    before = state()
    check_folder(folder)
    assert state() == before


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_changed_or_missing_source_is_found(folder: Path, harm: str) -> None:
    source = min((folder / "sources").iterdir())
    source.chmod(0o600)
    if harm == "missing":
        source.unlink()
        assert "is missing" in failed(folder)
    else:
        source.write_bytes(source.read_bytes().replace(b"Given", b"Taken"))
        assert "not what was imported" in failed(folder)


@pytest.mark.usefixtures("unfolded")
def test_a_flipped_byte_in_the_journal_is_found_and_recovered(folder: Path) -> None:
    journal = folder / "review.json.journal"
    data = bytearray(journal.read_bytes())
    middle = data.index(b"\n", len(data) // 2) + 40
    data[middle] ^= 1
    journal.write_bytes(data)
    assert "damaged" in failed(folder)
    assert recover_folder(folder)
    assert "checksum" not in failed(folder)
    with Review.open(folder) as review:
        assert len(review.records) == 4


def test_a_changed_snapshot_is_found(folder: Path) -> None:
    path = folder / "review.json"
    text = path.read_text(encoding="utf-8")
    assert '"Liver"' in text
    path.write_text(text.replace('"Liver"', '"River"', 1), encoding="utf-8")
    assert failed(folder)


def add_event(folder: Path, **fields: Any) -> None:
    """Put an event into the review behind tamis's back."""
    with Review.open(folder) as review:
        doc: dict[str, Any] = {"id": "z", "kind": "decide", "by": "Ann", "log": "else", "seq": 1}
        doc |= {"stage": "title-abstract", "record": review.records[0].id, **fields}
        review.add_events([Event.from_doc(doc)])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"record": "abcdef-9", "body": {"verdict": "include"}}, "a record that is not there"),
        ({"seq": 5}, "not numbered 1 to"),
        ({"id": "ann-00000001"}, "is there twice"),
        ({"replaces": ["nowhere"]}, "which is not there"),
        ({"replaces": ["ann-00000001"], "by": "Ben"}, "replaces an event of Ann"),
        ({"body": {"verdict": "exclude", "reasons": ["bad\x1b[31m"]}}, "in no version of the protocol"),
    ],
)
def test_events_that_do_not_fit_are_found(folder: Path, fields: dict[str, Any], words: str) -> None:
    add_event(folder, **fields)
    text = failed(folder)
    assert words in text
    assert "\x1b" not in text


def test_an_event_on_a_record_of_no_file_breaks_no_count_silently(folder: Path) -> None:
    with Review.open(folder, write=False) as review:
        prefix = review.sources[0].prefix
    add_event(folder, record=f"{prefix}-99", body={"verdict": "include"})
    text = failed(folder)
    assert "a record that is not there" in text
    assert "the summary says" in text or "do not add up" in text


def test_reasons_of_an_earlier_protocol_and_of_imported_files_are_fine(folder: Path) -> None:
    protocol = folder / "protocol.toml"
    protocol.write_text(protocol.read_text().replace('id = "design"', 'id = "other"'), encoding="utf-8")
    add_event(folder, body={"verdict": "exclude", "reasons": ["Theirs"], "from": "abcdef"})
    assert failed(folder) == ""


def test_many_faults_of_a_kind_are_summed_up(folder: Path) -> None:
    with Review.open(folder) as review:
        docs = [
            {"id": f"z{n}", "kind": "note", "by": "A", "log": "x", "seq": n, "record": "gone-1"}
            for n in range(1, 21)
        ]
        review.add_events([Event.from_doc(doc) for doc in docs])
        findings = [f for f in check(review) if not f.ok]
    assert len(findings) == 6
    assert "15 more" in findings[-1].what
    assert json.dumps([f.what for f in findings])
