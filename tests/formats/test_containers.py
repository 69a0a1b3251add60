"""gzip and zip: read as what is in them, within bounds."""

from __future__ import annotations

import gzip
import io
import mmap
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from tamis import formats
from tamis.errors import FormatError
from tamis.formats import containers
from tests.formats.helpers import read_all, repaired

if TYPE_CHECKING:
    from pathlib import Path

RIS = b"TY  - JOUR\nTI  - A\nER  - \n\nTY  - JOUR\nTI  - B\nER  - \n"
CITATION = b"<MedlineCitation><PMID>1</PMID></MedlineCitation>"
XML = b"<PubmedArticleSet><PubmedArticle>" + CITATION + b"</PubmedArticle></PubmedArticleSet>"


def packed(**files: bytes) -> bytes:
    """A zip archive; `_` in a name stands for a dot, `__` for a slash."""
    return archive([(name.replace("__", "/").replace("_", "."), data) for name, data in files.items()])


def archive(files: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, data in files:
            target.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def test_gzip_of_one_and_of_several_members() -> None:
    records, reading = read_all(gzip.compress(RIS), "search.ris.gz")
    assert (reading.format, len(records)) == ("ris", 2)
    assert "unpacked search.ris: 2 records (ris)" in repaired(reading)
    records, _ = read_all(gzip.compress(RIS) + gzip.compress(RIS) + b"\0" * 100)
    assert len(records) == 4


def test_a_zip_of_one_file_is_read_as_that_file() -> None:
    records, reading = read_all(packed(a_ris=b"\xef\xbb\xbf" + RIS))
    assert (reading.format, reading.encoding, [r.title for r in records]) == ("ris", "utf-8", ["A", "B"])
    assert "byte-order mark" in repaired(reading)


def test_several_files_are_one_reading_and_each_is_accounted_for() -> None:
    broken = XML.replace(b"</PMID>", b"")
    records, reading = read_all(
        packed(a_ris=RIS, b_xml=XML, sub__c_xml=broken, readme_txt=b"Dear Ann", log_bin=b"\x00\x01" * 50)
    )
    assert (reading.format, reading.found, len(records)) == ("zip", 4, 3)
    said = repaired(reading)
    for words in (
        "unpacked a.ris: 2 records (ris)",
        "unpacked b.xml: 1 record (pubmed-xml)",
        "unpacked sub/c.xml: 1 record",
    ):
        assert words in said
    assert "readme.txt holds no references" in said
    assert "log.bin holds no references" in said
    assert reading.problems[0].why.startswith("sub/c.xml: ")


def test_what_systems_leave_in_archives_is_passed_over_in_silence() -> None:
    files = [("__MACOSX/._a.ris", RIS), ("a/.DS_Store", b"x"), ("a/", b""), ("a/a.ris", RIS)]
    _, reading = read_all(archive(files))
    assert reading.found == 2
    assert len(reading.repairs) == 1


def test_names_are_cleaned_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, reading = read_all(archive([("../../\x1b[31mevil{n}.ris", RIS), ("/etc/passwd", RIS)]))
    assert reading.found == 4
    assert "\x1b" not in repaired(reading)
    assert list(tmp_path.iterdir()) == []


def test_two_entries_of_one_name_are_both_read() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = archive([("a.ris", RIS), ("a.ris", RIS.replace(b"TI  - A", b"TI  - C"))])
    records, _ = read_all(data)
    assert [r.title for r in records] == ["A", "B", "C", "B"]


def test_one_archive_in_another_is_read_and_a_third_is_not() -> None:
    inner = packed(a_ris=RIS)
    assert read_all(packed(inner_zip=inner))[1].found == 2
    assert read_all(packed(a_gz=gzip.compress(RIS)))[1].found == 2
    with pytest.raises(FormatError, match="archive in an archive in an archive"):
        read_all(packed(b_zip=packed(inner_zip=inner)))


def test_a_damaged_archive_inside_costs_itself_alone() -> None:
    _, reading = read_all(packed(a_ris=RIS, b_gz=gzip.compress(RIS)[:-12]))
    assert reading.found == 2
    assert "b.gz is a gzip file that is cut off" in repaired(reading)


def encrypted() -> bytes:
    data = bytearray(packed(a_ris=RIS))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


REFUSED = {
    "encrypted": (encrypted(), "password"),
    "empty": (packed(), "empty archive"),
    "prose": (packed(readme_txt=b"Dear Ann"), "holds no file of references: readme.txt holds no references"),
    "cut zip": (packed(a_ris=RIS)[:-30], "damaged archive"),
    "changed": (archive([("a.ris", RIS)], zipfile.ZIP_STORED).replace(RIS[:4], b"XXXX"), "damaged archive"),
    "cut gzip": (gzip.compress(RIS)[:-20], "cut off"),
    "damaged gzip": (gzip.compress(RIS)[:20] + b"\xff" * 20 + gzip.compress(RIS)[40:], "gzip"),
    "trailing": (gzip.compress(RIS) + b"trailing words", "something else behind it"),
    "pdf": (packed(x_pdf=b"%PDF-1.4"), "is a PDF"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_in_a_sentence(kind: str) -> None:
    data, says = REFUSED[kind]
    with pytest.raises(FormatError) as caught:
        formats.read(data, name="search.zip")
    sentence = str(caught.value)
    assert says in sentence
    assert sentence.startswith("search.zip ")
    assert "\n" not in sentence


def lying(size: int) -> bytes:
    """A zip whose entry says it is of another size."""
    data = bytearray(packed(a_ris=RIS))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = size.to_bytes(4, "little")
    return bytes(data)


BOMBS = {
    "gzip": (gzip.compress(b"\0" * (64 << 20)), "200 times"),
    "zip": (packed(a_ris=b" " * (64 << 20)), "200 times"),
    "promise": (lying((1 << 30) + 1), "1 GB"),
    "files": (archive([(f"{n}.ris", b"") for n in range(10_001)]), "10,000 files"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_are_refused_at_once(kind: str) -> None:
    data, says = BOMBS[kind]
    start = time.process_time()
    with pytest.raises(FormatError, match=says):
        formats.read(data, name="bomb.zip")
    assert time.process_time() - start < 2


def test_the_total_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "TOTAL", 150)
    with pytest.raises(FormatError, match="2 GB in all"):
        formats.read(packed(a_ris=RIS, b_ris=RIS, c_ris=RIS), name="x.zip")
    with pytest.raises(FormatError, match="2 GB in all"):
        formats.read(gzip.compress(RIS * 4), name="x.gz")


@pytest.mark.parametrize(
    "names",
    [
        ["[Content_Types].xml", "word/document.xml"],
        ["xl/workbook.xml"],
        ["mimetype", "content.xml"],
        ["project.json", "data/a.csv"],
    ],
)
def test_documents_and_projects_are_no_containers(names: list[str]) -> None:
    data = archive([*((name, b"x") for name in names), ("a.ris", RIS)])
    assert not containers.is_container(data)


def test_a_memory_map_is_read_as_bytes_are(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed(a_ris=RIS, b_gz=gzip.compress(XML)))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        assert sum(1 for _ in formats.read(data, name="a.zip")) == 3
