"""What all tests share: none of them sees the developer's own settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

for _name in [n for n in os.environ if n.startswith("TEXTUAL")]:
    del os.environ[_name]  # read when Textual is imported, so before any fixture


def pytest_addoption(parser: pytest.Parser) -> None:
    """--update-snapshots: write the screens as they are now into tests/tui/snapshots."""
    parser.addoption("--update-snapshots", action="store_true", help="write the text snapshots anew")


@pytest.fixture(autouse=True)
def _own_settings_hidden(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home: Path = tmp_path_factory.getbasetemp()
    monkeypatch.setenv("TAMIS_CONFIG", str(home / "no-config.toml"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    for name in ("TAMIS_REVIEWER", "TAMIS_DEBUG", "NO_COLOR", "EDITOR", "VISUAL", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reviews keep their journal when they are closed, as large ones do."""
    monkeypatch.setattr("tamis.store.review._FOLD_BELOW", 0)
