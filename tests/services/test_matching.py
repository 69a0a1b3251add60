"""Matching: DOI, PMID, title and year; nobody guesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.record import Record
from tamis.services.matching import AT_ODDS, NOTHING, Index, title_key

REVIEW = Index(
    [
        Record(id="a-1", title="Liver Métastases: a trial", year=2020, doi="10.1000/a", pmid="11"),
        Record(id="a-2", title="Another trial of liver metastases", year=2021, pmid="22"),
        Record(id="a-3", title="Editorial", year=2020, doi="10.1000/c"),
        Record(id="a-4", title="Editorial", year=2020, doi="10.1000/d"),
        Record(id="a-5", title="A title that stands in two records", year=2019),
        Record(id="b-1", title="A title, that stands in two records!", year=2019, doi="10.1000/e"),
        Record(id="b-2", title="", year=2019),
    ]
)


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (Record(doi="10.1000/a"), "a-1"),
        (Record(pmid="22", title="quite different"), "a-2"),
        (Record(title="LIVER METASTASES - a trial.", year=2020), "a-1"),
        (Record(title="Liver metastases: a trial"), "a-1"),
        (Record(title="Liver metastases: a trial", year=2019), ""),
        (Record(title="Liver metastases: a trial", year=2020, doi="10.1000/other"), ""),
        (Record(title="Liver metastases: a trial", year=2020, pmid="999"), ""),
        (Record(title="Editorial", year=2020, doi="10.1000/d"), "a-4"),
        (Record(title="Editorial", year=2020), ""),
        (Record(title="Editorial"), ""),
        (Record(title="A title that stands in two records", year=2019), ""),
        (Record(title="A title that stands in two records", year=2019, doi="10.1000/e"), "b-1"),
        (Record(), ""),
        (Record(year=2019), ""),
    ],
)
def test_one_or_none(record: Record, found: str) -> None:
    match = REVIEW.find(record)
    assert match.record == found
    assert bool(match.why) is not bool(found)


def test_why_not() -> None:
    assert REVIEW.find(Record(title="Nowhere to be found", year=2020)).why == NOTHING
    assert REVIEW.find(Record(doi="10.1000/a", pmid="22")).why == AT_ODDS
    assert "2 records" in REVIEW.find(Record(title="Editorial", year=2020)).why


def test_titles_of_any_script() -> None:
    assert title_key("Ｌｉｖｅｒ – 肝臓 (2)") == title_key("liver 肝臓 2")
    assert title_key("…") == ""


@given(
    st.lists(
        st.tuples(
            st.text(max_size=5),
            st.sampled_from([None, 2000, 2001]),
            st.sampled_from(["", "10.1/a", "10.1/b"]),
        )
    )
)
def test_a_match_is_never_a_guess(rows: list[tuple[str, int | None, str]]) -> None:
    review = [Record(id=str(n), title=t, year=y, doi=d) for n, (t, y, d) in enumerate(rows)]
    index = Index(review)
    for record in review:
        match = index.find(record)
        if match.record:
            met = review[int(match.record)]
            assert met.doi == record.doi or not (met.doi and record.doi)
            if record.doi:
                assert sum(r.doi == record.doi for r in review) >= 1
            same = [r for r in review if (r.title, r.year, r.doi) == (record.title, record.year, record.doi)]
            assert len(same) == 1
