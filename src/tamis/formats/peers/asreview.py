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
    kept: list[str] = []
    columns: list[str] = []
    for note in work.notes:
        if (column := _COLUMN.fullmatch(note)) and _known(column.group(1), _value(column.group(2))):
            said.setdefault(column.group(1), _value(column.group(2)))
            columns.append(note)
            continue
        mark = _MARK.search(note)
        if mark is not None and (not verdict or verdict == _SEEN[mark.group(1)]):
            verdict = _SEEN[mark.group(1)]
            note = _without(note, mark.group())
        if note:
            kept.append(note)
    verdict = verdict or _verdict(said.get("asreview_label", ""))
    if verdict not in (INCLUDE, EXCLUDE) and not _tells(said):
        kept += columns
        said.clear()
    work.notes[:] = kept
    _vote(work, _who(work, said), verdict, said)


def _without(note: str, mark: str) -> str:
    """A note without a mark and the stop behind it; "" when nothing else was in it."""
    rest = re.sub(rf"\s*{mark}\b(?:\.(?=\s|<|$))?", "", _PARAGRAPH.sub(" ", note))
    return rest.strip() if re.search(r"\w", rest) else ""


def lift_columns(work: Work) -> None:
    """Take ASReview's columns."""
    name, verdict = _label(work)
    said = {
        c: value
        for c in list(work.columns)
        if c.startswith("asreview_") and c != name and _known(c, value := work.see(c))
    }
    if not name and not _tells(said):
        return
    first = next((c for c in FIRST_PASS if name and _verdict(work.see(c))), "")
    work.take(*said, *([name] if name else []))
    by = _who(work, said)
    if not first:
        _vote(work, by, verdict, said)
        return
    passed = _verdict(work.see(first))
    if passed == INCLUDE or verdict != INCLUDE:
        work.take(first)
    if verdict != INCLUDE and passed == EXCLUDE:
        _vote(work, by, EXCLUDE, said)
    else:  # a final include says that the first pass was one, whatever its column says
        work.votes.assess(verdict, by=by)
        _vote(work, by, "", said)


def _label(work: Work) -> tuple[str, str]:
    """The column that holds a label, and the verdict; a column that is there but empty ends the search."""
    for name in LABELS:
        if name in work.columns and (verdict := _verdict(work.see(name))):
            return name, verdict
    return "", ""


def _known(name: str, value: str) -> bool:
    """Whether a column of ASReview's holds what it should, and can be taken over."""
    if name.startswith(_TAG) or name == "asreview_label":
        return not value or _verdict(value) in (INCLUDE, EXCLUDE)
    if name == "asreview_time":
        return not value or bool(moment(value))
    return name in ("asreview_note", "asreview_user_name", "asreview_user_email")


def _on(said: dict[str, str]) -> list[str]:
    """The tags that are on."""
    return [n[len(_TAG) :] for n, on in said.items() if n.startswith(_TAG) and _verdict(on) == INCLUDE]


def _tells(said: dict[str, str]) -> bool:
    """Whether anything was said beside the label."""
    return bool(said.get("asreview_note") or _on(said))


def _who(work: Work, said: dict[str, str]) -> str:
    """Whose label it is; an address beside a name is kept as far as it may be."""
    mail = said.get("asreview_user_email", "")
    by = person(said.get("asreview_user_name", "") or mail, emails=work.hint.emails)
    if mail and person(mail, emails=False) != by and mail != by:
        work.extra["asreview_user_email"] = (person(mail, emails=work.hint.emails),)
    return by


def _vote(work: Work, by: str, verdict: str, said: dict[str, str]) -> None:
    at = moment(said.get("asreview_time"))
    work.votes.add(by, verdict or UNDECIDED, note=said.get("asreview_note", ""), labels=_on(said), at=at)


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
