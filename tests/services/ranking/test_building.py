"""Features of a review, made by another process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tamis.errors import Stopped, UsageError
from tamis.services import ranking
from tamis.services.ranking import building
from tamis.services.ranking.building import build_in_background
from tamis.services.ranking.features import digest_of
from tamis.store.review import Review
from tests.services.helpers import add, make_review, ris

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with make_review(tmp_path / "review") as review:
        add(review, tmp_path / "hits.ris", ris("Green tea", "Tea leaves", "Steel", AB="A trial of it"))
    return tmp_path / "review"


def test_features_are_made_once_and_anew_when_they_are_damaged(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    seen: list[int] = []
    features = build_in_background(folder, path, seen.append)
    assert features is not None
    assert len(features) == 3
    assert seen
    seen.clear()
    again = build_in_background(folder, path, seen.append)
    assert again is not None
    assert again.digest == features.digest
    assert seen == []
    path.write_bytes(path.read_bytes()[:-20])
    mended = build_in_background(folder, path, seen.append)
    assert mended is not None
    assert mended.digest == features.digest
    assert seen


def test_no_module_out_of_the_current_folder_is_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "numpy.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.chdir(folder)
    assert build_in_background(folder, tmp_path / "kept") is not None


def test_new_records_make_new_features(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    build_in_background(folder, path)
    with Review.open(folder) as review:
        add(review, tmp_path / "more.ris", ris("Furnace"))
        expected = digest_of(building.texts(review))
    features = build_in_background(folder, path)
    assert features is not None
    assert (len(features), features.digest) == (4, expected)


def test_it_can_be_stopped(folder: Path, tmp_path: Path) -> None:
    def stop(_counted: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        build_in_background(folder, tmp_path / "kept", stop)


def test_what_cannot_be_made_is_none(folder: Path, tmp_path: Path) -> None:
    assert build_in_background(tmp_path / "nowhere", tmp_path / "kept") is None
    assert build_in_background(folder, tmp_path / "no" / "such" / "folder") is None


def test_without_numpy_a_sentence_says_how_to_get_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"pip install 'tamis\[rank\]'"):
        build_in_background(folder, folder / "kept")
