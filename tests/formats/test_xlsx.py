"""Workbooks: the right sheet, cells as text, and nothing that unpacks without end."""

from __future__ import annotations

import contextlib
import datetime
import io
import time
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis import formats
from tamis.domain.record import Record
from tamis.errors import FormatError, Stopped
from tests.formats.examples import many
from tests.formats.helpers import one, read_all, repaired

HEADER = ["Title", "Authors", "Year", "DOI", "Decision", "Date"]


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def raw(sheet: str) -> bytes:
    """A workbook with one sheet written by hand."""
    data = workbook(S=[["Title", "Year"], ["A", 1]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name).decode()
            if name.startswith("xl/worksheets/sheet"):
                body = body[: body.index("<sheetData")] + f"<sheetData>{sheet}</sheetData></worksheet>"
            new.writestr(name, body)
    return out.getvalue()


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


TOP = f'<row r="1">{cell("A1", "Title")}{cell("B1", "Year")}</row>'


def test_a_sheet_is_a_table() -> None:
    day = datetime.datetime(2020, 5, 2)
    record = one(workbook(S=[HEADER, ["A trial of tea", "Doe, J; Roe, R", 2015.0, "10.1000/X", True, day]]))
    assert (record.title, record.authors, record.year) == ("A trial of tea", ("Doe, J", "Roe, R"), 2015)
    assert (record.doi, record.line) == ("10.1000/x", 2)
    assert record.extra["Date"] == ("2020-05-02",)


def test_numbers_dates_and_truths() -> None:
    moment = datetime.datetime(2020, 5, 2, 13, 4, 5)
    record = one(
        workbook(S=[["Title", "a", "b", "c", "d", "e"], ["T", 1.5, 12, False, moment, datetime.time(9, 30)]])
    )
    assert [record.extra[name][0] for name in "abcde"] == [
        "1.5",
        "12",
        "FALSE",
        "2020-05-02 13:04:05",
        "09:30:00",
    ]


def test_the_first_sheet_that_is_a_table_is_read_and_the_others_are_named() -> None:
    records, reading = read_all(
        workbook(Read=[["About this file"], ["Made by Ann"]], Found=[HEADER, ["Tea"]], More=[HEADER, ["Cup"]])
    )
    assert [r.title for r in records] == ["Tea"]
    assert "only the sheet 'Found' was read, not 'Read'" in repaired(reading)
    assert "not 'More'" in repaired(reading)


def test_rows_above_the_header_and_empty_rows() -> None:
    records, reading = read_all(workbook(S=[["Search of May"], [], HEADER, ["Tea"], [], ["Cup"]]))
    assert [(r.title, r.line) for r in records] == [("Tea", 4), ("Cup", 6)]
    assert "the first: Search of May" in repaired(reading)


def test_a_formula_is_its_last_result() -> None:
    row = f'<row r="2">{cell("A2", "Tea")}<c r="B2"><f>2000+1</f><v>2001</v></c></row>'
    assert one(raw(TOP + row)).year == 2001


def test_escaped_characters() -> None:
    assert one(raw(TOP + f'<row r="2">{cell("A2", "Tea_x000D_cup")}</row>')).title == "Tea cup"


def test_columns_named_by_hand() -> None:
    data = workbook(S=[["Artikel", "Wann"], ["Tee", 2001]])
    (record,) = formats.read(data, name="x", columns={"Artikel": "title", "Wann": "year"})
    assert isinstance(record, Record)
    assert (record.title, record.year) == ("Tee", 2001)


def test_a_workbook_without_references_is_refused_with_its_columns() -> None:
    with pytest.raises(FormatError, match=r"columns: Artikel, Wann\).*--map 'Artikel=title'"):
        formats.read(workbook(S=[["Artikel", "Wann"], ["Tee", 2001]]), name="x.xlsx")


@pytest.mark.parametrize("sheet", ["", TOP])
def test_an_empty_sheet(sheet: str) -> None:
    try:
        records, _ = read_all(raw(sheet))
    except FormatError as error:
        assert "has anything in it" in str(error)  # noqa: PT017 - or it has no records
    else:
        assert records == []


def bomb() -> bytes:
    """300 MB of blanks in a workbook of 300 kB."""
    out = io.BytesIO(workbook(S=[HEADER, ["Tea"]]))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/x.xml", "w") as entry,
    ):
        for _ in range(300):
            entry.write(b" " * 1_000_000)
    return out.getvalue()


def test_a_bomb_is_refused_at_once() -> None:
    data = bomb()
    assert len(data) < 400_000
    start = time.process_time()
    with pytest.raises(FormatError, match="unpacks to 300 MB"):
        formats.read(data, name="x.xlsx")
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1000000">{cell("XFD1000000", "x")}</row>',
        f'<row r="99999999999">{cell("A99999999999", "x")}</row>',
        f'<row r="2">{cell("ZZZZZZ2", "x")}</row>',
        f'<row r="x">{cell("A2", "x")}</row>',
        '<row r="2"><c r="A2" t="s"><v>99</v></c></row>',
        '<row r="2"><c r="A2"><v>NaN</v></c></row>',
        "<row>" * 5000,
        "<row",
        "&undefined;",
    ],
)
def test_odd_sheets_end_in_a_sentence_or_an_account(rows: str) -> None:
    try:
        read_all(raw(TOP + rows))
    except FormatError as error:
        assert str(error).startswith("test.ris")  # noqa: PT017 - or it is read


def test_a_damaged_archive_is_refused() -> None:
    data = workbook(S=[HEADER, ["Tea"]])
    for part in (data[:-30], data[:200]):
        with pytest.raises(FormatError):
            read_all(part)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12),
    st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 1, 1)),
    st.sampled_from(["Title", "year", "NA", "10.1000/x", "Doe, J; Roe, R", "=1+1", "_x0041_"]),
)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=8))
@many()
def test_any_cells(rows: list[list[Any]]) -> None:
    read_all(workbook(S=[["Title", "Year", "Notes"], *rows]))


@given(st.binary(min_size=1, max_size=40), st.floats(0, 1))
@many()
def test_a_workbook_damaged_anywhere(junk: bytes, where: float) -> None:
    data = workbook(S=[HEADER, ["Tea", "Doe, J", 2001]])
    at = int(where * len(data))
    with contextlib.suppress(FormatError):
        read_all(data[:at] + junk + data[at + len(junk) :])


def test_stopping_is_not_taken_for_damage() -> None:
    """Whoever stops the reading of a workbook stops it, and is not told that it is damaged."""

    class Watched(bytes):
        left = 3

        def __getitem__(self, place: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise Stopped
            return super().__getitem__(place)

    out = io.BytesIO()
    formats.write("xlsx", [Record(title=f"Title {n}") for n in range(200)], out)
    data = Watched(out.getvalue())
    with pytest.raises(Stopped):
        list(formats.read(data, name="a.xlsx"))
