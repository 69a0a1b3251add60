"""ASReview: notes, columns, and projects of three versions."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import FormatError
from tamis.formats import Hint, read
from tests.formats.examples import many

from .reading import noted, pack, records, table, verdicts


@pytest.mark.parametrize(
    ("note", "verdict", "rest"),
    [
        ("ASReview_relevant", "include", ()),
        ("ASReview_irrelevant", "exclude", ()),
        ("ASReview_not_seen", "", ()),
        ("<p>ASReview_relevant</p>", "include", ()),
        ("ASReview_relevant. Second part.", "include", ("Second part.",)),
        ("First. ASReview_irrelevant. Second.", "exclude", ("First. Second.",)),
        ("First. ASReview_not_seen.", "", ("First.",)),
        ("ASReview_prior", "", ("ASReview_prior",)),
        ("ASReview_relevantly", "", ("ASReview_relevantly",)),
    ],
)
def test_marks_alone_and_within_a_text(note: str, verdict: str, rest: tuple[str, ...]) -> None:
    record = noted(note)
    assert [d.verdict for d in record.decisions] == [verdict][: bool(verdict)]
    assert record.notes == rest


def test_the_first_label_counts_and_another_one_stays() -> None:
    record = noted("ASReview_relevant", "ASReview_irrelevant", "ASReview_relevant")
    assert [d.verdict for d in record.decisions] == ["include"]
    assert record.notes == ("ASReview_irrelevant",)


def test_columns_written_as_notes() -> None:
    record = noted(
        "ASReview_relevant",
        "my old note",
        'asreview_time: "2026-11-20 10:00:00"',
        'asreview_note: "keep; RCT"',
        "asreview_tag_pop_adult: 1.0",
        "asreview_tag_pop_child: 0.0",
        'asreview_user_name: "Ann"',
        "asreview_group_id: 4",
    )
    (d,) = record.decisions
    assert (d.by, d.verdict, d.note, d.labels) == ("Ann", "include", "keep; RCT", ("pop_adult",))
    assert d.at == "2026-11-20T10:00:00Z"
    assert record.notes == ("my old note", "asreview_group_id: 4")


def test_columns_of_a_table() -> None:
    header = [
        "",
        "title",
        "asreview_label",
        "asreview_time",
        "asreview_note",
        "asreview_tag_a_b",
        "asreview_user_email",
    ]
    found = records(
        table(
            header,
            ["0", "One", "1", "2026-11-20 10:00:00", "a, b", "1", "ann@x.example"],
            ["1", "Two", "0", "2026-11-20 10:01:00", "", "0", "ann@x.example"],
            ["2", "Three", "", "", "", "", ""],
        )
    )
    one, two = (record.decisions[0] for record in found[:2])
    assert (one.by, one.verdict, one.note, one.labels, one.at) == (
        "ann",
        "include",
        "a, b",
        ("a_b",),
        "2026-11-20T10:00:00Z",
    )
    assert (two.by, two.verdict, two.labels) == ("ann", "exclude", ())
    assert found[2].decisions == ()
    assert not any(name.startswith("asreview") for record in found for name in record.extra)


@pytest.mark.parametrize(
    "name",
    [
        "included",
        "label",
        "final_included",
        "label_included",
        "included_label",
        "included_final",
        "included_flag",
        "include",
    ],
)
def test_names_of_old_for_the_label(name: str) -> None:
    found = records(table(["title", "abstract", name], ["A", "x", "1"], ["B", "x", "0"], ["C", "x", ""]))
    assert verdicts(found) == {"include": 1, "exclude": 1}
    assert not any(record.extra for record in found)


def test_a_column_that_is_no_label_stays() -> None:
    (record,) = records(table(["title", "abstract", "label"], ["A", "x", "blue"]))
    assert (record.decisions, record.extra) == ((), {"label": ("blue",)})


def test_two_passes_in_a_dataset() -> None:
    found = records(
        table(
            ["title", "label_abstract_screening", "label_included"],
            ["A", "1", "1"],
            ["B", "1", "0"],
            ["C", "0", "0"],
            ["D", "0", "1"],
        )
    )
    assert verdicts(found) == {"include": 3, "exclude": 1}
    assert verdicts(found, "full-text") == {"include": 2, "exclude": 1}
    assert found[3].extra == {"label_abstract_screening": ("0",)}


# Projects

DATA = table(
    ["title", "abstract", "label_included"],
    ["One", "a", "0"],
    ["Two", "b", "0"],
    ["Three", "c", "0"],
    ["Four", "d", "1"],
)
TAGS = [
    {"id": 3, "label": "Pop", "export": "pop", "values": [{"id": 0, "label": "Adult", "export": "adult"}]}
]
CHECKED = json.dumps([{"id": 3, "label": "Pop", "values": [{"id": 0, "label": "Adult", "checked": True}]}])


def database(*statements: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(";\n".join(statements))
        return base.serialize()


RESULTS = (
    "CREATE TABLE results (record_id INT, label INT, time FLOAT, note TEXT, tags JSON, user_id INT)",
    "INSERT INTO results VALUES (2, 1, 1745432659.8, 'why; not', '{}', 5)".replace("{}", CHECKED),
    "INSERT INTO results VALUES (0, 0, 1745432660.0, NULL, '[]', 5)",
    "INSERT INTO results VALUES (1, NULL, NULL, NULL, '[]', NULL)",
)
RECORD = (
    """CREATE TABLE record (dataset_row INTEGER, dataset_id VARCHAR, title VARCHAR, abstract VARCHAR,
    authors JSON, keywords JSON, year INTEGER, doi VARCHAR, url VARCHAR, included INTEGER,
    record_id INTEGER)""",
    *(
        f"INSERT INTO record VALUES ({n}, 'd1', '{title}', 'x', '[\"A, B\"]', '[]', 2020, NULL, NULL, 0, {n})"  # noqa: S608 - of this file
        for n, title in enumerate(["One", "Two", "Three", "Four"])
    ),
)


def project(version: int, *, with_data: bool = True) -> dict[str, str | bytes]:
    about: dict[str, object] = {
        "id": "p",
        "name": "Straße !@)__$# 한국",
        "tags": TAGS,
        "datasets": [{"id": "d1", "name": "my data.csv"}],
    }
    files: dict[str, str | bytes] = {"__MACOSX/._project.json": b"x", ".DS_Store": b"x"}
    if with_data:
        files["data/my data.csv"] = DATA
    if version == 3:
        files["results.db"] = database(*RESULTS, *RECORD)
        files["legacy_v2/reviews/r1/results.db"] = b"old"
    elif version == 2:
        files["data_store.db"] = database(*RECORD)
        files["reviews/r1/results.db"] = database(*RESULTS)
        about["reviews"] = [{"id": "r1"}]
    else:
        old = "CREATE TABLE results (record_id INTEGER, label INTEGER, training_set INTEGER, {})"
        files["reviews/r1/results.sql"] = database(
            old.format("labeling_time INTEGER, notes TEXT"),
            "INSERT INTO results VALUES (2, 1, 1, '2025-04-23 18:24:19.839991', 'why; not')",
            "INSERT INTO results VALUES (0, 0, -1, '2025-04-23 18:24:20.0', NULL)",
        )
        about |= {"dataset_path": "my data.csv", "datasets": []}
    return {"project.json": json.dumps(about), **files}


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("folder", ["", "project 한국/"])
def test_projects_of_each_version(version: int, folder: str) -> None:
    found = records(
        pack({folder + name: content for name, content in project(version).items()}), "p.asreview"
    )
    assert [(r.title, [(d.verdict, d.note) for d in r.decisions]) for r in found] == [
        ("One", [("exclude", "")]),
        ("Two", []),
        ("Three", [("include", "why; not")]),
        ("Four", []),
    ]
    decision = found[2].decisions[0]
    assert decision.at == "2025-04-23T18:24:19Z"
    assert decision.labels == (() if version == 1 else ("pop_adult",))
    assert found[3].extra == {"label_included": ("1",)}


def test_rows_in_another_order_are_found_by_their_titles() -> None:
    files = project(3)
    files["data/my data.csv"] = table(["title"], ["Three"], ["Two"], ["One"], ["Four"])
    found = records(pack(files))
    assert [(r.title, len(r.decisions)) for r in found] == [("Three", 1), ("Two", 0), ("One", 1), ("Four", 0)]
    assert found[0].decisions[0].verdict == "include"


@pytest.mark.parametrize("version", [2, 3])
def test_without_its_dataset_the_projects_own_records_are_read(version: int) -> None:
    found = records(pack(project(version, with_data=False)))
    assert [r.title for r in found] == ["One", "Two", "Three", "Four"]
    assert (found[0].authors, found[0].year) == (("A, B",), 2020)
    assert verdicts(found) == {"include": 1, "exclude": 1}


def test_several_users_are_told_apart() -> None:
    files = project(3)
    more = "INSERT INTO results VALUES (3, 1, NULL, NULL, '[]', 6)"
    files["results.db"] = database(*RESULTS, *RECORD, more)
    found = records(pack(files))
    assert [d.by for r in found for d in r.decisions] == [
        "ASReview user 5",
        "ASReview user 5",
        "ASReview user 6",
    ]


def test_a_dataset_that_cannot_be_read_is_replaced_by_the_projects_own_records() -> None:
    files = project(3)
    files["data/my data.csv"] = b"%PDF-1.4"
    assert [r.title for r in records(pack(files))] == ["One", "Two", "Three", "Four"]
    files = project(1)
    files["data/my data.csv"] = b"%PDF-1.4"
    with pytest.raises(FormatError, match="is a PDF"):
        read(pack(files), name="p.asreview")


@given(st.data())
@many()
def test_projects_with_bytes_changed_are_read_or_refused(data: st.DataObject) -> None:
    files = project(data.draw(st.sampled_from([1, 2, 3])))
    for name in data.draw(st.lists(st.sampled_from(sorted(n for n in files if n[0] in "pdr")), max_size=3)):
        content = files[name]
        raw = bytearray(content.encode() if isinstance(content, str) else content)
        for at in data.draw(st.lists(st.integers(0, max(len(raw) - 1, 0)), max_size=8)):
            if raw:
                raw[at] = data.draw(st.integers(0, 255))
        files[name] = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    refused = ""
    try:
        reading = read(pack(files), name="p.asreview")
        items = list(reading)
    except FormatError as error:
        refused = str(error)
    if not refused:
        assert len(items) == reading.found == reading.imported + len(reading.problems)
    assert refused.startswith("p.asreview" if refused else "")


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0" + b"\0" * 84, b"x" * 5000])
def test_a_damaged_database_is_refused_in_a_sentence(damage: bytes) -> None:
    files = project(3)
    whole = files["results.db"]
    assert isinstance(whole, bytes)
    files["results.db"] = damage + whole[100:] if damage.startswith(b"S") else damage
    if not damage:
        assert verdicts(records(pack(files))) == {}
        return
    with pytest.raises(FormatError, match=r"p\.asreview: the project's database is damaged"):
        list(read(pack(files), name="p.asreview"))


def test_a_view_in_the_place_of_a_table_is_not_asked() -> None:
    numbers = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t"
    endless = "CREATE VIEW results AS " + numbers
    files = project(3)
    files["results.db"] = database(endless, *RECORD)
    assert verdicts(records(pack(files))) == {}


def test_the_file_name_and_given_verdicts_do_not_reach_into_a_project() -> None:
    found = records(pack(project(3)), "p.asreview", Hint(emails=True))
    assert verdicts(found) == {"include": 1, "exclude": 1}
