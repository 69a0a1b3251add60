"""Whatever a BibTeX file or a table holds, reading it ends in a sentence or in an account that adds up."""

from __future__ import annotations

import csv
import io

import pytest
from bibtexparser.model import Entry
from bibtexparser.splitter import Splitter
from hypothesis import given
from hypothesis import strategies as st

from tamis import formats
from tamis.domain.record import Problem, Record
from tamis.domain.text import hostile
from tamis.errors import FormatError
from tamis.formats.bibtex import plain_fields
from tests.formats.examples import many
from tests.formats.strategies import RAW


def account(data: bytes) -> list[Record | Problem]:
    """Read to the end; only a FormatError may come out, and the numbers must agree."""
    try:
        reading = formats.read(data, name="any")
    except FormatError:
        return []
    counted = reading.found
    items = list(reading)
    assert reading.found == counted == reading.imported + len(reading.problems)
    assert not any("did not bring it back" in p.why for p in reading.problems)
    for item in items:
        if isinstance(item, Record):
            assert not any(hostile(v) for v in (item.title, item.journal, *item.keywords, *item.authors))
            assert not any(hostile(v.replace("\n", "")) for vs in item.extra.values() for v in vs)
            assert not any(hostile(name) for name in item.extra)
    return items


BITS = st.one_of(
    st.sampled_from(
        ["@article{", "@book(", "@comment{", "@string{", "@preamble{", "k1,", "{", "}", "(", ")"]
    ),
    st.sampled_from(
        ["title = ", "year = 2001", "author = {Doe, J and Roe, R}", "abstract = {", "month = mar"]
    ),
    st.sampled_from(
        ["@misc{a,\n title = {T},\n}\n", "}@inproceedings{b,", "\n@article{c,\n", "and", " and "]
    ),
    st.sampled_from(['"', ",", "=", "#", "\n", "\\", "\\'e", "$x$", "@", "%", "\t", "{{", "}}"]),
)
BIBTEX = st.lists(st.one_of(BITS, RAW), max_size=30).map("".join)


@given(BIBTEX)
@many()
def test_anything_like_bibtex(text: str) -> None:
    account(text.encode("utf-8", "replace"))


@given(st.lists(st.tuples(BIBTEX, st.booleans()), max_size=5))
@many()
def test_whole_entries_around_damage_are_all_read(parts: list[tuple[str, bool]]) -> None:
    """A damaged entry costs none of the whole ones that begin on lines of their own."""
    whole = "\n@article{whole,\n  title = {Whole entry}\n}\n"
    comment = any("@" in part and ("comment" in part.lower()) for part, _ in parts)
    text = whole + "".join(part + whole for part, _ in parts)
    titles = [item.title for item in account(text.encode("utf-8", "replace")) if isinstance(item, Record)]
    if not comment and formats.read(text.encode("utf-8", "replace"), name="x").format == "bibtex":
        assert titles.count("Whole entry") >= len(parts) + 1


@given(BIBTEX, st.sampled_from(["utf-16", "utf-16-le", "cp1252", "utf-8-sig"]))
@many()
def test_bibtex_in_any_encoding(text: str, encoding: str) -> None:
    account(("@article{a,\n" + text).encode(encoding, "replace"))


NAMES = st.one_of(
    st.sampled_from(
        ["title", "Abstract", "Authors", "year", "DOI", "", "notes", "label_included", "ID", "Pages", "month"]
    ),
    RAW,
)
VALUES = st.one_of(
    st.sampled_from(
        ["", "NA", "Doe, J; Roe, R", "['a', 'b']", "2015.0", "10.1000/x", "a, b and c", "mar", "[", "[[["]
    ),
    RAW,
)


def written(rows: list[list[str]], delimiter: str, newline: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


@given(
    st.lists(NAMES, min_size=1, max_size=6),
    st.lists(st.lists(VALUES, max_size=7), max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
)
@many()
def test_any_table(header: list[str], rows: list[list[str]], delimiter: str, newline: str) -> None:
    account(written([header, *rows], delimiter, newline))


LINE_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"]), max_size=20)


@given(st.lists(st.tuples(LINE_TEXT, LINE_TEXT), min_size=1, max_size=6), st.sampled_from(",;\t|"))
@many()
def test_a_well_formed_table_loses_no_row(rows: list[tuple[str, str]], delimiter: str) -> None:
    data = written([["Title", "Abstract", "Year"], *([a, b, "2001"] for a, b in rows)], delimiter, "\r\n")
    assert len([item for item in account(data) if isinstance(item, Record)]) == len(rows)


@given(st.lists(st.one_of(RAW, st.sampled_from(['"', '""', ",", "\n", '"a,b"', "x,y,z\n"])), max_size=20))
@many()
def test_anything_below_a_header(parts: list[str]) -> None:
    account(("title,abstract,year\nTea,Drunk,2001\n" + "".join(parts)).encode("utf-8", "replace"))


@pytest.mark.parametrize("data", [b"@article{" * 50_000, b"@article{a,\n" * 50_000, b"@comment{\n" * 50_000])
def test_many_openings(data: bytes) -> None:
    account(data)


@pytest.mark.parametrize(
    "data", [b"{" * 100_000, b"}" * 100_000, b"{}" * 100_000, b"\\{" * 100_000, b"@x{" * 100_000]
)
def test_many_braces(data: bytes) -> None:
    account(b"@article{a,\n title = {" + data + b"},\n year = 2001\n}\n")


SIMPLE = st.sampled_from(["x", "{x}", "a {b} c", "2001", "", " ", "a, b", "a = b", "\n y", '"', "@c{d}", "#"])
VALUE = st.one_of(SIMPLE, st.text(alphabet='ab{} ,="@#\n', max_size=8))
FIELD = st.tuples(st.sampled_from(["title", "note", "year"]), VALUE, st.booleans())


@given(st.lists(FIELD, min_size=1, max_size=4))
@many()
def test_the_short_way_through_an_entry_says_what_bibtexparser_says(
    fields: list[tuple[str, str, bool]],
) -> None:
    body = "".join(
        f"\n {name} = {{{value}}}," if braced else f" {name}={value}\n," for name, value, braced in fields
    )
    for end in ("}\n", "\n}", "title = {z}}"):
        short = plain_fields(body + end)
        if short is not None and "@" not in body:
            block = Splitter("@article{k," + body + end).split().blocks[0]
            read = getattr(block, "ignore_error_block", block)
            assert isinstance(read, Entry)
            assert [(f.key, f.value) for f in read.fields] == short[0]
