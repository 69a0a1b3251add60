"""A page saved from a paper site is one record; the site's own words are in none of its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis import formats
from tamis.errors import FormatError

from .helpers import one, read_all, repaired

if TYPE_CHECKING:
    from tamis.domain.record import Record

TITLE = "Effects of early mobilisation on recovery after knee surgery"
ABSTRACT = (
    "Early mobilisation is said to help recovery. We followed forty invented patients for six weeks "
    "after surgery and compared walking distance, pain and mood between two groups, one "
    "of them mobilised on day one."
)
FURNITURE = ("TL;DR", "Chat with Paper", "AI Agents", "Keywords", "Click to start", "Abstract")


def texts(record: Record) -> str:
    return "\n".join(
        [record.title, record.abstract, *record.authors, *record.keywords, *record.notes, record.journal]
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_abstract_is_kept_once_and_no_furniture_at_all(newline: str) -> None:
    page = [
        TITLE,
        "TL;DRAbstract",
        ABSTRACT,
        "Chat with Paper",
        "AI Agents for this Paper",
        ABSTRACT,
        "Keywords",
        "Chat",
        "Click to start Chat",
    ]
    records, reading = read_all(newline.join(page), "page.txt")
    (record,) = records
    assert (record.title, record.abstract, record.flags) == (TITLE, ABSTRACT, ())
    assert not any(word in texts(record) for word in FURNITURE)
    assert reading.format == "saved-page"
    assert "kept once" in repaired(reading)


def test_an_abstract_cut_in_mid_word_is_flagged() -> None:
    record = one(f"{TITLE}\nTL;DRAbstract\n{ABSTRACT[:-9]}\nChat with Paper\n")
    assert record.flags == ("abstract-cut-off",)


def test_a_cut_abstract_gives_way_to_the_whole_one() -> None:
    record = one(f"{TITLE}\nTL;DRAbstract\n{ABSTRACT[:-9]}\nChat with Paper\n{ABSTRACT}\n")
    assert (record.abstract, record.flags) == (ABSTRACT, ())


@pytest.mark.parametrize("words", ["knee\nrecovery\npain", "knee, recovery, pain", "knee; recovery; pain"])
def test_keywords_under_their_heading(words: str) -> None:
    record = one(
        f"{TITLE}\nAbstract\n{ABSTRACT}\nChat with Paper\nKeywords\n{words}\nChat\nClick to start Chat\n"
    )
    assert record.keywords == ("knee", "recovery", "pain")


def test_who_when_and_where_above_the_abstract() -> None:
    record = one(
        f"{TITLE}\nJane Doe, Rick van Roe\n12 Mar 2019 - Journal of Invented Surgery\nDOI: 10.1000/ABC.1\n"
        f"https://example.org/paper\nTL;DR\nMoving early helps.\nAbstract\n{ABSTRACT}\nChat with Paper\n"
    )
    assert record.authors == ("Jane Doe", "Rick van Roe")
    assert (record.year, record.date, record.journal) == (2019, "12 Mar 2019", "Journal of Invented Surgery")
    assert record.doi == "10.1000/abc.1"
    assert record.urls == ("https://example.org/paper",)
    assert record.notes == ("TL;DR: Moving early helps.",)
    assert record.abstract == ABSTRACT


def test_nothing_between_title_and_abstract_is_lost() -> None:
    record = one(f"{TITLE}\nSome odd line 7%\nAbstract\n{ABSTRACT}\nChat with Paper\n")
    assert "Some odd line 7%" in record.notes


@pytest.mark.parametrize(
    "text",
    [
        f"{TITLE}\n\n{ABSTRACT}\n",
        f"{TITLE}\nAbstract\n{ABSTRACT}\n",
        f"Chat with Paper\n{TITLE}\n",
        "TL;DR\nAbstract\n",
    ],
)
def test_an_arbitrary_text_is_refused_with_what_was_looked_for(text: str) -> None:
    with pytest.raises(FormatError, match="saved from a paper site"):
        formats.read(text.encode(), name="notes.txt")
