"""A page saved as text from a paper site: one record between the site's own words.

There is no published format; what such pages share was read off saved ones: the title in the first line,
tab labels run together (`TL;DRAbstract`), the abstract once or twice, invitations to chat. A text is taken
for such a page only with enough of that evidence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.record import Flag, Record
from tamis.domain.text import clean_line, clean_text, doi, http_url, pmid, year
from tamis.errors import FormatError
from tamis.formats.base import Format, Item, Log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.formats.decoding import Text

_CERTAIN = frozenset(
    {
        "tl;drabstract",
        "abstracttl;dr",
        "tl;dr",
        "chat with paper",
        "ai agents for this paper",
        "click to start chat",
        "chat with pdf",
        "ask copilot",
        "chat with this paper",
        "ask this paper",
        "literature review by ai",
    }
)
_HEADINGS = {
    "tl;drabstract": "abstract",
    "abstracttl;dr": "abstract",
    "abstract": "abstract",
    "abstracts": "abstract",
    "tl;dr": "summary",
    "summary": "summary",
    "ai summary": "summary",
    "keywords": "keywords",
    "key words": "keywords",
    "topics": "keywords",
    "authors": "authors",
    "author": "authors",
    "author(s)": "authors",
}
_FURNITURE = _CERTAIN | {
    "chat",
    "save",
    "share",
    "cite",
    "cite this",
    "export",
    "pdf",
    "download",
    "download pdf",
    "view pdf",
    "full text",
    "open access",
    "podcast",
    "listen",
    "related papers",
    "similar papers",
    "references",
    "citations",
    "figures",
    "login",
    "log in",
    "sign in",
    "sign up",
    "sign up for free",
    "home",
    "search",
    "menu",
    "more",
    "show more",
    "read more",
    "see more",
    "copy",
    "copy link",
    "bookmark",
    "follow",
    "overview",
    "journal article",
    "article",
    "add to library",
    "view full text",
    "request full text",
    "loading...",
    "explore",
    "upgrade",
    "try for free",
    "follow-up questions",
    "suggested questions",
    "new chat",
    "send",
    "back to top",
    "close",
}
_ENOUGH = 2
_PARAGRAPH = 150
_TITLE = range(8, 500)
_LABELLED = re.compile(
    r"(doi|url|link|pmid|authors?|author\(s\)|journal|source|published in|published|publication date|date|"
    r"year|keywords?|key words|tl;dr|abstract|summary|volume|issue|pages|issn|publisher)\s*:\s*(.+)",
    re.IGNORECASE,
)
_PLURALS = {
    "author": "authors",
    "author(s)": "authors",
    "keyword": "keywords",
    "key words": "keywords",
    "tl;dr": "summary",
    "source": "journal",
    "published in": "journal",
    "published": "date",
    "publication date": "date",
    "year": "date",
    "link": "url",
}
_NAME = r"[A-ZÀ-Þ][\w'’.-]*(?:\s+(?:[a-zà-ÿ]{1,4}\s+)?[A-ZÀ-Þ][\w'’.-]*){1,4}"
_AUTHORS = re.compile(rf"{_NAME}(?:\s*(?:,|;|and|&|•|·)\s*{_NAME})*(?:,?\s*et al\.?)?")
_DATE = re.compile(
    r"(?:\d{1,2}\s+)?(?:[A-Z][a-z]{2,8}\.?\s+)?(?:\d{1,2},\s+)?(?:1[5-9]|20)\d\d(?:[-/]\d{1,2}){0,2}"
)
_BETWEEN_NAMES = re.compile(r"\s*(?:;|•|·|&|,?\s+and\s|,)\s*")
_JOURNAL_YEAR = re.compile(
    r"(?P<date>[^-–|•·]*\b(?:1[5-9]|20)\d\d)\s*[-–|•·]\s*(?P<journal>[^-–|•·].{2,150})"
)


def _sniff(head: str) -> bool:
    lines = [clean_line(line) for line in head.split("\n")]
    lines = [line for line in lines if line]
    marks = {line.lower() for line in lines if line.lower() in _CERTAIN or line.lower() in _HEADINGS}
    sure = marks & _CERTAIN
    if not sure or len(marks) < _ENOUGH:
        return False
    title = next(
        (line for line in lines if line.lower() not in _FURNITURE and line.lower() not in _HEADINGS), ""
    )
    return len(title) in _TITLE and any(len(line) >= _PARAGRAPH for line in lines if line != title)


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    page = _Page()
    for number, line in enumerate(text.lines(), 1):
        page.take(clean_text(line), number)
    record = page.record(log)
    if not record.title:
        raise FormatError("it looks like a page of a paper site, but no title was found; export it as RIS")
    return 1, iter((record,))


class _Page:
    """The one record of a page, line by line."""

    def __init__(self) -> None:
        self.line = 0
        self.title = ""
        self.section = "head"
        self.paragraphs: list[str] = []
        self.summary: list[str] = []
        self.keywords: list[str] = []
        self.authors: list[str] = []
        self.notes: list[str] = []
        self.urls: list[str] = []
        self.values: dict[str, str] = {}
        self.furniture = 0
        self.twice = False

    def take(self, line: str, number: int) -> None:
        """Put one clean line where it belongs."""
        key = line.lower().rstrip(":").strip()
        if not line:
            return
        if key in _HEADINGS:
            self.section = _HEADINGS[key]
            self.furniture += 1
        elif key in _FURNITURE:
            self.section = "body"
            self.furniture += 1
        elif not self.title:
            self.title, self.line = clean_line(line), number
        elif len(line) >= _PARAGRAPH and self.section != "summary":
            self._paragraph(line)
        elif self.section in ("keywords", "authors"):
            self._labelled(self.section, line)
        elif match := _LABELLED.fullmatch(line):
            label = match.group(1).lower()
            self._labelled(_PLURALS.get(label, label), match.group(2))
        elif self.section == "summary":
            self.summary.append(line)
        elif self.section == "abstract" or (self.section == "body" and len(line) > 80 and line[-1] in ".?!"):
            self._paragraph(line)
        else:
            self._head(line)

    def _paragraph(self, text: str) -> None:
        """Keep a paragraph once; of two that begin alike, the longer."""
        for i, known in enumerate(self.paragraphs):
            if known.startswith(text) or text.startswith(known):
                self.twice = True
                self.paragraphs[i] = max(known, text, key=len)
                return
        self.paragraphs.append(text)
        if self.section == "body":  # what follows the site's own words is not what the tab showed
            self.section = "text"

    def _labelled(self, label: str, value: str) -> None:
        if label == "keywords":
            self.keywords += [word.strip() for word in re.split(r"[;,•·]", value) if word.strip()]
        elif label == "authors":
            self.authors += [name.strip() for name in _BETWEEN_NAMES.split(value) if name.strip()]
        elif label in ("abstract", "summary"):
            (self._paragraph if label == "abstract" else self.summary.append)(value)
        elif label == "url":
            self._head(value)
        elif label in self.values:
            self.notes.append(value)
        else:
            self.values[label] = value

    def _head(self, line: str) -> None:
        """A line between the title and the abstract, known by its look alone."""
        if url := http_url(line):
            self.urls.append(url)
        elif "doi" not in self.values and line.lower().startswith(("10.", "doi")) and doi(line):
            self.values["doi"] = line
        elif "date" not in self.values and _DATE.fullmatch(line):
            self.values["date"] = line
        elif (
            "date" not in self.values
            and "journal" not in self.values
            and (match := _JOURNAL_YEAR.fullmatch(line))
        ):
            self.values["date"] = match.group("date").strip()
            self.values["journal"] = match.group("journal").strip()
        elif not self.authors and _AUTHORS.fullmatch(line) and ("," in line or len(line.split()) <= 4):
            self._labelled("authors", line)
        else:
            self.notes.append(line)

    def record(self, log: Log) -> Record:
        """The record; call once, after the last line."""
        if self.furniture:
            log.add("{n} line{s} of the site's own words passed over", self.line, self.furniture)
        if self.twice:
            log.add("the abstract stands there twice; kept once", self.line)
        abstract = "\n".join(self.paragraphs)
        date = self.values.get("date", "")
        found = next((d for d in (doi(t) for t in (self.values.get("doi", ""), *self.urls)) if d), "")
        published = year(date)
        flags = [Flag.NO_ABSTRACT] if not abstract else [Flag.CUT_OFF] if _cut_off(abstract) else []
        return Record(
            title=self.title,
            abstract=abstract,
            authors=tuple(self.authors),
            year=published,
            date="" if date == str(published) else date,
            doi=found,
            pmid=pmid(self.values.get("pmid", "")),
            urls=tuple(dict.fromkeys(self.urls)),
            keywords=tuple(dict.fromkeys(self.keywords)),
            notes=(*(f"TL;DR: {text}" for text in self.summary), *self.notes),
            flags=tuple(flag.value for flag in flags),
            line=self.line,
            journal=self.values.get("journal", ""),
            volume=self.values.get("volume", ""),
            issue=self.values.get("issue", ""),
            pages=self.values.get("pages", ""),
            issn=self.values.get("issn", ""),
            publisher=self.values.get("publisher", ""),
        )


def _cut_off(abstract: str) -> bool:
    return abstract[-1].isalnum() or abstract[-1] in ",;:-–(…" or abstract.endswith("...")


FORMAT = Format(
    name="saved-page", label="a page saved from a paper site", suffix=".txt", sniff=_sniff, read=_read
)
