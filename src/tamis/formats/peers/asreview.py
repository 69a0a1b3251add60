"""ASReview: labels in notes (RIS) and in columns (CSV, XLSX), also of the datasets made for it.

In RIS a note `ASReview_relevant`, `ASReview_irrelevant` or `ASReview_not_seen`, alone or within a text, and
a note `asreview_<column>: <json>` for each column. In tables `asreview_label`, `asreview_time`,
`asreview_note`, `asreview_tag_<group>_<tag>`, `asreview_user_name`, and names of old for the label.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.text import clean_line
from tamis.formats.peers.votes import EXCLUDE, INCLUDE, MAYBE, UNDECIDED, VERDICTS, moment, person

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

MARKS = ("ASReview_", "asreview_")
LABELS: Final = (
    "asreview_label",
    "included",
    "label",
    "final_included",
    "label_included",
    "included_label",
    "included_final",
    "included_flag",
    "include",
)
"""Columns that hold the label, in the order in which ASReview looks for them."""
FIRST_PASS: Final = ("label_abstract_screening", "abstract_screening", "included_abstract", "abs")
"""Columns of datasets that hold the decision on title and abstract beside the final one."""

_TAG: Final = "asreview_tag_"
_MARK = re.compile(r"ASReview_(relevant|irrelevant|not_seen)\b")
_COLUMN = re.compile(r"\s*(?:<p>)?\s*(asreview_\w+):(.*?)(?:</p>)?\s*", re.DOTALL)
_PARAGRAPH = re.compile(r"</?p(?:\s[^<>]*)?>")
_SEEN = {"relevant": INCLUDE, "irrelevant": EXCLUDE, "not_seen": UNDECIDED}


def applies(columns: frozenset[str]) -> bool:
    """Whether a record with these columns may be ASReview's, or made for it."""
    return not columns.isdisjoint(LABELS) or any(name.startswith("asreview_") for name in columns)


def lift_notes(work: Work) -> None:
    """Take ASReview's notes out of the notes; the first label counts, as in ASReview itself."""
    said: dict[str, str] = {}
    verdict = ""
    kept = []
    for note in work.notes:
        if (column := _COLUMN.fullmatch(note)) and _known(column.group(1)):
            said.setdefault(column.group(1), _value(column.group(2)))
            continue
        mark = _MARK.search(note)
        if mark is not None and (not verdict or verdict == _SEEN[mark.group(1)]):
            verdict = _SEEN[mark.group(1)]
            note = _without(note, mark.group())
        if note:
            kept.append(note)
    work.notes[:] = kept
    _vote(work, verdict or _verdict(said.get("asreview_label", "")), said)


def _without(note: str, mark: str) -> str:
    """A note without a mark and the stop behind it; "" when nothing else was in it."""
    rest = re.sub(rf"\s*{mark}\b(?:\.(?=\s|<|$))?", "", _PARAGRAPH.sub(" ", note))
    return rest.strip() if re.search(r"\w", rest) else ""


def lift_columns(work: Work) -> None:
    """Take ASReview's columns."""
    name, verdict = _label(work)
    said = {c: work.see(c) for c in list(work.columns) if c.startswith("asreview_") and _known(c)}
    if name:
        work.take(name)
    first = next((c for c in FIRST_PASS if name and _verdict(work.see(c))), "")
    work.take(*(c for c in said if c != "asreview_label"))
    if not first:
        _vote(work, verdict, said)
        return
    passed = _verdict(work.see(first))
    if verdict != INCLUDE and passed == EXCLUDE:
        work.take(first)
        _vote(work, EXCLUDE, said)
    else:  # a final include says that the first pass was one, whatever its column says
        if passed == INCLUDE:
            work.take(first)
        work.votes.assess(verdict)
        _vote(work, "", said)


def _label(work: Work) -> tuple[str, str]:
    """The column that holds a label, and the verdict; a column that is there but empty ends the search."""
    for name in LABELS:
        if name in work.columns and (verdict := _verdict(work.see(name))):
            return name, verdict
    return "", ""


def _known(name: str) -> bool:
    return name.startswith(_TAG) or name in (
        "asreview_label", "asreview_time", "asreview_note", "asreview_user_name", "asreview_user_email"
    )  # fmt: skip


def _vote(work: Work, verdict: str, said: dict[str, str]) -> None:
    mail = said.get("asreview_user_email", "")
    by = person(said.get("asreview_user_name", "") or mail, emails=work.hint.emails)
    if mail and person(mail, emails=False) != by:
        work.extra["asreview_user_email"] = (person(mail, emails=work.hint.emails),)
    tags = [
        name[len(_TAG) :]
        for name, on in said.items()
        if name.startswith(_TAG) and VERDICTS.get(on) == INCLUDE
    ]
    note = said.get("asreview_note", "")
    at = moment(said.get("asreview_time")) if verdict or note or tags else ""
    work.votes.add(by, verdict or UNDECIDED, note=note, labels=tags, at=at)


def _verdict(value: str) -> str:
    verdict = VERDICTS.get(value.lower(), "")
    return "" if verdict == MAYBE and value.lower() == "unknown" else verdict


def _value(text: str) -> str:
    """A JSON value as text; what is no JSON is text already."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return clean_line(text)
    if value is None or isinstance(value, dict | list):
        return "" if value is None else clean_line(text)
    if isinstance(value, bool):
        return str(int(value))
    return str(value)
