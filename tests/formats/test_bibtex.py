"""BibTeX as databases and reference managers write it: each quirk a small file."""

from __future__ import annotations

import time

import pytest

from tamis import formats
from tamis.errors import FormatError
from tests.formats.helpers import one, read_all, repaired

FIRST = "@article{first,\n  title = {First paper},\n  year = 2001\n}\n"


def entry(fields: str, kind: str = "article", key: str = "k1") -> str:
    return f"@{kind}{{{key},\n{fields}\n}}\n"


def test_a_plain_entry() -> None:
    record = one(
        entry(
            "author = {Doe, Jane and Roe, Richard},\n title = {{A Trial of Tea}},\n "
            "journal = {Journal of Tea},\n"
            " year = {2019},\n month = mar,\n volume = {3}, number = {2}, pages = {10--19},\n"
            " doi = {10.1000/TEA.1}, issn = {1234-5678},\n url = {https://tea.example/1},\n"
            " abstract = {We drank tea.}, keywords = {tea; trial}, publisher = {Leaf}, language = {English}"
        )
    )
    assert (record.type, record.title, record.journal) == ("JOUR", "A Trial of Tea", "Journal of Tea")
    assert record.authors == ("Doe, Jane", "Roe, Richard")
    assert (record.year, record.date) == (2019, "2019/03")
    assert (record.volume, record.issue, record.pages) == ("3", "2", "10-19")
    assert (record.doi, record.issn, record.urls) == (
        "10.1000/tea.1",
        "1234-5678",
        ("https://tea.example/1",),
    )
    assert (record.abstract, record.keywords) == ("We drank tea.", ("tea", "trial"))
    assert record.extra == {"BibTeX key": ("k1",)}


@pytest.mark.parametrize(
    ("kind", "ris"),
    [
        ("article", "JOUR"),
        ("InProceedings", "CPAPER"),
        ("phdthesis", "THES"),
        ("incollection", "CHAP"),
        ("odd", ""),
    ],
)
def test_entry_types(kind: str, ris: str) -> None:
    assert one(entry("title = {A}", kind)).type == ris


def test_an_unknown_type_is_kept() -> None:
    assert one(entry("title = {A}", "exhibit")).extra["BibTeX type"] == ("exhibit",)


@pytest.mark.parametrize(
    "start",
    [
        "@article{,",
        "@article{ WOS:0001,",
        "@article{Conference paper2022775,",
        "@ARTICLE{Kenny20103,17,",
        "@article{doi:10.1177/09,",
        "@article {a b,",
        "@article{\na,",
        "@article{a{b}c,",
        '@article{"a",',
    ],
)
def test_keys_may_be_empty_or_odd(start: str) -> None:
    record = one(start + "\n  title = {A},\n  year = {2020}\n}\n")
    assert (record.title, record.year) == ("A", 2020)


def test_an_entry_without_a_key() -> None:
    assert one("@article{\n  title = {A},\n  year = {2020}\n}\n").title == "A"


def test_entries_with_the_same_key_are_both_records() -> None:
    records, reading = read_all(entry("title = {A}") + entry("title = {B}"))
    assert [r.title for r in records] == ["A", "B"]
    assert "1 key used by an entry before" in repaired(reading)


def test_a_field_given_twice_is_kept_twice() -> None:
    record = one(entry("title = {A},\n note = {one},\n address = {here},\n address = {there},\n title = {B}"))
    assert record.title == "A"
    assert record.extra["address"] == ("here", "there")
    assert "B" in [v for values in record.extra.values() for v in values]


def test_the_next_entry_on_the_closing_line() -> None:
    records, _ = read_all("@ARTICLE{1,\n  title={A}\n}@INPROCEEDINGS{2,\n  title={B},\n}\n")
    assert [r.title for r in records] == ["A", "B"]


def test_a_file_of_one_line() -> None:
    records, _ = read_all("@article{a, title={A}, year={2001}} @book{b, title={B}, year={2002}}")
    assert [(r.title, r.year) for r in records] == [("A", 2001), ("B", 2002)]


@pytest.mark.parametrize(
    "broken",
    [
        "@article{b,\n  title = {A {broken one},\n  year = {2000}\n}\n",
        '@article{b,\n  title = "A broken one,\n  year = {2000}\n}\n',
        "@article{b,\n  title = {A broken one},\n  year = {2000},\n",
        "@article{b,\n  title = {A broken one}\n  year = {2000}\n}\n",
        "@article{b,\n  title = {A broken one},\n  year = {2000}}\n}\n",
        "@article{b,\n  title = {A broken one},,\n  year = {2000},,\n}\n",
    ],
)
def test_a_broken_entry_costs_nothing_around_it(broken: str) -> None:
    records, _ = read_all(FIRST + broken + FIRST.replace("first", "last"))
    assert len(records) == 3
    assert records[1].title.replace("{", "") == "A broken one"
    assert records[1].year == 2000
    assert records[2].title == "First paper"


def test_an_entry_with_nothing_in_it_is_a_problem_with_its_line() -> None:
    records, reading = read_all(FIRST + "@article{empty,\n}\n")
    assert len(records) == 1
    assert reading.problems[0].line == 5
    assert reading.problems[0].text.startswith("@article{empty")


def test_strings_preambles_and_comments_are_no_records() -> None:
    records, _ = read_all(
        '@string{jt = "Journal of Tea"}\n@String(and = { and })\n@preamble{"\\input '
        'x"}\n@comment{jabref-meta: x;}\n'
        "@Comment{@article{hidden,\n  title = {Hidden},\n}\n}\n% a remark\n"
        "@article{a,\n title = {A},\n journal = jt # { and Biscuits},\n month = jan, year = 2001\n}\n"
    )
    assert [(r.title, r.journal) for r in records] == [("A", "Journal of Tea and Biscuits")]


def test_a_comment_that_never_closes_hides_no_record() -> None:
    records, _ = read_all("@comment{jabref-meta: {\n" + FIRST)
    assert len(records) == 1


def test_a_string_nobody_defined_is_its_own_name() -> None:
    assert one(entry("title = {A},\n journal = jomch")).journal == "jomch"


def test_round_brackets() -> None:
    assert one("@misc(key,\n  title = {A},\n  year = {2020}\n)\n").title == "A"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Doe, Jane and Roe, R", ("Doe, Jane", "Roe, R")),
        ("Doe, Jane\n and\n Roe, R", ("Doe, Jane", "Roe, R")),
        ("{World Health Organization} and Doe, J", ("World Health Organization", "Doe, J")),
        ("{Barnes and Noble, Inc.}", ("Barnes and Noble, Inc.",)),
        ("Doe, J and others", ("Doe, J", "et al.")),
        (r"G{\'o}mez, M and {\c{C}}elik, A", ("Gómez, M", "Çelik, A")),
        ("family=Berg, given=Jan, prefix=van den", ("van den Berg, Jan",)),
        ("a, b; c, d", ("a, b", "c, d")),
        ("Anderson, B", ("Anderson, B",)),
    ],
)
def test_authors(written: str, read: tuple[str, ...]) -> None:
    assert one(entry(f"title = {{A}},\n author = {{{written}}}")).authors == read


def test_web_of_science_folds_lines_and_doubles_braces() -> None:
    record = one(
        entry(
            "Title = {{A Long Title That\n   Goes On}},\nYear = {{2019}},\nMonth = {{MAR 4}},\n"
            "Abstract = {{One sentence that\n   goes on.}},\nEarly Access Date = {{DEC 2018}},\n"
            "Keywords-Plus = {{RED; GREEN}},\nUnique-ID = {{WOS:0001}}",
            key=" WOS:0001",
        )
    )
    assert record.title == "A Long Title That Goes On"
    assert record.abstract == "One sentence that goes on."
    assert (record.date, record.keywords) == ("2019/03/04", ("RED", "GREEN"))
    assert record.extra["Early Access Date"] == ("DEC 2018",)
    assert (record.accession, record.database) == ("WOS:0001", "Web of Science")


def test_zotero_keeps_paragraphs() -> None:
    record = one(entry("title = {A},\n abstract = {First.\nSecond.\n\nThird.}"))
    assert record.abstract == "First.\nSecond.\nThird."


def test_a_year_with_a_letter() -> None:
    assert one(entry("title = {A},\n year = {2021a}")).year == 2021


def test_a_pmid_in_a_field_or_a_note() -> None:
    assert one(entry("title = {A},\n pmid = {123}")).pmid == "123"
    record = one(entry("title = {A},\n note = {{PMID:} 456}"))
    assert (record.pmid, record.notes) == ("456", ("PMID: 456",))


def test_addresses_are_not_latex() -> None:
    record = one(
        entry(
            "title = {A},\n url = {https://a.example/~b_c--d},\n howpublished = "
            "{\\url{https://b.example/x\\_y}}"
        )
    )
    assert record.urls == ("https://a.example/~b_c--d", "https://b.example/x_y")


def test_lines_of_a_provider_above_are_listed() -> None:
    records, reading = read_all("Scopus\nEXPORT DATE: 1 May 2020\n\n" + FIRST)
    assert len(records) == 1
    assert "passed over, the first: Scopus" in repaired(reading)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_encodings(encoding: str) -> None:
    data = entry("title = {Über Tee und Brötchen},\n author = {Müller, J}").encode(encoding)
    assert one(data).title == "Über Tee und Brötchen"


@pytest.mark.parametrize(
    "value", ["x" * 3_000_000, "{}" * 1_500_000, "a, b = {c} " * 300_000, '"' * 2_000_000, "\n@" * 900_000]
)
def test_an_enormous_field_takes_little_time(value: str) -> None:
    start = time.process_time()
    records, _ = read_all(entry(f"title = {{A}},\n abstract = {{{value}}},\n year = {{2020}}"))
    assert records[0].title == "A"
    assert time.process_time() - start < 30


def test_time_grows_with_the_number_of_entries() -> None:
    def took(times: int) -> float:
        data = "".join(
            entry("title = {A},\n author = {Doe, J and Roe, R}", key=f"k{i}") for i in range(times)
        ).encode()
        start = time.process_time()
        list(formats.read(data, name="x"))
        return time.process_time() - start

    took(10)
    assert took(4_000) < took(2_000) * 3.5 + 0.2


@pytest.mark.parametrize(
    "text", ["Write to me@home (or @work {sometimes}).\n", "@someone said (so)\n@another\n"]
)
def test_prose_with_at_signs_is_not_bibtex(text: str) -> None:
    with pytest.raises(FormatError):
        formats.read(text.encode(), name="x")


def test_what_stands_first_decides_between_bibtex_and_ris() -> None:
    assert read_all(FIRST + "TY  - JOUR\nTI  - A\nER  - \n")[1].format == "bibtex"
    assert read_all("TY  - JOUR\nTI  - A\nAB  - x\n@article{k,\n y\nER  - \n")[1].format == "ris"


def test_prices_keep_their_signs_and_sets_their_braces() -> None:
    record = one(entry(r"title = {From $5 to $10}, abstract = {A set \{a, b\} of R\&D}"))
    assert (record.title, record.abstract) == ("From $5 to $10", "A set {a, b} of R&D")
