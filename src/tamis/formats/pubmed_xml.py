"""PubMed's XML: what its site saves and what E-utilities fetch, articles and books.

The elements are described in NLM's "MEDLINE/PubMed XML Element Descriptions". Values get RIS's tags where
RIS has one, MEDLINE's otherwise, so that a record comes out as it does from the same record's `.nbib`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.record import Problem
from tamis.domain.text import doi
from tamis.formats.base import Format, Item, Log
from tamis.formats.markup_tree import Marks, clip, read_records, root_name
from tamis.formats.pubmed_article import Article
from tamis.formats.ris_fields import to_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from tamis.formats.decoding import Text

_MARKS = Marks("PubmedArticle", "PubmedBookArticle", inner=("MedlineCitation", "BookDocument"))
_ROOTS = frozenset({
    "PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet",
    "MedlineCitation", "BookDocumentSet", "BookDocument",
})  # fmt: skip


def _sniff(head: str) -> bool:
    return root_name(head) in _ROOTS


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    return read_records(text, log, _MARKS, _build)


def _build(element: Element, line: int, log: Log, clean: bool) -> Item:  # noqa: ARG001 - all is cleaned here
    article = Article()
    article.walk(element)
    if not article.fields and not article.later:
        return Problem(line, "this record is empty", "")
    return to_record(clip(_finished(article), line, log), line, log, clean=True)


def _finished(article: Article) -> dict[str, list[str]]:
    """The values under RIS's and MEDLINE's tags."""
    fields, later = article.fields, article.later
    if article.book:
        _finish_book(article)
    elif fields.keys() & {"JF", "JA", "J2"} or "PMID" in fields:
        fields["TY"] = ["JOUR"]
    if "TI" not in fields and "TT" in fields:
        fields["TI"] = fields.pop("TT")
    if "JF" not in fields and (journal := fields.pop("JA", []) or fields.pop("J2", [])):
        fields["JF"] = journal
    names = dict.fromkeys(name for value in later.get("doi", ()) if (name := doi(value)))
    if names:
        fields["DO"] = list(names)
    if broken := [value for value in later.get("doi", ()) if not doi(value)]:
        fields["AID"] = [*fields.get("AID", []), *(f"{value} [doi]" for value in dict.fromkeys(broken))]
    if "PMID" not in fields and "pmid" in later:
        fields["PMID"] = later["pmid"][:1]
    if dates := later.get("DP") or [value[:4] for value in fields.get("DEP", [])[:1]]:
        fields["PY"] = dates
    if "KW" in fields and len(fields["KW"]) == 1:
        fields["KW"].append("")  # one heading with a semicolon in it is still one
    if "ISBN" in fields and "SN" not in fields:
        fields["SN"] = fields.pop("ISBN")
    if "PMID" in fields:
        fields["DB"] = ["PubMed"]
    return fields


def _finish_book(article: Article) -> None:
    fields = article.fields
    book, people = fields.pop("BT", []), article.later.get("book AU", [])
    if "TI" in fields:
        fields["TY"] = ["CHAP"]
        fields.setdefault("JF", []).extend(book)
    else:
        fields["TY"] = ["BOOK"]
        fields["TI"] = book
    if people:
        fields.setdefault("A2" if "AU" in fields else "AU", []).extend(people)


FORMAT = Format(name="pubmed-xml", label="PubMed XML", suffix=".xml", sniff=_sniff, read=_read)
