"""Names of reviewers that differ in case or spaces only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Verdict
from tamis.services.reviewers import namesake
from tests.cli.helpers import tamis
from tests.tui import reviews

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["ann", "ANN", " Ann", "A nn"])
def test_a_new_reviewer_is_told_of_a_namesake(tmp_path: Path, name: str) -> None:
    with reviews.make(tmp_path / "review") as review:
        assert "is another reviewer than Ann" in namesake(review, name)
        assert namesake(review, "Ann") == namesake(review, "Anna") == namesake(review, "") == ""


def test_one_who_was_there_first_is_told_nothing(tmp_path: Path) -> None:
    with reviews.make(tmp_path / "review") as review:
        for by in ("Ben", "ben"):
            reviews.session(review, by).decide(Verdict.INCLUDE)
        assert namesake(review, "Ben") == ""
        assert "than Ben" in namesake(review, "ben")


def test_it_is_said_once_on_stderr(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    reviews.make(folder).close()
    result = tamis("dedupe", folder, "--auto", "--reviewer", "ann", "--json")
    assert result.stderr.count("ann is another reviewer than Ann") == 1
