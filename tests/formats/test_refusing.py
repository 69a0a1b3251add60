"""What is no list of references is refused in one sentence that says what it looks like and what to do."""

from __future__ import annotations

import io

import pytest

from tamis import formats
from tamis.errors import ExitCode, FormatError, UsageError
from tamis.formats.refusing import refuse_text

REFUSED = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n\t", "nothing but blanks"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
    "zip": (b"PK\x03\x04abc", "Excel"),
    "gzip": (b"\x1f\x8b\x08abc", "gzip"),
    "binary": (bytes(range(256)) * 40, "binary"),
    "nul": (b"abc\x00\x01\x02" * 30, "binary"),
    "login": (b"<!DOCTYPE html>\n<html><body><form>Sign in</form></body></html>", "web page"),
    "prose": (b"Dear Ann, the liver trial is attached. Best, Ben\n" * 20, "looked for"),
    "deep-json": (b'{"tamis": 1, "records": ' + b"[" * 200_000, "nested too deeply"),
    "newer-json": (b'{"tamis": 2, "records": [\n]}\n', "newer tamis"),
    "broken-json": (b'{"tamis": 1, "records": 5', "damaged"),
}


LOOKS = {
    "nbib": (b"PMID- 123\nOWN - NLM\nTI  - A title\nAB  - Text\nAU  - Doe J\n", "nbib"),
    "wos": (
        b"FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Doe, J\nTI A title\nER\n",
        "Web of Science",
    ),
    "wos-ris-name": (b"\xef\xbb\xbfPT J\nAU Doe, J\nTI A title\n", "Web of Science"),
    "bibtex": (b"@article{key,\n  title = {A title}\n}\n", "BibTeX"),
    "endnote-xml": (b'<?xml version="1.0"?><xml><records><record></record></records></xml>', "EndNote XML"),
    "pubmed-xml": (b"<PubmedArticleSet><PubmedArticle></PubmedArticle></PubmedArticleSet>", "PubMed XML"),
    "enw": (b"%0 Journal Article\n%T A title\n", "EndNote"),
    "json": (b'[{"title": "A"}]', "JSON"),
    "csv": (b"Title,Authors,Abstract\nA,B,C\n", "CSV"),
}
"""What the beginning of a file looks like when no reader takes it."""


@pytest.mark.parametrize("kind", LOOKS)
def test_what_a_refused_file_looks_like_is_named(kind: str) -> None:
    data, says = LOOKS[kind]
    sentence = str(refuse_text(data.decode("utf-8-sig"), "results.ris", ["RIS"]))
    assert says in sentence
    assert "export the search again as RIS" in sentence
    assert ("of a kind that is not read" in sentence) == (kind == "json")


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_with_a_sentence_that_names_the_file(kind: str) -> None:
    data, says = REFUSED[kind]
    with pytest.raises(FormatError) as caught:
        formats.read(data, name="search\n results.ris")
    sentence = str(caught.value)
    assert says in sentence
    assert sentence.startswith("search results.ris")
    assert "\n" not in sentence
    assert any(word in sentence for word in ("export", "unpack", "update"))
    assert caught.value.exit_code is ExitCode.UNREADABLE


def test_the_extension_says_nothing() -> None:
    assert formats.read(b"TY  - JOUR\nTI  - A\nER  - \n", name="references.pdf").format == "ris"


def test_ris_behind_a_long_preamble_of_a_provider_is_still_ris() -> None:
    data = b"Provider: X\nDatabase: Y\n" * 200 + b"TY  - JOUR\nTI  - A\nER  - \n"
    assert formats.read(data, name="x").found == 1


def test_a_format_that_cannot_be_written_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match="ris"):
        formats.write("saved-page", [], io.BytesIO())
