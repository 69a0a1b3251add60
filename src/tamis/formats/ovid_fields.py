"""What Ovid's field names and two-letter tags mean, and what its source line says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line, http_url, pmid, year
from tamis.formats.ris_fields import to_record
from tamis.formats.tagged import Fields, put, put_doi, shelve, split_items

if TYPE_CHECKING:
    from tamis.domain.record import Record
    from tamis.formats.base import Log

_SIMPLE = {
    "TI": "TI", "AB": "AB", "Abstract": "AB", "JN": "JF", "JA": "J2", "VO": "VL", "IP": "IS", "PG": "SP",
    "LG": "LA", "LA": "LA", "IN": "AD", "AN": "AN", "DB": "DB", "YR": "PY", "DP": "DA", "PU": "PB",
    "PB": "PB", "NT": "N1", "CY": "CY", "PM": "PMID", "TT": "TT", "OT": "TT", "ED": "A2", "CI": "CI",
}  # fmt: skip
FIELDS = {
    "title": "TI", "abstract": "Abstract", "author": "AU", "authors": "AU", "author(s)": "AU",
    "source": "SO", "accession number": "AN", "unique identifier": "UI", "institution": "IN",
    "author affiliation": "IN", "language": "LA", "issn": "IS", "issn print": "IS", "issn electronic": "IS",
    "isbn": "IB", "doi number": "DI", "doi": "DI", "digital object identifier": "DI",
    "year of publication": "YR", "publication year": "YR", "date of publication": "DP",
    "publication date": "DP", "publisher": "PU", "database": "DB", "journal name": "JN",
    "abbreviated source": "JA", "volume": "VO", "issue": "IP", "issue/part": "IP", "page": "PG",
    "pages": "PG", "page count": "Page Count", "publication type": "PT", "document type": "DT",
    "author keywords": "KW", "keyword heading": "KW", "keywords": "KW", "mesh subject headings": "MH",
    "subject headings": "MH", "subject heading": "MH", "key concepts": "ID", "emtree heading": "MH",
    "link to the ovid full text or citation": "XL", "url": "UR", "external link": "XL",
    "chapter title": "Chapter Title", "score": "Score", "status": "Status", "nlm journal code": "JC",
    "journal subset": "SB", "author e-mail": "EM", "publication history status": "PH", "comments": "CM",
    "registry number/name of substance": "RN", "entry date": "EZ", "record owner": "RO", "editor": "ED",
    "pubmed id": "PM", "original title": "TT", "country of publication": "CP",
    "conference information": "CF",
}  # fmt: skip
"""Names in Ovid's export with field names, as its two-letter tags; any other name is kept as it is."""

_WORDS = ("KW", "KP", "MH", "SH", "HW", "ID", "DE")
_LINKS = ("XL", "UR", "JL", "OU")
_SPECIAL = frozenset({"AU", "SO", "IS", "IB", "UI", "DI", "DO", "Chapter Title", *_WORDS, *_LINKS})
_TYPES = (
    ("dissertation", "THES"), ("chapter", "CHAP"), ("patent", "PAT"), ("conference paper", "CPAPER"),
    ("journal article", "JOUR"), ("article", "JOUR"), ("review", "JOUR"), ("journal", "JOUR"),
    ("book", "BOOK"),
)  # fmt: skip
_ROLE = re.compile(r" *\[[^\[\]]{0,200}\]$")
_MARKS = re.compile(r"(?<=\S) +(?:\(?\d{1,3}\)?|[+*#])(?:,(?:\d{1,3}|[+*#]))*$")
_ISSN = re.compile(r"[0-9]{4}-[0-9]{3}[0-9Xx]\b")
_SOURCES = (
    re.compile(r"(?P<journal>.{2,300}?)\. +(?P<volume>[\w-]{1,12})(?: ?\((?P<issue>[^()]{1,30})\))?"
               r":(?P<pages>[\w., +-]{1,40}?), (?P<date>[^,;]{2,30}(?:, ?\d{4})?)\.?"),
    re.compile(r"(?P<journal>.{2,300}?)\.? +(?P<date>(?:[A-Z][A-Za-z/-]{2,25} )?(?:\d{1,2}, )?\d{4}"
               r"(?: [A-Z][a-z]{2})?);(?P<volume>[\w -]{0,12}?)(?:\((?P<issue>[^()]{1,30})\))?:"
               r"(?P<pages>[^;]{1,40}?)\.?"),
    re.compile(r"(?P<journal>.{2,300}?)\. +Vol\. ?(?P<volume>[\w-]{1,12})\((?P<issue>[^,]{1,20})\), ?"
               r"(?P<date>[^,]{4,30}), (?:pp\. (?P<pages>[^,]{1,40}?)|Arti?.{0,30}?)\.?"),
    re.compile(r"(?P<journal>.{2,300}?)\. +Vol\.? ?(?P<volume>[\w-]{1,12})\((?P<issue>[^()]{1,20})\) "
               r"(?P<date>[A-Z][A-Za-z/-]{2,20} \d{4}), (?P<pages>[\w+-]{1,30})\.?"),
    re.compile(r"(?:(?P<editors>[^()]{0,300}?)\.? ?)\((?P<date>\d{4})\)\. +(?P<journal>.{2,300}?)\.? +"
               r"\(pp\. (?P<pages>[\w+-]{1,30})\).{0,300}"),
)  # fmt: skip
_IN_PARTS = {"journal": "JF", "volume": "VL", "issue": "IS", "pages": "SP"}


def ovid_record(fields: Fields, line: int, log: Log) -> Record:
    """One record out of Ovid's tags."""
    ris: Fields = {}
    if kind := _kind(fields):
        ris["TY"] = [kind]
    for tag, values in fields.items():
        if tag in _SIMPLE:
            put(ris, _SIMPLE[tag], values)
        elif tag not in _SPECIAL:
            shelve(ris, tag, values, "Ovid")
    if "Chapter Title" in fields:  # then the title is the book's
        put(ris, "JF", ris.pop("TI", []))
        ris["TI"] = fields["Chapter Title"]
    _people(ris, fields)
    _numbers(ris, fields)
    _links(ris, fields)
    if words := split_items(
        word for tag in _WORDS for value in fields.get(tag, ()) for word in _words(tag, value)
    ):
        put(ris, "KW", [*words, ""])
    _source(ris, fields)
    return to_record(ris, line, log)


def _kind(fields: Fields) -> str:
    kinds = [clean_line(v[:200]).lower() for tag in ("DT", "PT") for v in fields.get(tag, ())]
    for word, kind in _TYPES:
        if any(word in k for k in kinds):
            return kind
    return ""


def _people(ris: Fields, fields: Fields) -> None:
    """Authors without roles and affiliation marks; where something was left out, the file's words stay."""
    raw = [name.strip() for value in fields.get("AU", ()) for name in _names(value) if name.strip()]
    names = []
    for name in raw:
        short = name[:1000]
        names.append(_MARKS.sub("", _ROLE.sub("", short)) + name[1000:])
    if names:
        put(ris, "AU", names)
    if names != raw:
        put(ris, "Ovid AU", raw)


def _names(value: str) -> list[str]:
    """The people in a value: two blanks stand between them, one blank between a name and its degrees."""
    if ";" not in value or "[" in value:
        return [value]
    if ";  " in value:
        return value.split(";  ")
    parts = value.split(";")
    return parts if all("," in part for part in parts) else [value]


def _words(tag: str, value: str) -> list[str]:
    return value.split(", ") if tag == "ID" and ";" not in value else [value.rstrip(". ")]


def _numbers(ris: Fields, fields: Fields) -> None:
    values = fields.get("IS", [])
    numbers = [m.group() for value in values if (m := _ISSN.search(value[:200]))]
    put(ris, "SN", numbers or values)
    if numbers and numbers != [value.strip() for value in values]:
        put(ris, "ISSN", values)
    if books := fields.get("IB"):
        put(ris, "ISBN" if "SN" in ris else "SN", books)
    for value in fields.get("UI", ()):
        put(ris, "UI" if any(map(str.strip, ris.get("AN", ()))) else "AN", [value])
    database = " ".join(fields.get("DB", ()))[:300].lower()
    accession = clean_line(next(iter(ris.get("AN", ())), "")[:100])
    if ("medline" in database or "pubmed" in database) and "PMID" not in ris and (found := pmid(accession)):
        put(ris, "PMID", [found])


def _links(ris: Fields, fields: Fields) -> None:
    for tag in _LINKS:
        for value in fields.get(tag, ()):
            text = clean_line(value)
            put(ris, "UR" if http_url(text) else tag if tag != "UR" else "Ovid UR", [text])
    put_doi(ris, (value for tag in ("DI", "DO") for value in fields.get(tag, ())), "Ovid")


def _source(ris: Fields, fields: Fields) -> None:
    """Journal, volume, issue, pages and date out of the source line, where it has a form we know."""
    if "SO" not in fields:
        return
    put(ris, "SO", fields["SO"])
    text = clean_line(fields["SO"][0][:1500])
    parts = next((m.groupdict() for pattern in _SOURCES if (m := pattern.fullmatch(text))), {})
    if not parts and not _one(ris, "JF") and len(text) < 150 and year(text) is None:
        parts = {"journal": text.rstrip(". ")}
    for part, tag in _IN_PARTS.items():
        if (value := parts.get(part)) and not _one(ris, tag):
            ris[tag] = [value.strip(), *ris.get(tag, ())]
    date = (parts.get("date") or "").rstrip(". ")
    if year(date) is not None and not _one(ris, "DA"):
        put(ris, "DA", [date])
    if not _one(ris, "PY") and (found := year(date) or _lone_year(text)):
        put(ris, "PY", [str(found)])


def _lone_year(text: str) -> int | None:
    years = {y for word in re.findall(r"\(?\b(?:19|20)\d\d\b", text) if (y := year(word))}
    return years.pop() if len(years) == 1 else None


def _one(fields: Fields, tag: str) -> str:
    return next((value for value in fields.get(tag, ()) if value.strip()), "")
