"""What holds for every page: links lead somewhere, and no command is named that does not exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import click
import pytest

from docs import pictures
from tamis.cli import cli
from tamis.tui.widgets.bars import LEAST
from tests.docs.pages import DOCS, PAGES, ROOT, blocks, commands, inline_commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_TAMIS = re.compile(r"(?:^|[\s(/])tamis (.+)$")
_NOT_ONE_COMMAND = ("…", "...")

page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())


def anchors(path: Path) -> set[str]:
    """What a link may name behind `#`: the headings, as they are turned into anchors."""
    heads = _HEADING.findall(_FENCED.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(path: Path) -> Iterator[str]:
    """Where a page links to, within the project."""
    for target in _LINK.findall(_FENCED.sub("", path.read_text(encoding="utf-8"))):
        if not target.startswith("https://"):
            yield target


@page
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        name, _, anchor = target.partition("#")
        file = page if not name else (page.parent / name).resolve()
        assert file.exists(), f"{target} is not there"
        if anchor:
            assert anchor in anchors(file), f"{target}: no such heading"


def calls(path: Path) -> list[str]:
    """Every call of tamis that a page shows, without what the shell does with it."""
    found = [match[1] for line in commands(path) if (match := _TAMIS.search(line))]
    found += [line.removeprefix("tamis ") for line in inline_commands(path)]
    return [call for call in found if not any(mark in call for mark in _NOT_ONE_COMMAND)]


@page
def test_commands_and_options_exist(page: Path) -> None:
    context = click.Context(cli, info_name="tamis")
    for call in calls(page):
        words = shlex.split(re.split(r"[|>]|&&", call)[0].rstrip(') "') + _closing(call))
        if words[0].startswith("-"):
            continue
        command = cli.get_command(context, words[0])
        assert command is not None, f"tamis {call}: there is no such command"
        given = words[1:] if not {"-h", "--help"} & set(words) else []
        known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
        for word in given:
            if word.startswith("-") and len(word) > 1:
                assert word.partition("=")[0] in known, f"tamis {call}: there is no option {word}"


def _closing(call: str) -> str:
    """The quote that was cut off with the end of a call."""
    return '"' if re.split(r"[|>]|&&", call)[0].rstrip(') "').count('"') % 2 else ""


@page
def test_whole_calls_are_complete(page: Path) -> None:
    """Lines in `sh` blocks are calls that tamis takes as they stand."""
    context = click.Context(cli, info_name="tamis")
    for line in commands(page):
        if line.startswith("tamis "):
            name, *words = shlex.split(line.split("|")[0])[1:]
            command = cli.get_command(context, name)
            assert command is not None, line
            command.make_context(name, words, parent=context)


@page
def test_fences_are_closed_and_told_apart(page: Path) -> None:
    assert page.read_text(encoding="utf-8").count("```") == 2 * len(blocks(page))
    assert all(block.kind for block in blocks(page))


def test_gates_are_those_that_changes_are_held_to() -> None:
    script = ROOT / ".ci" / "run"
    if not script.is_file():
        pytest.skip("this is not a checkout")
    told = next(b for b in blocks(ROOT / "CONTRIBUTING.md") if "mypy" in b.lines)
    text = script.read_text(encoding="utf-8").replace('"$gates/bin/', "").replace('"', "")
    for line in told.lines:
        assert line in text, line


def test_every_dependency_is_accounted_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| package |")
    told = {row.split("|")[1].strip() for row in table.partition("\n\n")[0].splitlines()[2:]}
    assert needed <= told


def test_the_least_size_is_told() -> None:
    assert "needs {} columns and {} rows".format(*LEAST) in (DOCS / "how-to.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_pictures_need_nothing_from_elsewhere(name: str) -> None:
    svg = (DOCS / name).read_text(encoding="utf-8")
    ElementTree.fromstring(svg)  # noqa: S314 - our own file
    assert "@import" not in svg
    assert "url(http" not in svg
    assert re.findall(r"https?://[^\"' )]+", svg) == ["http://www.w3.org/2000/svg"]


def test_pictures_are_drawn_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        pictures.draw(folder)
    for name in pictures.PICTURES:
        assert (first / name).read_bytes() == (second / name).read_bytes()
    text = re.sub(r"<[^>]*>|&#160;", " ", (first / pictures.SUMMARY).read_text(encoding="utf-8"))
    assert "Records screened" in " ".join(text.split())
