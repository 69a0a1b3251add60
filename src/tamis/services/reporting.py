"""The summary of a review: PRISMA counts, stages, sources, reviewers; as text, JSON, Markdown and CSV.

The CSV is the template of the PRISMA2020 R package (Haddaway NR, Page MJ, Pritchard CC, McGuinness LA.
PRISMA2020: an R package and Shiny app. Campbell Systematic Reviews 2022;18:e1230; MIT licence),
`inst/extdata/PRISMA.csv`, kept in `prisma_template.csv` beside this module; only its column `n` is filled in.
"""

from __future__ import annotations

import csv
import io
import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from tamis.domain import prisma
from tamis.domain.events import Stage, Verdict
from tamis.domain.ledger import State
from tamis.domain.prisma import DATABASE_KINDS, NO_REASON
from tamis.domain.text import clean_line
from tamis.services import flow
from tamis.services.flow import KIND_WORDS, cells, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.domain.prisma import Counts
    from tamis.domain.protocol import Protocol as ReviewProtocol
    from tamis.domain.record import Source

Format = Literal["text", "json", "csv", "markdown"]
FORMATS: Final[tuple[Format, ...]] = ("text", "json", "csv", "markdown")


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
    return prisma.count(review.sources, ledger, review.protocol)


def summary(review: Reviewed, ledger: Ledger) -> dict[str, Any]:
    """Everything there is to report, as a JSON object.

    Keys: `review`, `prisma` (the PRISMA2020 R package's keys), `interim`, `pending`, `stages` (by stage:
    `records`, `include`, `exclude`, `maybe`, `undecided`, `conflict`, `reasons`, `reviewers`), `sources`,
    `identities`, `notes`.

    Raises:
        CountError: the counts do not add up.
    """
    count = counts(review, ledger)
    protocol = review.protocol
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
        "sources": [_source(source, ledger) for source in review.sources],
        "identities": [
            {"name": i.name, "left": i.left, "right": i.right, "holds": i.holds} for i in count.identities()
        ],
        "notes": notes(count),
    }


_SCREENED: Final = {
    "include": (
        State.SOUGHT,
        State.ASSESSED_MAYBE,
        State.ASSESSED_CONFLICT,
        State.ASSESSED_OUT,
        State.INCLUDED,
    ),
    "exclude": (State.SCREENED_OUT,),
    "maybe": (State.SCREENING_MAYBE,),
    "undecided": (State.SCREENING,),
    "conflict": (State.SCREENING_CONFLICT,),
}
_ASSESSED: Final = {
    "include": (State.INCLUDED,),
    "exclude": (State.ASSESSED_OUT,),
    "maybe": (State.ASSESSED_MAYBE,),
    "undecided": (State.SOUGHT,),
    "conflict": (State.ASSESSED_CONFLICT,),
}


def _stage(stage: str, review: Reviewed, ledger: Ledger, count: Counts) -> dict[str, Any]:
    full_text = stage == Stage.FULL_TEXT
    columns = (count.databases, count.others)
    numbers = {
        outcome: sum(c.states[state] for c in columns for state in states)
        for outcome, states in (_ASSESSED if full_text else _SCREENED).items()
    }
    reasons: dict[str, int] = dict.fromkeys((r.id for r in review.protocol.reasons), 0)
    for column in columns:
        for reason, n in (column.assessed_out if full_text else column.screened_out).items():
            reasons[reason] = reasons.get(reason, 0) + n
    return {
        "records": sum(numbers.values()),
        **numbers,
        "reasons": [
            {"id": reason, "label": count.reason_labels.get(reason, reason), "n": n}
            for reason, n in reasons.items()
        ],
        "reviewers": {
            by: {**{str(v): n for v, n in ledger.progress(by, stage).items()}, "decided": decided}
            for by in ledger.reviewers()
            if (decided := ledger.decided(by, stage))
        },
    }


def _source(source: Source, ledger: Ledger) -> dict[str, Any]:
    numbers = {
        outcome: sum(ledger.tally(source.prefix, state) for state in states)
        for outcome, states in _SCREENED.items()
        if outcome != "undecided"
    }
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
    }


def notes(count: Counts) -> list[str]:
    """What a reader of the numbers has to know and the boxes do not say."""
    found: list[str] = []
    d, o = count.databases, count.others
    if count.pending:
        found.append(f"Interim: {number(count.pending)} still to be decided, so the numbers will change.")
    if d.unreadable:
        found.append(
            f'"Removed for other reasons" holds {number(d.unreadable)} {_plural(d.unreadable, "record")} '
            "counted in the files that could not be read."
        )
    if o.unreadable:
        found.append(
            f"{number(o.unreadable)} {_plural(o.unreadable, 'record')} from other methods could not be read "
            "and PRISMA has no box for that: say so in the text."
        )
    if o.excluded:
        found.append(
            f"{number(o.excluded)} {_plural(o.excluded, 'record')} from other methods "
            f"{_plural(o.excluded, 'was', 'were')} excluded on title and abstract and PRISMA has no box "
            "for that: say so in the text."
        )
    if other := count.prisma()["other_results"]:
        found.append(
            f"{number(other)} {_plural(other, 'record')} from "
            "sources of kind other stand with citation searching in the CSV: it has no box for them."
        )
    if not count.full_text:
        found.append("Full text is not a stage of the protocol: the boxes below reports sought are left out.")
    return found


def _plural(n: int, word: str, many: str = "") -> str:
    return word if n == 1 else many or f"{word}s"


# Renderers


def render(
    review: Reviewed,
    ledger: Ledger,
    format: Format,  # noqa: A002
    *,
    width: int = 78,
    ascii_only: bool = False,
) -> str:
    """The summary in one of `FORMATS`, ending in a line break.

    Raises:
        CountError: the counts do not add up.
    """
    if format == "csv":
        return prisma_csv(counts(review, ledger))
    if format == "text":
        return as_text(review, ledger, width=width, ascii_only=ascii_only)
    doc = summary(review, ledger)
    return as_json(doc) if format == "json" else as_markdown(doc)


def as_json(doc: Mapping[str, Any]) -> str:
    """The summary as JSON, indented."""
    return json.dumps(doc, ensure_ascii=False, indent=2) + "\n"


_NA: Final = "NA"


def template() -> list[list[str]]:
    """The rows of the PRISMA2020 R package's template, its header first."""
    text = (files("tamis.services") / "prisma_template.csv").read_text(encoding="utf-8")
    return list(csv.reader(io.StringIO(text)))


def prisma_csv(count: Counts) -> str:
    """The template of the PRISMA2020 R package with `n` filled in; NA where a box does not apply.

    The package cuts a reason at its first comma and splits reasons at semicolons, so names and reasons
    hold neither; it has no box for sources of kind `other`, so they stand with citation searching.
    """
    boxes = count.prisma()
    header, *rows = template()
    data, text, n = header.index("data"), header.index("boxtext"), header.index("n")
    for row in rows:
        key = row[data]
        if key == _NA or key in ("identification", "screening", "included"):
            continue  # titles: their number is not used
        value = boxes.get(key)
        if key == "citations_results" and boxes["other_results"]:
            value += boxes["other_results"]
            row[text] = "Citation searching and other sources"
        row[n] = _cell(key, value)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def _cell(key: str, value: object) -> str:
    if isinstance(value, dict):
        named = "; ".join(f"{_bare(name)}, {n}" for name, n in value.items() if n)
        return named or (_NA if key.endswith("_results") else "0")
    return _NA if value is None else str(value)


def _bare(name: str) -> str:
    """A name the package can take apart again, and no spreadsheet takes for a formula."""
    text = re.sub(r"\s*[,;]\s*", " ", clean_line(name)).strip(" =+-@\uff1d\uff0b\uff0d\uff20")
    return text or "unnamed"


def as_markdown(doc: Mapping[str, Any]) -> str:
    """Tables that can be pasted into a manuscript or a repository."""
    lines = [f"# {_md(doc['review']['title'])}", ""]
    if doc["interim"]:
        lines += [f"**Interim: {number(doc['pending'])} still to be decided.**", ""]
    boxes = [(label, _words(value)) for label, value in _flow_rows(doc["prisma"])]
    lines += _table(("PRISMA 2020", "n"), boxes)
    for stage, numbers in doc["stages"].items():
        lines += ["", f"## {STAGE_WORDS[stage]}", ""]
        lines += _table(("", "records"), [(w, number(numbers[k])) for k, w in OUTCOME_WORDS.items()])
        reasons = [(r["label"], number(r["n"])) for r in numbers["reasons"] if r["n"]]
        if reasons:
            lines += ["", *_table(("Exclusion reason", "records"), reasons)]
    lines += ["", "## Sources", ""]
    lines += _table(_SOURCE_HEAD, [_source_row(s) for s in doc["sources"]])
    if doc["notes"]:
        lines += ["", *(f"- {_md(note)}" for note in doc["notes"])]
    return "\n".join(lines) + "\n"


STAGE_WORDS: Final = {"title-abstract": "Title and abstract", "full-text": "Full text"}
OUTCOME_WORDS: Final = {
    "include": "included",
    "exclude": "excluded",
    "maybe": "maybe",
    "conflict": "reviewers disagree",
    "undecided": "undecided",
}
_SOURCE_HEAD: Final = ("Source", "Kind", "Found", "Imported", "Decided", "Included", "Excluded", "Maybe")
_FLOW_WORDS: Final = {
    "database_results": "Records identified from databases",
    "register_results": "Records identified from registers",
    "website_results": "Records identified from websites",
    "organisation_results": "Records identified from organisations",
    "citations_results": "Records identified from citation searching",
    "other_results": "Records identified from other sources",
    "duplicates": "Duplicate records removed",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "other_sought_reports": "Reports sought for retrieval (other methods)",
    "other_notretrieved_reports": "Reports not retrieved (other methods)",
    "dbr_assessed": "Reports assessed for eligibility",
    "dbr_excluded": "Reports excluded",
    "other_assessed": "Reports assessed for eligibility (other methods)",
    "other_excluded": "Reports excluded (other methods)",
    "new_studies": "New studies included in review",
    "new_reports": "Reports of new included studies",
}
_SPECIFIC: Final = {
    "database_results": "database_specific_results",
    "register_results": "register_specific_results",
}
_ONLY_IF_USED: Final = ("website_results", "organisation_results", "citations_results", "other_results")


def _flow_rows(boxes: Mapping[str, Any]) -> list[tuple[str, Any]]:
    others = any(boxes[key] for key in _ONLY_IF_USED)
    rows: list[tuple[str, Any]] = []
    for key, label in _FLOW_WORDS.items():
        value = boxes[key]
        if value is None or (key in _ONLY_IF_USED and not value):
            continue
        if key.startswith("other_") and key != "other_results" and not others:
            continue
        rows.append((label, value))
        rows += [(f"- {name}", n) for name, n in (boxes.get(_SPECIFIC.get(key, "")) or {}).items()]
    return rows


def _words(value: object) -> str:
    if isinstance(value, dict):
        named = "; ".join(f"{name}: {number(n)}" for name, n in value.items())
        total = number(sum(value.values()))
        return f"{total} ({named})" if named else total
    return number(value) if isinstance(value, int) else str(value)


def _md(text: str) -> str:
    """One line of Markdown that shows `text` as it is."""
    escaped = re.sub(r"([\\`*_\[\]<>|#~$!])", r"\\\1", clean_line(text).replace("&", "&amp;"))
    return re.sub(r"^([-+=]|\d+[.)])", r"\\\1", escaped)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    numeric = [False, *([True] * (len(head) - 1))]
    rule = ["---:" if right else "---" for right in numeric]
    body = [" | ".join(_md(cell) for cell in row) for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'|'.join(rule)}|", *(f"| {row} |" for row in body)]


def _source_row(source: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = (source[k] for k in ("found", "imported", "decided", "include", "exclude", "maybe"))
    return (str(source["name"]), str(source["kind"]), *map(number, numbers))


def as_text(review: Reviewed, ledger: Ledger, *, width: int = 78, ascii_only: bool = False) -> str:
    """The flow drawn in characters, and tables of stages, reasons and sources."""
    count = counts(review, ledger)
    doc = summary(review, ledger)
    lines = flow.wrap(clean_line(doc["review"]["title"]), width)
    if doc["interim"]:
        lines.append(f"interim: {number(doc['pending'])} pending")
    lines += ["", *flow.draw(flow.boxes(count), width, ascii_only=ascii_only).lines]
    lines += tables(doc, width)
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return flow.to_ascii(text) if ascii_only else text


def tables(doc: Mapping[str, Any], width: int) -> list[str]:
    """What stands below the flow: decisions by stage, reason and reviewer, the sources, notes.

    Args:
        doc: what `summary` gave.
        width: cells.
    """
    lines: list[str] = []
    for stage, numbers in doc["stages"].items():
        lines += ["", *_stage_text(stage, numbers, width)]
    head, *rows = ((row[0], *row[2:]) for row in (_SOURCE_HEAD, *map(_source_row, doc["sources"])))
    lines += ["", *_columns(head, rows, width)]
    for note in doc["notes"]:
        lines += ["", *flow.wrap(note, width, hang=0)]
    return lines


def _stage_text(stage: str, numbers: Mapping[str, Any], width: int) -> list[str]:
    rows = [
        (word, number(numbers[key]))
        for key, word in OUTCOME_WORDS.items()
        if numbers[key] or key != "conflict"
    ]
    lines = [f"{STAGE_WORDS[stage]}: {number(numbers['records'])} records", *_columns((), rows, width)]
    reasons = [(r["label"], number(r["n"])) for r in numbers["reasons"] if r["n"]]
    if reasons:
        lines += ["", "Excluded because", *_columns((), reasons, width)]
    if numbers["reviewers"]:
        people = [
            (
                by,
                *(
                    number(n[k])
                    for k in ("decided", *map(str, (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)))
                ),
            )
            for by, n in numbers["reviewers"].items()
        ]
        lines += ["", *_columns(("Reviewer", "Decided", "Included", "Excluded", "Maybe"), people, width)]
    return lines


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """A table for the terminal: the first column is wrapped to what the others leave."""
    every = [head, *rows] if head else list(rows)
    if not every:
        return []
    clean = [[clean_line(cell) for cell in row] for row in every]
    sizes = [max(cells(row[n]) for row in clean) for n in range(1, len(clean[0]))]
    first = max(12, min(width - 2 - sum(size + 2 for size in sizes), max(cells(row[0]) for row in clean)))
    lines: list[str] = []
    for row in clean:
        name, *more = flow.wrap(row[0], first)
        text = "  " + name + " " * (first - cells(name))
        lines.append(
            text + "".join("  " + " " * (s - cells(c)) + c for c, s in zip(row[1:], sizes, strict=True))
        )
        lines += [f"  {line}" for line in more]
    return lines


__all__ = [
    "DATABASE_KINDS",
    "FORMATS",
    "KIND_WORDS",
    "NO_REASON",
    "OUTCOME_WORDS",
    "STAGE_WORDS",
    "Format",
    "as_json",
    "as_markdown",
    "as_text",
    "counts",
    "notes",
    "prisma_csv",
    "render",
    "summary",
    "template",
]
