"""Real BibTeX files, tables and workbooks, where they are at hand: nothing of them is lost."""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.formats.helpers import SHARED, read_all

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.domain.record import Record

CORPUS = SHARED / "corpus"
MANIFEST = CORPUS / "manifest.csv"
KINDS = {"bibtex": "bibtex", "csv": "table", "tsv": "table", "xlsx": "xlsx"}
JUDGED = {
    "formats/JabRef-jabref/encoding-utf-16BE-with-header.bib": 1,  # `@article{,` with a title
    "formats/JabRef-jabref/encoding-utf-16BE-without-header.bib": 1,
}
"""Files whose number in the manifest is not what a reader of the file counts."""
NO_REFERENCES = {"peers/prisma-flowdiagram-PRISMA2020/PRISMA.csv"}
"""Tables that hold no references at all: a flow diagram's numbers."""
_XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def files() -> list[tuple[str, str, int]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as rows:
        return [
            (row["file"], row["format"], JUDGED.get(row["file"], int(row["records"])))
            for row in csv.DictReader(rows)
            if row["format"] in KINDS and row["file"] not in NO_REFERENCES
        ]


FILES = files()
pytestmark = pytest.mark.skipif(not FILES, reason="the shared corpus is not here")
each_file = pytest.mark.parametrize(
    ("file", "kind", "true"), FILES or [("none", "csv", 0)], ids=[f[0] for f in FILES] or ["none"]
)


def squeeze(text: str) -> str:
    """Letters and digits alone, accents off, so that cleaning, LaTeX and joining make no difference."""
    text = re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", unescape(unescape(text)))
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def everything(records: list[Record]) -> str:
    """All text of the records, squeezed."""
    return "\n".join(squeeze("\n".join(texts(record))) for record in records)


def texts(record: Record) -> list[str]:
    """All text of a record."""
    kept = [value for values in record.extra.values() for value in values]
    first = [record.title, record.abstract, record.journal, record.publisher]
    return [*first, *record.authors, *record.notes, *kept]


def wanted(path: Path, kind: str) -> list[str]:
    """Titles and abstracts, found without any reader of ours."""
    data = path.read_bytes()
    if kind == "bibtex":
        return bibtex_values(data)
    if kind == "xlsx":
        return sheet_values(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    csv.field_size_limit(1 << 30)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    return [
        cell
        for place, name in enumerate(rows[0])
        if re.search(r"\b(?:title|abstract)$", name.strip(), re.IGNORECASE)
        for row in rows[1:]
        if place < len(row) and (cell := row[place].strip()) not in ("", "NA")
    ]


def bibtex_values(data: bytes) -> list[str]:
    """First lines of the `title` and `abstract` fields, up to the first command or odd sign."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    text = re.sub(r"^@comment\b.*?(?=^@|\Z)", "", text, flags=re.MULTILINE | re.IGNORECASE | re.DOTALL)
    found = re.findall(r"^\s*(?:title|abstract)\s*=\s*[{\"]+([^\n]*)", text, re.MULTILINE | re.IGNORECASE)
    return [re.split(r"\\[a-zA-Z]{2,}|\$|\"|\}\}?,?\s*$|<|&|\}\s*,", value)[0][:200] for value in found]


def sheet_values(path: Path) -> list[str]:
    """All strings of the workbook that are longer than a name."""
    with zipfile.ZipFile(path) as book:
        names = [
            n for n in book.namelist() if n == "xl/sharedStrings.xml" or n.startswith("xl/worksheets/sheet")
        ]
        trees = [ElementTree.fromstring(book.read(n)) for n in names]  # noqa: S314 - files of ours
    strings = [item for tree in trees for tag in ("si", "is") for item in tree.iter(_XML + tag)]
    values = ("".join(item.itertext()) for item in strings)
    return [value for value in values if len(value) > 60 and not re.search(r"https?:|[;,]", value)]


@each_file
def test_every_record_is_found_and_imported(file: str, kind: str, true: int) -> None:
    records, reading = read_all((CORPUS / file).read_bytes(), file)
    assert reading.format == KINDS[kind]
    assert (reading.found, len(records)) == (true, true)


@each_file
def test_no_title_or_abstract_is_lost(file: str, kind: str, true: int) -> None:
    records, reading = read_all((CORPUS / file).read_bytes(), file)
    if kind in ("csv", "tsv") and reading.encoding not in ("utf-8", "cp1252"):
        pytest.skip("its encoding can only be guessed")
    text = everything(records)
    lost = [value[:80] for value in wanted(CORPUS / file, kind) if squeeze(value) not in text]
    assert not lost


@pytest.mark.parametrize("file", sorted(NO_REFERENCES))
def test_a_table_without_references_is_refused(file: str) -> None:
    from tamis.errors import FormatError

    with pytest.raises(FormatError, match="--map"):
        read_all((CORPUS / file).read_bytes(), file)
