"""Records as rows of the tables that other tools read, with the decisions where each of them shows these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.record import reason_words
from tamis.formats.dressing import (
    EXCLUDE,
    INCLUDE,
    MAYBE,
    VERDICTS,
    asreview_columns,
    harmless,
    outcome,
    plain,
)
from tamis.formats.ris_carry import fields_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tamis.domain.record import Record


_SHARED = ("year", "journal", "volume", "issue", "pages", "doi", "url", "keywords", "issn", "publisher",
           "language", "type", "accession")  # fmt: skip
ASREVIEW_HEADER = ("title", "abstract", "authors", *_SHARED, "notes", "asreview_label", "asreview_time",
                   "asreview_note", "note")  # fmt: skip
REVTOOLS_HEADER = ("label", "title", "abstract", "author", *_SHARED, "database_notes", "notes",
                   "screened_titles", "screened_abstracts")  # fmt: skip
R_HEADER = ("record_id", "title", "abstract", "author", *_SHARED, "publication_date", "pmid", "database",
            "notes", "decision", "n_include", "n_exclude", "n_maybe", "reviewers", "verdicts",
            "primary_reasons", "reasons", "labels", "reviewer_notes")  # fmt: skip
_REVTOOLS = {INCLUDE: "selected", EXCLUDE: "excluded"}
_NA = "NA"


def asreview_row(record: Record, stage: str) -> Mapping[str, str]:
    """The columns of ASReview, and the decisions whole in a note that tamis reads."""
    cells = _row(plain(record, one_line=False))
    carried = fields_note({"decisions": [d.to_doc() for d in record.decisions]}) if record.decisions else ""
    return {**cells, **asreview_columns(record, stage), "note": carried}


def revtools(record: Record, stage: str) -> Mapping[str, str]:
    """The columns of revtools: `maybe` is `unknown` among the titles, so it comes up among the abstracts."""
    verdict = outcome(record.decisions, stage)
    words = ("; ".join(filter(None, (reason_words(d.reasons), d.note))) for d in record.decisions)
    return {
        **_row(plain(record, one_line=False)),
        "notes": "\n".join(filter(None, words)),
        "database_notes": "\n".join(map(harmless, record.notes)),
        "screened_titles": {INCLUDE: "selected", MAYBE: "unknown"}.get(verdict, _NA),
        "screened_abstracts": _REVTOOLS.get(verdict, _NA),
    }


def for_r(record: Record, stage: str) -> Mapping[str, str]:
    """One row a record for a data frame: the outcome, how many said what, who, why."""
    votes = [d for d in record.decisions if d.stage == stage and d.verdict in VERDICTS]
    counts = {f"n_{v}": str(sum(d.verdict == v for d in votes)) for v in VERDICTS}
    row = {
        **_row(record),
        "record_id": record.id,
        "pmid": record.pmid,
        "accession": record.accession,
        "database": record.database,
        "publication_date": record.date,
        "notes": "\n".join(map(harmless, record.notes)),
        "decision": outcome(record.decisions, stage),
        **counts,
        "reviewers": _listed(d.by for d in votes),
        "verdicts": _listed(f"{d.by}={d.verdict}" for d in votes),
        "primary_reasons": _listed(d.reasons[0] for d in votes if d.reasons),
        "reasons": _listed(reason for d in votes for reason in d.reasons),
        "labels": _listed(label for d in record.decisions for label in d.labels),
        "reviewer_notes": "\n".join(d.note for d in record.decisions if d.note),
    }
    return {name: value or _NA for name, value in row.items()}


def _listed(items: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(items))


def _row(record: Record) -> dict[str, str]:
    """The columns that ASReview, revtools and synthesisr share, under ASReview's names."""
    return {
        "title": record.title,
        "abstract": record.abstract,
        "authors": "; ".join(record.authors),
        "author": " and ".join(record.authors),
        "year": "" if record.year is None else str(record.year),
        "journal": record.journal,
        "volume": record.volume,
        "issue": record.issue,
        "pages": record.pages,
        "doi": record.doi,
        "url": record.urls[0] if record.urls else "",
        "keywords": "; ".join(record.keywords),
        "issn": record.issn,
        "publisher": record.publisher,
        "language": record.language,
        "type": record.type,
        "accession": record.accession,
        "label": record.id,
        "notes": "\n".join(record.notes),
    }
