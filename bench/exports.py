"""Clean exports of invented records in every format, as the databases and programs write them."""

from __future__ import annotations

import csv
import io
import textwrap
from typing import TYPE_CHECKING, Final

from tamis import formats
from tamis.domain.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SUFFIXES: Final = {
    "ris": ".ris",
    "nbib": ".nbib",
    "pubmed-xml": ".xml",
    "endnote-xml": ".xml",
    "zotero-rdf": ".rdf",
    "wos": ".ciw",
    "wos-tab": ".txt",
    "ovid": ".txt",
    "refworks": ".txt",
    "enw": ".enw",
    "bibtex": ".bib",
    "csl-json": ".json",
    "json": ".json",
    "csv": ".csv",
    "table": ".csv",
    "xlsx": ".xlsx",
}
"""Every format of a list of references, by its name among `formats.FORMATS`, and an extension."""


def write_export(ris: Path, name: str, path: Path) -> None:
    """Write the records of a RIS file in another format."""
    records = _records(ris)
    with path.open("wb") as out:
        if name in formats.WRITABLE:
            formats.write(name, records, out)
        else:
            out.write(_BY_HAND[name](records).encode())


def _records(ris: Path) -> list[Record]:
    made = []
    for number, item in enumerate(formats.read(ris.read_bytes(), name=ris.name), 1):
        if isinstance(item, Record):
            item.pmid, item.accession, item.flags = str(10_000_000 + number), "", ()
            made.append(item)
    return made


def _first_last(record: Record) -> tuple[str, str]:
    first, _, last = record.pages.partition("-")
    return first, last


def _rows(rows: Sequence[Sequence[object]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _table(records: Sequence[Record]) -> str:
    head = ["Title", "Authors", "Year", "Source title", "Volume", "Issue", "Page start", "Page end", "DOI",
            "PubMed ID", "Author Keywords", "Abstract"]  # fmt: skip
    rows = [
        [r.title, "; ".join(r.authors), r.year, r.journal, r.volume, r.issue, *_first_last(r), r.doi, r.pmid,
         "; ".join(r.keywords), r.abstract]
        for r in records
    ]  # fmt: skip
    return _rows([head, *rows], ",")


def _wos_tab(records: Sequence[Record]) -> str:
    head = ["PT", "AU", "AF", "TI", "SO", "DE", "AB", "PY", "VL", "IS", "BP", "EP", "DI", "PM", "UT"]
    rows = [
        ["J", "; ".join(r.authors), "; ".join(r.authors), r.title, r.journal.upper(), "; ".join(r.keywords),
         r.abstract, r.year, r.volume, r.issue, *_first_last(r), r.doi, r.pmid, f"WOS:{n:015d}"]
        for n, r in enumerate(records)
    ]  # fmt: skip
    return _rows([head, *rows], "\t")


def _wos(records: Sequence[Record]) -> str:
    def one(number: int, r: Record) -> str:
        first, last = _first_last(r)
        authors = "\n   ".join(r.authors)
        title = "\n   ".join(textwrap.wrap(r.title, 70))
        return (
            f"PT J\nAU {authors}\nAF {authors}\nTI {title}\nSO {r.journal.upper()}\nLA English\nDT Article\n"
            f"DE {'; '.join(r.keywords)}\nAB {r.abstract}\nPY {r.year}\nVL {r.volume}\nIS {r.issue}\n"
            f"BP {first}\nEP {last}\nDI {r.doi}\nPM {r.pmid}\nUT WOS:{number:015d}\nER\n\n"
        )

    head = "FN Clarivate Analytics Web of Science\nVR 1.0\n"
    return head + "".join(one(n, r) for n, r in enumerate(records)) + "EF\n"


def _ovid(records: Sequence[Record]) -> str:
    def one(number: int, r: Record) -> str:
        source = f"{r.journal}. {r.volume}({r.issue}):{r.pages}, {r.year}"
        abstract = "\n      ".join(textwrap.wrap(r.abstract, 90))
        authors = "".join(f"AU  - {author}\n" for author in r.authors)
        return (
            f"<{number}. >\nVN  - Ovid Technologies\nDB  - Ovid MEDLINE(R)\nUI  - {r.pmid}\n{authors}"
            f"TI  - {r.title}\nSO  - {source}\nYR  - {r.year}\nDO  - {r.doi}\nLG  - English\n"
            f"AB  - {abstract}\nKW  - {'; '.join(r.keywords)}\n\n"
        )

    return "".join(one(n, r) for n, r in enumerate(records, 1))


def _refworks(records: Sequence[Record]) -> str:
    def one(number: int, r: Record) -> str:
        first, last = _first_last(r)
        names = "".join(f"A1 {author}\n" for author in r.authors)
        words = "".join(f"K1 {word}\n" for word in r.keywords)
        return (
            f"RT Journal Article\nSR Electronic(1)\nID {number}\n{names}T1 {r.title}\nJF {r.journal}\n"
            f"YR {r.year}\nVO {r.volume}\nIS {r.issue}\nSP {first}\nOP {last}\n{words}AB {r.abstract}\n"
            f"LA English\nDO {r.doi}\n\n"
        )

    return "".join(one(n, r) for n, r in enumerate(records, 1))


def _enw(records: Sequence[Record]) -> str:
    def one(r: Record) -> str:
        names = "".join(f"%A {author}\n" for author in r.authors)
        words = "".join(f"%K {word}\n" for word in r.keywords)
        return (
            f"%0 Journal Article\n{names}%T {r.title}\n%J {r.journal}\n%V {r.volume}\n%N {r.issue}\n"
            f"%P {r.pages}\n%D {r.year}\n%R {r.doi}\n{words}%X {r.abstract}\n\n"
        )

    return "".join(map(one, records))


def _pubmed(records: Sequence[Record]) -> str:
    def person(name: str) -> str:
        last, _, first = name.partition(", ")
        return (
            f'<Author ValidYN="Y"><LastName>{last}</LastName><ForeName>{first}</ForeName>'
            f"<Initials>{first[:1]}</Initials></Author>\n"
        )

    def one(r: Record) -> str:
        words = "".join(f'<Keyword MajorTopicYN="N">{word}</Keyword>\n' for word in r.keywords)
        return (
            f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{r.pmid}'
            '</PMID>\n<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Internet">'
            f"<Volume>{r.volume}</Volume><Issue>{r.issue}</Issue><PubDate><Year>{r.year}</Year></PubDate></JournalIssue>\n"
            f"<Title>{r.journal}</Title></Journal>\n<ArticleTitle>{r.title}</ArticleTitle>\n"
            f"<Pagination><MedlinePgn>{r.pages}</MedlinePgn></Pagination>\n"
            f'<ELocationID EIdType="doi" ValidYN="Y">{r.doi}</ELocationID>\n'
            f"<Abstract><AbstractText>{r.abstract}</AbstractText></Abstract>\n"
            f'<AuthorList CompleteYN="Y">{"".join(map(person, r.authors))}</AuthorList>\n'
            f"<Language>eng</Language><PublicationTypeList><PublicationType UI='D016428'>Journal Article"
            f'</PublicationType></PublicationTypeList></Article>\n<KeywordList Owner="NOTNLM">{words}'
            f"</KeywordList></MedlineCitation>\n<PubmedData><ArticleIdList>"
            f'<ArticleId IdType="pubmed">{r.pmid}</ArticleId><ArticleId IdType="doi">{r.doi}</ArticleId>'
            f"</ArticleIdList></PubmedData></PubmedArticle>\n"
        )

    head = '<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n'
    return head + "".join(map(one, records)) + "</PubmedArticleSet>\n"


def _endnote(records: Sequence[Record]) -> str:
    def styled(tag: str, text: object) -> str:
        return f'<{tag}><style face="normal" font="default" size="100%">{text}</style></{tag}>'

    def one(number: int, r: Record) -> str:
        return (
            f'<record><database name="My.enl" path="My.enl">My.enl</database><rec-number>{number}'
            '</rec-number><ref-type name="Journal Article">17</ref-type><contributors><authors>'
            f"{''.join(styled('author', name) for name in r.authors)}</authors></contributors><titles>"
            f"{styled('title', r.title)}{styled('secondary-title', r.journal)}</titles>"
            f"{styled('pages', r.pages)}{styled('volume', r.volume)}{styled('number', r.issue)}<keywords>"
            f"{''.join(styled('keyword', word) for word in r.keywords)}</keywords><dates>"
            f"{styled('year', r.year)}</dates>{styled('abstract', r.abstract)}"
            f"{styled('electronic-resource-num', r.doi)}</record>"
        )

    head = '<?xml version="1.0" encoding="UTF-8" ?><xml><records>'
    return head + "".join(one(n, r) for n, r in enumerate(records, 1)) + "</records></xml>\n"


_SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "z": "http://www.zotero.org/namespaces/export#",
    "dcterms": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "bib": "http://purl.org/net/biblio#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
}


def _zotero(records: Sequence[Record]) -> str:
    def person(name: str) -> str:
        last, _, first = name.partition(", ")
        return (
            f"<rdf:li><foaf:Person><foaf:surname>{last}</foaf:surname>"
            f"<foaf:givenName>{first}</foaf:givenName></foaf:Person></rdf:li>\n"
        )

    def one(number: int, r: Record) -> str:
        words = "".join(f"<dc:subject>{word}</dc:subject>\n" for word in r.keywords)
        return (
            f'<bib:Article rdf:about="#item_{number}">\n<z:itemType>journalArticle</z:itemType>\n'
            f"<dcterms:isPartOf><bib:Journal><prism:volume>{r.volume}</prism:volume><prism:number>{r.issue}"
            f"</prism:number><dc:title>{r.journal}</dc:title><dc:identifier>DOI {r.doi}</dc:identifier>"
            f"</bib:Journal></dcterms:isPartOf>\n<bib:authors><rdf:Seq>{''.join(map(person, r.authors))}"
            f"</rdf:Seq></bib:authors>\n{words}<dc:title>{r.title}</dc:title>\n"
            f"<dcterms:abstract>{r.abstract}</dcterms:abstract>\n<dc:date>{r.year}</dc:date>\n"
            f"<bib:pages>{r.pages}</bib:pages>\n</bib:Article>\n"
        )

    spaces = "".join(f' xmlns:{name}="{where}"' for name, where in _SPACES.items())
    return f"<rdf:RDF{spaces}>\n{''.join(one(n, r) for n, r in enumerate(records, 1))}</rdf:RDF>\n"


_BY_HAND: Final[dict[str, Callable[[Sequence[Record]], str]]] = {
    "table": _table,
    "wos-tab": _wos_tab,
    "wos": _wos,
    "ovid": _ovid,
    "refworks": _refworks,
    "enw": _enw,
    "pubmed-xml": _pubmed,
    "endnote-xml": _endnote,
    "zotero-rdf": _zotero,
}
