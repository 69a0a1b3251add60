"""The configuration file: own keys, presets, looks; whatever is wrong stops the start with a sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tamis.errors import ConfigError
from tamis.tui import keys
from tamis.tui.config import THEMES, Config, config_path, load
from tests.tui.driving import WIDE, driven

if TYPE_CHECKING:
    from tamis.services.screening import Session


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == Config(tmp_path / "none.toml")


def test_the_environment_names_the_file() -> None:
    assert config_path({"TAMIS_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")
    assert config_path({}).name == "config.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("keys = 3", "keys must be a table"),
        ("[keys]\ninclude = 3", "keys are written as text"),
        ('[keys]\ninclud = "y"', "no action 'includ' (did you mean include?)"),
        ('[keys]\nzzzzzz = "y"', "no action 'zzzzzz'"),
        ('[keys]\ninclude = "m"', "m means both include and maybe"),
        ('[keys]\ninclude = "ctrl+i"', "is tab in most terminals"),
        ('[keys]\ninclude = "ctrl+m"', "is enter in most terminals"),
        ('[keys]\ninclude = "ctrl+h"', "is backspace in most terminals"),
        ('[keys]\ninclude = "ctrl+z"', "suspend"),
        ('[keys]\ninclude = "no-such-key"', "is not a key"),
        ('[keys]\ndialog-save = "ctrl+w"', "cannot be changed"),
        ('preset = "emacs"', "no key preset 'emacs'; there are default, rayyan"),
        ('theme = "pink"', "no theme 'pink'"),
        ("measure = 10", "it must be 40 to 200"),
        ("measure = true", "measure must be a whole number"),
        ('mouse = "no"', "mouse must be true or false"),
        ("colour = 1", "no setting 'colour'"),
        ("not toml", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_that_names_the_file(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value).replace(str(path), "")
    assert caught.value.exit_code == 2


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_keys_may_be_swapped(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[keys]\ninclude = "e"\nexclude = "i"'))
    assert config.keymap.action("screening", "e") == keys.resolve().action("screening", "i")


def test_keys_as_people_write_them() -> None:
    for given, name in (
        ("?", "question_mark"), ("/", "slash"), ("F5", "f5"), ("ctrl+R", "ctrl+r"), (" ", "space"),
        ("+", "plus"), ("_", "underscore"), ("PageDown", "pagedown"), ("alt+x", "alt+x"), (",", "comma"),
    ):  # fmt: skip
        assert keys.normal(given) == name
    for given in ("", "hyper", "ctrl+", "xx", "\x1b", "foo+x"):
        assert keys.normal(given) is None


def test_no_two_default_keys_clash_and_none_is_ambiguous() -> None:
    """The registry itself passes the checks a configuration has to pass, in every preset."""
    for preset in keys.PRESETS:
        keymap = keys.resolve(preset=preset)
        assert not {k for ks in keymap.keys.values() for k in ks} & set(keys.AMBIGUOUS)
        for action in keys.ACTIONS:
            assert keymap.keys[action.id], action.id
    assert len({action.id for action in keys.ACTIONS}) == len(keys.ACTIONS)


async def test_the_rayyan_preset(tmp_path: Path, session: Session) -> None:
    """i, e and u mean include, exclude and maybe; the key line says so."""
    async with driven(session, config=load(written(tmp_path, 'preset = "rayyan"'))) as d:
        assert " u maybe " in d.lines[-1]
        assert " z undo " in d.lines[-1]
        await d.press("i", "u", "e", "e")
        assert [d.session.row(n).verdict for n in range(3)] == ["include", "maybe", "exclude"]
        await d.press("z", "z", "z")
        assert not d.titles_decided


async def test_own_keys_are_shown_and_work_everywhere(tmp_path: Path, session: Session) -> None:
    """A remapped exclude key is shown on its line and means no reason in the picker too, and help says it."""
    config = load(written(tmp_path, '[keys]\nexclude = "exclamation_mark"\nhelp = "f1"\ninclude = ""'))
    async with driven(session, config=config) as d:
        assert " ! exclude " in d.lines[-1]
        assert "include" not in d.lines[-1]
        await d.press("i")
        assert not d.titles_decided
        await d.press("exclamation_mark", "exclamation_mark")
        assert list(d.titles_decided.values()) == ["exclude"]
        await d.press("f1")
        assert "(none)" in d.text()


@pytest.mark.parametrize("theme", sorted(THEMES))
async def test_themes(theme: str, session: Session) -> None:
    """Every theme shows the same words: colour never says anything alone."""
    async with driven(session, WIDE, Config(Path("x"), theme=theme)) as d:
        if THEMES[theme]:
            assert d.app.theme == THEMES[theme]
        await d.press("i", "m", "2")
        marks = [line[1:10].rstrip() for line in d.lines[1:5]]
        assert marks == ["✓ include", "? maybe", "✗ exclude", "·"]
        await d.press("s", "j", "escape", "question_mark", "escape", "n", "escape", "e")
        assert "Wrong population" in d.text()


async def test_no_color(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR there are only greys, and every word is still there."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(session, WIDE) as d:
        await d.press("i", "2")
        assert "✓ include" in d.text()
        assert "✗ exclude" in d.text()
        picture = d.app.export_screenshot()
        colours = {m.group().lower() for m in re.finditer(r"#[0-9a-fA-F]{6}", picture)}
        window = {"#ff5f57", "#febc2e", "#28c840", "#c5c8c6"}  # the picture's own frame
        assert all(c[1:3] == c[3:5] == c[5:7] for c in colours - window)


async def test_a_narrow_measure(session: Session) -> None:
    """`measure` bounds the width of an abstract."""
    async with driven(session, (120, 40), Config(Path("x"), measure=40)) as d:
        abstract = [line[40:].rstrip() for line in d.lines[8:20]]
        assert max(map(len, abstract)) <= 41
