"""EndNote's .enw and refer: records with and without `%0`, each value in its field."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from tamis.errors import FormatError
from tamis.formats import refer
from tests.formats.examples import many
from tests.formats.helpers import one, read_all, repaired
from tests.formats.tagged_corpus import (
    account,
    check,
    check_kept,
    corpus_files,
    files_of,
    lost,
    text_of,
)

ONE = """%0 Journal Article
%A Doe, Jane
%A Roe, Richard
%+ A Hospital, A Town
%T A title
%J Journal of examples
%V 12
%N 3
%P 12-19
%@ 1234-567X
%D 2019
%8 March  4, 2019
%I A Press
%C A Town
%E Poe, Edgar
%K liver
surgery
%K one; two
%X First paragraph.
Second paragraph.
%U https://a.example/1
%R 10.1000/ABC.1
%G eng
%M 123456
%W A library
%Z A note
%[ 20200101
%= 20200102
%9 Article
%? Someone Else
%* A reviewed book
"""


def test_each_value_is_in_its_field() -> None:
    record = one(ONE)
    assert (record.type, record.title) == ("JOUR", "A title")
    assert record.abstract == "First paragraph.\nSecond paragraph."
    assert record.authors == ("Doe, Jane", "Roe, Richard")
    assert (record.year, record.date) == (2019, "March 4, 2019")
    assert (record.journal, record.volume, record.issue) == ("Journal of examples", "12", "3")
    assert (record.pages, record.issn, record.publisher) == ("12-19", "1234-567X", "A Press")
    assert (record.doi, record.urls) == ("10.1000/abc.1", ("https://a.example/1",))
    assert (record.language, record.accession, record.database) == ("eng", "123456", "A library")
    assert record.keywords == ("liver", "surgery", "one", "two")
    assert record.notes == ("A note",)
    assert record.extra == {
        "AD": ("A Hospital, A Town",),
        "CY": ("A Town",),
        "A2": ("Poe, Edgar",),
        "Y2": ("20200101",),
        "%=": ("20200102",),
        "M3": ("Article",),
        "A4": ("Someone Else",),
        "%*": ("A reviewed book",),
    }


@pytest.mark.parametrize(
    ("data", "titles"),
    [
        (ONE + ONE, ["A title"] * 2),
        (ONE + "\n\n" + ONE, ["A title"] * 2),
        ("%T A\n%A X\n%D 2001\n\n%T B\n\n\n%A Y\n%T C\n", ["A", "B", "C"]),  # refer: blank lines alone
        ("%T A\n%0 Book\n%D 2001\n\n\n%T B\n%D 2002\n", ["A", "B"]),  # the type behind the title, or none
        ("%0 Book\n%T A\n\n%X an abstract\n\nand its end\n\n%D 2001\n", ["A"]),  # blank lines inside
        ("%0 Book\n%T A\n\n%T B\n%D 2001\n", ["A", "B"]),
        ("%0\n%T A\n%0 Journal\n%0 Book\n%T C\n", ["A", "", "C"]),
        ("\ufeff%0 Book\n%T A\n\n\ufeff%0 Book\n%T B\n", ["A", "B"]),
    ],
)
def test_records_are_told_apart(data: str, titles: list[str]) -> None:
    records, reading = read_all(data)
    assert reading.format == "enw"
    assert [r.title for r in records] == titles


def test_lines_without_a_tag_stay_with_the_value_before() -> None:
    records, reading = read_all(
        "%0 Book\n%T A title\nthat goes on\n%A \nSimon\n%K FRAUD\nLAW\n%X 5\n% of them\n"
    )
    record = records[0]
    assert (record.title, record.authors, record.keywords) == (
        "A title that goes on",
        ("Simon",),
        ("FRAUD", "LAW"),
    )
    assert record.abstract == "5\n% of them"
    assert "1 line without a tag" in repaired(reading)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("%A Doe, J and Roe, R", ("Doe, J", "Roe, R")),
        ("%A Doe, J; Roe, R", ("Doe, J", "Roe, R")),
        ("%A Institute for Health and Care, Town", ("Institute for Health and Care, Town",)),
        ("%A Yang Yang", ("Yang Yang",)),
    ],
)
def test_people_in_one_line(line: str, authors: tuple[str, ...]) -> None:
    assert one(f"%0 Book\n%T A\n{line}\n").authors == authors


@pytest.mark.parametrize(
    ("kind", "journal", "extra"),
    [
        ("Journal Article", "J", {"%B": ("B",)}),
        ("Book Section", "B", {"T2": ("J",)}),
        ("A type nobody knows", "J", {"%B": ("B",), "%0": ("A type nobody knows",)}),
    ],
)
def test_where_it_appeared(kind: str, journal: str, extra: dict[str, tuple[str, ...]]) -> None:
    record = one(f"%0 {kind}\n%T A\n%J J\n%B B\n")
    assert (record.journal, record.extra) == (journal, extra)
    assert one("%0 Conference Paper\n%T A\n%B Proceedings\n%R report 7\n").extra == {"%R": ("report 7",)}


def test_a_second_title_and_a_link_that_is_none_are_kept() -> None:
    record = one("%0 Book\n%T A\n%T B\n%U not a link\n%> internal-pdf://x\n%H Yu Min\n")
    assert record.extra == {
        "TI": ("B",),
        "%U": ("not a link",),
        "%>": ("internal-pdf://x",),
        "%H": ("Yu Min",),
    }


@pytest.mark.parametrize(
    "data", ["%A alone\n", "% a comment\n% more\n", "100% sure\n%T no\n", "%!PS-Adobe\n%%EOF\n"]
)
def test_other_text_is_not_taken(data: str) -> None:
    with pytest.raises(FormatError):
        read_all(data)


LINES = [
    "%0 Book",
    "%0",
    "%0\tBook",
    "%T A",
    "%A B",
    "%X c",
    "%K d; e",
    "%D 2001",
    "%% x",
    "%",
    "% x",
    "%R 10.1/x",
    "%TA",
]


@given(data=files_of("%0 Book\n%T A", LINES))
@many()
def test_what_is_counted_is_read(data: bytes) -> None:
    account(refer.FORMAT, data)


@given(data=files_of("%T A\n%D 2001", LINES))
@many()
def test_what_is_counted_is_read_without_types_too(data: bytes) -> None:
    account(refer.FORMAT, data)


JUDGED = {"enl_data.enl": 3, "ais_enl.txt": 6, "Endnote.entries.enw": 13}
"""The manifest counts `%0` with a type; these have records without one."""


@corpus_files("enw")
def test_every_record_of_real_files(file: str, true: int) -> None:
    if true:
        check(file, "enw", next((n for end, n in JUDGED.items() if file.endswith(end)), true))


@corpus_files("enw")
def test_no_title_or_abstract_of_real_files_is_lost(file: str, true: int) -> None:
    if true:
        text = text_of(file)
        check_kept(
            file, re.findall(r"^%T (.*)", text, re.MULTILINE), re.findall(r"^%X (.*)", text, re.MULTILINE)
        )


def test_nothing_under_any_tag_is_lost() -> None:
    assert not lost("123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ@?!#$][&()*^+<>=~:", "%{tag} ", "", "%0 Book")
