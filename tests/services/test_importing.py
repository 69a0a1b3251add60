"""Importing: every record accounted for, a file whole or not at all, decisions taken over."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tamis import formats
from tamis.domain.ledger import Ledger
from tamis.errors import ExitCode, NotSavedError, Stopped, UsageError
from tamis.services.carried import reason_id
from tamis.services.importing import exit_code, import_files, probe

from .helpers import add, author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.review import Review


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with make_review(tmp_path / "review") as made:
        yield made


def test_records_get_ids_from_checksum_and_position(review: Review, tmp_path: Path) -> None:
    account = add(review, tmp_path / "a.ris", ris("One", "Two"), database="PubMed", kind="register")
    assert (account.format, account.found, account.imported, account.code) == ("ris", 2, 2, ExitCode.OK)
    assert [r.id for r in review.records] == [f"{account.sha256[:6]}-1", f"{account.sha256[:6]}-2"]
    source = review.sources[0]
    assert (source.name, source.kind, source.by, source.file) == ("PubMed", "register", "Ann", "a.ris")
    assert review.original(source).read_bytes() == (tmp_path / "a.ris").read_bytes()


def test_account_as_json_has_exactly_the_promised_keys(review: Review, tmp_path: Path) -> None:
    doc = add(review, tmp_path / "a.ris", ris("One")).to_doc()
    assert set(doc) == {"file", "format", "encoding", "sha256", "found", "imported", "problems", "repairs"}
    assert json.loads(json.dumps(doc)) == doc


def test_same_bytes_are_passed_over_under_any_name(review: Review, tmp_path: Path) -> None:
    add(review, tmp_path / "a.ris", ris("One"))
    (tmp_path / "copy.txt").write_text(ris("One"))
    (tmp_path / "new.ris").write_text(ris("New"))
    (tmp_path / "newer.ris").write_text(ris("New"))
    names = ["copy.txt", "new.ris", "newer.ris"]
    accounts = import_files(review, [tmp_path / n for n in names], author=author())
    assert "imported on 2026-03-01 as a.ris" in accounts[0].skipped
    assert not accounts[1].skipped
    assert accounts[2].skipped
    assert exit_code(accounts) == ExitCode.OK
    assert len(review.records) == 2


def test_two_files_of_one_name_stand_side_by_side(review: Review, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    add(review, tmp_path / "a.ris", ris("One"))
    add(review, tmp_path / "x" / "a.ris", ris("Two"))
    assert [s.file for s in review.sources] == ["a.ris", "a.ris"]
    assert len(review.records) == 2


def test_rehearsal_stores_nothing_and_needs_no_lock(review: Review, tmp_path: Path) -> None:
    (tmp_path / "a.ris").write_text(ris("One", "Two"))
    before = (review.folder / "review.json").read_bytes()
    account = import_files(review, [tmp_path / "a.ris"], author=author(), dry_run=True)[0]
    assert account.imported == 2
    assert not review.sources
    assert (review.folder / "review.json").read_bytes() == before
    assert not (review.folder / "sources").exists()


def test_bad_files_are_named_and_the_others_go_on(review: Review, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.ris").touch()
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    (tmp_path / "prose.txt").write_text("Dear colleague,\n\nplease find nothing attached.\n")
    (tmp_path / "good.ris").write_text(ris("Good"))
    names = ["folder", "missing.ris", "empty.ris", "paper.pdf", "prose.txt", "good.ris", "good.ris/x"]
    accounts = import_files(review, [tmp_path / n for n in names], author=author())
    errors = {a.file: a.error for a in accounts}
    assert "is a folder" in errors["folder"]
    assert "There is no file" in errors["missing.ris"]
    assert "is empty" in errors["empty.ris"]
    assert "pdf" in errors["paper.pdf"].lower()
    assert "RIS" in errors["prose.txt"]
    assert not errors["good.ris"]
    assert "There is no file" in errors["x"]
    assert exit_code(accounts) == ExitCode.UNREADABLE
    assert [s.file for s in review.sources] == ["good.ris"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_is_a_sentence(review: Review, tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_text(ris("One"))
    path.chmod(0)
    account = import_files(review, [path], author=author())[0]
    assert "could not be read" in account.error


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_pipe_is_refused_without_waiting(review: Review, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not an ordinary file" in import_files(review, [tmp_path / "pipe"], author=author())[0].error


def test_file_name_with_control_characters_is_shown_clean(review: Review, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b]0;x\x07.ris"
    add(review, path, ris("One"))
    assert review.sources[0].file.isprintable()
    gone = import_files(review, [tmp_path / "b\x1b.ris"], author=author())[0]
    assert gone.error.isprintable()


def test_difference_between_found_and_read_stores_nothing(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Liar:
        def __init__(self, reading: Any) -> None:
            self.reading = reading
            self.found = reading.found + 1

        def __iter__(self) -> Iterator[Any]:
            return iter(self.reading)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.reading, name)

    read = formats.read
    monkeypatch.setattr(formats, "read", lambda data, name, **_: Liar(read(data, name=name)))
    (tmp_path / "a.ris").write_text(ris("One", "Two"))
    account = import_files(review, [tmp_path / "a.ris"], author=author())[0]
    assert "3 records were counted, but 2 were read" in account.error
    assert account.code == ExitCode.ATTENTION
    assert not review.sources
    assert len(review.records) == 0


def test_failing_disk_is_an_error_of_that_file(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise NotSavedError("Not saved: the disk is full.")

    monkeypatch.setattr(review, "add_source", full)
    (tmp_path / "a.ris").write_text(ris("One"))
    account = import_files(review, [tmp_path / "a.ris"], author=author())[0]
    assert (account.error, account.imported, account.code) == (
        "Not saved: the disk is full.",
        0,
        ExitCode.STORAGE,
    )


def test_unknown_kind_is_refused(review: Review) -> None:
    with pytest.raises(UsageError, match="database, register"):
        import_files(review, [], author=author(), kind="library")


def test_progress_is_told_in_steps(review: Review, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    (tmp_path / "a.ris").write_text(ris(*[f"Title {n}" for n in range(2500)]))
    import_files(review, [tmp_path / "a.ris"], author=author(), progress=lambda *step: told.append(step))
    assert told[0] == ("a.ris", 0, 0), "before the records are counted it says that it is at work"
    assert [step for step in told if step[1]] == [("a.ris", 1000, 2500), ("a.ris", 2000, 2500)]


def test_whoever_listens_can_stop_an_import_at_any_step(review: Review, tmp_path: Path) -> None:
    """Also before the first record is read; nothing of the file stays, not even its copy."""
    (tmp_path / "a.ris").write_text(ris(*[f"Title {n}" for n in range(2500)]))
    steps: list[int] = []
    import_files(
        review, [tmp_path / "a.ris"], author=author(), dry_run=True, progress=lambda *s: steps.append(s[1])
    )
    for stop_at in range(len(steps)):
        left = iter(range(stop_at))

        def stop(*_: object, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Stopped

        with pytest.raises(Stopped):
            import_files(review, [tmp_path / "a.ris"], author=author(), progress=stop)
        assert (len(review.records), review.sources, review.leftovers()) == (0, (), [])


def test_decisions_in_a_file_become_events_of_their_reviewers(review: Review, tmp_path: Path) -> None:
    doc = ris("One", "Two")
    (tmp_path / "plain.ris").write_text(doc)
    import_files(review, [tmp_path / "plain.ris"], author=author())
    first, second = (r.id for r in review.records)
    assert Ledger(review.events()).votes(first, "title-abstract") == {}

    from tamis.domain.events import Verdict
    from tamis.services.exporting import export
    from tamis.services.screening import Session

    session = Session(review, author("Ben"))
    session.decide_record(first, Verdict.EXCLUDE, ["population", "design"], note="Two\nlines; with: signs")
    session.queue.go_to(second)
    session.set_labels(["rct", "ask, me"])
    export(review, session.ledger, tmp_path / "out.json")

    with make_review(tmp_path / "other", by="Cem") as other:
        account = import_files(other, [tmp_path / "out.json"], author=author("Cem"))[0]
        assert (account.imported, account.decisions) == (2, 2)
        ledger = Ledger(other.events())
        one, two = (r.id for r in other.records)
        vote = ledger.votes(one, "title-abstract")["Ben"]
        assert vote.reasons == ("population", "design")
        assert vote.body["from"] == other.sources[0].prefix
        assert ledger.note(one, "Ben") == "Two\nlines; with: signs"
        assert ledger.labels(two, "Ben") == ("rct", "ask, me")
        assert ledger.undoable("Ben") is None
        assert [e.seq for e in other.events()] == [1, 2, 3]


def test_reason_labels_are_found_and_unknown_ones_kept(review: Review) -> None:
    assert reason_id(review.protocol, "wrong DESIGN") == "design"
    assert reason_id(review.protocol, "Not ours\x1b") == "Not ours\u241b"
    assert reason_id(review.protocol, "1") == "1"


def test_probe_reads_only_the_beginning(tmp_path: Path) -> None:
    (tmp_path / "a.ris").write_text(ris("One"))
    probe(tmp_path / "a.ris")
