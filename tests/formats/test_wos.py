"""Web of Science, tagged and tab-delimited: every record of every of its databases."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.formats import wos, wos_tab
from tests.formats.examples import many
from tests.formats.helpers import one, read_all, repaired
from tests.formats.strategies import RAW
from tests.formats.tagged_corpus import (
    account,
    check,
    check_kept,
    corpus_files,
    files_of,
    lost,
    text_of,
)

ONE = """PT J
AU Doe, J
   Roe, R
AF Doe, Jane
   Roe, Richard
CA Some Study Grp
TI A title that is long enough
   to be wrapped
SO JOURNAL OF EXAMPLES
LA English
DT Article
DE liver; something
   else
ID LIVER SURGERY; SOMETHING
AB One sentence. And
   another one.
C1 [Doe, Jane] Univ A, Town, Land.
   [Roe, Richard] Univ B, Town, Land.
C3 Univ A
RP Doe, J (corresponding author), Univ A, Town, Land.
CR Poe E, 1845, RAVEN, V1, P1
   Poe E, 1846, CASK, V2, P2
SP Some sponsor
U1 3
WE Science Citation Index Expanded (SCI-EXPANDED)
PU A PRESS
PA TOWN
SN 1234-567X
EI 2345-6789
J9 J EX
JI J. Ex.
PD MAR 4
PY 2019
VL 12
IS 3
BP 12
EP 19
DI 10.1000/ABC.1
EA JAN 2019
PG 8
PM 30000001
UT WOS:000000000000001
OA Gold
DA 2022-01-01
ER
"""
FILE = f"FN Clarivate Analytics Web of Science\nVR 1.0\n{ONE}\nEF"


def test_each_value_is_in_its_field() -> None:
    record = one("\ufeff" + FILE)
    assert record.type == "JOUR"
    assert record.title == "A title that is long enough to be wrapped"
    assert record.abstract == "One sentence. And another one."
    assert record.authors == ("Doe, Jane", "Roe, Richard", "Some Study Grp")
    assert (record.year, record.date) == (2019, "MAR 4 2019")
    assert (record.journal, record.volume, record.issue, record.pages) == (
        "JOURNAL OF EXAMPLES",
        "12",
        "3",
        "12-19",
    )
    assert (record.doi, record.pmid, record.issn) == ("10.1000/abc.1", "30000001", "1234-567X")
    assert (record.publisher, record.language) == ("A PRESS", "English")
    assert (record.accession, record.database) == ("WOS:000000000000001", "Web of Science")
    assert record.keywords == ("liver", "something else", "LIVER SURGERY", "SOMETHING")
    assert record.extra == {
        "DT": ("Article",),
        "AD": ("[Doe, Jane] Univ A, Town, Land.", "[Roe, Richard] Univ B, Town, Land."),
        "WoS C3": ("Univ A",),
        "WoS RP": ("Doe, J (corresponding author), Univ A, Town, Land.",),
        "CR": ("Poe E, 1845, RAVEN, V1, P1", "Poe E, 1846, CASK, V2, P2"),
        "WoS SP": ("Some sponsor",),
        "WoS U1": ("3",),
        "WE": ("Science Citation Index Expanded (SCI-EXPANDED)",),
        "PA": ("TOWN",),
        "EI": ("2345-6789",),
        "J9": ("J EX",),
        "J2": ("J. Ex.",),
        "EA": ("JAN 2019",),
        "PG": ("8",),
        "OA": ("Gold",),
        "WoS DA": ("2022-01-01",),
    }


@pytest.mark.parametrize(
    "joined",
    [
        f"FN X\nVR 1.0\n{ONE}\n{ONE}",  # EF is missing
        f"{FILE}\nFN X\nVR 1.0\n{ONE}\nEF",  # two files in one
        f"{FILE}\n\ufeffFN X\nVR 1.0\n{ONE}\nEF",
        ONE[: ONE.rindex("ER")] + ONE,  # ER is missing
        f"FN X\nVR 1.0\n{ONE[5:]}\n{ONE}",  # PT is missing
        f"{ONE}\n{ONE[:-4]}",  # cut off before the last ER
        FILE.replace("ER\n", "ER\n\n" + ONE),
    ],
)
def test_joined_and_cut_files_give_all_their_records(joined: str) -> None:
    records, reading = read_all(joined)
    assert reading.format == "wos"
    assert [r.title for r in records] == ["A title that is long enough to be wrapped"] * 2
    assert not reading.problems


def test_lines_without_indent_stay_with_their_values() -> None:
    data = "FN X\nVR 1.0\nPT J\nTI A title that goes\non here\nAU Doe, Jane (jd@a.example)\nRoe, R.\n"
    data += "AB One\nCO2 and\ntwo.\nER\n"
    records, reading = read_all(data)
    assert records[0].title == "A title that goes on here"
    assert records[0].authors == ("Doe, Jane", "Roe, R.")
    assert records[0].abstract == "One CO2 and two."
    assert records[0].extra["EM"] == ("jd@a.example",)
    assert "4 lines without a tag or indent" in repaired(reading)


def test_a_tag_without_its_blank() -> None:
    records, reading = read_all("PT J\nAUDoe, J\nTI A\nSO B\nUT C\nER\n")
    assert records[0].authors == ("Doe, J",)
    assert "without a blank behind" in repaired(reading)


def test_unknown_tags_are_kept() -> None:
    assert one(FILE.replace("OA Gold", "QQ Something new")).extra["QQ"] == ("Something new",)


def test_short_names_stay_where_full_ones_are_fewer() -> None:
    record = one("PT J\nAU Doe, J\n   Roe, R\nAF Doe, Jane\nTI A\nSO B\nER\n")
    assert record.authors == ("Doe, J", "Roe, R")
    assert record.extra["AF"] == ("Doe, Jane",)
    assert one("PT J\nAU Doe, J; Roe, R\nTI A\nSO B\nER\n").authors == ("Doe, J", "Roe, R")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("AR e12", "e12"),
        ("PS 467-72", "467-72"),
        ("BP 467\nEP 472\nPS 467-472", "467-472"),
        ("BP 5\nEP 5\nAR e5", "5"),
    ],
)
def test_pages(lines: str, expected: str) -> None:
    assert one(f"PT J\nTI A\nSO B\nAU C\n{lines}\nER\n").pages == expected


@pytest.mark.parametrize(
    ("lines", "year", "date"),
    [
        ("PY 2011\nPD SPR", 2011, "SPR 2011"),
        ("EA JUL 2019", 2019, "JUL 2019"),
        ("PD 04 2006\nPY 2006", 2006, "04 2006"),
    ],
)
def test_dates(lines: str, year: int, date: str) -> None:
    record = one(f"PT J\nTI A\nSO B\nAU C\n{lines}\nER\n")
    assert (record.year, record.date) == (year, date)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("PT P", "PAT"),
        ("PT B\nDT Proceedings Paper", "CPAPER"),
        ("PT S\nDT Article; Book Chapter", "CHAP"),
        ("PT B", "BOOK"),
        ("PT S", "SER"),
    ],
)
def test_types(lines: str, kind: str) -> None:
    assert one(f"FN X\nVR 1.0\n{lines}\nTI A\nER\n").type == kind


def test_other_databases_tags_and_numbers() -> None:
    record = one("PT J\nTI A\nSO B\nUT MEDLINE:16842170\nTN Animals\nST Chordata\nER\n")
    assert (record.pmid, record.database) == ("16842170", "MEDLINE")
    assert (record.extra["TN"], record.extra["WoS ST"]) == (("Animals",), ("Chordata",))
    assert one("PT B\nTI A\nSO B\nUT C\nBN 978-0-00\nER\n").issn == "978-0-00"


def test_two_abstracts_are_both_kept() -> None:
    assert one("PT J\nTI A\nSO B\nUT C\nAB One\n   two.\nAB Three.\nER\n").abstract == "One two.\nThree."


def test_ris_named_as_web_of_science_is_ris() -> None:
    assert read_all("TY  - JOUR\nTI  - A\nAB  - x\nPT J\nAU x\nSO y\nER  - \n")[1].format == "ris"


def test_many_continuation_lines_take_linear_time() -> None:
    record = one("PT J\nTI A\nSO B\nUT C\nCR x\n" + "   Poe E, 1845\n" * 200_000 + "ER\n")
    assert len(record.extra["CR"]) == 200_001


HEADER = "PT\tAU\tAF\tTI\tSO\tDE\tAB\tPY\tBP\tEP\tDI\tUT"
ROW = (
    'J\tDoe, J; Roe, R\tDoe, Jane; Roe, R\t"A" title\tJ EX\tone; two\tThe abstract.\t2019\t1\t9\t'
    "10.1000/x\tWOS:1"
)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tab_delimited_in_all_its_encodings(newline: str, encoding: str) -> None:
    records, reading = read_all(newline.join([HEADER, ROW, ROW + "\t", ""]).encode(encoding))
    assert reading.format == "wos-tab"
    assert len(records) == 2
    record = records[0]
    assert (record.title, record.abstract, record.authors) == (
        '"A" title',
        "The abstract.",
        ("Doe, Jane", "Roe, R"),
    )
    assert (record.journal, record.year, record.pages, record.doi) == ("J EX", 2019, "1-9", "10.1000/x")
    assert (record.keywords, record.accession) == (("one", "two"), "WOS:1")


def test_a_row_broken_by_a_line_break_is_joined() -> None:
    records, reading = read_all("\n".join([HEADER, ROW.replace("The abstract.", "One.\nTwo."), ROW]))
    assert [r.abstract for r in records] == ["One.\nTwo.", "The abstract."]
    assert "broke a row" in repaired(reading)


def test_cells_a_spreadsheet_quoted_and_cells_beyond_the_header() -> None:
    record = one("\n".join([HEADER, ROW.replace('"A" title', '"""A"" title"') + "\tmore"]))
    assert record.title == '"A" title'
    assert record.extra["more"] == ("more",)


LINES = [
    "PT J",
    "PT",
    "PT Journal",
    "PT electrode",
    "ER",
    "ER ",
    "ER x",
    "EF",
    "FN X",
    "VR 1.0",
    "TI A",
    "AU B",
    "AUDoe",
]
LINES += [
    "   Roe, R",
    "UT WOS:1",
    "SO C",
    "PY 2001",
    "QQ new",
    "text here",
    "AB x",
    "EA JAN 2001",
    "TI",
    "BN 1",
    "AR 1",
]


@given(data=files_of("FN X\nVR 1.0\nPT J\nTI A", LINES))
@many()
def test_what_is_counted_is_read(data: bytes) -> None:
    account(wos.FORMAT, data)


@given(
    rows=st.lists(
        st.one_of(st.sampled_from([ROW, "J\tx", "", " ", "a\tb", "\t" * 11, "\t" * 20, "x"]), RAW),
        max_size=12,
    )
)
@many()
def test_rows_that_are_counted_are_read(rows: list[str]) -> None:
    account(wos_tab.FORMAT, "\n".join([HEADER, *rows]).encode("utf-8", "replace"))


@corpus_files("wos-tagged")
def test_every_record_of_real_files(file: str, true: int) -> None:
    if true:
        check(file, "wos", true)


@corpus_files("wos-tagged")
def test_no_title_or_abstract_of_real_files_is_lost(file: str, true: int) -> None:
    if true:
        text = text_of(file)
        titles, abstracts = (
            [re.sub(r"\s+", " ", v) for v in re.findall(rf"^{tag} (.*(?:\n   .*)*)", text, re.MULTILINE)]
            for tag in ("TI", "AB")
        )
        check_kept(file, titles, abstracts)


@corpus_files("wos-tab")
def test_every_row_of_real_files(file: str, true: int) -> None:
    check(file, "wos-tab", true)
    header, *rows = text_of(file).split("\n")
    title, abstract = (header.split("\t").index(tag) for tag in ("TI", "AB"))
    cells = [row.split("\t") for row in rows if row]
    check_kept(file, [c[title] for c in cells], [c[abstract] for c in cells])


def test_nothing_under_any_tag_is_lost_but_names_that_stand_there_in_full_too() -> None:
    tags = sorted(wos.KNOWN - {"PT", "ER", "EF", "FN", "VR"})
    assert lost(tags, "{tag} ", "   ", "PT J", "ER") == {"AU", "BA"}
    assert not lost([t for t in tags if t not in ("AF", "BF")], "{tag} ", "   ", "PT J", "ER")
