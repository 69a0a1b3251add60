"""What the report says of a review in which everything has happened, and of reviews in which little has."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from tamis.domain.events import Stage, Verdict
from tamis.domain.protocol import Stopping
from tamis.domain.record import Record
from tamis.errors import UsageError
from tamis.services.linking import RULE
from tamis.services.rendering import REMOVED_TITLE
from tamis.services.report import as_html, as_markdown, facts, report
from tamis.services.report.blocks import Table
from tamis.services.report.citing import citation
from tamis.services.report.files import write
from tamis.services.screening import Session
from tests.services.helpers import add, author, make_review, ris

from .making import BOTH, MADE, STRATEGY, ledger, rich, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tamis.services.report import Facts
    from tamis.services.report.blocks import Document
    from tamis.store.review import Review


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with rich(tmp_path) as made:
        yield made


def told(review: Review) -> Facts:
    return facts(review, ledger(review), made=MADE, version="0.1.0")


def made(review: Review) -> Document:
    return report(review, ledger(review), made=MADE, version="0.1.0")


def text(review: Review) -> str:
    return as_markdown(made(review)).replace("\\", "")


def table(document: Document, caption: str) -> list[tuple[str, ...]]:
    (found,) = [block for block in document.blocks if isinstance(block, Table) and block.caption == caption]
    return list(found.rows)


def test_who_changed_their_mind_is_told_however_often_they_did(tmp_path: Path) -> None:
    with make_review(tmp_path / "r", stages=BOTH) as review:
        add(review, tmp_path / "a.ris", ris("A", "B", "C"))
        ann = Session(review, author("Ann"))
        one, two, three = (record.id for record in review.records)
        for record, verdicts in (
            (one, "exclude include include"),
            (two, "include undecided exclude"),
            (three, "include undecided include"),
        ):
            for n, verdict in enumerate(verdicts.split()):
                ann.decide_record(record, Verdict(verdict), note=f"look {n}")
        assert told(review).stages[0].changed == 2
        assert "2 decisions replaced an earlier, different one of the same reviewer." in text(review)


def test_a_study_of_the_previous_version_is_marked_on_each_of_its_reports(review: Review) -> None:
    session = Session(review, author("Ann"), ledger=ledger(review))
    one = told(review).included[0].record
    say(review, session, "Ann", "study", one, study="ALPHA", previous=True)
    assert [report.earlier for report in told(review).included] == [True, True]
    say(review, session, "Ann", "previous", "")
    assert [report.earlier for report in told(review).included] == [False, False]


def test_what_was_taken_out_is_told_with_who_said_so(review: Review) -> None:
    rows = table(made(review), REMOVED_TITLE)
    assert ("marked as ineligible by automation tools", "not in English", "Ann", "1") in rows


def test_searches_are_told_with_what_prisma_s_asks_for(review: Review) -> None:
    rows = table(made(review), "Searches")
    assert rows[0] == ("MEDLINE", "database", "Ovid", "2026-02-01", "2026-03-01", "8", "8", "3")
    assert rows[1][2:4] == ("–", "–")
    said = text(review)
    assert "17 records were imported from 4 files, from 2 databases, 1 register and 1 website." in said
    assert f"MEDLINE, Ovid, searched on 2026-02-01:\n\n```text\n{STRATEGY}\n```" in said
    assert "- MEDLINE: from 2000" in said
    assert "- Embase: platform, day of the search, search strategy, limits and filters" in said
    assert "- MEDLINE:" not in said.partition("## To fill in by hand")[2]


def test_files_of_one_search_are_one_row(tmp_path: Path) -> None:
    with make_review(tmp_path / "r") as review:
        for name in ("a", "b"):
            add(review, tmp_path / f"{name}.ris", ris(f"Of {name}"), database="Scopus")
        (search,) = told(review).searches
    assert (search.files, search.imported) == (("a.ris", "b.ris"), 2)


def test_duplicates_are_told_by_who_linked_them(review: Review) -> None:
    found = told(review).deduplication
    assert found.by_rule == {RULE: 1}
    assert (found.by_persons, found.confirmed, found.apart, found.overturned) == (2, 1, 1, 0)
    assert (found.clusters, found.duplicates, found.contested) == (3, 3, 0)
    assert "2 pairs were linked by persons, 1 of them by the rule as well." in text(review)


def test_stages_are_told_by_reviewer(review: Review) -> None:
    stage = told(review).stages[0]
    assert stage.decided_by == {1: 3, 2: 5}
    ann, ben = stage.reviewers
    assert (ann.by, ann.decided, ann.include, ann.exclude, ann.timed, ann.seconds) == ("Ann", 8, 6, 2, 8, 7.5)
    assert (ben.decided, ben.timed, ben.seconds, ben.first) == (5, 0, None, "2026-03-01")
    (pair,) = stage.pairs
    assert (pair.one, pair.other, pair.records, pair.same, pair.kappa) == ("Ann", "Ben", 5, 5, None)
    assert stage.changed == 1
    said = text(review)
    assert "Of 13 records at this stage, 8 were decided on: 3 by 1 reviewer and 5 by 2 reviewers." in said
    assert (
        "Ann stopped screening by the rule “50 in a row”: 3 records were named, and 3 of them are left"
        in said
    )
    assert (
        "At that moment 8 of 13 records were screened and 6 were not excluded; the last 2 were excluded."
        in said
    )
    assert "p = 0.040 for having found less than 95 % of the relevant records." in said


@pytest.mark.parametrize("numbers", [None, [], {"screened": "8"}, {"screened": True, "records": 1}])
def test_a_stop_without_usable_numbers_is_told_without_them(review: Review, numbers: object) -> None:
    session = Session(review, author("Ann"), ledger=ledger(review))
    say(review, session, "Ben", "stop", "", rule="enough", records=[], numbers=numbers)
    assert "by the rule “enough”: no records were named, and none is left unscreened.\n" in text(review)


def test_decisions_of_other_tools_are_named_as_such(review: Review) -> None:
    session = Session(review, author("Ann"), ledger=ledger(review))
    left = [r.id for r in review.records if session.ledger.state(r.id) == "screening"]
    body: dict[str, Any] = {
        "verdict": "exclude",
        "from": "ab" * 32,
        "file": "rayyan.csv",
        "made": "2025-12-24T10:00",
    }
    say(review, session, "Cem", "decide", left[0], stage=BOTH[0], **body)
    stage = told(review).stages[0]
    assert stage.imported == {"rayyan.csv": 1}
    (cem,) = [reviewer for reviewer in stage.reviewers if reviewer.by == "Cem"]
    assert (cem.imported, cem.first, cem.timed) == (1, "2025-12-24", 0)
    assert "1 decision came from other programs or reviews: 1 with rayyan.csv." in text(review)
    assert "How 1 decision from other programs or reviews was made." in text(review)


def test_reports_are_listed_with_reasons_and_studies(review: Review) -> None:
    found = told(review)
    (out,) = found.excluded
    assert out.citation == "Family4 G. Trial 1 of ablation, corrected. Ann Surg. 2020. doi:10.5555/x.4"
    assert (out.reason, out.further) == ("Wrong design", ("Wrong population, or none; really",))
    assert [report.study for report in found.included] == ["ALPHA", "ALPHA"]
    assert len(found.not_retrieved) == 1
    rows = table(made(review), "Reports excluded, with the reason")
    assert rows == [(out.citation, "Wrong design", "Wrong population, or none; really", out.record)]


def test_interim_is_said_first_and_goes_with_the_last_decision(review: Review) -> None:
    assert text(review).split("\n")[2].startswith("**Interim: 4 records and reports are still to be decided")
    session = Session(review, author("Eve"), ledger=ledger(review))
    for index in range(len(review.records)):
        record_id = review.records.id_at(index)
        state = session.ledger.state(record_id)
        if state == "screening":
            session.decide_record(record_id, Verdict.EXCLUDE, ["population"])
    full = Session(review, session.author, stage=BOTH[1], ledger=session.ledger)
    for record_id in [r.id for r in review.records if full.ledger.state(r.id) == "sought"]:
        full.decide_record(record_id, Verdict.EXCLUDE, ["design"])
    assert "Interim" not in text(review)


def test_versions_of_the_protocol_are_listed_and_one_not_stored_is_said(review: Review) -> None:
    assert "One version of the protocol is stored, of 2026-03-01." in text(review)
    review.protocol = replace(review.protocol, question="What else?", stopping=Stopping(0.95, 0.05))
    assert "when 95 % of the relevant records are found, at a risk of 5 % of missing that." in text(review)
    assert "The protocol given here was changed since and is not stored yet." in text(review)
    assert "That was set on" not in text(review)
    doc = {"at": "2026-04-01T00:00:00Z", "by": "Ben", "protocol": review.protocol.to_doc()}
    review.db.table("protocol").insert(doc)
    assert "not stored yet" not in text(review)
    decided = sum(
        event.kind == "decide" and event.stage == BOTH[0] and event.at < "2026-04-01"
        for event in review.events()
    )
    assert decided > 1
    assert f"That was set on 2026-04-01, after {decided} decisions on title and abstract" in text(review)
    assert table(made(review), "Versions of the protocol")[1] == (
        "2026-04-01",
        "Ben",
        "question and recall target for stopping",
    )
    review.db.table("protocol").truncate()
    review.db.table("protocol").insert(doc | {"at": "2025-04-01T00:00:00Z"})
    assert "That was set on 2025-04-01, before the first decision on title and abstract." in text(review)


def test_an_empty_review_and_one_nobody_has_decided_on_read_well(tmp_path: Path) -> None:
    with make_review(tmp_path / "r") as review:
        said = text(review)
        assert "No records have been imported." in said
        assert "Nobody has decided on a record at this stage." in said
        assert "0 records were included" not in said
        add(review, tmp_path / "c.ris", ris("Found"), kind="website", database="Site")
        said = text(review)
    assert "1 record was identified by other methods. No reports were sought for retrieval." in said
    assert "databases and registers." not in said
    assert "No records were included on title and abstract. Full text is not a stage of the protocol." in said


def test_the_same_review_gives_the_same_report(review: Review) -> None:
    one, two = (report(review, ledger(review), made=MADE, version="0.1.0") for _ in range(2))
    assert as_html(one) == as_html(two)
    assert as_markdown(one) == as_markdown(two)
    assert json.loads(json.dumps(told(review).to_doc()))["summary"]["pending"] == 4


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(review: Review) -> None:
    page = as_html(made(review))
    assert not re.findall(r"<(?:script|link|img|iframe|object)\b|\bon\w+=|@import|url\(", page)
    assert set(re.findall(r"https?://[^\"' )<]+", page)) <= {"http://www.w3.org/2000/svg"}
    tree = ElementTree.fromstring(re.sub(r"<(meta[^>]*)>", r"<\1/>", page.partition("\n")[2]))  # noqa: S314 - ours
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for one in tree.iter("table"):
        assert one.find("caption") is not None
        width = len(one.findall("thead/tr/th"))
        assert all(len(list(row)) == width for row in one.findall("tbody/tr"))
        assert all(row[0].get("scope") == "row" for row in one.findall("tbody/tr"))
    assert tree.find(".//{http://www.w3.org/2000/svg}svg") is not None
    assert tree.get("lang") == "en"


def test_tables_of_the_markdown_are_whole(review: Review) -> None:
    for block in as_markdown(made(review)).split("\n\n"):
        rows = [line for line in block.split("\n") if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1


# Files


def test_both_forms_and_the_diagram_are_written_into_a_folder(review: Review, tmp_path: Path) -> None:
    document = made(review)
    place = tmp_path / "out"
    files = write(review, document, place, format=None, force=False)
    assert [path.name for path in files] == ["report.md", "report.html", "prisma.svg"]
    assert "](prisma.svg)" in files[0].read_text(encoding="utf-8")
    assert ElementTree.parse(files[2]).getroot().tag.endswith("svg")  # noqa: S314 - ours
    assert [p.name for p in write(review, document, tmp_path / "x.html", format=None, force=False)] == [
        "x.html"
    ]
    assert [p.name for p in write(review, document, tmp_path / "y", format="html", force=False)] == [
        "report.html"
    ]


def test_nothing_is_written_over_unasked(review: Review, tmp_path: Path) -> None:
    document = made(review)
    place = tmp_path / "out"
    place.mkdir()
    (place / "prisma.svg").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        write(review, document, place, format=None, force=False)
    assert [path.name for path in place.iterdir()] == ["prisma.svg"]
    write(review, document, place, format=None, force=True)
    assert (place / "prisma.svg").read_text(encoding="utf-8").startswith("<svg")
    for bad in (review.folder / "sources", review.folder / "review.json"):
        with pytest.raises(UsageError, match=r"belongs to the review|neither a folder"):
            write(review, document, bad, format=None, force=True)
    with pytest.raises(UsageError, match="neither a folder nor ends"):
        write(review, document, tmp_path / "report.pdf", format=None, force=False)


# Citations


@pytest.mark.parametrize(
    ("record", "cited"),
    [
        (
            Record(
                authors=("Silva, João Paulo", "WHO Group"),
                title="Is it so?",
                year=2020,
                journal="BMJ",
                volume="3",
            ),
            "Silva JP, WHO Group. Is it so? BMJ. 2020;3.",
        ),
        (
            Record(
                authors=tuple(f"A{n}, B" for n in range(8)),
                title="T",
                volume="1",
                issue="2",
                pages="3-4",
                doi="10.1/x",
            ),
            "A0 B, A1 B, A2 B, A3 B, A4 B, A5 B, et al. T. 1(2):3-4. doi:10.1/x",
        ),
        (Record(pmid="12"), "[no title]. PMID 12"),
    ],
)
def test_citations(record: Record, cited: str) -> None:
    assert citation(record) == cited


def test_a_review_of_other_methods_alone_has_no_sentence_on_databases(tmp_path: Path) -> None:
    with make_review(tmp_path / "r", stages=BOTH) as review:
        add(review, tmp_path / "c.ris", ris("A", "B"), kind="citation", database="Reference lists")
        session = Session(review, author())
        say(review, session, "Ann", "previous", "", studies=3, reports=4)
        ids = [record.id for record in review.records]
        assert "No report was included so far. With 3 studies (4 reports)" in text(review)
        session.decide_record(ids[0], Verdict.EXCLUDE, ["design"])
        session.decide_record(ids[1], Verdict.INCLUDE)
        full = Session(review, session.author, stage=BOTH[1], ledger=session.ledger)
        full.decide_record(ids[1], Verdict.INCLUDE)
        said = text(review)
    assert "2 records were identified by other methods. 1 report was sought for retrieval, 0 were not" in said
    assert (
        "1 new study and 1 report were included. With 3 studies (4 reports) of the previous version" in said
    )
    assert "from databases and registers" not in said


def test_both_stages_are_in_order(review: Review) -> None:
    assert [stage.stage for stage in told(review).stages] == list(Stage)
