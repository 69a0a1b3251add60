"""Records as other tools read them in RIS, with the decisions where each of them shows these.

Whatever a record's own text says, it cannot say a decision in a tool's words.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tamis.domain.record import reason_words
from tamis.domain.text import clean_line
from tamis.formats.ris_carry import decision_note, decision_tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamis.domain.record import Decision, Record

INCLUDE, EXCLUDE, MAYBE = VERDICTS = ("include", "exclude", "maybe")
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
    verdicts = {d.verdict for d in decisions if d.stage == stage and d.verdict in VERDICTS}
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
        notes=tuple(flat(text) for note in record.notes if (text := harmless(note))),
        keywords=tuple(word for word in record.keywords if not word.startswith("tamis:")),
        extra=kept,
        decisions=(),
    )


def harmless(note: str) -> str:
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
    return f'"{_RUBY_SIGNS.sub(lambda sign: _RUBY[sign.group()], harmless(text) or "reviewer")}"'


def _rayyan_list(items: Iterable[str]) -> str:
    """Items with commas between them; a comma inside one keeps a blank behind it, or becomes a semicolon."""
    said = (_TIGHT.sub(";", harmless(item).replace("|", "/")) for item in items)
    return ",".join(dict.fromkeys(text for item in said if (text := clean_line(item))))


# ASReview


_ASREVIEW = {INCLUDE: "ASReview_relevant", EXCLUDE: "ASReview_irrelevant"}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")


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
