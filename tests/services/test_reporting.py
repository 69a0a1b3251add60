"""The summary: numbers that add up, in forms that other programs take."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.events import Stage, Verdict
from tamis.domain.ledger import Ledger
from tamis.domain.prisma import Counts
from tamis.services.drawing import cells
from tamis.services.prisma_csv import template
from tamis.services.reporting import as_markdown, as_text, prisma_csv, render, summary
from tamis.services.screening import Session

from .helpers import add, author, column, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.store.review import Review

BOTH = (str(Stage.TITLE_ABSTRACT), str(Stage.FULL_TEXT))


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Two databases, one website; Ann has decided on all but one, Ben disagrees once."""
    with make_review(tmp_path / "review", stages=BOTH) as made:
        add(made, tmp_path / "a.ris", ris("A1", "A2", "A3", "A4"), database="PubMed; the, big one")
        add(made, tmp_path / "b.ris", ris("B1", "B2"), database="=Embase")
        add(made, tmp_path / "c.ris", ris("C1", "C2"), kind="website", database="Site")
        a = [r.id for r in made.records]
        ann = Session(made, author("Ann"))
        ann.decide_record(a[0], Verdict.INCLUDE)
        ann.decide_record(a[1], Verdict.EXCLUDE, ["population"])
        ann.decide_record(a[2], Verdict.EXCLUDE)
        ann.decide_record(a[3], Verdict.MAYBE)
        ann.decide_record(a[4], Verdict.INCLUDE)
        ann.decide_record(a[6], Verdict.EXCLUDE, ["design"])
        ann.decide_record(a[7], Verdict.INCLUDE)
        Session(made, author("Ben"), ledger=ann.ledger).decide_record(a[4], Verdict.EXCLUDE, ["design"])
        full = Session(made, author("Ann-Marie"), stage=BOTH[1])
        full.decide_record(a[0], Verdict.EXCLUDE, ["population"])
        full.decide_record(a[7], Verdict.INCLUDE)
        yield made


@pytest.fixture
def ledger(review: Review) -> Ledger:
    return Ledger(review.events())


def rows(text: str) -> dict[str, str]:
    """The CSV as the R package reads it: n by data key."""
    return {row["data"]: row["n"] for row in csv.DictReader(io.StringIO(text)) if row["data"] != "NA"}


def test_json_has_the_promised_parts(review: Review, ledger: Ledger) -> None:
    doc = summary(review, ledger)
    assert json.loads(render(review, ledger, "json")) == doc
    assert doc["interim"] is True
    assert doc["pending"] == 3
    stage = doc["stages"]["title-abstract"]
    numbers = {k: stage[k] for k in ("records", "include", "exclude", "maybe", "undecided", "conflict")}
    assert numbers == {"records": 8, "include": 2, "exclude": 3, "maybe": 1, "undecided": 1, "conflict": 1}
    assert {r["id"]: r["n"] for r in stage["reasons"]} == {"population": 1, "design": 1, "": 1}
    assert stage["reviewers"]["Ann"]["decided"] == 7
    assert doc["stages"]["full-text"]["records"] == 2
    assert doc["stages"]["full-text"]["include"] == 1
    assert all(i["holds"] for i in doc["identities"])
    prisma = doc["prisma"]
    assert (prisma["database_results"], prisma["records_screened"], prisma["records_excluded"]) == (6, 6, 2)
    assert (prisma["dbr_sought_reports"], prisma["other_sought_reports"], prisma["new_reports"]) == (1, 1, 1)


def test_sources_add_up_to_the_stage(review: Review, ledger: Ledger) -> None:
    doc = summary(review, ledger)
    stage = doc["stages"]["title-abstract"]
    for key in ("include", "exclude", "maybe", "undecided", "conflict"):
        assert sum(source[key] for source in doc["sources"]) == stage[key], key
    for source in doc["sources"]:
        assert source["imported"] == source["decided"] + source["undecided"]
        assert source["found"] == source["imported"] + source["problems"]


def test_notes_say_what_the_boxes_do_not(review: Review, ledger: Ledger) -> None:
    text = " ".join(summary(review, ledger)["notes"])
    assert "3 still to be decided" in text
    assert "1 record from other methods was excluded on title and abstract" in text


def test_csv_is_the_whole_template_with_only_n_changed(review: Review, ledger: Ledger) -> None:
    text = render(review, ledger, "csv")
    table = list(csv.reader(io.StringIO(text)))
    assert len(table) == 35
    assert [row[:7] for row in table] == [row[:7] for row in template()]
    got = rows(text)
    assert got["database_specific_results"] == "PubMed the big one, 4; Embase, 2"
    assert got["register_specific_results"] == "NA"
    assert got["dbr_excluded"] == "Wrong population or none really, 1"
    assert got["other_excluded"] == "0"
    assert (got["website_results"], got["records_screened"], got["previous_studies"]) == ("2", "6", "NA")


def test_csv_has_na_below_reports_sought_without_full_text(tmp_path: Path) -> None:
    with make_review(tmp_path / "r") as review:
        add(review, tmp_path / "a.ris", ris("A"), kind="other")
        text = render(review, Ledger(), "csv")
    got = rows(text)
    assert [got[k] for k in ("dbr_assessed", "dbr_excluded", "other_assessed", "new_studies")] == ["NA"] * 4
    assert got["citations_results"] == "1"
    assert "Citation searching and other sources" in text


def parse_reasons(text: str) -> list[tuple[str, int]]:
    """The R package's own parsing (`PRISMA_parse_reasons_`), step by step."""
    parts = re.split(r"; ?", text)
    return [(re.sub(r",.*$", "", p), int(re.sub(r"[^0-9]", "", p.split(",", 1)[1]))) for p in parts]


@given(names=st.dictionaries(st.text(min_size=1, max_size=30), st.integers(1, 10**6), min_size=1, max_size=5))
def test_names_and_reasons_come_back_from_the_r_packages_parsing(names: dict[str, int]) -> None:
    total = sum(names.values())
    counts = Counts(
        by_source=tuple(("database", name, n) for name, n in names.items()),
        databases=column(total, assessed_out=total, reports_out=names),
        others=column(),
        full_text=True,
        reason_labels={},
    )
    text = prisma_csv(counts)
    assert len(list(csv.reader(io.StringIO(text)))) == 35
    got = rows(text)
    for key in ("database_specific_results", "dbr_excluded"):
        parsed = parse_reasons(got[key])
        assert sorted(n for _, n in parsed) == sorted(names.values())
        assert not any(name.startswith(("=", "+", "-", "@")) for name, _ in parsed)
        assert not set("'\"\\") & set(got[key])


def test_markdown_shows_hostile_text_as_text() -> None:
    doc: dict[str, Any] = {
        "review": {"title": "<script>alert(1)</script> [x](javascript:y) | `z`"},
        "prisma": Counts(
            by_source=(("database", "a | b <img> **c**", 1),),
            databases=column(1, screening=1),
            others=column(),
            full_text=False,
            reason_labels={},
        ).prisma(),
        "interim": True,
        "pending": 1,
        "stages": {},
        "sources": [],
        "notes": ["a_b_"],
    }
    text = as_markdown(doc)
    assert not re.search(r"(?<!\\)[<>`]", text)
    assert r"a \| b \<img\> \*\*c\*\*" in text
    assert r"\[x\](javascript:y)" in text


def test_markdown_tables_are_whole(review: Review, ledger: Ledger) -> None:
    text = render(review, ledger, "markdown")
    assert "| Records screened | 6 |" in text
    for block in text.split("\n\n"):
        lines = [line for line in block.strip().split("\n") if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) <= 1


@pytest.mark.parametrize("width", [40, 78, 120])
def test_text_fits_the_width(review: Review, ledger: Ledger, width: int) -> None:
    text = as_text(review, ledger, width=width)
    assert max(map(cells, text.split("\n"))) <= max(width, 72)
    assert "Records screened" in text
    assert "interim: 3 pending" in text


def test_text_in_ascii(review: Review, ledger: Ledger) -> None:
    assert as_text(review, ledger, ascii_only=True).isascii()
