"""A review folder: made, opened, imported into, protocol and all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tamis.domain.record import Problem
from tamis.errors import DamagedError, NotSavedError, ProtocolError, StoreError, UsageError
from tamis.store.journal import JournalStorage
from tamis.store.review import Review

from .helpers import FailingDisk, QuickDisk, add, docs, draft, files, new_review, note, storage_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "r"


@pytest.fixture
def review(folder: Path) -> Iterator[Review]:
    with new_review(folder, QuickDisk()) as review:
        yield review


def test_a_new_review_knows_its_copy_and_its_protocol(review: Review) -> None:
    assert review.meta == {"tamis": 1, "log": "log1", "created": "2026-01-01T00:00:00Z", "title": "Livers"}
    assert review.protocol.title == "Livers"
    assert review.protocol.reviewers == ("ana",)
    assert review.protocol_version == 1
    assert not review.protocol_changed
    assert (len(review.records), review.sources, list(review.events()), review.next_seq) == (0, (), [], 1)
    assert review.verify() == []


def test_a_second_review_is_not_made_over_the_first(review: Review, folder: Path) -> None:
    before = files(folder)
    with pytest.raises(UsageError, match="holds a review already"):
        new_review(folder)
    assert files(folder) == before


def test_no_review_is_said_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"no review in {tmp_path}; `tamis init {tmp_path}`"):
        Review.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_making_that_fails_can_be_tried_again(tmp_path: Path) -> None:
    for at in range(1, 30):
        folder = tmp_path / str(at)
        disk = FailingDisk(at)
        try:
            review = new_review(folder, disk)
        except NotSavedError:
            disk.at = 0
            if (folder / "review.json").exists():  # given its name, but the disk did not confirm it
                review = Review.open(folder, disk=disk)
            else:
                review = new_review(folder, disk)
        assert review.protocol.title == "Livers"
        review.close()
        if disk.at:
            return
    pytest.fail("it never went through")


def test_events_come_back_as_they_were(review: Review, folder: Path) -> None:
    events = []
    for n in range(3):
        event = dataclasses.replace(note(review, f"näte {n}"), more={"later": n})
        review.add_events([event])
        events.append(event)
    foreign = dataclasses.replace(note(review), log="another copy", seq=77)
    review.add_events([foreign])
    assert review.next_seq == 4
    review.close()
    with Review.open(folder) as again:
        assert list(again.events()) == [*events, foreign]
        assert again.next_seq == 4


@pytest.mark.parametrize("read", [1, 3, 4])
def test_the_next_turn_is_the_same_however_much_was_read(folder: Path, read: int) -> None:
    with new_review(folder) as review:
        for n in range(3):
            review.add_events([note(review, str(n))])
        review.add_events([dataclasses.replace(note(review), log="another copy", seq=77)])
    with Review.open(folder) as again:
        events = again.events()
        for _ in range(read):
            next(events)
        again.add_events([note(again)])
        assert sum(1 for _ in events) == 4 - read, "those that were there when reading began"
        assert again.next_seq == 5
        assert max(event.seq for event in again.events() if event.log == again.log) == 4


def test_an_event_out_of_turn_is_refused(review: Review) -> None:
    with pytest.raises(ValueError, match="seq 5, but 1 comes next"):
        review.add_events([dataclasses.replace(note(review), seq=5)])
    assert review.event_count == 0


def test_an_event_that_was_not_saved_keeps_its_turn(folder: Path) -> None:
    disk = FailingDisk()
    with new_review(folder, disk) as review:
        review.add_events([note(review)])
        disk.at = disk.calls + 1
        with pytest.raises(NotSavedError):
            review.add_events([note(review)])
        assert review.next_seq == 2
        review.add_events([note(review)])
        assert [doc.doc_id for doc in review.db.table("events")] == [1, 2]


def test_positions_count_problems_in_the_middle_of_a_file(review: Review) -> None:
    """Ids, indexes and places agree without decoding, for files with and without gaps."""
    add(review, b"one", [1, 2, 3])
    add(review, b"none at all", [])
    add(review, b"two", [2, 3, 7, 9, 10])
    add(review, b"three", [4])
    wanted = [
        f"{source.prefix}-{n}"
        for source, positions in zip(review.sources, ([1, 2, 3], [], [2, 3, 7, 9, 10], [4]), strict=True)
        for n in positions
    ]
    records = review.records
    assert [record.id for record in records] == wanted
    assert list(records.ids()) == wanted
    assert [records.id_at(i) for i in range(len(records))] == wanted
    assert [records[i].id for i in range(-len(wanted), 0)] == wanted
    assert [records.position(record_id) for record_id in wanted] == list(range(len(wanted)))
    assert [json.loads(raw)["id"] for raw in records.raws()] == wanted
    assert json.loads(records.raw(4))["id"] == wanted[4]
    assert [record.id for record in records[2:5]] == wanted[2:5]
    assert [records.source_of(record_id).sha256 for record_id in wanted[2:4]] == [
        review.sources[0].sha256,
        review.sources[2].sha256,
    ]
    prefix = review.sources[2].prefix
    for unknown in (
        "",
        "-",
        f"{prefix}-1",
        f"{prefix}-4",
        f"{prefix}-8",
        f"{prefix}-11",
        f"{prefix}-02",
        "x-1",
    ):
        assert records.find(unknown) is None
        with pytest.raises(KeyError):
            records.position(unknown)
    with pytest.raises(IndexError):
        records[len(wanted)]


def test_a_source_comes_back_as_it_was(review: Review, folder: Path) -> None:
    data = b"TY  - JOUR\r\n\xff"
    begun = draft(review, data, "päper.ris")
    whole = dataclasses.replace(begun, found=3, problems=(Problem(4, "broken", "x"),), database="PubMed")
    source = review.add_source(begun, data, docs(begun, [1, 3]), lambda: whole, lambda: [note(review)])
    assert source == dataclasses.replace(whole, first=1, imported=2)
    assert review.original(source).read_bytes() == data
    assert review.original(source).name == hashlib.sha256(data).hexdigest() + ".ris"
    assert review.event_count == 1
    review.close()
    with Review.open(folder) as again:
        assert again.sources == (source,)
        assert again.next_seq == 2
        assert again.leftovers() == []


def test_a_file_may_be_given_by_its_path(review: Review, tmp_path: Path) -> None:
    path = tmp_path / "export.ris"
    path.write_bytes(b"abc" * 1000)
    source = draft(review, path.read_bytes())
    review.add_source(source, path, docs(source, [1]), lambda: source)
    assert review.original(source).read_bytes() == path.read_bytes()


def test_a_file_that_changes_while_it_is_read_is_not_imported(review: Review, folder: Path) -> None:
    source = draft(review, b"before")
    before = files(folder)
    with pytest.raises(UsageError, match="changed while it was read"):
        review.add_source(source, b"after", docs(source, [1]), lambda: source)
    assert files(folder) == before


def test_the_same_file_is_not_imported_twice(review: Review) -> None:
    add(review, b"one", [1])
    with pytest.raises(UsageError, match="was imported already"):
        add(review, b"one", [1])
    assert len(review.records) == 1


def test_two_files_with_the_same_first_digits_get_different_ids(review: Review) -> None:
    first = draft(review, b"one")
    review.add_source(first, b"one", docs(first, [1]), lambda: first)
    twin = first.sha256[:7] + "0" * 57
    assert first.prefix == first.sha256[:6]
    second = dataclasses.replace(first, sha256=twin, prefix=review.prefix_for(twin))
    assert second.prefix == twin[:7]
    with pytest.raises(ValueError, match="is taken"):
        review.add_source(dataclasses.replace(second, prefix=first.prefix), b"", [], lambda: second)


@pytest.mark.parametrize("size", [10, 3000])
def test_an_import_that_fails_leaves_at_most_a_harmless_copy(folder: Path, size: int) -> None:
    """Whichever call to the disk fails; afterwards the same import succeeds."""
    import shutil

    for at in range(1, 60):
        shutil.rmtree(folder, ignore_errors=True)
        disk = FailingDisk(short=True)
        with new_review(folder, disk) as review:
            add(review, b"first", [1, 2])
            disk.at, disk.calls = at, 0
            try:
                add(review, b"second", range(1, size), "x" * 100)
            except NotSavedError:
                disk.at = 0
                assert [record.id for record in review.records][1:] == [review.records.id_at(1)]
                assert len(review.sources) == 1
                assert review.verify() == []
                if not storage_of(review)._journal.broken:
                    add(review, b"second", range(1, size), "x" * 100)
                    assert len(review.records) == 1 + size
                    assert review.leftovers() == []
            if disk.calls < at:
                return
    pytest.fail("it never went through")


@pytest.mark.parametrize("bad", ["zzz-1", "{p}-0x", "{p}-1"])
def test_ids_that_do_not_fit_the_file_are_refused(review: Review, bad: str) -> None:
    source = draft(review, b"x")
    wrong = [{"id": f"{source.prefix}-1"}, {"id": bad.format(p=source.prefix)}]
    with pytest.raises(ValueError, match=r"id|position|literal"):
        review.add_source(source, b"x", wrong, lambda: source)
    assert len(review.records) == 0
    assert review.leftovers() == [], "an import that was broken off leaves nothing behind"


def test_hostile_suffixes_stay_out_of_file_names(review: Review) -> None:
    source = dataclasses.replace(draft(review, b"x"), suffix="/../../evil")
    review.add_source(source, b"x", [], lambda: source)
    assert review.original(source).name == source.sha256


def test_an_edited_protocol_becomes_a_further_version(folder: Path) -> None:
    new_review(folder, QuickDisk()).close()
    path = folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace('question = ""', 'question = "Why?"'), "utf-8")
    with Review.open(folder, write=False) as review:
        assert review.protocol.question == "Why?"
        assert not review.protocol_changed
        assert review.protocol_version == 1
    with Review.open(folder, reviewer="ben", now="2026-02-02") as review:
        assert review.protocol_changed
        assert [(at, by, p.question) for at, by, p in review.protocols()] == [
            ("2026-01-01T00:00:00Z", "ana", ""),
            ("2026-02-02", "ben", "Why?"),
        ]
    path.write_text(path.read_text("utf-8") + "\n# a comment changes nothing\n", "utf-8")
    with Review.open(folder) as review:
        assert not review.protocol_changed
    path.unlink()
    with Review.open(folder) as review:
        assert review.protocol.question == "Why?"
        assert review.protocol_version == 2


def test_a_broken_protocol_is_named_with_its_line_and_the_review_is_free_again(folder: Path) -> None:
    new_review(folder, QuickDisk()).close()
    good = (folder / "protocol.toml").read_bytes()
    for bad in (b"title = \n", b"\xff\xfe"):
        (folder / "protocol.toml").write_bytes(bad)
        with pytest.raises(ProtocolError, match=r"protocol\.toml"):
            Review.open(folder)
    (folder / "protocol.toml").write_bytes(good)
    Review.open(folder).close()


def test_a_protocol_that_was_there_before_is_kept(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "protocol.toml").write_text('title = "Mine"')
    with new_review(folder) as review:
        assert review.protocol.title == "Mine"
        assert not review.protocol_changed


def test_reading_changes_nothing_on_disk(folder: Path) -> None:
    with new_review(folder, QuickDisk()) as review:
        add(review, b"one", [1])
    before = files(folder)
    with Review.open(folder, write=False) as review:
        assert not review.writable
        with pytest.raises(NotSavedError, match="reading only"):
            review.add_events([note(review)])
        with pytest.raises(NotSavedError, match="reading only"):
            add(review, b"two", [1])
        assert len(review.records) == 1
    assert files(folder) == before


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"tamis": 2}, StoreError, "later version of tamis"),
        ({"tamis": "x"}, DamagedError, "does not say which version"),
        ({"log": None}, DamagedError, "does not say which version"),
    ],
)
def test_a_review_it_does_not_understand_is_refused(
    folder: Path, change: dict[str, Any], error: type[StoreError], words: str
) -> None:
    new_review(folder, QuickDisk()).close()
    storage = JournalStorage(folder / "review.json")
    meta = {**storage.doc("meta", 1), **change}
    storage.commit({"meta": {1: {k: v for k, v in meta.items() if v is not None}}})
    storage.close()
    for write in (True, False, True):
        with pytest.raises(error, match=words):
            Review.open(folder, write=write)


def test_verify_names_what_is_wrong(review: Review) -> None:
    one, two = add(review, b"one", [1]), add(review, b"two", [1])
    review.original(one).chmod(0o600)
    review.original(one).write_bytes(b"One")
    review.original(two).unlink()
    review.db.table("records").insert({"id": "stray"})
    found = review.verify()
    assert len(found) == 3
    assert "is not what was imported" in found[0]
    assert "is missing" in found[1]
    assert "3 records; its sources say 2" in found[2]


def test_a_damaged_event_or_record_is_named(folder: Path) -> None:
    with new_review(folder, QuickDisk()) as review:
        source = add(review, b"one", [1, 2])
        storage = storage_of(review)
        storage.commit(
            {"records": {2: {"id": f"{source.prefix}-2", "authors": 7}}, "events": {1: {"kind": "note"}}}
        )
        with pytest.raises(DamagedError, match=f"record {source.prefix}-2"):
            review.records[1]
        storage.commit({"records": {2: None}})
        with pytest.raises(DamagedError, match=f"record {source.prefix}-2"):
            review.records[1]
        with pytest.raises(DamagedError, match="event 1 is damaged"):
            list(review.events())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
@pytest.mark.usefixtures("unfolded")
def test_only_the_owner_can_read_what_is_written(folder: Path) -> None:
    """Whatever the umask: files 0600, imported files 0400, folders 0700."""
    old = os.umask(0)
    try:
        with new_review(folder, QuickDisk()) as review:
            add(review, b"one", range(1, 4000), "x" * 100)
            review.add_events([note(review)])
        (folder / "review.json.journal").write_bytes((folder / "review.json.journal").read_bytes() + b"torn")
        Review.open(folder).close()
    finally:
        os.umask(old)
    modes = {p.name: p.stat().st_mode & 0o777 for p in [folder, *folder.rglob("*")]}
    assert modes.pop("r") == modes.pop("sources") == 0o700
    assert modes.pop(hashlib.sha256(b"one").hexdigest() + ".ris") == 0o400
    assert set(modes) == {
        "review.json",
        "review.json.journal",
        "review.json.lock",
        "review.json.torn",
        "protocol.toml",
    }
    assert set(modes.values()) == {0o600}


@pytest.mark.usefixtures("unfolded")
def test_a_damaged_journal_is_recovered_by_the_review(folder: Path) -> None:
    with new_review(folder, QuickDisk()) as review:
        for n in range(5):
            review.add_events([note(review, f"note {n}")])
    path = folder / "review.json.journal"
    path.write_bytes(path.read_bytes().replace(b"note 2", b"nope 2"))
    with pytest.raises(DamagedError, match="--recover"):
        Review.open(folder)
    assert "4 whole changes were taken over" in Review.recover(folder)[0]
    with Review.open(folder) as review:
        assert [event.text for event in review.events()] == ["note 0", "note 1", "note 3", "note 4"]
        review.add_events([note(review)])
    assert Review.recover(folder) == []
    with pytest.raises(UsageError):
        Review.recover(folder / "nowhere")


def test_a_review_closed_twice_is_closed(folder: Path) -> None:
    review = new_review(folder, QuickDisk())
    review.close()
    review.close()
    with pytest.raises(NotSavedError, match="was closed already"):
        review.add_events([note(review)])


def test_a_long_session_is_folded_at_its_end(folder: Path) -> None:
    with new_review(folder, QuickDisk()) as review:
        review.add_events([note(review, "x" * 300_000)])
    assert not (folder / "review.json.journal").exists()
    with Review.open(folder) as review:
        assert review.event_count == 1
