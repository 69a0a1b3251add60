"""Replays: labels from files and reviews, known records, what is measured, and what cannot be replayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Verdict
from tamis.errors import FormatError, UsageError
from tamis.services import simulating
from tamis.services.ranking.features import Features
from tamis.services.ranking.ranker import Ranker
from tamis.services.screening import Session
from tests.services.helpers import add, author, make_review, ris
from tests.services.ranking.making import collection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def table(path: Path, rows: Sequence[tuple[str, str, str]]) -> Path:
    lines = ["title,abstract,label_included", *(f'"{t}","{a}",{label}' for t, a, label in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def labelled(path: Path, size: int = 80, relevant: int = 12) -> Path:
    texts, labels = collection(size, relevant)
    rows = zip(texts, labels, strict=True)
    return table(path, [(text.title, text.abstract, str(int(label))) for text, label in rows])


def test_a_replay_shows_each_record_once_until_all_are_found(tmp_path: Path) -> None:
    found = simulating.labelled_file(labelled(tmp_path / "set.csv"))
    assert (len(found.labels), found.relevant, found.notes) == (80, 12, [])
    known = simulating.priors(found.labels, 1)
    assert [found.labels[row] for row in known] == [True, False]
    replay = simulating.replay(Ranker(Features.build(found.texts)), found.labels, known, seed=1)
    assert len(set(replay.order) | set(known)) == len(replay.order) + 2
    assert [found.labels[row] for row in replay.order] == list(replay.found[: len(replay.order)])
    assert found.labels[replay.order[-1]]
    assert (len(replay.found), sum(replay.found)) == (78, 11)
    assert replay.measured()["loss"] < 0.1
    doc = simulating.to_doc(found, [replay])
    assert doc["mean"] == doc["replays"][0]["measures"]
    assert (doc["curve"][0], doc["curve"][-1]) == ([0, 0], [78, 11])


def test_known_records_are_drawn_by_the_seed_alone() -> None:
    labels = [n % 5 == 0 for n in range(100)]
    assert simulating.priors(labels, 7, 2, 3) == (30, 10, 66, 7, 53)
    assert simulating.priors(labels, 7) != simulating.priors(labels, 8)
    assert simulating.priors(labels, 7, 0, 0) == ()
    with pytest.raises(UsageError, match="20 relevant of 20"):
        simulating.priors(labels, 7, 20, 1)


def test_without_known_records_a_replay_begins_with_the_import(tmp_path: Path) -> None:
    found = simulating.labelled_file(labelled(tmp_path / "set.csv"))
    replay = simulating.replay(Ranker(Features.build(found.texts)), found.labels, ())
    first = found.labels.index(True)
    assert replay.order[: first + 1] == tuple(range(first + 1))
    assert sum(replay.found) == 12


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", "b", "1")] * 3, "all 3 labelled records are included; a replay needs some that are excluded"),
        ([("a", "b", "0")] * 3, "all 3 labelled records are excluded; a replay needs some that are included"),
        ([("a", "b", "1")], "has one labelled record"),
        ([("a", "b", "")] * 3, "says of no record whether it was included"),
    ],
)
def test_what_cannot_be_replayed_is_a_sentence(
    tmp_path: Path, rows: list[tuple[str, str, str]], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        simulating.labelled_file(table(tmp_path / "set.csv", rows))


def test_what_is_odd_is_said_and_replayed(tmp_path: Path) -> None:
    rows = [("tea", "", "1"), ("tea", "", "0"), ("iron", "", "0"), ("tea leaf", "", "1"), ("nobody", "", "")]
    found = simulating.labelled_file(table(tmp_path / "set.csv", rows))
    assert found.notes == [
        "1 record without include or exclude left out.",
        "No record has an abstract: the order rests on titles alone.",
        "1 text is labelled both ways: no order can tell such records apart.",
    ]
    assert found.places == [1, 2, 3, 4]


def test_labels_that_contradict_each_other_are_left_out(tmp_path: Path) -> None:
    with make_review(tmp_path / "review") as review:
        add(review, tmp_path / "hits.ris", ris("Tea", "Leaves of tea", "Iron", "Steel", "Open"))
        for by, verdicts in (("Ann", "ieei"), ("Ben", "iee")):
            session = Session(review, author(by))
            for place, verdict in enumerate(verdicts):
                session.queue.go(place)
                if verdict == "i":
                    session.decide(Verdict.INCLUDE)
                else:
                    session.decide(Verdict.EXCLUDE, ["design"])
        ben = Session(review, author("Cem"))
        ben.queue.go(0)
        ben.decide(Verdict.EXCLUDE, ["design"])
        found = simulating.labelled_review(review)
    assert found.labels == [False, False, True]
    assert found.places == [2, 3, 4]
    assert "1 record with both include and exclude left out." in found.notes
    assert "1 record without include or exclude left out." in found.notes


def test_the_label_is_the_last_decision_unless_a_stage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text(
        "title,abstract,label_abstract_screening,label_included\na,b,1,1\nc,d,1,0\ne,f,0,0\n",
        encoding="utf-8",
    )
    assert simulating.labelled_file(path).labels == [True, False, False]
    assert simulating.labelled_file(path, "title-abstract").labels == [True, True, False]


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        simulating.labelled_file(tmp_path / "nowhere.csv")
