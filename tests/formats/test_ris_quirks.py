"""Each way real RIS files depart from the book, in a few invented lines: nothing of them is lost."""

from __future__ import annotations

import pytest

from tamis import formats
from tamis.domain.record import Problem, Record

from .helpers import one, read_all, repaired


def ris(body: str, kind: str = "JOUR") -> str:
    """One record with these tag lines."""
    return f"TY  - {kind}\n{body}\nER  - \n"


def test_a_plain_record_field_by_field() -> None:
    record = one(
        ris(
            "TI  - Liver trial\nAU  - Doe, Jane\nAU  - Roe, Rick\nPY  - 2020\nJO  - J Test\nVL  - 3\n"
            "IS  - 4\nSP  - 5\nEP  - 9\nDO  - https://doi.org/10.1000/ABC\nAB  - Text.\nKW  - liver\n"
            "KW  - trial\nSN  - 1234-5678\nUR  - https://example.org/a\nLA  - en\nAN  - 77\nDB  - PubMed\n"
            "PB  - Press\nN1  - A note\nXY  - odd"
        )
    )
    assert record == Record(
        type="JOUR",
        title="Liver trial",
        abstract="Text.",
        authors=("Doe, Jane", "Roe, Rick"),
        year=2020,
        journal="J Test",
        volume="3",
        issue="4",
        pages="5-9",
        doi="10.1000/abc",
        pmid="77",
        issn="1234-5678",
        publisher="Press",
        language="en",
        accession="77",
        database="PubMed",
        urls=("https://example.org/a",),
        keywords=("liver", "trial"),
        notes=("A note",),
        extra={"XY": ("odd",)},
        line=1,
    )


def test_a_byte_order_mark_hides_no_record() -> None:
    records, reading = read_all("\ufeff" + ris("TI  - A") + ris("TI  - B"))
    assert [r.title for r in records] == ["A", "B"]
    assert "byte-order mark" in repaired(reading)


def test_a_byte_order_mark_in_the_middle_of_a_joined_file() -> None:
    records, _ = read_all(ris("TI  - A") + "\ufeff" + ris("TI  - B"))
    assert [r.title for r in records] == ["A", "B"]


def test_a_new_type_closes_a_record_without_end() -> None:
    records, reading = read_all("TY  - JOUR\nTI  - A\nAU  - X\n\nTY  - JOUR\nTI  - B\nAU  - Y\n")
    assert [(r.title, r.authors) for r in records] == [("A", ("X",)), ("B", ("Y",))]
    assert "2 records without an end mark" in repaired(reading)


@pytest.mark.parametrize(
    "sep", [" - ", "  - ", "\t- ", " \t- ", "   - ", "  -  ", "  – ", "\u00a0 - ", "  -"]
)
def test_blanks_around_the_hyphen(sep: str) -> None:
    record = one(f"TY{sep}JOUR\nTI{sep}Title\nAU{sep}Doe, J\nER{sep.rstrip()}\n")
    assert (record.type, record.title, record.authors) == ("JOUR", "Title", ("Doe, J",))


def test_small_letters_and_indents_where_the_type_makes_them_certain() -> None:
    records, reading = read_all("ty  - jour\nti  - A\ner  - \n\n  TY  - JOUR\n  TI  - B\n  ER  - \n")
    assert [r.title for r in records] == ["A", "B"]
    assert "small letters" in repaired(reading)


def test_one_stray_single_blank_tag_in_a_normal_record() -> None:
    record = one(ris("TI  - A\nAU  - Doe\nKW - one\ntwo\nthree"))
    assert record.keywords == ("one", "two", "three")


def test_running_text_is_not_taken_for_a_tag() -> None:
    record = one(ris("TI  - A\nAB  - Methods:\nUK - based cohort.\nTY: none\nER then\nRef 1-2"))
    assert record.abstract == "Methods:\nUK - based cohort.\nTY: none\nER then\nRef 1-2"


def test_tags_longer_than_two_letters() -> None:
    records, reading = read_all(ris("PMID  - 33355555\nTI  - A"))
    assert (records[0].pmid, records[0].title) == ("33355555", "A")
    assert "longer than two letters" in repaired(reading)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(newline: str) -> None:
    records, _ = read_all((ris("TI  - A\nAB  - one\ntwo") + ris("TI  - B")).replace("\n", newline))
    assert [(r.title, r.abstract) for r in records] == [("A", "one\ntwo"), ("B", "")]


def test_a_bare_cr_hides_no_tag() -> None:
    records, reading = read_all("TY  - JOUR\r\nTI  - A\r\nC3  - Univ\rPU  - ELSEVIER\r\nER  - \r\n")
    assert records[0].publisher == "ELSEVIER"
    assert "bare CR" in repaired(reading)


def test_other_line_separators_stay_inside_their_value() -> None:
    record = one(ris("TI  - A\u2028B\x85C\x0cD"))
    assert "A B C" in record.title
    assert record.title.endswith("D")


def test_repeated_tags_keep_every_value() -> None:
    record = one(
        ris(
            "TI  - A\nSN  - 1111-1111\nSN  - 2222-2222\nAD  - Here\nAD  - There\n"
            "M1  - 1\nM1  - 2\nDO  - x\nDO  - y"
        )
    )
    assert record.issn == "1111-1111"
    assert record.extra == {"SN": ("2222-2222",), "AD": ("Here", "There"), "M1": ("1", "2"), "DO": ("x", "y")}


def test_a_semicolon_in_a_url_does_not_split_it() -> None:
    record = one(ris("TI  - A\nUR  - https://a.org/1(2)3:4<5;http://b.org/x;2-y"))
    assert record.urls[-1] == "http://b.org/x;2-y"
    assert one(ris("TI  - A\nUR  - http://a.org; http://b.org")).urls == ("http://a.org", "http://b.org")


def test_an_address_that_is_no_web_address_is_kept() -> None:
    record = one(
        ris("TI  - A\nL1  - internal-pdf://1/a.pdf\ninternal-pdf://2/b.pdf\nUR  - javascript:alert(1)")
    )
    assert record.urls == ()
    assert record.extra == {
        "L1": ("internal-pdf://1/a.pdf", "internal-pdf://2/b.pdf"),
        "UR": ("javascript:alert(1)",),
    }


def test_text_before_between_and_after_records_is_listed() -> None:
    data = (
        "Record #1 of 2\nProvider: X\n1.\n"
        + ris("TI  - A")
        + "\nLink to the full text\n2.\n"
        + ris("TI  - B")
        + "The end\n"
    )
    records, reading = read_all(data)
    assert [r.title for r in records] == ["A", "B"]
    assert records[0].extra == {}
    assert "6 lines of text outside the records passed over, the first: Record #1 of 2" in repaired(reading)


def test_a_tag_after_the_end_belongs_to_the_record_before() -> None:
    records, reading = read_all(ris("TI  - A") + "NL  - Clin Psychol\n\nLink to Ovid\n" + ris("TI  - B"))
    assert records[0].extra == {"NL": ("Clin Psychol",)}
    assert records[1].extra == {}
    assert "after the end mark" in repaired(reading)


def test_tags_before_the_type_belong_to_the_record_that_follows() -> None:
    records, _ = read_all("DB  - X\nTY  - JOUR\nTI  - A\nER  - \nDB  - Y\nTY  - JOUR\nTI  - B\nER  - \n")
    assert [(r.title, r.database) for r in records] == [("A", "X"), ("B", "Y")]


def test_a_file_without_any_type() -> None:
    records, reading = read_all(
        "C1  - 1\nAU  - X\nTI  - A\nER  - \n\nC1  - 2\nTI  - B\nER  - \n\nTI  - C\nAU  - Z\n"
    )
    assert [(r.title, r.type) for r in records] == [("A", ""), ("B", ""), ("C", "")]
    assert "without a type" in repaired(reading)


def test_a_file_with_neither_type_nor_end() -> None:
    records, _ = read_all("TI  - A\nAU  - X\nPY  - 2001\n\nTI  - B\nAU  - Y\nPY  - 2002\n")
    assert [r.title for r in records] == ["A", "B"]


def test_one_record_without_type_among_others() -> None:
    records, _ = read_all(ris("TI  - A") + "TI  - B\nAU  - X\nER  - \n" + ris("TI  - C"))
    assert [r.title for r in records] == ["A", "B", "C"]


def test_an_end_mark_with_nothing_before_it_is_a_problem_where_ends_count() -> None:
    records, reading = read_all("TI  - A\nAU  - B\nPY  - 2000\nER  - \nER  - \n")
    assert len(records) == 1
    assert reading.problems == [Problem(5, "an end mark (ER) with no tags before it", "")]


def test_an_empty_type_and_an_empty_record() -> None:
    records, _ = read_all("TY  - \nTI  - A\nER  -\n\nTY  - JOUR\nER  - \n")
    assert [(r.type, r.title) for r in records] == [("", "A"), ("JOUR", "")]
    assert records[1].flags == ("no-title", "no-abstract")


def test_a_title_in_the_place_of_the_type() -> None:
    title = "Development of a training programme for the staff of small clinics"
    record = one(f"TY  - {title}\nAU  - X\nER  - \n")
    assert (record.type, record.title, record.extra["TY"]) == ("", title, (title,))


def test_ebscos_licence_text_is_a_note_and_not_the_abstract() -> None:
    licence = "Copyright of Journal of Tests is the property of Press and its content may not be copied."
    record = one(ris(f"TI  - A\nAB  - Real abstract.\nAB  - {licence}"))
    assert (record.abstract, record.notes) == ("Real abstract.", (licence,))


def test_an_abstract_in_two_languages_is_kept_in_both() -> None:
    assert one(ris("TI  - A\nAB  - The review.\nAB  - El estudio.")).abstract == "The review.\nEl estudio."


@pytest.mark.parametrize(
    ("body", "abstract"),
    [
        ("N2  - Same.\nAB  - Same.", "Same."),
        ("AB  - One.\nN2  - Two.", "One.\nTwo."),
        ("N2  - Alone.", "Alone."),
    ],
)
def test_both_abstract_tags(body: str, abstract: str) -> None:
    assert one(ris("TI  - A\n" + body)).abstract == abstract


def test_paragraphs_of_an_abstract_stay_and_folded_lines_join() -> None:
    assert one(ris("TI  - A\nAB  - PURPOSE one\n\nMETHODS two")).abstract == "PURPOSE one\nMETHODS two"
    assert one(ris("TI  - A\nAB  - first\n      second")).abstract == "first second"


def test_a_note_of_several_lines_is_one_note() -> None:
    assert one(ris("TI  - A\nN1  - References: X\nY\nZ")).notes == ("References: X\nY\nZ",)


def test_an_abstract_line_that_looks_like_a_tag_is_kept() -> None:
    record = one(ris("TI  - A\nAB  - OR 2.0\nCI  - 95% 1 to 3"))
    assert "95% 1 to 3" in record.abstract or record.extra["CI"] == ("95% 1 to 3",)


@pytest.mark.parametrize(
    ("t1", "t2", "source", "title", "extra"),
    [
        ("Main", "friend or foe?", "JO  - Big Journal", "Main: friend or foe?", {}),
        ("Main?", "Or not", "JF  - Big Journal", "Main? Or not", {}),
        ("Main", "Big Journal", "JO  - Big Journal", "Main", {}),
        ("Main", "Big J", "JF  - Big Journal", "Main", {"T2": ("Big J",)}),
        ("Main", "Proceedings of X", "JF  - Big Journal", "Main", {"T2": ("Proceedings of X",)}),
        ("主要研究", "Main study of it", "JF  - Big Journal", "主要研究", {"T2": ("Main study of it",)}),
    ],
)
def test_a_subtitle_in_t2(
    t1: str, t2: str, source: str, title: str, extra: dict[str, tuple[str, ...]]
) -> None:
    record = one(ris(f"T1  - {t1}\nT2  - {t2}\n{source}"))
    assert (record.title, record.journal, record.extra) == (title, "Big Journal", extra)


def test_t2_alone_is_the_journal() -> None:
    assert one(ris("T1  - A\nT2  - Big Journal")).journal == "Big Journal"


@pytest.mark.parametrize("tag", ["TI", "T1", "CT", "BT"])
def test_every_title_tag(tag: str) -> None:
    assert one(ris(f"{tag}  - Title")).title == "Title"


@pytest.mark.parametrize(
    ("body", "year", "date", "extra"),
    [
        ("PY  - 2020", 2020, "", {}),
        ("Y1  - 2019//", 2019, "", {}),
        ("PY  - 2022/9/1\nY1  - 2022/9/1", 2022, "2022/9/1", {}),
        ("PY  - 2021\nDA  - 2021/05/06/", 2021, "2021/05/06/", {}),
        ("PY  - 2021\nDA  - DEC", 2021, "", {"DA": ("DEC",)}),
        ("PY  - in press", None, "in press", {}),
        ("PY  - 2020\nY1  - 2019/01/01", 2020, "", {"Y1": ("2019/01/01",)}),
    ],
)
def test_dates(body: str, year: int | None, date: str, extra: dict[str, tuple[str, ...]]) -> None:
    record = one(ris("TI  - A\n" + body))
    assert (record.year, record.date, record.extra) == (year, date, extra)


@pytest.mark.parametrize(
    ("body", "doi"),
    [
        ("DO  - doi:10.1000/A.", "10.1000/a"),
        ("M3  - doi: 10.1000/b", "10.1000/b"),
        ("L3  - 10.1000/c", "10.1000/c"),
        ("UR  - https://doi.org/10.1000/d", "10.1000/d"),
        ("M3  - Review article", ""),
        ("N1  - cites 10.1000/e", ""),
    ],
)
def test_the_doi_where_it_stands(body: str, doi: str) -> None:
    record = one(ris("TI  - A\n" + body))
    assert record.doi == doi


@pytest.mark.parametrize(
    ("body", "pmid"),
    [
        ("PMID  - 123", "123"),
        ("AN  - 123\nDB  - PubMed", "123"),
        ("AN  - 123\nDP  - NLM", "123"),
        ("AN  - 123\nDB  - psyh", ""),
        ("C2  - 123\nAN  - SCOPUS:85", "123"),
        ("C2  - PMC123", ""),
        ("C2  - 123", ""),
        ("U1  - 123[pmid]", "123"),
        ("UR  - https://pubmed.ncbi.nlm.nih.gov/123/", "123"),
    ],
)
def test_the_pubmed_id_where_it_stands(body: str, pmid: str) -> None:
    assert one(ris("TI  - A\n" + body)).pmid == pmid


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("<i>E. coli</i> in CO<sub>2</sub>", "E. coli in CO2"),
        ("Arts &amp; Crafts", "Arts & Crafts"),
        ("p <0.05 and a<b", "p <0.05 and a<b"),
        ("<jats:p>Text</jats:p>", "Text"),
        ("AT&T; x", "AT&T; x"),
        ("a <Rett> b", "a <Rett> b"),
        ("[95% CI] [/b]", "[95% CI] [/b]"),
    ],
)
def test_html_in_titles(raw: str, title: str) -> None:
    assert one(ris(f"TI  - {raw}")).title == title


def test_mojibake_is_not_repaired_in_silence() -> None:
    assert one(ris("TI  - Tea Partyâ€™s \ufffd")).title == "Tea Partyâ€™s \ufffd"


def test_one_line_of_keywords_is_split_but_several_are_not() -> None:
    assert one(ris("TI  - A\nKW  - a; b;; c")).keywords == ("a", "b", "c")
    assert one(ris("TI  - A\nKW  - a; b\nKW  - c")).keywords == ("a; b", "c")


def test_an_abstract_the_file_cuts_off_is_flagged() -> None:
    assert one("TY  - JOUR\nTI  - A\nAB  - this ends in the mid").flags == ("abstract-cut-off",)
    assert one(ris("TI  - A\nAB  - this ends ...")).flags == ("abstract-cut-off",)
    assert one(ris("TI  - A\nAB  - [No abstract available]")).flags == ("no-abstract",)


def test_the_line_of_each_record_is_known() -> None:
    records, _ = read_all("\n" + ris("TI  - A") + "\n" + ris("TI  - B"))
    assert [r.line for r in records] == [2, 6]


def test_a_short_list_that_the_clean_path_reads_alike() -> None:
    """The same record alone, and in a file that also holds text which must be cleaned, is the same."""
    plain = ris("TI  - A  title \nAU  -  X \nAB  - Two  blanks\nKW  -  k \nDO  - 10.1000/a\nPY  - 2020 ")
    alone = one(plain)
    beside, _ = read_all(plain + ris("TI  - \x1b[31m\u202eB"))
    assert beside[0] == alone
    assert alone.title == "A title"
    assert beside[1].title == "␛[31mB"


def test_reading_is_counted_before_it_is_parsed() -> None:
    reading = formats.read(ris("TI  - A").encode() * 3, name="x.ris")
    assert (reading.found, reading.imported) == (3, 0)
    assert len(list(reading)) == reading.imported == 3
