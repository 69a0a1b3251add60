"""Terms out of search strategies: invented searches, written as each platform writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.highlight import expression
from tamis.domain.highlight_search import strategy_terms
from tamis.services.highlight_editing import split_terms

from .making import patient

PUBMED = """\
("Liver Neoplasms"[Mesh] OR "Carcinoma, Hepatocellular"[Mesh:NoExp] OR liver metastas*[tiab]
OR hepatic metastas*[Title/Abstract]) AND ("Ablation Techniques"[MeSH Terms] OR ablat*[tiab] OR
"radiofrequency ablation"[tiab:~2]) AND (2010:2026[dp] AND english[la]) AND humans[Filter]
AND "2010/01/01"[Date - Publication] : "3000"[Date - Publication] AND Smith J[au]
NOT ("Animals"[Mesh] NOT "Humans"[Mesh])
"""
PUBMED_HISTORY = """\
#1\t"Liver Neoplasms"[Mesh]\t12,345
#2\tablat*[tiab]\t99
#3\tmice[tiab] OR rats[tiab]\t5
#4\t#1 AND #2\t4
#5\t#4 NOT #3\t3
"""
OVID = """\
Database: Ovid MEDLINE(R) ALL <1946 to October 01, 2026>
Search Strategy:
--------------------------------------------------------------------------------
1     exp Liver Neoplasms/ (12345)
2     *Carcinoma, Hepatocellular/su, th (99)
3     ((liver or hepat$) adj3 (metasta$ or secondar#)).ti,ab,kf. (234)
4     (behavio?r$ therapy or wom#n).tw. (1)
5     or/1-4 (10)
6     (radiofrequency or micro-wave) adj2 ablat$5.mp. (10)
7     randomized controlled trial.pt. (55)
8     5 and 6 and 7 (5)
9     exp animals/ not humans.sh. (500)
10     8 not 9 (5)
11     limit 10 to (english language and yr="2010 -Current") (3)
12     remove duplicates from 11 (2)
13     smith j.au. (1)
14     english.lg. (1)
"""
EMBASE = """\
#6 #5 AND [english]/lim AND [2010-2026]/py NOT [medline]/lim AND vein$:ti
#5 #4 NOT ('animal'/exp NOT 'human'/exp)
#4 #1 AND #2 AND #3
#3 'radiofrequency ablation'/de OR ablat*:ti,ab OR 'crohn`s disease':ti
#2 ((liver OR hepatic) NEAR/3 metasta*):ti,ab,kw
#1 'liver tumor'/exp OR 'liver metastasis'/exp/mj
"""
WEB_OF_SCIENCE = """\
TS=((liver OR hepat*) NEAR/3 (metasta* OR "secondary tumo$r")) AND TI=(ablation microwave$)
AND PY=(2010-2026) AND LA=(English) NOT DT=(Review) NOT TS=(mice OR rat$)
"""
SCOPUS = """\
TITLE-ABS-KEY ( ( "liver metastas*" OR {hepatic metastases} ) W/5 ( ablat* OR microwav* ) )
AND TITLE(thermal tumour) AND PUBYEAR > 2009 AND ( LIMIT-TO ( LANGUAGE , "English" ) )
AND NOT TITLE-ABS-KEY(mice) AND NOT DOCTYPE(re)
"""
COCHRANE = """\
#1 MeSH descriptor: [Liver Neoplasms] explode all trees
#2 MeSH descriptor: [Carcinoma, Hepatocellular] this term only
#3 ((liver or hepatic) NEAR/3 metasta*):ti,ab,kw
#4 {or #1-#3}
#5 (ablat* or "radio frequency"):ti,ab,kw (Word variations have been searched)
#6 #4 and #5 with Cochrane Library publication date Between Jan 2010 and Oct 2026, in Trials
"""
EBSCO = """\
S4 S1 AND S2 NOT S3
S3 TI mice
S2 TI ( ablat* OR "radio-frequency" ) OR AB microwave N3 ablation
S1 (MH "Liver Neoplasms+") OR (MM "Hepatectomy")
"""


@pytest.mark.parametrize(
    ("strategy", "terms"),
    [
        (
            PUBMED,
            (
                "Liver Neoplasms|Hepatocellular Carcinoma|liver metastas*|hepatic metastas*"
                "|Ablation Techniques|ablat*|radiofrequency ablation"
            ),
        ),
        (PUBMED_HISTORY, "Liver Neoplasms|ablat*"),
        (
            OVID,
            (
                "Liver Neoplasms|Hepatocellular Carcinoma|liver|hepat*|metasta*|secondar#|behavio?r* therapy"
                "|wom#n|radiofrequency|micro-wave|ablat*|randomized controlled trial"
            ),
        ),
        (
            EMBASE,
            (
                "vein?|radiofrequency ablation|ablat*|crohn`s disease|liver|hepatic|metasta*|liver tumor"
                "|liver metastasis"
            ),
        ),
        (WEB_OF_SCIENCE, "liver|hepat*|metasta*|secondary tumo$r|ablation|microwave?"),
        (SCOPUS, "liver metastas*|hepatic metastases|ablat*|microwav*|thermal|tumour"),
        (
            COCHRANE,
            "Liver Neoplasms|Hepatocellular Carcinoma|liver|hepatic|metasta*|ablat*|radio frequency",
        ),
        (EBSCO, "ablat*|radio-frequency|microwave|ablation|Liver Neoplasms|Hepatectomy"),
    ],
    ids=["pubmed", "pubmed-history", "ovid", "embase", "web-of-science", "scopus", "cochrane", "ebsco"],
)
def test_a_search_gives_the_words_it_looks_for(strategy: str, terms: str) -> None:
    """Fields, operators, numbers, limits and NOT go; words, phrases, headings and truncation stay."""
    assert "|".join(strategy_terms(strategy)) == terms


@pytest.mark.parametrize(
    ("strategy", "terms"),
    [
        ("", ""),
        ("liver metastases", "liver metastases"),
        ("next generation sequencing OR same day surgery", "next generation sequencing|same day surgery"),
        ("“smart quotes” AND word", "smart quotes|word"),
        ("cancer (liver OR lung)", "cancer|liver|lung"),
        ("(((((( liver", "liver"),
        (")))) liver OR LIVER", "liver"),
        ("liver NOT mice OR lung", "liver|lung"),
        ("the AND of AND a*", ""),
        ("covid-19 OR sars-cov-2", "covid-19|sars-cov-2"),
        ("肝转移 OR Lebermetastas*", "肝转移|Lebermetastas*"),
    ],
)
def test_a_search_by_hand_is_read_as_well(strategy: str, terms: str) -> None:
    assert "|".join(strategy_terms(strategy)) == terms


def test_a_line_used_on_both_sides_of_not_stays() -> None:
    """Only what is used behind NOT and nowhere else is left out."""
    assert strategy_terms("1. liver\n2. mice\n3. 1 not 2\n4. 1 and 2") == ("liver", "mice")


BITS = st.sampled_from(["NOT ", " or/1-3", "TS=", "exp ", ".ti,ab.", "[tiab]", "/lim", "\n1. ", "liver"])


@patient
@given(st.lists(BITS | st.sampled_from("ab \n()[]{}\"'*$?#:/.,=1234"), max_size=40).map("".join))
def test_any_text_gives_terms_on_one_line_each(text: str) -> None:
    """Nothing that is no strategy fails, and what is shown for taking is read back as the same terms."""
    terms = strategy_terms(text)
    assert all(term == term.strip() != "" and expression(term) is None for term in terms)
    assert split_terms("\n".join(terms)) == list(terms)
