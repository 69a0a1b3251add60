"""`review.json`: an ordinary TinyDB file, opened without decoding it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tinydb import TinyDB

from tamis.errors import DamagedError, StoreError
from tamis.store.disk import OpenFile
from tamis.store.journal import JournalStorage
from tamis.store.snapshot import open_snapshot

from .helpers import QuickDisk, contents, look

if TYPE_CHECKING:
    from pathlib import Path

TABLES: dict[str, dict[int, Any]] = {
    "records": {n: {"id": f"a-{n}", "title": f"Ünïcode {n}", "x": [1, None, {}]} for n in range(1, 30)},
    "odd ids": {7: {"a": 1}, 3: {"b": "}"}, -2: {"c": "\t\n{"}, 100: {}},
    "empty": {},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    JournalStorage.create(tmp_path / "review.json", TABLES, disk=QuickDisk()).close()
    return tmp_path / "review.json"


def test_stock_tinydb_opens_it(path: Path) -> None:
    with TinyDB(path, access_mode="r", encoding="utf-8") as db:
        assert db.tables() >= TABLES.keys()
        for name, docs in TABLES.items():
            assert {d.doc_id: d for d in db.table(name)} == docs


def test_each_document_has_a_line_of_its_own(path: Path) -> None:
    """So that `git diff` shows which documents changed."""
    lines = path.read_text("utf-8").splitlines()
    documents = sum(map(len, TABLES.values())) + 1
    assert len(lines) == 2 + documents + 2 * (len(TABLES) + 1)


def test_the_order_of_insertion_is_kept(path: Path) -> None:
    assert [doc_id for doc_id, _ in look(path)["odd ids"]] == [7, 3, -2, 100]


def test_it_opens_without_decoding(path: Path) -> None:
    file = OpenFile(path)
    snapshot = open_snapshot(file)
    assert snapshot.plain
    assert not snapshot.loose
    file.close()


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_file_in_another_layout_is_read_all_the_same(
    path: Path, indent: int | None, ascii_only: bool
) -> None:
    before = look(path)
    path.write_text(
        json.dumps(json.loads(path.read_bytes()), indent=indent, ensure_ascii=ascii_only), "utf-8"
    )
    assert look(path) == before
    storage = JournalStorage(path, disk=QuickDisk())
    storage.commit({"records": {1: None, 2: {"id": "a-2", "new": True}, 50: {"id": "a-50"}}})
    storage.fold()
    after = contents(storage)
    storage.close()
    file = OpenFile(path)
    assert open_snapshot(file).plain, "folding brings back our layout"
    file.close()
    assert look(path) == after
    assert [i for i, _ in after["records"]] == [*range(2, 30), 50]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.integers(0, 300), st.sampled_from(["x" * 10, "é" * 5000, "y" * 1_500_000]), st.integers(1, 40))
def test_lines_are_found_wherever_blocks_end(tmp_path: Path, shift: int, text: str, count: int) -> None:
    """The file is read in blocks of 1 MiB; a line may end, begin or go on anywhere."""
    if len(text) > 1_000_000:
        count = min(count, 3)
    docs = {n: {"t": text[: len(text) - shift * n % 7], "n": n} for n in range(1, count + 1)}
    path = tmp_path / "review.json"
    path.unlink(missing_ok=True)
    storage = JournalStorage.create(path, {"a": {1: {"s": "s" * shift}}, "b": docs}, disk=QuickDisk())
    assert dict(storage.docs("b")) == docs
    assert [json.loads(storage.raw("b", n)) for n in docs] == list(docs.values())
    assert storage.verify() == []
    storage.close()


@pytest.mark.parametrize("cut", [1, 2, 3, 20, 200])
def test_a_file_that_was_cut_off_is_refused(path: Path, cut: int) -> None:
    path.write_bytes(path.read_bytes()[:-cut])
    if cut == 1:  # the last line break is not needed
        assert look(path)["empty"] == []
        return
    with pytest.raises(DamagedError, match=r"review\.json is damaged.*backup"):
        look(path)


@pytest.mark.parametrize(
    "text",
    [
        b"\0" * 700,
        b"[1]",
        b'{"a": 1}',
        b'{"a": {"x": {}}}',
        b"{\n",
        b'{\n"a":{\n"1":{}\n"2":{}\n}\n}\n',
        b'{\n"a":{\n"1":{},\n}\n}\n',
        b'{\n"a":{\n}\n"b":{\n}\n}\n',
        b'{\n"a":{\n},\n}\n',
    ],
)
def test_what_is_not_a_tinydb_file_is_refused(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(DamagedError):
        look(path)


def test_a_damaged_document_is_named_when_it_is_read(path: Path) -> None:
    data = path.read_bytes()
    at = data.index(b'"id":"a-7"')
    path.write_bytes(data[:at] + b"~" + data[at + 1 :])
    storage = JournalStorage(path, write=False)
    assert storage.doc("records", 8)["id"] == "a-8"
    with pytest.raises(DamagedError, match="document 7 of table records"):
        storage.doc("records", 7)
    with pytest.raises(DamagedError, match="document 7 of table records"):
        list(storage.docs("records"))
    assert any("document 7 of table records" in line for line in storage.verify())
    storage.close()


def test_every_altered_bit_of_the_snapshot_is_found_by_verify(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    JournalStorage.create(path, {"t": {1: {"a": "bc"}}}, disk=QuickDisk()).close()
    data = path.read_bytes()
    sealed = data.index(b',\n"_journal"')
    for at in range(sealed * 8):
        altered = bytearray(data)
        altered[at // 8] ^= 1 << at % 8
        path.write_bytes(altered)
        try:
            storage = JournalStorage(path, write=False)
        except (DamagedError, StoreError):
            continue
        assert storage.verify(), f"bit {at}"
        storage.close()


def test_the_same_id_twice_is_not_taken_for_two_documents(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    path.write_text('{\n"t":{\n"1":{"a":1},\n"1":{"a":2}\n}\n}\n')
    assert look(path) == {"t": [(1, {"a": 2})]}


def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "review.json").touch()
    assert look(tmp_path / "review.json") == {}
