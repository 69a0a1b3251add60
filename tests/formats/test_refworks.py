"""RefWorks' tagged format: every record, each value in its field."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from tamis.errors import FormatError
from tamis.formats import refworks
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

ONE = """RT Journal Article
SR Electronic(1)
ID 206
A1 Doe,Jane
A1 Roe, Richard
T1 A title
JF Journal of examples
JO J Ex
YR 2019
FD Mar
VO 12
IS 3
SP 12
OP 19
K1 liver
K1 one; two
AB First sentence.
Second line.
NO A note
A2 Poe,Edgar
PB A Press
PP A Town
SN 1234-567X
AD A Hospital
AN 2002-1
LA English
CL 3200 A class
DO 10.1000/ABC.1
LK http://a.example/1
DS A database
OL English (30)
"""


def test_each_value_is_in_its_field() -> None:
    record = one(ONE)
    assert (record.type, record.title) == ("JOUR", "A title")
    assert record.abstract == "First sentence.\nSecond line."
    assert record.authors == ("Doe, Jane", "Roe, Richard")
    assert (record.year, record.journal) == (2019, "Journal of examples")
    assert (record.volume, record.issue, record.pages) == ("12", "3", "12-19")
    assert (record.issn, record.publisher, record.language) == ("1234-567X", "A Press", "English")
    assert (record.accession, record.database, record.doi) == ("2002-1", "A database", "10.1000/abc.1")
    assert (record.urls, record.notes) == (("http://a.example/1",), ("A note",))
    assert record.keywords == ("liver", "one", "two")
    assert record.extra == {
        "SR": ("Electronic(1)",),
        "ID": ("206",),
        "J2": ("J Ex",),
        "DA": ("Mar",),
        "A2": ("Poe, Edgar",),
        "CY": ("A Town",),
        "AD": ("A Hospital",),
        "CL": ("3200 A class",),
        "OL": ("English (30)",),
    }


@pytest.mark.parametrize("gap", ["", "\n", "\n\n \n"])
def test_records_are_told_apart(gap: str) -> None:
    records, reading = read_all(
        f"\ufeffTitle of a list\n\n{ONE}{gap}{ONE.replace('RT Journal Article', 'RT Book, Whole')}"
    )
    assert reading.format == "refworks"
    assert [r.type for r in records] == ["JOUR", "BOOK"]
    assert "outside the records" in repaired(reading)


def test_a_line_that_only_looks_like_a_record_is_text() -> None:
    record = one(ONE.replace("Second line.", "RT PCR was used.\n\nMI was seen."))
    assert record.abstract == "First sentence.\nRT PCR was used.\nMI was seen."


def test_a_type_we_do_not_know_is_kept() -> None:
    records, _ = read_all(ONE + "\nRT Something\nT1 B\nT1 C\n")
    assert (records[1].title, records[1].type) == ("B", "")
    assert records[1].extra == {"RT": ("Something",), "TI": ("C",)}


def test_a_section_of_a_book_has_the_books_name() -> None:
    record = one("RT Book, Section\nT1 A\nT2 The book\nSN 0727912771 (paperback)\n")
    assert (record.type, record.journal) == ("CHAP", "The book")


def test_inspecs_own_text_export() -> None:
    records, _ = read_all(
        "Record 1 of 2 - INSPEC\nTI ~ A\nAU ~ Doe, J\nRT ~ Journal-Paper\n\nRecord 2 of 2 - INSPEC\nTI ~ B\n"
    )
    assert [(r.title, r.type, r.authors) for r in records] == [("A", "JOUR", ("Doe, J",)), ("B", "", ())]


def test_other_text_is_not_taken() -> None:
    with pytest.raises(FormatError):
        read_all("RT is short for reverse transcription\nAB is a blood group\nID is a card\n")


LINES = [
    "RT Journal",
    "RT Book, Whole",
    "RT PCR",
    "RT",
    "T1 A",
    "A1 Doe,J",
    "AB x",
    "XX y",
    "SP 1",
    "Record 1 INSPEC",
    "TI ~ A",
]


@given(data=files_of("RT Journal\nT1 A\nYR 2001", LINES))
@many()
def test_what_is_counted_is_read(data: bytes) -> None:
    account(refworks.FORMAT, data)


@given(data=files_of("Record 1 INSPEC\nTI ~ A", LINES))
@many()
def test_what_is_counted_is_read_of_inspec_too(data: bytes) -> None:
    account(refworks.FORMAT, data)


@corpus_files("refworks-tagged")
def test_real_files(file: str, true: int) -> None:
    check(file, "refworks", true)
    text = text_of(file)
    titles = re.findall(r"^(?:T1|TI ~) (.*)", text, re.MULTILINE)
    check_kept(file, titles, re.findall(r"^AB (?:~ )?(.*)", text, re.MULTILINE))


def test_nothing_under_any_tag_is_lost() -> None:
    assert not lost(sorted(refworks.KNOWN - {"RT"}), "{tag} ", " ", "RT Journal\nT1 A\nYR 2001")
