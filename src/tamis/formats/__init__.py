"""Files of bibliographic records: bytes to records and back. Knows no storage and no screen.

`read` looks at the content, never at the extension, and accounts for every record of the file:
`found == imported + len(problems)`. A new format is one module with a `FORMAT`, and one line here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from tamis.domain.text import clean_line
from tamis.errors import FormatError, UsageError
from tamis.formats import (
    bibtex,
    csl_json,
    endnote_xml,
    medline,
    own_csv,
    own_json,
    pubmed_xml,
    refer,
    refworks,
    ris,
    saved_page,
    tables,
    wos,
    wos_tab,
    xlsx,
    zotero_rdf,
)
from tamis.formats import ovid_text as ovid
from tamis.formats.base import Format, Item, Log, Reading
from tamis.formats.containers import is_container, read_container
from tamis.formats.decoding import Data, Text
from tamis.formats.peers import OWN, PROJECT, Hint, eppi, lifted
from tamis.formats.refusing import refuse_bytes, refuse_text
from tamis.formats.writers import SUFFIXES, WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tamis.domain.record import Record

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "WHOLE",
    "WRITABLE",
    "Data",
    "Format",
    "Hint",
    "Item",
    "Reading",
    "read",
    "write",
]

FORMATS: tuple[Format, ...] = (
    own_json.FORMAT,
    own_csv.FORMAT,
    medline.FORMAT,
    pubmed_xml.FORMAT,
    endnote_xml.FORMAT,
    zotero_rdf.FORMAT,
    wos.FORMAT,
    wos_tab.FORMAT,
    ovid.FORMAT,
    refworks.FORMAT,
    refer.FORMAT,
    bibtex.FORMAT,
    ris.FORMAT,
    eppi.FORMAT,
    csl_json.FORMAT,
    saved_page.FORMAT,
    xlsx.FORMAT,
    PROJECT,
    tables.FORMAT,
)
"""Every format, in the order they are tried: the most certain signature first."""

WRITABLE: tuple[str, ...] = (*(f.name for f in FORMATS if f.write is not None), *WRITERS)
"""Names of the formats `write` takes."""

WHOLE: tuple[str, ...] = (*(f.name for f in FORMATS if f.write is not None), "xlsx")
"""Those that give every field of a record back; the others have no place for some of them."""


def read(
    data: Data, *, name: str, columns: Mapping[str, str] | None = None, hint: Hint | None = None
) -> Reading:
    """Start reading a file; nothing is parsed before the result is iterated.

    Args:
        data: the file's bytes or a memory map of them, which must stay open while reading.
        name: the file's name, for messages.
        columns: for tables, what a person says of their columns: column -> field of a record.
        hint: what a person says of other tools' decisions in the file.

    Raises:
        FormatError: it is no file of references, or of a kind that is not read yet; one sentence that
            names the file, what was looked for and what to do.
        UsageError: `columns` names a field that a record does not have.
    """
    name = clean_line(name) or "the file"
    hint = (hint or Hint()).of(name)
    if data[:2] == b"PK":
        from tamis.formats.peers.archives import open_archive  # it brings SQLite, which few files need

        if (reading := open_archive(data, name, hint, _read_lifted)) is not None:
            return reading
    if is_container(data):
        return read_container(data, name, partial(_read_lifted, hint=hint, columns=columns))
    return _read_lifted(data, name, hint, columns)


def _read_lifted(
    data: Data, name: str, hint: Hint | None, columns: Mapping[str, str] | None = None
) -> Reading:
    """A file that is no archive, other tools' decisions in their place; as it is without a hint."""
    reading = _read_plain(data, name, columns)
    if hint is None:
        return reading
    here = hint.of(name)
    return reading.through(lambda items: lifted(items, here, own=reading.format in OWN))


def _read_plain(data: Data, name: str, columns: Mapping[str, str] | None = None) -> Reading:
    if xlsx.is_workbook(data):
        return xlsx.read(data, name, columns)
    refuse_bytes(data[:1024], name)
    log = Log()
    text = Text(data, log)
    head = text.head()
    for kind in FORMATS:
        if kind.sniff(head) or (columns and kind is tables.FORMAT):  # columns named by hand: a table
            try:
                if columns and kind.read_mapped is None:
                    raise FormatError(f"this file is read as {kind.label}, which has no columns to map")
                if columns and kind.read_mapped is not None:
                    found, items = kind.read_mapped(text, log, columns)
                else:
                    found, items = kind.read(text, log)
            except FormatError as error:
                raise FormatError(f"{name}: {error}") from error
            return Reading(format=kind.name, encoding=text.encoding, found=found, items=items, log=log)
    raise refuse_text(head, name, [f.label for f in FORMATS])


def write(format: str, records: Iterable[Record], out: BinaryIO) -> int:
    """Write records, with their decisions, and return how many were written.

    Args:
        format: one of `WRITABLE`.
        records: the records, in the order they are written.
        out: a binary file.

    Raises:
        UsageError: there is no such format to write.
    """
    for kind in FORMATS:
        if kind.name == format and kind.write is not None:
            return kind.write(records, out)
    if format in WRITERS:
        return WRITERS[format](records, out)
    raise UsageError(
        f"cannot write {clean_line(format)!r}; formats that can be written: {', '.join(WRITABLE)}"
    )
