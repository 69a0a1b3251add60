"""Exporting: nothing lost on the way out and back in, nothing overwritten that matters."""

from __future__ import annotations

import dataclasses
import errno
import os
import stat
import string
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis import formats
from tamis.domain.events import Verdict
from tamis.domain.ledger import Ledger
from tamis.errors import NotSavedError, UsageError
from tamis.services import exporting
from tamis.services.exporting import decisions, export, export_name, free_path, safe_name
from tamis.services.importing import import_files
from tamis.services.screening import Session

from .helpers import add, author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.domain.record import Record
    from tamis.store.review import Review


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Five records: included, excluded, maybe, in conflict, undecided."""
    with make_review(tmp_path / "review") as made:
        add(made, tmp_path / "a.ris", ris("In", "Out", "Maybe", "Conflict", "Open", KW="liver"))
        ids = [r.id for r in made.records]
        ann = Session(made, author("Ann"))
        ann.decide_record(ids[0], Verdict.INCLUDE, note="Good: one\nand two")
        ann.decide_record(ids[1], Verdict.EXCLUDE, ["population", "design"])
        ann.decide_record(ids[2], Verdict.MAYBE)
        ann.decide_record(ids[3], Verdict.INCLUDE)
        Session(made, author("Ben"), ledger=ann.ledger).decide_record(ids[3], Verdict.EXCLUDE, ["design"])
        ann.queue.go_to(ids[4])
        ann.set_labels(["rct", "needs; thought, really"])
        yield made


def core(record: Record) -> dict[str, Any]:
    """What must be the same after a round trip: everything but the id and the line."""
    doc = record.to_doc()
    return {k: v for k, v in doc.items() if k not in ("id", "line")}


def everything(review: Review) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """All records with all decisions on them."""
    ledger = Ledger(review.events())
    return [(core(r), [d.to_doc() for d in decisions(ledger, review.protocol, r.id)]) for r in review.records]


@pytest.mark.parametrize("format_", ["ris", "csv", "json"])
def test_export_then_import_gives_the_same_records_and_decisions(
    review: Review, tmp_path: Path, format_: str
) -> None:
    account = export(review, Ledger(review.events()), tmp_path / f"out.{format_}")
    assert (account.records, account.format) == (5, format_)
    with make_review(tmp_path / "again", by="Cem") as again:
        back = import_files(again, [account.path], author=author("Cem"))[0]
        assert (back.error, back.found, back.imported, back.problems) == ("", 5, 5, ())
        assert everything(again) == everything(review)


NAME = st.text(string.ascii_letters + "äß, ;:'\"=", min_size=1, max_size=12).filter(
    lambda s: s.strip() == s != ""
)
TEXT = st.text(string.ascii_letters + string.digits + " \n.,;:|=+-@'\"\\[]{}<>&%$#é肝", max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.lists(
        st.tuples(
            st.sampled_from(["include", "exclude", "maybe", None]),
            st.lists(st.sampled_from(["population", "design"]), unique=True),
            TEXT,
            st.lists(NAME, max_size=3, unique=True),
        ),
        min_size=1,
        max_size=4,
    ),
    by=NAME,
    format_=st.sampled_from(["ris", "csv", "json"]),
)
def test_any_decision_note_and_label_survives_a_round_trip(
    data: list[tuple[str | None, list[str], str, list[str]]], by: str, format_: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with make_review(folder / "a") as review:
            add(review, folder / "a.ris", ris(*[f"Title {n}" for n in range(len(data))]))
            session = Session(review, author(by))
            for record, (verdict, reasons, note, labels) in zip(list(review.records), data, strict=True):
                if verdict:
                    session.decide_record(
                        record.id, Verdict(verdict), reasons if verdict == "exclude" else []
                    )
                session.queue.go_to(record.id)
                session.set_note(note)
                session.set_labels(labels)
            export(review, session.ledger, folder / f"out.{format_}")
            with make_review(folder / "b") as again:
                account = import_files(again, [folder / f"out.{format_}"], author=author())[0]
                assert not account.error
                assert everything(again) == everything(review)


@pytest.mark.parametrize(
    ("only", "titles"),
    [
        ("included", ["In"]),
        ("excluded", ["Out"]),
        ("maybe", ["Maybe"]),
        ("conflict", ["Conflict"]),
        ("undecided", ["Open"]),
        ("all", ["In", "Out", "Maybe", "Conflict", "Open"]),
    ],
)
def test_only_picks_by_the_outcome(review: Review, only: exporting.Only, titles: list[str]) -> None:
    assert [r.title for r in exporting.chosen(review, Ledger(review.events()), only=only)] == titles


def test_stored_records_stay_without_decisions(review: Review) -> None:
    list(exporting.chosen(review, Ledger(review.events())))
    assert all(record.decisions == () for record in review.records)


def test_note_and_labels_stand_once_with_two_stages(tmp_path: Path) -> None:
    with make_review(tmp_path / "r", stages=("title-abstract", "full-text")) as review:
        add(review, tmp_path / "a.ris", ris("One"))
        record = review.records[0].id
        first = Session(review, author("Ann"))
        first.decide_record(record, Verdict.INCLUDE)
        later = dataclasses.replace(author("Ann"), new_id=iter(["x1", "x2"]).__next__)
        Session(review, later, stage="full-text", ledger=first.ledger).decide_record(
            record, Verdict.EXCLUDE, ["design"], note="Only an abstract"
        )
        found = decisions(first.ledger, review.protocol, record)
        assert [(d.stage, d.verdict, d.note) for d in found] == [
            ("full-text", "exclude", "Only an abstract"),
            ("title-abstract", "include", ""),
        ]


def test_format_comes_from_the_extension_or_the_option(review: Review, tmp_path: Path) -> None:
    ledger = Ledger()
    assert export(review, ledger, tmp_path / "a.RIS").format == "ris"
    assert export(review, ledger, tmp_path / "b.txt", format="csv").format == "csv"
    with pytest.raises(UsageError, match=r"docx cannot be written.*ris"):
        export(review, ledger, tmp_path / "a.docx")
    with pytest.raises(UsageError, match="has no extension"):
        export(review, ledger, tmp_path / "a")


@pytest.mark.parametrize(
    "name", ["review.json", "review.json.journal", "protocol.toml", "sources/x.ris", "review.json.lock"]
)
def test_the_reviews_own_files_are_never_written(review: Review, name: str) -> None:
    (review.folder / "sources").mkdir(exist_ok=True)
    with pytest.raises(UsageError, match="belongs to the review"):
        export(review, Ledger(), review.folder / name, format="ris")
    with pytest.raises(UsageError, match="belongs to the review"):
        export(review, Ledger(), review.folder / "x" / ".." / name, format="ris")


def test_an_imported_file_is_never_overwritten(review: Review, tmp_path: Path) -> None:
    before = (tmp_path / "a.ris").read_bytes()
    with pytest.raises(UsageError, match="was made from"):
        export(review, Ledger(), tmp_path / "a.ris")
    assert (tmp_path / "a.ris").read_bytes() == before


def test_odd_places_are_sentences(review: Review, tmp_path: Path) -> None:
    (tmp_path / "folder.ris").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        export(review, Ledger(), tmp_path / "folder.ris")
    with pytest.raises(UsageError, match="There is no folder"):
        export(review, Ledger(), tmp_path / "none" / "a.ris")
    with pytest.raises(UsageError, match="not an ordinary file"):
        export(review, Ledger(), Path(os.devnull), format="ris")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_refusing_disk_leaves_the_old_file(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    target = tmp_path / "out.ris"
    target.write_text("old")

    def fail(_fd: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(NotSavedError, match=r"out\.ris was not written"):
        export(review, Ledger(), target)
    assert target.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ris", "out.ris", "review"]


def test_a_fault_while_writing_leaves_nothing(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(formats, "write", fail)
    with pytest.raises(RuntimeError):
        export(review, Ledger(), tmp_path / "out.ris")
    assert not [p for p in tmp_path.iterdir() if p.name.startswith((".tamis", "out"))]


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_new_exports_are_private_and_old_modes_are_kept(review: Review, tmp_path: Path) -> None:
    export(review, Ledger(), tmp_path / "new.ris")
    assert stat.S_IMODE((tmp_path / "new.ris").stat().st_mode) == 0o600
    (tmp_path / "old.ris").touch(0o644)
    (tmp_path / "old.ris").chmod(0o644)
    export(review, Ledger(), tmp_path / "old.ris")
    assert stat.S_IMODE((tmp_path / "old.ris").stat().st_mode) == 0o644


@given(
    st.text(max_size=300)
    | st.sampled_from(["../../etc", "C:\\x", "CON", "-rf", ".lock", "a\0b", "x" * 300, "."])
)
def test_names_made_of_any_text_are_harmless(text: str) -> None:
    for name in (safe_name(text), export_name(text, "included", "2026-11-20")):
        assert 0 < len(name) <= 64
        assert set(name) <= set(string.ascii_lowercase + string.digits + "._-")
        assert not name.startswith(("-", "."))
        assert name not in ("con", "nul")


def test_free_path_never_names_what_is_there(tmp_path: Path) -> None:
    name = export_name("Liver metastases: a review", "included", "2026-11-20")
    assert name == "tamis-liver-metastases-a-review-included-2026-11-20"
    first = free_path(tmp_path, name, ".ris")
    first.touch()
    (tmp_path / f"{name}-2.ris").symlink_to(tmp_path / "gone")
    assert free_path(tmp_path, name, ".ris").name == f"{name}-3.ris"
