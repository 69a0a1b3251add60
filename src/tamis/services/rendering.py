"""A summary as tables: for the terminal and in Markdown. Pure: works on what `reporting.summary` gives."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.events import Verdict
from tamis.domain.plural import counted
from tamis.domain.prisma import DATABASE_KINDS
from tamis.domain.text import clean_line
from tamis.services import drawing, overlap_plot
from tamis.services.drawing import cells, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def as_markdown(doc: Mapping[str, Any]) -> str:
    """Tables that can be pasted into a manuscript or a repository."""
    lines = [f"# {markdown_line(doc['review']['title'])}", ""]
    if doc["interim"]:
        lines += [f"**Interim: {number(doc['pending'])} still to be decided.**", ""]
    boxes = [(label, _words(value)) for label, value in _flow_rows(doc)]
    lines += _table(("PRISMA 2020", "n"), boxes)
    for stage, numbers in doc["stages"].items():
        lines += ["", f"## {STAGE_WORDS[stage]}", ""]
        lines += _table(("", "records"), _outcomes(numbers, always=("conflict",)))
        reasons = [(r["label"], number(r["n"])) for r in numbers["reasons"] if r["n"]]
        if reasons:
            lines += ["", *_table(("Exclusion reason", "records"), reasons)]
    lines += ["", "## Sources", ""]
    lines += _table(_SOURCE_HEAD, [_source_row(s) for s in doc["sources"]])
    alone, shared = _overlap_rows(doc)
    if alone:
        lines += ["", "## Overlap", "", *_table(_OVERLAP_HEAD, alone)]
    if shared:
        lines += ["", *_table(_SHARED_HEAD, shared)]
    if removed := removed_rows(doc):
        lines += ["", f"## {REMOVED_TITLE}", "", *_table(REMOVED_HEAD, removed)]
    if doc["notes"]:
        lines += ["", *(f"- {markdown_line(note)}" for note in doc["notes"])]
    return "\n".join(lines) + "\n"


STAGE_WORDS: Final = {"title-abstract": "Title and abstract", "full-text": "Full text"}
OUTCOME_WORDS: Final = {
    "include": "included",
    "exclude": "excluded",
    "maybe": "maybe",
    "conflict": "reviewers disagree",
    "undecided": "undecided",
    "stopped": "left by a rule that stopped screening",
    "not_retrieved": "not retrieved",
}
REMOVED_WORDS: Final = {
    "removed-automation": "marked as ineligible by automation tools",
    "removed-other": "removed for other reasons",
    "stopped": "excluded by automation",
}
REMOVED_TITLE: Final = "Records removed before screening or left unscreened"
REMOVED_HEAD: Final = ("Counted as", "Reason or rule", "Said by", "Records")
_VERDICTS: Final = tuple(map(str, (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)))
_OVERLAP_HEAD: Final = ("Source", "Records", "Reports", "Only here", "Elsewhere too")
_SHARED_HEAD: Final = ("Found in both", "Reports")
_SOURCE_HEAD: Final = (
    *("Source", "Kind", "Found", "Not read", "Imported", "Duplicates", "Removed", "Left"),
    *("Decided", "Included", "Excluded", "Maybe"),
)
_FOUND_COLUMNS: Final = (0, 2, 3, 4, 5, 6, 7)
"""What adds up: found is not read and imported; imported is duplicates, removed and what is left."""
_DECIDED_COLUMNS: Final = (0, 8, 9, 10, 11)
_FLOW_WORDS: Final = {
    "previous_studies": "Studies included in previous version of review",
    "previous_reports": "Reports of studies included in previous version of review",
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
    "total_studies": "Total studies included in review",
    "total_reports": "Reports of total included studies",
}
_FIRST_WORDS: Final = {
    "new_studies": "Studies included in review",
    "new_reports": "Reports of included studies",
}
"""In a review that updates none."""
_SPECIFIC: Final = {
    "database_results": "database_specific_results",
    "register_results": "register_specific_results",
}
_ONLY_IF_USED: Final = {
    "website_results": "website",
    "organisation_results": "organisation",
    "citations_results": "citation",
    "other_results": "other",
}
"""Boxes of other methods and the kinds of their sources."""


def _flow_rows(doc: Mapping[str, Any]) -> list[tuple[str, Any]]:
    boxes = doc["prisma"]
    others = any(boxes[key] for key in _ONLY_IF_USED)
    update = any(boxes[key] is not None for key in ("previous_studies", "previous_reports"))
    words = _FLOW_WORDS if update else _FLOW_WORDS | _FIRST_WORDS
    rows: list[tuple[str, Any]] = []
    for key, label in words.items():
        value = boxes[key]
        if value is None or (key in _ONLY_IF_USED and not value):
            continue
        if key.startswith("other_") and key != "other_results" and not others:
            continue
        rows.append((label, value))
        named = boxes.get(_SPECIFIC.get(key, "")) or _others(doc["sources"], _ONLY_IF_USED.get(key, ""))
        rows += [(f"– {name}", n) for name, n in named.items()]
    return rows


def _others(sources: Iterable[Mapping[str, Any]], kind: str) -> Counter[str]:
    """Records identified by other methods of a kind, by name of the source; duplicates are not among them."""
    found: Counter[str] = Counter()
    for source in sources:
        known = source["kind"] if source["kind"] in (*_ONLY_IF_USED.values(), *DATABASE_KINDS) else "other"
        if known == kind:
            found[source["name"]] += source["found"] - source["duplicates"]
    return found


def removed_rows(doc: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Records removed or left unscreened: where they are counted, why, who said so, how many."""
    return [
        (REMOVED_WORDS[r["state"]], r["rule"] or "–", ", ".join(r["by"]) or "–", number(r["n"]))
        for r in doc.get("removed", ())
    ]


def _words(value: object) -> str:
    if isinstance(value, dict):
        named = "; ".join(f"{name}: {number(n)}" for name, n in value.items())
        total = number(sum(value.values()))
        return f"{total} ({named})" if named else total
    return number(value) if isinstance(value, int) else str(value)


def markdown_line(text: str) -> str:
    """One line of Markdown that shows `text` as it is."""
    escaped = re.sub(r"([\\`*_\[\]<>|#~$!])", r"\\\1", clean_line(text).replace("&", "&amp;"))
    return re.sub(r"^(?:(?=[-+=])|([0-9]+)(?=[.)](?:\s|$)))", r"\1\\", escaped)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---" if name in ("", head[0], "Kind") else "---:" for name in head]
    body = [" | ".join(markdown_line(cell) for cell in row) for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'|'.join(rule)}|", *(f"| {row} |" for row in body)]


def _source_row(source: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = {**source, "not read": source["found"] - source["imported"]}
    numbers["left"] = source["imported"] - source["duplicates"] - source["removed"]
    keys = ("found", "not read", "imported", "duplicates", "removed", "left", "decided", *_VERDICTS)
    return (str(source["name"]), str(source["kind"]), *(number(numbers[key]) for key in keys))


def _outcomes(numbers: Mapping[str, Any], always: Sequence[str] = ()) -> list[tuple[str, str]]:
    """What became of a stage's records; what happens seldom is left out when it did not."""
    seldom = [key for key in ("conflict", "stopped", "not_retrieved") if key not in always]
    return [
        (word, number(numbers[key]))
        for key, word in OUTCOME_WORDS.items()
        if numbers[key] or key not in seldom
    ]


def _overlap_rows(doc: Mapping[str, Any]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The overlap of sources, source by source and pair by pair; nothing while no duplicates are known."""
    found = doc.get("overlap", {})
    sources = found.get("sources", [])
    if all(source["records"] == source["unique"] for source in sources):
        return [], []
    keys = ("records", "reports", "unique", "shared")
    alone = [(str(s["name"]), *(number(s[key]) for key in keys)) for s in sources]
    shared: list[tuple[str, ...]] = [
        (f"{sources[p['a']]['name']} + {sources[p['b']]['name']}", number(p["reports"]))
        for p in found["pairs"]
    ]
    return alone, shared


def tables(doc: Mapping[str, Any], width: int) -> list[str]:
    """What stands below the flow: decisions by stage, reason and reviewer, the sources, notes.

    Args:
        doc: what `summary` gave.
        width: cells.
    """
    lines: list[str] = []
    for stage, numbers in doc["stages"].items():
        lines += ["", *_stage_text(stage, numbers, width)]
    every = (_SOURCE_HEAD, *map(_source_row, doc["sources"]))
    for columns in (_FOUND_COLUMNS, _DECIDED_COLUMNS):
        head, *rows = ([row[n] for n in columns] for row in every)
        lines += ["", *_columns(head, rows, width)]
    for title, body in zip((_OVERLAP_HEAD, _SHARED_HEAD), _overlap_rows(doc), strict=True):
        if body:
            lines += ["", *_columns(title, body, width)]
    if plot := overlap_plot.lines(doc["overlap"], width):
        lines += ["", *plot]
    for note in doc["notes"]:
        lines += ["", *drawing.wrap(note, width, hang=0)]
    return lines


def _stage_text(stage: str, numbers: Mapping[str, Any], width: int) -> list[str]:
    lines = [
        f"{STAGE_WORDS[stage]}: {counted(numbers['records'], 'record')}",
        *_columns((), _outcomes(numbers), width),
    ]
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
        name, *more = drawing.wrap(row[0], first)
        text = "  " + name + " " * (first - cells(name))
        lines.append(
            text + "".join("  " + " " * (s - cells(c)) + c for c, s in zip(row[1:], sizes, strict=True))
        )
        lines += [f"  {line}" for line in more]
    return lines
