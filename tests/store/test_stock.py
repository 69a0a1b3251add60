"""Our tables behave as TinyDB's own: random operations on both give the same results and the same data."""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tinydb import TinyDB, where
from tinydb.storages import JSONStorage, MemoryStorage
from tinydb.table import Document

from tamis.store.journal import JournalStorage
from tamis.store.table import JournalDB

from .helpers import QuickDisk

if TYPE_CHECKING:
    from collections.abc import Callable

_text = st.text(
    st.characters(codec=None, exclude_categories=())
    | st.sampled_from('\t\n\r"\\\u2028\x00\x7f\ud83d\udc00é'),
    max_size=6,
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=5,
)
_docs = st.fixed_dictionaries(
    {"n": st.integers(0, 4)}, optional={"v": _values, "tags": st.lists(_text, max_size=2)}
)
_ids = st.integers(-2, 12)
_tables = st.sampled_from(["_default", "other", 'o"dd\ttäble'])
_conditions = st.one_of(
    st.integers(0, 4).map(lambda n: where("n") == n),
    st.integers(0, 4).map(lambda n: where("n") > n),
    st.just(where("v").exists()),
    st.just(~where("tags").exists()),
)


def _bump(doc: Any) -> None:
    doc["n"] += 1
    doc.setdefault("tags", []).append("x")


def _bump_some(doc: Any) -> None:
    if doc["n"] > 1:
        raise ArithmeticError
    doc["n"] += 1


class Machine(RuleBasedStateMachine):
    """Does the same to three databases and compares."""

    @initialize()
    def begin(self) -> None:
        """Three empty databases."""
        self.folder = Path(tempfile.mkdtemp())
        self.ours: TinyDB = JournalDB(self.folder / "ours.json", disk=QuickDisk())
        self.file = TinyDB(self.folder / "stock.json", storage=JSONStorage)
        self.memory = TinyDB(storage=MemoryStorage)

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "folder"):
            self.ours.close()
            self.file.close()
            shutil.rmtree(self.folder)

    def same(self, action: Callable[[TinyDB], Any]) -> None:
        """Do it everywhere; results or error types must be the same."""
        results = []
        for db in (self.ours, self.file, self.memory):
            try:
                results.append(action(db))
            except (ValueError, TypeError, RuntimeError, ArithmeticError, KeyError) as error:
                results.append(type(error))
        # TinyDB's memory storage keeps half of a failed change, and documents in it may share a list.
        self.memory.storage.write(json.loads(json.dumps(self.file.storage.read() or {})))
        assert results[0] == results[1] == results[2]

    @rule(table=_tables, doc=_docs)
    def insert(self, table: str, doc: dict[str, Any]) -> None:
        """Insert with the next id."""
        self.same(lambda db: db.table(table).insert(copy.deepcopy(doc)))

    @rule(table=_tables, doc=_docs, doc_id=_ids)
    def insert_at(self, table: str, doc: dict[str, Any], doc_id: int) -> None:
        """Insert with a given id, which may be taken."""
        self.same(lambda db: db.table(table).insert(Document(copy.deepcopy(doc), doc_id)))

    @rule(table=_tables, many=st.lists(st.tuples(_docs, st.none() | _ids), max_size=4))
    def insert_multiple(self, table: str, many: list[tuple[dict[str, Any], int | None]]) -> None:
        """Insert several, some with ids; one that fails leaves none."""
        self.same(
            lambda db: db.table(table).insert_multiple(
                copy.deepcopy(doc) if doc_id is None else Document(copy.deepcopy(doc), doc_id)
                for doc, doc_id in many
            )
        )

    @rule(table=_tables)
    def insert_what_json_cannot_hold(self, table: str) -> None:
        """A document that cannot be written changes nothing. Only a file notices."""
        errors = []
        for db in (self.ours, self.file):
            try:
                db.table(table).insert({"n": 1, "v": {1j}})
            except (TypeError, ValueError) as error:  # the next id may be taken
                errors.append(type(error))
        assert len(errors) == 2
        assert errors[0] is errors[1]
        self.memory.table(table)._get_next_id()  # type: ignore[no-untyped-call]  # TinyDB has no type for it

    @rule(table=_tables, fields=_docs, condition=_conditions)
    def update(self, table: str, fields: dict[str, Any], condition: Any) -> None:
        """Update what matches."""
        self.same(lambda db: db.table(table).update(copy.deepcopy(fields), condition))

    @rule(table=_tables, doc_ids=st.lists(_ids, max_size=3))
    def update_ids(self, table: str, doc_ids: list[int]) -> None:
        """Update by id with a function that changes documents in place."""
        self.same(lambda db: db.table(table).update(_bump, doc_ids=list(doc_ids)))

    @rule(table=_tables)
    def update_all(self, table: str) -> None:
        """Update every document."""
        self.same(lambda db: db.table(table).update({"all": True}))

    @rule(table=_tables)
    def update_that_fails(self, table: str) -> None:
        """A function that fails halfway changes nothing."""
        self.same(lambda db: db.table(table).update(_bump_some))

    @rule(table=_tables, first=_conditions, second=_conditions, fields=_docs)
    def update_multiple(self, table: str, first: Any, second: Any, fields: dict[str, Any]) -> None:
        """Several updates in one go, the second of what the first has changed."""
        self.same(
            lambda db: db.table(table).update_multiple([(copy.deepcopy(fields), first), (_bump, second)])
        )

    @rule(table=_tables, doc=_docs, condition=_conditions)
    def upsert(self, table: str, doc: dict[str, Any], condition: Any) -> None:
        """Update what matches or insert."""
        self.same(lambda db: db.table(table).upsert(copy.deepcopy(doc), condition))

    @rule(table=_tables, doc=_docs, doc_id=_ids)
    def upsert_at(self, table: str, doc: dict[str, Any], doc_id: int) -> None:
        """Update an id or insert it."""
        self.same(lambda db: db.table(table).upsert(Document(copy.deepcopy(doc), doc_id)))

    @rule(table=_tables, condition=_conditions)
    def remove(self, table: str, condition: Any) -> None:
        """Remove what matches."""
        self.same(lambda db: db.table(table).remove(condition))

    @rule(table=_tables, doc_ids=st.lists(_ids, max_size=3, unique=True))
    def remove_ids(self, table: str, doc_ids: list[int]) -> None:
        """Remove by id; unknown ids are passed over."""
        self.same(lambda db: db.table(table).remove(doc_ids=list(doc_ids)))

    @rule(table=_tables)
    def truncate(self, table: str) -> None:
        """Remove every document; the table stays."""
        self.same(lambda db: db.table(table).truncate())

    @rule(table=_tables)
    def drop_table(self, table: str) -> None:
        """Drop one table."""
        self.same(lambda db: db.drop_table(table))

    @rule()
    def drop_tables(self) -> None:
        """Drop all tables."""
        self.same(lambda db: db.drop_tables())

    @rule(name=st.sampled_from(["kept", "kept too"]))
    def empty_table(self, name: str) -> None:
        """A table can be stored without a document."""
        self.same(lambda db: len(db.table(name, persist_empty=True)))

    @rule(table=_tables, condition=_conditions, doc_id=_ids, doc_ids=st.lists(_ids, max_size=3))
    def ask(self, table: str, condition: Any, doc_id: int, doc_ids: list[int]) -> None:
        """Every way to read gives the same, also twice (the second time out of TinyDB's cache)."""
        for _ in range(2):
            self.same(lambda db: [(d.doc_id, d) for d in db.table(table).search(condition)])
        self.same(lambda db: db.table(table).get(condition))
        self.same(lambda db: db.table(table).get(doc_id=doc_id))
        self.same(lambda db: db.table(table).get(None, doc_ids=list(doc_ids)))
        self.same(lambda db: db.table(table).get())
        self.same(lambda db: db.table(table).contains(condition))
        self.same(lambda db: db.table(table).contains(doc_id=doc_id))
        self.same(lambda db: db.table(table).count(condition))
        self.same(lambda db: [(d.doc_id, d) for d in db.table(table).all()])
        self.same(lambda db: [(type(d), d.doc_id, d) for d in db.table(table)])
        self.same(lambda db: len(db.table(table)))
        self.same(lambda db: len(db))

    @rule(table=_tables)
    def remove_while_iterating(self, table: str) -> None:
        """Going over a table sees it as it was at the start, whatever happens meanwhile."""
        docs = [
            [(d.doc_id, db.table(table).remove(doc_ids=[d.doc_id]) and d) for d in db.table(table)]
            for db in (self.ours, self.file)
        ]
        assert docs[0] == docs[1]
        self.memory.storage.write(copy.deepcopy(self.file.storage.read() or {}))
        for table_in_memory in self.memory._tables.values():
            table_in_memory.clear_cache()

    @rule()
    def fold(self) -> None:
        """Fold the journal in."""
        storage = self.ours.storage
        assert isinstance(storage, JournalStorage)
        storage.fold()

    @rule()
    def reopen(self) -> None:
        """Close and open again."""
        self.ours.close()
        self.file.close()
        self.ours = JournalDB(self.folder / "ours.json", disk=QuickDisk())
        self.file = TinyDB(self.folder / "stock.json", storage=JSONStorage)
        memory = TinyDB(storage=MemoryStorage)
        memory.storage.write(self.memory.storage.read() or {})
        self.memory = memory

    @rule()
    def stock_rewrites_ours(self) -> None:
        """Stock TinyDB may write to our file, as one line; what we then read is what it wrote."""
        storage = self.ours.storage
        assert isinstance(storage, JournalStorage)
        storage.fold()
        self.ours.close()
        with TinyDB(self.folder / "ours.json", encoding="utf-8") as stock:
            stock.table("kept").insert({"n": 3})
        self.file.table("kept").insert({"n": 3})
        self.memory.table("kept").insert({"n": 3})
        self.reopen()

    @invariant()
    def equal(self) -> None:
        """All three hold the same, in the same order."""
        if not hasattr(self, "ours"):
            return
        seen = []
        for db in (self.ours, self.file, self.memory):
            tables = db.storage.read() or {}
            assert set(tables) == db.tables()
            seen.append({name: list(docs.items()) for name, docs in tables.items()})
        assert seen[0] == seen[1] == seen[2]
        assert repr(sorted(seen[0].items())) == repr(sorted(seen[1].items()))  # 1, 1.0 and True differ


Machine.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSameAsStock = Machine.TestCase
