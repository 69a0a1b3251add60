"""EndNote's XML as different programs write it."""

from __future__ import annotations

import pytest

from tests.formats.helpers import one, read_all, repaired

STYLE = '<style face="normal" font="default" size="100%">'


def styled(text: str) -> str:
    return f"{STYLE}{text}</style>"


def record(*inside: str, kind: str = '<ref-type name="Journal Article">17</ref-type>') -> str:
    return f"<record>{kind}{''.join(inside)}</record>"


def library(*records: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" ?><xml><records>{"".join(records)}</records></xml>'


FULL = record(
    '<database name="My.enl" path="C:\\My.enl">My.enl</database>',
    '<source-app name="EndNote" version="20.0">EndNote</source-app>',
    f"<contributors><authors><author>{styled('Doe, J.')}</author><author>{styled('Roe, A. B.')}</author>",
    "</authors>",
    f"<secondary-authors><author>{styled('Ed, I.')}</author></secondary-authors></contributors>",
    f"<auth-address>{styled('House One.&#xD;House Two.')}</auth-address>",
    "<titles>",
    f'<title>{styled("On ")}<style face="italic" font="default" size="100%">P. vivax</style>',
    f"{styled(' sieves')}</title>",
    f"<secondary-title>{styled('J Sieves')}</secondary-title><short-title>{styled('On')}</short-title>",
    "</titles>",
    f"<periodical><full-title>{styled('Journal of Sieves')}</full-title><abbr-1>",
    f"{styled('J Sieves')}</abbr-1></periodical>",
    f"<pages>{styled('1-9')}</pages><volume>{styled('2')}</volume><number>{styled('3')}</number>",
    f"<keywords><keyword>{styled('Rice/*growth')}</keyword><keyword>{styled('Humans')}</keyword>",
    "</keywords>",
    f"<dates><year>{styled('2019')}</year><pub-dates><date>{styled('Sep 18')}</date></pub-dates></dates>",
    f"<isbn>{styled('1234-5678 (Print)&#xD;1234-0000')}</isbn><accession-num>",
    f"{styled('31366609')}</accession-num>",
    f"<abstract>{styled('First &lt;i&gt;part&lt;/i&gt;.&#xD;Second, p &lt;0.05.')}</abstract>",
    f"<notes>{styled('A note&#xD;of two lines')}</notes><research-notes>{styled('mine')}</research-notes>",
    f"<label>{styled('L1')}</label><caption>{styled('Duplicate')}</caption><custom2>",
    f"{styled('PMC9')}</custom2>",
    f"<urls><related-urls><url>{styled('https://a.example/x')}</url></related-urls>",
    f"<pdf-urls><url>{styled('internal-pdf://1/a.pdf')}</url></pdf-urls></urls>",
    f"<electronic-resource-num>{styled('10.1000/X.1')}</electronic-resource-num>",
    f"<remote-database-provider>{styled('NLM')}</remote-database-provider><language>",
    f"{styled('eng')}</language>",
    "<unheard-of>kept</unheard-of>",
)


def test_endnotes_own_field_by_field() -> None:
    got = one(library(FULL))
    assert (got.type, got.title, got.journal) == ("JOUR", "On P. vivax sieves", "Journal of Sieves")
    assert got.abstract == "First part.\nSecond, p <0.05."
    assert (got.authors, got.extra["A2"]) == (("Doe, J.", "Roe, A. B."), ("Ed, I.",))
    assert (got.year, got.date, got.volume, got.issue, got.pages) == (2019, "2019 Sep 18", "2", "3", "1-9")
    assert (got.doi, got.pmid, got.accession) == ("10.1000/x.1", "31366609", "31366609")
    assert (got.issn, got.extra["SN"]) == ("1234-5678 (Print)", ("1234-0000",))
    assert got.keywords == ("Rice/*growth", "Humans")
    assert got.notes == ("A note\nof two lines",)
    assert got.urls == ("https://a.example/x",)
    assert (got.language, got.database) == ("eng", "NLM")
    assert got.extra["AD"] == ("House One.\nHouse Two.",)
    assert (got.extra["RN"], got.extra["LB"], got.extra["CA"], got.extra["C2"]) == (
        ("mine",),
        ("L1",),
        ("Duplicate",),
        ("PMC9",),
    )
    assert (got.extra["L1"], got.extra["ST"], got.extra["JO"]) == (
        ("internal-pdf://1/a.pdf",),
        ("On",),
        ("J Sieves",),
    )
    assert got.extra["unheard-of"] == ("kept",)
    assert got.flags == ()


def test_bare_values_and_number_0_as_mendeley_writes_them() -> None:
    got = one(library(record(
        "<contributors><authors><author>Doe, J</author></authors></contributors><titles><title>A</title>"
        "<secondary-title>New Times</secondary-title></titles>"
        "<periodical><full-title>New Times</full-title></periodical>"
        "<keywords/><dates><year>2012</year></dates><urls/>",
        kind='<ref-type name="Journal Article">0</ref-type>',
    )))  # fmt: skip
    assert (got.type, got.title, got.journal, got.year, got.extra) == ("JOUR", "A", "New Times", 2012, {})


def test_zoteros_second_issue_is_the_same_issue() -> None:
    got = one(library(record("<titles><title>A</title></titles><number>3</number><issue>3</issue>")))
    assert (got.issue, got.extra) == ("3", {})


def test_pretty_printed_markup_adds_no_blanks_and_no_lines() -> None:
    title = f"{STYLE}On sieves</style>\n    {STYLE} of rice,\n       twice\n    </style>"
    abstract = f"{STYLE}One sentence\n      and more.</style>"
    got = one(library(record(
        f"<titles>\n  <title>\n    {title}\n  </title>\n</titles>", f"<abstract>\n   {abstract}\n</abstract>"
    )))  # fmt: skip
    assert (got.title, got.abstract) == ("On sieves of rice, twice", "One sentence and more.")


def test_reference_manager() -> None:
    packed = "Upland Journal of Sieves.103.(3):203.-11,"
    data = (
        "<records><record><database name='r'>r</database><ref-type>0</ref-type><contributors><authors>"
        "<author>Doe,J.</author>"
        f"</authors></contributors><titles><title>A</title><secondary-title>{packed}</secondary-title></titles>"
        '<pages end="" start="">-</pages><dates><year>1998</year></dates></record>'
        "<record><ref-type>0</ref-type><titles><title>B</title></titles>"
        '<pages end="9" start="5">-</pages></record></records>'
    )
    (first, second), reading = read_all(data)
    assert (first.type, first.journal, first.volume, first.issue) == (
        "JOUR",
        "Upland Journal of Sieves",
        "103",
        "3",
    )
    assert (first.pages, second.pages) == ("203-11", "5-9")
    assert "taken apart" in repaired(reading)


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("Book Section", "CHAP", None),
        ("Thesis", "THES", None),
        ("Web Page", "ELEC", None),
        ("Podcast", "", ("Podcast",)),
    ],
)
def test_types_that_are_certain(name: str, kind: str, kept: tuple[str, ...] | None) -> None:
    got = one(
        library(record("<titles><title>A</title></titles>", kind=f'<ref-type name="{name}">7</ref-type>'))
    )
    assert (got.type, got.extra.get("ref-type")) == (kind, kept)


def test_a_chapter_has_the_books_title_as_its_journal() -> None:
    titles = "<titles><title>A</title><secondary-title>The Book</secondary-title></titles>"
    got = one(library(record(titles, kind='<ref-type name="Book Section">5</ref-type>')))
    assert (got.title, got.journal) == ("A", "The Book")


def test_an_abbreviated_journal_is_no_subtitle() -> None:
    titles = "<titles><title>A</title><secondary-title>JAMS</secondary-title></titles>"
    got = one(library(record(titles, "<periodical><full-title>Archives of Sieves</full-title></periodical>")))
    assert (got.title, got.journal) == ("A", "Archives of Sieves")


def test_keywords_in_one_element_are_taken_apart() -> None:
    got = one(
        library(
            record("<titles><title>A</title></titles>", "<keywords><keyword>a&#xD;b</keyword></keywords>")
        )
    )
    assert got.keywords == ("a", "b")


def test_a_record_of_bookkeeping_alone_is_a_problem() -> None:
    _, reading = read_all(
        library(record("<rec-number>1</rec-number>"), record("<titles><title>A</title></titles>"))
    )
    assert [p.why for p in reading.problems] == ["this record is empty"]
