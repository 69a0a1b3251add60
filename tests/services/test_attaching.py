"""Files of reports: what is referred to, copied, taken away, and what checking finds of them later."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tamis import formats
from tamis.domain.events import Kind, Stage
from tamis.domain.record import Record
from tamis.errors import NotSavedError, UsageError
from tamis.services.attaching import (
    all_attached,
    attach,
    attach_all,
    attached,
    detach,
    file_faults,
    mark_of,
)
from tamis.services.checking import check
from tamis.services.exporting import export, must_be_free
from tamis.services.screening import Session
from tamis.store.review import Review

from .helpers import add, author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Two records, and beside the review a folder with files."""
    (tmp_path / "pdfs").mkdir()
    for name in "ab":
        (tmp_path / "pdfs" / f"{name}.pdf").write_bytes(f"%PDF-1.4 {name}".encode())
    with make_review(tmp_path / "review") as review:
        add(review, tmp_path / "a.ris", ris("First", "Second"))
        yield Session(review, author())


def names(session: Session, n: int = 0) -> list[str]:
    return [f.name for f in attached(session.review, session.ledger, session.review.records.id_at(n))]


def notes(session: Session) -> str:
    """What checking says of attached files that are not as they were."""
    findings = check(session.review)
    assert all(f.ok for f in findings), "what happens to attached files does not make a review broken"
    said = [s for faults in file_faults(session.review, session.ledger)[1].values() for s in faults]
    assert set(said) <= {f.what for f in findings if f.note}
    return "\n".join(said)


def one(session: Session, n: int = 0) -> str:
    return session.review.records.id_at(n)


def test_a_file_is_referred_to_with_its_checksum(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "pdfs" / "a.pdf"
    change = attach(session, one(session), path)
    assert change.words == "file a.pdf attached – First"
    assert change.event.body == {
        "file": "../pdfs/a.pdf",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "bytes": 10,
    }
    assert not (session.review.folder / "files").exists()
    assert [f.path for f in attached(session.review, session.ledger, one(session))] == [path]
    again = attach(session, one(session), path)
    assert again.words.startswith("Already file a.pdf attached")
    assert session.review.event_count == 1


def test_places_are_relative_only_where_they_move_with_the_review(session: Session, tmp_path: Path) -> None:
    inside = session.review.folder / "mine" / "c.pdf"
    inside.parent.mkdir()
    inside.write_bytes(b"c")
    far = tmp_path.parent / f"{tmp_path.name}-far.pdf"
    far.write_bytes(b"far")
    assert attach(session, one(session), inside).event.file == "mine/c.pdf"
    assert attach(session, one(session), far).event.file == str(far)


def test_files_move_together_with_the_review(session: Session, tmp_path: Path) -> None:
    attach(session, one(session), tmp_path / "pdfs" / "a.pdf")
    session.review.close()
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("review", "pdfs"):
        shutil.move(tmp_path / name, moved / name)
    with Review.open(moved / "review", write=False) as review:
        (file,) = attached(review, Session(review, author()).ledger, review.records.id_at(0))
        assert file.path == moved / "pdfs" / "a.pdf"
        assert file.path.is_file()


def test_a_copy_lies_in_the_review_and_keeps_its_name(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "pdfs" / "a.pdf"
    sha256 = mark_of(path).sha256
    attach(session, one(session), path, copy=True)
    path.unlink()
    (file,) = attached(session.review, session.ledger, one(session))
    assert file.path == session.review.folder / "files" / f"{sha256}.pdf"
    assert (file.name, file.path.read_bytes()) == ("a.pdf", b"%PDF-1.4 a")
    assert notes(session) == ""
    with pytest.raises(UsageError, match="belongs to the review"):
        must_be_free(session.review, file.path)


def test_other_content_at_the_same_place_takes_the_place_of_the_old(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "pdfs" / "a.pdf"
    attach(session, one(session), path)
    path.write_bytes(b"a later version")
    assert "has changed since it was attached" in notes(session)
    attach(session, one(session), path)
    assert notes(session) == ""
    assert names(session) == ["a.pdf"]
    session.undo()
    assert "has changed" in notes(session), "one undo takes both steps back"


def test_undo_and_redo(session: Session, tmp_path: Path) -> None:
    attach(session, one(session), tmp_path / "pdfs" / "a.pdf")
    change = session.undo()
    assert change is not None
    assert change.words == "Undone: file a.pdf attached – First"
    assert names(session) == []
    session.redo()
    assert names(session) == ["a.pdf"]


def test_files_are_taken_away_by_name_place_or_checksum(session: Session, tmp_path: Path) -> None:
    pdfs = tmp_path / "pdfs"
    marks = {name: mark_of(pdfs / name) for name in ("a.pdf", "b.pdf")}
    for wanted in ("a.pdf", str(pdfs / "a.pdf"), marks["a.pdf"].sha256[:8]):
        attach_all(session, [(one(session), pdfs / name, mark) for name, mark in marks.items()])
        assert sorted(names(session)) == ["a.pdf", "b.pdf"]
        (change,) = detach(session, one(session), wanted)
        assert change.words == "file a.pdf taken away – First"
        assert names(session) == ["b.pdf"]
    assert (pdfs / "a.pdf").is_file()
    with pytest.raises(UsageError, match=r"has no file z.pdf; it has: b.pdf"):
        detach(session, one(session), "z.pdf")
    detach(session, one(session))
    with pytest.raises(UsageError, match="has no files"):
        detach(session, one(session))


def test_taking_away_reaches_what_others_and_duplicates_have(session: Session, tmp_path: Path) -> None:
    first, second = one(session), one(session, 1)
    ben = Session(session.review, replace(session.author, by="Ben"), ledger=session.ledger)
    path = tmp_path / "pdfs" / "a.pdf"
    attach(session, first, path)
    attach(ben, second, path)
    session.save([session.event(Kind.DUPLICATE, second, {"of": first}, field=first)])
    assert names(session) == names(session, 1) == ["a.pdf"], "a report has each content once"
    assert len(all_attached(session.review, session.ledger)) == 1
    assert len(detach(session, first)) == 2
    assert names(session) == names(session, 1) == []
    session.undo()
    assert names(session) == ["a.pdf"]


@pytest.mark.parametrize("harm", ["missing", "changed", "moved", "folder"])
def test_checking_names_what_happened_to_a_file(session: Session, tmp_path: Path, harm: str) -> None:
    a, b = (tmp_path / "pdfs" / name for name in ("a.pdf", "b.pdf"))
    far = tmp_path / "read"
    far.mkdir()
    attach(session, one(session), a)
    attach(session, one(session, 1), b)
    assert notes(session) == ""
    assert "2 attached files as attached" in [f.what for f in check(session.review)]
    if harm == "missing":
        a.unlink()
        assert f"{a}, the file of {one(session)}, is missing" in notes(session)
    elif harm == "changed":
        a.write_bytes(b"marked with a pen")
        assert "has changed since it was attached" in notes(session)
    elif harm == "moved":
        shutil.move(a, session.review.folder / "a.pdf")
        assert f"was moved to {session.review.folder}" in notes(session)
    else:
        a.unlink()
        a.mkdir()
        assert "is a folder" in notes(session)


def test_what_is_no_file_is_refused(session: Session, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, why in (
        ("pdfs", "is a folder"),
        ("nothing.pdf", "There is no file"),
        ("pipe", "no ordinary file"),
    ):
        with pytest.raises(UsageError, match=why):
            attach(session, one(session), tmp_path / path)
    with pytest.raises(UsageError, match="no record zz-1"):
        attach(session, "zz-1", tmp_path / "pdfs" / "a.pdf")
    assert session.review.event_count == 0


def test_a_name_that_is_no_text_is_copied_or_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9 \x1b[31m.pdf")
    try:
        path.write_bytes(b"odd")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    with pytest.raises(UsageError, match="not in UTF-8") as refused:
        attach(session, one(session), path)
    assert "\x1b" not in str(refused.value)
    attach(session, one(session), path, copy=True)
    (name,) = names(session)
    assert name.isprintable()
    assert notes(session) == ""


@pytest.mark.parametrize("file", ["", "a\0b.pdf", "\udcff.pdf", "../" * 40 + "x", "a\x1b[31m\u202e.pdf"])
def test_a_hostile_event_harms_nothing(session: Session, file: str) -> None:
    """Events may come from a folder that somebody else sent."""
    body = {"file": file, "sha256": "00", "bytes": "many"}
    session.ledger.apply(session.event(Kind.ATTACH, one(session), body, field="00"))
    (found,) = attached(session.review, session.ledger, one(session))
    assert found.name.isprintable()
    assert found.where.isprintable()


def test_nothing_is_attached_in_a_review_that_is_only_read(session: Session, tmp_path: Path) -> None:
    session.review.close()
    with Review.open(tmp_path / "review", write=False) as review:
        reading = Session(review, author(), stage=Stage.TITLE_ABSTRACT)
        for copy in (False, True):
            with pytest.raises(NotSavedError):
                attach(reading, one(session), tmp_path / "pdfs" / "a.pdf", copy=copy)
        with pytest.raises(NotSavedError):
            detach(reading, one(session))


@pytest.mark.parametrize("format_", ["ris", "csv", "json"])
def test_exports_say_where_files_are(session: Session, tmp_path: Path, format_: str) -> None:
    path = tmp_path / "pdfs" / "a.pdf"
    attach(session, one(session), path)
    out = tmp_path / f"out.{format_}"
    export(session.review, session.ledger, out)
    records = list(formats.read(out.read_bytes(), name=out.name))
    assert [r.extra.get("L1") for r in records if isinstance(r, Record)] == [(str(path),), None]


@pytest.mark.parametrize("tool", ["zotero", "endnote", "rayyan", "covidence"])
def test_places_go_only_to_tools_that_open_files(session: Session, tmp_path: Path, tool: str) -> None:
    attach(session, one(session), tmp_path / "pdfs" / "a.pdf")
    out = tmp_path / "out.ris"
    export(session.review, session.ledger, out, tool=tool)
    told = f"L1  - {tmp_path / 'pdfs' / 'a.pdf'}" in out.read_text(encoding="utf-8")
    assert told is (tool in ("zotero", "endnote"))
