"""The usual traps, each as two invented records and what has to come of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tamis.domain.record import Record
from tamis.services.dedup import Pair, find

BASE = Record(
    id="a-1",
    type="JOUR",
    title="Evening light and the sleep of night nurses: a randomised crossover trial",
    authors=("Okafor, Adaeze N.", "Lindqvist, Per", "Marchetti, Giulia"),
    year=2019,
    journal="Journal of Circadian Nursing",
    volume="31",
    issue="4",
    pages="412-429",
)
CERTAIN, ASKED, APART = "certain", "asked", "apart"


def other(**changes: Any) -> Record:
    return replace(BASE, id="b-1", **changes)


def outcome(a: Record, b: Record) -> str:
    found = find([a, b])
    assert [(p.first, p.second) for p in found] == [(a.id, b.id)] * len(found)
    if not found:
        return APART
    return CERTAIN if found[0].certain else ASKED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, CERTAIN, id="the same again"),
        pytest.param({"title": BASE.title.upper() + "."}, CERTAIN, id="capitals and a full stop"),
        pytest.param({"title": f"<b>{BASE.title}</b> [Italian]"}, CERTAIN, id="mark-up and a language"),
        pytest.param({"authors": ("Okafor AN", "Lindqvist P", "Marchetti G")}, CERTAIN, id="initials"),
        pytest.param(
            {"authors": ("A. N. Okafor", "P. Lindqvist", "G. Marchetti")}, CERTAIN, id="given first"
        ),
        pytest.param({"authors": ("Adaeze N., Okafor", "Per, Lindqvist")}, CERTAIN, id="names exchanged"),
        pytest.param({"authors": ("Okafor, A.",)}, CERTAIN, id="the first author alone"),
        pytest.param({"journal": "J Circadian Nurs"}, CERTAIN, id="an abbreviated journal"),
        pytest.param({"journal": "Journal of circadian nursing (Oslo)"}, CERTAIN, id="a journal's place"),
        pytest.param({"pages": "412-29"}, CERTAIN, id="abbreviated pages"),
        pytest.param({"pages": "412"}, CERTAIN, id="the first page alone"),
        pytest.param({"pages": "412–429", "volume": "31 Suppl 2"}, CERTAIN, id="a dash and a supplement"),
        pytest.param({"pages": "472-429"}, CERTAIN, id="a slip in the pages"),
        pytest.param({"pages": "Dec-29"}, CERTAIN, id="pages that a spreadsheet made a date of"),
        pytest.param({"year": None}, CERTAIN, id="no year"),
        pytest.param({"year": 2018, "volume": "", "issue": "", "pages": ""}, CERTAIN, id="online first"),
        pytest.param({"journal": "None", "volume": "None", "pages": "None"}, CERTAIN, id="None for nothing"),
        pytest.param(
            {"title": "Evening light and the sleep of night nurses"},
            CERTAIN,
            id="without subtitle, same pages",
        ),
        pytest.param(
            {"title": "Evening light and the sleep of night nurses", "volume": "", "issue": "", "pages": ""},
            ASKED,
            id="without subtitle, no place",
        ),
        pytest.param({"title": ""}, ASKED, id="no title"),
        pytest.param(
            {"year": 2018, "journal": "", "volume": "", "issue": "", "pages": ""},
            ASKED,
            id="a year apart and no journal: perhaps the preprint",
        ),
        pytest.param(
            {"title": "Part 2: " + BASE.title, "pages": "501-510"}, ASKED, id="only one is a numbered part"
        ),
        pytest.param({"pages": "588-590", "issue": "6"}, ASKED, id="other pages of the same volume"),
        pytest.param(
            {"title": BASE.title.replace("nurses", "drivers")}, CERTAIN, id="a word slipped, same pages"
        ),
        pytest.param(
            {"title": BASE.title.replace("nurses", "drivers"), "pages": "", "volume": "", "issue": ""},
            ASKED,
            id="another word, no place",
        ),
        pytest.param(
            {
                "authors": ("Brandt, Uwe", "Sato, Kei"),
                "journal": "Sleep Letters",
                "volume": "7",
                "pages": "1-9",
            },
            APART,
            id="the same title by others",
        ),
        pytest.param({"title": "Erratum: " + BASE.title, "pages": "600"}, ASKED, id="an erratum"),
        pytest.param({"title": BASE.title + " (vol 31, pg 412, 2019)", "pages": "600"}, ASKED, id="of WoS"),
        pytest.param(
            {"title": "Re: " + BASE.title, "authors": ("Brandt, U.",), "pages": "640"}, APART, id="re"
        ),
        pytest.param(
            {"title": BASE.title + " - Reply", "pages": "641", "issue": "6"}, APART, id="the authors' reply"
        ),
        pytest.param(
            {"title": BASE.title + " [Erratum appears in J Circadian Nurs. 2019;31(6):600]"},
            CERTAIN,
            id="a note on an erratum is no erratum",
        ),
        pytest.param(
            {
                "journal": "medRxiv",
                "volume": "",
                "issue": "",
                "pages": "",
                "doi": "10.1101/2018.11.02.18000001",
            },
            ASKED,
            id="the preprint",
        ),
        pytest.param(
            {"journal": "Nordic Sleep Meeting", "volume": "12", "pages": "S44", "year": 2018},
            APART,
            id="an abstract before the article",
        ),
        pytest.param(
            {
                "journal": "ClinicalTrials.gov",
                "volume": "",
                "issue": "",
                "pages": "",
                "authors": ("NCT01234567",),
            },
            APART,
            id="the register's entry",
        ),
    ],
)
def test_against_one_article(changes: dict[str, Any], expected: str) -> None:
    assert outcome(BASE, other(**changes)) == expected


def test_identifiers_overrule_what_differs_but_not_everything() -> None:
    """One DOI settles spelling, name order and a missing place; it does not make two titles one."""
    mine = replace(BASE, doi="10.5555/jcn.31.412")
    bare = Record(id="b-1", title=BASE.title, doi=mine.doi, authors=("Adaeze, O.", "Per, L."))
    assert outcome(mine, bare) == CERTAIN
    assert outcome(mine, other(doi=mine.doi, pages="e77", year=2020)) == CERTAIN
    assert outcome(replace(BASE, pmid="123"), other(pmid="123", pages="", journal="")) == CERTAIN
    assert outcome(mine, replace(bare, title="A glossary of weaving terms", year=1987)) == APART
    assert outcome(replace(BASE, pmid="123"), other(pmid="124")) == ASKED
    assert outcome(mine, other(doi="10.5555/jcn.99.999")) == CERTAIN, "the very same pages, one DOI mistyped"
    assert outcome(mine, other(doi="10.5555/other.1", pages="", volume="", issue="")) == ASKED


def test_versions_of_a_review_are_asked_for_unless_they_are_of_one_year() -> None:
    mine = replace(BASE, doi="10.5555/14651858.cd000001.pub2", volume="", issue="2", pages="CD000001")
    assert outcome(mine, replace(mine, id="b-1", doi="10.5555/14651858.cd000001.pub3")) == CERTAIN
    later = replace(mine, id="b-1", doi="10.5555/14651858.cd000001.pub3", year=2025, issue="9")
    assert outcome(mine, later) in (ASKED, APART)


MEETING = Record(
    id="a-1",
    title="Melatonin for jet lag in rowers: interim results",
    authors=("Haddad, R.", "Nguyen, T.", "Olsen, B."),
    year=2012,
    journal="Chronobiology Abstracts",
    volume="61",
    pages="A254",
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"journal": "European Journal of Rowing", "volume": "55", "pages": "S334"}, APART),
        ({"year": 2013, "volume": "62", "pages": "A301"}, APART),
        ({"title": "Melatonin for jet lag in rowers: interim results (poster)"}, CERTAIN),
        ({"journal": "Chronobiology Abstracts. Conference: 9th Meeting of Rowers"}, CERTAIN),
    ],
)
def test_abstracts_of_one_title_at_two_meetings(changes: dict[str, Any], expected: str) -> None:
    assert outcome(MEETING, replace(MEETING, id="b-1", **changes)) == expected


def test_abstracts_of_one_supplement_that_share_its_doi() -> None:
    """A supplement's DOI in all its abstracts makes no duplicates of them."""
    a = replace(
        MEETING, doi="10.5555/chr.61.s1", abstract="We gave rowers melatonin before each flight. " * 9
    )
    b = replace(
        a,
        id="b-1",
        title="Bright light for jet lag in sailors: a protocol of two harbours",
        abstract="Sailors who crossed the Atlantic sat before lamps of two strengths. " * 9,
    )
    assert outcome(a, b) == APART


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Outcomes of the harbour study: part 1: falls", "Outcomes of the harbour study: part 2: falls"),
        ("Outcomes of the harbour study, Part I", "Outcomes of the harbour study, Part II"),
        ("Proceedings of the harbour society 2014", "Proceedings of the harbour society 2015"),
        ("The harbour study: year one", "The harbour study: year two"),
    ],
)
def test_parts_and_years_are_not_linked(one: str, two: str) -> None:
    a = replace(BASE, title=one)
    assert outcome(a, other(title=two, pages="430-441")) != CERTAIN


def test_two_languages() -> None:
    """The translated and the original title of one article: its place speaks, a person decides."""
    german = other(title="Abendlicht und der Schlaf von Nachtschwestern: eine randomisierte Studie")
    assert outcome(BASE, replace(german, authors=(*BASE.authors, "Brandt, U.", "Sato, K."))) in (ASKED, APART)
    both = other(title=f"Abendlicht und der Schlaf von Nachtschwestern. [{BASE.title}]")
    assert outcome(BASE, both) == CERTAIN
    japanese = other(title="夜勤看護師の睡眠に対する夕方の光の影響:無作為化クロスオーバー試験")
    assert outcome(BASE, japanese) == ASKED


def test_register_entries() -> None:
    entry = Record(
        id="a-1",
        title="Evening Light in Night Nurses",
        journal="ClinicalTrials.gov",
        accession="NCT01234567",
        year=2016,
    )
    again = replace(entry, id="b-1", journal="ICTRP", title="Evening light in nurses who work at night")
    assert outcome(entry, again) in (CERTAIN, ASKED)
    assert outcome(entry, replace(entry, id="b-1", accession="NCT07654321")) == APART


def test_short_titles_need_more_than_themselves() -> None:
    editorial = Record(id="a-1", title="Editorial", year=2019, journal="Journal of Circadian Nursing")
    assert outcome(editorial, replace(editorial, id="b-1")) == APART
    placed = replace(editorial, authors=("Okafor, A.",), volume="31", pages="1-2")
    assert outcome(placed, replace(placed, id="b-1")) == CERTAIN
    assert outcome(placed, replace(placed, id="b-1", pages="101-102", issue="9")) == APART


def test_two_letters_of_one_title_on_one_page() -> None:
    a = replace(BASE, authors=("Okafor, A.",), pages="222")
    assert outcome(a, other(authors=("Marchetti, G.",), pages="222")) == ASKED
    corrected = replace(BASE, doi="10.5555/jcn.31.412")
    notice = other(
        doi="10.5555/jcn.31.600", title="Erratum: " + BASE.title, pages="600", authors=("Okafor, A.",)
    )
    assert outcome(corrected, notice) == APART, "an erratum with a DOI of its own is no question"


def test_other_initials_are_another_person() -> None:
    a = replace(BASE, authors=("Wang, Li",), pages="", volume="", issue="")
    assert outcome(a, other(authors=("Wang, Yong",), pages="", volume="", issue="")) != CERTAIN


def test_why_says_it_in_short_words() -> None:
    [pair] = find(
        [replace(BASE, doi="10.5555/a"), other(doi="10.5555/a", pages="9-10", title=BASE.title + "s")]
    )
    assert isinstance(pair, Pair)
    assert {"same DOI", "title 0.99", "pages differ", "same authors", "same journal"} <= set(pair.why)
    assert 0 <= pair.score <= 1
