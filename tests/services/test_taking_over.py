"""Decisions from other tools in a review: with their records or alone, and never twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Verdict
from tamis.domain.ledger import Ledger
from tamis.domain.record import Decision
from tamis.errors import ExitCode, NotSavedError
from tamis.formats import Hint
from tamis.services.carried import carried_events, event_id
from tamis.services.importing import import_files
from tamis.services.linking import Linking
from tamis.services.screening import Session
from tamis.services.taking_over import import_decisions

from .helpers import add, author, make_review

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tamis.domain.events import Event
    from tamis.domain.ledger import Outcome
    from tamis.store.review import Review

STAGE = "title-abstract"


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with make_review(tmp_path / "review") as made:
        yield made


def ris(*records: tuple[str, str, str]) -> str:
    return "".join(
        f"TY  - JOUR\nTI  - {t}\nPY  - 2020\nDO  - {d}\n{more}ER  - \n\n" for t, d, more in records
    )


PLAIN = ris(("One", "10.1000/1", ""), ("Two", "10.1000/2", ""), ("Three", "10.1000/3", ""))
RAYYAN = ris(
    (
        "Two",
        "10.1000/2",
        'N1  - RAYYAN-INCLUSION: {"Bo"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: Wrong design\n',
    ),
    ("One", "10.1000/1", 'N1  - RAYYAN-INCLUSION: {"Bo"=>"Included"} | RAYYAN-LABELS: rct\n'),
    ("Elsewhere", "10.1000/9", 'N1  - RAYYAN-INCLUSION: {"Bo"=>"Maybe"}\n'),
    ("Never seen", "10.1000/8", ""),
)


def outcomes(review: Review) -> list[Outcome]:
    ledger = Ledger(review.events())
    return [ledger.outcome(record.id, STAGE) for record in review.records]


def test_decisions_alone_go_to_the_records_that_are_here(review: Review, tmp_path: Path) -> None:
    add(review, tmp_path / "search.ris", PLAIN)
    (tmp_path / "rayyan.ris").write_text(RAYYAN)
    (account,) = import_decisions(review, [tmp_path / "rayyan.ris"], author=author())
    assert (account.found, account.imported, account.decisions, account.known) == (4, 0, 2, 0)
    assert (len(review.sources), len(review.records)) == (1, 3)
    assert outcomes(review) == ["include", "exclude", "undecided"]
    ledger = Ledger(review.events())
    vote = ledger.votes(review.records[1].id, STAGE)["Bo"]
    assert (vote.reasons, vote.body["from"], vote.body["file"]) == (("design",), account.sha256, "rayyan.ris")
    assert ledger.labels(review.records[0].id, "Bo") == ("rct",)
    doc = account.to_doc()
    assert [(u["line"], u["title"]) for u in doc["unmatched"]] == [(15, "Elsewhere")]
    assert (doc["decisions"], account.code) == (2, ExitCode.ATTENTION)
    assert json.loads(json.dumps(doc)) == doc


def test_the_same_file_again_adds_nothing(review: Review, tmp_path: Path) -> None:
    add(review, tmp_path / "search.ris", PLAIN)
    (tmp_path / "rayyan.ris").write_text(RAYYAN)
    import_decisions(review, [tmp_path / "rayyan.ris"] * 2, author=author())
    before = [e.to_doc() for e in review.events()]
    (account,) = import_decisions(review, [tmp_path / "rayyan.ris"], author=author("Cem"))
    assert (account.decisions, account.known) == (0, 2)
    assert [e.to_doc() for e in review.events()] == before
    (tmp_path / "later.ris").write_text(RAYYAN + "\n")
    (account,) = import_decisions(review, [tmp_path / "later.ris"], author=author())
    assert (account.decisions, account.known) == (0, 2)


def test_a_decision_that_could_not_be_saved_is_not_taken_for_known(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same decisions in the next file are stored, though those of the first never reached the disk."""
    add(review, tmp_path / "search.ris", PLAIN)
    names = ("first.ris", "second.ris")
    for name in names:
        (tmp_path / name).write_text(RAYYAN)
    store, calls = review.add_events, iter((True, False))

    def full_once(events: Sequence[Event]) -> None:
        if next(calls):
            raise NotSavedError("Not saved: the disk is full.")
        store(events)

    monkeypatch.setattr(review, "add_events", full_once)
    first, second = import_decisions(review, [tmp_path / name for name in names], author=author())
    assert (first.decisions, first.known, first.code) == (0, 0, ExitCode.STORAGE)
    assert (second.decisions, second.known) == (2, 0)
    assert outcomes(review) == ["include", "exclude", "undecided"]


def test_a_later_export_supersedes_an_earlier_one_but_not_what_was_decided_here(
    review: Review, tmp_path: Path
) -> None:
    add(review, tmp_path / "search.ris", PLAIN)
    (tmp_path / "first.ris").write_text(RAYYAN)
    import_decisions(review, [tmp_path / "first.ris"], author=author())
    Session(review, author("Bo")).decide_record(review.records[1].id, Verdict.MAYBE)
    (tmp_path / "second.ris").write_text(RAYYAN.replace("Included", "Maybe").replace("Excluded", "Included"))
    (account,) = import_decisions(review, [tmp_path / "second.ris"], author=author())
    assert account.decisions == 2
    assert outcomes(review) == ["maybe", "maybe", "undecided"]
    assert [e.seq for e in review.events()] == list(range(1, review.event_count + 1))


def test_two_copies_of_a_review_give_the_same_events(tmp_path: Path) -> None:
    (tmp_path / "search.ris").write_text(PLAIN)
    (tmp_path / "rayyan.ris").write_text(RAYYAN)
    ids = []
    for name in ("ann", "bob"):
        with make_review(tmp_path / name) as copy:
            import_files(copy, [tmp_path / "search.ris"], author=author(name))
            import_decisions(copy, [tmp_path / "rayyan.ris"], author=author(name))
            ids.append([e.id for e in copy.events()])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0]) == 3


def test_a_decision_on_a_report_with_two_records_here_needs_no_guess(review: Review, tmp_path: Path) -> None:
    """A record that two databases gave is several records until they are linked, and then one report."""
    add(review, tmp_path / "search.ris", PLAIN)
    add(review, tmp_path / "other.ris", ris(("One", "10.1000/1", "ID  - 7\n")))
    (tmp_path / "rayyan.ris").write_text(RAYYAN)
    (account,) = import_decisions(review, [tmp_path / "rayyan.ris"], author=author(), dry_run=True)
    assert (account.decisions, len(account.unmatched)) == (1, 2)
    linking = Linking(Session(review, author()))
    linking.look()
    assert linking.link_certain() == 1
    (account,) = import_decisions(review, [tmp_path / "rayyan.ris"], author=author())
    assert (account.decisions, len(account.unmatched)) == (2, 1)
    assert outcomes(review) == ["include", "exclude", "undecided", "include"]


def test_two_lines_for_one_record_that_disagree_are_listed(review: Review, tmp_path: Path) -> None:
    add(review, tmp_path / "search.ris", PLAIN)
    twice = ris(
        ("One", "10.1000/1", "N1  - ASReview_relevant\n"), ("One", "10.1000/1", "N1  - ASReview_irrelevant\n")
    )
    (tmp_path / "a.ris").write_text(twice)
    (account,) = import_decisions(review, [tmp_path / "a.ris"], author=author())
    assert (account.decisions, len(account.unmatched)) == (1, 1)
    assert "line 1 of the file" in account.unmatched[0].why
    assert outcomes(review)[0] == "include"


def test_a_rehearsal_stores_nothing_and_a_file_without_decisions_is_said(
    review: Review, tmp_path: Path
) -> None:
    add(review, tmp_path / "search.ris", PLAIN)
    (tmp_path / "rayyan.ris").write_text(RAYYAN)
    (account,) = import_decisions(review, [tmp_path / "rayyan.ris"], author=author(), dry_run=True)
    assert (account.decisions, review.event_count) == (2, 0)
    accounts = import_decisions(review, [tmp_path / "search.ris", tmp_path / "gone.ris"], author=author())
    assert "--as included" in accounts[0].error
    assert "no file" in accounts[1].error
    (account,) = import_decisions(
        review, [tmp_path / "search.ris"], author=author(), hint=Hint(verdict="exclude")
    )
    assert outcomes(review) == ["exclude"] * 3


def test_a_plain_import_takes_decisions_along_and_hints_at_records_that_are_here(
    review: Review, tmp_path: Path
) -> None:
    first = add(review, tmp_path / "rayyan.ris", RAYYAN)
    assert (first.imported, first.decisions, first.hint) == (4, 3, "")
    again = add(review, tmp_path / "rayyan2.ris", RAYYAN + "\n")
    assert "3 of the 3 records with decisions" in again.hint
    assert again.to_doc()["hint"] == again.hint
    assert review.records[1].notes == ()


def test_ids_sort_before_those_of_tamis_and_by_when_they_were_made() -> None:
    early = event_id("s", "r-1", "Ann", STAGE, "decide", made="2020-01-01T00:00:00Z")
    late = event_id("s", "r-1", "Ann", STAGE, "decide", made="2025-01-01T00:00:00Z")
    unknown = event_id("s", "r-1", "Ann", STAGE, "decide")
    assert unknown < early < late < "0190a000-0000-7000-8000-000000000000"
    assert [i[14] for i in (early, late, unknown)] == ["8"] * 3
    assert event_id("s", "r-1", "Ann", STAGE, "decide", place=1) > unknown
    assert event_id("s", "r-1", "Ann", STAGE, "decide", made="3999-01-01T00:00:00Z") < "0190"


def test_two_decisions_of_one_reviewer_in_a_file_are_two_events(review: Review) -> None:
    made = [
        event
        for place, verdict in enumerate(("exclude", "include"))
        for event in carried_events(
            Decision(by="Ann", verdict=verdict),
            "r-1",
            place=place,
            sha256="s",
            author=author(),
            protocol=review.protocol,
            body={"from": "s"},
        )
    ]
    assert len({e.id for e in made}) == 2
    assert Ledger(made).outcome("r-1", STAGE) == "include"
