"""What people say of a source: it stands beside the file, is counted by, kept in the trail, and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.ledger import Ledger
from tamis.domain.record import SOURCE_FACTS, Source
from tamis.errors import FormatError, NotSavedError, UsageError
from tamis.services.catalogue import told
from tamis.services.checking import check
from tamis.services.prisma_s import FACT_WORDS, missing
from tamis.services.reporting import summary
from tamis.services.screening import Session
from tamis.services.sourcing import checked, named, read_strategy, tell
from tamis.store.review import Review

from .helpers import add, author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Two files of one database, one of a register that was taken for a database."""
    with make_review(tmp_path / "review") as made:
        add(made, tmp_path / "a.ris", ris("A1", "A2"), database="Embase")
        add(made, tmp_path / "b.ris", ris("B1"), database="Embase")
        add(made, tmp_path / "c.ris", ris("C1"), database="Trials")
        yield made


def sources(review: Review) -> list[Source]:
    return list(told(review.sources, Ledger(review.events())))


def test_all_files_of_a_name_are_meant_and_the_newest_word_stands(review: Review) -> None:
    ledger = Ledger(review.events())
    written = tell(review, ledger, author(), named(review, ledger, "embase"), {"platform": " Ovid\x1b[31m "})
    assert [e.body["was"] for e in written] == ["", ""]
    tell(review, ledger, author("Ben"), named(review, ledger, "b.ris"), {"platform": "Elsevier"})
    assert [s.platform for s in sources(review)] == ["Ovid␛[31m", "Elsevier", ""]
    assert [s.platform for s in review.sources] == [""] * 3
    assert tell(review, ledger, author(), named(review, ledger, "a.ris"), {"platform": "Ovid␛[31m"}) == []
    assert tell(review, ledger, author(), named(review, ledger, "c.ris"), {"platform": ""}) == []
    assert all(finding.ok for finding in check(review))


def test_a_corrected_kind_moves_the_records_to_its_box(review: Review) -> None:
    ledger = Ledger(review.events())
    tell(review, ledger, author(), named(review, ledger, "Trials"), {"kind": "register", "database": "WHO"})
    doc = summary(review, ledger)
    assert (doc["prisma"]["database_results"], doc["prisma"]["register_specific_results"]) == (3, {"WHO": 1})
    assert [s["kind"] for s in doc["sources"]] == ["database", "database", "register"]
    session = Session(review, author(), ledger=ledger)
    assert session.queue.filter("source:who") == 1


def test_it_is_undone_as_any_other_action(review: Review) -> None:
    session = Session(review, author())
    trials = named(review, session.ledger, "Trials")
    tell(review, session.ledger, session.author, trials, {"searched": "2026-01-02"})
    change = session.undo()
    assert change is not None
    assert "day of the search of source" in change.words
    assert sources(review)[2].searched == ""
    assert session.redo() is not None
    assert sources(review)[2].searched == "2026-01-02"


def test_a_source_that_is_not_there_is_a_fault(review: Review) -> None:
    ledger = Ledger(review.events())
    tell(review, ledger, author(), [Source(sha256="ff", prefix="ffffff", file="x")], {"platform": "Ovid"})
    assert any("a source that is not there" in f.what for f in check(review) if not f.ok)


def test_what_is_missing_is_noted(review: Review) -> None:
    ledger = Ledger(review.events())
    facts = {"platform": "Ovid", "searched": "2026-01-02", "strategy": "1. a\n2. b", "limits": "none"}
    tell(review, ledger, author(), named(review, ledger, "Embase"), facts)
    (note,) = [f.what for f in check(review) if f.note and "PRISMA-S" in f.what]
    assert note.startswith("Trials: PRISMA-S asks for platform, day of the search, search strategy, limits")
    site = Source(sha256="", prefix="", file="f", kind="website")
    assert missing(site) == ("database", "searched", "strategy")
    assert set(FACT_WORDS) == set(SOURCE_FACTS)


@pytest.mark.parametrize("day", ["2026-13-01", "1 October 2026", "2026"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(UsageError, match="write it as 2026-10-01"):
        checked({"searched": day})


def test_unknown_sources_and_kinds_are_refused(review: Review) -> None:
    with pytest.raises(UsageError, match="it has: Embase, Trials"):
        named(review, Ledger(), "Scopus")
    with pytest.raises(UsageError, match="not a kind"):
        checked({"kind": "journal"})


def test_nothing_is_written_to_a_review_open_for_reading(review: Review) -> None:
    with Review.open(review.folder, write=False) as reading, pytest.raises(NotSavedError):
        tell(reading, Ledger(), author(), reading.sources, {"platform": "Ovid"})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_strategy_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "s.txt"
    path.write_bytes("1. métastas$.ti,ab.\r\n\r\n2. “liver” and 1\r\n".encode(encoding))
    assert read_strategy(path) == "1. métastas$.ti,ab.\n2. “liver” and 1"


def test_a_strategy_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "blank.txt").write_text(" \n ")
    (tmp_path / "long.txt").write_bytes(b"x" * ((1 << 20) + 1))
    for name in ("empty.txt", "blank.txt", "gone.txt", "."):
        with pytest.raises(FormatError):
            read_strategy(tmp_path / name)
    with pytest.raises(UsageError, match="too long"):
        read_strategy(tmp_path / "long.txt")
