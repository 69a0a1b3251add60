"""What other tools read, with the decisions where each of them shows these: `tamis export --for TOOL`.

A profile dresses each record for its tool and writes it as RIS or CSV. A tool that knows one verdict a
record gets the one all reviewers agree on at the stage; where they do not, or nobody has decided, the
record is undecided there.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.formats.dressed_rows import (
    ASREVIEW_HEADER,
    R_HEADER,
    REVTOOLS_HEADER,
    asreview_row,
    for_r,
    revtools,
)
from tamis.formats.dressing import asreview, covidence, endnote, rayyan, zotero
from tamis.formats.own_csv import guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tamis.domain.record import Record

    Dress = Callable[[Record, str], Record]
    """A record and the stage -> the record as its tool should see it, without decisions of tamis's own."""

    Row = Callable[[Record, str], Mapping[str, str]]
    """A record and the stage -> the cells that are not empty."""

    Write = Callable[[Iterable[Record], BinaryIO, str], int]
    """Records, a binary file and the stage -> how many were written."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A tool to write for.

    Attributes:
        name: what commands call it.
        label: what people call it.
        shows: where it shows the decisions, as a sentence.
        formats: format -> how it is written; the first is the usual one.
    """

    name: str
    label: str
    shows: str
    formats: Mapping[str, Write]


def _ris(dress: Dress) -> Write:
    def write(records: Iterable[Record], out: BinaryIO, stage: str) -> int:
        from tamis.formats.ris_writer import PlainRisWriter

        return PlainRisWriter().write((dress(record, stage) for record in records), out)

    return write


def _csv(header: tuple[str, ...], row: Row) -> Write:
    """UTF-8 without a byte-order mark, which R would take for a part of the first name."""

    def write(records: Iterable[Record], out: BinaryIO, stage: str) -> int:
        text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="", write_through=True)
        written = 0
        try:
            rows = csv.writer(text, lineterminator="\n")
            rows.writerow(header)
            for record in records:
                cells = row(record, stage)
                rows.writerow([guard(cells.get(name, "")) for name in header])
                written += 1
            text.flush()
        finally:
            text.detach()  # the file belongs to the caller
        return written

    return write


PROFILES: Final[Mapping[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile(
            "rayyan",
            "Rayyan",
            "in the notes, as Rayyan's own exports have them: inclusion by reviewer, labels, reasons, notes",
            {"ris": _ris(rayyan)},
        ),
        Profile(
            "asreview",
            "ASReview",
            "as labels: relevant, irrelevant, and not seen for maybe, conflicts and undecided",
            {"ris": _ris(asreview), "csv": _csv(ASREVIEW_HEADER, asreview_row)},
        ),
        Profile(
            "zotero",
            "Zotero",
            "as tags (`tamis:include`, `tamis:reason:...`), and whole in a note",
            {"ris": _ris(zotero)},
        ),
        Profile(
            "endnote",
            "EndNote",
            "as label, research notes and keywords",
            {"ris": _ris(endnote)},
        ),
        Profile(
            "covidence",
            "Covidence",
            "nowhere: import each list (`--only included`) into the stage it belongs to",
            {"ris": _ris(covidence)},
        ),
        Profile(
            "revtools",
            "revtools (R)",
            "in `screened_abstracts` and `screened_titles`; reasons and notes in `notes`",
            {"csv": _csv(REVTOOLS_HEADER, revtools)},
        ),
        Profile(
            "r",
            "R",
            "in `decision`, `n_include` and so on, one row a record",
            {"csv": _csv(R_HEADER, for_r)},
        ),
    )
}
"""The tools, in the order help lists them."""


def format_of(tool: str, format: str | None) -> str:
    """The format to write for a tool: the one named when the tool reads it, its usual one otherwise.

    Raises:
        UsageError: an unknown tool, or a format it does not read.
    """
    profile = PROFILES.get(tool)
    if profile is None:
        raise UsageError(f"There is no tool {clean_line(tool)!r} to write for. Known: {', '.join(PROFILES)}.")
    if format is None:
        return next(iter(profile.formats))
    if format not in profile.formats:
        known = " or ".join(profile.formats)
        what = f"For {profile.label} tamis writes {known}, not {clean_line(format)}"
        raise UsageError(f"{what}. Name such a file, or leave --format out.")
    return format


def write_for(
    tool: str,
    records: Iterable[Record],
    out: BinaryIO,
    *,
    stage: str,
    format: str | None = None,
) -> int:
    """Write records as a tool reads them; returns how many.

    Raises:
        UsageError: see `format_of`.
    """
    name = format_of(tool, format)
    return PROFILES[tool].formats[name](records, out, stage)
