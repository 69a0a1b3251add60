"""Zotero's RDF: items, and what stands apart from them in the graph."""

from __future__ import annotations

import pytest

from tamis import formats
from tamis.errors import FormatError
from tests.formats.helpers import one, read_all

HEAD = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:bib="http://purl.org/net/biblio#"
 xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:link="http://purl.org/rss/1.0/modules/link/"
 xmlns:vcard="http://nwalsh.com/rdf/vCard#" xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">
"""
ARTICLE = """<bib:Article rdf:about="https://a.example/1">
<z:itemType>journalArticle</z:itemType><dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>
<bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Doe</foaf:surname>
<foaf:givenName>Jane</foaf:givenName></foaf:Person></rdf:li>
<rdf:li><foaf:Person><foaf:surname>The Group</foaf:surname></foaf:Person></rdf:li></rdf:Seq></bib:authors>
<z:reviewedAuthors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Rev</foaf:surname></foaf:Person></rdf:li>
</rdf:Seq></z:reviewedAuthors>
<dcterms:isReferencedBy rdf:resource="#item_9"/><link:link rdf:resource="#item_8"/>
<dc:subject>rice</dc:subject><dc:subject><z:AutomaticTag><rdf:value>sieve</rdf:value></z:AutomaticTag>
</dc:subject>
<dc:title>On sieves</dc:title><dcterms:abstract>One.
Two.</dcterms:abstract><dc:date>2019-03-02</dc:date><z:language>en</z:language>
<z:libraryCatalog>PubMed</z:libraryCatalog>
<dc:identifier><dcterms:URI><rdf:value>https://a.example/1</rdf:value></dcterms:URI></dc:identifier>
<dc:description>PMID: 321
PMCID: PMC9</dc:description><bib:pages>1-9</bib:pages><dc:rights>ours</dc:rights>
<dc:publisher><foaf:Organization><vcard:adr><vcard:Address><vcard:locality>Ulm</vcard:locality>
</vcard:Address></vcard:adr>
<foaf:name>Press</foaf:name></foaf:Organization></dc:publisher></bib:Article>
"""
JOURNAL = """<bib:Journal rdf:about="urn:issn:1234-5678"><prism:volume>12</prism:volume>
<dc:title>Journal of Sieves</dc:title>
<dc:identifier>DOI 10.1000/X.1</dc:identifier><prism:number>3</prism:number>
<dcterms:alternative>J Sieves</dcterms:alternative>
<dc:identifier>ISSN 1234-5678</dc:identifier></bib:Journal>
"""
FILE = """<z:Attachment rdf:about="#item_8"><z:itemType>attachment</z:itemType>
<rdf:resource rdf:resource="files/8/a.pdf"/>
<dc:identifier><dcterms:URI><rdf:value>https://a.example/a.pdf</rdf:value></dcterms:URI></dc:identifier>
<dc:title>PDF</dc:title></z:Attachment>
"""
NOTE = """<bib:Memo rdf:about="#item_9"><rdf:value>&lt;p&gt;Read &lt;b&gt;twice&lt;/b&gt;&lt;/p&gt;
</rdf:value></bib:Memo>
"""
BOOK = """<bib:Book rdf:about="#item_2"><z:itemType>book</z:itemType><dcterms:isPartOf><bib:Series>
<dc:title>The Series</dc:title>
</bib:Series></dcterms:isPartOf><dc:identifier>ISBN 9780000000002</dc:identifier>
<dc:title>Sieves</dc:title></bib:Book>
"""
SHELF = '<z:Collection rdf:about="#collection_1"><dc:title>Shelf</dc:title></z:Collection>\n'


def graph(*parts: str) -> str:
    return HEAD + "".join(parts) + "</rdf:RDF>\n"


def test_an_article_with_what_stands_apart_from_it() -> None:
    (record,), reading = read_all(graph(ARTICLE, NOTE, JOURNAL, FILE, SHELF))
    assert reading.format == "zotero-rdf"
    assert (record.type, record.title, record.abstract) == ("JOUR", "On sieves", "One.\nTwo.")
    assert record.authors == ("Doe, Jane", "The Group")
    assert (record.journal, record.volume, record.issue, record.pages) == (
        "Journal of Sieves",
        "12",
        "3",
        "1-9",
    )
    assert (record.year, record.date, record.doi, record.pmid) == (2019, "2019-03-02", "10.1000/x.1", "321")
    assert (record.issn, record.publisher, record.language, record.database) == (
        "1234-5678",
        "Press",
        "en",
        "PubMed",
    )
    assert record.keywords == ("rice", "sieve")
    assert record.notes == ("Read twice", "PMID: 321\nPMCID: PMC9")
    assert record.urls == ("https://a.example/1", "https://a.example/a.pdf")
    assert record.extra == {
        "reviewedAuthors": ("Rev",), "rights": ("ours",), "CY": ("Ulm",), "JA": ("J Sieves",),
        "L1": ("files/8/a.pdf",),
    }  # fmt: skip


def test_attachments_notes_journals_and_collections_are_no_records() -> None:
    note = '<bib:Memo rdf:about="#i"><z:itemType>note</z:itemType><rdf:value>alone</rdf:value></bib:Memo>'
    records, reading = read_all(graph(FILE, JOURNAL, ARTICLE, note, NOTE, BOOK, SHELF))
    assert [r.title for r in records] == ["On sieves", "Sieves"]
    assert reading.found == 2
    assert (records[1].extra["T3"], records[1].issn) == (("The Series",), "9780000000002")


def test_an_item_written_as_a_description_of_an_unknown_type() -> None:
    record = one(
        graph(
            '<rdf:Description rdf:about="#1"><z:itemType>treaty</z:itemType>'
            "<dc:title>T</dc:title></rdf:Description>"
        )
    )
    assert (record.type, record.title, record.extra) == ("", "T", {"item type": ("treaty",)})


def test_a_break_costs_the_records_behind_it() -> None:
    data = graph(ARTICLE, BOOK, BOOK)
    broken = data.replace("<dc:title>Sieves</dc:title>", "<dc:title>Sieves</title>", 1)
    records, reading = read_all(broken)
    assert [r.title for r in records] == ["On sieves"]
    lines = [n for n, line in enumerate(broken.split("\n"), 1) if "<z:itemType>book" in line]
    assert [p.line for p in reading.problems] == lines
    assert "mismatched tag" in reading.problems[0].why


def test_a_file_cut_off_in_its_last_item() -> None:
    records, reading = read_all(graph(ARTICLE, BOOK)[:-60])
    assert (len(records), len(reading.problems)) == (1, 1)


def test_deep_nesting_is_a_sentence() -> None:
    records, reading = read_all(graph(ARTICLE, "<z:x>" * 100_000, BOOK))
    assert len(records) == 1
    assert "nested too deeply" in reading.problems[0].why


def test_entities_are_refused() -> None:
    data = '<!DOCTYPE x [<!ENTITY a "b">]>' + graph(ARTICLE)
    with pytest.raises(FormatError, match="entities"):
        formats.read(data.encode(), name="x.rdf")


def test_rdf_of_others_is_refused() -> None:
    with pytest.raises(FormatError, match="XML"):
        formats.read(
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>', name="x.rdf"
        )


def test_attachments_alone_are_refused() -> None:
    with pytest.raises(FormatError, match="without any reference"):
        formats.read(graph(FILE, NOTE).encode(), name="x.rdf")
