"""Web of Science's tags to the fields of a record, for its tagged and its tab-delimited export."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line, pmid, year
from tamis.formats.ris_fields import to_record
from tamis.formats.tagged import RIS_TAGS, Fields, put, put_doi, shelve, split_items

if TYPE_CHECKING:
    from tamis.domain.record import Record
    from tamis.formats.base import Log

_SIMPLE = {
    "TI": "TI", "AB": "AB", "SO": "JF", "JI": "J2", "J9": "J9", "VL": "VL", "IS": "IS",
    "SN": "SN", "PU": "PB", "LA": "LA", "UT": "AN", "PM": "PMID", "SE": "T3", "FT": "TT", "NT": "N1",
    "UR": "UR", "BE": "A2", "C1": "AD",
}  # fmt: skip
_SPECIAL_LIST = "PT AU AF BA BF CA DE ID MH PY PD EA BP EP AR PS BN EM DI FN VR ER EF"
_SPECIAL = frozenset(_SPECIAL_LIST.split())
_EMAIL = re.compile(r"\s*\(([^\s()@]+@[^\s()@]+)\)")
_KINDS = {"J": "JOUR", "P": "PAT", "B": "BOOK", "S": "SER"}
_DATABASES = {
    "WOS": "Web of Science", "ISI": "Web of Science", "MEDLINE": "MEDLINE", "BIOSIS": "BIOSIS Previews",
    "BCI": "BIOSIS Citation Index", "INSPEC": "Inspec", "ZOOREC": "Zoological Record", "SCIELO": "SciELO",
    "CABI": "CAB Abstracts", "FSTA": "FSTA", "KJD": "KCI-Korean Journal Database",
    "CCC": "Current Contents Connect", "RSCI": "Russian Science Citation Index",
    "DIIDW": "Derwent Innovations Index", "DRCI": "Data Citation Index",
    "CSCD": "Chinese Science Citation Database", "ARCI": "Arabic Citation Index",
    "PPRN": "Preprint Citation Index",
}  # fmt: skip


def wos_record(fields: Fields, line: int, log: Log) -> Record:
    """One record out of Web of Science's tags."""
    ris: Fields = {}
    if kind := _kind(fields):
        ris["TY"] = [kind]
    for tag, values in fields.items():
        if tag in _SPECIAL:
            continue
        name = _SIMPLE.get(tag) or (f"WoS {tag}" if tag in RIS_TAGS else tag)
        if name in ris:
            ris[name] += values
        else:
            ris[name] = values
    code = _one(fields, "PT")
    if code and (code not in _KINDS or code == "S"):
        put(ris, "PT", [code])
    _people(ris, fields)
    _dates(ris, fields)
    _pages(ris, fields)
    _accession(ris)
    put_doi(ris, fields.get("DI", ()), "WoS")
    if words := split_items(value for tag in ("DE", "ID", "MH") for value in fields.get(tag, ())):
        put(ris, "KW", words)
    if books := fields.get("BN"):
        put(ris, "BN" if _one(ris, "SN") else "SN", books)
    if not _one(ris, "JF"):
        for tag in ("J2", "J9"):
            if tag in ris:
                ris["JF"] = ris.pop(tag)
                break
    return to_record(ris, line, log)


def _one(fields: Fields, tag: str) -> str:
    for value in fields.get(tag, ()):
        if text := clean_line(value[:1000]):
            return text
    return ""


def _kind(fields: Fields) -> str:
    code = _one(fields, "PT")
    document = _one(fields, "DT").lower()
    if code in ("B", "S") and "proceedings paper" in document:
        return "CPAPER"
    if code in ("B", "S") and "chapter" in document:
        return "CHAP"
    if code == "S" and "article" in document:
        return "JOUR"
    return _KINDS.get(code, "")


def _names(fields: Fields, short: str, full: str, ris: Fields) -> list[str]:
    """People by their full names where the file has as many of them, the others kept when they differ."""
    one, other = split_items(fields.get(short, ())), split_items(fields.get(full, ()))
    if not other or len(other) < len(one):
        if other:
            shelve(ris, full, other, "WoS")
        return one
    if len(other) > len(one) > 0:
        shelve(ris, short, one, "WoS")
    return other


def _people(ris: Fields, fields: Fields) -> None:
    mails = list(fields.get("EM", ()))
    names = []
    for name in (*_names(fields, "AU", "AF", ris), *split_items(fields.get("CA", ()))):
        if "@" in name and (match := _EMAIL.search(name[:1000])):  # BIOSIS puts addresses behind names
            mails.append(match.group(1))
            name = name.replace(match.group(), "", 1)
        names.append(name)
    if books := _names(fields, "BA", "BF", ris):
        if names:
            put(ris, "BA", books)
        else:
            names = books
    if names:
        put(ris, "AU", names)
    if mails:
        put(ris, "EM", mails)


def _dates(ris: Fields, fields: Fields) -> None:
    published, part, early = _one(fields, "PY"), _one(fields, "PD"), _one(fields, "EA")
    if published:
        put(ris, "PY", fields["PY"])
    elif early and not year(part):
        put(ris, "PY", [early])
    if part:
        told = year(part) is not None or not published
        put(ris, "DA", [part if told else f"{part} {published}"])
    put(ris, "PD", fields.get("PD", ())[1:])
    if early:
        put(ris, "EA", fields["EA"])


def _pages(ris: Fields, fields: Fields) -> None:
    begin, end, article, pages = (_one(fields, tag) for tag in ("BP", "EP", "AR", "PS"))
    if not begin and not end:
        begin, pages = (pages, "") if pages else ("", "")
        if not begin and article:
            begin, article = article, ""
    elif pages in (f"{begin}-{end}", begin):
        pages = ""
    for tag, value in (("SP", begin), ("EP", end), ("AR", article), ("PS", pages)):
        if value:
            put(ris, tag, [value])
    for tag in ("BP", "EP", "AR", "PS"):
        if len(values := fields.get(tag, ())) > 1:
            shelve(ris, f"WoS {tag}", values[1:], "WoS")


def _accession(ris: Fields) -> None:
    accession = _one(ris, "AN")
    if not accession and (spare := ris.pop("WoS AN", None)):
        ris["AN"] = spare
        return
    source, _, number = accession.partition(":")
    if number and (name := _DATABASES.get(source.upper())):
        put(ris, "DB", [name])
        if source.upper() == "MEDLINE" and not _one(ris, "PMID") and (found := pmid(number)):
            put(ris, "PMID", [found])
