"""MEDLINE: PubMed's nbib, PubMed Central's and ERIC's variants of it.

A tag of two to four letters is padded to four, followed by `- `; six blanks continue a value; a blank line
ends a record (NLM, "MEDLINE/PubMed Data Element Descriptions"). PubMed Central's records begin with `PMC`
and may have no PMID, ERIC's begin with `OWN`. One line that keeps to none of this costs nothing: it stays
with the value before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line, doi, http_url, year
from tamis.formats.base import Format, Item, Log
from tamis.formats.ris_fields import to_record
from tamis.formats.tagged import Collector, Fields, is_doi_alone, is_ris, put, put_first, shelve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tamis.formats.decoding import Text

_TWO = (
    "AB AD AU BF BI CI CN CP CR CU DA DP ED EN FT GC GN GR GS IP IR IS JC JT KW LA LI LR MH MI NI NM NR OT OW"
)
_TWO += " PB PG PL PS PT PY RF RN RO SB SI SO ST TA TI TT VI YR"
_LONG = (
    "AID ASSN AUID BTI CDAT CFI CFS CIN COI COIS CON CRDT CRF CRI CTDT CTI CTXT DCOM DDIN DEP DRDT "
    "DRIN ECF ECI EDAT EFR EIN EQD ERR FAU FED FIR FPS GRNT IOVD IRAD ISBN ISSN JID LID MHDA MID MRI "
    "OAB OABL OCI OID OIR OPR ORI OTO OWN PHST PMC PMCR PMID POA PRI PRIN PRO PROF PST PUBM RIN ROF "
    "RPF RPI RRF RRI SFM SPIN STAT UIN UOF VTI"
)
_LONG_TAGS = frozenset(_LONG.split())
KNOWN = frozenset(_TWO.split()) | _LONG_TAGS
"""MEDLINE's tags."""
_PADDED = {tag.ljust(4): tag for tag in KNOWN}
_STRICT = re.compile(r"[A-Z][A-Z0-9 ]{3}- ")
_LOOSE = re.compile(r"([A-Z][A-Z0-9]{1,4}) {0,3}-(?!-)\s?(.*)", re.DOTALL)
_ITEMS = frozenset({"FAU", "AU", "FED", "ED", "MH", "OT"})

_KEYS = ("PMID", "PMC", "OWN", "TI", "SO")
_BLANK = " \t\xa0\ufeff"
_SIGNATURE = re.compile(r"^[\ufeff]?(?:PMID- ?\d|PMC - ?PMC\d|OWN - [A-Z])", re.MULTILINE)
_LINES = re.compile(r"^([A-Z][A-Z0-9]{1,3}) *- ", re.MULTILINE)

_SIMPLE = {
    "AB": "AB", "TI": "TI", "JT": "JF", "TA": "J2", "VI": "VL", "IP": "IS", "PG": "SP", "PB": "PB",
    "LA": "LA", "AD": "AD", "MH": "KW", "OT": "KW", "GN": "N1", "TT": "TT", "SI": "SI", "CI": "CI",
    "PMID": "PMID",
}  # fmt: skip
_SPECIAL = frozenset(["FAU", "AU", "CN", "FED", "ED", "AID", "LID", "IS", "DP", "OAB", "ISBN"])
_BRACKET = re.compile(r"\s*\[([A-Za-z]+)\]\s*$")
_ISSN = re.compile(r"(?:E?ISSN-?\s*)?([0-9]{4}-?[0-9]{3}[0-9Xx])\b", re.IGNORECASE)
_SOURCE_DOI = re.compile(r"\bdoi:\s*(10\.\S+)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:Publisher:\s*)?Abstract available\b.{0,80}", re.IGNORECASE | re.DOTALL)
_ARTICLES = ("journal article", "journal articles")
_TYPES = (
    ("dissertation", "THES"), ("book chapter", "CHAP"), ("books", "BOOK"), ("book", "BOOK"),
    ("technical report", "RPRT"), ("reports", "RPRT"), ("patent", "PAT"), ("preprint", "UNPB"),
)  # fmt: skip


def _begins(tag: str, gap: bool, seen: Iterable[str], first: str) -> bool:
    """Whether a tag begins a record.

    Args:
        tag: the line's tag.
        gap: whether a blank line stands before it.
        seen: the tags the record at hand already has.
        first: the first tag of the file, which shows how its records begin.
    """
    if not seen:
        return True
    if tag in seen and (tag == "PMID" or (tag == first and tag in ("PMC", "OWN"))):
        return True
    if not gap:
        return False
    return tag in ("PMID", first) or (tag in _KEYS and ("SO" in seen or tag in seen))


def _tag(line: str) -> tuple[str, str] | None:
    """Tag and value of a line, padded as MEDLINE has it or, for tags it has, in another way."""
    head = line[:6]
    tag = _PADDED.get(head[:4])
    if tag is not None and head[4:5] == "-" and head[5:6] in (" ", ""):
        return tag, line[6:]
    if _STRICT.match(head):
        tag = head[:4].rstrip()
        if " " not in tag:
            return tag, line[6:]
    match = _LOOSE.match(line)
    if match is not None and match.group(1) in KNOWN:
        return match.group(1), match.group(2)
    return None


def _first_tag(head: str) -> str:
    for line in head.split("\n"):
        if found := _tag(line.lstrip("\ufeff")):
            return found[0]
    return ""


def _count(blocks: Iterable[str], first: str) -> int:
    """How many records a file holds, by the lines that begin one and what stands before them."""
    keys = "|".join({*_KEYS, first} & KNOWN)
    others = "" if first in KNOWN else rf"|({first.ljust(4)})- "
    marks = re.compile(rf"\n\ufeff*(?:({keys}) {{0,3}}-(?!-){others})")
    records, seen, before = 0, set[str](), "\n"
    for block in blocks:
        text = before + "\n" + block
        for mark in marks.finditer(text):
            start = mark.start()
            above = text.rfind("\n", 0, start)
            gap = above >= 0 and not text[above + 1 : start].strip(_BLANK)
            tag = (mark.group(1) or mark.group(mark.lastindex or 1)).rstrip()
            if _begins(tag, gap, seen, first):
                records += 1
                seen.clear()
            seen.add(tag)
        before = "" if block[block.rfind("\n") + 1 :].strip(_BLANK) else "\n"
    return records


def _sniff(head: str) -> bool:
    if is_ris(head):
        return False
    tags = set(_LINES.findall(head))
    if _SIGNATURE.search(head):
        return len(tags) > 1 or head.count("\n") < 2
    return bool(tags & _LONG_TAGS) and bool(tags & {"TI", "AB", "JT", "TA"})


def _read(text: Text, log: Log) -> tuple[int, Iterator[Item]]:
    first = _first_tag(text.head())
    return _count(text.blocks(), first), _records(text, log, first)


def _records(text: Text, log: Log, first: str) -> Iterator[Item]:
    lines = Collector(log, items=_ITEMS)
    gap = True
    for number, line in enumerate(text.lines(), 1):
        tag = _PADDED.get(line[:4], "") if line[4:6] == "- " else ""
        if tag:
            value = line[6:]
        elif line.startswith("      ") and line.strip(_BLANK):
            lines.more(line.strip(), number)
            gap = False
            continue
        elif not line.strip(_BLANK):
            gap = True
            continue
        elif found := _tag(line.lstrip("\ufeff")):
            tag, value = found
            if not line.startswith((tag.ljust(4) + "- ", "\ufeff")) and line != tag.ljust(4) + "-":
                log.add("{n} tag line{s} with other blanks than MEDLINE has, read as tags", number)
        elif line[0].isspace():
            lines.more(line.strip(), number)
            gap = False
            continue
        else:
            lines.stray(line, number)
            gap = False
            continue
        if lines.order and _begins(tag, gap, lines.fields, first):
            yield _record(lines, log)
        lines.add(tag, value, number)
        gap = False
    if lines.order:
        yield _record(lines, log)


def _record(lines: Collector, log: Log) -> Item:
    order, line = lines.order, lines.line
    return to_record(_to_ris(lines.take(), order), line, log)


def _to_ris(fields: Fields, order: list[str]) -> Fields:
    """The values under RIS's tags, where RIS has one."""
    ris: Fields = {}
    kind = _kind(fields)
    if kind:
        ris["TY"] = [kind]
    for tag, values in fields.items():
        if tag in _SIMPLE:
            put(ris, _SIMPLE[tag], values)
        elif tag not in _SPECIAL:
            shelve(ris, tag, values, "nbib")
    _people(ris, fields, order)
    _numbers(ris, fields)
    _identifiers(ris, fields)
    _dates(ris, fields)
    _titles(ris, fields)
    for value in fields.get("OAB", ()):
        put(ris, "OAB" if _ELSEWHERE.fullmatch(value.strip()) else "AB", [value])
    if "KW" in ris:
        ris["KW"] = list(dict.fromkeys(map(clean_line, ris["KW"])))
        if len(ris["KW"]) == 1:
            ris["KW"].append("")  # one heading with a semicolon in it is still one
    _database(ris, fields)
    return ris


def _kind(fields: Fields) -> str:
    """The RIS type, where the publication types leave no doubt."""
    kinds = [clean_line(value).lower() for value in fields.get("PT", ())]
    if any(kind in _ARTICLES for kind in kinds):
        return "JOUR"
    if "BTI" in fields:
        return "CHAP" if any(map(str.strip, fields.get("TI", ()))) else "BOOK"
    for word, kind in _TYPES:
        if any(k == word or k.startswith((word + " ", word + "s", word + ",")) for k in kinds):
            return kind
    return "JOUR" if fields.keys() & {"JT", "TA", "JID"} else ""


def _people(ris: Fields, fields: Fields, order: list[str]) -> None:
    full, short = fields.get("FAU", []), fields.get("AU", [])
    names: list[str] = []
    at = dict.fromkeys(("FAU", "AU", "CN"), 0)
    paired = len(full) == len(short)
    waiting = 0
    for tag in order:
        if tag not in at:
            continue
        value = fields[tag][at[tag]]
        at[tag] += 1
        if tag == "FAU":
            waiting += bool(value.strip())
        elif tag == "AU" and full and (paired or waiting > 0):  # the same person, abbreviated
            waiting -= 1
            continue
        names.append(value)
    if any(map(str.strip, names)):
        put(ris, "AU", names)
    elif short:
        put(ris, "AU", short)
    if editors := [v for v in fields.get("FED", ()) if v.strip()] or fields.get("ED", []):
        put(ris, "A2", editors)
        if "FED" in fields and len(editors) < len(fields.get("ED", ())):
            put(ris, "ED", fields["ED"])


def _numbers(ris: Fields, fields: Fields) -> None:
    """ISSN and ISBN, the bare number first; what else is said of them stays."""
    values = [clean_line(value) for value in (*fields.get("IS", ()), *ris.pop("ISSN", ()))]
    if values:
        numbers = [m.group(1) for value in values if (m := _ISSN.match(value))] or values[:1]
        put(ris, "SN", numbers[:1])
        if values != numbers[:1]:
            put(ris, "ISSN", values)
    if books := fields.get("ISBN"):
        put(ris, "ISBN" if "SN" in ris else "SN", books)


def _identifiers(ris: Fields, fields: Fields) -> None:
    found, urls = "", []
    rest: Fields = {}
    for tag in ("LID", "AID"):
        for raw in fields.get(tag, ()):
            value = clean_line(raw)
            kind = match.group(1).lower() if (match := _BRACKET.search(value)) else ""
            name = doi(value) if kind == "doi" or value.lower().startswith(("10.", "doi:", "http")) else ""
            if is_doi_alone(value, name) and name in (found or name):
                found = name
            elif url := http_url(value):
                urls.append(url)
            elif value:
                rest.setdefault(tag, []).append(value)
    if not found and (match := _SOURCE_DOI.search(" ".join(fields.get("SO", ())[:1])[:2000])):
        found = doi(match.group(1))
    if found:
        put(ris, "DO", [found])
    if urls:
        put(ris, "UR", urls)
    if not any(map(str.strip, fields.get("PG", ()))):
        plain = [value for value in rest.get("LID", ()) if not _BRACKET.search(value)]
        if plain:  # PubMed Central puts an article's number there
            put(ris, "SP", plain[:1])
            rest["LID"].remove(plain[0])
    for tag, values in rest.items():
        put(ris, tag, values)


def _dates(ris: Fields, fields: Fields) -> None:
    published = [value for raw in fields.get("DP", ()) if (value := clean_line(raw))]
    if not any(year(value) for value in published):
        for tag in ("DEP", "EDAT", "CRDT"):
            value = clean_line(next(iter(fields.get(tag, ())), ""))
            if year(value):
                published.insert(0, value[:10].rstrip())
                break
    if published:
        put(ris, "PY", published)


def _titles(ris: Fields, fields: Fields) -> None:
    if not any(map(str.strip, ris.get("TI", ()))):
        for tag in ("BTI", "TT", "VTI", "CTI"):
            if value := clean_line(next(iter(fields.get(tag, ())), "")):
                ris["TI"] = [value]
                _drop_first(ris, tag)
                break
    elif "BTI" in ris and "JF" not in ris:
        put_first(ris, "JF", ris["BTI"][0])
        _drop_first(ris, "BTI")
    if "JF" not in ris and "J2" in ris:
        ris["JF"] = ris.pop("J2")


def _drop_first(fields: Fields, tag: str) -> None:
    del fields[tag][0]
    if not fields[tag]:
        del fields[tag]


def _database(ris: Fields, fields: Fields) -> None:
    owner = clean_line(next(iter(fields.get("OWN", ())), ""))
    if owner == "ERIC":
        ris["DB"] = ["ERIC"]
        if "OID" in ris:
            put(ris, "AN", ris.pop("OID"))
    elif any(map(str.strip, fields.get("PMID", ()))):
        ris["DB"] = ["PubMed"]
    elif "PMC" in fields:
        ris["DB"] = ["PubMed Central"]


FORMAT = Format(name="nbib", label="PubMed nbib (MEDLINE)", suffix=".nbib", sniff=_sniff, read=_read)
