"""BibTeX fields to the fields of a record, through RIS's names for them.

Field names are those of BibTeX and BibLaTeX and of what Web of Science, Scopus, IEEE, ACM, EBSCO, SciELO,
Mendeley, Zotero and JabRef add to them. What has no place in a record stays in `extra` under the name the
file gives it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tamis.domain.text import clean_line, doi, http_url, pmid, year
from tamis.formats.bibtex_values import month, people, unwrap
from tamis.formats.latex import plain
from tamis.formats.ris_fields import to_record
from tamis.formats.tagged import CAP, CUT, Fields, put, shelve

if TYPE_CHECKING:
    from tamis.domain.record import Record
    from tamis.formats.base import Log


class Entry(NamedTuple):
    """One entry as the file has it, braces off, LaTeX still in."""

    kind: str
    key: str
    fields: list[tuple[str, str]]


TYPES = {
    "article": "JOUR", "periodical": "JFULL", "book": "BOOK", "booklet": "PAMP", "inbook": "CHAP", "incollection": "CHAP",
    "inproceedings": "CPAPER", "conference": "CPAPER", "proceedings": "CONF", "mastersthesis": "THES", "phdthesis": "THES",
    "thesis": "THES", "techreport": "RPRT", "report": "RPRT", "unpublished": "UNPB", "manual": "BOOK", "online": "ELEC",
    "electronic": "ELEC", "www": "ELEC", "webpage": "ELEC", "dataset": "DATA", "software": "COMP", "patent": "PAT",
    "misc": "GEN", "collection": "EDBOOK", "mvbook": "BOOK", "suppbook": "CHAP", "bookinbook": "CHAP",
    "inreference": "ENCYC",
}  # fmt: skip
"""Entry types to RIS types."""

_NAMES = {
    "title": "TI", "abstract": "AB", "abstractnote": "AB", "volume": "VL", "doi": "DO", "issn": "SN", "language": "LA",
    "publisher": "PB", "pmid": "PMID", "pubmedid": "PMID", "uniqueid": "AN", "accessionnumber": "AN", "note": "N1",
    "notes": "N1", "annote": "N1", "annotation": "N1", "shortjournal": "J2", "abbrevsourcetitle": "J2", "journaliso": "J2",
    "series": "T3", "issnonline": "SN", "database": "DB",
}  # fmt: skip
_JOURNALS = ("journal", "journaltitle", "fulljournal", "fjournal", "sourcetitle", "booktitle", "eventtitle")
_KEYWORDS = frozenset({"keywords", "keyword", "authorkeywords", "keywordsplus", "indexkeywords", "meshterms", "mesh", "tags"})
_URLS = frozenset({"url", "link", "howpublished", "urls", "eprint", "adsurl", "biburl", "bdskurl1", "bdskurl2"})
_PAGES = ("pages", "page", "eid", "artnumber", "articlenumber", "articleno")
_PUBLISHERS = ("institution", "school", "organization")
_VERBATIM = frozenset({"url", "doi", "file", "link", "eprint", "adsurl", "biburl", "urls", "localurl", "bdskurl1", "bdskurl2"})
_PARAGRAPHS = frozenset({"AB", "N1"})
_NOTHING = re.compile(r"[^a-z0-9]")
_FOLD = re.compile(r"\n[ \t]+")
_WORD_LIST = re.compile(r"\s*;\s*")
_COMMAS = re.compile(r"\s*,\s*(?![^()]*\))")
_WHERE = {"scopus": "Scopus", "pubmed": "PubMed", "medline": "MEDLINE", "embase": "Embase"}
_GIVEN = re.compile(r"\b(family|given|prefix|suffix|given-i|family-i|prefix-i)\s*=\s*", re.IGNORECASE)


def bibtex_record(entry: Entry, line: int, log: Log) -> Record:
    """One record out of an entry."""
    return _Mapper(entry, line, log).record()


class _Mapper:
    """Takes values out of an entry; what nobody took is put under its own name."""

    def __init__(self, entry: Entry, line: int, log: Log) -> None:
        self.kind, self.key = entry.kind, entry.key
        self.line, self.log = line, log
        self.rest: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        for name, value in entry.fields:
            if value.strip():
                plain_name = _NOTHING.sub("", name.lower())
                self.names.setdefault(plain_name, clean_line(name))
                self.rest.setdefault(plain_name, []).append(self._cut(value))
        self.ris: Fields = {}

    def record(self) -> Record:
        """The record."""
        ris = self.ris
        if kind := TYPES.get(self.kind):
            ris["TY"] = [kind]
        if self.kind not in TYPES or (kind not in ("JOUR", "BOOK") and self.kind != "inproceedings"):
            ris["BibTeX type"] = [self.kind]
        if self.key:
            ris["BibTeX key"] = [self.key]
        self._names()
        self._titles()
        self._numbers()
        self._dates()
        self._links()
        self._words()
        for name in [name for name in _NAMES if name in self.rest]:
            self._move(name, _NAMES[name])
        self._database()
        for name, values in self.rest.items():
            decode = name not in _VERBATIM
            shelve(ris, self.names[name], [plain(unwrap(v)) if decode else unwrap(v) for v in values], "BibTeX")
        return to_record(ris, self.line, self.log)

    def _cut(self, value: str) -> str:
        if len(value) <= CAP:
            return value
        self.log.add(CUT, self.line)
        return value[:CAP] + " …"

    def _take(self, name: str) -> str:
        """The first value of a field as one plain line, taken out."""
        values = self.rest.get(name)
        if not values:
            return ""
        value = values.pop(0)
        if not values:
            del self.rest[name]
        return clean_line(unwrap(value) if name in _VERBATIM else plain(unwrap(value)))

    def _move(self, name: str, tag: str) -> None:
        values = self.rest.pop(name)
        if tag in _PARAGRAPHS:
            values = [_paragraphs(unwrap(v)) for v in values]
        else:
            values = [unwrap(v) for v in values]
        put(self.ris, tag, values if name in _VERBATIM else map(plain, values))

    def _names(self) -> None:
        for field, tag in (("author", "AU"), ("authors", "AU"), ("editor", "A2"), ("editors", "A2")):
            for value in self.rest.pop(field, ()):
                put(self.ris, tag, [_person(name) for name in people(unwrap(value))])
        if "AU" not in self.ris and "collaboration" in self.rest:
            put(self.ris, "AU", [self._take("collaboration")])

    def _titles(self) -> None:
        ris, rest = self.ris, self.rest
        title = self._take("title") if len(rest.get("title", ())) else ""
        if title and (subtitle := rest.get("subtitle")):
            part = plain(unwrap(subtitle[0]))
            if clean_line(part).lower() not in title.lower():
                title = f"{title} {part}" if title[-1] in ":?!" else f"{title}: {part}"
                self._take("subtitle")
        if not title:
            for name in ("maintitle", "booktitle", "chapter", "shorttitle"):
                if name in rest:
                    title = self._take(name)
                    break
        if title:
            put(ris, "TI", [title])
        for name in _JOURNALS:
            if name in rest:
                journal = self._take(name)
                if journal.lower() != title.lower() or self.kind == "article":
                    put(ris, "JF", [journal])
                    break
        if "JF" not in ris:
            for name in ("shortjournal", "abbrevsourcetitle", "journaliso"):
                if name in rest:
                    put(ris, "JF", [self._take(name)])
                    break

    def _numbers(self) -> None:
        ris, rest = self.ris, self.rest
        for name in ("number", "issue"):
            if name in rest and "IS" not in ris:
                value = self._take(name)
                if value.lower() != "null":
                    put(ris, "IS", [value])
        for name in _PAGES:
            if name in rest and "SP" not in ris:
                pages = re.sub(r"\s*[-–—‐‑]+\s*", "-", self._take(name))
                if pages.strip("-"):
                    put(ris, "SP", [pages])
        if "issn" not in rest:
            for name in ("issnonline", "eissn", "isbn"):
                if name in rest:
                    put(ris, "SN", [self._take(name)])
                    break
        if "publisher" not in rest:
            for name in _PUBLISHERS:
                if name in rest:
                    put(ris, "PB", [self._take(name)])
                    break
        if "pmid" in rest and not pmid(unwrap(rest["pmid"][0])):
            shelve(ris, self.names["pmid"] + " (no number)", rest.pop("pmid"), "BibTeX")

    def _dates(self) -> None:
        ris = self.ris
        published, date = self._take("year"), self._take("date")
        if not published and not date:
            date = next((value for name in ("publicationdate", "issued", "urlyear") if (value := self._take(name))), "")
        if published:
            put(ris, "PY", [published])
        found = year(published) or year(date)
        told = month(self.rest["month"][0].strip("{} \n")) if "month" in self.rest and found else None
        if told:
            self._take("month")
            number, day = told
            if not day and month("1 ") and "day" in self.rest and self.rest["day"][0].strip("{} \n").isdigit():
                day = self._take("day")
            if not date:
                date = f"{found}/{number:02}" + (f"/{int(day):02}" if day else "")
        if date:
            put(ris, "DA", [date])

    def _links(self) -> None:
        ris = self.ris
        for name in [name for name in _URLS if name in self.rest]:
            keep: list[str] = []
            for value in self.rest[name]:
                text = unwrap(value).replace("\\url", "").strip()
                for part in unwrap(text).split():
                    url = part.replace("\\_", "_").replace("\\%", "%").replace("\\&", "&").replace("\\#", "#")
                    url = url.replace("{\\textasciitilde}", "~").replace("\\textasciitilde", "~").strip("{}<>")
                    if not http_url(url):
                        keep.append(value)
                        break
                    put(ris, "UR", [url])
            if keep:
                self.rest[name] = keep
            else:
                del self.rest[name]
        if "doi" in self.rest:
            self.rest["doi"] = [v.replace("\\_", "_").replace("{\\_}", "_").replace("\\", "") for v in self.rest["doi"]]
        elif value := next((found for v in self.rest.get("ee", ()) if (found := doi(v))), ""):
            put(ris, "DO", [value])

    def _words(self) -> None:
        words: list[str] = []
        for name in [name for name in self.rest if name in _KEYWORDS]:
            for value in self.rest.pop(name):
                text = clean_line(plain(unwrap(value)))
                split = _WORD_LIST.split(text) if ";" in text else _COMMAS.split(text)
                words += [word for word in split if word]
        if words := list(dict.fromkeys(words)):
            put(self.ris, "KW", [*words, *([""] if len(words) == 1 else [])])

    def _database(self) -> None:
        ris = self.ris
        source = clean_line(self.rest.get("source", [""])[0].strip("{} \n"))
        if known := _WHERE.get(source.lower()):
            self._take("source")
            put(ris, "DB", [known])
        if match := re.match(r"(?:WOS|ISI):\w+$", self.key):
            if "AN" not in ris:
                put(ris, "AN", [match.group()])
            if "DB" not in ris:
                put(ris, "DB", ["Web of Science"])


def _paragraphs(value: str) -> str:
    """Text whose folded lines are joined; a line that begins in column 1 begins a paragraph."""
    if "\n" not in value:
        return value
    return _FOLD.sub(lambda fold: "\n" if "\n" in fold.group()[1:] else " ", value)


def _person(name: str) -> str:
    if "=" in name and (parts := _GIVEN.split(name))[1:]:  # BibLaTeX: family=Berg, given=J, prefix=van den
        said = dict(zip(map(str.lower, parts[1::2]), (p.strip(' ,"') for p in parts[2::2]), strict=False))
        family = " ".join(filter(None, (said.get("prefix"), said.get("family"))))
        if family:
            name = ", ".join(filter(None, (family, said.get("suffix"), said.get("given"))))
    if name.lower() == "others":
        return "et al."
    return clean_line(plain(unwrap(name)))
