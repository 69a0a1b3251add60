"""Screening line by line: the same session without a screen, for screen readers, dumb terminals and pipes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Kind, Order, Removal
from tamis.domain.protocol import Reason
from tamis.errors import NotSavedError
from tamis.services import facts, ordering
from tamis.services.stopping import Watch, begin_sample
from tamis.tui.plain import HELP, PlainSession
from tests.services.test_linking import AGAIN, TRIAL
from tests.tui import reviews
from tests.tui.test_duplicates import LIKELY, PAPER
from tests.tui.test_poison import forbidden

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.services.screening import Session


def answers(session: Session, *commands: str) -> list[str]:
    """What is answered to commands, without the first record."""
    out = io.StringIO()
    plain = PlainSession(session, out)
    plain.run(io.StringIO("\n".join([*commands, ""])))
    return out.getvalue().split("\n")


def said(session: Session, *commands: str) -> str:
    """Everything that is answered, in one text."""
    return "\n".join(answers(session, *commands))


def verdicts(session: Session, n: int) -> list[str]:
    return [str(session.row(k).verdict) for k in range(n)]


def test_a_whole_session(session: Session) -> None:
    """From the first record to leaving: what is decided, said, and left."""
    lines = answers(session, "i", "e language", "2", "m", "e", "u", "q", "i")
    assert lines[0] == "Record 1 of 14. 0 of 14 decided, 0.0 %, 0 included."
    assert (
        "Title: Microwave ablation or resection of colorectal liver metastases: a matched cohort study"
        in lines
    )
    assert "exclude (Not in a language we read) – Radiofrequency ablation without an abstract" in lines
    assert any(line.startswith("Undone: exclude – A title that goes on") for line in lines)
    assert lines[-2] == "4 of 14 decided. Everything is on disk."
    assert verdicts(session, 6) == ["include", "exclude", "exclude", "maybe", "undecided", "undecided"]


def test_an_order_by_relevance_that_an_undo_brings_back_is_ranked(session: Session) -> None:
    pytest.importorskip("numpy")
    ordering.choose(session, Order.RELEVANCE)
    ordering.choose(session, Order.TITLE)
    lines = answers(session, "o", "u", "o", "w")
    assert "The records are by title." in lines
    assert "The records are by relevance." not in lines, "it says how far the ranking is"
    assert not any("not ordered by relevance" in line for line in lines)


def test_why_a_record_of_the_random_sample_comes_up(session: Session) -> None:
    begin_sample(session, Watch(session.review, session.ledger))
    assert "1 of 14 in the random sample, which goes before any other order." in said(session, "w", "q")


def test_what_a_decision_does_not_do_is_said(session: Session) -> None:
    one, other, gone = (session.review.records.id_at(n) for n in range(3))
    session.save([session.event(Kind.DUPLICATE, other, {"of": one}, field=one)])
    facts.remove(session, [gone], Removal.OTHER, "Retracted")
    session.queue.renew()
    session.queue.show(lambda record: record in (other, gone), "some")
    session.queue.go(0)
    lines = answers(session, "i", "m", "q")
    assert f"Decision: duplicate of {one}" in lines
    assert f"Decision: duplicate of {one}; include" not in lines, "the next one comes at once"
    assert any(line.startswith(f"{one} stands for it: include") for line in lines)
    assert "Decision: removed before screening (Retracted)" in lines
    assert f"{gone} was removed: put it back before you decide." in lines


def test_likely_duplicates_are_asked_about_one_by_one(tmp_path: Path) -> None:
    """The answers are those of the app, and so is what undo may take back."""
    with reviews.make(tmp_path / "review", records=[TRIAL, PAPER, AGAIN, LIKELY]) as review:
        made = reviews.session(review)
        lines = answers(made, "i", "D", "u", "i", "", "y", "u", "n", "u", "y", "q", "q")
        assert made.progress().decided == 1, "a letter means an answer here, and undo no decision"
        assert "1 pair is certain: `tamis dedupe --auto` links it." in lines
        assert "Your last action was no answer and no link." in lines
        assert any(line.startswith("i is no answer. y the same report") for line in lines)
        assert "Same title: Evening light and the sleep of night nurses" in lines
        assert lines[(year := lines.index("year, first: 1999")) : year + 2] == [
            "year, first: 1999",
            "year, second: 1998",
        ]
        assert [line for line in lines if line in ("Duplicates.", "Different reports.")] == [
            "Duplicates.",
            "Different reports.",
            "Duplicates.",
        ]
        assert len([line for line in lines if line.startswith("Undone: ")]) == 2
        assert lines.count("No pair waits for an answer. u undo, q back to the records.") == 3
        assert (made.duplicates, made.progress().total) == (1, 3)
        assert lines[-2] == "1 of 3 decided. Everything is on disk."
        assert made.record_id == review.records.id_at(1), "where it was left"


def test_no_hostile_text_of_a_pair_is_said(tmp_path: Path) -> None:
    poison = [replace(one, title=f"{one.title} \x1b[2J\u202e") for one in (PAPER, LIKELY)]
    with reviews.make(tmp_path / "review", records=poison) as review:
        lines = answers(reviews.session(review), "D", "\x1b[2J", "q")
        assert any("night nurses" in line for line in lines)
        assert not [line for line in lines if forbidden(line)]


def test_the_end_of_the_input_is_leaving(session: Session) -> None:
    assert answers(session, "i")[-2] == "1 of 14 decided. Everything is on disk."


def test_every_line_answers_at_once(session: Session) -> None:
    """Each answer is written out before the next command is read: screen readers hear it."""

    class Watched(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            """Count."""
            self.flushed += 1
            super().flush()

    out = Watched()
    PlainSession(session, out).run(io.StringIO("i\nq\n"))
    assert out.flushed >= 4


def test_a_record_is_read_out_whole(session: Session) -> None:
    """Everything a reviewer needs, each with its name; the decision with its reason, note and labels."""
    text = said(session, "2", "k", "n odd numbers", "l key, rare", "p")
    for part in (
        "Decision: exclude, because: Wrong study design",
        "Labels: key, rare",
        "Note: odd numbers",
        "Authors: Ahlqvist, Mia; Brandt, Otto; Costa, Lia; Duval, Jean; Eze, Ngozi",
        "Published: 2021, Invented Journal of Liver Surgery, journal article",
        "DOI: 10.5555/tamis.1",
        "PMID: 39000001",
        "Abstract: BACKGROUND",
        "Keywords: liver neoplasms; ablation techniques",
    ):
        assert part in text
    assert "Mind: no abstract in the file" in said(session, "j")


@pytest.mark.parametrize(
    ("commands", "answer"),
    [
        (["?"], HELP),
        (["x"], "decision cleared"),
        (["u"], "There is nothing to undo."),
        (["r"], "There is nothing to do again."),
        (["i", "u", "r"], "Done again: include"),
        (["9"], "9 is not a reason; there are: 1 Wrong population; 2 "),
        (["e nonsense"], "nonsense is not a reason"),
        (["e Wrong population"], "exclude (Wrong population)"),
        (["n"], "There is no note."),
        (["n some words", "n"], "some words"),
        (["n some words", "n -"], "note removed"),
        (["n -"], "Nothing changed."),
        (["l"], "There are no labels."),
        (["l a, b", "l"], "a, b"),
        (["l a", "l -"], "labels removed"),
        (["j"], "Record 2 of 14"),
        (["j", "j", "k"], "Record 2 of 14"),
        (["i", "k", "t"], "Record 2 of 14"),
        (["g 7"], "Record 7 of 14"),
        (["g"], "Write g and a number"),
        (["g x"], "Write g and a number"),
        (["g 99"], "Record 14 of 14"),
        (["/ octogenarians"], "Record 8 of 14"),
        (["/octogenarians"], "Record 8 of 14"),
        (["/ zzz"], "Nothing in this list holds zzz."),
        (["/ participants", "."], "Record 10 of 14"),
        (["/ participants", ","], "Record 14 of 14"),
        (["."], "No other match."),
        (["f year:2018"], "1 record shown."),
        (["f year:2018", "f"], "14 records shown."),
        (["f zzz"], "No record matches; the list stays as it was."),
        (["f is:nonsense"], "is:nonsense is not known"),
        (["a"], "C5: a field of its own"),
        (["c"], "Include: Adults with liver metastases"),
        (["c"], "Reason 3: Not in a language we read"),
        (["s"], "records screened: 14"),
        (["s"], "interim: 14 still to be decided"),
        (["include"], "include is not a command"),
        (["i think so"], "i think so is not a command"),
        (["ii"], "ii is not a command"),
        (["1x"], "1x is not a command"),
        (["é"], "é is not a command"),
    ],
)  # fmt: skip
def test_each_command_answers(commands: list[str], answer: str, session: Session) -> None:
    assert answer in said(session, *commands)


def test_every_command_is_in_the_help(session: Session) -> None:
    """A command that the help does not name is found by nobody."""
    commands = PlainSession(session, io.StringIO())._commands
    shown = HELP.split()
    assert [c for c in commands if c not in shown] == []


def test_an_empty_line_reads_the_record_again_and_decides_nothing(session: Session) -> None:
    assert said(session, "", "").count("Title: Microwave") == 3
    assert session.review.event_count == 0


def test_all_decided(session: Session) -> None:
    assert "No undecided record in this list." in said(session, *["i"] * 14, "t")


def test_an_empty_review(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "none", []) as review:
        text = said(
            reviews.session(review), "i", "e", "1", "n x", "l x", "j", "t", "/ x", ".", "f x", "a", "s"
        )
        assert "There is no record in this list." in text
        assert "There is no record here to decide on." in text


def test_a_full_disk_is_said_and_nothing_moves(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_events: object) -> None:
        raise NotSavedError("No space left on device. Nothing was saved.")

    monkeypatch.setattr(session.review, "add_events", full)
    text = said(session, "i", "n words", "p")
    assert text.count("No space left on device") == 2
    assert session.queue.cursor == 0
    assert "0 of 14 decided. Everything is on disk." in text


@pytest.mark.parametrize("n", range(len(reviews.POISON)))
def test_nothing_hostile_is_written(n: int, tmp_path: Path) -> None:
    """Whatever stands in records, notes, protocol and commands: no control character is written."""
    text = reviews.POISON[n]
    with reviews.make(tmp_path / "review", reviews.poison_records([text, "calm"])) as review:
        review.protocol = replace(
            review.protocol, title=text, include=(text,), exclude=(text,), reasons=(Reason("poison", text),)
        )
        session = reviews.session(review, text or "nobody")
        line = text.split("\n")[0].replace("\r", "")
        out = said(
            session, "1", "k", f"n {line}", "n", f"l {line}", "l", "p", "a", "c", "s", f"e {line}", "u", "u",
            f"/ {line}", f"f title:{line}", "f", line, f"g {line}", "q",
        )  # fmt: skip
        assert not forbidden(out.replace("\n", ""))
        assert "Traceback" not in out


def test_lit_terms_are_counted_marked_and_changed(session: Session) -> None:
    text = said(session, "h place: liver metastas*, /abla\\w+/", "h")
    assert "2 terms added to place." in text
    assert "\nLit: 1 place 8\n" in text
    assert "Title: Microwave [ablation] or resection of colorectal [liver metastases]: a matched" in text
    assert "Keywords: liver neoplasms · [ablation] techniques" in text
    text = said(session, "h design: cohort, ???", "h", "h -place: /abla\\w+/")
    assert "colorectal [1 liver metastases]: a matched [2 cohort] study" in text
    assert "Lit: 1 place 2, 2 design 1\nNot lit: design: ??? (no letter and no digit)" in text
    assert "There is no term" in said(session, "h -place: nothing")
    text = said(session, "h -place", "u", "u", "r")
    assert "set place deleted." in text
    assert "Undone: set place deleted" in text
    assert "Done again: /abla\\w+/ removed from place" in text
    assert "There is no set nowhere" in said(session, "h -nowhere")
    assert "Write the name of a set" in said(session, "h nothing")


def test_what_else_was_changed_in_the_protocol_is_said_to_wait(session: Session) -> None:
    path = session.review.folder / "protocol.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("(invented)", "(other)"), encoding="utf-8")
    text = said(session, "h design: cohort", "h -design: cohort")
    assert text.count("protocol.toml was changed elsewhere, too: apart from terms") == 2
    assert "(invented)" in session.review.protocol.title


def test_full_texts_line_by_line(session: Session) -> None:
    """Not retrieved, several reasons with one primary, the study, and back to the other stage."""
    session.review.protocol = replace(session.review.protocol, stages=("title-abstract", "full-text"))
    commands = (
        "i",
        "i",
        "i",
        "F",
        "N",
        "e",
        "e 2, 1",
        "S ALPHA",
        "p",
        "S",
        "S -",
        "S",
        "N",
        "k",
        "k",
        "N",
        "F",
    )
    text = said(session, *commands)
    assert "Full text. Record 1 of 3. 0 of 3 decided" in text
    assert "not retrieved – Microwave" in text
    assert "0 of 3 decided, 33.3 %, 0 included, 1 not retrieved." in text
    assert "A full text is excluded with a reason" in text
    assert "exclude (Wrong study design" in text
    assert "; also Wrong population) – Radiofrequency" in text
    assert "study ALPHA – 结" in text
    assert "\nStudy: ALPHA\n" in text
    assert "\nALPHA\n" in text
    assert "No study is named." in text
    assert "\nDecision: not retrieved\n" in text
    assert "retrieved – Microwave" in text
    assert "Title/abstract. Record 4 of 14" in text
