"""The tutorial does what it says, and one sees what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.docs.pages import DOCS, ROOT
from tests.docs.walking import walk

if TYPE_CHECKING:
    from pathlib import Path


def test_the_tutorial_from_beginning_to_end(tmp_path: Path) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    assert walk(DOCS / "tutorial.md", tmp_path) > 25
    assert {"liver", "included.ris", "decisions.csv", "prisma.csv"} <= {p.name for p in tmp_path.iterdir()}
