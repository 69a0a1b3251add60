"""Highlight terms: what they light, against an oracle that takes its time, in the places of the text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tamis.domain.highlight import Matcher, Span, TermSet, expression, merged
from tamis.domain.text import fold

from .making import patient


def lit(text: str, *terms: str) -> list[str]:
    """What is lit in a text, as it stands there."""
    matcher = Matcher((TermSet("one", "green", terms),))
    return [text[start:end] for start, end, _ in merged(matcher.find(text))]


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("Ablation of the liver", "ablation", ["Ablation"]),
        ("Ablations", "ablation", []),
        ("random randomised RANDOMLY, at-random", "random*", ["random", "randomised", "RANDOMLY", "random"]),
        ("woman women womn womaen", "wom?n", ["woman", "women", "womn"]),
        ("behavior behaviour", "behavio#r", ["behavior", "behaviour"]),
        ("tumor tumour tumours", "tumo$r$", ["tumor", "tumour", "tumours"]),
        ("hepatitis, colitis", "*itis", ["hepatitis", "colitis"]),
        ("meta-analysis meta analysis meta–analysis metaanalysis", "meta-analysis",
         ["meta-analysis", "meta analysis", "meta–analysis"]),
        ("liver metastases; liver. Metastases, liver\nmetastases", "liver metastas*", ["liver metastases"]),
        ("(liver) -- liver -- metastases ... liver – metastases.", "liver metastases",
         ["liver -- metastases", "liver – metastases"]),
        ("(liver) -- liver -- metastases ... liver", "liver metastases", ["liver -- metastases"]),
        ("St. John's wort, St John’s wort", "St. John's wort", ["St. John's wort", "St John’s wort"]),
        ("St. John's wort, St John’s wort", "st johns wort", []),
        ("Crohn’s disease", "crohn's disease", ["Crohn’s disease"]),
        ("naïve naive", "naive", ["naïve", "naive"]),
        ("ANÁLISIS", "análisis", ["ANÁLISIS"]),
        ("ﬁbrosis of the ofﬁce", "fibrosis", ["ﬁbrosis"]),
        ("Straße STRASSE", "straße", ["Straße", "STRASSE"]),
        ("İzmir", "izmir", ["İzmir"]),
        ("x\u0304-ray of x\u0304", "x", ["x\u0304", "x\u0304"]),
        ("H₂O and CO₂", "co2", ["CO₂"]),
        ("a dose of ½ mg", "1", ["½"]),
        ("ανάλυση ΑΝΆΛΥΣΗ", "ανάλυση", ["ανάλυση", "ΑΝΆΛΥΣΗ"]),
        ("Лечение метастазов печени", "метастаз*", ["метастазов"]),
        ("结直肠癌肝转移的微波消融治疗", "肝转移", ["肝转移"]),
        ("肝臓がん", "がん", ["がん"]),
        ("간암 환자는 치료", "환자", ["환자"]),
        ("한국", "하", []),
        ("การรักษามะเร็งตับ", "มะเร็ง", ["มะเร็ง"]),
        ("यकृत का कैंसर", "कैंसर", ["कैंसर"]),
        ("السرطان في الكبد", "الكبد", ["الكبد"]),
        ("COVID-19 COVID 19 COVID19", "covid-19", ["COVID-19", "COVID 19"]),
        ("one", '"one"', ["one"]),
        ("", "one", []),
        ("C" * 10_000, "c*c", []),
    ],
)  # fmt: skip
def test_what_a_term_lights(text: str, term: str, found: list[str]) -> None:
    assert lit(text, term) == found


def test_the_longer_phrase_wins_and_of_two_alike_the_first_set() -> None:
    sets = (TermSet("a", "green", ("liver",)), TermSet("b", "red", ("liver metastas*", "liver")))
    text = "liver metastases and liver"
    assert merged(Matcher(sets).find(text)) == [(0, 16, 1), (21, 26, 0)]


@pytest.mark.parametrize("term", ["???", "*", "—", "a*b*c*d*e", "()"])
def test_a_term_that_cannot_be_looked_for_is_named_and_the_others_are_lit(term: str) -> None:
    matcher = Matcher((TermSet("design", "green", (term, "trial")),))
    assert [(fault.set, fault.term) for fault in matcher.faults] == [("design", term)]
    assert list(matcher.find("a trial")) == [(2, 7, 0)]


def test_only_slashes_around_make_an_expression() -> None:
    assert [expression(t) for t in ("/a|b/", "//", "/", "a/b", "/a")] == ["a|b", None, None, None, None]


LETTERS = st.sampled_from("abcABéßﬁİŒ½e\u0301癌肝ん환 ---–/'.,\n·x") | st.characters()
TEXTS = st.text(LETTERS, max_size=60)
TERMS = st.lists(st.text(st.sampled_from("abcxé癌肝 -*?$#½ß"), min_size=1, max_size=8), max_size=6)


@patient
@given(TEXTS, TERMS)
@example("½½", ["1", "2"])
@example("e\u0301", ["e"])
def test_spans_lie_in_the_text_without_overlap_and_hold_their_term(text: str, terms: list[str]) -> None:
    """And each is what its term means, by an oracle that folds the lit text and tries every reading."""
    sets = tuple(TermSet(str(n), "green", (term,)) for n, term in enumerate(terms))
    spans = merged(Matcher(sets).find(text))
    reached = 0
    for start, end, number in spans:
        assert reached <= start < end <= len(text)
        reached = end
        assert oracle(terms[number], text[start:end]), (terms[number], text)


def oracle(term: str, found: str) -> bool:
    """Whether a lit text is a reading of a term: its words in order, apart by anything that is no letter."""
    words = [w for w in re.findall(r"[\w*?$#]+", fold(term)) if w.strip("*?$#")]
    pattern = r"[\W_]*".join(_reading(word) for word in words)
    return re.fullmatch(rf"[\W_]*{pattern}[\W_]*", fold(found)) is not None or "½" in found


def _reading(word: str) -> str:
    inner = "".join(r"\w*" if c == "*" else r"\w?" if c in "?#$" else re.escape(c) for c in word)
    return inner + r"\w*" if word.endswith("$") else inner


@patient
@given(st.lists(st.sampled_from(["liver", "Leber", "foie", "肝"]), min_size=1, max_size=12))
def test_every_whole_word_is_lit(words: list[str]) -> None:
    assert lit(" ".join(words), "liver", "leber", "foie", "肝") == words


@patient
@given(TEXTS)
def test_folding_letter_by_letter_is_folding(text: str) -> None:
    """The places of a folded text can be told one letter at a time."""
    assert "".join(map(fold, text)) == fold(text)


@patient
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 2)), max_size=12))
def test_merging_keeps_the_leftmost_and_longest(spans: list[Span]) -> None:
    kept = merged(spans)
    assert all(end <= start for (_, end, _), (start, _, _) in pairwise(kept))
    assert set(kept) <= set(spans)
    for start, end, number in spans:
        over = [k for k in kept if k[0] < end and start < k[1]]
        assert start >= end or over, "only for another one"
        assert all(k[0] < start or (k[0] == start and (-k[1], k[2]) <= (-end, number)) for k in over[:1])
