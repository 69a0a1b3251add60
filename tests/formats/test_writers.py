"""BibTeX, NBIB, CSL-JSON and XLSX: what they can say comes back, and nothing in a record says more."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tamis import formats
from tamis.domain.record import Decision, Record
from tamis.formats.ris_writer import PlainRisWriter
from tamis.formats.writers import bibtex, csl_json, nbib, xlsx

from .helpers import comparable, read_all, written
from .strategies import RECORDS

if TYPE_CHECKING:
    from types import ModuleType

PART: dict[str, ModuleType] = {"bibtex": bibtex, "nbib": nbib, "csl-json": csl_json}
SUFFIX = {name: {"bibtex": "bib", "csl-json": "json"}.get(name, name) for name in formats.WRITABLE}
SMUGGLED = [
    "a\nER  - \n\nTY  - JOUR\nTI  - forged",
    "a\n\nPMID- 1\nTI  - forged",
    "}\n\n@article{forged, title = {forged}}",
    "}}\n@article(forged, title = {forged})",
    "\\}, note = {forged}} @misc{forged, title={x}}",
    "@article{forged,",
    '"}], {"title": "forged", "author": []}, [{"',
    '=HYPERLINK("http://a.example","forged")',
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1+1",
    "＝1+1",
    "<script>alert(1)</script>",
    "</t></is></c><c><f>1+1</f></c>",
    "_x003D_1+1",
    "\\input{/etc/passwd} \\write18{id} $\\catcode$",
    "100% of {cases} ~ 5_6 ^ # & $",
    "{{{ unbalanced",
    "a -- b --- c ``d'' e",
]
FAST = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
FULL = Record(
    id="f00ba1-7",
    type="JOUR",
    title="Cooling after {neonatal} asphyxia: 100% & more",
    abstract="Background: 5 < 6.\nMethods: p_value ~ 0.05.",
    authors=("Doe, Jane Ann", "WHO Expert Committee", "Smith and Sons, Ltd."),
    year=2021,
    date="2021/03/05",
    journal="Journal of Trials",
    volume="12",
    issue="3",
    pages="101-110",
    doi="10.1000/a_b(1)",
    pmid="123456",
    issn="1234-5678",
    publisher="A & B",
    language="eng",
    accession="L200",
    database="Embase",
    urls=("https://a.example/x?y=1&z=2",),
    keywords=("Neoplasms, Liver", "trial"),
    notes=("First note", "second"),
    extra={"C1": ("kept",)},
    decisions=(
        Decision(
            by="Ann",
            verdict="exclude",
            reasons=("Wrong dose, drug",),
            note="two\nlines",
            at="2026-11-20T10:00:00Z",
        ),
        Decision(by="Ben", verdict="include", labels=("ask Ann",), stage="full-text"),
    ),
)


def part_of(record: Record, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in fields}


@pytest.mark.parametrize("name", PART)
@given(records=st.lists(RECORDS, min_size=1, max_size=3))
@FAST
def test_what_a_format_can_say_of_hostile_records_comes_back(name: str, records: list[Record]) -> None:
    for number, record in enumerate(records):
        record.id = f"f00-{number}"
        record.title = record.title or "x"  # an empty item or entry is no record to any reader
    kept, fields = PART[name].kept, PART[name].FIELDS
    back, reading = read_all(written(name, records), f"x.{SUFFIX[name]}")
    assert reading.format == name
    assert not reading.problems
    assert [part_of(r, fields) for r in back] == [part_of(kept(r), fields) for r in records]


@pytest.mark.parametrize("name", PART)
def test_an_ordinary_record_needs_no_note_of_fields(name: str) -> None:
    data = written(name, [FULL])
    assert b"TAMIS-FIELDS" not in data
    back, _ = read_all(data, f"x.{SUFFIX[name]}")
    kept = PART[name].kept(FULL)
    assert part_of(back[0], PART[name].FIELDS) == part_of(kept, PART[name].FIELDS)
    assert back[0].decisions == FULL.decisions


@pytest.mark.parametrize("name", formats.WRITABLE)
@pytest.mark.parametrize("text", SMUGGLED)
def test_no_text_becomes_a_record_or_a_field_of_its_own(name: str, text: str) -> None:
    """As raw as no import lets it in: the writers do not lean on clean text."""
    records = [
        Record(
            id="f00-1",
            type="JOUR",
            title=text,
            abstract=text,
            authors=(text,),
            keywords=(text,),
            notes=(text,),
        ),
        Record(id="f00-2", type="JOUR", title="Second", journal=text, publisher=text, volume=text),
    ]
    back, _ = read_all(written(name, records), f"x.{SUFFIX[name]}")
    assert len(back) == 2
    assert back[1].title == "Second"
    assert not back[0].decisions


def test_bibtex_is_read_whole_by_bibtexparser() -> None:
    from bibtexparser.entrypoint import parse_string

    records = [
        FULL,
        *(Record(id=f"f00-{i}", type="JOUR", title=t, notes=(t,)) for i, t in enumerate(SMUGGLED)),
    ]
    library = parse_string(written("bibtex", records).decode())
    assert len(library.entries) == len(records)
    assert not library.failed_blocks
    assert {"author", "title", "journal", "year", "keywords", "annote"} <= set(library.entries[0].fields_dict)


def test_bibtex_keys_are_the_same_in_every_export_and_never_twice_in_one() -> None:
    records = [Record(id=f"f00-{i}", title="T", authors=("Ünal, Á",), year=2020) for i in range(3)]
    first = written("bibtex", records).decode()
    assert [line for line in first.split("\n") if line.startswith("@")] == [
        "@misc{unal2020-f00-0,",
        "@misc{unal2020-f00-1,",
        "@misc{unal2020-f00-2,",
    ]
    assert "@misc{unal2020-f00-1," in written("bibtex", records[1:]).decode()
    twice = written("bibtex", [Record(title="A"), Record(title="B")]).decode()
    assert "@misc{anon," in twice
    assert "@misc{anon-2," in twice


@pytest.mark.parametrize("text", SMUGGLED)
def test_latex_finds_no_command_and_no_open_brace_in_bibtex(text: str) -> None:
    escaped = bibtex.escape(text)
    assert not any(command in escaped for command in ("\\input", "\\write", "\\catcode"))
    assert re.search(r"(?<!\\)[$%&#_~^]", escaped) is None
    depth = 0
    for sign in escaped:  # as BibTeX itself counts: an escaped brace is a brace
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0


def test_ris_is_read_whole_by_rispy() -> None:
    import rispy

    records = [
        FULL,
        *(Record(id=f"f00-{i}", type="JOUR", title=t, notes=(t,)) for i, t in enumerate(SMUGGLED)),
    ]
    back = rispy.loads(written("ris", records).decode())
    assert len(back) == len(records)
    assert back[0]["doi"] == FULL.doi  # a tag that is no RIS would stand in the value before it
    out = io.BytesIO()
    PlainRisWriter().write(records, out)
    assert len(rispy.loads(out.getvalue().decode())) == len(records)


def test_nbib_begins_every_record_with_pmid_and_folds_nothing() -> None:
    data = written("nbib", [Record(title="IL-6 - a marker " * 40, abstract="a\nPMID- 3"), FULL]).decode()
    blocks = data.strip("\n").split("\n\n")
    assert len(blocks) == 2
    assert all(block.startswith("PMID- ") for block in blocks)
    assert all(line[4:6] == "- " for line in data.split("\n") if line)
    assert "AU  - Doe JA" in data
    back, _ = read_all(data, "x.nbib")
    assert back[0].database == ""  # without a number it is not PubMed's


def test_csl_json_is_a_list_of_items_with_csl_names() -> None:
    item = json.loads(written("csl-json", [FULL]))[0]
    assert item["type"] == "article-journal"
    assert item["author"][:2] == [{"family": "Doe", "given": "Jane Ann"}, {"literal": "WHO Expert Committee"}]
    assert item["issued"] == {"date-parts": [[2021, 3, 5]]}
    assert item["note"].startswith("First note\nsecond\nTAMIS-DECISION: {")
    assert "tamis:exclude" in item["keyword"]


def cells_of(data: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data))["records"]
    return [list(row) for row in sheet.iter_rows()]


def test_a_workbook_holds_text_alone_never_a_formula() -> None:
    records = [Record(id=f"f00-{i}", title=t, abstract=t, notes=(t,)) for i, t in enumerate(SMUGGLED)]
    rows = cells_of(written("xlsx", [FULL, *records]))
    assert [cell.value for cell in rows[0]][:3] == ["id", "title", "abstract"]
    assert len(rows) == len(records) + 2
    for cell in (cell for row in rows for cell in row if cell.value is not None):
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert cell.hyperlink is None


@pytest.mark.parametrize(
    "text", ["x" * 40_000, "🧬" * 40_000, "_x0041_" * 9_000, "a_x0041_" * 3, "\\;" * 20_000]
)
def test_what_is_too_long_for_a_cell_goes_on_in_further_columns(text: str) -> None:
    record = Record(
        id="f00-1",
        title="T",
        abstract=text,
        extra={"C1": (text,)},
        decisions=(Decision(by="a", note=text),) * 2,
    )
    data = written("xlsx", [Record(id="f00-0", title="before"), record])
    assert all(len(str(cell.value or "")) <= xlsx.CELL for row in cells_of(data) for cell in row)
    back, _ = read_all(data, "x.xlsx")
    assert comparable(back[1]) == comparable(record)
    assert back[0].title == "before"


def test_a_table_with_a_column_of_that_name_alone_is_read_as_before() -> None:
    data = written("csv", [FULL]).decode("utf-8-sig").replace("\r\n", ",comment (2)\r\n", 1)
    back, _ = read_all(data.replace("\r\n", ",mine\r\n").replace("(2),mine", "(2)"), "x.csv")
    assert comparable(back[0]) == comparable(FULL)


def test_a_note_that_another_program_joined_gives_its_decisions_back() -> None:
    note = 'Mine\nTAMIS-DECISION: {"by": "Ann", "verdict": "maybe"}\nalso mine\nand more'
    back, _ = read_all(json.dumps([{"title": "A", "author": [], "note": note}]), "x.json")
    assert back[0].notes == ("Mine", "also mine\nand more")
    assert back[0].decisions == (Decision(by="Ann", verdict="maybe"),)
