"""The reference says what the program says."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING

import click
import pytest

from docs import reference, shapes, texts
from tamis.cli import cli
from tamis.domain import query
from tamis.domain.record import Decision, Record
from tamis.errors import ExitCode
from tamis.services.importing import FileAccount
from tamis.tui.config import Config
from tamis.tui.keys import ACTIONS, PRESETS
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def page() -> str:
    return reference.PATH.read_text(encoding="utf-8")


def test_it_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "PATH", tmp_path / "reference.md")
    assert reference.main(["--check"]) == 1
    assert "python -m docs.reference" in capsys.readouterr().err
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0


def test_every_exit_code_has_words(page: str) -> None:
    words = reference.exit_code_words()
    assert list(words) == [code.name for code in ExitCode]
    for code in ExitCode:
        assert f"| {code.value} | {words[code.name]} |" in page


def test_every_action_and_preset(page: str) -> None:
    assert {action.scope for action in ACTIONS} == set(texts.SCOPES)
    for action in ACTIONS:
        assert f"| `{action.id}` |" in page
    for name in PRESETS:
        assert f"- `{name}`:" in page


def test_every_command_and_option(page: str) -> None:
    context = click.Context(cli, info_name="tamis")
    for name in cli.list_commands(context):
        _, _, part = page.partition(f"### tamis {name}\n")
        part = part.partition("\n##")[0]
        command = cli.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert all(f"`{option}`" in part for option in parameter.opts), (name, parameter.opts)


def test_every_setting_filter_and_variable(page: str) -> None:
    assert set(texts.SETTINGS) == {field.name for field in dataclasses.fields(Config)} - {"path"}
    assert set(texts.FILTERS) == set(query.KEYS)
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    named = set(re.findall(r"\"(TAMIS_[A-Z]+)\"", sources))
    assert named
    assert named <= {name for name, _ in texts.ENVIRONMENT}
    for name in (*named, "NO_COLOR", "TEXTUAL_*"):
        assert f"`{name}`" in page


def test_the_shapes_are_those_that_are_written() -> None:
    examples = {name: json.loads(text) for name, text in shapes.json_examples().items()}
    assert list(examples["summary"]) == list(texts.SUMMARY)
    assert set(examples["export"]) <= set(shapes.attributes(Record))
    assert set(examples["export"]["decisions"][0]) <= set(shapes.attributes(Decision))
    assert set(examples["import"]["files"][0]) <= set(shapes.attributes(FileAccount))
    assert set(texts.FIELDS) <= set(shapes.attributes(Record))
