"""What other tools read, with the decisions where each of them shows these: `tamis export --for TOOL`.

A profile dresses each record for its tool and writes it as RIS or CSV. A tool that knows one verdict a
record gets the one all reviewers agree on at the stage; where they do not, or nobody has decided, the
record is undecided there. Whatever a record's own text says, it cannot say a decision in the tool's words.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Final

from tamis.domain.record import reason_words
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.formats.own_csv import guard
from tamis.formats.ris_carry import decision_note, decision_tags, fields_note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tamis.domain.record import Decision, Record

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


INCLUDE, EXCLUDE, MAYBE = "include", "exclude", "maybe"
_MARKS = re.compile(r"(RAYYAN|USER)-(?=[A-Z]+)|(ASReview|asreview)_|(TAMIS)-(?=DECISION|FIELDS)")
_BASIC = frozenset(["A2", "A3", "AD", "CN", "CY", "ET", "J2", "M3", "NV", "OP", "SE", "ST", "T3"])
_MORE = _BASIC | {"A4", *(f"C{n}" for n in range(1, 9)), "LB", "RI", "RN", "RP", "TA", "TT", "Y2"}
_WORDS = (
    "ABST ADVS AGGR ANCIENT ART BILL BLOG BOOK CASE CHAP CHART CLSWK COMP CONF CPAPER CTLG DATA DBASE DICT "
    "EBOOK ECHAP EDBOOK EJOUR ELEC ENCYC EQUA FIGURE GEN GOVDOC GRNT HEAR ICOMM INPR JFULL JOUR LEGAL "
    "MANSCPT MAP MGZN MPCT MULTI MUSIC NEWS PAMP PAT PCOMM RPRT SER SLIDE SOUND STAND STAT STD "
    "THES UNBILL UNPB VIDEO"
)
_TYPES = frozenset(_WORDS.split())


def outcome(decisions: Iterable[Decision], stage: str) -> str:
    """The verdict everybody agrees on at a stage, `conflict`, or "" when nobody has decided."""
    verdicts = {d.verdict for d in decisions if d.stage == stage and d.verdict in (INCLUDE, EXCLUDE, MAYBE)}
    return verdicts.pop() if len(verdicts) == 1 else "conflict" if verdicts else ""


def plain(record: Record, *, extra: frozenset[str] = _BASIC, one_line: bool = True) -> Record:
    """A record without decisions in tags that every reader of RIS knows.

    Args:
        record: the record.
        extra: further tags that stay; what a tool does not know it would put into the value before.
        one_line: whether texts lose their line breaks, which some readers take for further values.
    """
    flat = clean_line if one_line else str
    kind = record.type if record.type in _TYPES else ("JOUR" if record.journal else "GEN")
    kept = {tag: tuple(map(clean_line, values)) for tag, values in record.extra.items() if tag in extra}
    accession = record.accession
    if record.pmid and not accession:
        accession = record.pmid
    elif record.pmid and accession != record.pmid:
        kept["U1"] = (f"{record.pmid}[pmid]",)  # as PubMed Central writes it; RIS has no tag for it
    return replace(
        record,
        type=kind,
        abstract=flat(record.abstract),
        accession=accession,
        pmid="",
        notes=tuple(flat(text) for note in record.notes if (text := _harmless(note))),
        keywords=tuple(word for word in record.keywords if not word.startswith("tamis:")),
        extra=kept,
        decisions=(),
    )


def _harmless(note: str) -> str:
    """A note of the file's own in which no tool finds a decision."""
    return _MARKS.sub(lambda mark: mark.group().replace("-", " ").replace("_", " "), note)


def _with_notes(record: Record, *notes: str, first: bool = False) -> Record:
    kept = [note for note in notes if note]
    return replace(record, notes=(*kept, *record.notes) if first else (*record.notes, *kept))


# Rayyan


_RAYYAN = {INCLUDE: "Included", EXCLUDE: "Excluded", MAYBE: "Maybe"}
_RUBY = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "#": "\\#"}
_RUBY_SIGNS = re.compile(r"[\\\"\n]|#(?=[{$@])")
_TIGHT = re.compile(r",(?=\S)|,$")


def rayyan(record: Record, stage: str) -> Record:
    """The decisions as Rayyan writes them, behind the record's own notes."""
    votes = [d for d in record.decisions if d.stage == stage and d.verdict in _RAYYAN]
    reasons = [reason for d in votes if d.verdict == EXCLUDE for reason in d.reasons]
    labels = [label for d in record.decisions for label in d.labels]
    texts: dict[str, list[str]] = {}
    for decision in record.decisions:
        if decision.note:
            texts.setdefault(_ruby(decision.by), []).append(_ruby(decision.note))
    parts = []
    if votes:
        said = ", ".join(f"{_ruby(d.by)}=>{_ruby(_RAYYAN[d.verdict])}" for d in votes)
        parts.append(f"RAYYAN-INCLUSION: {{{said}}}")
    if listed := _rayyan_list(labels):
        parts.append(f"RAYYAN-LABELS: {listed}")
    if listed := _rayyan_list(reasons):
        parts.append(f"RAYYAN-EXCLUSION-REASONS: {listed}")
    if texts:
        said = ", ".join(f"{by}=>[{', '.join(notes)}]" for by, notes in texts.items())
        parts.append(f"USER-NOTES: {{{said}}}")
    return _with_notes(plain(record), " | ".join(parts))


def _ruby(text: str) -> str:
    """A string as Ruby writes it: nothing in it ends it, and nothing is evaluated."""
    return f'"{_RUBY_SIGNS.sub(lambda sign: _RUBY[sign.group()], _harmless(text) or "reviewer")}"'


def _rayyan_list(items: Iterable[str]) -> str:
    """Items with commas between them; a comma inside one keeps a blank behind it, or becomes a semicolon."""
    said = (_TIGHT.sub(";", _harmless(item).replace("|", "/")) for item in items)
    return ",".join(dict.fromkeys(text for item in said if (text := clean_line(item))))


# ASReview


_ASREVIEW = {INCLUDE: "ASReview_relevant", EXCLUDE: "ASReview_irrelevant"}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")
_NOT_WORD = re.compile(r"[^0-9A-Za-z]+")


def asreview(record: Record, stage: str) -> Record:
    """The label as ASReview's first note, what it shows beside it, and the decisions whole.

    `maybe`, a conflict and no decision are `not_seen`: ASReview knows relevant and irrelevant only, and
    what is not certain has to come up again. It passes notes of tamis's on untouched.
    """
    said = asreview_columns(record, stage)
    said.pop("asreview_label", None)
    return _with_notes(
        plain(record),
        _ASREVIEW.get(outcome(record.decisions, stage), "ASReview_not_seen"),
        *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()),
        *map(decision_note, record.decisions),
        first=True,
    )


def asreview_columns(record: Record, stage: str) -> dict[str, str]:
    """ASReview's own columns; note, time and tags only beside a label, for they are the label's."""
    verdict = outcome(record.decisions, stage)
    if verdict not in _ASREVIEW:
        return {}
    votes = [d for d in record.decisions if d.stage == stage and d.verdict == verdict]
    columns = {"asreview_label": "1" if verdict == INCLUDE else "0"}
    if found := max((m for d in votes if (m := _MOMENT.match(d.at))), key=lambda m: m.group(), default=None):
        columns["asreview_time"] = f"{found.group(1)} {found.group(2)}"
    if note := "\n".join(d.note for d in votes if d.note):
        columns["asreview_note"] = note
    return columns


def _asreview_row(record: Record, stage: str) -> Mapping[str, str]:
    cells = _row(plain(record, one_line=False))
    carried = fields_note({"decisions": [d.to_doc() for d in record.decisions]}) if record.decisions else ""
    return {**cells, **asreview_columns(record, stage), "note": carried}


# Zotero, EndNote, Covidence


def zotero(record: Record, _stage: str) -> Record:
    """Tags that can be searched, decisions whole in notes; the PubMed number where Zotero shows it."""
    dressed = plain(record, extra=_MORE | {"L1"}, one_line=False)
    extra = {tag: values for tag, values in dressed.extra.items() if tag != "U1"}
    if record.pmid:
        extra["M1"] = (f"PMID: {record.pmid}",)
    dressed = replace(dressed, accession=record.accession, extra=extra)
    tags = [tag.replace(";", ",") for tag in decision_tags(record.decisions)]
    dressed = replace(dressed, keywords=(*dressed.keywords, *tags))
    return _with_notes(dressed, *map(decision_note, record.decisions))


def endnote(record: Record, stage: str) -> Record:
    """The verdict as label, the decisions in words as research notes, tags as keywords."""
    dressed = plain(record, extra=_MORE - {"LB"} | {"L1"}, one_line=False)
    extra = dict(dressed.extra)
    if verdict := outcome(record.decisions, stage):
        extra["LB"] = (f"tamis: {verdict}",)
    if said := "; ".join(map(in_words, record.decisions)):
        extra["RN"] = (*extra.get("RN", ()), said)
    tags = decision_tags(record.decisions)
    return replace(dressed, keywords=(*dressed.keywords, *tags), extra=extra)


def in_words(decision: Decision) -> str:
    """A decision for people: `exclude (Ann, 2026-11-20): Wrong population. A note [label]`."""
    who = ", ".join(filter(None, (decision.by, decision.at[:10], decision.stage)))
    what = ". ".join(filter(None, (reason_words(decision.reasons), clean_line(decision.note))))
    labels = f" [{'; '.join(decision.labels)}]" if decision.labels else ""
    return f"{decision.verdict} ({who})" + (f": {what}" if what else "") + labels


def covidence(record: Record, _stage: str) -> Record:
    """The references alone: for Covidence the list one imports into is the decision, and nothing else."""
    return plain(record)


# Tables for R


_REVTOOLS = {INCLUDE: "selected", EXCLUDE: "excluded"}
_NA = "NA"


def revtools(record: Record, stage: str) -> Mapping[str, str]:
    """The columns of revtools: `maybe` is `unknown` among the titles, so it comes up among the abstracts."""
    verdict = outcome(record.decisions, stage)
    words = ("; ".join(filter(None, (reason_words(d.reasons), d.note))) for d in record.decisions)
    return {
        **_row(plain(record, one_line=False)),
        "notes": "\n".join(filter(None, words)),
        "database_notes": "\n".join(map(_harmless, record.notes)),
        "screened_titles": {INCLUDE: "selected", MAYBE: "unknown"}.get(verdict, _NA),
        "screened_abstracts": _REVTOOLS.get(verdict, _NA),
    }


def for_r(record: Record, stage: str) -> Mapping[str, str]:
    """One row a record for a data frame: the outcome, how many said what, who, why."""
    votes = [d for d in record.decisions if d.stage == stage and d.verdict in _RAYYAN]
    counts = {f"n_{v}": str(sum(d.verdict == v for d in votes)) for v in (INCLUDE, EXCLUDE, MAYBE)}
    row = {
        **_row(record),
        "record_id": record.id,
        "pmid": record.pmid,
        "accession": record.accession,
        "database": record.database,
        "publication_date": record.date,
        "notes": "\n".join(map(_harmless, record.notes)),
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


_SHARED = ("year", "journal", "volume", "issue", "pages", "doi", "url", "keywords", "issn", "publisher",
           "language", "type", "accession")  # fmt: skip
_ASREVIEW_HEADER = ("title", "abstract", "authors", *_SHARED, "notes", "asreview_label", "asreview_time",
                    "asreview_note", "note")  # fmt: skip
_REVTOOLS_HEADER = ("label", "title", "abstract", "author", *_SHARED, "database_notes", "notes",
                    "screened_titles", "screened_abstracts")  # fmt: skip
_R_HEADER = ("record_id", "title", "abstract", "author", *_SHARED, "publication_date", "pmid", "database",
             "notes", "decision", "n_include", "n_exclude", "n_maybe", "reviewers", "verdicts",
             "primary_reasons", "reasons", "labels", "reviewer_notes")  # fmt: skip


# Writing


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
            {"ris": _ris(asreview), "csv": _csv(_ASREVIEW_HEADER, _asreview_row)},
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
            {"csv": _csv(_REVTOOLS_HEADER, revtools)},
        ),
        Profile(
            "r",
            "R",
            "in `decision`, `n_include` and so on, one row a record",
            {"csv": _csv(_R_HEADER, for_r)},
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
