"""The filter language: what matches, and a sentence for what cannot be understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.query import KEYS, parse
from tamis.domain.record import Record
from tamis.domain.text import fold
from tamis.errors import UsageError

from .making import patient


@dataclass
class Fake:
    """A candidate made of plain values; notes which costly questions it was asked."""

    verdict: str = "undecided"
    reasons: tuple[str, ...] = ()
    primary_reason: tuple[str, ...] = ()
    not_retrieved: bool = False
    study: str = ""
    labels: tuple[str, ...] = ()
    noted: bool = False
    source: str = "embase export.ris"
    record: Record = field(default_factory=Record)
    asked: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """That of the record."""
        return self.record.title

    @property
    def year(self) -> int | None:
        """That of the record."""
        return self.record.year

    def contains(self, folded: str) -> bool:
        """Whether the title holds it."""
        self.asked.append(folded)
        return folded in " ".join(fold(self.record.title).split())


def found(query: str, **given: Any) -> bool:
    """Whether a record with these fields, or a candidate with these answers, is found."""
    own = set(Fake.__dataclass_fields__) - {"record", "asked"}
    answers = {name: given.pop(name) for name in own & given.keys()}
    return parse(query).matches(Fake(**answers, record=Record(**given)))


@pytest.mark.parametrize("query", ["", "  ", '""', "\n", '"\u0301"'])
def test_an_empty_filter_shows_everything(query: str) -> None:
    assert found(query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("metastases", True),
        ("METÁSTASES", True),
        ("étude", True),
        ("liver metastases", True),
        ("metastases liver", True),
        ('"metastases liver"', False),
        ('"liver  metastases"', True),
        ('"liver metastases', True),
        ("-mice", True),
        ("-metastases", False),
        ('-"liver metastases"', False),
        ("liver -metastases", False),
        ("mice", False),
        ("foo:liver", False),
        ("rct:pilot", True),
        ('rct:"pilot study"', True),
        ("-", True),
    ],
)
def test_words_and_phrases_are_looked_for_without_case_and_accents(query: str, expected: bool) -> None:
    assert found(query, title="Etude - Liver metastases rct:pilot study") is expected


@pytest.mark.parametrize(
    ("query", "years"),
    [
        ("year:2015", [2015]),
        ("year:2015-2017", [2015, 2016, 2017]),
        ("year:2017-", [2017, 2018]),
        ("year:-2015", [2014, 2015]),
        ("year:>2016", [2017, 2018]),
        ("year:>=2016", [2016, 2017, 2018]),
        ("year:<2015", [2014]),
        ("year:<=2015", [2014, 2015]),
        ("-year:2015-2017", [2014, 2018]),
        ('year:"2015"', [2015]),
        ("year:<=0000", []),
        ("year:<0001", []),
    ],
)
def test_years_and_spans_of_years(query: str, years: list[int]) -> None:
    assert [y for y in range(2014, 2019) if found(query, year=y)] == years


def test_a_record_without_a_year_is_in_no_span() -> None:
    assert not found("year:0000-9999")
    assert found("-year:2015")


@pytest.mark.parametrize(
    ("query", "verdicts"),
    [
        ("is:include", ["include"]),
        ("is:Included", ["include"]),
        ("is:excluded", ["exclude"]),
        ("is:maybe", ["maybe"]),
        ("is:pending", ["undecided"]),
        ("is:decided", ["include", "exclude", "maybe"]),
        ("-is:decided", ["undecided"]),
        ("is:include is:exclude", []),
    ],
)
def test_verdicts(query: str, verdicts: list[str]) -> None:
    assert [v for v in ("include", "exclude", "maybe", "undecided") if found(query, verdict=v)] == verdicts


@pytest.mark.parametrize(
    ("query", "given_"),
    [
        ("reason:outcome", {"reasons": ("wrong-outcome", "wrong outcome")}),
        ("label:RCT", {"labels": ("rct",)}),
        ("source:Embase", {"source": "embase export.ris"}),
        ("title:étude", {"title": "Une ETUDE"}),
        ('author:"o neil"', {"authors": ("O Neil, Ann",)}),
        ("journal:bmj", {"journal": "BMJ Open"}),
        ("has:note", {"noted": True}),
        ("has:label", {"labels": ("rct",)}),
        ("has:reason", {"reasons": ("x",)}),
        ("has:abstract", {"abstract": "x"}),
        ("has:title", {"title": "x"}),
        ("has:doi", {"doi": "10.1000/x"}),
        ("has:pmid", {"pmid": "1"}),
        ("has:year", {"year": 2000}),
    ],
)
def test_a_key_asks_only_its_own_field(query: str, given_: dict[str, object]) -> None:
    assert found(query, **given_)
    assert not found(f"-{query}", **given_)
    assert not found(query, source="")


def test_text_is_searched_last_and_only_when_all_else_holds() -> None:
    fake = Fake(record=Record(title="liver"))
    assert not parse("liver is:include").matches(fake)
    assert fake.asked == []
    assert parse("liver is:undecided").matches(fake)
    assert fake.asked == ["liver"]


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ("is:yes", "write is: and one of include, exclude, maybe, undecided, decided"),
        ("has:money", "write has: and one of note, label, .*, year"),
        ("year:soon", "write year:2015, year:2010-2015, year:>=2015"),
        ("year:2015-2010", "year:2015-2010 is not a year"),
        ("year:-", "is not a year"),
        ("year:15", "is not a year"),
        ("year:<0000", "is not a year"),
        ("year:２０１５", "is not a year"),
        ("is:\x1b]0;x", "is:␛]0;x is not known"),
        ("liver OR hepatic", 'OR is no operator here: .* write "or" to look for that word'),
        ("-NOT", "NOT is no operator here"),
    ],
)
def test_what_cannot_be_understood_is_answered_with_what_can_be_written(query: str, advice: str) -> None:
    with pytest.raises(UsageError, match=advice.replace("]", r"\]")) as error:
        parse(query)
    assert str(error.value).isprintable()
    assert str(error.value).endswith(".")


pieces = st.sampled_from(
    [*(f"{key}:" for key in KEYS), "-", '"', " ", "2015", "maybe", "year:>", "\n", "\x1b", "a", "\u0301"]
)


@settings(patient, max_examples=300)
@given(st.lists(pieces | st.text(max_size=4), max_size=10).map("".join))
def test_any_text_is_a_filter_or_a_usage_error(text: str) -> None:
    try:
        query = parse(text)
    except UsageError:
        return
    query.matches(Fake())
    assert [t.key for t in parse(query.text).terms] == [t.key for t in query.terms]


@patient
@given(
    st.lists(st.sampled_from(["liver", "-mice", "is:maybe", "year:2015", "-has:note"]), max_size=4),
    st.booleans(),
)
def test_terms_side_by_side_must_all_hold(terms: list[str], noted: bool) -> None:
    record = Record(title="Liver", year=2015)
    each = [parse(term).matches(Fake("maybe", noted=noted, record=record)) for term in terms]
    assert parse(" ".join(terms)).matches(Fake("maybe", noted=noted, record=record)) is all(each)


def test_the_words_of_a_filter_are_what_can_be_shown_in_the_text() -> None:
    assert parse('Liver -mice title:"Two words" is:maybe author:Ann').words == ("Two words", "Liver")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("is:not-retrieved", True),
        ("is:undecided", False),
        ("is:decided", False),
        ("study:alpha", True),
        ("study:beta", False),
        ("has:study", True),
    ],
)
def test_a_report_that_could_not_be_had_has_its_own_state(query: str, expected: bool) -> None:
    assert found(query, not_retrieved=True, study="alpha 2020") is expected


def test_the_primary_reason_can_be_asked_for_apart() -> None:
    given_ = {"verdict": "exclude", "reasons": ("design", "population"), "primary_reason": ("design",)}
    assert found("reason:pop", **given_)
    assert not found("primary:pop", **given_)
    assert found("primary:des", **given_)
