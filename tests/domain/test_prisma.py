"""PRISMA counts: every identity holds, and every box equals a count made by looking at each record."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.domain.events import Event, Stage
from tamis.domain.ledger import Ledger, State, primary_reason, source_prefix
from tamis.domain.prisma import NO_REASON, Counts, count
from tamis.domain.protocol import Protocol, Reason
from tamis.domain.record import SOURCE_KINDS, Problem, Source
from tamis.domain.states import REASONED_STATES
from tamis.errors import CountError

from .making import FT, STAGES, TA, Desk, decide, exclude, patient

BOTH = Protocol(
    stages=(Stage.TITLE_ABSTRACT, Stage.FULL_TEXT),
    reasons=(
        Reason("outcome", "Wrong outcome"),
        Reason("endpoint", "Wrong outcome"),
        Reason("lang", "Language"),
    ),
)
SCREENING = replace(BOTH, stages=(Stage.TITLE_ABSTRACT,))
PENDING = {
    State.SCREENING, State.SCREENING_MAYBE, State.SCREENING_CONFLICT,
    State.SOUGHT, State.ASSESSED_MAYBE, State.ASSESSED_CONFLICT,
}  # fmt: skip


def source(prefix: str, imported: int, problems: int = 0, **more: Any) -> Source:
    return Source(
        sha256=prefix * 10,
        prefix=prefix,
        file=f"{prefix}.ris",
        found=imported + problems,
        imported=imported,
        problems=tuple(Problem(n, "no title") for n in range(problems)),
        **more,
    )


def ledger(*events: Event) -> Ledger:
    return Ledger(events)


sources = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(0, 2), st.sampled_from(SOURCE_KINDS), st.sampled_from(["", "PubMed"])
    ),
    min_size=1,
    max_size=4,
).map(
    lambda rows: [
        source(f"{n:06x}", i, p, kind=kind, database=name) for n, (i, p, kind, name) in enumerate(rows, 10)
    ]
)
numbers = st.integers(0, 99)
VERDICTS = ["include", "include", "exclude", "maybe", "undecided"]
SAID = ["duplicate", "duplicate", "distinct", "stands", "retrieve", "study", "remove", "stop", "previous"]
KEYS = [*VERDICTS, *VERDICTS, "undo", "redo", *SAID]
keys = st.tuples(
    numbers,
    st.sampled_from(KEYS),
    st.sampled_from(STAGES),
    st.sampled_from(["ann", "ann", "bob"]),
    st.lists(st.sampled_from(["outcome", "endpoint", "lang", "gone"]), max_size=2, unique=True),
    numbers,
)
Session = list[tuple[int, str, str, str, list[str], int]]


def records_of(files: list[Source]) -> list[str]:
    return [f"{s.prefix}-{n}" for s in files for n in range(1, s.imported + 1)]


def body(kind: str, why: list[str], other: int, records: list[str]) -> dict[str, Any]:
    """What an event of a kind says, out of a few numbers."""
    match kind:
        case "duplicate" | "distinct":
            return {"of": records[other % len(records)]}
        case "retrieve":
            return {"retrieved": other % 3 == 0}
        case "study":
            return {"study": ["", "ALPHA", "BETA"][other % 3], "previous": other % 5 == 0}
        case "remove":
            return {"how": ["automation", "other", ""][other % 3], "rule": "+".join(why)}
        case "stop":
            place = ["automation", "other", "excluded"][other % 3]
            return {"place": place, "rule": "+".join(why), "records": records[other % len(records) :]}
        case "previous":
            return {"studies": other, "reports": other + len(why)}
        case "stands":
            return {}
        case _:
            return {"verdict": kind, "reasons": why}


def screened(files: list[Source], session: Session) -> Ledger:
    desk, records = Desk(), records_of(files)
    for n, key, stage, by, why, other in session if records else ():
        if key == "undo":
            desk.undo(by)
        elif key == "redo":
            desk.redo(by)
        else:
            kind = "decide" if key in VERDICTS else key
            record = "" if kind in ("stop", "previous") else records[n % len(records)]
            desk.act(by, kind, record, stage, body(key, why, other, records))
    return desk.ledger


def reason_of(folded: Ledger, record: str) -> str:
    """The reason or rule that a record was taken out with."""
    state = folded.state(record)
    if state in (State.SCREENED_OUT, State.ASSESSED_OUT):
        return primary_reason(folded.votes(record, TA if state is State.SCREENED_OUT else FT))
    event = folded.removal(record) or folded.stop(record)
    assert event
    return event.rule


@settings(patient, max_examples=300)
@given(sources, st.lists(keys, max_size=25), st.sampled_from([BOTH, SCREENING]))
def test_all_identities_hold_and_every_box_equals_a_recount(
    files: list[Source], session: Session, protocol: Protocol
) -> None:
    folded = screened(files, session)
    counts = count(files, folded, protocol)
    assert all(identity.holds for identity in counts.identities())
    every = {record: folded.state(record) for record in records_of(files)}
    for column, kinds in ((counts.databases, SOURCE_KINDS[:2]), (counts.others, SOURCE_KINDS[2:])):
        own = [s for s in files if s.kind in kinds]
        states = {record: every[record] for record in records_of(own)}
        n = Counter(states.values())
        assert {s: number for s, number in column.states.items() if number} == n
        found = sum(s.found for s in own)
        assert column.identified == (found - n[State.DUPLICATE] if column.right else found)
        assert column.unreadable == sum(len(s.problems) for s in own)
        gone = n[State.DUPLICATE] + n[State.REMOVED_AUTOMATION] + n[State.REMOVED_OTHER]
        assert column.screened == len(states) - gone
        assert column.excluded == n[State.SCREENED_OUT] + n[State.STOPPED]
        assert column.excluded + column.sought + column.pending_screening == column.screened
        assert column.not_retrieved + column.pending_assessment + column.assessed == column.sought
        assert column.assessed == n[State.ASSESSED_OUT] + n[State.INCLUDED]
        for state in REASONED_STATES:
            out = Counter(reason_of(folded, r) for r, s in states.items() if s is state)
            assert column.why(state) == out
    check_reports(counts, folded, every)
    waiting = [s for s in every.values() if s in PENDING]
    if protocol is SCREENING:
        waiting = [s for s in waiting if s.startswith("screening")]
    assert counts.pending == len(waiting)
    assert counts.interim is bool(waiting)


def check_reports(counts: Counts, folded: Ledger, states: dict[str, State]) -> None:
    """Reports and studies, and that no report is lost behind its duplicates."""
    included = [record for record, state in states.items() if state is State.INCLUDED]
    assert counts.new_reports == len(included)
    studies = {folded.study(record) or record for record in included}
    assert counts.new_studies == len(studies) - counts.earlier_studies
    assert counts.updates or not counts.earlier_studies
    assert counts.earlier_studies <= counts.earlier_reports <= counts.new_reports
    assert 0 <= counts.earlier_studies <= len(folded.studies())
    assert counts.new_studies <= counts.new_reports
    reports = {min(folded.cluster(record)) for record in states}
    assert sum(state is not State.DUPLICATE for state in states.values()) == len(reports)
    if counts.total_studies is not None and counts.total_reports is not None:
        assert counts.total_studies - counts.new_studies == counts.previous_studies
        assert counts.total_studies <= counts.total_reports


@patient
@given(sources, st.lists(keys, max_size=15))
def test_what_is_named_by_source_adds_up(files: list[Source], session: Session) -> None:
    counts = count(files, screened(files, session), BOTH)
    boxes = counts.prisma()
    for kind in ("database", "register"):
        names = boxes[f"{kind}_specific_results"]
        assert names == {
            name: sum(s.found for s in files if s.kind == kind and s.name == name)
            for name in dict.fromkeys(s.name for s in files if s.kind == kind)
        }
        assert boxes[f"{kind}_results"] == sum(names.values())
    every = ("database", "register", "website", "organisation", "citations", "other")
    identified = sum(boxes[f"{kind}_results"] for kind in every)
    assert identified + counts.others.duplicates == sum(s.found for s in files)


def test_the_boxes_have_the_keys_and_numbers_of_the_r_package() -> None:
    files = [
        source("aaaaaa", 4, 1, database="PubMed"),
        source("bbbbbb", 1, database="CENTRAL", kind="register"),
        source("cccccc", 2, kind="citation"),
    ]
    folded = ledger(
        exclude("e1", "aaaaaa-1", "lang"),
        *(decide(f"i{record}", record) for record in ("aaaaaa-2", "aaaaaa-3", "bbbbbb-1", "cccccc-1")),
        exclude("f1", "aaaaaa-2", "outcome", stage=FT),
        decide("f2", "aaaaaa-3", stage=FT),
        exclude("f3", "bbbbbb-1", "endpoint", stage=FT),
        decide("f4", "cccccc-1", stage=FT),
    )
    assert count(files, folded, BOTH).prisma() == {
        "previous_studies": None,
        "previous_reports": None,
        "database_results": 5,
        "database_specific_results": {"PubMed": 5},
        "register_results": 1,
        "register_specific_results": {"CENTRAL": 1},
        "website_results": 0,
        "organisation_results": 0,
        "citations_results": 2,
        "other_results": 0,
        "duplicates": 0,
        "excluded_automatic": 0,
        "excluded_other": 1,
        "records_screened": 5,
        "records_excluded": 1,
        "dbr_sought_reports": 3,
        "dbr_notretrieved_reports": 0,
        "other_sought_reports": 1,
        "other_notretrieved_reports": 0,
        "dbr_assessed": 3,
        "dbr_excluded": {"Wrong outcome": 2},
        "other_assessed": 1,
        "other_excluded": {},
        "new_studies": 2,
        "new_reports": 2,
        "total_studies": None,
        "total_reports": None,
    }


def test_without_the_full_text_stage_the_boxes_below_sought_are_none_not_zero() -> None:
    boxes = count([source("aaaaaa", 1)], ledger(decide("e1"), decide("e2", stage=FT)), SCREENING).prisma()
    assert (boxes["dbr_sought_reports"], boxes["other_sought_reports"]) == (1, 0)
    below = [key for key in boxes if key.startswith(("dbr_", "other_", "new_"))]
    below = [
        key for key in below if key not in ("dbr_sought_reports", "other_sought_reports", "other_results")
    ]
    assert len(below) == 8
    assert all(boxes[key] is None for key in below)


def test_full_texts_to_be_read_do_not_keep_a_title_abstract_review_interim() -> None:
    folded = ledger(decide("e1"))
    assert not count([source("aaaaaa", 1)], folded, SCREENING).interim
    assert count([source("aaaaaa", 1)], folded, BOTH).interim


@pytest.mark.parametrize("verdicts", [["maybe"], ["include", "exclude"], ["include", "maybe"], ["undecided"]])
def test_maybe_and_disagreement_are_pending_never_excluded_or_sought(verdicts: list[str]) -> None:
    votes = [decide(f"e{n}", verdict=verdict, by=f"by{n}") for n, verdict in enumerate(verdicts)]
    first = count([source("aaaaaa", 1)], ledger(*votes), BOTH).databases
    assert (first.pending_screening, first.excluded, first.sought) == (1, 0, 0)
    passed = decide("p", by="by0")
    at_full_text = [replace(vote, id=f"f{vote.id}", stage=FT) for vote in votes]
    second = count([source("aaaaaa", 1)], ledger(passed, *at_full_text), BOTH).databases
    assert (second.pending_assessment, second.sought, second.assessed) == (1, 1, 0)


def test_reasons_with_one_label_are_one_line_the_largest_first() -> None:
    counts = count([], Ledger(), BOTH)
    merged = counts.labelled({"outcome": 1, "endpoint": 2, "lang": 3, "gone": 9, "": 1})
    assert list(merged.items()) == [("gone", 9), ("Language", 3), ("Wrong outcome", 3), (NO_REASON, 1)]


def failing(files: list[Source], folded: Ledger) -> str:
    with pytest.raises(CountError, match="do not add up") as error:
        count(files, folded, BOTH)
    return str(error.value)


def test_decisions_on_more_records_than_were_imported_are_no_count() -> None:
    folded = ledger(decide("e1", "aaaaaa-1"), decide("e2", "aaaaaa-2"))
    assert "every record decided on was imported (1 against 0)" in failing([source("aaaaaa", 1)], folded)


def test_undecided_records_of_another_file_do_not_hide_that() -> None:
    folded = ledger(decide("e1", "aaaaaa-1"), decide("e2", "aaaaaa-2"))
    assert "decided on" in failing([source("aaaaaa", 1), source("bbbbbb", 9)], folded)


@pytest.mark.parametrize("kind", ["database", "website"])
def test_a_file_whose_records_are_not_all_accounted_for_is_no_count(kind: str) -> None:
    short, long = source("aaaaaa", 2, kind=kind), source("bbbbbb", 2, kind=kind)
    short.found, long.found = 3, 1
    assert "imported or listed (2 against 0)" in failing([short, long], Ledger())


def test_a_review_without_files_counts_nothing() -> None:
    counts = count([], Ledger(), BOTH)
    assert isinstance(counts, Counts)
    assert not counts.interim
    assert counts.databases.identified == counts.others.identified == 0


def test_two_files_of_one_database_are_one_line_of_the_figure() -> None:
    files = [source("aaaaaa", 2, database="PubMed"), source("bbbbbb", 3, database="PubMed")]
    assert count(files, Ledger(), BOTH).by_source == (("database", "PubMed", 5),)


def test_a_source_kind_of_a_later_version_is_counted_with_the_other_methods() -> None:
    counts = count([source("aaaaaa", 2, kind="preprint server")], Ledger(), BOTH)
    assert counts.others.identified == counts.prisma()["other_results"] == 2


def test_the_prefix_of_a_record_leads_to_its_source() -> None:
    assert {source_prefix(record) for record in records_of([source("aaaaaa", 3)])} == {"aaaaaa"}


def say(id: str, kind: str, record: str = "", **said: Any) -> Event:
    """An event by Ann that is no decision."""
    return Event(id=id, kind=kind, by="ann", record=record, body=said)


def test_every_box_of_an_updated_review_with_all_that_can_happen() -> None:
    files = [
        source("aaaaaa", 9, 1, database="PubMed"),
        source("bbbbbb", 3, database="Embase"),
        source("cccccc", 3, kind="website"),
    ]
    passed = ["aaaaaa-4", "aaaaaa-5", "aaaaaa-6", "aaaaaa-7", "aaaaaa-8", "cccccc-2", "cccccc-3"]
    folded = ledger(
        say("p1", "previous", studies=3, reports=5),
        say("d1", "duplicate", "bbbbbb-1", of="aaaaaa-4"),
        say("d2", "duplicate", "cccccc-1", of="aaaaaa-4"),
        say("r1", "remove", "aaaaaa-1", how="automation", rule="no study"),
        say("r2", "remove", "aaaaaa-2", how="other", rule="retracted"),
        say("s1", "stop", records=["aaaaaa-3", "bbbbbb-2"], rule="50 in a row", place="excluded"),
        say("s2", "stop", records=["aaaaaa-9"], rule="list ended"),
        exclude("x1", "bbbbbb-3", "lang"),
        *(decide(f"i{record}", record) for record in passed),
        say("n1", "retrieve", "aaaaaa-5", retrieved=False),
        say("n2", "retrieve", "cccccc-2", retrieved=False),
        exclude("f1", "aaaaaa-8", "outcome", stage=FT),
        *(decide(f"f{r}", r, stage=FT) for r in ("aaaaaa-4", "aaaaaa-6", "aaaaaa-7", "cccccc-3")),
        say("t1", "study", "aaaaaa-6", study="ALPHA"),
        say("t2", "study", "cccccc-3", study="ALPHA"),
    )
    counts = count(files, folded, BOTH)
    assert not counts.interim
    assert counts.prisma() == {
        "previous_studies": 3,
        "previous_reports": 5,
        "database_results": 13,
        "database_specific_results": {"PubMed": 10, "Embase": 3},
        "register_results": 0,
        "register_specific_results": {},
        "website_results": 2,
        "organisation_results": 0,
        "citations_results": 0,
        "other_results": 0,
        "duplicates": 1,
        "excluded_automatic": 2,
        "excluded_other": 2,
        "records_screened": 8,
        "records_excluded": 3,
        "dbr_sought_reports": 5,
        "dbr_notretrieved_reports": 1,
        "other_sought_reports": 2,
        "other_notretrieved_reports": 1,
        "dbr_assessed": 4,
        "dbr_excluded": {"Wrong outcome": 1},
        "other_assessed": 1,
        "other_excluded": {},
        "new_studies": 3,
        "new_reports": 4,
        "total_studies": 6,
        "total_reports": 9,
    }
    assert counts.databases.why(State.STOPPED) == {"50 in a row": 2}
    assert counts.databases.why(State.REMOVED_AUTOMATION) == {"no study": 1, "list ended": 1}


def test_duplicates_behind_a_record_of_no_file_are_no_count() -> None:
    folded = ledger(say("e1", "duplicate", "aaaaaa-1", of="gone-1"))
    assert "stands behind a record of the review (0 against 1)" in failing([source("aaaaaa", 1)], folded)


def test_previous_studies_beyond_their_reports_are_no_count_and_missing_ones_no_total() -> None:
    assert "previous" in failing([], ledger(say("e1", "previous", studies=3, reports=2)))
    counts = count([], ledger(say("e1", "previous", studies=3)), BOTH)
    assert (counts.total_studies, counts.total_reports) == (3, None)


def test_late_duplicates_leave_the_boxes_they_were_in() -> None:
    both = [decide("e1", "aaaaaa-1"), decide("e2", "aaaaaa-2")]
    full = [exclude("e3", "aaaaaa-1", "lang", stage=FT), exclude("e4", "aaaaaa-2", "lang", stage=FT)]
    link = say("e5", "duplicate", "aaaaaa-2", of="aaaaaa-1")
    boxes = count([source("aaaaaa", 2)], ledger(*both, *full, link), BOTH).prisma()
    assert (boxes["duplicates"], boxes["records_screened"], boxes["dbr_excluded"]) == (1, 1, {"Language": 1})


def test_a_report_of_a_study_of_the_previous_review_is_a_new_report_of_no_new_study() -> None:
    events = [decide(f"{stage}{n}", f"aaaaaa-{n}", stage=stage) for stage in STAGES for n in (1, 2, 3)]
    study = say("s1", "study", "aaaaaa-1", study="ALPHA", previous=True)
    again = say("s2", "study", "aaaaaa-2", study="ALPHA")
    before = say("p1", "previous", studies=4, reports=4)
    counts = count([source("aaaaaa", 3)], ledger(*events, study, again, before), BOTH)
    assert (counts.new_studies, counts.new_reports) == (1, 3)
    assert (counts.total_studies, counts.total_reports) == (5, 7)
    assert (counts.earlier_studies, counts.earlier_reports) == (1, 2)
    alone = count([source("aaaaaa", 3)], ledger(*events, study, again), BOTH)
    assert (alone.new_studies, alone.new_reports) == (2, 3), "no study is lost where no review is updated"
