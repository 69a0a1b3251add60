"""Formats that tamis writes beside its own: one module each, one line here.

`formats.write` finds them by name. What of a record each can say is `kept` in its module; what stands in
that part and would not be read back as it was goes along in a note (`carrying`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.formats.writers import bibtex, csl_json, nbib, xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import BinaryIO

    from tamis.domain.record import Record

    Write = Callable[[Iterable[Record], BinaryIO], int]
    """Writes records to a binary file and says how many."""

WRITERS: Final[Mapping[str, Write]] = {
    "xlsx": xlsx.write,
    "bibtex": bibtex.write,
    "nbib": nbib.write,
    "csl-json": csl_json.write,
}
"""Name -> how it is written."""

SUFFIXES: Final[Mapping[str, str]] = {".bib": "bibtex"}
"""Extensions that are not the format's name."""
