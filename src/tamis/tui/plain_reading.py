"""What the plain mode reads out, line by line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tamis.domain.events import Verdict
from tamis.domain.record import TYPE_WORDS, Flag, reason_words
from tamis.domain.text import clean_line, clean_text
from tamis.services import facts, reporting
from tamis.services.highlighting import keyword_line
from tamis.services.wording import stage_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.domain.record import Record
    from tamis.services.highlighting import Lit
    from tamis.services.screening import Session


def place(session: Session) -> str:
    """Where the session is, and how far."""
    p = session.progress()
    name = session.queue.filter_text
    shown = f" in the list {clean_line(name)}" if name else ""
    stages = len(session.review.protocol.stages)
    stage = f"{stage_words(session.stage).capitalize()}. " if stages > 1 else ""
    missing = f", {p.not_retrieved:,} not retrieved" if p.not_retrieved else ""
    return (
        f"{stage}Record {p.position:,} of {p.shown:,}{shown}. {p.decided:,} of {p.total:,} decided, "
        f"{p.percent:.1f} %, {p.verdicts[Verdict.INCLUDE]:,} included{missing}."
    )


def record_lines(session: Session, record: Record, lit: Lit, *, marking: bool) -> Iterator[str]:
    """The current record, what is said of it, and what is lit; with `marking`, where it is lit."""
    vote = session.vote()
    standing = facts.standing_words(session, record.id)
    decided = "" if standing else "undecided"
    if vote is not None:
        reasons = reason_words(session.reason_labels(vote))
        decided = f"{vote.verdict}" + (f", because: {reasons}" if reasons else "")
    decided = "; ".join(filter(None, (standing, decided)))
    for head, text in (
        ("Decision", decided),
        ("Study", "" if session.hidden else session.study()),
        ("Labels", ", ".join(session.labels())),
        ("Note", session.note()),
        *_parts(_marked(record, lit) if marking else record),
        ("Lit", ", ".join(f"{n} {s.name} {lit.counts[n - 1]:,}" for n, s in enumerate(lit.sets, 1))),
        ("Not lit", lit.unlit),
    ):
        if text:
            yield f"{head}: {clean_text(text)}"


def everything(record: Record) -> Iterator[str]:
    """All that the file says of a record."""
    for name, value in record.to_doc().items():
        if isinstance(value, dict):
            for tag, values in value.items():
                yield f"{clean_line(tag)}: {clean_text('; '.join(values))}"
        else:
            text = "; ".join(value) if isinstance(value, tuple) else str(value)
            yield f"{name}: {clean_text(text)}"


def criteria(session: Session) -> Iterator[str]:
    """The criteria, and the reasons of the stage by number."""
    protocol = session.review.protocol
    for head, texts in (("Include", protocol.include), ("Exclude", protocol.exclude)):
        for text in texts:
            yield f"{head}: {text}"
    for n, reason in enumerate(session.reasons, 1):
        yield f"Reason {n}: {reason.label}"


def summary(session: Session) -> Iterator[str]:
    """The boxes of the flow."""
    doc = reporting.summary(session.review, session.ledger)
    for key, value in doc["prisma"].items():
        if isinstance(value, dict):
            value = "; ".join(f"{name} {n:,}" for name, n in value.items())
        if value is not None:
            yield f"{key.replace('_', ' ')}: {clean_line(str(value))}"
    if doc["interim"]:
        yield f"interim: {doc['pending']:,} still to be decided"


def _marked(record: Record, lit: Lit) -> Record:
    """A record with what is lit in brackets, with the number of its set where there are several."""

    def mark(text: str) -> str:
        text = clean_line(text)
        for start, end, n in reversed(lit.spans.get(text, ())):
            number = f"{n + 1} " if len(lit.sets) > 1 else ""
            text = f"{text[:start]}[{number}{text[start:end]}]{text[end:]}"
        return text

    abstract = "\n".join(map(mark, record.abstract.split("\n")))
    keywords = (mark(keyword_line(record)),) if record.keywords else ()
    return replace(record, title=mark(record.title), abstract=abstract, keywords=keywords)


def _parts(record: Record) -> list[tuple[str, str]]:
    year = str(record.year) if record.year is not None else ""
    flags = "; ".join(Flag(f).words for f in record.flags if f in list(Flag))
    return [
        ("Title", record.title or "none"),
        ("Authors", "; ".join(record.authors)),
        (
            "Published",
            ", ".join(t for t in (year, record.journal, TYPE_WORDS.get(record.type, record.type)) if t),
        ),
        ("DOI", record.doi),
        ("PMID", record.pmid),
        ("Mind", flags),
        ("Abstract", record.abstract),
        ("Keywords", "; ".join(record.keywords)),
    ]
