"""The summary of a review: PRISMA counts, stages, sources, reviewers; as text, JSON, Markdown and CSV."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from tamis.domain import prisma
from tamis.domain.events import Stage, Verdict
from tamis.domain.states import SOUGHT_STATES, State
from tamis.domain.text import clean_line
from tamis.services import drawing, flow
from tamis.services.catalogue import told
from tamis.services.drawing import number
from tamis.services.flow import Options
from tamis.services.notes import notes
from tamis.services.overlap import overlap
from tamis.services.prisma_csv import prisma_csv
from tamis.services.rendering import as_markdown, tables
from tamis.services.taken_out import STATES, taken_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.domain.prisma import Counts
    from tamis.domain.protocol import Protocol as ReviewProtocol
    from tamis.domain.record import Source
    from tamis.services.taken_out import TakenOut

Format = Literal["text", "json", "csv", "markdown"] | flow.Form
__all__ = [
    "DRAWINGS",
    "FORMATS",
    "SUFFIXES",
    "Format",
    "Look",
    "Reviewed",
    "as_json",
    "as_markdown",
    "as_text",
    "counts",
    "made",
    "prisma_csv",
    "render",
    "summary",
    "tables",
]

FORMATS: Final[tuple[Format, ...]] = ("text", "json", "csv", "markdown", *flow.FORMS)
DRAWINGS: Final[tuple[Format, ...]] = ("text", *flow.FORMS)
"""Formats that draw the flow and heed `Options`; the others hold every number."""
SUFFIXES: Final[dict[str, Format]] = {
    ".txt": "text",
    ".json": "json",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".docx": "docx",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
}
"""The format that a file's extension stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a summary looks; no number depends on it.

    Attributes:
        options: what a drawing shows; unless given everything in text, in the others what PRISMA asks for.
        width: cells of a line of text.
        ascii_only: whether text is ASCII.
    """

    options: Options | None = None
    width: int = 78
    ascii_only: bool = False


_USUAL: Final = Look()


class Reviewed(Protocol):
    """What a summary needs of a review."""

    @property
    def sources(self) -> Sequence[Source]:
        """The imported files."""

    @property
    def protocol(self) -> ReviewProtocol:
        """The protocol in force."""


def counts(review: Reviewed, ledger: Ledger) -> Counts:
    """The boxes of the flow.

    Raises:
        CountError: they do not add up.
    """
    return prisma.count(told(review.sources, ledger), ledger, review.protocol)


def summary(review: Reviewed, ledger: Ledger) -> dict[str, Any]:
    """Everything there is to report, as a JSON object.

    Keys: `review`, `prisma` (the PRISMA2020 R package's keys), `interim`, `pending`, `stages` (by stage:
    `records`, `include`, `exclude`, `maybe`, `undecided`, `conflict`, `stopped`, `not_retrieved`,
    `reasons`, `reviewers`), `sources`, `overlap`, `removed` (`state`, `rule`, `by`, `n`), `identities`,
    `notes`. Of a stage's records, every one is in exactly one of the seven; duplicates and what was removed
    before screening are in none.

    Raises:
        CountError: the counts do not add up.
    """
    count = counts(review, ledger)
    protocol = review.protocol
    sources = told(review.sources, ledger)
    out = taken_out(ledger, {source.prefix for source in sources if source.kind in prisma.DATABASE_KINDS})
    return {
        "review": {
            "title": protocol.title,
            "question": protocol.question,
            "stages": [str(stage) for stage in protocol.stages],
            "reviewers": list(dict.fromkeys([*protocol.reviewers, *ledger.reviewers()])),
        },
        "prisma": count.prisma(),
        "interim": count.interim,
        "pending": count.pending,
        "stages": {str(stage): _stage(str(stage), review, ledger, count) for stage in protocol.stages},
        "sources": [_source(source, ledger) for source in sources],
        "overlap": overlap(sources, ledger),
        "removed": _removed(count, out),
        "identities": [
            {"name": i.name, "left": i.left, "right": i.right, "holds": i.holds} for i in count.identities()
        ],
        "notes": notes(count, out),
    }


_SCREENED: Final[dict[str, tuple[State, ...]]] = {
    "include": SOUGHT_STATES,
    "exclude": (State.SCREENED_OUT,),
    "maybe": (State.SCREENING_MAYBE,),
    "undecided": (State.SCREENING,),
    "conflict": (State.SCREENING_CONFLICT,),
    "stopped": (State.STOPPED,),
    "not_retrieved": (),
}
_ASSESSED: Final[dict[str, tuple[State, ...]]] = {
    "include": (State.INCLUDED,),
    "exclude": (State.ASSESSED_OUT,),
    "maybe": (State.ASSESSED_MAYBE,),
    "undecided": (State.SOUGHT,),
    "conflict": (State.ASSESSED_CONFLICT,),
    "stopped": (),
    "not_retrieved": (State.NOT_RETRIEVED,),
}


def _stage(stage: str, review: Reviewed, ledger: Ledger, count: Counts) -> dict[str, Any]:
    full_text = stage == Stage.FULL_TEXT
    columns = (count.databases, count.others)
    numbers = {
        outcome: sum(c.states[state] for c in columns for state in states)
        for outcome, states in (_ASSESSED if full_text else _SCREENED).items()
    }
    reasons: dict[str, int] = dict.fromkeys((r.id for r in review.protocol.reasons_for(stage)), 0)
    for column in columns:
        for reason, n in column.why(State.ASSESSED_OUT if full_text else State.SCREENED_OUT).items():
            reasons[reason] = reasons.get(reason, 0) + n
    return {
        "records": sum(numbers.values()),
        **numbers,
        "reasons": [
            {"id": reason, "label": count.reason_labels.get(reason, reason), "n": n}
            for reason, n in reasons.items()
        ],
        "reviewers": {
            by: {**{str(v): n for v, n in said.items()}, "decided": sum(said.values())}
            for by in ledger.reviewers()
            if any((said := _said(by, stage, ledger)).values())
        },
    }


def _said(by: str, stage: str, ledger: Ledger) -> dict[Verdict, int]:
    """A reviewer's decisions by verdict, on reports that are at the stage.

    A report that was assessed and then excluded on its abstract is no longer among the full texts, and one
    that was removed is not among those screened; votes there are kept and not counted.
    """
    said = ledger.progress(by, stage)
    if stage == Stage.TITLE_ABSTRACT:
        for event in ledger.removals():
            vote = ledger.vote(event.record, stage, by)
            if vote is not None and ledger.stands_for(event.record) == event.record:
                said[vote.verdict] -= 1
    else:
        said = dict.fromkeys(said, 0)
        for record in {ledger.stands_for(record) for record in ledger.voted(stage)}:
            vote = ledger.vote(record, stage, by)
            if vote is not None and ledger.at_stage(record, stage):
                said[vote.verdict] += 1
    return said


def _source(source: Source, ledger: Ledger) -> dict[str, Any]:
    numbers = {
        outcome: sum(ledger.tally(source.prefix, state) for state in states)
        for outcome, states in _SCREENED.items()
        if outcome in ("include", "exclude", "maybe", "conflict")
    }
    removed = (State.REMOVED_AUTOMATION, State.REMOVED_OTHER)
    return {
        "name": source.name,
        "file": source.file,
        "kind": source.kind,
        "format": source.format,
        "sha256": source.sha256,
        "found": source.found,
        "imported": source.imported,
        "problems": len(source.problems),
        "decided": sum(numbers.values()),
        **numbers,
        "undecided": source.imported - ledger.tallied(source.prefix),
        "duplicates": ledger.tally(source.prefix, State.DUPLICATE),
        "removed": sum(ledger.tally(source.prefix, state) for state in removed),
        "stopped": ledger.tally(source.prefix, State.STOPPED),
    }


def _removed(count: Counts, out: TakenOut) -> list[dict[str, Any]]:
    """Records removed or left unscreened, by where they are counted and why, with who said so."""
    return [
        {"state": str(state), "rule": rule, "by": list(out.by.get((state, rule), ())), "n": n}
        for state in STATES
        for rule, n in sorted(
            (Counter(count.databases.why(state)) + Counter(count.others.why(state))).items(),
            key=lambda item: (-item[1], item[0]),
        )
    ]


# Renderers


def made(review: Reviewed, ledger: Ledger, format: Format, look: Look = _USUAL) -> bytes:
    """The summary as a file of one of `FORMATS`; text is UTF-8.

    Raises:
        CountError: the counts do not add up.
        NotInstalledError: the format needs an extra that is missing.
    """
    if format in flow.FORMS:
        from tamis.services import diagram  # not needed until something is drawn

        shown = replace(look.options or Options(), title=review.protocol.title)
        return diagram.draw(format, counts(review, ledger), shown)
    return render(review, ledger, format, look).encode()


def render(review: Reviewed, ledger: Ledger, format: Format, look: Look = _USUAL) -> str:
    """The summary as text, JSON, CSV or Markdown, ending in a line break.

    Raises:
        CountError: the counts do not add up.
    """
    if format == "csv":
        return prisma_csv(counts(review, ledger))
    if format == "text":
        return as_text(review, ledger, look)
    doc = summary(review, ledger)
    return as_json(doc) if format == "json" else as_markdown(doc)


def as_json(doc: Mapping[str, Any]) -> str:
    """The summary as JSON, indented."""
    return json.dumps(doc, ensure_ascii=False, indent=2) + "\n"


def as_text(review: Reviewed, ledger: Ledger, look: Look = _USUAL) -> str:
    """The flow drawn in characters, and tables of stages, reasons and sources."""
    options, width, ascii_only = look.options or flow.LIVE, look.width, look.ascii_only
    count = counts(review, ledger)
    doc = summary(review, ledger)
    lines = drawing.wrap(clean_line(doc["review"]["title"]), width)
    if doc["interim"]:
        lines.append(f"interim: {number(doc['pending'])} pending")
    lines += ["", *drawing.draw(flow.boxes(count, options), width, ascii_only=ascii_only).lines]
    lines += [
        line for note in flow.left_out(count, options) for line in ("", *drawing.wrap(note, width, hang=0))
    ]
    lines += tables(doc, width)
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return drawing.to_ascii(text) if ascii_only else text
