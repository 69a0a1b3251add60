"""Whatever XML, RDF, JSON or an archive holds, reading it ends in a sentence or an account that adds up."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.examples import many
from tests.formats.strategies import RAW
from tests.formats.test_any_input import account
from tests.formats.test_zotero_rdf import ARTICLE, BOOK, FILE, HEAD, JOURNAL, NOTE

PUBMED = [
    "<PubmedArticle>", "</PubmedArticle>", "<MedlineCitation>", "</MedlineCitation>", "<PubmedArticle/>",
    "<PMID>1</PMID>",
    "<Article>", "</Article>", "<ArticleTitle>A <i>b</i></ArticleTitle>",
    "<Abstract><AbstractText Label='X'>y</AbstractText></Abstract>",
    "<AuthorList><Author><LastName>D</LastName></Author></AuthorList>", "<PubmedBookArticle><BookDocument>",
    "</BookDocument></PubmedBookArticle>", "<Book><BookTitle>B</BookTitle></Book>",
    "<MeshHeadingList><MeshHeading/></MeshHeadingList>",
    "<PubDate><Year>2019</Year></PubDate>", "<ELocationID EIdType='doi'>10.1000/x</ELocationID>",
    "<History><x/></History>",
]  # fmt: skip
ENDNOTE = [
    "<record>", "</record>", "<record/>", "<ref-type name='Book'>6</ref-type>",
    "<titles><title>A</title></titles>",
    "<titles><title><style>A</style><style> b</style></title>", "</titles>",
    "<abstract>x&#xD;y</abstract>", "<dates><year>19</year>",
    "<keywords><keyword>k</keyword></keywords>",
    "<urls><web-urls><url>http://a.example</url></web-urls></urls>",
    "<contributors><authors><author>D, J</author></authors></contributors>",
    "<pages start='1' end='2'>-</pages>",
    "<notes>n</notes>", "<custom1>c</custom1>", "<records>", "</records></xml>",
]  # fmt: skip
ANY = ["<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&", "&amp;", "&eacute;", "&#x1F;", "<", ">",
       "<b>", "</b>", "\n",
       "<!DOCTYPE x>",
       "<!ENTITY a 'b'>", "\x01", "'", '"', "<a b='", " "]  # fmt: skip
RDF = [ARTICLE, BOOK, FILE, NOTE, JOURNAL, "<z:itemType>book</z:itemType>", "<bib:Book>", "</bib:Book>",
       "<z:itemType>note</z:itemType>",
       "<dc:title>T</dc:title>", "<rdf:Description>", "</rdf:Description>"]  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), RAW),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(RAW, inner, max_size=3)),
    max_leaves=8,
)
KEYS = st.sampled_from([
    "title", "author", "authors", "editor", "issued", "DOI", "PMID", "note", "keyword", "tags",
    "container-title", "type", "data",
    "itemType", "creators", "year", "date", "number", "issue", "accessed", "abstract", "URL", "ISSN",
    "page", "id", "volume",
])  # fmt: skip
ITEM = st.dictionaries(st.one_of(KEYS, RAW), JSON, max_size=6)


def mixed(parts: list[str]) -> st.SearchStrategy[str]:
    return st.lists(
        st.one_of(st.sampled_from(parts), st.sampled_from(parts), st.sampled_from(ANY), RAW), max_size=25
    ).map("".join)


@given(
    mixed(PUBMED), st.sampled_from(["<PubmedArticleSet>", "<?xml version='1.0'?>\n<PubmedArticleSet>", ""])
)
@many()
def test_anything_like_pubmed_xml(text: str, head: str) -> None:
    account((head + text).encode("utf-8", "replace"))


@given(mixed(ENDNOTE))
@many()
def test_anything_like_endnote_xml(text: str) -> None:
    account(("<xml><records><record><titles/>" + text).encode("utf-8", "replace"))


@given(st.lists(st.one_of(st.sampled_from(RDF[:5]), st.sampled_from(RDF), RAW), max_size=10).map("".join))
@many()
def test_anything_like_zotero_rdf(text: str) -> None:
    account((HEAD + text + "</rdf:RDF>").encode("utf-8", "replace"))


@given(st.lists(st.one_of(ITEM, JSON), max_size=5), st.integers(0, 400), RAW)
@many()
def test_anything_like_a_json_list(items: list[object], at: int, junk: str) -> None:
    text = json.dumps([{"title": "A", "author": []}, *items])
    account(text.encode())
    account((text[:at] + junk + text[at:]).encode("utf-8", "replace"))
    account(text[:at].encode())


@given(ITEM, st.sampled_from(["items", "references", "message"]))
@many()
def test_anything_under_a_name(item: dict[str, object], name: str) -> None:
    account(
        json.dumps({name: [{"title": "A", "year": 1, **item}, item], "more": [1, {"items": [item]}]}).encode()
    )


@given(st.binary(min_size=1, max_size=20), st.integers(0, 400), st.booleans())
@many()
def test_an_archive_damaged_anywhere(junk: bytes, at: int, zipped: bool) -> None:
    data = b"TY  - JOUR\nTI  - A\nER  - \n" * 3
    if zipped:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.ris", data)
            archive.writestr("b.txt", b"words")
        packed = out.getvalue()
    else:
        packed = gzip.compress(data)
    account(packed[:at] + junk + packed[at + len(junk) :])
    account(packed[:at])


PACKED = st.one_of(
    st.sampled_from([b"", b"TY  - JOUR\nTI  - A\nER  - \n", b"title,year\nA,2001\n", b"PMID- 1\nTI  - A\n",
                     b'[{"title": "A", "author": []}]', b"@article{a,\n title = {A}\n}\n", b"words"]),
    st.binary(max_size=40),
)  # fmt: skip
ENTRIES = st.sampled_from(["a.ris", "b.csv", "c/d.xml", "../e.ris", "f.gz", "g.zip", "articles.csv",
                           "project.json",
                           "customizations_log.csv", "__MACOSX/a", "h/", "[Content_Types].xml",
                           "\x01"])  # fmt: skip


@given(st.lists(st.tuples(ENTRIES, PACKED, st.sampled_from(["", "gz", "zip"])), max_size=4))
@many()
def test_an_archive_of_anything(entries: list[tuple[str, bytes, str]]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data, wrapped) in enumerate(entries):
            body = data
            if wrapped == "gz":
                body = gzip.compress(data)
            elif wrapped == "zip":
                inner = io.BytesIO()
                with zipfile.ZipFile(inner, "w") as within:
                    within.writestr(name, data)
                body = inner.getvalue()
            twice = any(name == before for before, _, _ in entries[:number])
            archive.writestr(f"{number}{name}" if twice else name, body)
    account(out.getvalue())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252", "utf-8-sig"])
@given(text=mixed(PUBMED))
@many()
def test_anything_like_xml_in_any_encoding(text: str, encoding: str) -> None:
    account(("<PubmedArticleSet><PubmedArticle>" + text).encode(encoding, "replace"))
