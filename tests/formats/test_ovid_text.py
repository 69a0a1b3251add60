"""Ovid's text exports, with tags and with field names: every record, and what the source line says."""

from __future__ import annotations

import re
from string import ascii_uppercase

import pytest
from hypothesis import given

from tamis.errors import FormatError
from tamis.formats import ovid_text
from tamis.formats.ovid_fields import FIELDS
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

TAGGED = """<12. >
VN  - Ovid Technologies
DB  - Ovid MEDLINE(R)
UI  - 12345678
AU  - Doe, Jane 1,2,+
AU  - Roe, R. [Author, Reprint Author; E-mail: r@a.example]
IN  - A Hospital, A Town.
TI  - A title.  [Article]
SO  - Journal of examples March 2019;12(3):12-19
IS  - 1234-567X (ISSN print)
DI  - 10.1000/ABC.1
LG  - English
DT  - Original Article.
AB  - A long
      abstract.
KW  - liver;  surgery.
DE  - First heading: words

      Second heading: words
YR  - 2019
ST  - Chordata
XL  - http://ovid.example/?a=1
XL  - http://library.example/?b=2

"""

NAMED = """<1>
Accession Number
  00012097-1.
Author
  Doe, Jane 1;  Roe, Richard MD; PhD 2
Institution
  (1)A Hospital
  (2)B Hospital
Title
  A title.[Article]
Source
  Journal of examples.   12(3):12-19, March 2019.
Abstract
  One paragraph.
  Another one.
Author Keywords
  liver;  surgery.
DOI Number
  10.1000/abc.1
Some New Field
  its text
Link to the Ovid Full Text or citation
 http://ovid.example/?a=1

"""


def test_each_tagged_value_is_in_its_field() -> None:
    record = one(TAGGED)
    assert (record.type, record.title, record.abstract) == ("JOUR", "A title. [Article]", "A long abstract.")
    assert record.authors == ("Doe, Jane", "Roe, R.")
    assert record.extra["Ovid AU"] == (
        "Doe, Jane 1,2,+",
        "Roe, R. [Author, Reprint Author; E-mail: r@a.example]",
    )
    assert (record.journal, record.volume, record.issue, record.pages) == (
        "Journal of examples",
        "12",
        "3",
        "12-19",
    )
    assert (record.year, record.date) == (2019, "March 2019")
    assert (record.doi, record.issn, record.language) == ("10.1000/abc.1", "1234-567X", "English")
    assert (record.accession, record.pmid, record.database) == ("12345678", "12345678", "Ovid MEDLINE(R)")
    assert record.urls == ("http://ovid.example/?a=1", "http://library.example/?b=2")
    assert record.keywords == ("liver", "surgery", "First heading: words", "Second heading: words")
    assert record.extra["AD"] == ("A Hospital, A Town.",)
    assert record.extra["Ovid ST"] == ("Chordata",)
    assert record.extra["SO"] == ("Journal of examples March 2019;12(3):12-19",)


def test_each_named_value_is_in_its_field() -> None:
    record = one(NAMED)
    assert (record.title, record.abstract) == ("A title.[Article]", "One paragraph.\nAnother one.")
    assert record.authors == ("Doe, Jane", "Roe, Richard MD; PhD")
    assert (record.journal, record.volume, record.issue, record.pages) == (
        "Journal of examples",
        "12",
        "3",
        "12-19",
    )
    assert (record.year, record.date, record.doi) == (2019, "March 2019", "10.1000/abc.1")
    assert (record.keywords, record.urls) == (("liver", "surgery"), ("http://ovid.example/?a=1",))
    assert record.extra["AD"] == ("(1)A Hospital", "(2)B Hospital")
    assert record.extra["Some New Field"] == ("its text",)


@pytest.mark.parametrize("one_record", [TAGGED, NAMED, TAGGED.replace("  - ", " - ")])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_records_are_told_apart_by_their_numbers(one_record: str, newline: str) -> None:
    data = "Database: an example\n\n" + one_record + re.sub(r"<\d+", "<241", one_record)
    records, reading = read_all(data.replace("\n", newline))
    assert reading.format == "ovid"
    assert len({r.title for r in records}) == 1
    assert len(records) == 2
    assert "outside the records" in repaired(reading)


def test_without_numbers_each_record_begins_with_its_vendor() -> None:
    data = TAGGED.partition("\n")[2]
    assert len(read_all(data + data)[0]) == 2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "Forest Things. 201(2-3):327-334, November 15, 2004.",
            ("Forest Things", "201", "2-3", "327-334", 2004),
        ),
        ("Things January/February 2010;14(1):56", ("Things", "14", "1", "56", 2010)),
        ("Things November/December 2010;6:611-613", ("Things", "6", "", "611-613", 2010)),
        ("Very Long. Vol 28(2) April 2015, 103-106.", ("Very Long", "28", "2", "103-106", 2015)),
        (
            "Poe, E [Ed]. (2012). A book. (pp. 11-31). xvii, 254 pp. Town: Press",
            ("A book", "", "", "11-31", 2012),
        ),
        ("Journal of Things. ", ("Journal of Things", "", "", "", None)),
        ("Gazette. 1288(3), Nov. 16, 2004.", ("", "", "", "", 2004)),
    ],
)
def test_what_the_source_line_says(source: str, expected: tuple[str, str, str, str, int | None]) -> None:
    record = one(f"<1. >\nVN  - Ovid Technologies\nTI  - A\nSO  - {source}\n")
    assert (record.journal, record.volume, record.issue, record.pages, record.year) == expected
    assert record.extra["SO"] == (source.strip(),)


def test_a_chapters_book_is_where_it_appeared() -> None:
    record = one("<1337>\nAuthor\n  Roe  \n  \nTitle\n  The book\nChapter Title\n  The chapter\n")
    assert (record.title, record.journal) == ("The chapter", "The book")


def test_lines_without_a_tag_stay_with_the_value_before() -> None:
    records, reading = read_all(TAGGED.replace("LG  -", "and so on\nLG  -"))
    assert "1 line without a tag" in repaired(reading)
    assert "and so on" in str(records[0])


@pytest.mark.parametrize("data", ["<1>\n<html>\n", "<1. >\nsome words\nmore words\n"])
def test_other_text_is_not_taken(data: str) -> None:
    with pytest.raises(FormatError):
        read_all(data)


LINES = [
    "<1>",
    "<2. >",
    " <3>",
    "<4> x",
    "<x>",
    "VN  - Ovid",
    "TI  - A",
    "AB - b",
    "SO  - X. 1(2):3-4, May 2001.",
    "Title",
]
LINES += [
    "  indented",
    "Source",
    "AU  - Doe, J 1,2",
    "IS  - 1234-5678 (print)",
    "UI  - 12",
    "DB  - MEDLINE",
    "A Name",
]


@given(data=files_of("<1. >\nTI  - A", LINES))
@many()
def test_what_is_counted_is_read(data: bytes) -> None:
    account(ovid_text.FORMAT, data)


@given(data=files_of("VN  - Ovid\nTI  - A", LINES))
@many()
def test_what_is_counted_is_read_without_numbers_too(data: bytes) -> None:
    account(ovid_text.FORMAT, data)


@given(data=files_of("<1>\nTitle\n  A", LINES))
@many()
def test_what_is_counted_is_read_with_names_too(data: bytes) -> None:
    account(ovid_text.FORMAT, data)


@corpus_files("ovid-text")
def test_real_files(file: str, true: int) -> None:
    check(file, "ovid", true)
    text = text_of(file)
    titles = re.findall(r"^(?:TI {1,2}- |(?:Chapter )?Title *\n +)(.*)", text, re.MULTILINE)
    abstracts = re.findall(r"^(?:AB {1,2}- |Abstract *\n +)(.*)", text, re.MULTILINE)
    if "OvidImporterTest1." in file:  # the book's title is where its chapter appeared
        titles.remove("Musterbuch")
    check_kept(file, titles, abstracts)


def test_nothing_under_any_tag_or_name_is_lost() -> None:
    tags = [a + b for a in ascii_uppercase for b in ascii_uppercase if a + b not in ("TY", "ER")]
    assert not lost(tags, "{tag}  - ", "      ", "<1. >")
    assert not lost([name.title() for name in FIELDS], "{tag}\n  ", "  ", "<1>")
