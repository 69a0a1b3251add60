"""`--for TOOL`: what each tool reads, and what comes back from it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import rispy
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tamis import formats
from tamis.domain.record import Decision, Record
from tamis.domain.text import clean_line, clean_text
from tamis.errors import UsageError
from tamis.formats import Hint
from tamis.formats.dressing import outcome
from tamis.formats.profiles import PROFILES, format_of, write_for

from .strategies import NASTY, RECORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

STAGE = "title-abstract"
BOTH = [(tool, name) for tool, profile in PROFILES.items() for name in profile.formats]
RIS = [tool for tool, name in BOTH if name == "ris"]
CSV = [tool for tool, name in BOTH if name == "csv"]
SOME = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
ANN = Decision(
    by="Ann",
    verdict="exclude",
    reasons=("Wrong dose, drug", "Late"),
    note='says "no"\nand why',
    labels=("x", "y z"),
)
BEN = Decision(by="Ben", verdict="include", note="yes", at="2026-11-20T10:00:00Z", labels=("x",))
RECORD = Record(
    id="f00-1",
    type="JOUR",
    title="A trial",
    abstract="One.\nTwo.",
    authors=("Doe, J", "Roe, R"),
    year=2020,
    journal="Journal",
    doi="10.1000/x",
    pmid="123",
    keywords=("liver", "tamis:include"),
    notes=("Cited by 3",),
    extra={"FX": ("odd",), "AD": ("Here",), "L1": ("internal-pdf://x.pdf",)},
)
VERDICT = st.sampled_from(["include", "exclude", "maybe", "undecided"])
SAID = st.lists(
    st.one_of(
        st.sampled_from([n for n in NASTY if not set(n) & set("<&") and "TAMIS" not in n]), st.just("word")
    ),
    max_size=5,
).map("".join)
"""Hostile text without what a note cannot say: HTML, and tamis's own marks."""


def written(tool: str, records: Sequence[Record], format: str | None = None, stage: str = STAGE) -> str:
    out = io.BytesIO()
    assert write_for(tool, records, out, stage=stage, format=format) == len(records)
    return out.getvalue().decode()


def back_from(tool: str, records: Sequence[Record], format: str | None = None) -> list[Record]:
    data = written(tool, records, format).encode()
    reading = formats.read(data, name=f"x.{format_of(tool, format)}", hint=Hint())
    items = list(reading)
    assert reading.found == len(records)
    assert not reading.problems
    return [item for item in items if isinstance(item, Record)]


def rows_of(tool: str, records: Sequence[Record]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(tool, records, "csv"))))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], ""),
        (["undecided"], ""),
        (["include"], "include"),
        (["maybe", "maybe"], "maybe"),
        (["include", "exclude"], "conflict"),
    ],
)
def test_a_tool_with_one_verdict_gets_what_everybody_says(verdicts: list[str], expected: str) -> None:
    decisions = [Decision(by=str(i), verdict=v) for i, v in enumerate(verdicts)]
    assert outcome(decisions, STAGE) == expected
    assert outcome(decisions, "full-text") == ""


@pytest.mark.parametrize("tool", RIS)
@given(records=st.lists(RECORDS, min_size=1, max_size=3))
@SOME
def test_ris_for_a_tool_has_as_many_records_whoever_reads_it(tool: str, records: list[Record]) -> None:
    text = written(tool, records)
    assert text.startswith("TY  - ")
    assert text.count("\nER  -") == len(records)
    assert len(rispy.loads(text, skip_unknown_tags=True)) == len(records)
    assert len(back_from(tool, records)) == len(records)


@pytest.mark.parametrize("tool", ["rayyan", "asreview", "covidence"])
def test_every_line_is_a_tag_that_is_ris(tool: str) -> None:
    lines = [line for line in written(tool, [replace(RECORD, decisions=(ANN, BEN))]).split("\n") if line]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert "AN  - 123" in lines
    assert not any(line.startswith(("FX", "L1", "PMID")) for line in lines)
    assert rispy.loads("\n".join(lines))[0]["doi"] == "10.1000/x"


@pytest.mark.parametrize("tool", CSV)
@given(records=st.lists(RECORDS, min_size=1, max_size=3))
@SOME
def test_no_cell_of_a_table_for_a_tool_is_a_formula(tool: str, records: list[Record]) -> None:
    text = written(tool, records, "csv")
    assert not text.startswith("\ufeff")
    rows = rows_of(tool, records)
    assert len(rows) == len(records)
    assert not any(
        cell.lstrip(' "')[:1] in ("=", "+", "-", "@", "＝") for row in rows for cell in row.values() if cell
    )


@pytest.mark.parametrize(
    "mark",
    [
        'RAYYAN-INCLUSION: {"Eve"=>"Included"}',
        "ASReview_relevant",
        'USER-NOTES: {"Eve"=>["x"]}',
        'asreview_note: "x"',
        'TAMIS-DECISION: {"by": "Eve", "verdict": "include"}',
    ],
)
@pytest.mark.parametrize(("tool", "format"), BOTH)
def test_a_records_own_words_are_no_decision(tool: str, format: str, mark: str) -> None:
    record = Record(id="f00-1", type="JOUR", title="A trial", journal="J", notes=(mark, f"and {mark}"))
    (back,) = back_from(tool, [record], format)
    assert not back.decisions


# Rayyan


def test_rayyan_reads_names_labels_and_reasons_as_its_own_exports_have_them() -> None:
    text = written("rayyan", [replace(RECORD, decisions=(ANN, BEN))])
    assert (
        'N1  - RAYYAN-INCLUSION: {"Ann"=>"Excluded", "Ben"=>"Included"} | '
        "RAYYAN-LABELS: x,y z | "
        "RAYYAN-EXCLUSION-REASONS: Wrong dose, drug,Late | "
        'USER-NOTES: {"Ann"=>["says \\"no\\"\\nand why"], "Ben"=>["yes"]}'
    ) in text
    assert text.index("Cited by 3") < text.index("RAYYAN")
    assert "TAMIS" not in text
    assert "tamis:" not in text


def test_rayyan_gets_nothing_where_nobody_said_anything() -> None:
    assert "RAYYAN" not in written("rayyan", [RECORD])


@pytest.mark.parametrize("name", ['a"b', "a\\", "#{`id`}", 'x"=>"Included", "y', "a\nb", ""])
def test_a_name_ends_no_string_and_runs_no_ruby(name: str) -> None:
    text = written("rayyan", [replace(RECORD, decisions=(replace(ANN, by=name, note=name),))])
    line = next(line for line in text.split("\n") if "RAYYAN-INCLUSION" in line)
    inside = line.split("RAYYAN-INCLUSION: ")[1].split(" | RAYYAN")[0]
    assert len(re.findall(r'(?<!\\)(?:\\\\)*"', inside)) == 4
    assert not re.search(r"(?<!\\)#\{", line)


def rayyan_said(decisions: Sequence[Decision]) -> dict[str, tuple[str, str]]:
    return {d.by: (d.verdict, d.note) for d in decisions if d.verdict != "undecided" or d.note}


def cleaned(items: Sequence[str]) -> set[str]:
    """What Rayyan's lists can say: no bars, no tight commas."""
    said = (clean_line(re.sub(r",(?=\S)|,$", ";", item.replace("|", "/"))) for item in items)
    return {text for text in said if text}


@given(
    votes=st.dictionaries(
        st.sampled_from(["Ann", "Ben B.", 'C "the" D', "中文"]), st.tuples(VERDICT, SAID), max_size=3
    ),
    reasons=st.lists(SAID.map(clean_line).filter(bool), max_size=3),
    labels=st.lists(SAID.map(clean_line).filter(bool), max_size=3),
)
@SOME
def test_what_rayyan_is_given_comes_back(
    votes: dict[str, tuple[str, str]], reasons: list[str], labels: list[str]
) -> None:
    decisions = tuple(
        Decision(
            by=by,
            verdict=v,
            note=clean_text(note),
            labels=tuple(labels),
            reasons=tuple(reasons) if v == "exclude" else (),
        )
        for by, (v, note) in votes.items()
    )
    (back,) = back_from("rayyan", [replace(RECORD, decisions=decisions)])
    assert rayyan_said(back.decisions) == rayyan_said(decisions)
    assert back.notes == RECORD.notes
    if any(d.verdict != "undecided" for d in decisions):
        assert {x for d in back.decisions for x in d.labels} == cleaned(labels)
    if any(d.verdict == "exclude" for d in decisions):
        assert {x for d in back.decisions for x in d.reasons} == cleaned(reasons)


# ASReview


def test_asreview_gets_a_label_first_and_the_decisions_whole() -> None:
    notes = rispy.loads(written("asreview", [replace(RECORD, decisions=(BEN,))]))[0]["notes"]
    assert notes[0] == "ASReview_relevant"
    assert 'asreview_note: "yes"' in notes
    assert 'asreview_time: "2026-11-20 10:00:00"' in notes
    assert notes[-1] == "Cited by 3"


@pytest.mark.parametrize(
    ("verdicts", "label", "cell"),
    [
        (["include", "include"], "ASReview_relevant", "1"),
        (["exclude"], "ASReview_irrelevant", "0"),
        (["maybe"], "ASReview_not_seen", ""),
        (["include", "exclude"], "ASReview_not_seen", ""),
        ([], "ASReview_not_seen", ""),
    ],
)
def test_asreview_labels_only_what_is_certain(verdicts: list[str], label: str, cell: str) -> None:
    decisions = tuple(Decision(by=f"r{i}", verdict=v, note="n") for i, v in enumerate(verdicts))
    record = replace(RECORD, decisions=decisions)
    assert f"N1  - {label}\n" in written("asreview", [record])
    assert rows_of("asreview", [record])[0]["asreview_label"] == cell


HARD = st.lists(
    st.builds(
        Decision,
        by=st.sampled_from(["Ann", "Ben", "Cy"]),
        stage=st.just(STAGE),
        verdict=VERDICT,
        reasons=st.lists(SAID.map(clean_line).filter(bool), max_size=2).map(tuple),
        note=SAID.map(clean_text),
        labels=st.lists(SAID.map(clean_line).filter(bool), max_size=2).map(tuple),
        at=st.just("2026-11-20T10:00:00Z"),
    ),
    max_size=3,
    unique_by=lambda d: d.by,
).map(tuple)


@pytest.mark.parametrize("format", ["ris", "csv"])
@given(decisions=HARD)
@SOME
def test_what_asreview_is_given_comes_back(format: str, decisions: tuple[Decision, ...]) -> None:
    (back,) = back_from("asreview", [replace(RECORD, decisions=decisions)], format)
    assert back.decisions == decisions
    assert back.notes == RECORD.notes


# The others


def test_zotero_shows_tags_and_keeps_the_decisions() -> None:
    decisions = (ANN, replace(BEN, labels=("a; b",)))
    text = written("zotero", [replace(RECORD, decisions=decisions)])
    for tag in ("tamis:exclude", "tamis:include", "tamis:reason:Wrong dose, drug", "tamis:label:a, b"):
        assert f"KW  - {tag}\n" in text
    assert "M1  - PMID: 123\n" in text
    (back,) = back_from("zotero", [replace(RECORD, decisions=decisions)])
    assert back.decisions == decisions
    assert back.keywords == ("liver",)
    assert back.pmid == "123"


def test_endnote_shows_label_research_notes_and_keywords() -> None:
    text = written("endnote", [replace(RECORD, decisions=(ANN,))])
    assert "LB  - tamis: exclude\n" in text
    assert (
        'RN  - exclude (Ann, title-abstract): Wrong dose, drug; also Late. says "no" and why [x; y z]\n'
        in text
    )
    assert "KW  - tamis:exclude\n" in text
    assert "TAMIS" not in text
    (back,) = back_from("endnote", [replace(RECORD, decisions=(ANN,))])
    assert (back.decisions[0].verdict, back.decisions[0].reasons) == ("exclude", ANN.reasons)


def test_covidence_gets_the_references_alone() -> None:
    text = written("covidence", [replace(RECORD, decisions=(ANN, BEN))])
    assert text == written("covidence", [RECORD])
    assert "tamis" not in text.lower()


def test_revtools_has_its_columns_and_comes_back() -> None:
    decided = [
        replace(RECORD, decisions=(d,))
        for d in (ANN, BEN, Decision(by="C", verdict="maybe"), Decision(by="D"))
    ]
    rows = rows_of("revtools", decided)
    assert [row["screened_abstracts"] for row in rows] == ["excluded", "selected", "NA", "NA"]
    assert rows[0]["author"] == "Doe, J and Roe, R"
    back = back_from("revtools", decided)
    assert [b.decisions[0].verdict if b.decisions else "" for b in back] == [
        "exclude",
        "include",
        "maybe",
        "",
    ]
    assert back[1].decisions[0].note == "yes"
    assert back[0].authors == RECORD.authors


def test_r_has_one_row_a_record_with_plain_names_and_na() -> None:
    row = rows_of("r", [replace(RECORD, decisions=(ANN, BEN))])[0]
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in row)
    assert (row["decision"], row["n_include"], row["n_exclude"], row["n_maybe"]) == (
        "conflict",
        "1",
        "1",
        "0",
    )
    assert row["verdicts"] == "Ann=exclude; Ben=include"
    assert (row["primary_reasons"], row["reasons"]) == (ANN.reasons[0], "; ".join(ANN.reasons))
    assert row["volume"] == "NA"


def test_an_unknown_tool_or_a_format_it_does_not_read_is_refused() -> None:
    with pytest.raises(UsageError, match="Known: rayyan, asreview"):
        format_of("excel", None)
    with pytest.raises(UsageError, match="For Rayyan tamis writes ris, not csv"):
        format_of("rayyan", "csv")
