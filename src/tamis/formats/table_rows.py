"""Rows of a table to records, through RIS's names for their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.record import Problem
from tamis.domain.text import clean_line, doi, http_url, pmid, year
from tamis.formats.bibtex_values import month
from tamis.formats.ris import TYPES
from tamis.formats.ris_fields import to_record
from tamis.formats.table_cells import MISSING, Names, Words, embase_source, number, split_list
from tamis.formats.table_columns import Columns, key, ris_type
from tamis.formats.tagged import CAP, CUT, Fields, put, shelve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.formats.base import Item, Log

_TAGS = {
    "title": "TI", "abstract": "AB", "journal": "JF", "publisher": "PB", "language": "LA",
    "accession": "AN", "database": "DB",
}  # fmt: skip
_NUMBERS = {"volume": "VL", "issue": "IS", "issn": "SN"}


_PEOPLE = {"authors": "AU", "editors": "A2"}
_SOURCE_TAGS = {"journal": "JF", "year": "PY", "volume": "VL", "issue": "IS", "pages": "SP", "date": "DA"}


class Rows:
    """Makes records of the rows of one table.

    Args:
        header: the names of the columns, clean.
        columns: which of them are known.
        sample: some rows, which show how cells with several things in them separate these.
        log: takes the repairs.
    """

    def __init__(
        self, header: Sequence[str], columns: Columns, sample: Sequence[Sequence[str]], log: Log
    ) -> None:
        self._header = list(header)
        self._columns = columns
        self._log = log
        keys = {key(name) for name in header}

        def cells(field: str) -> list[str]:
            places = columns.get(field, ())
            return [row[i] for i in places for row in sample if i < len(row) and row[i].strip()]

        self._source = next((i for i, name in enumerate(header) if key(name) == "source"), -1)
        sources = [row[self._source] for row in sample if 0 <= self._source < len(row) and row[self._source]]
        varied = len(sources) > 4 and len(set(sources)) * 3 > len(sources)  # names of databases would be few
        if varied and "journal" not in columns and not any(map(embase_source, sources)):
            self._columns = columns | {"journal": [self._source]}
        self._tags, self._numbers, self._people = (
            [(field, tag) for field, tag in tags.items() if field in self._columns]
            for tags in (_TAGS, _NUMBERS, _PEOPLE)
        )
        self._names = Names(cells("authors"), glued={"itemtitle", "contenttype"} <= keys)
        self._words = Words(cells("keywords"))

    def counts(self, row: Sequence[str]) -> bool:
        """Whether a row is a record's: something in it, and not the header again."""
        if not any(map(str.strip, row)):
            return False
        same = len(row) == len(self._header) > 1 and clean_line(row[0]) == self._header[0]
        return not same or [clean_line(cell) for cell in row] != self._header

    def item(self, row: Sequence[str], line: int) -> Item:
        """The record of a row, or a problem when no column that is known has anything in it."""
        cells = _Row(row, self._header, self._columns, line, self._log)
        if not any(map(cells.has, self._columns)):
            what = "no column that is known has anything in this row"
            return Problem(line, what, clean_line(", ".join(filter(None, row))[:200]))
        ris = cells.ris
        if self._source >= 0 and not cells.has("journal"):
            for name, value in embase_source(cells.peek(self._source)).items():
                put(ris, _SOURCE_TAGS[name], [value])
        for field, tag in self._tags:
            if value := cells.first(field):
                put(ris, tag, [value])
        for field, tag in self._numbers:
            if value := cells.first(field):
                put(ris, tag, [number(part) for part in split_list(value) or (value,)])
        for field, tag in self._people:
            if value := cells.first(field):
                put(ris, tag, (name for part in self._names.split(value) if (name := part.strip(" ,\n"))))
        cells.type()
        cells.dates()
        cells.pages()
        cells.identifiers()
        parts = (part for cell in cells.every("keywords") for part in self._words.split(cell))
        if words := list(dict.fromkeys(word for part in parts if (word := clean_line(part)))):
            put(ris, "KW", words)
        put(ris, "N1", cells.every("notes"))
        cells.keep()
        return to_record({tag: values for tag, values in ris.items() if values}, line, self._log)


class _Row:
    """The cells of one row; what nobody took is kept under its column's name."""

    def __init__(self, row: Sequence[str], header: list[str], columns: Columns, line: int, log: Log) -> None:
        self.ris: Fields = {}
        self._header, self._columns = header, columns
        self._line, self._log = line, log
        self._cells = {i: self._cut(cell) for i, cell in enumerate(row) if cell and not cell.isspace()}
        if len(row) < len(header):
            log.add("{n} row{s} with fewer cells than the header, read as far as they go", line)
        if any(i >= len(header) for i in self._cells):
            log.add("{n} row{s} with more cells than the header, the further ones kept", line)

    def _cut(self, cell: str) -> str:
        if len(cell) <= CAP:
            return cell
        self._log.add(CUT, self._line)
        return cell[:CAP] + " …"

    def has(self, field: str) -> bool:
        """Whether any column of a field has something in it."""
        return any(i in self._cells for i in self._columns.get(field, ()))

    def peek(self, place: int) -> str:
        """A cell, left where it is."""
        return self._cells.get(place, "")

    def first(self, field: str) -> str:
        """The surest column's cell that is not empty, taken out."""
        for place in self._columns.get(field, ()):
            if (value := self._cells.get(place)) is not None:
                del self._cells[place]
                if value.strip() not in MISSING:
                    return value
                self._log.add("{n} cell{s} that say NA or null read as empty", self._line)
        return ""

    def every(self, field: str) -> list[str]:
        """All cells of a field, taken out."""
        values: list[str] = []
        while value := self.first(field):
            values.append(value)
        return values

    def type(self) -> None:
        """The reference type where a cell's word for it is certain; other words stay."""
        for place in self._columns.get("type", ()):
            if kind := ris_type(self.peek(place), TYPES):
                if self.peek(place).strip().upper() == kind:
                    del self._cells[place]
                put(self.ris, "TY", [kind])
                return

    def dates(self) -> None:
        """Year and date; month and day of columns of their own make a date with the year."""
        published = number(self.first("year"))
        if published:
            put(self.ris, "PY", [published])
        date = next((v for i in self._columns.get("date", ()) if (v := self.peek(i)) and year(v)), "")
        if date and (not published or year(date) == year(published)):
            place = next(i for i in self._columns["date"] if self.peek(i) == date)
            del self._cells[place]
            put(self.ris, "DA", [clean_line(date)])
        elif (found := year(published)) and self.has("month"):
            place = next(i for i in self._columns["month"] if i in self._cells)
            if told := month(number(self.peek(place))):
                del self._cells[place]
                day = number(self.first("day")) if self.has("day") else told[1]
                day = f"/{int(day):02}" if day.isdecimal() and len(day) < 3 else ""
                put(self.ris, "DA", [f"{found}/{told[0]:02}{day}"])

    def pages(self) -> None:
        """Pages as a range, out of one column or two."""
        if pages := number(self.first("pages")).replace("--", "-"):
            put(self.ris, "SP", [pages])
            return
        start, end = number(self.first("start")), number(self.first("end"))
        if start or end:
            put(self.ris, "SP", [start or end])
            if start and end:
                put(self.ris, "EP", [end])

    def identifiers(self) -> None:
        """DOI, PMID and addresses; what is none of these in their columns stays."""
        for place in self._columns.get("doi", ()):
            if doi(self.peek(place)):
                put(self.ris, "DO", [self._cells.pop(place)])
                break
        for place in self._columns.get("pmid", ()):
            if value := pmid(number(self.peek(place))):
                put(self.ris, "PMID", [value])
                if clean_line(number(self.peek(place))) == value:
                    del self._cells[place]
                break
        for place in self._columns.get("urls", ()):
            parts = self.peek(place).replace(" ; ", " ").replace("; ", " ").replace("|", " ").split()
            if urls := [url for part in parts if (url := http_url(part))]:
                put(self.ris, "UR", urls)
                if len(urls) == len(parts):
                    del self._cells[place]

    def keep(self) -> None:
        """Put what is left under the names of its columns."""
        for place, cell in self._cells.items():
            name = self._header[place] if place < len(self._header) else ""
            shelve(self.ris, name or f"column {place + 1}", [cell], "column")
