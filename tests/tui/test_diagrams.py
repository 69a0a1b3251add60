"""Diagrams written from the app, with what they need and without it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.tui.driving import driven

if TYPE_CHECKING:
    from tamis.services.screening import Session

SUMMARY, RECORDS = ("s", "E"), ("E",)


@pytest.mark.parametrize("where", [SUMMARY, RECORDS])
async def test_without_the_extra_the_app_says_how_to_get_it(
    session: Session, monkeypatch: pytest.MonkeyPatch, where: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    async with driven(session, (120, 40)) as d:
        await d.press(*where, "w")
        assert 'pip install "tamis[paper]"' in " ".join(d.text().replace("│", " ").split())
        assert not list(session.review.folder.glob("*.docx"))
        await d.press("escape", *RECORDS, "v")
        assert len(list(session.review.folder.glob("*.svg"))) == 1


async def test_pictures_are_written_when_the_extra_is_there(session: Session) -> None:
    pytest.importorskip("docx")
    pytest.importorskip("typst")
    async with driven(session, (80, 24)) as d:
        for key, start in (("w", b"PK"), ("f", b"%PDF-"), ("p", b"\x89PNG"), ("m", b"flowchart")):
            before = set(session.review.folder.iterdir())
            await d.press("s", "E", key)
            assert "PRISMA diagram written to " in " ".join(d.text().replace("│", " ").split())
            (path,) = set(session.review.folder.iterdir()) - before
            assert path.read_bytes().startswith(start)
            await d.press("escape", "escape")
