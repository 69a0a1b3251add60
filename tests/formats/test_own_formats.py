"""tamis's own CSV and JSON: readable by others, forgiving about what others did to them."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tamis.domain.record import Decision, Record

from .helpers import comparable, read_all, repaired, written

DECIDED = Record(
    title="A; B",
    year=2020,
    authors=("Doe, J", "Roe; R"),
    extra={"M3": ("Review",)},
    decisions=(
        Decision(by="ann", verdict="exclude", reasons=("Wrong drug",), note="line\ntwo"),
        Decision(by="ben"),
    ),
)


def test_csv_is_one_row_a_record_with_readable_columns() -> None:
    data = written("csv", [DECIDED])
    assert data.startswith(b"\xef\xbb\xbfid,title,abstract,authors,year,")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 1
    assert (rows[0]["decision"], rows[0]["reasons"], rows[0]["reviewer"]) == ("exclude", "Wrong drug", "ann")
    assert rows[0]["authors"] == "Doe, J; Roe\\; R"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_saved_again_by_a_spreadsheet(delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(written("csv", [DECIDED]).decode("utf-8-sig"))))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([rows[0], rows[1], [""] * len(rows[0])])
    records, reading = read_all(out.getvalue(), "x.csv")
    assert reading.format == "csv"
    assert comparable(records[0]) == DECIDED


def test_a_damaged_csv_row_is_a_problem_and_the_others_are_read() -> None:
    lines = (
        written("csv", [DECIDED, Record(title="Two", year=1999), Record(title="Three")])
        .decode()
        .split("\r\n")
    )
    assert "1999" in lines[2]
    lines[2] = lines[2].replace("1999", "the year")
    records, reading = read_all("\r\n".join(lines), "x.csv")
    assert [r.title for r in records] == ["A; B", "Three"]
    assert "damaged" in reading.problems[0].why
    assert reading.problems[0].line == 4  # the note above has a line break


def test_a_csv_cut_off_in_a_cell() -> None:
    data = written("csv", [Record(title="One"), Record(title="Two", abstract="a, b")])
    records, reading = read_all(data[:-10].replace(b'"a, b"', b'"a, b'), "x.csv")
    assert records[0].title == "One"
    assert reading.found == 2


def test_json_is_one_object_with_a_record_a_line() -> None:
    data = written("json", [DECIDED, Record(title="Two")]).decode()
    doc = json.loads(data)
    assert doc["tamis"] == 1
    assert doc["records"][0]["decisions"][0]["verdict"] == "exclude"
    assert len(data.splitlines()) == 4


def test_json_laid_out_by_another_program() -> None:
    doc = json.loads(written("json", [DECIDED]))
    records, reading = read_all(json.dumps(doc, indent=2), "x.json")
    assert comparable(records[0]) == DECIDED
    assert "another program" in repaired(reading)


def test_a_damaged_json_line_is_a_problem_and_the_others_are_read() -> None:
    lines = (
        written("json", [Record(title="One"), Record(title="Two"), Record(title="Three")])
        .decode()
        .split("\n")
    )
    lines[2] = lines[2][:9]
    records, reading = read_all("\n".join(lines), "x.json")
    assert [r.title for r in records] == ["One", "Three"]
    assert reading.problems[0].line == 3


@pytest.mark.parametrize(
    "line", ["[1]", "null", '"x"', "[" * 100_000, '{"year": {}, "title": ["a"], "extra": 3}']
)
def test_a_json_line_of_another_shape_harms_nobody(line: str) -> None:
    records, reading = read_all('{"tamis": 1, "records": [\n' + line + ',\n{"title": "Two"}\n]}\n', "x.json")
    assert records[-1].title == "Two"
    assert reading.found == 2


def test_text_in_json_is_cleaned_and_a_strange_verdict_is_none() -> None:
    doc = {
        "title": "\x1b]52;\u202ex",
        "decisions": [{"by": "\x07ann", "verdict": "delete all"}],
        "extra": {"\x1b": ["\x1b"]},
    }
    records, _ = read_all('{"tamis": 1, "records": [\n' + json.dumps(doc) + "\n]}\n", "x.json")
    assert records[0].title == "␛]52;x"
    assert records[0].decisions == (Decision(by="␇ann", verdict="undecided"),)
    assert records[0].extra == {"␛": ("␛",)}
