"""The beginning of a PDF: what is read of it, and that no bytes at all keep tamis busy or end it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tamis.formats import pdf

from .pdfs import made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("pypdf")


@pytest.fixture(scope="module")
def heads() -> Iterator[pdf.Heads]:
    """A reader, with its other process."""
    with pdf.Heads() as heads:
        yield heads


def test_what_a_pdf_says(heads: pdf.Heads, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    xmp = "<x><prism:doi>10.5555/xmp.1</prism:doi></x>"
    path.write_bytes(
        made("A trial of sieves. doi:10.5555/p.1", title="Sieves", subject="J 10.5555/s.1", xmp=xmp)
    )
    head = heads.read(path)
    assert head is not None
    assert head.title == "Sieves"
    assert head.dois == ("J 10.5555/s.1", "10.5555/xmp.1")
    assert "A trial of sieves. doi:10.5555/p.1" in head.text


def test_a_cover_is_turned(heads: pdf.Heads, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(made("Downloaded today", "The article itself", "Page three"))
    head = heads.read(path)
    assert head is not None
    assert "The article itself" in head.text
    assert "Page three" not in head.text


def test_broken_files_say_nothing(heads: pdf.Heads, tmp_path: Path) -> None:
    whole, chance = made("A trial of sieves", title="Sieves"), random.Random(7)
    path = tmp_path / "a.pdf"
    for data in (b"", b"no PDF", whole[:300], b"%PDF-1.4\n" + bytes(5000)):
        path.write_bytes(data)
        heads.read(path)
    for _ in range(40):
        broken = bytearray(whole)
        for _ in range(12):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        heads.read(path)
    assert heads.read(tmp_path / "missing.pdf") is None
    path.write_bytes(whole)
    head = heads.read(path)
    assert head is not None, "the reader still works after all of these"
    assert head.title == "Sieves"


def test_one_that_takes_too_long_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(made("A trial"))
    with pdf.Heads(seconds=0.0) as heads:
        assert heads.read(path) is None
        assert heads.read(path) is None
