"""What is lit in a record, expressions that would never end, and changing the sets."""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.highlight import TermSet
from tamis.domain.ledger import Ledger
from tamis.domain.protocol import Protocol
from tamis.domain.record import Record
from tamis.errors import NotSavedError, ProtocolError, UsageError
from tamis.services.highlight_editing import add_terms, remove_term, search_terms, split_terms, with_set
from tamis.services.highlighting import Highlighter, shown
from tamis.services.sourcing import tell
from tests.tui import reviews

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.services.highlighting import Lit

RECORD = Record(
    title="Ablation of liver metastases",
    abstract="METHODS: A randomised trial.\nRESULTS: Liver\u2010metastases shrank.",
    keywords=("liver", "metastases", "trial"),
)
SETS = (TermSet("population", "green", ("liver metastas*",)), TermSet("design", "red", ("trial", "random*")))


def places(lit: Lit) -> dict[str, list[tuple[str, int]]]:
    return {text: [(text[s.start : s.end], s.set) for s in spans] for text, spans in lit.spans.items()}


def test_title_abstract_and_keywords_are_lit_and_counted() -> None:
    lit = Highlighter(SETS).lit(RECORD)
    assert lit.counts == (2, 3)
    assert places(lit) == {
        "Ablation of liver metastases": [("liver metastases", 0)],
        "METHODS: A randomised trial.": [("randomised", 1), ("trial", 1)],
        "RESULTS: Liver\u2010metastases shrank.": [("Liver\u2010metastases", 0)],
        "liver · metastases · trial": [("trial", 1)],
    }
    assert set(lit.spans) <= set(shown(RECORD))


def test_the_same_record_is_not_searched_again() -> None:
    highlighter = Highlighter(SETS)
    assert highlighter.lit(RECORD) is highlighter.lit(RECORD)


def test_expressions_see_the_text_as_it_is() -> None:
    lit = Highlighter((TermSet("numbers", "blue", (r"/\bliver\W\w+/", "/x*/")),)).lit(RECORD)
    assert [found for found, _ in places(lit)["RESULTS: Liver\u2010metastases shrank."]] == [
        "Liver\u2010metastases"
    ]
    assert lit.faults == ()


def test_an_expression_that_never_ends_is_switched_off_and_named_and_the_others_stay() -> None:
    """Each of these takes Python's own matcher longer than anyone waits."""
    bad = ("/(a|a)*$/", r"/(x+x+)+y/", "/(?=(a+)+b)/")
    highlighter = Highlighter((TermSet("bad", "red", (*bad, "/shrank/")),))
    record = Record(title="a" * 5_000 + "c", abstract="x" * 5_000 + "\n" + RECORD.abstract)
    lit = highlighter.lit(record)
    assert {fault.term for fault in lit.faults} == set(bad)
    assert all("too long" in fault.why for fault in lit.faults)
    assert lit.counts == (1,)
    assert highlighter.lit(Record(title="shrank again")).counts == (1,)


def test_of_many_endless_expressions_only_a_few_run_out_on_one_record() -> None:
    terms = tuple(f"/(a|a)*$(?#{n})/" for n in range(40))
    highlighter = Highlighter((TermSet("bad", "red", terms),))
    assert len(highlighter.lit(Record(title="a" * 3_000 + "c")).faults) == 5


@pytest.mark.parametrize(
    ("term", "why"),
    [
        ("/(/", "position"),
        ("/[z-a]/", "position"),
        ("/(?:(?:a{1000}){1000}){1000}/", "counts in braces"),
        ("/" + "a" * 400 + "/", "longer than 300"),
        ("/" + "(" * 149 + ")" * 149 + "/", ""),
        ("* ?", "no letter"),
    ],
)
def test_a_term_that_cannot_be_read_is_named_with_its_set(term: str, why: str) -> None:
    highlighter = Highlighter((TermSet("design", "red", (term, "trial")),))
    assert all((f.set, f.term) == ("design", term) and why in f.why for f in highlighter.faults)
    assert bool(highlighter.faults) == bool(why)
    assert highlighter.lit(RECORD).counts == (2,)


def test_nothing_is_loaded_for_words() -> None:
    """The library for expressions is loaded for the first expression."""
    before = sys.modules.pop("regex", None)
    try:
        Highlighter(SETS).lit(RECORD)
        assert "regex" not in sys.modules
    finally:
        if before is not None:
            sys.modules["regex"] = before


# Changing sets

WRITTEN = """\
# Our protocol.
title = "A review"   # as registered

[[highlight]]
name = "population"  # who
terms = [
  "liver metastas*",  # the point
  "colorectal",
]

[[reasons]]
label = "Other"
"""


def test_adding_and_removing_leaves_the_rest_of_the_file() -> None:
    text = with_set(WRITTEN, TermSet("Population", "green", ("liver metastas*", "/a{1,2}\\b/")))
    text = with_set(text, TermSet("design", "red", ("trial",)))
    for kept in ("# Our protocol.", "# as registered", '"liver metastas*",  # the point', "# who"):
        assert kept in text
    protocol = Protocol.from_toml(text, "protocol.toml")
    assert [s.terms for s in protocol.highlight] == [("liver metastas*", "/a{1,2}\\b/"), ("trial",)]
    assert len(protocol.reasons) == 1
    assert "colorectal" not in text
    text = with_set(with_set(text, TermSet("design", "red", ())), TermSet("population", "green", ()))
    assert "highlight" not in text
    assert tomllib.loads(text)["title"] == "A review"


@pytest.mark.parametrize("text", ["", "title = 'x'\n", "highlight = []\n", 'highlight = [{name="a"}]\n'])
def test_the_first_set_finds_its_place(text: str) -> None:
    new = Protocol.from_toml(with_set(text, TermSet("b", "red", ("c",))), "protocol.toml")
    assert TermSet("b", "red", ("c",)) in new.highlight


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=8))
def test_whatever_is_typed_is_read_back(terms: list[str], name: str) -> None:
    """Any terms under any name stand in the file as they are lit, and the file stays TOML."""
    typed = split_terms(",".join(terms))
    (clean,) = Protocol.from_doc({"highlight": [{"name": name + "x", "terms": typed}]}).highlight
    again = Protocol.from_toml(with_set(WRITTEN, clean), "protocol.toml").highlight
    assert again[-1].terms == clean.terms or not clean.terms


def test_commas_part_terms_but_not_inside_an_expression() -> None:
    assert split_terms(" liver metastas* , /a{1,2}/,b\n/x,y/ , b,, and/or") == [
        "liver metastas*",
        "/a{1,2}/",
        "b",
        "/x,y/",
        "and/or",
    ]


def test_a_set_is_saved_as_a_version_of_the_protocol_and_is_in_force(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        ann = reviews.author()
        assert add_terms(review, ann, "Population", ["liver*", "liver*", "/a,b/"]) == ["liver*", "/a,b/"]
        assert add_terms(review, ann, "population", ["liver*", "hepat*"]) == ["hepat*"]
        assert add_terms(review, ann, "population", ["liver*"]) == []
        remove_term(review, ann, "Population", "/a,b/")
        assert review.protocol.highlight == (TermSet("Population", "green", ("liver*", "hepat*")),)
        assert review.protocol_version == 4
    with reviews.reopen(tmp_path / "r") as review:
        assert review.protocol_version == 4
        assert [s.terms for s in review.protocol.highlight] == [("liver*", "hepat*")]
        assert len(review.protocol.reasons) == 3


def test_byte_order_mark_and_line_ends_stay(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        path = review.folder / "protocol.toml"
        path.write_bytes(b"\xef\xbb\xbf" + WRITTEN.replace("\n", "\r\n").encode())
        add_terms(review, reviews.author(), "design", ["trial"])
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf# Our protocol.\r\n")
        assert raw.count(b"\n") == raw.count(b"\r\n")
        assert [s.name for s in review.protocol.highlight] == ["population", "design"]


def test_nothing_is_changed_where_it_cannot_be_saved(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        ann, path = reviews.author(), review.folder / "protocol.toml"
        with pytest.raises(UsageError, match="no term"):
            remove_term(review, ann, "population", "liver")
        with pytest.raises(UsageError, match="name of a set"):
            add_terms(review, ann, " ", ["a"])
        path.write_text("title = ", encoding="utf-8")
        with pytest.raises(ProtocolError, match="not valid TOML"):
            add_terms(review, ann, "design", ["trial"])
        assert path.read_text(encoding="utf-8") == "title = "
        path.unlink()
        with pytest.raises(UsageError, match=r"protocol\.toml"):
            add_terms(review, ann, "design", ["trial"])
        assert review.protocol.highlight == ()
    path.write_text(reviews.PROTOCOL, encoding="utf-8")
    with (
        reviews.reopen(tmp_path / "r", write=False) as review,
        pytest.raises(NotSavedError, match="reading only"),
    ):
        add_terms(review, ann, "design", ["trial"])


def test_terms_come_from_the_searches_of_databases_alone(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "r") as review:
        reviews.add(review, [RECORD], file="hand.ris", database="Reference lists", kind="citation")
        ledger = Ledger(review.events())
        assert search_terms(review, ledger) == ([], [])
        for source, text in zip(review.sources, ("liver[tiab] OR hepat*[tiab]", "asked around"), strict=True):
            tell(review, ledger, reviews.author(), [source], {"strategy": text})
        assert search_terms(review, ledger) == (["liver", "hepat*"], ["PubMed"])
