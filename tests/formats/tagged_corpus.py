"""Real files of the tagged formats, where they are at hand, and what a test may say of them."""

from __future__ import annotations

import csv
import html
import json
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from tamis.domain.record import Record
from tamis.domain.text import hostile
from tamis.formats.base import Log
from tamis.formats.decoding import Text
from tests.formats.helpers import SHARED, comparable, one, read_all, repaired, written
from tests.formats.strategies import RAW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.formats.base import Format

CORPUS = SHARED / "corpus"
_MANIFEST = CORPUS / "manifest.csv"


def corpus_files(kind: str) -> pytest.MarkDecorator:
    """Parametrise a test with `file` and `true`, the number of records; one skipped case without a corpus."""
    rows: list[tuple[str, int]] = []
    if _MANIFEST.exists():
        with _MANIFEST.open(encoding="utf-8", newline="") as lines:
            rows = [(r["file"], int(r["records"])) for r in csv.DictReader(lines) if r["format"] == kind]
    missing = pytest.param("none", 0, marks=pytest.mark.skip(reason="the shared corpus is not here"))
    return pytest.mark.parametrize(("file", "true"), rows or [missing])


def text_of(file: str) -> str:
    """A file of the corpus as text with LF alone, decoded without our code."""
    data = (CORPUS / file).read_bytes()
    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def squeeze(text: str) -> str:
    """Letters and digits alone, so that cleaning and joining make no difference."""
    text = html.unescape(html.unescape(re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", text)))
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum()).lower()


def check(file: str, name: str, found: int) -> None:
    """Every record of a file is found and imported, and comes back equal from our own RIS and JSON."""
    records, reading = read_all((CORPUS / file).read_bytes(), file)
    assert reading.format == name
    assert (reading.found, len(records)) == (found, found), repaired(reading)
    some = records[:: max(1, len(records) // 40)]
    for own in ("ris", "json"):
        back, _ = read_all(written(own, some), f"export.{own}")
        assert [comparable(r) for r in back] == [comparable(r) for r in some]


def check_kept(file: str, titles: list[str], abstracts: list[str]) -> None:
    """These titles and abstracts, found without our reader, are titles and abstracts of the records."""
    records, _ = read_all((CORPUS / file).read_bytes(), file)
    have = "\n".join(squeeze("\n".join((r.title, *r.extra.get("TI", ())))) for r in records)
    assert [t for t in titles if squeeze(t) not in have] == []
    have = "\n".join(squeeze(r.abstract) for r in records)
    assert [a[:80] for a in abstracts if squeeze(a) not in have] == []


def files_of(start: str, lines: list[str]) -> st.SearchStrategy[bytes]:
    """Files that begin as a format does and go on with its lines, well-formed and not."""
    line = st.one_of(
        st.sampled_from([*lines, "", "", " ", "\ufeff", "text", "   more", "      more", "\x0b"]), RAW
    )
    return st.builds(
        lambda body, newline: (
            (start + "\n" + "\n".join(body)).replace("\n", newline).encode("utf-8", "replace")
        ),
        st.lists(line, max_size=25),
        st.sampled_from(["\n", "\r\n", "\r"]),
    )


def account(kind: Format, data: bytes) -> None:
    """Read a file; what is counted and what is read must agree without a record made up or left out."""
    log = Log()
    text = Text(data, log)
    if not kind.sniff(text.head()):
        return
    found, items = kind.read(text, log)
    read = list(items)
    assert found == len(read), (found, read)
    for record in read:
        assert isinstance(record, Record)
        values = (record.title, record.abstract, record.journal, *record.authors, *record.keywords)
        assert not any(hostile(value.replace("\n", "")) for value in values)


def lost(tags: Iterable[str], line: str, more: str, start: str, end: str = "") -> set[str]:
    """Tags whose words are nowhere in the one record that says something, twice, under each of them."""
    words: dict[str, str] = {}
    body = []
    for number, tag in enumerate(tags):
        for time in "ab":
            word = f"w{number}{time}z"
            words |= {word: tag, "more" + word: tag}
            body += [line.format(tag=tag) + word, f"{more}more{word}"]
    record = json.dumps(one("\n".join([start, *body, end])).to_doc(), ensure_ascii=False)
    return {tag for word, tag in words.items() if word not in record}
