"""`tamis dedupe`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.helpers import error, tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path

ONE = """\
TY  - JOUR
TI  - Microwave ablation or resection of small liver metastases: a randomised trial
AU  - Novak, Lenka
AU  - Okonkwo, Chidi
PY  - 2021
JO  - Journal of Invented Hepatology
VL  - 58
SP  - 211
EP  - 223
DO  - 10.5555/jih.2021.1037
ER  -
"""
OTHER = "TY  - JOUR\nTI  - Cryotherapy of warts in schoolchildren\nPY  - 1999\nER  - \n"


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    """A review of three records, two of which are one report."""
    (tmp_path / "a.ris").write_text(ONE + "\n" + OTHER, encoding="utf-8")
    (tmp_path / "b.ris").write_text(ONE.replace("randomised", "randomized"), encoding="utf-8")
    folder = tmp_path / "r"
    tamis("init", folder, "--title", "T", "--reviewer", "Ann")
    tamis("import", folder, tmp_path / "a.ris", tmp_path / "b.ris")
    return folder


def test_without_auto_nothing_is_stored(twice: Path) -> None:
    said = tamis("dedupe", twice).stdout
    assert "3 records: 1 certain pair of" in said
    assert "--auto" in said
    tamis("dedupe", twice, "--auto", "--dry-run")
    assert tamis_json("summary", twice)["prisma"]["duplicates"] == 0


def test_auto_links_once(twice: Path) -> None:
    account = tamis_json("dedupe", twice, "--auto")
    assert (account["records"], account["certain"], account["linked"]) == (3, 1, 1)
    assert account["pairs"][0]["why"]
    assert tamis_json("dedupe", twice, "--auto")["linked"] == 0
    prisma = tamis_json("summary", twice)["prisma"]
    assert (prisma["duplicates"], prisma["records_screened"]) == (1, 2)
    tamis("check", twice)


def test_links_are_taken_back_by_the_batch(twice: Path, tmp_path: Path) -> None:
    """The newest first, as often as there is one; a later --auto leaves the pair to a person."""
    tamis("dedupe", twice, "--auto")
    (tmp_path / "c.ris").write_text(ONE.replace("JO  -", "KW  - liver\nJO  -"), encoding="utf-8")
    (tmp_path / "d.ris").write_text(ONE.replace("58", "058"), encoding="utf-8")
    tamis("import", twice, tmp_path / "c.ris", tmp_path / "d.ris")
    second = tamis_json("dedupe", twice, "--auto")["linked"]
    assert second > 1
    assert tamis_json("summary", twice)["prisma"]["duplicates"] == 3
    assert tamis_json("dedupe", twice, "--back") == {"taken_back": second}
    assert tamis_json("summary", twice)["prisma"]["duplicates"] == 1
    said = tamis("dedupe", twice, "--back").stdout
    assert said == "1 link by the rule taken back. Its pair waits for a person: key D in `tamis screen`.\n"
    assert tamis_json("summary", twice)["prisma"]["duplicates"] == 0
    assert "nothing was taken back" in tamis("dedupe", twice, "--back").stdout
    later = tamis_json("dedupe", twice, "--auto")
    assert (later["linked"], later["certain"]) == (0, 0)
    assert later["questions"] > 0
    assert "--back goes without" in error("dedupe", twice, "--auto", "--back", code=2)
    tamis("check", twice)


def test_the_trail_names_both_records_and_how_many_links_were_taken_back(twice: Path) -> None:
    tamis("dedupe", twice, "--auto")
    (event,) = (json.loads(line) for line in tamis("log", twice, "--json").stdout.splitlines())
    ends = (event["record"], event["body"]["of"])
    said = tamis("log", twice).stdout
    assert f"rule:duplicates-1  linked as a duplicate of {ends[1]}  {ends[0]}" in said
    assert (
        tamis("log", twice, "--record", ends[0]).stdout
        == tamis("log", twice, "--record", ends[1]).stdout
        == said
    )


def test_what_was_linked_is_not_said_to_wait(twice: Path) -> None:
    said = tamis("dedupe", twice, "--auto").stdout
    assert "3 records: 1 certain pair of duplicates, linked by the rule.\n" in said
    assert "not linked yet" not in said


def test_truth_scores_it(twice: Path, tmp_path: Path) -> None:
    pair = tamis_json("dedupe", twice)["pairs"][0]
    truth = tmp_path / "truth.csv"
    truth.write_text(f"record,group\n{pair['first']},1\n{pair['second']},1\n", encoding="utf-8")
    quality = tamis_json("dedupe", twice, "--truth", truth)["quality"]
    assert quality["certain"] == {"precision": 1.0, "sensitivity": 1.0, "wrong": 0, "missed": 0}
    truth.write_text("id\n1\n", encoding="utf-8")
    assert "needs the columns record" in error("dedupe", twice, "--truth", truth, code=2)
