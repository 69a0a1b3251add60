"""The numbers of a review, their words, and what stopping writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Kind, Removal, Verdict
from tamis.domain.states import State
from tamis.domain.stopping import ranked_p, sample_order
from tamis.errors import UsageError
from tamis.services import facts, stopping
from tamis.services.importing import import_files
from tamis.services.reporting import counts
from tamis.services.screened import Screened
from tamis.services.screening import Session
from tamis.services.stopping_charts import discovery, pace, ranked_test, yield_of_late
from tamis.services.stopping_words import checklist, line, p_value, paragraphs
from tamis.store.review import Review

from .helpers import author, make_review, ris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORDS = 60


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Sixty records; the target is set before anything is decided."""
    with make_review(tmp_path / "review", stages=("title-abstract", "full-text")) as made:
        (tmp_path / "hits.ris").write_text(ris(*(f"Title {n}" for n in range(RECORDS))), encoding="utf-8")
        import_files(made, [tmp_path / "hits.ris"], author=author("Import"))
        protocol = made.folder / "protocol.toml"
        protocol.write_text(protocol.read_text(encoding="utf-8") + "\n[stopping]\ntarget = 0.8\nrisk = 0.2\n")
    with Review.open(tmp_path / "review", reviewer="Ann", now="2026-03-01T11:00:00Z") as opened:
        yield opened


@pytest.fixture
def session(review: Review) -> Session:
    """Ann's session."""
    return Session(review, author())


def decide(session: Session, word: str) -> None:
    """One decision a letter: `i` include, `m` maybe, `.` exclude."""
    verdicts = {"i": Verdict.INCLUDE, "m": Verdict.MAYBE, ".": Verdict.EXCLUDE}
    for letter in word:
        session.decide(verdicts[letter])


def watch(session: Session) -> stopping.Watch:
    return stopping.Watch(session.review, session.ledger)


def test_the_sequence_is_that_of_the_first_decisions(session: Session) -> None:
    """A changed decision keeps its place; a record that is undecided again has none; a watch follows."""
    followed = Screened(session.ledger, stopping.STAGE)
    ids = list(session.review.records.ids())
    decide(session, "i.m")
    followed.update()
    assert followed.records == {ids[0]: True, ids[1]: False, ids[2]: True}
    session.decide_record(ids[0], Verdict.EXCLUDE)
    session.decide_record(ids[1], Verdict.UNDECIDED)
    followed.update()
    assert followed.records == {ids[0]: False, ids[2]: True}
    session.undo()
    session.undo()
    session.undo()
    followed.update()
    assert followed.records == {ids[0]: True, ids[1]: False}
    session.save([session.event(Kind.DUPLICATE, ids[5], {"of": ids[1]})])
    followed.update()
    assert followed.records == Screened(session.ledger, stopping.STAGE).records
    ben = Session(session.review, author("Ben"), ledger=session.ledger)
    ben.decide_record(ids[1], Verdict.INCLUDE)
    followed.update()
    assert list(followed.records.values()) == [True, True]  # they disagree


def test_the_numbers(session: Session) -> None:
    seen = watch(session)
    decide(session, "i.i..m....")
    look = seen.look()
    assert (look.total, look.screened, look.relevant, look.in_a_row, look.left) == (60, 10, 3, 4, 50)
    assert look.ranked_p == ranked_p([c != "." for c in "i.i..m...."], 60, 0.8)
    assert (look.declared, look.decided_before, look.since) == (True, 0, "2026-03-01T11:00:00Z")
    assert look.numbers()["records"] == 60
    assert [check.id for check in checklist(look) if check.done] == ["tenth"]
    assert "before the first decision" in " ".join(paragraphs(look))
    assert paragraphs(look)[0].endswith("3 of them relevant; the last 4 in a row were irrelevant.")
    decide(session, "i.")
    assert paragraphs(seen.look())[0].endswith("the last one was irrelevant.")


def test_a_target_set_late_is_said(session: Session) -> None:
    decide(session, "i..")
    folder = session.review.folder
    session.review.close()
    text = (folder / "protocol.toml").read_text(encoding="utf-8")
    (folder / "protocol.toml").write_text(text.replace("0.8", "0.7"), encoding="utf-8")
    with Review.open(folder, reviewer="Ann", now="2026-03-02T11:00:00Z") as again:
        look = watch(Session(again, author())).look()
        assert (look.since, look.decided_before) == ("2026-03-02T11:00:00Z", 3)
        assert "set on 2026-03-02, after 3 decisions" in " ".join(paragraphs(look))


def test_a_target_that_no_stored_protocol_has_is_not_said_to_be_old(session: Session) -> None:
    """A look for reading stores nothing, so it knows no day."""
    decide(session, "i..")
    folder = session.review.folder
    session.review.close()
    text = (folder / "protocol.toml").read_text(encoding="utf-8")
    (folder / "protocol.toml").write_text(text.replace("0.8", "0.7"), encoding="utf-8")
    with Review.open(folder, write=False) as again:
        look = watch(Session(again, author())).look()
        assert (look.since, look.decided_before, look.stopping.target) == ("", 3, 0.7)
        assert "Its day is not kept yet" in " ".join(paragraphs(look))


def test_the_sample_is_screened_in_its_order(session: Session) -> None:
    """The next record is the next of the sample; the numbers follow it; undo goes back to the list."""
    decide(session, "iiii" + "." * 6)
    seen = watch(session)
    ids = list(session.review.records.ids())
    change = stopping.begin_sample(session, seen)
    order = sample_order(ids[10:], change.event.id)
    assert change.event.records == tuple(ids[10:])
    session.queue.next_undecided(here=True)
    for record in order[:3]:
        assert session.record_id == record
        decide(session, ".")
    look = seen.look()
    assert look.sample is not None
    assert (look.sample.pool, look.sample.screened, look.sample.found, look.sample.before) == (50, 3, 0, 4)
    assert look.sample_p is not None
    session.decide_record(order[5], Verdict.INCLUDE)  # out of turn: counted when the sample gets there
    look = seen.look()
    assert look.sample is not None
    assert (look.sample.screened, look.sample.found, look.relevant) == (3, 0, 5)
    decide(session, "..")
    look = seen.look()
    assert look.sample is not None
    assert (look.sample.screened, look.sample.found) == (6, 1)
    with pytest.raises(UsageError, match="drawn already"):
        stopping.begin_sample(session, seen)


def test_a_record_of_the_sample_that_is_undecided_again_comes_next(session: Session) -> None:
    decide(session, "i..")
    stopping.begin_sample(session, watch(session))
    first = session.record_id
    decide(session, "...")
    assert session.record_id != first
    assert first is not None
    session.queue.go_to(first)
    session.decide(Verdict.UNDECIDED)
    session.queue.next_undecided()
    assert session.record_id == first


def test_a_sample_that_was_enough_says_so_and_no_more(session: Session) -> None:
    decide(session, "i" * 12)
    seen = watch(session)
    stopping.begin_sample(session, seen)
    session.queue.next_undecided(here=True)
    needed = seen.look().needed
    decide(session, "." * (needed - 1))
    before = seen.look()
    decide(session, ".")
    after = seen.look()
    assert before.sample_p is not None
    assert after.sample_p is not None
    assert before.sample_p > 0.2 >= after.sample_p
    assert after.interval is not None
    assert after.interval.low >= 0.8
    assert "Not yet" in " ".join(paragraphs(before))
    said = " ".join(paragraphs(after))
    assert "You may stop" in said
    assert "does not prove" in said
    assert "recall at least 80" in line(after)


def test_records_that_came_later_are_not_in_the_sample(session: Session, tmp_path: Path) -> None:
    decide(session, "ii....")
    seen = watch(session)
    stopping.begin_sample(session, seen)
    session.queue.next_undecided(here=True)
    decide(session, "..i")
    (tmp_path / "more.ris").write_text(ris("New 1", "New 2"), encoding="utf-8")
    import_files(session.review, [tmp_path / "more.ris"], author=author("Again"))
    session.reload()
    seen = watch(session)
    look = seen.look()
    assert (look.outside, look.sample_p, look.interval) == (2, None, None)
    assert "2 undecided records came later" in " ".join(paragraphs(look))
    change = stopping.begin_sample(session, seen)
    assert change.event.number("level") == 2  # one find and one end of a sample
    assert len(change.event.records) == 62 - 9
    look = seen.look()
    assert look.sample is not None
    assert (look.outside, look.sample.level, look.sample_p) == (0, 2, 1.0)


def test_a_sample_that_was_undone_unused_costs_nothing_and_a_used_one_does(session: Session) -> None:
    decide(session, "i")
    seen = watch(session)
    stopping.begin_sample(session, seen)
    session.undo()
    assert seen.look().sample is None
    assert seen.level() == 0
    session.redo()
    session.queue.next_undecided(here=True)
    decide(session, ".")
    assert seen.level() == 1


def test_a_stop_has_its_numbers_and_place_and_can_be_taken_back(session: Session) -> None:
    decide(session, "i...")
    seen = watch(session)
    change = stopping.stop(session, seen, " three in a\nrow ", Removal.EXCLUDED, ["key-papers"])
    event = change.event
    assert (event.rule, len(event.records), event.body["checked"]) == ("three in a row", 56, ["key-papers"])
    numbers = event.body["numbers"]
    assert (numbers["screened"], numbers["in_a_row"], numbers["target"]) == (4, 3, 0.8)
    column = counts(session.review, session.ledger).databases
    assert column.why(State.STOPPED) == {"three in a row": 56}
    look = seen.look()
    assert (look.total, look.screened, look.unscreened, look.left) == (60, 4, 56, 0)
    said = "Screening was stopped on 2026-03-01 (three in a row): 56 records stay unscreened."
    assert said in paragraphs(look)
    assert len(session.queue) == 4
    with pytest.raises(UsageError, match="nothing to stop"):
        stopping.stop(session, seen, "again", Removal.AUTOMATION)
    with pytest.raises(UsageError, match=r"no stop of Ben to take back\. Ann stopped"):
        stopping.take_back(Session(session.review, author("Ben"), ledger=session.ledger))
    assert "three in a row" in stopping.take_back(session).words
    assert (len(session.queue), seen.look().stopped) == (60, None)
    session.redo()
    assert len(session.queue) == 4
    assert "screening stopped (three in a row)" in (session.undo() or change).words


def test_who_stands_for_a_report_changes_nothing_of_a_stop(session: Session) -> None:
    """A stop names every record of the reports that it leaves."""
    decide(session, "i...")
    ids = list(session.review.records.ids())
    for one, other in ((10, 11), (11, 12), (20, 21)):
        session.save([session.event(Kind.DUPLICATE, ids[other], {"of": ids[one]}, field=ids[one])])
    session.queue.renew()
    stopped = stopping.stop(session, watch(session), "enough", Removal.EXCLUDED)
    assert (stopping.left_by(stopped.event), len(stopped.event.records)) == (53, 56)
    assert "53 records stay unscreened" in stopped.words

    def left() -> tuple[int, int]:
        column = counts(session.review, session.ledger).databases
        return column.why(State.STOPPED)["enough"], watch(session).look().left

    assert left() == (53, 0)
    for record in (ids[12], ids[21]):
        facts.stand_for(session, record)
    assert left() == (53, 0)


def test_a_record_decided_after_a_stop_counts_as_decided(session: Session) -> None:
    decide(session, "i...")
    seen = watch(session)
    stopped = stopping.stop(session, seen, "enough", Removal.AUTOMATION).event
    session.decide_record(stopped.records[0], Verdict.INCLUDE)
    look = seen.look()
    assert (look.total, look.screened, look.relevant, look.unscreened, look.left) == (60, 5, 2, 55, 0)


def test_what_cannot_be_done_is_said(session: Session) -> None:
    seen = watch(session)
    with pytest.raises(UsageError, match="Say in words"):
        stopping.stop(session, seen, " \n ", Removal.AUTOMATION)
    decide(session, "." * RECORDS)
    with pytest.raises(UsageError, match="nothing to draw"):
        stopping.begin_sample(session, seen)
    look = seen.look()
    assert (look.left, look.needed, look.ranked_p) == (0, 0, 0)
    assert "Every record is decided: none is left to be missed." in paragraphs(look)
    full = Session(session.review, author("Ben"), stage="full-text")
    with pytest.raises(UsageError, match="title and abstract"):
        stopping.begin_sample(full, seen)


def test_an_empty_review_has_nothing_to_stop(tmp_path: Path) -> None:
    with make_review(tmp_path / "empty") as review:
        look = stopping.Watch(review, Session(review, author()).ledger).look()
        assert paragraphs(look) == ["There are no records to screen."]
        assert line(look) == ""
        assert len(discovery(look, 60, 8)) == 8


def test_words_never_say_zero_and_never_promise() -> None:
    assert [p_value(p) for p in (0, 0.00001, 0.0123, 0.5)] == ["< 0.001", "< 0.001", "0.012", "0.50"]


def test_charts_of_a_review(session: Session) -> None:
    assert len(discovery(watch(session).look(), 60, 10)) == 10
    decide(session, "ii..i......")
    look = watch(session).look()
    for lines in (discovery(look, 60, 10, ascii=True), yield_of_late(look, 60, 10), pace([9, 8, 7], 60, 10)):
        assert len(lines) == 10
        assert max(map(len, lines)) <= 60
    assert discovery(look, 60, 10, ascii=True)[1].startswith("3 | ")


def test_the_chart_of_the_ranked_test_falls_once_nothing_more_is_found(session: Session) -> None:
    """From 1 at the start down to the p of now; nothing screened is drawn, too."""
    total = watch(session).look().total
    assert len(ranked_test(watch(session).look(), 60, 10)) == 10
    decide(session, "i" + "." * (total - 1))
    look = watch(session).look()
    assert look.ranked_p == 0
    rows = ranked_test(look, 60, 10, ascii=True)[1:8]
    assert rows[0].startswith("1 |*")
    assert rows[-1].startswith("0 |")
    assert rows[-1].rstrip().endswith("*")
