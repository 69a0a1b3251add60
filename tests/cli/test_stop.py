"""`tamis stop`: the numbers, the sample, the stop, and each of them taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.helpers import ris

from .helpers import error, tamis, tamis_json
from .test_poison import POISON

if TYPE_CHECKING:
    from pathlib import Path


NOBODY = "holds 28 records that nobody screened: a rule stopped the screening."


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """Thirty records, two of them decided."""
    folder = tmp_path / "review"
    (tmp_path / "hits.ris").write_text(ris(*(f"Title {n}" for n in range(30))), encoding="utf-8")
    tamis("init", folder, "--title", "Liver", "--reviewer", "Ann")
    tamis("import", folder, tmp_path / "hits.ris", "--database", "PubMed")
    prefix = tamis_json("summary", folder)["sources"][0]["sha256"][:6]
    tamis("decide", folder, f"{prefix}-1", "include")
    tamis("decide", folder, f"{prefix}-2", "exclude")
    return folder


def test_a_look_changes_nothing_and_says_all(review: Path) -> None:
    before = {path: path.read_bytes() for path in review.iterdir() if path.is_file()}
    said = tamis("stop", review).stdout
    assert "2 of 30 records are screened (6.7 %), 1 of them relevant" in said
    assert "The protocol sets no target" in said
    assert "relevant found" in said
    assert "[?] All key papers known beforehand are among the relevant  (key-papers)" in said
    assert max(map(len, said.splitlines())) <= 78
    doc = tamis_json("stop", review)
    assert (doc["records"], doc["screened"], doc["in_a_row"], doc["declared"]) == (30, 2, 1, False)
    assert (doc["event"], doc["stopped"]) == (None, [])
    assert "once 5 relevant ones were found in the order by relevance" in " ".join(said.split())
    assert (doc["likely_left"]["expected"], doc["likely_left"]["low"]) == (None, None)
    assert {path: path.read_bytes() for path in review.iterdir() if path.is_file()} == before


def test_sample_then_stop_then_back(review: Path) -> None:
    said = tamis("stop", review, "--sample").stdout
    assert said == "Random sample of 28 records: its order is followed\n"
    assert tamis_json("stop", review)["sample"]["pool"] == 28
    assert "drawn already" in error("stop", review, "--sample", code=2)
    rule = "random sample, 95 % recall"
    doc = tamis_json("stop", review, "--rule", rule, "--place", "excluded", "--checked", "key-papers")
    assert [(s["by"], s["rule"], s["records"]) for s in doc["stopped"]] == [("Ann", rule, 28)]
    summary = tamis_json("summary", review)
    assert summary["stages"]["title-abstract"]["stopped"] == 28
    assert {"state": "stopped", "rule": rule, "by": ["Ann"], "n": 28} in summary["removed"]
    assert f'"Records excluded" {NOBODY}' in summary["notes"]
    assert (
        f"Screening was stopped on {summary_day(review)} ({rule}): 28 records" in tamis("stop", review).stdout
    )
    assert tamis("stop", review, "--back").stdout == f"Taken back: screening stopped ({rule})\n"
    assert tamis_json("summary", review)["stages"]["title-abstract"]["stopped"] == 0
    assert "no stop of Ann" in error("stop", review, "--back", code=2)
    tamis("check", review)


def test_a_stop_that_no_sample_supports_is_made_with_its_numbers_said(review: Path) -> None:
    result = tamis("stop", review, "--rule", "nonsense")
    assert "Stopped" in result.stdout
    assert "no random sample shows 95 % recall. 2 of 30 records are screened (6.7 %)" in result.stderr


def test_lines_are_as_wide_as_the_terminal(review: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tamis.cli.reporting.terminal_width", lambda: 50)
    said = tamis("stop", review).stdout
    assert max(map(len, said.splitlines())) <= 50
    assert "(key-papers)" in said


def summary_day(review: Path) -> str:
    """The day of the stop."""
    return str(tamis_json("stop", review)["stopped"][0]["at"])[:10]


def test_a_stop_before_screening_is_counted_as_automation(review: Path) -> None:
    tamis("stop", review, "--rule", "50 in a row")
    summary = tamis_json("summary", review)
    assert summary["removed"] == [
        {"state": "removed-automation", "rule": "50 in a row", "by": ["Ann"], "n": 28}
    ]
    assert f'"Records marked as ineligible by automation tools" {NOBODY}' in summary["notes"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--rule", "x", "--back"), "at a time"),
        (("--checked", "key-papers"), "give --rule, too"),
        (("--rule", "x", "--checked", "all"), "all is not one of these: random-set"),
        (("--rule", " "), "Say in words by which rule"),
    ],
)
def test_calls_that_cannot_be_carried_out_change_nothing(
    review: Path, args: tuple[str, ...], words: str
) -> None:
    assert words in error("stop", review, *args, code=2)
    assert tamis_json("stop", review)["stopped"] == []


@pytest.mark.parametrize("text", POISON)
def test_a_hostile_rule_cannot_steer_the_terminal(review: Path, text: str) -> None:
    """The helper refuses any output with a control character in it."""
    tamis("stop", review, "--rule", f"rule {text}".replace("\x00", ""))
    for command in ("stop", "summary", "log"):
        tamis(command, review)
        tamis(command, review, "--json")
    tamis("stop", review, "--back")


def test_simulate_says_where_rules_would_have_stopped(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    rows = [f"{'liver' if n % 4 else 'moon'} study {n},{int(not n % 4)}" for n in range(40)]
    path = tmp_path / "labelled.csv"
    path.write_text("\n".join(["title,label_included", *rows]), encoding="utf-8")
    rules = ("share:0.5", "callaghan-sample:0.8,0.2,3")
    doc = tamis_json("simulate", path, "--seeds", "2", *(word for rule in rules for word in ("--stop", rule)))
    assert [(stop["rule"], len(stop["replays"])) for stop in doc["stops"]] == [(rule, 2) for rule in rules]
    assert doc["stops"][0]["screened"] == 0.5
    said = tamis("simulate", path, "--seeds", "1", "--stop", rules[0]).stdout
    assert said.splitlines()[-1].split()[:2] == ["share:0.5", "50.0%"]
    assert "is no stopping rule" in error("simulate", path, "--stop", "knee", code=2)
