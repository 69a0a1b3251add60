"""BibTeX fields to the fields of a record, through RIS's names for them.

Field names are those of BibTeX and BibLaTeX and of what Web of Science, Scopus, IEEE, ACM, EBSCO, SciELO,
Mendeley, Zotero and JabRef add to them. What has no place in a record stays in `extra` under the name the
file gives it.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
    "article": "JOUR", "periodical": "JFULL", "book": "BOOK", "booklet": "PAMP", "inbook": "CHAP",
    "incollection": "CHAP", "inproceedings": "CPAPER", "conference": "CPAPER", "proceedings": "CONF",
    "mastersthesis": "THES", "phdthesis": "THES", "thesis": "THES", "techreport": "RPRT", "report": "RPRT",
    "unpublished": "UNPB", "manual": "BOOK", "online": "ELEC", "electronic": "ELEC", "www": "ELEC",
    "webpage": "ELEC", "dataset": "DATA", "software": "COMP", "patent": "PAT", "misc": "GEN",
    "collection": "EDBOOK", "mvbook": "BOOK", "suppbook": "CHAP", "bookinbook": "CHAP",
    "inreference": "ENCYC",
}  # fmt: skip
"""Entry types to RIS types."""

_NAMES = {
    "title": "TI", "abstract": "AB", "abstractnote": "AB", "volume": "VL", "doi": "DO", "issn": "SN",
    "language": "LA", "publisher": "PB", "pmid": "PMID", "pubmedid": "PMID", "uniqueid": "AN",
    "accessionnumber": "AN", "note": "N1", "notes": "N1", "annote": "N1", "annotation": "N1",
    "shortjournal": "J2", "abbrevsourcetitle": "J2", "journaliso": "J2", "series": "T3",
    "issnonline": "SN", "database": "DB",
}  # fmt: skip
_JOURNALS = ("journal", "journaltitle", "fulljournal", "fjournal", "sourcetitle", "booktitle", "eventtitle")
_KEYWORDS = frozenset(
    {"keywords", "keyword", "authorkeywords", "keywordsplus", "indexkeywords", "meshterms", "mesh", "tags"}
)
_URLS = ("url", "link", "howpublished", "urls", "eprint", "adsurl", "biburl", "bdskurl1", "bdskurl2")
_PAGES = ("pages", "page", "eid", "artnumber", "articlenumber", "articleno")
_PUBLISHERS = ("institution", "school", "organization")
_VERBATIM = frozenset({*_URLS, "doi", "file", "localurl"} - {"howpublished"})
_DAY = re.compile(r"\d{1,2}")
_PARAGRAPHS = frozenset({"AB", "N1"})
_NOTHING = re.compile(r"[^a-z0-9]")
_FOLD = re.compile(r"\n[ \t]+")
_WORD_LIST = re.compile(r"\s*;\s*")
_COMMAS = re.compile(r"\s*,\s*(?![^()]*\))")
_WHERE = {"scopus": "Scopus", "pubmed": "PubMed", "medline": "MEDLINE", "embase": "Embase"}
_DASHES = re.compile(r"\s*[-–—‐‑]+\s*")
_NOTED = re.compile(r"\{?(?:PMID|pmid|Pmid):?\}?:?\s*(\d{1,8})\.?")
_TILDE = re.compile(r"\{?\\textasciitilde(?:\{\}|\})?|\\~\{\}")
_ESCAPE = re.compile(r"\\([_%&#$])")
_GIVEN = re.compile(r"\b(family|given|prefix|suffix|given-i|family-i|prefix-i)\s*=\s*", re.IGNORECASE)


def _plain_note(value: str) -> str:
    """A note without LaTeX; what Rayyan adds is none, and its quotes and braces count (`peers.rayyan`)."""
    own, mark, added = value.partition("RAYYAN-")
    return plain(own) + mark + added


def bibtex_record(entry: Entry, line: int, log: Log) -> Record:
    """One record out of an entry."""
    return _Mapper(entry, line, log).record()


@lru_cache(1024)
def _name(name: str) -> tuple[str, str]:
    """A field's name as it is compared, and as it is kept."""
    return _NOTHING.sub("", name.lower()), clean_line(name)


class _Mapper:
    """Takes values out of an entry; what nobody took is put under its own name."""

    def __init__(self, entry: Entry, line: int, log: Log) -> None:
        self.kind, self.key = entry.kind, entry.key
        self.line, self.log = line, log
        self.rest: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        for name, value in entry.fields:
            if value.strip():
                known, shown = _name(name)
                if len(value) > CAP:
                    log.add(CUT, line)
                    value = value[:CAP] + " …"
                if known in self.rest:
                    self.rest[known].append(value)
                else:
                    self.names[known] = shown
                    self.rest[known] = [value]
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
            texts = [plain(unwrap(v)) if decode else unwrap(v) for v in values]
            shelve(ris, self.names[name], texts, "BibTeX")
        return to_record(ris, self.line, self.log)

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
        decode = _plain_note if tag == "N1" else plain
        put(self.ris, tag, values if name in _VERBATIM else map(decode, values))

    def _names(self) -> None:
        for field, tag in (("author", "AU"), ("authors", "AU"), ("editor", "A2"), ("editors", "A2")):
            for value in self.rest.pop(field, ()):
                put(self.ris, tag, map(_person, _people(value)))
        if "AU" not in self.ris and "collaboration" in self.rest:
            put(self.ris, "AU", [self._take("collaboration")])

    def _titles(self) -> None:
        title = self._subtitled(self._take("title"))
        for name in () if title else ("maintitle", "booktitle", "chapter", "shorttitle"):
            if title := self._take(name):
                break
        if title:
            put(self.ris, "TI", [title])
        for name in _JOURNALS:
            if name in self.rest:
                journal = self._take(name)
                if journal.lower() != title.lower() or self.kind == "article":
                    put(self.ris, "JF", [journal])
                    break
        if "JF" not in self.ris:
            self._move_first(("shortjournal", "abbrevsourcetitle", "journaliso"), "JF")

    def _subtitled(self, title: str) -> str:
        if not title or "subtitle" not in self.rest:
            return title
        part = self._take("subtitle")
        if part.lower() in title.lower():
            return title
        return f"{title} {part}" if title[-1] in ":?!" else f"{title}: {part}"

    def _move_first(self, names: tuple[str, ...], tag: str) -> None:
        """Put the first value there is under a tag; the other names stay."""
        if value := next((text for name in names if (text := self._take(name))), ""):
            put(self.ris, tag, [value])

    def _numbers(self) -> None:
        rest = self.rest
        for name in ("number", "issue"):
            if rest.get(name, [""])[0].strip("{} ").lower() == "null":  # EBSCO
                del rest[name]
        self._move_first(("number", "issue"), "IS")
        for name in _PAGES:
            pages = _DASHES.sub("-", self._take(name))
            if pages.strip("-"):
                put(self.ris, "SP", [pages])
                break
        if "issn" not in rest:
            self._move_first(("issnonline", "eissn", "isbn"), "SN")
        if "publisher" not in rest:
            self._move_first(_PUBLISHERS, "PB")
        if "pmid" in rest and not pmid(unwrap(rest["pmid"][0])):
            shelve(self.ris, self.names["pmid"] + " (no number)", rest.pop("pmid"), "BibTeX")
        notes = [unwrap(value) for value in rest.get("note", ())]
        if "pmid" not in rest and (found := next((m for n in notes if (m := _NOTED.fullmatch(n))), None)):
            put(self.ris, "PMID", [found.group(1)])

    def _dates(self) -> None:
        ris = self.ris
        published, date = self._take("year"), self._take("date")
        if not published and not date:
            date = self._take("publicationdate") or self._take("issued")
        if published:
            put(ris, "PY", [published])
        found = year(published) or year(date)
        if found and "month" in self.rest and (told := month(self.rest["month"][0].strip("{} \n"))):
            self._take("month")
            number, day = told
            if not day and _DAY.fullmatch(self.rest.get("day", [""])[0].strip("{} \n")):
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
                    url = _TILDE.sub("~", _ESCAPE.sub(r"\1", part)).strip("{}<>")
                    if not http_url(url):
                        keep.append(value)
                        break
                    put(ris, "UR", [url])
            if keep:
                self.rest[name] = keep
            else:
                del self.rest[name]
        if "doi" in self.rest:
            self.rest["doi"] = [v.replace("{\\_}", "_").replace("\\", "") for v in self.rest["doi"]]
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


def _people(value: str) -> list[str]:
    """Names; braces around all of them make one name, unless each would have a comma of its own."""
    bare = unwrap(value)
    names = people(bare)
    return names if bare == value.strip() or all("," in name for name in names) else [bare]


def _person(name: str) -> str:
    if "=" in name and (parts := _GIVEN.split(name))[1:]:  # BibLaTeX: family=Berg, given=J, prefix=van den
        said = dict(zip(map(str.lower, parts[1::2]), (p.strip(' ,"') for p in parts[2::2]), strict=False))
        family = " ".join(filter(None, (said.get("prefix"), said.get("family"))))
        if family:
            name = ", ".join(filter(None, (family, said.get("suffix"), said.get("given"))))
    if name.lower() == "others":
        return "et al."
    return clean_line(plain(unwrap(name)))
