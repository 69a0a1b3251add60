"""PubMed's nbib and its variants: every record, each value in its field, one bad line costs nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from tamis.formats import medline
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

PLAIN = """PMID- 30000001
OWN - NLM
STAT- MEDLINE
IS  - 1234-567X (Electronic)
IS  - 0123-4567 (Linking)
VI  - 12
IP  - 3
DP  - 2019 Mar 4
TI  - A trial of something that is long enough to
      be wrapped.
PG  - 12-19
LID - 10.1000/ABC.1 [doi]
AB  - First sentence with p <0.05
      and a second.
CI  - Copyright (c) 2019 The Authors.
FAU - Doe, Jane
AU  - Doe J
AUID- ORCID: 0000-0000-0000-0001
AD  - A Hospital, A Town.
FAU - Roe, Richard
AU  - Roe R
CN  - Some Study Group
LA  - eng
PT  - Journal Article
PT  - Randomized Controlled Trial
TA  - J Ex
JT  - Journal of examples
JID - 0000001
RN  - 0 (Water)
MH  - Liver/*surgery
MH  - Humans
OT  - example
PMC - PMC1000001
EDAT- 2019/03/05 06:00
AID - S1234(19)1 [pii]
AID - 10.1000/abc.1 [doi]
SO  - J Ex. 2019 Mar 4;12(3):12-19. doi: 10.1000/abc.1.
"""


def test_each_value_is_in_its_field() -> None:
    record = one(PLAIN)
    assert record.type == "JOUR"
    assert record.title == "A trial of something that is long enough to be wrapped."
    assert record.abstract == "First sentence with p <0.05 and a second."
    assert record.authors == ("Doe, Jane", "Roe, Richard", "Some Study Group")
    assert (record.year, record.date) == (2019, "2019 Mar 4")
    assert (record.journal, record.volume, record.issue, record.pages) == (
        "Journal of examples",
        "12",
        "3",
        "12-19",
    )
    assert (record.doi, record.pmid, record.issn) == ("10.1000/abc.1", "30000001", "1234-567X")
    assert (record.language, record.database) == ("eng", "PubMed")
    assert record.keywords == ("Liver/*surgery", "Humans", "example")
    assert record.extra == {
        "OWN": ("NLM",),
        "STAT": ("MEDLINE",),
        "ISSN": ("1234-567X (Electronic)", "0123-4567 (Linking)"),
        "CI": ("Copyright (c) 2019 The Authors.",),
        "AUID": ("ORCID: 0000-0000-0000-0001",),
        "AD": ("A Hospital, A Town.",),
        "PT": ("Journal Article", "Randomized Controlled Trial"),
        "J2": ("J Ex",),
        "JID": ("0000001",),
        "nbib RN": ("0 (Water)",),
        "PMC": ("PMC1000001",),
        "EDAT": ("2019/03/05 06:00",),
        "AID": ("S1234(19)1 [pii]",),
        "SO": ("J Ex. 2019 Mar 4;12(3):12-19. doi: 10.1000/abc.1.",),
    }


@pytest.mark.parametrize("gap", ["\n", "\n\n\n", "", " \t\n"])
def test_records_are_told_apart_with_and_without_blank_lines(gap: str) -> None:
    records, _ = read_all(f"\n{PLAIN}{gap}{PLAIN.replace('30000001', '30000002')}")
    assert [r.pmid for r in records] == ["30000001", "30000002"]


def test_a_blank_line_after_every_tag_splits_nothing() -> None:
    assert one(PLAIN.replace("\n", "\n\n").replace("\n\n      ", "\n      ")).abstract.endswith("a second.")


def test_crlf_bom_and_a_bom_inside_a_joined_file() -> None:
    data = "\ufeff" + PLAIN + "\n\ufeff" + PLAIN.replace("30000001", "30000002")
    records, _ = read_all(data.replace("\n", "\r\n"))
    assert [r.pmid for r in records] == ["30000001", "30000002"]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("GN - KIE: an old note", "KIE: an old note"),
        ("http://dx.doi.org/10.1000/123", "http://dx.doi.org/10.1000/123"),
        ("SO  no hyphen", "SO no hyphen"),
        ("This line should not be here.", "This line should not be here."),
        ("ISSN - ISSN-1111-1111", "ISSN-1111-1111"),
        ("ZZZZ- a tag nobody knows", "a tag nobody knows"),
        ("  indented by two", "indented by two"),
    ],
)
def test_one_bad_line_costs_nothing_and_is_kept(line: str, kept: str) -> None:
    data = PLAIN.replace("LA  - eng", f"LA  - eng\nCOIS- none\n{line}")
    records, reading = read_all(data + "\n" + PLAIN.replace("30000001", "30000002"))
    assert len(records) == 2
    assert not reading.problems
    record = records[0]
    assert record.title.startswith("A trial")
    everything = "\n".join([*record.notes, *(v for vs in record.extra.values() for v in vs)])
    assert kept in everything


def test_bad_lines_are_listed() -> None:
    _, reading = read_all(PLAIN + "http://x.example\nPT- Review\n")
    assert "without a tag or indent" in repaired(reading)
    assert "other blanks than MEDLINE has" in repaired(reading)


def test_text_before_the_first_record_is_listed() -> None:
    _, reading = read_all("Search results\n\n" + PLAIN)
    assert "outside the records" in repaired(reading)


def test_pubmed_central_begins_with_pmc_and_may_have_no_pmid() -> None:
    data = "PMC - PMC1\nPMID- 11\nTI  - A\nLID - e18\nSO  - X\n\nPMC - PMC2\nTI  - B\nSO  - Y\n"
    records, _ = read_all(data)
    assert [(r.title, r.pmid, r.database) for r in records] == [
        ("A", "11", "PubMed"),
        ("B", "", "PubMed Central"),
    ]
    assert records[0].pages == "e18"
    assert [r.extra["PMC"] for r in records] == [("PMC1",), ("PMC2",)]


def test_eric_begins_with_its_name() -> None:
    data = (
        "\nOWN - ERIC\nTI  - A\nAU  - Roe, R.\nJT  - J\nAID - http://dx.doi.org/10.1000/X1\nOID - EJ1\n"
        "DP  - Apr 2019\nLID - http://eric.example/?id=EJ1\nISSN - EISSN-1234-5678\nPT  - Journal Articles\n"
        "\nOWN - ERIC\nTI  - B\n"
    )
    records, _ = read_all(data)
    first = records[0]
    assert [r.title for r in records] == ["A", "B"]
    assert (first.database, first.accession, first.doi) == ("ERIC", "EJ1", "10.1000/x1")
    assert (first.issn, first.urls, first.year) == ("1234-5678", ("http://eric.example/?id=EJ1",), 2019)


def test_authors_without_full_names_are_kept_among_the_others() -> None:
    data = "PMID- 1\nFAU - Doe, Jane\nAU  - Doe J\nAU  - Roe R\nFAU - Poe, P\nAU  - Poe P\nAU  - et al.\n"
    assert one(data).authors == ("Doe, Jane", "Roe R", "Poe, P", "et al.")
    assert one("PMID- 1\nTI  - A\nFAU - Doe, Jane\nFAU - Roe, R\nAU  - Doe J\nAU  - Roe R\n").authors == (
        "Doe, Jane",
        "Roe, R",
    )
    assert one("PMID- 1\nTI  - A\nAU  - Doe J\nCN  - A Group\n").authors == ("Doe J", "A Group")


def test_an_abstract_in_another_language_is_a_further_paragraph() -> None:
    record = one("PMID- 1\nTI  - A\nAB  - One.\nOAB - Publisher: Deux.\nOABL- fre\n")
    assert record.abstract == "One.\nPublisher: Deux."
    record = one("PMID- 1\nTI  - A\nAB  - \nOAB - Publisher: Abstract available from the publisher.\n")
    assert (record.abstract, record.flags) == ("", ("no-abstract",))
    assert record.extra["OAB"] == ("Publisher: Abstract available from the publisher.",)


def test_titles_beyond_the_first_are_kept() -> None:
    record = one("PMCR- 1\nTI  - One\nTI  - Two\nPT  - Book\n")
    assert (record.title, record.extra["TI"]) == ("One", ("Two",))


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("PT  - Journal Article\nPT  - Review", "JOUR"),
        ("BTI - The book", "CHAP"),
        ("PT  - Technical Report", "RPRT"),
        ("PT  - Dissertations/Theses", "THES"),
        ("PT  - Preprint", "UNPB"),
        ("JT  - J", "JOUR"),
        ("PT  - Review", ""),
    ],
)
def test_types_where_they_are_certain(lines: str, kind: str) -> None:
    assert one(f"PMID- 1\nTI  - A\n{lines}\n").type == kind


def test_a_chapters_book_is_where_it_appeared() -> None:
    record = one(
        "PMID- 1\nBTI - The book\nTI  - The chapter\nPB  - P\nISBN- 123\nFED - Roe, R\nED  - Roe R\n"
    )
    assert (record.title, record.journal, record.publisher, record.issn) == (
        "The chapter",
        "The book",
        "P",
        "123",
    )
    assert record.extra == {"A2": ("Roe, R",)}
    assert one("PMID- 1\nBTI - The book\nAB  - x\n").title == "The book"


def test_dates_when_none_of_publication_is_given() -> None:
    assert one("PMID- 1\nTI  - A\nDEP - 20180330\n").year == 2018
    assert one("PMID- 1\nTI  - A\nEDAT- 2017/03/30 06:00\n").year == 2017
    record = one("PMID- 1\nTI  - A\nDP  - 2000 Nov-Dec\n")
    assert (record.year, record.date) == (2000, "2000 Nov-Dec")


@pytest.mark.parametrize(
    "form", ["LID - 10.1000/X [doi]", "AID - doi:10.1000/x", "SO  - J. 2001. doi: 10.1000/x."]
)
def test_a_doi_wherever_it_stands(form: str) -> None:
    assert one(f"PMID- 1\nTI  - A\n{form}\n").doi == "10.1000/x"


def test_a_keyword_with_a_semicolon_is_one() -> None:
    assert one("PMID- 1\nTI  - A\nOT  - a; b\n").keywords == ("a; b",)


def test_ris_that_quotes_pubmed_is_left_to_ris() -> None:
    data = "TY  - JOUR\nTI  - A\nPMID  - 1\nAB  - text\nPMID- 12\nER  - \n"
    assert read_all(data)[1].format == "ris"


def test_many_continuation_lines_take_linear_time_and_a_huge_value_is_cut() -> None:
    record = one("PMID- 1\nTI  - A\nAB  - x\n" + "      more words\n" * 200_000)
    assert len(record.abstract) < 1_100_000


LINES = [
    "PMID- 1",
    "PMC - PMC1",
    "OWN - NLM",
    "TI  - A",
    "AB  - b",
    "FAU - Doe, J",
    "AU  - Doe J",
    "SO  - x",
    "SO- y",
]
LINES += [
    "PMID-2",
    "PMID - 3",
    "TI - B",
    "OWN - ERIC",
    "IS  - ",
    "DP  - 2001",
    "AID - 10.1/x [doi]",
    "PMID--",
    "LID -",
]


@given(data=files_of("PMID- 1\nTI  - A", LINES))
@many()
def test_what_is_counted_is_read(data: bytes) -> None:
    account(medline.FORMAT, data)


@given(data=files_of("OWN - ERIC\nTI  - A", LINES))
@many()
def test_what_is_counted_is_read_in_variants_too(data: bytes) -> None:
    account(medline.FORMAT, data)


NOT_MEDLINE = "MedlinePlainImporterTestInvalidFormat"
"""Two lines, `PMC some PMC` and `SO-something stands here`: not a record, whatever the manifest counts."""


@corpus_files("nbib")
def test_every_record_of_real_files(file: str, true: int) -> None:
    if NOT_MEDLINE not in file:
        check(file, "nbib", true)


@corpus_files("nbib")
def test_no_title_or_abstract_of_real_files_is_lost(file: str, true: int) -> None:
    if NOT_MEDLINE in file:
        return
    text = text_of(file)
    values = {
        tag: [
            re.sub(r"\s+", " ", v) for v in re.findall(rf"^{tag}  - ?(.*(?:\n {{6}}.*)*)", text, re.MULTILINE)
        ]
        for tag in ("TI", "AB")
    }
    check_kept(file, values["TI"], values["AB"])


def test_nothing_under_any_tag_is_lost_but_names_that_stand_there_in_full_too() -> None:
    tags = sorted(medline.KNOWN - {"PMID"})
    assert lost(tags, "{tag:4}- ", "      ", "PMID- 1") == {"AU", "ED"}
    assert not lost([t for t in tags if t not in ("FAU", "FED")], "{tag:4}- ", "      ", "PMID- 1")
