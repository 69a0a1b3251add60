"""JSON lists of references, whoever wrote them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tamis import formats
from tamis.errors import FormatError
from tests.formats.helpers import one, read_all

CSL: dict[str, Any] = {
    "id": "doe2019", "type": "article-journal", "title": "On sieves", "abstract": "One.\nTwo.",
    "author": [{"family": "Doe", "given": "Jane", "non-dropping-particle": "van"}, {"literal": "The Group"}],
    "editor": [{"family": "Ed", "given": "I"}], "container-title": "Journal of Sieves",
    "container-title-short": "J Sieves",
    "issued": {"date-parts": [["2019", 3, 2]]}, "volume": 12, "issue": "3", "page": "1-9",
    "DOI": "10.1000/X.1",
    "PMID": "321", "PMCID": "PMC9", "URL": "https://a.example/1", "ISSN": "1234-5678", "publisher": "Press",
    "publisher-place": "Ulm", "language": "en", "keyword": "rice, fine sieves", "note": "A note",
    "source": "PubMed",
    "custom": {"a": [1]}, "accessed": {"date-parts": [[2020]]},
}  # fmt: skip


def test_csl_field_by_field() -> None:
    record = one(json.dumps([CSL], indent=1))
    assert (record.type, record.title, record.abstract) == ("JOUR", "On sieves", "One.\nTwo.")
    assert record.authors == ("van Doe, Jane", "The Group")
    assert (record.journal, record.volume, record.issue, record.pages) == (
        "Journal of Sieves",
        "12",
        "3",
        "1-9",
    )
    assert (record.year, record.date, record.doi, record.pmid) == (2019, "2019/3/2", "10.1000/x.1", "321")
    assert (record.issn, record.publisher, record.language, record.database) == (
        "1234-5678",
        "Press",
        "en",
        "PubMed",
    )
    assert (record.keywords, record.notes, record.urls) == (
        ("rice", "fine sieves"),
        ("A note",),
        ("https://a.example/1",),
    )
    assert record.extra == {
        "ID": ("doe2019",), "A2": ("Ed, I",), "JA": ("J Sieves",), "PMC": ("PMC9",), "CY": ("Ulm",),
        "custom": ('{"a": [1]}',),
        "Y2": ("2020",),
    }  # fmt: skip
    assert record.line == 2


@pytest.mark.parametrize(
    "doc",
    [
        {"items": [CSL]},
        {"config": {"id": "x", "list": [{"a": 1}]}, "items": [CSL], "collections": {"items": [{"b": 1}]}},
        {"status": "ok", "message": {"total-results": 1, "items": [CSL]}},
        {"references": [CSL]},
        CSL,
    ],
)
def test_a_list_may_stand_under_a_name_and_one_item_alone(doc: dict[str, Any]) -> None:
    assert one(json.dumps(doc)).title == "On sieves"


def test_one_object_a_line() -> None:
    records, _ = read_all("\n".join(json.dumps(CSL | {"title": f"T{n}"}) for n in range(3)))
    assert [(r.title, r.line) for r in records] == [("T0", 1), ("T1", 2), ("T2", 3)]


def test_zoteros_own_items() -> None:
    data = {
        "itemType": "journalArticle", "title": "A", "abstractNote": "B", "publicationTitle": "J",
        "date": "March 2019",
        "creators": [{"creatorType": "author", "firstName": "Jane", "lastName": "Doe"},
        {"creatorType": "editor", "name": "Ed"}],
        "tags": [{"tag": "x; y"}], "extra": "PMID: 12",
    }  # fmt: skip
    note = {"data": {"itemType": "note", "note": "alone", "title": ""}}
    records, reading = read_all(json.dumps([{"key": "K", "data": data}, note]))
    record = records[0]
    assert (record.type, record.title, record.abstract, record.journal) == ("JOUR", "A", "B", "J")
    assert (record.authors, record.extra["A2"], record.keywords) == (("Doe, Jane",), ("Ed",), ("x; y",))
    assert (record.year, record.pmid) == (2019, "12")
    assert ["not a reference" in p.why for p in reading.problems] == [True]


@pytest.mark.parametrize(
    "authors",
    [["Doe, J. A.", "Roe, B."], "Doe, J. A.,Roe, B.", "Doe, J. A.; Roe, B.", "Doe, J. A. and Roe, B."],
)
def test_plain_objects_with_authors_in_any_shape(authors: list[str] | str) -> None:
    doc = {
        "type": "journalArticle",
        "title": "A",
        "authors": authors,
        "journal": "J",
        "year": "2014",
        "date": "Nov",
        "notes": "a\rb",
    }
    record = one(json.dumps([doc]))
    assert (record.authors, record.journal) == (("Doe, J. A.", "Roe, B."), "J")
    assert (record.year, record.date, record.notes) == (2014, "2014 Nov", ("a\nb",))


def test_crossrefs_lists_and_markup() -> None:
    doc = {
        "type": "journal-article", "title": ["A <i>sieve</i>", "Another"],
        "abstract": "<jats:p>One.</jats:p>",
        "container-title": ["J"], "issued": {"date-parts": [[2019, None]]}, "author": [{"name": "Group"}],
    }  # fmt: skip
    record = one(json.dumps([doc]))
    assert (record.title, record.abstract, record.journal, record.authors) == (
        "A sieve",
        "One.",
        "J",
        ("Group",),
    )
    assert (record.year, record.date, record.extra["TT"]) == (2019, "", ("Another",))


def test_bad_items_are_problems_and_the_others_are_read() -> None:
    good = json.dumps(CSL)
    data = f'[{good},\n 5, null,\n "x", [], {{}},\n {{"title": tru}},\n{good}]'
    records, reading = read_all(data)
    assert len(records) == 2
    assert [p.line for p in reading.problems] == [2, 2, 3, 3, 3, 4]


def test_brackets_and_quotes_in_strings_are_text() -> None:
    records, _ = read_all(json.dumps([CSL | {"title": 'a ] } " \\ [{'}, CSL]))
    assert records[0].title == 'a ] } " \\ [{'


@pytest.mark.parametrize("cut", [1, 2, 30, 200])
def test_a_file_that_is_cut_off(cut: int) -> None:
    records, reading = read_all(json.dumps([CSL, CSL])[:-cut])
    assert len(records) == (2 if cut == 1 else 1)
    assert reading.found == 2


@pytest.mark.parametrize("end", ["", "]" * 100_000 + "}]"])
def test_deep_nesting_is_a_sentence(end: str) -> None:
    _, reading = read_all('[{"title": "A", "author": ' + "[" * 100_000 + end)
    assert ["nested too deeply" in p.why for p in reading.problems] == [True]


@pytest.mark.parametrize(
    "data",
    ["[" * 100_000, '{"a":' * 100_000, '[{"title": "A"}]', '{"title": 1}', "[]"],
)
def test_json_that_is_no_list_of_references_is_refused(data: str) -> None:
    with pytest.raises(FormatError, match="JSON"):
        formats.read(data.encode(), name="x.json")
