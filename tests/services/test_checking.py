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
    from collections.abc import Iterator
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


# Duplicates, studies, retrieval


@pytest.fixture
def said(folder: Path) -> Iterator[Said]:
    """The review, open, with a way to put events into it."""
    with Review.open(folder) as review:
        yield Said(review)


class Said:
    """Events behind tamis's back, numbered as they should be."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.ids = [record.id for record in review.records]

    def __call__(
        self,
        kind: str,
        record: int | None = None,
        by: str = "Ann",
        stage: str = "title-abstract",
        **body: Any,
    ) -> None:
        """Add an event; numbers stand for records."""
        if "of" in body:
            body["of"] = self.ids[body["of"]]
        n = self.review.next_seq
        event = Event(
            id=f"z{n:04}", kind=kind, by=by, log=self.review.log, seq=n, stage=stage,
            record="" if record is None else self.ids[record], body=body,
        )  # fmt: skip
        self.review.add_events([event])

    def notes(self) -> str:
        """What people should look at; nothing may be broken."""
        findings = check(self.review)
        assert all(f.ok for f in findings), [f.what for f in findings if not f.ok]
        return "\n".join(f.what for f in findings if f.note and "PRISMA-S" not in f.what)


def test_a_review_with_everything_in_it_is_sound(said: Said) -> None:
    said("duplicate", 3, of=0)
    said("stands", 0)
    said("duplicate", 1, by="rule:duplicates-1", of=2)
    said("stands", 2)
    said("remove", 1, how="automation", rule="no abstract")
    said("remove", 2, how="automation", rule="no abstract")
    said("stop", rule="end", records=said.ids[2:])
    said("retrieve", 3, retrieved=True)
    said("study", 3, study="ALPHA")
    said("previous", studies=1, reports=2)
    said("decide", 0, by="Ann", verdict="include")
    said("decide", 3, by="Ann", verdict="include")
    assert said.notes() == ""


def test_persons_who_contradict_each_other_on_a_pair_are_named(said: Said) -> None:
    said("duplicate", 0, of=1)
    said("distinct", 1, by="Ben\x1b", of=0)
    text = said.notes()
    assert "one report to Ann and two to Ben" in text
    assert "\x1b" not in text


def test_a_pair_that_others_link_although_a_person_parted_it_is_named(said: Said) -> None:
    said("distinct", 0, of=2)
    said("duplicate", 0, by="rule:x", of=1)
    said("duplicate", 1, by="rule:x", of=2)
    assert "two reports to Ann, but links over others" in said.notes()


def test_a_cluster_whose_standing_record_was_removed_is_named(said: Said) -> None:
    said("duplicate", 0, of=1)
    said("stands", 0)
    said("remove", 0, how="other")
    assert f"was removed and stands for {said.ids[1]}" in said.notes()


def test_a_removed_record_behind_one_that_was_not_removed_is_named(said: Said) -> None:
    said("remove", 0, how="other", rule="Retracted")
    assert said.notes() == ""
    said("duplicate", 0, of=1)
    assert f"{said.ids[0]} was removed before screening, and {said.ids[1]} of the same" in said.notes()
    said("remove", 1, how="other", rule="Retracted")
    assert said.notes() == ""


def test_own_decisions_that_differ_on_one_report_are_named_until_it_is_decided_on(said: Said) -> None:
    said("decide", 0, by="Bob", verdict="include")
    said("decide", 1, by="Bob", verdict="exclude")
    assert said.notes() == ""
    said("duplicate", 0, of=1)
    text = said.notes()
    assert f"Bob says include of {said.ids[0]} and exclude of {said.ids[1]} at title/abstract" in text
    assert f"counted as exclude until Bob decides on {said.ids[1]} once more" in text
    said("decide", 1, by="Bob", verdict="exclude")
    assert "Bob says" not in said.notes()


def test_decisions_of_two_reviewers_that_differ_are_a_conflict_and_no_contradiction(said: Said) -> None:
    said("decide", 1, by="Bob", verdict="include")
    said("duplicate", 0, of=1)
    assert said.notes() == ""


def test_a_full_text_that_was_decided_before_its_record_was_included_is_named(said: Said) -> None:
    said("decide", 3, by="Ann", verdict="maybe")
    said("decide", 3, by="Bob", stage="full-text", verdict="include")
    assert f"{said.ids[3]} was decided on its full text by Bob: that counts only once" in said.notes()
    said("decide", 3, by="Ann", verdict="include")
    assert "counts only once" not in said.notes()


def test_a_decision_on_a_removed_record_is_named_if_it_was_made_afterwards(said: Said) -> None:
    said("decide", 0, by="Bob", verdict="exclude")
    said("remove", 0, how="other", rule="Retracted")
    assert said.notes() == ""
    said("decide", 0, by="Bob", verdict="exclude")
    assert f"{said.ids[0]} was removed before screening and decided on afterwards by Bob" in said.notes()


def test_primary_reasons_that_differ_are_named(said: Said) -> None:
    said("decide", 0, by="Bob", verdict="exclude", reasons=["design", "population"])
    assert said.notes() == ""
    said("decide", 0, by="Cy", verdict="exclude", reasons=["population"])
    text = said.notes()
    assert "primary reasons that differ, design (Ann), design (Bob), population (Cy)" in text
    assert "by name counts, which is design, until" in text


def test_a_study_behind_a_duplicate_is_named(said: Said) -> None:
    """The study is that of the report, whichever of its records it was said of."""
    said("study", 1, study="ALPHA")
    said("duplicate", 1, of=0)
    assert f"{said.ids[0]} is a report of the study ALPHA and was excluded" in said.notes()


def test_a_record_from_a_website_that_stands_for_one_of_a_database_is_named(said: Said) -> None:
    said("duplicate", 0, of=3)
    assert f"{said.ids[3]} came by other methods and stands for {said.ids[0]}" in said.notes()


def test_a_study_of_a_report_that_was_excluded_is_named(said: Said) -> None:
    said("study", 0, study="ALPHA")
    assert "of the study ALPHA and was excluded" in said.notes()


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("remove", {"how": "other", "rule": "x"}, "was removed before screening"),
        ("decide", {"verdict": "include"}, ""),
    ],
)
def test_a_study_of_a_report_that_left_otherwise_is_named(
    said: Said, kind: str, body: dict[str, Any], words: str
) -> None:
    said("study", 0, study="ALPHA")
    said(kind, 0, **body)
    assert ("of the study ALPHA" in said.notes()) == bool(words)
    assert words in said.notes()


def test_a_reason_whose_label_changed_after_use_is_named(folder: Path) -> None:
    """Decisions count under the label of today; the check says what it was when they were made."""
    protocol = folder / "protocol.toml"
    protocol.write_text(protocol.read_text().replace("Wrong design", "No controls"), encoding="utf-8")
    with Review.open(folder, now="2027-01-01T00:00:00Z"):
        pass
    [finding] = [f.what for f in check_folder(folder) if f.note and "label" in f.what]
    assert "the reason design was given 4 times when its label was “Wrong design”" in finding
    assert "it is “No controls” in the protocol" in finding


def test_a_full_text_excluded_without_a_reason_is_named(folder: Path) -> None:
    with Review.open(folder) as review:
        record = review.records[0].id
        n = review.next_seq
        event = Event(
            id="z1", kind="decide", by="Ann", log=review.log, seq=n, stage="full-text", record=record,
            body={"verdict": "exclude"},
        )  # fmt: skip
        review.add_events([event])
        notes = [f.what for f in check(review) if f.note and "full text" in f.what]
    assert len(notes) == 1
    assert notes[0].startswith(f"{record} was excluded on its full text by Ann without a reason")


def test_highlight_terms_that_cannot_be_read_are_named(folder: Path) -> None:
    path = folder / "protocol.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        f"{text}\n[[highlight]]\nname = 'design'\nterms = ['trial', '/(/', '*']\n", encoding="utf-8"
    )
    notes = [f.what for f in check_folder(folder) if f.note and "is not lit" in f.what]
    assert notes == [
        "protocol.toml: * of design is not lit: no letter and no digit",
        "protocol.toml: /(/ of design is not lit: missing ) at position 1",
    ]
    assert failed(folder) == ""


def test_a_reason_that_left_the_protocol_after_use_is_named(folder: Path) -> None:
    protocol = folder / "protocol.toml"
    protocol.write_text(protocol.read_text().replace('id = "design"', 'id = "other"'), encoding="utf-8")
    findings = [f for f in check_folder(folder) if f.note and "PRISMA-S" not in f.what]
    assert len(findings) == 1
    assert "the reason design was given 4 times at title-abstract" in findings[0].what


def test_a_previous_review_with_a_number_missing_is_named(said: Said) -> None:
    said("previous", studies=3, reports="many")
    assert "number of reports is missing" in said.notes()


def test_more_studies_of_the_previous_review_than_it_has_are_named(folder: Path) -> None:
    text = (folder / "protocol.toml").read_text()
    stages = '["title-abstract", "full-text"]'
    (folder / "protocol.toml").write_text(text.replace('["title-abstract"]', stages), encoding="utf-8")
    with Review.open(folder) as review:
        one = review.records[0].id
        said: list[tuple[str, str, str, dict[str, Any]]] = [
            ("decide", one, "title-abstract", {"verdict": "include"}),
            ("decide", one, "full-text", {"verdict": "include"}),
            ("study", one, "", {"study": "ALPHA", "previous": True}),
            ("previous", "", "", {"studies": 0, "reports": 0}),
        ]
        for kind, record, stage, body in said:
            n = review.next_seq
            event = Event(
                id=f"z{n}", kind=kind, by="Ann", log=review.log, seq=n, stage=stage, record=record, body=body
            )
            review.add_events([event])
        [note] = [f.what for f in check(review) if f.note and "said to be" in f.what]
    assert note.startswith("1 study of included reports is said to be of the previous review, which has 0")


@pytest.mark.parametrize("body", [{"of": "gone-1"}, {"records": ["gone-1"]}])
def test_links_and_stops_of_records_that_are_not_there_are_found(folder: Path, body: dict[str, Any]) -> None:
    add_event(folder, kind="stop" if "records" in body else "duplicate", body=body)
    assert "about gone-1, a record that is not there" in failed(folder)


def test_a_record_hidden_behind_one_that_is_not_there_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with make_review(folder) as review:
        add(review, tmp_path / "a.ris", ris("A1", "A2", "A3"))
        prefix = review.sources[0].prefix
        last = review.records[2].id
    add_event(folder, kind="duplicate", record=last, body={"of": f"{prefix}-99"})
    add_event(folder, id="zz", seq=2, kind="stands", record=f"{prefix}-99")
    assert f"a record that is not there, stands for {last}" in failed(folder)
