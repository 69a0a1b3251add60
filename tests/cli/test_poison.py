"""Hostile records, names and protocols through every command: none of it can steer the terminal."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tests.services.helpers import ris

from .helpers import UNSAFE, tamis, tamis_json

if TYPE_CHECKING:
    from pathlib import Path

POISON = (
    "\x1b]52;c;cm0gLXJm\x07copy",
    "\x1b]8;;file:///etc/passwd\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[?1049h\x1bPq\x1b\\",
    "C1 \x9b31m \x9d0;x\x9c",
    "bidi \u202egnp.exe\u202c \u2066x\u2069 zero\u200bwidth\ufeff tag\U000e0041",
    "[95% CI] [/b] [@click=app.pwn]x[/] [$primary]",
    '=HYPERLINK("http://x";"y") | a, b; c',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<script>alert(1)</script> `x` **y** \\input{/etc/passwd}",
    "e\u0301" + "\u0301" * 40,
    "back\x08space\x7f \x00nul \x0bvt",
)
REASON = "ER  - \\nTY  - JOUR, really; \\u001b[31m"


@pytest.fixture
def poisoned(tmp_path: Path) -> Path:
    """A review in which everything that can be named is hostile."""
    folder = tmp_path / "review"
    folder.mkdir()
    (folder / "protocol.toml").write_text(
        'title = "T \\u001b]0;x\\u0007 \\u202e"\nreviewers = ["Ann\\u009b31m"]\n'
        f'[[reasons]]\nid = "r"\nlabel = "{REASON}"\n',
        encoding="utf-8",
    )
    tamis("init", folder, "--title", "ignored", "--reviewer", "Ann\x1b[31m")
    path = tmp_path / "hits\x1b[31m\u202e.ris"
    path.write_text(ris(*POISON, AB=POISON[0], KW=POISON[4], N1=POISON[2], T2=POISON[8]), encoding="utf-8")
    (tmp_path / "strategy.txt").write_text("\n".join(POISON), encoding="utf-8")
    facts = ("--platform", POISON[4], "--limits", POISON[8], "--strategy", tmp_path / "strategy.txt")
    tamis("import", folder, path, "--database", POISON[0], *facts)
    prefix = tamis_json("summary", folder)["sources"][0]["sha256"][:6]
    for n, text in enumerate(POISON, 1):
        verdict = ("exclude", "--reason", "r") if n % 2 else ("include",)
        tamis(
            "decide",
            folder,
            f"{prefix}-{n}",
            *verdict,
            "--note",
            text.replace("\x00", ""),
            "--reviewer",
            f"R{text}",
        )
    return folder


@pytest.mark.parametrize(
    "args",
    [
        ("summary",),
        ("summary", "--json"),
        ("summary", "--format", "markdown"),
        ("summary", "--format", "csv"),
        ("summary", "--ascii"),
        ("summary", "--format", "svg"),
        ("summary", "--format", "mermaid"),
        ("overlap",),
        ("overlap", "--json"),
        ("overlap", "--format", "svg"),
        ("source",),
        ("source", "--json"),
        ("log",),
        ("log", "--json"),
        ("check",),
        ("check", "--json"),
        ("export", "-o", "-", "--format", "ris"),
        ("export", "-o", "-", "--format", "csv"),
        ("export", "-o", "-", "--format", "json"),
    ],
)
def test_no_control_character_reaches_the_terminal(poisoned: Path, args: tuple[str, ...]) -> None:
    command, *rest = args
    result = tamis(command, poisoned, *rest)
    assert "[95% CI]" in result.stdout or command in ("summary", "check", "source", "overlap")


@pytest.mark.parametrize("format_", ["ris", "csv", "json"])
def test_one_record_out_for_one_in_and_back(poisoned: Path, tmp_path: Path, format_: str) -> None:
    path = tmp_path / f"out.{format_}"
    assert tamis_json("export", poisoned, "-o", path)["records"] == len(POISON)
    tamis("init", tmp_path / "again", "--title", "T", "--reviewer", "Cem")
    file = tamis_json("import", tmp_path / "again", path)["files"][0]
    assert (file["found"], file["imported"], file["problems"]) == (len(POISON), len(POISON), [])
    stage = tamis_json("summary", tmp_path / "again")["stages"]["title-abstract"]
    old = tamis_json("summary", poisoned)["stages"]["title-abstract"]
    assert {k: stage[k] for k in ("include", "exclude")} == {k: old[k] for k in ("include", "exclude")}
    assert set(stage["reviewers"]) == set(old["reviewers"])
    tamis("check", tmp_path / "again")


def test_no_cell_of_any_csv_is_a_formula(poisoned: Path, tmp_path: Path) -> None:
    for command in (("export",), ("summary", "--format", "csv")):
        path = tmp_path / f"{command[0]}.csv"
        tamis(command[0], poisoned, *command[1:], "-o", path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert cells
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_json_keeps_the_values(poisoned: Path) -> None:
    doc = tamis_json("summary", poisoned)
    assert doc["review"]["title"].startswith("T ")
    assert not UNSAFE & set(map(ord, doc["review"]["title"]))
