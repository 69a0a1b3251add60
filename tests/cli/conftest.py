"""A small review made by the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.helpers import ris

from .helpers import tamis

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A review of Ann's with three records; its file is `hits.ris` beside it."""
    (tmp_path / "hits.ris").write_text(ris("First", "Second", "Third"), encoding="utf-8")
    tamis("init", tmp_path / "review", "--title", "Liver", "--reviewer", "Ann")
    tamis("import", tmp_path / "review", tmp_path / "hits.ris", "--database", "PubMed")
    return tmp_path / "review"
