"""The order by relevance while screening: learnt from own decisions, and the same everywhere."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from tamis.domain.events import Event, Kind, Order, Stage, Verdict
from tamis.domain.highlight import TermSet
from tamis.domain.ledger import Ledger
from tamis.domain.protocol import Protocol
from tamis.errors import UsageError
from tamis.services import ordering, ranking, relevance
from tamis.services.importing import import_files
from tamis.services.ranking.background import DAMAGED
from tamis.services.relevance import Relevance, hints_of
from tamis.services.report.facts import facts as facts_of
from tamis.services.screening import Session
from tamis.services.wording import shown_words
from tamis.store.review import Review
from tests.services.ranking.making import collection

from .helpers import add, author, make_review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SIZE, RELEVANT = 80, 12


def ris(size: int = SIZE, relevant: int = RELEVANT, *, abstracts: bool = True, seed: int = 1) -> str:
    """Records of which some are of tea."""
    lines = []
    for text in collection(size, relevant, seed)[0]:
        lines += ["TY  - JOUR", f"TI  - {text.title}"]
        lines += [f"AB  - {text.abstract}"] if abstracts else []
        lines += ["ER  - ", ""]
    return "\n".join(lines)


BARE = "Ordered by criteria until 1 include and 1 exclude. Few abstracts: titles decide."
LABELS = collection(SIZE, RELEVANT)[1]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[str], Review]]:
    """Makes reviews of files, and closes them."""
    reviews: list[Review] = []

    def make(text: str) -> Review:
        reviews.append(make_review(tmp_path / f"review-{len(reviews)}"))
        add(reviews[-1], tmp_path / f"{len(reviews)}.ris", text)
        return reviews[-1]

    yield make
    for review in reviews:
        review.close()


@pytest.fixture
def guided() -> Iterator[Callable[..., Relevance]]:
    """Guides sessions in the order by relevance, and ends with them."""
    guides: list[Relevance] = []

    def guide(session: Session, tell: Callable[[], None] = lambda: None) -> Relevance:
        if session.review.writable:
            ordering.begin_with(session, Order.RELEVANCE)
        guides.append(Relevance(session, tell))
        assert guides[-1].wait()
        return guides[-1]

    yield guide
    for each in guides:
        each.close()
    assert not [t for t in threading.enumerate() if t.name == "ranking"]


def decide(session: Session, guide: Relevance, times: int, verdict: Verdict | None = None) -> list[bool]:
    """Decide by the true labels, or always the same; whether each record was relevant."""
    found = []
    for _ in range(times):
        index = session.current
        assert index is not None
        found.append(LABELS[index])
        session.decide(verdict or (Verdict.INCLUDE if LABELS[index] else Verdict.EXCLUDE))
        assert guide.wait()
    return found


def order_of(session: Session, guide: Relevance) -> list[int]:
    """The whole list, with the newest ranking taken."""
    assert guide.wait()
    session.queue.move(0)
    return list(session.queue.every)


def test_what_is_relevant_comes_first_and_history_stays(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    was = []
    for n in range(40):
        was.append(session.current)
        decide(session, guide, 1)
        assert list(session.queue.every[: n + 1]) == was
        assert session.queue.cursor == n + 1
    assert sum(LABELS[index] for index in was if index is not None) == RELEVANT, "all in half of the reading"
    assert guide.sentence() == "Ordered by your decisions."


def test_each_decision_keeps_rank_and_model(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    decide(session, guide, 3)
    session.queue.move(1)
    session.queue.move(1)
    skipped = session.queue.every[3:5]
    event = session.decide(Verdict.EXCLUDE).event
    assert event.shown["rank"] == 2, "the best one was shown before, and the next one passed over"
    assert event.shown["of"] == SIZE - 4
    assert event.shown["order"] == "relevance"
    assert str(event.shown["model"]).startswith("ridge-")
    assert guide.wait()
    decide(session, guide, 1)
    assert list(session.queue.every[3:5]) == list(skipped), "what was passed over stays where it was shown"
    decisions = [e for e in session.review.events() if e.kind == Kind.DECIDE]
    assert len({e.shown.get("model") for e in decisions}) > 2, "each says which model"


def test_the_same_events_give_the_same_order_everywhere(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    review = made(ris())
    session = Session(review, author())
    guide = guided(session)
    decide(session, guide, 9)
    session.undo()
    decide(session, guide, 1)
    expected = order_of(session, guide)
    version = session.queue.model
    again = Session(review, author())
    assert order_of(again, guided(again)) == expected
    merged = Session(review, author(), ledger=Ledger(reversed(list(review.events()))))
    assert order_of(merged, guided(merged)) == expected
    for path in (review.folder / relevance.CACHE).iterdir():
        path.unlink()
    anew = Session(review, author())
    assert order_of(anew, guided(anew)) == expected, "what is kept can be deleted"
    assert anew.queue.model == version


def test_a_session_begins_with_a_ranked_record(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    review = made(ris())
    session = Session(review, author())
    decide(session, guided(session), 6)
    again = Session(review, author())
    guide = guided(again)
    guide.begin()
    assert again.queue.rank()["rank"] == 1
    assert again.queue.model


def test_only_own_decisions_count(made: Callable[[str], Review], guided: Callable[..., Relevance]) -> None:
    review = made(ris())
    ann = Session(review, author())
    decide(ann, guided(ann), 8)
    ben = Session(review, author("Ben"))
    guide = guided(ben)
    order_of(ben, guide)
    assert guide.sentence() == "Ordered by criteria until 1 include and 1 exclude."
    guide.ask()
    assert guide.wait()
    answer = guide.newest(ben.queue)
    assert answer is not None
    assert not answer.labelled


def test_undo_and_clearing_take_back_what_was_learnt(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    first = order_of(session, guide)[1:]
    session.decide(Verdict.MAYBE)
    session.queue.move(-1)
    session.decide(Verdict.UNDECIDED)
    session.queue.move(-1)
    assert order_of(session, guide)[1:] == first
    decide(session, guide, 1)
    session.undo()
    assert order_of(session, guide)[1:] == first
    assert session.queue.cursor == 0


def test_maybe_counts_as_relevant(made: Callable[[str], Review], guided: Callable[..., Relevance]) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    session.decide(Verdict.EXCLUDE)
    session.decide(Verdict.MAYBE)
    assert guide.wait()
    session.queue.move(0)
    assert guide.sentence() == "Ordered by your decisions."


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.INCLUDE, "Ordered by criteria until 1 exclude."),
        (Verdict.EXCLUDE, "Ordered by criteria until 1 include."),
    ],
)
def test_all_alike_is_said_and_screening_goes_on(
    made: Callable[[str], Review], guided: Callable[..., Relevance], verdict: Verdict, said: str
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    decide(session, guide, SIZE, verdict)
    assert session.progress().left == 0
    assert sorted(session.queue.every) == list(range(SIZE))
    assert guide.sentence() == said


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (None, "As imported until 1 include and 1 exclude: no criteria."),
        (Verdict.INCLUDE, "Ordered by likeness to the included until 1 exclude."),
        (Verdict.EXCLUDE, "As imported until 1 include: no criteria."),
    ],
)
def test_without_criteria_there_is_nothing_to_begin_with(
    made: Callable[[str], Review],
    guided: Callable[..., Relevance],
    monkeypatch: pytest.MonkeyPatch,
    verdict: Verdict | None,
    said: str,
) -> None:
    monkeypatch.setattr(relevance, "hints_of", lambda _: {})
    session = Session(made(ris()), author())
    guide = guided(session)
    if verdict:
        decide(session, guide, 2, verdict)
    order = order_of(session, guide)
    assert guide.sentence() == said
    if said.startswith("As imported"):
        assert order == list(range(SIZE))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ris(1, 1), "There is nothing to put in order: a list by relevance needs two records."),
        (
            ris(abstracts=False),
            "Ordered by criteria until 1 include and 1 exclude. Few abstracts: titles decide.",
        ),
        (
            "TY  - JOUR\nAU  - A, B\nER  - \n" * 3,
            "Ordered by criteria until 1 include and 1 exclude. Few abstracts: titles decide.",
        ),
    ],
    ids=["one record", "no abstracts", "no words"],
)
def test_little_to_go_by_is_said(
    made: Callable[[str], Review], guided: Callable[..., Relevance], text: str, said: str
) -> None:
    session = Session(made(text), author())
    guide = guided(session)
    session.queue.move(0)
    assert guide.sentence() == said
    session.decide(Verdict.INCLUDE)
    assert guide.wait()
    session.decide(Verdict.EXCLUDE)


def test_contradicting_decisions_on_equal_texts_are_said(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris() + ris()), author())
    guide = guided(session)
    ids = list(session.review.records.ids())
    session.queue.go_to(ids[3])
    session.decide(Verdict.INCLUDE)
    session.queue.go_to(ids[3 + SIZE])
    session.decide(Verdict.EXCLUDE)
    order_of(session, guide)
    assert guide.sentence() == "Ordered by your decisions. 2 on equal texts differ."


def test_ten_languages_do_no_harm(made: Callable[[str], Review], guided: Callable[..., Relevance]) -> None:
    words = (
        *("liver metastasis", "métastase hépatique", "Lebermetastase", "metástasis hepática", "肝転移 治療"),
        *("метастаз печени", "ηπατική μετάσταση", "نقائل الكبد", "간 전이", "karaciğer metastazı"),
    )
    text = "".join(
        f"TY  - JOUR\nTI  - {word} {n}\nAB  - {word}\nER  - \n" for n in range(4) for word in words
    )
    session = Session(made(text), author())
    guide = guided(session)
    for verdict in (Verdict.INCLUDE, Verdict.EXCLUDE):
        session.decide(verdict)
        assert guide.wait()
    assert sorted(order_of(session, guide)) == list(range(40))
    record = session.record
    assert record is not None
    assert record.title.startswith(words[0]), "the other records in the language of the included one"


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip", None], ids=["empty", "damaged", "version"])
def test_what_is_kept_is_made_anew_when_it_cannot_be_used(
    made: Callable[[str], Review], guided: Callable[..., Relevance], damage: bytes | None
) -> None:
    review = made(ris())
    session = Session(review, author())
    guide = guided(session)
    expected = order_of(session, guide)
    (kept,) = (review.folder / relevance.CACHE).iterdir()
    if damage is None:
        with np.load(kept) as arrays:
            other = {**arrays, "version": np.array("another")}
        with kept.open("wb") as out:
            np.savez(out, **other)
    else:
        kept.write_bytes(damage)
    said: list[str] = []
    again = Session(review, author())
    anew = Relevance(again, lambda: said.append(cast("Relevance", again.guide).sentence()))
    assert order_of(again, anew) == expected
    anew.close()
    assert f"{DAMAGED} Ranking; as imported until then." in said
    third = Session(review, author())
    guided(third, lambda: said.append("again"))
    assert DAMAGED not in "".join(said[said.index("again") :])


def test_without_numpy_it_says_how_to_get_it(
    made: Callable[[str], Review], guided: Callable[..., Relevance], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(made(ris()), author())
    monkeypatch.setattr(ranking, "available", lambda: False)
    with pytest.raises(UsageError, match=r"pip install 'tamis\[rank\]'"):
        ordering.choose(session, Order.RELEVANCE)
    assert session.review.event_count == 0
    monkeypatch.undo()
    ordering.choose(session, Order.RELEVANCE)
    monkeypatch.setattr(ranking, "available", lambda: False)
    guide = guided(session)
    assert "pip install 'tamis[rank]'" in guide.sentence()
    session.decide(Verdict.INCLUDE)
    assert list(session.queue.every) == list(range(SIZE))


def test_features_that_cannot_be_made_are_said(
    made: Callable[[str], Review], guided: Callable[..., Relevance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tamis.services.ranking.background.build_in_background", lambda *_: None)
    session = Session(made(ris()), author())
    guide = guided(session)
    assert guide.sentence().startswith("The order by relevance cannot be made: ")
    assert guide.sentence().endswith(" The order stays as it is.")
    session.decide(Verdict.INCLUDE)
    assert session.queue.cursor == 1


def test_a_review_that_is_only_read_is_not_written_to(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    review = made(ris())
    session = Session(review, author())
    ordering.choose(session, Order.RELEVANCE)
    session.decide_record(review.records.id_at(LABELS.index(True)), Verdict.INCLUDE)
    review.close()
    before = sorted(review.folder.rglob("*"))
    with Review.open(review.folder, write=False) as reading:
        session = Session(reading, author())
        assert order_of(session, guided(session)) != list(range(SIZE))
    assert sorted(review.folder.rglob("*")) == before


def test_leaving_ends_what_is_under_way(
    made: Callable[[str], Review], monkeypatch: pytest.MonkeyPatch
) -> None:
    review = made(ris())
    session = Session(review, author())
    ordering.choose(session, Order.RELEVANCE)
    started: list[Any] = []
    slow = "import time\nwhile True: print(1, flush=True); time.sleep(0.01)"
    real = subprocess.Popen

    def popen(_command: list[str], **options: Any) -> Any:
        started.append(real([sys.executable, "-c", slow], **options))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", popen)
    told = threading.Event()
    guide = Relevance(session, told.set)
    assert told.wait(20)
    guide.close()
    assert started
    assert started[0].poll() is not None
    assert not [t for t in threading.enumerate() if t.name == "ranking"]


def test_imported_records_join_the_list(
    made: Callable[[str], Review], guided: Callable[..., Relevance], tmp_path: Path
) -> None:
    review = made(ris())
    session = Session(review, author())
    guide = guided(session)
    decide(session, guide, 4)
    more = tmp_path / "more.ris"
    more.write_text(ris(30, 10, seed=2), encoding="utf-8")
    import_files(review, [more], author=session.author)
    session.reload()
    order = order_of(session, guide)
    assert sorted(order) == list(range(SIZE + 30))
    assert order[4:] != sorted(order[4:])
    assert len(list((review.folder / relevance.CACHE).iterdir())) == 1, "those of fewer are gone"


def test_why_names_terms_for_and_against(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    decide(session, guide, 20)
    why = guide.why()
    assert why.rank == 1
    assert why.of == SIZE - 20
    assert any(term.weight > 0 for term in why.terms)
    assert why.text.startswith("Ordered by your decisions.\n1 of 60. Model ridge-")
    assert "\n  ++++++++++ " in why.text or "\n  ---------- " in why.text
    session.queue.go(0)
    assert "Shown before." in guide.why().text
    ordering.choose(session, Order.TITLE)
    with pytest.raises(UsageError, match="not ordered by relevance"):
        guide.why()


def test_a_ranking_is_claimed_only_while_the_list_is_in_it(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    assert guide.sentence() == "Ranked; taken with the next record."
    decide(session, guide, 20)
    assert (guide.words(), guide.sentence()) == ("relevance", "Ordered by your decisions.")
    ordering.choose(session, Order.TITLE)
    ordering.choose(session, Order.RELEVANCE)
    assert guide.wait()
    assert not session.queue.model
    assert guide.words() == "ranking"
    assert guide.sentence() == "Ranked; taken with the next record."
    with pytest.raises(UsageError, match=r"Ranked; taken with the next record\."):
        guide.why()
    session.queue.move(0)
    assert (guide.words(), guide.sentence()) == ("relevance", "Ordered by your decisions.")
    assert guide.why().version == session.queue.model


def test_the_other_stage_has_a_ranking_of_its_own(tmp_path: Path, guided: Callable[..., Relevance]) -> None:
    with make_review(tmp_path / "both", stages=("title-abstract", "full-text")) as review:
        add(review, tmp_path / "both.ris", ris())
        session = Session(review, author())
        ordering.choose(session, Order.RELEVANCE)
        session.change_stage()
        ordering.choose(session, Order.RELEVANCE)
        session.change_stage()
        guide = guided(session)
        decide(session, guide, 20)
        assert guide.words() == "relevance"
        session.change_stage()
        assert (session.stage, guide.words()) == (Stage.FULL_TEXT, "ranking")
        with pytest.raises(UsageError, match="Rank"):
            guide.why()
        order_of(session, guide)
        assert guide.words() == "criteria"
        assert guide.why().version == session.queue.model


def test_a_decision_before_the_first_ranking_is_kept_and_reported_as_imported(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    ordering.choose(session, Order.RELEVANCE)
    first = session.decide(Verdict.INCLUDE).event
    assert "shown" not in first.body
    assert shown_words(first) == ""
    guide = guided(session)
    session.queue.move(0)
    decide(session, guide, 1)
    found = facts_of(session.review, session.ledger, made="2026-03-01T12:00:00Z", version="1")
    assert found.stages[0].shown == {"relevance": 1}
    body = {"verdict": "include", "shown": {"order": "relevance", "rank": 1, "of": 390}}
    unranked = Event(id="1", kind=Kind.DECIDE, by="Ann", body=body)
    assert shown_words(unranked) == "", "one of a trail that names no model"


def test_hints_come_from_criteria_question_and_terms() -> None:
    protocol = Protocol(
        question="Does ablation prolong survival?",
        include=("Adults with liver metastases",),
        exclude=("Children, or fewer than ten adults",),
        highlight=(
            TermSet("population", "red", ("colorectal", "random*", "wom?n", "/a|b/", "*itis", "of bile")),
            TermSet("To exclude", "green", ("rats", "survival")),
            TermSet("mice", "blue", ("murine",), "exclude"),
            TermSet("method", "cyan", ("cohort",), "neither"),
        ),
    )
    assert hints_of(protocol) == {
        **dict.fromkeys(("ablation", "prolong", "liver", "metastases"), True),
        **dict.fromkeys(("children", "rats", "survival", "murine"), False),
        **dict.fromkeys(("colorectal", "random*", "wom*", "of bile"), True),
    }


def test_filters_and_searches_follow_the_ranking(
    made: Callable[[str], Review], guided: Callable[..., Relevance]
) -> None:
    session = Session(made(ris()), author())
    guide = guided(session)
    decide(session, guide, 10)
    session.queue.filter("is:undecided tea")
    shown = list(session.queue.shown)
    assert shown == [i for i in session.queue.every if i in shown]
    session.decide(Verdict.EXCLUDE)
    assert guide.wait()
    session.decide(Verdict.EXCLUDE)
    assert sorted(session.queue.shown) == sorted(shown), "a ranking changes the order, not what is shown"
    assert list(session.queue.shown) == [i for i in session.queue.every if i in shown]
    session.queue.filter("")
    assert session.queue.next_undecided()
    assert session.vote() is None
