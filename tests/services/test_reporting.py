"""The summary: numbers that add up, in forms that other programs take."""

from __future__ import annotations

import csv
import io
import json
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.events import Event, Stage, Verdict
from tamis.domain.ledger import Ledger
from tamis.domain.prisma import Counts
from tamis.domain.protocol import Protocol
from tamis.services.drawing import cells
from tamis.services.notes import NO_BOX
from tamis.services.prisma_csv import template
from tamis.services.reporting import Look, as_markdown, as_text, counts, prisma_csv, render, summary
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


def test_records_of_other_methods_that_a_stop_left_are_not_called_excluded_by_people(
    review: Review, ledger: Ledger
) -> None:
    ids = [r.id for r in review.records]
    ledger.apply(
        Event(id="y1", kind="decide", by="Ann", stage=BOTH[0], record=ids[7], body={"verdict": "undecided"})
    )
    body = {"rule": "enough", "place": "excluded", "records": ids[7:]}
    ledger.apply(Event(id="y2", kind="stop", by="Ann", body=body))
    said = summary(review, ledger)["notes"]
    assert "1 record from other methods was excluded on title and abstract " + NO_BOX in said
    assert "1 record from other methods was left unscreened by a stop of screening " + NO_BOX in said


def test_a_decided_record_that_was_removed_is_said(review: Review, ledger: Ledger) -> None:
    one, *_ = (r.id for r in review.records)
    ledger.apply(
        Event(id="y1", kind="remove", by="Ann", record=one, body={"how": "other", "rule": "retracted"})
    )
    said = " ".join(summary(review, ledger)["notes"])
    assert "Of the records removed before screening 1 had been decided on" in said


def test_a_new_report_of_a_study_of_the_previous_review_is_said(review: Review, ledger: Ledger) -> None:
    last = review.records[-1].id
    study = {"study": "ALPHA", "previous": True}
    ledger.apply(Event(id="y1", kind="study", by="Ann", record=last, body=study))
    assert "previous version" not in " ".join(summary(review, ledger)["notes"])
    ledger.apply(Event(id="y2", kind="previous", by="Ann", body={"studies": 3, "reports": 3}))
    said = " ".join(summary(review, ledger)["notes"])
    assert 'Of the "Reports of new included studies" 1 is of a study that the previous version' in said


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
    made = Counts(
        by_source=tuple(("database", name, n) for name, n in names.items()),
        databases=column(total, assessed_out=total, reports_out=names),
        others=column(),
        full_text=True,
        reason_labels={},
    )
    text = prisma_csv(made)
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
    assert "| Records identified from websites | 2 |\n| – Site | 2 |" in text
    assert "| Studies included in review | 1 |" in text
    for block in text.split("\n\n"):
        lines = [line for line in block.strip().split("\n") if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) <= 1


@pytest.mark.parametrize("width", [40, 78, 120])
def test_text_fits_the_width(review: Review, ledger: Ledger, width: int) -> None:
    text = as_text(review, ledger, Look(width=width))
    assert max(map(cells, text.split("\n"))) <= max(width, 72)
    assert "Records screened" in text
    assert "interim: 3 pending" in text


def test_text_in_ascii(review: Review, ledger: Ledger) -> None:
    assert as_text(review, ledger, Look(ascii_only=True)).isascii()


@pytest.fixture
def overlapping(review: Review) -> Ledger:
    """Of six records from two databases and two from a website, four are of one report, two of another."""
    ids = [r.id for r in review.records]
    pairs = [(0, 1), (1, 4), (4, 6), (2, 5)]
    links = [
        Event(id=f"z{n}", kind="duplicate", by="rule:x", record=ids[a], body={"of": ids[b]})
        for n, (a, b) in enumerate(pairs)
    ]
    return Ledger([*review.events(), *links])


def test_overlap_says_what_each_source_found_alone(review: Review, overlapping: Ledger) -> None:
    found = summary(review, overlapping)["overlap"]
    numbers = [[s[key] for key in ("records", "reports", "unique", "shared")] for s in found["sources"]]
    assert numbers == [[4, 3, 1, 2], [2, 2, 0, 2], [2, 2, 1, 1]]
    assert [(p["a"], p["b"], p["reports"]) for p in found["pairs"]] == [(0, 1, 2), (0, 2, 1), (1, 2, 1)]


def test_overlap_is_in_text_and_markdown_once_there_is_any(
    review: Review, ledger: Ledger, overlapping: Ledger
) -> None:
    for format in ("text", "markdown"):
        assert "Found in both" not in render(review, ledger, format)
        text = render(review, overlapping, format)
        assert "Found in both" in text
        assert "Only here" in text
        assert "Site" in text


def test_sources_add_up_with_duplicates_and_removals(review: Review, overlapping: Ledger) -> None:
    ids = [r.id for r in review.records]
    body = {"how": "other", "rule": "retracted"}
    overlapping.apply(Event(id="y1", kind="remove", by="Ann", record=ids[3], body=body))
    doc = summary(review, overlapping)
    stage = doc["stages"]["title-abstract"]
    assert doc["prisma"]["duplicates"] == 3
    assert doc["prisma"]["excluded_other"] == 1
    assert doc["removed"] == [{"state": "removed-other", "rule": "retracted", "by": ["Ann"], "n": 1}]
    assert "| removed for other reasons | retracted | Ann | 1 |" in as_markdown(doc)
    assert stage["records"] == 3
    for key in ("include", "exclude", "maybe", "undecided", "conflict", "stopped"):
        assert sum(source[key] for source in doc["sources"]) == stage[key], key
    for source in doc["sources"]:
        settled = sum(source[key] for key in ("decided", "undecided", "duplicates", "removed", "stopped"))
        assert source["imported"] == settled
    assert "not among the records identified" in " ".join(doc["notes"])


def test_csv_has_the_previous_review_and_what_was_not_retrieved(review: Review, ledger: Ledger) -> None:
    first = review.records[0].id
    for event in (
        Event(id="y1", kind="previous", by="Ann", body={"studies": 7, "reports": 9}),
        Event(id="y2", kind="undo", by="Ann-Marie", replaces=(ledger.votes(first, BOTH[1])["Ann-Marie"].id,)),
        Event(id="y3", kind="retrieve", by="Ann", record=first, body={"retrieved": False}),
    ):
        ledger.apply(event)
    got = rows(prisma_csv(counts(review, ledger)))
    assert (got["previous_studies"], got["previous_reports"]) == ("7", "9")
    assert (got["dbr_notretrieved_reports"], got["dbr_assessed"]) == ("1", "0")
    assert (got["new_studies"], got["total_studies"], got["total_reports"]) == ("1", "8", "10")
    doc = summary(review, ledger)
    assert doc["stages"]["full-text"]["not_retrieved"] == 1
    assert "not retrieved" in render(review, ledger, "text")


def test_reasons_of_one_stage_stand_only_there(review: Review, ledger: Ledger) -> None:
    protocol = review.folder / "protocol.toml"
    more = '[[reasons]]\nid = "late"\nlabel = "No results yet"\nstage = "full-text"\n'
    text = protocol.read_text(encoding="utf-8") + more
    changed = Protocol.from_toml(text, "here")
    given = SimpleNamespace(sources=review.sources, protocol=changed)
    stages = summary(given, ledger)["stages"]
    assert "late" not in [r["id"] for r in stages["title-abstract"]["reasons"]]
    assert "late" in [r["id"] for r in stages["full-text"]["reasons"]]
