"""The configuration file: a person's own keys and looks. Every setting has a default."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import platformdirs

from tamis.domain.events import Order
from tamis.errors import ConfigError
from tamis.tui.keys import Keymap, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

THEMES: Final = {
    "auto": "",
    "dark": "textual-dark",
    "light": "textual-light",
    "ansi-dark": "ansi-dark",
    "ansi-light": "ansi-light",
}
"""Names in the file -> Textual's themes; `auto` is dark unless the terminal says otherwise."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a person may set.

    Attributes:
        path: the file it was read from, whether it exists or not.
        keymap: keys after preset and own bindings.
        theme: a name in `THEMES`.
        mouse: whether the mouse is asked for; without it the terminal selects text as usual.
        measure: widest line of an abstract, in cells.
        order: the order of lists for which none was chosen yet, an `Order`; "" for as imported.
    """

    path: Path
    keymap: Keymap = field(default_factory=resolve)
    theme: str = "auto"
    mouse: bool = True
    measure: int = 84
    order: str = ""


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the configuration is: `$TAMIS_CONFIG`, or `config.toml` in the user's folder for settings."""
    if named := environ.get("TAMIS_CONFIG"):
        return Path(named)
    return platformdirs.user_config_path("tamis") / "config.toml"


def load(path: Path) -> Config:
    """Read the configuration; a missing file means the defaults.

    Raises:
        ConfigError: not TOML, an unknown setting, a wrong value or key; names the file and the setting.
    """
    try:
        doc = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Config(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}); mend it or move it away.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}. Mend that line and try again.") from None
    known = {"keys", "preset", "theme", "mouse", "measure", "order"}
    if unknown := sorted(set(doc) - known):
        raise ConfigError(
            f"{path}: there is no setting {unknown[0]!r}; there are {', '.join(sorted(known))}."
        )
    overrides = _typed(doc, "keys", dict, {}, path)
    if not all(isinstance(v, str) for v in overrides.values()):
        raise ConfigError(f'{path}: keys are written as text, such as include = "i".')
    theme = _typed(doc, "theme", str, "auto", path)
    if theme not in THEMES:
        raise ConfigError(f"{path}: there is no theme {theme!r}; there are {', '.join(THEMES)}.")
    measure = _typed(doc, "measure", int, 84, path)
    if not 40 <= measure <= 200:
        raise ConfigError(f"{path}: measure is {measure}; it must be 40 to 200 cells.")
    order = _typed(doc, "order", str, "", path)
    if order and order not in list(Order):
        raise ConfigError(f"{path}: there is no order {order!r}; there are {', '.join(Order)}.")
    keymap = resolve(overrides, _typed(doc, "preset", str, "default", path), str(path))
    return Config(path, keymap, theme, _typed(doc, "mouse", bool, True, path), measure, order)


def _typed(doc: Mapping[str, Any], key: str, kind: type, default: Any, path: Path) -> Any:
    value = doc.get(key, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        words = {dict: "a table", str: "text in quotes", bool: "true or false", int: "a whole number"}
        raise ConfigError(f"{path}: {key} must be {words[kind]}.")
    return value
