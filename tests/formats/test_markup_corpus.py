"""Real XML, RDF and JSON files, where they are at hand: every record, title and abstract comes in."""

from __future__ import annotations

import csv
import gzip
import json
import re
import xml.etree.ElementTree as ET

import pytest

from tests.formats.helpers import SHARED, comparable, read_all, written
from tests.formats.test_ris_corpus import everything, squeeze

CORPUS = SHARED / "corpus"
MANIFEST = CORPUS / "manifest.csv"
KINDS = {
    "pubmed-xml": "pubmed-xml",
    "endnote-xml": "endnote-xml",
    "zotero-rdf": "zotero-rdf",
    "json": "csl-json",
}
OTHERS = frozenset({"dedup/CoLRev-Environment-bib-dedupe/test_cases.json"})
"""JSON that is no list of references: pairs to be compared, another tool's review."""

TITLES = {"ArticleTitle", "BookTitle", "title"}
ABSTRACTS = {"AbstractText", "abstract"}


def files() -> list[tuple[str, str, int]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as rows:
        return [
            (row["file"], KINDS[row["format"]], int(row["records"]))
            for row in csv.DictReader(rows)
            if row["format"] in KINDS and row["records"] != "0" and row["file"] not in OTHERS
            and not row["file"].startswith("peers/")
        ]  # fmt: skip


FILES = files()
pytestmark = pytest.mark.skipif(not FILES, reason="the shared corpus is not here")
each_file = pytest.mark.parametrize(
    ("file", "kind", "true"), FILES or [("none", "", 0)], ids=[f[0] for f in FILES] or ["none"]
)


def said(data: bytes, names: set[str]) -> list[str]:
    """The text of some elements or members, by a parser of its own and in no order that matters."""
    if data.lstrip()[:1] in (b"[", b"{"):
        return [text for item in json.loads(data) for name, text in item.items() if name in names]
    found = []
    for element in ET.fromstring(data).iter():  # noqa: S314 - files that were looked at
        name = element.tag.rpartition("}")[2]
        if name in names:
            found.append(re.sub(r"\s+", " ", "".join(element.itertext())).strip())
    return [text for text in found if text]


@each_file
def test_every_record_is_found_and_accounted_for(file: str, kind: str, true: int) -> None:
    records, reading = read_all((CORPUS / file).read_bytes(), file)
    assert (reading.format, reading.found) == (kind, true)
    assert [p.why for p in reading.problems] in ([], ["this record is empty"])
    assert len(records) + len(reading.problems) == true


@each_file
def test_no_title_and_no_abstract_is_lost(file: str, kind: str, true: int) -> None:
    data = (CORPUS / file).read_bytes()
    records, _ = read_all(data, file)
    text = everything(records)
    titles = {squeeze(r.title) for r in records}
    assert not [t for t in said(data, TITLES) if squeeze(t) not in titles and squeeze(t) not in text]
    abstracts = "\n".join(squeeze(r.abstract) for r in records)
    assert not [a[:80] for a in said(data, ABSTRACTS) if squeeze(a) not in abstracts]


@each_file
def test_what_was_imported_is_exported_and_imported_equal(file: str, kind: str, true: int) -> None:
    records, _ = read_all((CORPUS / file).read_bytes(), file)
    some = records[:: max(1, len(records) // 60)]
    back, _ = read_all(written("ris", some), "export.ris") if some else ([], None)
    assert [comparable(r) for r in back] == [comparable(r) for r in some]


@each_file
def test_packed_it_is_the_same(file: str, kind: str, true: int) -> None:
    data = (CORPUS / file).read_bytes()
    assert read_all(gzip.compress(data, 1), file)[0] == read_all(data, file)[0]
