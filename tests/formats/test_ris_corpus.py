"""Real RIS exports, where they are at hand: every record, title and abstract of them is brought in."""

from __future__ import annotations

import csv
import html
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest

from .helpers import SHARED, comparable, read_all, written

if TYPE_CHECKING:
    from tamis.domain.record import Record

CORPUS = SHARED / "corpus"
MANIFEST = CORPUS / "manifest.csv"
JUDGED: dict[str, tuple[int, str]] = {}
"""Files where the manifest's number is not what a reader of the file would count, and why: none so far."""


def ris_files() -> list[tuple[str, int]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as rows:
        return [(row["file"], int(row["records"])) for row in csv.DictReader(rows) if row["format"] == "ris"]


FILES = ris_files()
pytestmark = pytest.mark.skipif(not FILES, reason="the shared corpus is not here")
each_file = pytest.mark.parametrize(
    ("file", "true"), FILES or [("none", 0)], ids=[f[0] for f in FILES] or ["none"]
)


def squeeze(text: str) -> str:
    """Letters and digits alone, so that cleaning and joining make no difference."""
    text = html.unescape(html.unescape(re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", text)))
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum()).lower()


def tagged(data: bytes, tags: str) -> list[str]:
    """The values of some tags, first lines only, found without any parser."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return re.findall(rf"^(?:{tags})(?:  -| - |[ \t]+- ) *([^\n]*\S)", text, re.MULTILINE)


def everything(records: list[Record]) -> str:
    """All text of the records, squeezed."""
    return "\n".join(
        squeeze(
            "\n".join([r.title, r.abstract, r.journal, *r.notes, *(v for vs in r.extra.values() for v in vs)])
        )
        for r in records
    )


@each_file
def test_every_record_is_found_and_imported(file: str, true: int) -> None:
    records, reading = read_all((CORPUS / file).read_bytes(), file)
    assert reading.format == "ris"
    assert reading.found == JUDGED.get(file, (true, ""))[0]
    assert len(records) == reading.found


@each_file
def test_no_title_is_lost(file: str, true: int) -> None:
    data = (CORPUS / file).read_bytes()
    records, _ = read_all(data, file)
    titles = {squeeze(r.title) for r in records} | {squeeze(r.title.split(":")[0]) for r in records}
    text = everything(records)
    lost = [t for t in tagged(data, "TI|T1") if squeeze(t) not in titles and squeeze(t) not in text]
    assert not lost


@each_file
def test_no_abstract_is_lost(file: str, true: int) -> None:
    data = (CORPUS / file).read_bytes()
    records, _ = read_all(data, file)
    text = everything(records)
    lost = [a[:80] for a in tagged(data, "AB|N2") if squeeze(a) not in text]
    assert not lost


@each_file
def test_what_was_imported_is_exported_and_imported_equal(file: str, true: int) -> None:
    records, _ = read_all((CORPUS / file).read_bytes(), file)
    some = records[:: max(1, len(records) // 60)]
    back, _ = read_all(written("ris", some), "export.ris")
    assert [comparable(r) for r in back] == [comparable(r) for r in some]
