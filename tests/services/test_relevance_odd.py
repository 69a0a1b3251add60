"""The order by relevance where there is little to learn from, or something is missing or damaged."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from tamis.domain.events import Order, Verdict
from tamis.errors import UsageError
from tamis.services import ordering, ranking, relevance
from tamis.services.ranking.background import DAMAGED
from tamis.services.relevance import Relevance
from tamis.services.screening import Session
from tamis.store.review import Review

from .guiding import LABELS, SIZE, decide, order_of, ris
from .helpers import author

if TYPE_CHECKING:
    from collections.abc import Callable


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
    imported = said.startswith("As imported")
    assert guide.words() == ("as imported" if imported else "relevance")
    if imported:
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
    assert guide.words() == "not ranked"
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
