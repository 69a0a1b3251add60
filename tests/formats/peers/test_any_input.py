"""Whatever another tool's export holds, reading it ends in a sentence or in an account that adds up."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tamis.formats import Hint
from tests.formats.examples import many
from tests.formats.peers.reading import pack, table
from tests.formats.peers.test_rayyan import ALL, ARTICLES, BOTH
from tests.formats.peers.test_tables_of_tools import SETS, reference
from tests.formats.strategies import RAW
from tests.formats.test_any_input import account

HINTS = st.builds(
    Hint,
    name=st.sampled_from(["", "review_1_excluded_csv_2.csv", "review_1_included_ris_2.ris"]),
    emails=st.booleans(),
    verdict=st.sampled_from(["", "include", "exclude", "maybe"]),
    stage=st.sampled_from(["title-abstract", "full-text"]),
)
TOOLS = [
    ["title", "screened_titles", "screened_abstracts", "notes"],
    ["STUDY_ID", "REVIEWERS", "INCLUDE", "TITLE"],
    ["STUDY_ID", "REVIEWERS_A", "INCLUDE_A", "REVIEWERS_B", "INCLUDE_B", "TITLE"],
    ["(internal) id", "title", "tags", "consensus", "labeled_at", "ann", "general notes (ann)"],
    ["study_id", "citation_screening_status", "fulltext_screening_status", "citation_title",
     "citation_exclude_reasons"],
    ["Document Title", "Abstract", "label", "code", "time"],
    ["Title", "Covidence #", "Study", "Notes", "Tags"],
    ["title", "asreview_label", "asreview_time", "asreview_note", "asreview_tag_a"],
    ["key", "title", "notes", "label_included"],
]  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(
        ["", "1", "0", "-1", "o", "YES", "no", "maybe", "selected", "excluded", "included", "NA", "unknown",
         "1500000000.5", "1e999", "2026-01-01 10:00:00", "Exclusion reason: x;", "a; b", ALL, "nan"]
    ),
    RAW,
)  # fmt: skip
MARKS = st.one_of(
    st.sampled_from(
        [ALL, BOTH, "RAYYAN-INCLUSION: {", '"Ann"=>"Included"', "}", " | ", "RAYYAN-LABELS: a,b",
         "RAYYAN-EXCLUSION-REASONS: x", 'USER-NOTES: {"Ann"=>["x"]}', "ASReview_relevant",
         "ASReview_irrelevant", "ASReview_not_seen", "asreview_time: ", "asreview_tag_a: 1.0",
         "Exclusion reason: y;", "<p>", "</p>", '=>["', "@", "&gt;"]
    ),
    RAW,
)  # fmt: skip
NOTE = st.lists(MARKS, max_size=6).map("".join).map(lambda text: " ".join(text.split()))


@given(st.sampled_from(TOOLS), st.lists(st.lists(CELLS, max_size=8), max_size=5), HINTS)
@many()
def test_anything_in_a_tools_table(header: list[str], rows: list[list[str]], hint: Hint) -> None:
    account(table(header, *rows).encode("utf-8", "replace"), hint.name or "any", hint)


@given(st.lists(NOTE, max_size=4), HINTS)
@many()
def test_anything_like_marks_in_notes(notes: list[str], hint: Hint) -> None:
    lines = "".join(f"N1  - {note}\n" for note in notes)
    account(f"TY  - JOUR\nTI  - A\n{lines}ER  - \n".encode("utf-8", "replace"), hint.name or "any", hint)
    fields = "".join(f"  note = {{{note}}},\n  colrev_status = {{{note}}},\n" for note in notes)
    account(f"@article{{a,\n  title = {{A}},\n{fields}}}\n".encode("utf-8", "replace"), "any", hint)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=4), st.integers(0, 400), HINTS)
@many()
def test_anything_among_the_articles_of_rayyan(lines: list[str], at: int, hint: Hint) -> None:
    damaged = ARTICLES[:at] + "\n".join(lines) + ARTICLES[at:]
    log = "created_at,user_email,article_id,key,value\n" + "\n".join(lines)
    account(pack({"articles.csv": damaged, "customizations_log.csv": log}), "export.zip", hint)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 9), st.floats(), RAW),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(RAW, inner, max_size=2)),
    max_leaves=5,
)
ITEM = st.dictionaries(
    st.sampled_from(["Title", "Authors", "Year", "ItemStatus", "Codes", "Abstract", "DOI", "TypeName",
                     "ItemId", "x"]),
    st.one_of(VALUES, st.lists(st.fixed_dictionaries({"AttributeId": st.integers(0, 9)}), max_size=3)),
    max_size=6,
)  # fmt: skip
CODE_SET = st.dictionaries(
    st.sampled_from(["SetName", "SetType", "Attributes", "AttributesList", "AttributeId"]), VALUES, max_size=4
)


@given(
    st.lists(st.one_of(ITEM, VALUES), max_size=4), st.lists(CODE_SET, max_size=2), st.integers(0, 600), RAW
)
@many()
def test_anything_like_eppi_reviewer(items: list[object], sets: list[object], at: int, junk: str) -> None:
    """What is no reference in a damaged list has no mark to be counted by, so the count may be put right."""
    doc = {"CodeSets": [*SETS, *sets], "References": [reference("A", 2, 4, 7), *items]}
    text = json.dumps(doc)
    account(text.encode(), "e.json", exact=False)
    account((text[:at] + junk + text[at:]).encode("utf-8", "replace"), "e.json", exact=False)
    account(text[: -1 - at].encode(), "e.json", exact=False)
