"""`tamis simulate` from outside."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from defusedxml import ElementTree

from tamis.cli import cli
from tamis.services import ranking
from tests.services.ranking.making import collection

from .helpers import error, tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    texts, labels = collection(60, 9)
    lines = ["title,abstract,included"]
    lines += [f"{t.title},{t.abstract},{int(label)}" for t, label in zip(texts, labels, strict=True)]
    path = tmp_path / "set.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_it_says_how_good_the_order_is_and_draws_the_curve(labelled: Path) -> None:
    lines = tamis("simulate", labelled, "--ascii").stdout.splitlines()
    assert lines[0] == "set.csv: 60 labelled records, 9 relevant."
    assert lines[1].startswith("5 replays, 2 records known beforehand")
    told = [line.split()[0] for line in lines if "%" in line or line.startswith(("atd", "loss", "ndcg"))]
    assert told == ["recall@10%", "recall@20%", "recall@50%", "wss@95%", "atd", "loss", "ndcg"]
    assert any("*" in line for line in lines)
    assert lines[-1].rstrip().endswith("58")


def test_json_holds_what_was_shown_in_each_replay_and_is_the_same_each_time(labelled: Path) -> None:
    doc = tamis_json("simulate", labelled, "--seeds", 3)
    assert doc == tamis_json("simulate", labelled, "--seeds", 3)
    assert (doc["name"], doc["records"], doc["relevant"], doc["notes"]) == ("set.csv", 60, 9, [])
    assert [one["seed"] for one in doc["replays"]] == [1, 2, 3]
    for one in doc["replays"]:
        places = [*one["priors"], *one["order"]]
        assert len(set(places)) == len(places)
        assert set(places) <= set(range(1, 61))
        assert one["measures"]["recall@50%"] == 1
    losses = [one["measures"]["loss"] for one in doc["replays"]]
    assert doc["mean"]["loss"] == pytest.approx(sum(losses) / 3, abs=1e-4)


def test_the_curve_is_drawn_to_a_file_that_was_not_there(labelled: Path, tmp_path: Path) -> None:
    path = tmp_path / "curve.svg"
    tamis("simulate", labelled, "--seeds", 1, "--svg", path)
    drawn = ElementTree.fromstring(path.read_bytes())
    assert drawn.tag.endswith("svg")
    assert "screened (mean of 1 replay; dots: by chance)" in [text.text for text in drawn]
    assert "is there already" in error("simulate", labelled, "--svg", path, code=2)
    tamis("simulate", labelled, "--seeds", 1, "--svg", path, "--force")
    assert "is the labelled file itself" in error("simulate", labelled, "--svg", labelled, "--force", code=2)


def test_the_decisions_of_a_review_are_replayed_and_nothing_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "liver"
    tamis("demo", folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    doc = tamis_json("simulate", folder, "--seeds", 1)
    assert doc["records"] >= doc["relevant"] > 1
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_person_who_waits_is_told_how_many_replays_there_are_and_how_far_each_is(
    labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = SimpleNamespace(stderr=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("tamis.cli.simulating.sys", watched)
    result = CliRunner().invoke(cli, ["simulate", str(labelled), "--seeds", "2"])
    assert result.stderr.startswith("60 records are replayed with --seeds 2")
    assert "\rReplay 1 of 2: 0 of 8 relevant records found" in result.stderr
    assert "\rReplay 2 of 2: 0 of 8 relevant records found" in result.stderr
    assert "Replay" not in result.stdout.replace("replays", "")


def test_targets_are_told_of_where_a_rule_has_one(labelled: Path) -> None:
    def table(*rules: str) -> list[str]:
        said = tamis("simulate", labelled, "--seeds", 1, *(w for rule in rules for w in ("--stop", rule)))
        return said.stdout.splitlines()[-1 - len(rules) :]

    assert not any("target" in line for line in table("share:0.5", "consecutive:5"))
    head, share, tested = table("share:0.5", "callaghan:0.8,0.2")
    assert head.endswith("target missed")
    assert share.endswith("no target")
    assert tested.endswith("of 1")


@pytest.mark.parametrize("priors", ["1", "a,b", "1,1,1", "-1,1", ""])
def test_known_records_are_two_numbers(labelled: Path, priors: str) -> None:
    assert "two numbers are needed" in error("simulate", labelled, f"--priors={priors}", code=2)


def test_what_cannot_be_replayed_is_one_sentence(labelled: Path, tmp_path: Path) -> None:
    assert "asks for 9 relevant of 9" in error("simulate", labelled, "--priors", "9,1", code=2)
    text = labelled.read_text(encoding="utf-8")
    one = tmp_path / "one.csv"
    one.write_text("\n".join(text.splitlines()[:2]), encoding="utf-8")
    assert "one labelled record" in error("simulate", one, code=2)
    error("simulate", tmp_path / "nowhere.csv", code=3)


def test_without_numpy_the_sentence_says_how_to_get_it(
    labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "find_spec", lambda _name: None)
    assert "pip install 'tamis[rank]'" in error("simulate", labelled, code=2)


def test_hostile_names_and_texts_do_not_reach_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b]52;c;cm0=\x07 \u202e [b]"
    rows = [f'"{evil} tea {n}","{evil} {n % 7}",{int(n % 3 == 0)}' for n in range(12)]
    path = tmp_path / "hits\x1b[31m\u202e.csv"
    path.write_text("\n".join([f"title,abstract,included,{evil}", *rows]), encoding="utf-8")
    tamis("simulate", path, "--svg", tmp_path / "curve\x1b[31m.svg")
    assert "\x1b" not in (tmp_path / "curve\x1b[31m.svg").read_text(encoding="utf-8")
    assert json.loads(tamis("simulate", path, "--json").stdout)["records"] == 12
