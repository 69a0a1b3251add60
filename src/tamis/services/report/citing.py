"""A record as one line of a reference list, in the manner of Vancouver. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tamis.domain.text import clean_line

if TYPE_CHECKING:
    from tamis.domain.record import Record

_AUTHORS: Final = 6
"""Of more authors, this many are named (ICMJE, "Samples of formatted references")."""


def citation(record: Record) -> str:
    """Authors, title, journal, year, place in it, and DOI or PMID; what is missing is left out."""
    parts = [_authors(record.authors), record.title or "[no title]", record.journal, _when(record)]
    text = " ".join(part if re.search(r"[.?!]$", part) else f"{part}." for part in parts if part)
    if record.doi:
        text += f" doi:{record.doi}"
    elif record.pmid:
        text += f" PMID {record.pmid}"
    return clean_line(text)


def _authors(authors: tuple[str, ...]) -> str:
    names = [_name(author) for author in authors[:_AUTHORS]]
    return ", ".join([*names, "et al"] if len(authors) > _AUTHORS else names)


def _name(author: str) -> str:
    """`Family, Given Middle` as `Family GM`; anything else as it is."""
    family, comma, given = author.partition(",")
    initials = "".join(word[0].upper() for word in re.findall(r"[^\W\d_]+", given))
    return f"{family.strip()} {initials}" if comma and family.strip() and initials else author.strip(" ,")


def _when(record: Record) -> str:
    issue = f"({record.issue})" if record.issue else ""
    place = f"{record.volume}{issue}" + (f":{record.pages}" if record.pages else "")
    return ";".join(filter(None, (str(record.year or ""), place)))
