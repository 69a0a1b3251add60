"""Lifting as such: nothing raises, no text is lost, and most records are not touched."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.record import Decision, Record
from tamis.domain.text import clean_line, clean_text
from tamis.formats.peers import Hint, lift

from .reading import noted

if TYPE_CHECKING:
    from collections.abc import Iterable

PIECES = st.sampled_from(
    [
        *(
            "RAYYAN-INCLUSION: ",
            "RAYYAN-LABELS: ",
            "RAYYAN-EXCLUSION-REASONS: ",
            "USER-NOTES: ",
            " | ",
            "ASReview_relevant",
        ),
        *(
            "ASReview_irrelevant. ",
            "ASReview_not_seen",
            '{"Ann"=>"Included"}',
            '{"Bo"=>"Excluded", "C. D"=>"Odd"}',
            "<p>",
        ),
        *(
            '{"Bo"=>["x", "y"]}',
            "</p>",
            "word",
            "zwei",
            "Exclusion reason: dose;",
            '"',
            "{",
            "}",
            "=>",
            "[",
            ",",
            "\n",
            " ",
        ),
        *("asreview_note: ", "asreview_tag_a_b: 1", '"quoted"'),
    ]
)
NOTES = st.lists(st.lists(PIECES | st.text(max_size=6), max_size=8).map("".join).map(clean_text), max_size=3)
NAMES = st.sampled_from(
    [
        *(
            "asreview_label",
            "included",
            "label",
            "label_included",
            "abs",
            "Covidence #",
            "Tags",
            "Notes",
            "screened_titles",
        ),
        *(
            "screened_abstracts",
            "STUDY_ID",
            "REVIEWERS",
            "INCLUDE",
            "INCLUDE_B",
            "REVIEWERS_B",
            "(internal) id",
            "ann",
        ),
        *(
            "consensus",
            "labeled_at",
            "general notes (ann)",
            "citation_screening_status",
            "study_tags",
            "code",
            "time",
        ),
        *(
            "colrev_status",
            "screening_criteria",
            "asreview_note",
            "asreview_tag_x_y",
            "asreview_user_email",
            "C1",
        ),
        *("citation_exclude_reasons", "fulltext_screening_status"),
    ]
)
VALUES = st.sampled_from(
    [
        "1",
        "0",
        "-1",
        "o",
        "x",
        "yes",
        "NO",
        "maybe",
        "selected",
        "excluded",
        "included",
        "rev_excluded",
        "a=in;b=out",
        "NA",
    ]
) | st.text(max_size=8).map(clean_line).filter(bool)
EXTRA = st.dictionaries(NAMES, st.lists(VALUES, min_size=1, max_size=2).map(tuple), max_size=6)

MARKS = re.compile(
    r"RAYYAN-(?:INCLUSION|LABELS|EXCLUSION-REASONS)|USER-NOTES|ASReview_\w+|asreview_\w+"
    r"|[Ee]xclusion reasons?|</?p>|Included|Excluded|Maybe"
)
SAYING_NOTHING = frozenset(
    {"1", "0", "o", "x", "yes", "no", "maybe", "selected", "excluded", "included", "na"}
) | {*("true", "false", "y", "n", "i", "e")}


def words(texts: Iterable[str]) -> set[str]:
    """The words of texts that are no marks."""
    return {word for text in texts for word in re.findall(r"\w+", MARKS.sub(" ", text))}


def everything(record: Record) -> list[str]:
    texts = [*record.notes, *(v for values in record.extra.values() for v in values), *record.keywords]
    for d in record.decisions:
        texts += [d.by, d.note, *d.reasons, *d.labels]
    return texts


@given(NOTES, st.booleans())
def test_no_word_of_a_note_is_lost(notes: list[str], emails: bool) -> None:
    record = Record(title="T", notes=tuple(filter(None, notes)))
    lifted = lift(record, Hint(emails=True))
    assert words(record.notes) <= words(everything(lifted)) | {"1"}
    assert replace(lifted, notes=(), decisions=()) == replace(record, notes=())


@given(EXTRA, st.sampled_from(["", "review_1_excluded_csv_2.csv"]))
def test_no_word_of_a_column_is_lost_but_verdicts(extra: dict[str, tuple[str, ...]], name: str) -> None:
    record = Record(title="T", extra=extra)
    before = dict(extra)
    lifted = lift(record, Hint(name=name, emails=True))
    assert record.extra == before, "the record that was read stays as it is"
    gone = [
        v
        for k, values in extra.items()
        if k not in lifted.extra and k not in ("labeled_at", "time")
        for v in values
    ]
    kept = words(everything(lifted))
    for text in gone:
        for word in words([text]):
            assert word in kept or word.lower() in SAYING_NOTHING or word.lower().startswith("rev_")


@given(NOTES, EXTRA)
def test_lifting_twice_is_lifting_once(notes: list[str], extra: dict[str, tuple[str, ...]]) -> None:
    once = lift(Record(notes=tuple(filter(None, notes)), extra=extra))
    again = lift(once)
    assert {(d.by, d.stage, d.verdict) for d in once.decisions} <= {
        (d.by, d.stage, d.verdict) for d in again.decisions
    }


def test_a_record_without_marks_is_the_same_object() -> None:
    record = Record(
        title="T", notes=("A note: included, ASReview", "relevant"), extra={"C1": ("1",), "DB": ("x",)}
    )
    assert lift(record) is record
    assert lift(record, Hint(name="search.ris")) is record


def test_what_tamis_says_itself_is_not_said_again() -> None:
    own = Decision(by="Ann", verdict="include", labels=("ask",), note="n")
    record = Record(
        notes=('RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo"=>"Maybe"} | RAYYAN-LABELS: ask,new',),
        decisions=(own,),
    )
    lifted = lift(record)
    assert [(d.by, d.verdict, d.labels) for d in lifted.decisions] == [
        ("Ann", "include", ("ask",)),
        ("Ann", "undecided", ("new",)),
        ("Bo", "maybe", ("new",)),
    ]
    same = lift(Record(notes=("ASReview_relevant",), decisions=(own,)))
    assert (same.decisions, same.notes) == ((own,), ())


def test_hostile_names_are_clean() -> None:
    names = '{"\\e[31mA\\u202en\\u0007n"=>"Included", ""=>"Maybe"}'
    record = noted(f'RAYYAN-INCLUSION: {names} | USER-NOTES: {{"x"=>["\\u001b]52;c"]}}')
    assert [d.by for d in record.decisions] == ["[31mAn␇n", "Rayyan", "x"]
    assert record.decisions[2].note == "␛]52;c"
