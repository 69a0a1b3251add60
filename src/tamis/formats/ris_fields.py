"""RIS tag values to the fields of a record: which tag means what, and what of it is kept where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tamis.domain.record import Record
from tamis.domain.text import clean_line, clean_text, doi, http_url, pmid, year
from tamis.formats.markup import plain_line, plain_text
from tamis.formats.ris import TITLE_TAGS
from tamis.formats.ris_carry import TAG, take_carried
from tamis.formats.ris_rules import flags_of, is_subtitle, pages_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.formats.base import Log

Fields = dict[str, list[str]]

_SIMPLE = {"TY": "type", "VL": "volume", "IS": "issue", "SN": "issn", "PB": "publisher", "LA": "language",
           "AN": "accession", "DB": "database", "TI": "title", "SP": "start", "EP": "end"}  # fmt: skip
_SPARE = {"VO": "volume", "PU": "publisher", "DP": "database"}
_DATES = ("PY", "Y1", "DA")
_SOURCES = ("JF", "JO", "T2", "JA", "J2", "J1", "BT")
_URL_TAGS = ("UR", "L1", "L2", "L3", "L4", "LK")
_PMID_TAGS = ("PMID", "C2", "M1", "U1", "U2", "U3", "U4", "U5")
_DOI_TAGS = ("M3", "L3", "U2", "U4", "U1", "C7", "ID")
_PLAIN_DOI = re.compile(
    r"10\.\d{4,9}/[a-z0-9._/-]*[a-z0-9]", re.ASCII
)  # what `domain.text.doi` leaves as it is
_LONG_TYPE = 40
_LICENCE = re.compile(
    r"copyright (?:of|©|\(c\)).{1,400}?(?:is the property of|may not be copied)", re.IGNORECASE | re.DOTALL
)
_RIGHTS = ("Copyright", "copyright", "COPYRIGHT", "©", " ")
_URLS = re.compile(r";\s*(?=https?://)")
_PUBMED_URL = re.compile(
    r"https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,8})\b"
)
_PMID_VALUE = re.compile(r"(?:pmid:?\s*\d{1,8}|\d{1,8}\s*\[pmid\])", re.IGNORECASE)
_PMID_MARKED = re.compile(r"[1-9]\d{0,7}\[pmid\]")  # PubMed Central, and tamis, for want of a tag
_DIGITS = re.compile(r"\d{1,8}")


def to_record(fields: Fields, line: int, log: Log, *, clean: bool = False) -> Record:
    """One record out of its tags.

    Args:
        fields: tag -> values in the file's order, untouched; may be changed by this call.
        line: line of the file the record starts at.
        log: takes the repairs.
        clean: whether the values are known to hold nothing but blanks to be cleaned (`decoding.spotless`).

    Returns:
        a record in which every value of `fields` is in a field, or in `extra` under its tag.
    """
    return _Mapper(fields, line, log, clean).record()


class _Mapper:
    """Takes the values out of one record's tags; what nobody took becomes `extra`."""

    __slots__ = ("clean", "fields", "line", "log")

    def __init__(self, fields: Fields, line: int, log: Log, clean: bool) -> None:
        self.clean: Callable[[str], str] = tidy if clean else clean_line
        self.fields = fields
        self.line = line
        self.log = log

    def record(self) -> Record:
        """The record."""
        line, log = self.line, self.log
        fields = self.fields
        carried = take_carried(fields, log, line) if _carries(fields) else None
        known = self._single_values()
        fields = self.fields
        title = known.pop("title", "")
        if not title or "&" in title or "<" in title or "T1" in fields or "TI" in fields:
            title = self._title(title)
        if len(kind := known.get("type", "")) > _LONG_TYPE:
            title = self._long_type(known, kind, title)
        journal = self._journal()
        if "T2" in fields:
            title = self._subtitle(known.get("type", ""), title, journal)
        notes = self._notes() if "N1" in fields else []
        abstract = self._abstract(notes)
        published, date = self._date()
        start, end = known.pop("start", ""), known.pop("end", "")
        urls = () if fields.keys().isdisjoint(_URL_TAGS) else self._urls()
        record = Record(
            title=title,
            abstract=abstract,
            authors=self._authors(),
            year=published,
            date=date,
            journal=journal,
            pages=pages_of(start, end) if end else start,
            doi=self._doi(urls),
            pmid=self._pmid_marked() or self._pmid(urls, known),
            urls=urls,
            keywords=self._keywords() if "KW" in fields else (),
            notes=tuple(notes),
            flags=flags_of(title, abstract),
            line=line,
            **known,
        )
        if fields:
            record.extra = self._extra()
        if carried is not None:
            carried.apply(record)
        return record

    def _single_values(self) -> dict[str, Any]:
        """The fields that one tag fills as it is; leaves the other tags, and further values, in `fields`."""
        known: dict[str, Any] = {}
        rest: Fields = {}
        clean = self.clean
        spare = False
        for tag, values in self.fields.items():
            name = _SIMPLE.get(tag)
            if name is None:
                rest[tag] = values
                spare = spare or tag in _SPARE
                continue
            if value := clean(values[0]):
                known[name] = value
                if len(values) > 1:
                    rest[tag] = values[1:]
            elif len(values) > 1:
                rest[tag] = values
        self.fields = rest
        if spare:
            for tag, name in _SPARE.items():
                if name not in known and (value := self._first(tag)):
                    known[name] = value
        return known

    def _first(self, *tags: str) -> str:
        """The first value there is, taken out; further values stay for `extra`."""
        for tag in tags:
            values = self.fields.get(tag)
            if values is None:
                continue
            if len(values) == 1:
                del self.fields[tag]
                if value := self.clean(values[0]):
                    return value
                continue
            texts = [text for value in values if (text := self.clean(value))]
            self.fields[tag] = texts[1:]
            if len(texts) < 2:
                del self.fields[tag]
            if texts:
                return texts[0]
        return ""

    def _long_type(self, known: dict[str, Any], kind: str, title: str) -> str:
        """Some exports leave `TY` out and let the title's line begin with it."""
        self.log.add("{n} type{s} (TY) that read like a title kept apart", self.line)
        self.fields.setdefault("TY", []).insert(0, kind)
        del known["type"]
        return title or kind

    def _title(self, first: str) -> str:
        """The title; `first` is the first `TI`, already taken out."""
        fields = self.fields
        title = plain_line(first, self.log, self.line)
        for tag in TITLE_TAGS:
            if tag not in fields or (title and tag in ("CT", "BT")):
                continue
            if not title:
                values = fields[tag]
                title = next((t for v in values if (t := plain_line(v, self.log, self.line))), "")
            self._forget(tag, title)
        return title

    def _forget(self, tag: str, same: str) -> None:
        """Drop values of `tag` that say what a field already says."""
        values = self.fields[tag]
        values[:] = [v for v in values if (text := plain_line(v, self.log, self.line)) and text != same]
        if not values:
            del self.fields[tag]

    def _journal(self) -> str:
        fields = self.fields
        for tag in _SOURCES:
            if tag not in fields or (tag == "T2" and "BT" in fields):  # Elsevier Pure: T2 is then a subtitle
                continue
            values = fields[tag]
            if name := plain_line(values[0], self.log, self.line):
                if len(values) == 1:
                    del fields[tag]
                else:
                    del values[0]
                for other in _SOURCES:
                    if other in fields:
                        self._forget(other, name)
                return name
        return ""

    def _subtitle(self, kind: str, title: str, journal: str) -> str:
        """Elsevier Pure and others put a subtitle in T2 and the journal in JO or JF."""
        values = self.fields["T2"]
        if not title or not journal:
            return title
        part = plain_line(values[0], self.log, self.line)
        if not part or not is_subtitle(kind, title, part, journal):
            return title
        del values[0]
        if not values:
            del self.fields["T2"]
        self.log.add("{n} subtitle{s} (T2) joined to the title", self.line)
        return f"{title} {part}" if title[-1] in ":?!–—" else f"{title}: {part}"

    def _abstract(self, notes: list[str]) -> str:
        fields = self.fields
        if "N2" not in fields:
            if "AB" not in fields:
                return ""
            value = fields["AB"][0]
            if (
                len(fields["AB"]) == 1
                and "<" not in value
                and "&" not in value
                and not value.startswith(_RIGHTS)
            ):
                del fields["AB"]
                return tidy(value) if self.clean is tidy and "\n" not in value else clean_text(value)
        parts: list[str] = []
        for tag in ("AB", "N2"):
            for value in fields.pop(tag, ()):
                text = plain_text(value, self.log, self.line)
                if not text:
                    continue
                if _LICENCE.match(text):
                    notes.append(text)
                    self.log.add("{n} licence text{s} in the abstract's place kept as a note", self.line)
                elif all(text != part for part in parts):
                    parts.append(text)
        if len(parts) > 1:
            whole = [p for p in parts if not any(p != other and p in other for other in parts)]
            if len(whole) > 1:
                self.log.add("{n} abstract{s} in several parts or languages, all kept", self.line)
            return "\n".join(whole)
        return parts[0] if parts else ""

    def _notes(self) -> list[str]:
        values = self.fields.pop("N1", ())
        return [text for value in values if (text := plain_text(value, self.log, self.line))]

    def _keywords(self) -> tuple[str, ...]:
        values = self.fields.pop("KW")
        if len(values) == 1 and ";" in values[0]:
            values = plain_line(values[0], self.log, self.line).split(";")
            self.log.add("{n} keyword line{s} split at semicolons", self.line)
        elif "&" in (joined := "\n".join(values)) or "<" in joined:
            values = [plain_line(value, self.log, self.line) for value in values]
        return tuple(filter(None, map(self.clean, values)))

    def _authors(self) -> tuple[str, ...]:
        fields = self.fields
        if "A1" not in fields:
            return tuple(filter(None, map(self.clean, fields.pop("AU", ()))))
        values = [value for tag in ("A1", "AU") for value in fields.pop(tag, ())]
        return tuple(filter(None, map(self.clean, values)))

    def _date(self) -> tuple[int | None, str]:
        """The year, and the date when it says more than the year; what neither says stays for `extra`."""
        fields = self.fields
        if "DA" not in fields and "Y1" not in fields:  # by far the most records
            values = fields.get("PY")
            if values is None:
                return None, ""
            value = values[0].strip()
            if (
                len(values) == 1
                and len(value) == 4
                and value[:2] in ("19", "20")
                and value.isdecimal()
                and value.isascii()
            ):
                del fields["PY"]
                return int(value), ""
        return self._dates()

    def _dates(self) -> tuple[int | None, str]:
        """The date that says the most; the others stay unless they are part of it."""
        fields = self.fields
        texts = {tag: [t for v in fields.pop(tag) if (t := clean_line(v))] for tag in _DATES if tag in fields}
        published = next((y for values in texts.values() for t in values if (y := year(t)) is not None), None)
        dates = [t for values in texts.values() for t in values if year(t) == published]
        date = (
            dates[0]
            if published is None and dates
            else max(dates, key=lambda t: len(t.rstrip("/ ")), default="")
        )
        told = {date, str(published)}
        if date.rstrip("/ ") == str(published):
            date = ""
        for tag, values in texts.items():
            if rest := [t for t in values if t not in told and t.rstrip("/ ") not in told]:
                fields[tag] = rest
        return published, date

    def _urls(self) -> tuple[str, ...]:
        urls: list[str] = []
        for tag in _URL_TAGS:
            if (values := self.fields.get(tag)) is None:
                continue
            rest: list[str] = []
            for value in values:
                for part in _URLS.split(value) if ";" in value else (value,):
                    text = clean_line(part)
                    if url := http_url(text):
                        if url not in urls:
                            urls.append(url)
                    elif text:
                        rest.append(text)
            if rest:
                self.fields[tag] = rest
            else:
                del self.fields[tag]
        return tuple(urls)

    def _doi(self, urls: tuple[str, ...]) -> str:
        fields = self.fields
        values = fields.get("DO")
        if values is not None:
            if len(values) == 1 and _PLAIN_DOI.fullmatch(values[0]):
                del fields["DO"]
                return values[0]
            for i, value in enumerate(values):
                if found := doi(self.clean(value)):
                    if len(values) == 1:
                        del fields["DO"]
                        return found
                    del values[i]
                    values[:] = [v for v in values if clean_line(v) and doi(v) != found]
                    if not values:
                        del fields["DO"]
                    return found
        for tag in () if fields.keys().isdisjoint(_DOI_TAGS) else _DOI_TAGS:
            for value in fields.get(tag, ()):
                if value.lstrip().lower().startswith(("10.", "doi", "http")) and (
                    found := doi(clean_line(value))
                ):
                    return found
        for url in urls:
            if "doi.org/" in url and (found := doi(url)):
                return found
        return ""

    def _pmid_marked(self) -> str:
        values = self.fields.get("U1")
        return pmid(self._first("U1")) if values and _PMID_MARKED.fullmatch(values[0]) else ""

    def _pmid(self, urls: tuple[str, ...], known: dict[str, Any]) -> str:
        fields = self.fields
        accession: str = known.get("accession", "")
        if not urls and not accession and fields.keys().isdisjoint(_PMID_TAGS):
            return ""
        if "PMID" in fields and (found := pmid(fields["PMID"][0])):
            if clean_line(fields["PMID"][0]) == found:
                self._first("PMID")
            return found
        if _DIGITS.fullmatch(accession) and self._from_pubmed(known):
            return pmid(accession)
        if _PMID_VALUE.fullmatch(accession):
            return pmid(accession)
        for tag in _PMID_TAGS:
            for value in fields.get(tag, ()):
                if _PMID_VALUE.fullmatch(value.strip()):
                    return pmid(value)
        custom = fields.get("C2", [""])[0].strip()  # Elsevier Pure writes the PubMed id there
        if accession.upper().startswith("SCOPUS:") and _DIGITS.fullmatch(custom):
            return pmid(custom)
        for url in urls:
            if "ncbi.nlm.nih.gov" in url and (match := _PUBMED_URL.match(url)):
                return pmid(match.group(1))
        return ""

    def _from_pubmed(self, known: dict[str, Any]) -> bool:
        names = [known.get("database", ""), *self.fields.get("DB", ()), *self.fields.get("DP", ())]
        return any(word in name.lower() for name in names for word in ("pubmed", "medline", "nlm"))

    def _extra(self) -> dict[str, tuple[str, ...]]:
        extra: dict[str, tuple[str, ...]] = {}
        for tag, values in self.fields.items():
            if kept := tuple([text for value in values if (text := clean_text(value))]):
                extra[tag] = kept
        return extra


def tidy(value: str) -> str:
    """`clean_line` for text in which only blanks can be wrong."""
    return clean_line(value) if "  " in value else value.strip()


def _carries(fields: Fields) -> bool:
    if "KW" in fields and TAG in "\n".join(fields["KW"]):
        return True
    return "N1" in fields and any("TAMIS-" in note for note in fields["N1"])
