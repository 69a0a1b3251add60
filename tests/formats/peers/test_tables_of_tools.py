"""Tools that write columns, and EPPI-Reviewer's JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tamis.errors import FormatError
from tamis.formats import Hint, read

from .reading import noted, pack, records, said, table, verdicts

COVIDENCE = table(
    ["Title", "Authors", "Published Year", "DOI", "Covidence #", "Study", "Notes", "Tags"],
    ["One", "A, B", "2020", "10.1000/a", "#1", "A 2020", "", "ask; rct"],
    ["Two", "C, D", "2021", "10.1000/b", "#2", "C 2021", "Exclusion reason: Wrong study design; ", ""],
)


@pytest.mark.parametrize(
    ("name", "first", "full"),
    [
        ("review_4711_included_csv_20260101.csv", "include", "include"),
        ("review_4711_excluded_csv_20260101 (1).csv", "include", "exclude"),
        ("my review_4711_irrelevant_csv_20260101.csv", "exclude", ""),
        ("review_4711_select_csv_20260101.csv", "include", ""),
        ("review_4711_full_text_csv_20260101.csv", "include", ""),
        ("review_4711_screen_csv_20260101.csv", "", ""),
        ("Review_4711_Included.xlsx", "include", "include"),
        ("review_of_included_studies.csv", "", ""),
        ("preview_4711_included.csv", "", ""),
    ],
)
def test_covidence_says_the_verdict_in_the_name(name: str, first: str, full: str) -> None:
    one, two = records(COVIDENCE, name)
    verdict = {d.stage: d.verdict for d in one.decisions}
    assert (verdict.get("title-abstract", "undecided"), verdict.get("full-text", "")) == (
        first or "undecided",
        full,
    )
    assert one.decisions[0].labels == ("ask", "rct")
    assert (one.extra["Covidence #"], one.extra["Study"]) == (("#1",), ("A 2020",))
    reason = [(d.verdict, d.reasons) for d in two.decisions if d.stage == "full-text"]
    assert reason == [("exclude", ("Wrong study design",))]
    assert two.notes == ()


def test_covidence_in_a_zip_keeps_the_name_of_the_list() -> None:
    for outer, inner in (
        ("x.zip", "review_1_irrelevant_csv_2.csv"),
        ("review_1_irrelevant_csv_2.zip", "export.csv"),
    ):
        found = records(pack({inner: COVIDENCE}), outer)
        assert found[0].decisions[0].verdict == "exclude"


def test_other_notes_and_several_reasons() -> None:
    record = noted("Ann: see p. 3; Exclusion reason: Wrong dose; Exclusion reason: Wrong outcomes;")
    assert record.notes == ("Ann: see p. 3",)
    assert record.decisions[-1].reasons == ("Wrong dose", "Wrong outcomes")


def test_a_given_verdict_is_for_those_without_one() -> None:
    text = table(["title", "abstract", "included"], ["A", "x", "0"], ["B", "x", ""])
    assert verdicts(records(text, hint=Hint(verdict="include"))) == {"exclude": 1, "include": 1}
    found = records(text, hint=Hint(verdict="exclude", stage="full-text"))
    assert verdicts(found, "full-text") == {"exclude": 1}
    assert verdicts(found) == {"exclude": 1, "include": 1}


def test_revtools() -> None:
    header = ["title", "screened_titles", "screened_abstracts", "notes"]
    found = records(
        table(
            header,
            ["A", "selected", "selected", "good"],
            ["B", "selected", "excluded", "NA"],
            ["C", "excluded", "NA", ""],
            ["D", "selected", "NA", ""],
            ["E", "unknown", "", ""],
            ["F", "selected", "", ""],
        )
    )
    assert [[d.verdict for d in r.decisions] for r in found] == [
        ["include"], ["exclude"], ["exclude"], [], ["maybe"], ["include"]
    ]  # fmt: skip
    assert found[0].decisions[0].note == "good"
    assert found[3].extra == {"screened_titles": ("selected",)}
    assert not any(r.extra for r in (*found[:3], *found[4:]))


def test_metagear_with_one_reviewer_and_with_two() -> None:
    found = records(
        table(
            ["STUDY_ID", "REVIEWERS", "INCLUDE", "TITLE", "ABSTRACT"],
            ["1", "Christina", "YES", "A", "x"],
            ["2", "Luc", "NO", "B", "x"],
            ["3", "Luc", "maybe", "C", "x"],
            ["4", "Luc", "not vetted", "D", "x"],
        )
    )
    assert said(found) == {
        ("Christina", "title-abstract", "include"): 1,
        ("Luc", "title-abstract", "exclude"): 1,
        ("Luc", "title-abstract", "maybe"): 1,
    }
    assert found[0].extra == {"STUDY_ID": ("1",)}
    header = ["STUDY_ID", "REVIEWERS_A", "INCLUDE_A", "REVIEWERS_B", "INCLUDE_B", "TITLE"]
    (both,) = records(table(header, ["1", "Ann", "YES", "Bo", "NO", "A"]))
    assert [(d.by, d.verdict) for d in both.decisions] == [("Ann", "include"), ("Bo", "exclude")]


def test_abstrackr() -> None:
    header = ["(internal) id", "(source) id", "pubmed id", "keywords", "abstract", "title", "journal",
              "authors", "tags", "consensus", "labeled_at", "ann", "labeled_at", "bo b",
              "general notes (ann)", "population notes (bo b)"]  # fmt: skip
    when = ["2026-01-01 10:00:00", "2026-01-02 10:00:00"]
    found = records(
        table(
            header,
            ["1", "", "", "", "x", "A", "", "", "t1,t2", "x", when[0], "1", when[1], "-1", "look", "young"],
            ["2", "", "", "", "x", "B", "", "", "", "o", when[0], "0", "", "o", "", ""],
            ["3", "", "", "", "x", "C", "", "", "", "-1", "", "", "", "", "", ""],
        )
    )
    ann, bo = found[0].decisions
    assert (ann.by, ann.verdict, ann.at, ann.note, ann.labels) == (
        "ann",
        "include",
        "2026-01-01T10:00:00Z",
        "look",
        ("t1", "t2"),
    )
    assert (bo.by, bo.verdict, bo.at, bo.note) == (
        "bo b",
        "exclude",
        "2026-01-02T10:00:00Z",
        "population: young",
    )
    assert [(d.by, d.verdict) for d in found[1].decisions] == [("ann", "maybe")]
    assert [(d.by, d.verdict) for d in found[2].decisions] == [("", "exclude")]
    assert found[0].extra == {"(internal) id": ("1",)}


def test_colandr() -> None:
    header = ["study_id", "study_tags", "citation_screening_status", "fulltext_screening_status",
              "citation_title", "citation_abstract", "citation_exclude_reasons",
              "fulltext_exclude_reasons"]  # fmt: skip
    found = records(
        table(
            header,
            ["1", "a; b", "included", "excluded", "A", "x", "", "too old; no data"],
            ["2", "", "excluded", "", "B", "x", "animals", ""],
            ["3", "", "conflict", "", "C", "x", "", ""],
            ["4", "", "not_screened", "", "D", "x", "", ""],
        )
    )
    assert [[(d.stage, d.verdict, d.reasons, d.labels) for d in r.decisions] for r in found] == [
        [("title-abstract", "include", (), ("a", "b")), ("full-text", "exclude", ("too old", "no data"), ())],
        [("title-abstract", "exclude", ("animals",), ())],
        [],
        [],
    ]
    assert found[2].extra["citation_screening_status"] == ("conflict",)
    assert [r.title for r in found] == ["A", "B", "C", "D"]


def test_fast2() -> None:
    header = ["Document Title", "Abstract", "Year", "PDF Link", "label", "code", "time"]
    found = records(
        table(
            header,
            ["A", "x", "2000", "", "unknown", "yes", "1500000000.5"],
            ["B", "x", "2000", "", "unknown", "no", "1500000001.5"],
            ["C", "x", "2000", "", "unknown", "undetermined", "0"],
        )
    )
    assert [[(d.verdict, d.at) for d in r.decisions] for r in found] == [
        [("include", "2017-07-14T02:40:00Z")],
        [("exclude", "2017-07-14T02:40:01Z")],
        [],
    ]


@pytest.mark.parametrize(
    ("status", "first", "full"),
    [
        ("md_processed", "", ""),
        ("rev_prescreen_included", "include", ""),
        ("rev_prescreen_excluded", "exclude", ""),
        ("pdf_not_available", "include", ""),
        ("rev_included", "include", "include"),
        ("rev_excluded", "include", "exclude"),
        ("rev_synthesized", "include", "include"),
    ],
)
def test_colrev(status: str, first: str, full: str) -> None:
    fields = f"colrev_status = {{{status}}}, screening_criteria = {{scope=in;design=out}}"
    entry = f"@article{{a1,\n  title = {{One}}, {fields}\n}}\n"
    (record,) = records(entry, "records.bib")
    verdict = {d.stage: d.verdict for d in record.decisions}
    assert (verdict.get("title-abstract", ""), verdict.get("full-text", "")) == (first, full)
    assert [d.reasons for d in record.decisions if d.verdict == "exclude" and full] == [("design",)][
        : full == "exclude"
    ]
    assert record.extra["screening_criteria"] == ("scope=in;design=out",)
    assert ("colrev_status" in record.extra) is not status.startswith("rev_")


# EPPI-Reviewer


def code(
    number: int, name: str, kind: str = "Selectable (show checkbox)", *inner: dict[str, Any]
) -> dict[str, Any]:
    made: dict[str, Any] = {"AttributeId": number, "AttributeName": name, "AttributeType": kind}
    return made | ({"Attributes": {"AttributesList": list(inner)}} if inner else {})


SETS = [
    {
        "SetName": "Screening on title & abstract",
        "SetType": {"SetTypeName": "Screening"},
        "Attributes": {
            "AttributesList": [
                code(1, "EXCLUDE on date", "Exclude"),
                code(2, "INCLUDE on title & abstract", "Include"),
                code(
                    3,
                    "Full text",
                    "Not selectable (no checkbox)",
                    code(4, "Exclude: no control"),
                    code(5, "Include"),
                ),
            ]
        },
    },
    {
        "SetName": "Data extraction",
        "Attributes": {"AttributesList": [code(6, "Setting", "x", code(7, "Excluded schools"))]},
    },
]


def reference(title: str, *codes: int, status: str = "I", **more: Any) -> dict[str, Any]:
    return {
        "ItemId": 9, "Title": title, "Authors": "Ann B ; Cem D; ", "Year": "2020", "ItemStatus": status,
        "Abstract": "Line one\nline two", "DOI": "https://doi.org/10.1000/X", "ParentTitle": "J",
        "TypeName": "Journal, Article",
        "Codes": [{"AttributeId": c, "AdditionalText": f"text {c}"} for c in codes], **more,
    }  # fmt: skip


def test_eppi_reads_codes_of_nested_sets() -> None:
    doc = {
        "CodeSets": SETS,
        "References": [
            reference("A", 2, 4, 7),
            reference("B", 1, 2),
            reference("C", status="E"),
            reference("D", Country="Peru"),
            reference("F", 2, 5, 99, status="D"),
        ],
    }
    found = records(json.dumps(doc, indent=1))
    assert [[(d.stage, d.verdict, d.reasons, d.labels) for d in r.decisions] for r in found] == [
        [
            ("title-abstract", "include", (), ("Excluded schools",)),
            ("full-text", "exclude", ("Exclude: no control",), ()),
        ],
        [("title-abstract", "exclude", ("EXCLUDE on date",), ())],
        [("title-abstract", "exclude", (), ())],
        [],
        [("title-abstract", "include", (), ("code 99",)), ("full-text", "include", (), ())],
    ]
    first = found[0]
    assert (first.title, first.journal, first.type, first.year, first.doi) == (
        "A",
        "J",
        "JOUR",
        2020,
        "10.1000/x",
    )
    assert (first.authors, first.abstract) == (("Ann B", "Cem D"), "Line one\nline two")
    assert first.extra["EPPI codes"][-1] == "Excluded schools: text 7"
    assert (found[3].extra["Country"], found[4].extra["ItemStatus"]) == (("Peru",), ("D",))


def test_eppi_without_screening_codes_goes_by_the_status() -> None:
    doc = {
        "CodeSets": SETS[1:],
        "References": [reference("A", 7), reference("B", status="E"), reference("C", status="D")],
    }
    assert verdicts(records("\ufeff" + json.dumps(doc))) == {"include": 1, "exclude": 1}


@pytest.mark.parametrize(
    "text",
    [
        '{"CodeSets": [{"SetName": "x"',
        '{"CodeSets": [{"SetName": "x"}]}',
        '{"References": ' + "[" * 100_000 + ', "ItemId":',
        '{"CodeSets":[], "References": {"ItemId": 1}}',
    ],
)
def test_eppi_that_is_damaged_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(FormatError, match=r"^e\.json"):
        list(read(text.encode(), name="e.json"))


def test_eppi_with_things_of_other_kinds_is_accounted_for() -> None:
    doc = {
        "CodeSets": [3, {"Attributes": {"AttributesList": [None, {"AttributeId": []}]}}],
        "References": [
            reference("A", Title=["x"]),
            7,
            {"ItemStatus": None, "Codes": [1, {"AttributeId": {}}]},
        ],
    }
    reading = read(json.dumps(doc).encode(), name="e.json")
    items = list(reading)
    assert len(items) == 3
    assert (reading.imported, len(reading.problems)) == (2, 1)
    assert reading.found == 3
