"""The demo: made once, opened again, kept apart from real reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.errors import UsageError
from tamis.services.checking import check
from tamis.services.demo import decide_all, demo_review, sample_folder
from tamis.services.reporting import summary
from tamis.services.screening import Session

from .helpers import author, make_review

if TYPE_CHECKING:
    from pathlib import Path


def test_the_whole_job_on_the_sample_data(tmp_path: Path) -> None:
    review, accounts = demo_review(tmp_path / "demo", author(""))
    with review:
        assert [(a.file, a.found, a.imported) for a in accounts] == [
            ("pubmed-like.ris", 36, 36),
            ("embase-like.ris", 23, 23),
            ("saved-page.txt", 1, 1),
        ]
        session = Session(review, author("Demo"))
        assert decide_all(session) == 60
        stage = summary(review, session.ledger)["stages"]["title-abstract"]
        assert (stage["include"], stage["exclude"], stage["maybe"], stage["undecided"]) == (24, 34, 2, 0)
        assert all(f.ok for f in check(review))
        assert decide_all(session) == 0


def test_a_second_start_opens_the_same_review(tmp_path: Path) -> None:
    demo_review(tmp_path / "demo", author(""))[0].close()
    review, accounts = demo_review(tmp_path / "demo", author(""))
    with review:
        assert all(a.skipped for a in accounts)
        assert len(review.records) == 60


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    make_review(tmp_path / "real").close()
    with pytest.raises(UsageError, match="another review"):
        demo_review(tmp_path / "real", author(""))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    with pytest.raises(UsageError, match="not empty"):
        demo_review(tmp_path / "full", author(""))
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["thesis.txt"]


def test_sample_data_is_found() -> None:
    assert (sample_folder() / "decisions.csv").is_file()
