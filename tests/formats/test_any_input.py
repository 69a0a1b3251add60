"""Whatever a file holds, reading it ends in a sentence or in an account that adds up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis import formats
from tamis.domain.record import Problem, Record
from tamis.domain.text import hostile
from tamis.errors import FormatError

from .examples import many
from .helpers import one, read_all
from .strategies import RAW

if TYPE_CHECKING:
    from tamis.formats import Hint

LINES = st.one_of(
    st.sampled_from(
        [
            "TY  - JOUR",
            "ER  - ",
            "",
            "TY - JOUR",
            "ER -",
            "TI  - A",
            "T1 - B",
            "AB  - text",
            "AU  - X",
            "more",
        ]
    ),
    st.sampled_from(
        [
            "ty  - jour",
            "  TY  - BOOK",
            "  ER  -",
            "TI\t- q",
            "TY  -",
            "NL  - z",
            "KW  - a; b",
            "PMID - 1",
            "ER  - x",
        ]
    ),
    st.sampled_from(
        [
            "TY-JOUR",
            "TY  – JOUR",
            "\ufeffTY  - JOUR",
            "TY  - " + "long " * 12,
            "CT  - c",
            "1.",
            "TI  -",
            "XX  - u",
        ]
    ),
    st.builds(
        "{}  - {}".format,
        st.sampled_from(["TI", "AB", "N1", "KW", "DA", "PY", "DO", "UR", "SN", "TY", "ER", "AN"]),
        RAW,
    ),
    RAW,
)
RIS_LIKE = st.lists(LINES, max_size=25).flatmap(
    lambda ls: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda nl: nl.join(ls))
)


def account(data: bytes, name: str = "any", hint: Hint | None = None, *, exact: bool = True) -> None:
    """Read to the end; only a FormatError may come out, and the numbers must agree; `exact`, without help."""
    try:
        reading = formats.read(data, name=name, hint=hint)
    except FormatError:
        return
    counted = reading.found
    items = list(reading)
    assert reading.imported == sum(isinstance(i, Record) for i in items)
    assert reading.found == reading.imported + len(reading.problems)
    assert len(items) == reading.found
    if exact:
        lacking = [p for p in reading.problems if "did not bring it back" in p.why]
        assert counted == reading.found, "more records were read than counted"
        assert not lacking, "fewer were read than counted"
    for item in items:
        if isinstance(item, Record):
            assert not any(
                hostile(v) for v in (item.title, item.journal, *item.keywords, *item.authors, *item.extra)
            )
            assert not hostile(item.abstract)
        else:
            assert isinstance(item, Problem)


@given(st.binary(max_size=400))
@many()
def test_any_bytes(data: bytes) -> None:
    account(data)


@given(RIS_LIKE)
@many()
def test_anything_like_ris(text: str) -> None:
    account(text.encode("utf-8", "replace"))


@given(RIS_LIKE, st.sampled_from(["utf-16", "utf-16-le", "cp1252", "utf-8-sig", "latin-1"]))
@many()
def test_anything_like_ris_in_any_encoding(text: str, encoding: str) -> None:
    account(text.encode(encoding, "replace"))


@pytest.mark.parametrize(
    "head", ['{"tamis": 1, "records": [\n', "id,title,abstract,decision,other_decisions,extra\n"]
)
@given(
    lines=st.lists(
        st.one_of(RAW, st.sampled_from(['{"title": "a"},', '"a', '"x","y"', "]}", "{}", "1,2,3,4,5,6,7"])),
        max_size=8,
    )
)
@many()
def test_anything_like_our_own_formats(head: str, lines: list[str]) -> None:
    account((head + "\n".join(lines)).encode("utf-8", "replace"))


PAGE = [
    "A title long enough to be one of a paper", "TL;DR", "Abstract", "TL;DRAbstract", "Chat with Paper",
    "Chat",
    "AI Agents for this Paper", "Keywords", "knee; pain, mood", "Click to start Chat", "DOI: 10.1000/x",
    "1 Mar 2019",
    "Jane Doe, Rick van Roe", "12 Mar 2019 - Journal", "https://example.org/paper", "", "word. " * 30,
    "cut " * 40,
]  # fmt: skip


@given(
    st.lists(st.one_of(st.sampled_from(PAGE), st.sampled_from(PAGE), RAW), max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
@many()
def test_anything_like_a_saved_page(lines: list[str], newline: str) -> None:
    page = [PAGE[0], "Abstract", "Sentences of an abstract. " * 8, *lines, "Chat with Paper"]
    account(newline.join(page).encode("utf-8", "replace"))
    account(newline.join(lines).encode("utf-8", "replace"))


@given(st.binary(min_size=1, max_size=30), st.integers(0, 200))
@many()
def test_a_file_damaged_anywhere(junk: bytes, at: int) -> None:
    data = b"TY  - JOUR\nTI  - A\nAU  - X\nAB  - Some text\n  and more\nER  - \n\n" * 3
    account(data[:at] + junk + data[at + len(junk) :])
    account(data[:at])


def timed(data: str) -> float:
    start = time.process_time()
    read_all(data)
    return time.process_time() - start


@pytest.mark.parametrize(
    "line", ["more text of the abstract\n", "KW  - word\n", "AU  - Doe, Jane\n", "N1  - note\n", "x  - y\n"]
)
def test_time_grows_with_size_and_not_faster(line: str) -> None:
    """Twice the lines in one record take about twice the time; a square law would take four times."""

    def body(times: int) -> str:
        return "TY  - JOUR\nTI  - A\nAB  - a\n" + line * times + "ER  - \n"

    small = min(timed(body(40_000)) for _ in range(2))
    large = min(timed(body(80_000)) for _ in range(2))
    assert large < small * 3.5 + 0.2


def test_one_enormous_value_is_cut_and_said() -> None:
    data = "TY  - JOUR\nTI  - A\nAB  - " + "word " * 1_000_000 + "\nAU  - X\nER  - \n"
    record = one(data)
    assert 1_000_000 < len(record.abstract) < 1_100_000
    assert record.flags == ("abstract-cut-off",)
    assert record.authors == ("X",)
