"""The sample data are what their README says, counted without the readers under test."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[1] / "sample_data"
RIS = ("pubmed-like.ris", "embase-like.ris")
FILES = (*RIS, "saved-page.txt", "protocol.toml", "decisions.csv", "README.md")
DOI = re.compile(rb"10\.\d{4,9}/[^\s\"]*")


def ty_lines(name: str) -> int:
    lines = re.split(rb"\r\n|\r|\n", (SAMPLE / name).read_bytes())
    return sum(1 for line in lines if re.match(rb"(?:\xef\xbb\xbf)?TY +- ", line))


def counts() -> dict[str, int]:
    """Records per file, as they are."""
    return {**{name: ty_lines(name) for name in RIS}, "saved-page.txt": 1}


def pubmed_records() -> list[list[str]]:
    text = (SAMPLE / "pubmed-like.ris").read_text(encoding="utf-8")
    return [block.splitlines() for block in text.split("TY  - ")[1:]]


def embase_records() -> list[str]:
    return re.split(r"TY +- ", (SAMPLE / "embase-like.ris").read_bytes().decode("utf-8-sig"))[1:]


def values(record: list[str], tag: str) -> list[str]:
    return [line[6:] for line in record if line.startswith(f"{tag}  - ")]


def protocol() -> dict[str, Any]:
    return tomllib.loads((SAMPLE / "protocol.toml").read_text(encoding="utf-8"))


def decisions() -> list[dict[str, str]]:
    with (SAMPLE / "decisions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_there_and_utf8(name: str) -> None:
    assert (SAMPLE / name).read_bytes().decode("utf-8").strip()


def test_the_readme_counts_what_is_there() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    said = {
        name: int(n) for name, n in re.findall(r"^\| `([^`]+)` \| (\d+) \| [^|]*[a-z]", readme, re.MULTILINE)
    }
    assert {name: said[name] for name in counts()} == counts()
    assert f"{sum(counts().values())} records in all" in readme


@pytest.mark.parametrize("name", [*RIS, "saved-page.txt", "README.md"])
def test_every_doi_has_the_prefix_for_examples(name: str) -> None:
    assert all(found.startswith(b"10.5555/") for found in DOI.findall((SAMPLE / name).read_bytes()))


def test_dois_are_not_shared_within_a_file() -> None:
    for name in RIS:
        found = [doi.lower() for doi in DOI.findall((SAMPLE / name).read_bytes())]
        assert len(found) == len(set(found)) > 20


@pytest.mark.parametrize("name", RIS)
def test_every_record_says_it_is_invented(name: str) -> None:
    data = (SAMPLE / name).read_bytes()
    assert data.count(b"-like (invented)") == data.count(b"Invented record: no such study") == ty_lines(name)


def test_decisions_refer_to_what_exists() -> None:
    ids = [reason["id"] for reason in protocol()["reasons"]]
    assert len(ids) == len(set(ids)) == 7
    rows = decisions()
    placed = [(row["file"], int(row["position"])) for row in rows]
    assert placed == [(name, n) for name, most in counts().items() for n in range(1, most + 1)]
    for row in rows:
        assert row["verdict"] in {"include", "exclude", "maybe"}
        assert row["reason"] in ({*ids, ""} if row["verdict"] == "exclude" else {""})
    verdicts = [row["verdict"] for row in rows]
    assert (verdicts.count("include"), verdicts.count("exclude"), verdicts.count("maybe")) == (24, 34, 2)
    assert sum(row["verdict"] == "exclude" and not row["reason"] for row in rows) == 2
    assert {row["reason"] for row in rows} == {*ids, ""}


def test_the_protocol_has_its_parts() -> None:
    doc = protocol()
    assert doc["stages"] == ["title-abstract"]
    assert doc["reviewers"] == ["Demo"]
    assert doc["criteria"]["include"]
    assert doc["criteria"]["exclude"]
    assert doc["title"]
    assert doc["question"]


def test_the_traps_of_the_pubmed_like_file() -> None:
    data = (SAMPLE / "pubmed-like.ris").read_bytes()
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    records = pubmed_records()
    numbered = list(enumerate(records, 1))
    assert [n for n, r in numbered if not values(r, "AB")] == [18]
    assert [n for n, r in numbered if not values(r, "PY") + values(r, "Y1")] == [22]
    assert [n for n, r in numbered if len(values(r, "AU")) == 25] == [15]
    assert [n for n, r in numbered if "[18F]" in values(r, "TI")[0]] == [5]
    assert [n for n, r in numbered if "[Article in " in values(r, "TI")[0]] == [11, 23]
    assert [n for n, r in numbered if "<i>" in values(r, "TI")[0]] == [10]
    assert [n for n, r in numbered if "[95% CI]" in values(r, "TI")[0]] == [13]
    numbers = [values(r, "AN")[0] for r in records]
    assert all(re.fullmatch(r"99\d{6}", number) for number in numbers)
    assert len(set(numbers)) == len(records)


def test_the_traps_of_the_embase_like_file() -> None:
    data = (SAMPLE / "embase-like.ris").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf1.\r\nTY  - ")
    assert len(re.findall(rb"\r(?!\n)", data)) == 1
    assert not re.search(rb"(?<!\r)\n", data)
    numbered = list(enumerate(embase_records(), 1))
    assert [n for n, r in numbered if not re.search(r"^ER +- ", r, re.MULTILINE)] == [4]
    assert [n for n, r in numbered if re.search(r"^T1 - ", r, re.MULTILINE)] == [7]
    assert [n for n, r in numbered if re.search(r"^\*", r, re.MULTILINE)] == [10]
    assert [n for n, r in numbered if re.search(r"\r(?!\n)", r)] == [13]
    blank_within = [n for n, r in numbered if "\r\n\r\n" in r.split("\r\nER")[0].rstrip()]
    assert blank_within == [2, 9, 16]
    assert [n for n, r in numbered if not re.search(r"^DO +- https://doi\.org/", r, re.MULTILINE)] == [5, 14]


def test_the_readme_names_the_duplicates() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    pairs = re.findall(r"^\| (\d+) \| (\d+) \| (yes|no)\b", readme, re.MULTILINE)
    assert len(pairs) == 9
    pubmed, embase = pubmed_records(), embase_records()
    for theirs, ours, same_doi in pairs:
        doi = values(pubmed[int(ours) - 1], "DO")[0]
        assert (doi in embase[int(theirs) - 1].lower()) == (same_doi == "yes")
    ours_all = {values(record, "DO")[0] for record in pubmed}
    known = {int(theirs) for theirs, _, _ in pairs}
    for n, record in enumerate(embase, 1):
        found = re.search(r"https://doi\.org/(\S+)", record)
        assert n in known or (found is not None and found[1].lower() not in ours_all)


def test_the_saved_page_repeats_a_cut_off_abstract() -> None:
    lines = (SAMPLE / "saved-page.txt").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "TL;DRAbstract"
    assert lines[2] == lines[5]
    assert not lines[2].endswith(".")
    assert lines[3:5] == ["Chat with Paper", "AI Agents for this Paper"]
    assert lines[-2:] == ["Chat", "Click to start Chat"]
