"""Facts about reports from a script: said, shown, taken back, or refused with nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.domain.events import Kind
from tamis.services.screening import Session
from tamis.store.review import Review
from tests.services.helpers import author, ris

from .helpers import error, tamis, tamis_json
from .test_commands import ids
from .test_poison import POISON

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sought(folder: Path) -> tuple[Path, list[str]]:
    """A review with both stages whose three records are sought, and their ids."""
    protocol = folder / "protocol.toml"
    text = protocol.read_text(encoding="utf-8")
    protocol.write_text(text.replace('["title-abstract"]', '["title-abstract", "full-text"]'))
    records = ids(folder)
    for record in records:
        tamis("decide", folder, record, "include")
    return folder, records


def boxes(folder: Path) -> dict[str, object]:
    """The boxes of the flow."""
    found = tamis_json("summary", folder)["prisma"]
    assert isinstance(found, dict)
    return found


def events(folder: Path) -> int:
    """How many events there are."""
    return len(tamis("log", folder, "--json").stdout.splitlines())


def test_reports_that_could_not_be_had(sought: tuple[Path, list[str]]) -> None:
    folder, (one, two, three) = sought
    result = tamis("retrieve", folder, one, two, "--not")
    assert result.stdout.splitlines() == [f"{one} not retrieved – First", f"{two} not retrieved – Second"]
    assert boxes(folder)["dbr_notretrieved_reports"] == 2
    doc = tamis_json("retrieve", folder, one, three)
    assert [(e["kind"], e["record"], e["body"]) for e in doc["events"]] == [
        ("retrieve", one, {"retrieved": True})
    ]
    again = tamis("retrieve", folder, one)
    assert (again.stdout, again.stderr) == ("", "Nothing was written: that stands already.\n")


def test_a_decision_goes_where_it_counts_or_says_that_it_does_not(sought: tuple[Path, list[str]]) -> None:
    """To the record that stands for a duplicate; nowhere if removed; ahead of time with a remark."""
    folder, (one, two, three) = sought
    with Review.open(folder) as review:
        session = Session(review, author())
        session.save([session.event(Kind.DUPLICATE, two, {"of": one}, field=one)])
    result = tamis("decide", folder, two, "exclude")
    assert result.stdout == f"{one} exclude by Ann: First\n"
    assert result.stderr == f"{one} stands for it.\n"
    assert tamis_json("decide", folder, two, "maybe")["record"] == one
    assert boxes(folder)["records_excluded"] == 0
    result = tamis("decide", folder, one, "include", "--stage", "full-text")
    assert result.stderr == "It counts once included on title and abstract.\n"
    tamis("remove", folder, three, "--how", "other", "--why", "Retracted")
    count = events(folder)
    assert f"{three} was removed: put it back" in error("decide", folder, three, "exclude", code=2)
    assert events(folder) == count


def test_a_full_text_is_excluded_with_reasons_in_their_order(sought: tuple[Path, list[str]]) -> None:
    folder, (one, *_) = sought
    full = ("--stage", "full-text")
    assert "excluded with a reason" in error("decide", folder, one, "exclude", *full, code=2)
    protocol = folder / "protocol.toml"
    ours = '\n[[reasons]]\nid = "off-topic"\nlabel = "Off topic"\nstage = "title-abstract"\n'
    protocol.write_text(protocol.read_text(encoding="utf-8") + ours, encoding="utf-8")
    said = error("decide", folder, one, "exclude", *full, "--reason", "off-topic", code=2)
    assert "off-topic is not a reason at full text" in said
    reasons = ("--reason", "wrong-outcome", "--reason", "Wrong population", "--reason", "wrong-outcome")
    doc = tamis_json("decide", folder, one, "exclude", *full, *reasons)
    assert doc["body"]["reasons"] == ["wrong-outcome", "wrong-population"]
    assert boxes(folder)["dbr_excluded"] == {"Wrong outcome": 1}
    out = tamis("decide", folder, one, "exclude", *full, *reasons[2:]).stdout
    assert "exclude (Wrong population; also Wrong outcome)" in out


def test_reports_of_one_study(sought: tuple[Path, list[str]]) -> None:
    folder, (one, two, three) = sought
    for record in (one, two, three):
        tamis("decide", folder, record, "include", "--stage", "full-text")
    tamis("link-study", folder, one, two, "--study", "ALPHA")
    assert (boxes(folder)["new_studies"], boxes(folder)["new_reports"]) == (2, 3)
    tamis("link-study", folder, two, "--study", "ALPHA", "--previous")
    assert boxes(folder)["new_studies"] == 2
    assert "1 study of included reports is said to be of the previous review" in tamis("check", folder).stdout
    tamis("previous", folder, "--studies", 4)
    assert boxes(folder)["new_studies"] == 1
    assert f"{two} of no study – Second" in tamis("link-study", folder, two, "--none").stdout
    assert boxes(folder)["new_studies"] == 3
    for options in ((), ("--study", " "), ("--study", "A", "--none")):
        assert "--none" in error("link-study", folder, one, *options, code=2)


def test_records_are_removed_before_screening_and_put_back(sought: tuple[Path, list[str]]) -> None:
    folder, (one, two, _) = sought
    tamis("remove", folder, one, "--how", "automation", "--why", "not in humans")
    tamis("remove", folder, two, "--how", "other", "--why", "retracted")
    found = boxes(folder)
    assert (found["excluded_automatic"], found["excluded_other"], found["records_screened"]) == (1, 1, 1)
    assert "not in humans" in tamis("summary", folder).stdout
    assert f"{two} put back – Second" in tamis("remove", folder, two, "--back").stdout
    assert "was not removed" in error("remove", folder, two, "--back", code=2)
    for options in ((), ("--how", "other"), ("--why", "x"), ("--back", "--why", "x")):
        error("remove", folder, one, *options, code=2)


def test_another_record_stands_for_its_duplicates(sought: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, (one, two, _) = sought
    assert "has no duplicates" in error("stands", folder, one, code=2)
    assert "name one" in error("stands", folder, one, two, code=2)
    (tmp_path / "again.ris").write_text(ris("First", AB="The same report."), encoding="utf-8")
    tamis("import", folder, tmp_path / "again.ris")
    assert tamis_json("dedupe", folder, "--auto")["linked"] == 1
    members = {p["of"] for p in _bodies(folder) if "of" in p} | {one}
    for member in sorted(members):
        assert tamis_json("stands", folder, member)["events"][0]["record"] == member


def _bodies(folder: Path) -> list[dict[str, str]]:
    import json

    return [json.loads(line).get("body", {}) for line in tamis("log", folder, "--json").stdout.splitlines()]


def test_the_review_that_is_updated(sought: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, (one, *_) = sought
    assert tamis_json("previous", folder) == {"previous": {"studies": None, "reports": None}, "events": []}
    doc = tamis_json("previous", folder, "--studies", 12, "--reports", 14)
    assert doc["previous"] == {"studies": 12, "reports": 14}
    tamis("decide", folder, one, "include", "--stage", "full-text")
    assert (boxes(folder)["total_studies"], boxes(folder)["total_reports"]) == (13, 15)
    tamis("init", tmp_path / "update", "--title", "Update", "--reviewer", "Ann")
    result = tamis("previous", tmp_path / "update", "--from", folder)
    assert result.stdout == "previous review: 13 studies, 15 reports\n"
    assert "is not finished" in result.stderr
    assert boxes(tmp_path / "update")["previous_studies"] == 13
    itself = tmp_path / "update" / ".." / folder.name
    assert "does not update itself" in error("previous", folder, "--from", itself, code=2)
    result = tamis("previous", folder, "--studies", 3)
    assert result.stdout == "previous review: 3 studies\n"
    assert "number of reports is missing" in result.stderr
    assert "number of reports is missing" in tamis("check", folder).stdout
    assert tamis("previous", folder, "--none").stdout == tamis("previous", folder).stdout
    assert boxes(folder)["previous_studies"] is None


@pytest.mark.parametrize(
    "options",
    [
        ("--studies", "3", "--reports", "2"),
        ("--studies", "-3"),
        ("--studies", "3", "--none"),
        ("--from", "nowhere"),
        ("--from", "nowhere", "--none"),
    ],
)
def test_a_previous_review_that_cannot_be_is_refused(
    sought: tuple[Path, list[str]], options: tuple[str, ...]
) -> None:
    folder, _ = sought
    before = events(folder)
    tamis("previous", folder, *options, code=2)
    assert events(folder) == before


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("retrieve", ("--not",)),
        ("link-study", ("--study", "A")),
        ("remove", ("--how", "other", "--why", "x")),
        ("stands", ()),
    ],
)
def test_a_record_that_is_not_there_is_named_and_nothing_written(
    sought: tuple[Path, list[str]], command: str, options: tuple[str, ...]
) -> None:
    folder, (one, *_) = sought
    before = events(folder)
    assert "no record gone-1" in error(command, folder, one, "gone-1", *options, code=2)
    assert "Name a record" in error(command, folder, *options, code=2)
    assert events(folder) == before


def test_hostile_words_do_not_steer_the_terminal(sought: tuple[Path, list[str]]) -> None:
    """Names of studies and reasons come back clean, and titles as everywhere."""
    folder, (one, *_) = sought
    for text in POISON:
        argument = text.replace("\x00", "")
        tamis("link-study", folder, one, "--study", argument)
        tamis("remove", folder, one, "--how", "other", "--why", argument)
        tamis("remove", folder, one, "--back", "--reviewer", f"R{argument}")
    for command in ("log", "summary", "check"):
        tamis(command, folder)
        tamis(command, folder, "--json")
