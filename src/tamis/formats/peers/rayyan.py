"""Rayyan: what its RIS, CSV and BibTeX exports append to a record's notes.

`RAYYAN-INCLUSION: {"Ann"=>"Included", "Bob"=>"Maybe"} | RAYYAN-LABELS: a,b |
RAYYAN-EXCLUSION-REASONS: wrong population | USER-NOTES: {"Ann"=>["text", ...]}`, behind the record's own
notes and divided by ` | `. Labels and reasons do not say whose they are: everyone who decided gets the
labels, everyone who excluded the reasons. What cannot be read stays in the notes as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamis.formats.peers.ruby import plain, read_hash
from tamis.formats.peers.votes import EXCLUDE, INCLUDE, MAYBE, person

if TYPE_CHECKING:
    from tamis.formats.peers.votes import Work

MARKS = ("RAYYAN-", "USER-NOTES:")
NAME = "Rayyan"

_VERDICTS = {"included": INCLUDE, "excluded": EXCLUDE, "maybe": MAYBE, "true": INCLUDE, "false": EXCLUDE}
_KEY = r"(?:RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES)"
_SEGMENT = re.compile(rf"(?:(?<=\|)|(?<![^\s>]))\s*({_KEY}):\s*")
_LIST_END = re.compile(rf"\s+\|(?:\s|\Z)|\s+(?={_KEY}:)|\s*</p>|\n")
_COMMA = re.compile(r",(?!\s)")
_LATEX = re.compile(r"\\([_&%#${}])")
_DIVIDERS = " |\n"
_TAGS = re.compile(r"</?p(?:\s[^<>]*)?>")


def lift(work: Work) -> None:
    """Take Rayyan's segments out of the notes."""
    labels: list[str] = []
    reasons: list[str] = []
    kept: list[str] = []
    unread: list[str] = []
    for note in work.notes:
        rest = _take(work, plain(note), labels, reasons, unread) if has(note) else note
        if rest:
            kept.append(rest)
    for by in work.votes.who() or ([NAME] if labels else []):
        work.votes.add(by, labels=labels)
    excluders = work.votes.who(EXCLUDE)
    for by in excluders:
        work.votes.add(by, reasons=reasons)
    if reasons and not excluders:  # nobody excluded: whose reasons they are is not known
        unread.append(f"RAYYAN-EXCLUSION-REASONS: {','.join(reasons)}")
    work.notes[:] = [*kept, *([" | ".join(unread)] if unread else [])]


def has(note: str) -> bool:
    """Whether a note may hold something of Rayyan's."""
    return any(mark in note for mark in MARKS)


def _take(work: Work, note: str, labels: list[str], reasons: list[str], unread: list[str]) -> str:
    """Read the segments of a note; what is left of it."""
    kept: list[str] = []
    at = 0
    while (segment := _SEGMENT.search(note, at)) is not None:
        key, begin = segment.group(1), segment.end()
        if key in ("RAYYAN-LABELS", "RAYYAN-EXCLUSION-REASONS"):
            ends = _LIST_END.search(note, begin)
            end = ends.start() if ends else len(note)
            (labels if key == "RAYYAN-LABELS" else reasons).extend(
                _COMMA.split(_LATEX.sub(r"\1", note[begin:end]))
            )
        else:
            found = read_hash(note, begin)
            if found is None:
                kept.append(note[at : segment.end()])
                at = segment.end()
                continue
            pairs, end = found
            left = [pair for name, value in pairs.items() if (pair := _pair(work, key, name, value))]
            if left:
                unread.append(f"{key}: {{{', '.join(left)}}}")
        kept.append(note[at : segment.start()].rstrip(_DIVIDERS))
        at = end
    if not kept:
        return note
    kept.append(note[at:])
    rest = " | ".join(text for part in kept if (text := part.strip(_DIVIDERS)))
    return rest if _TAGS.sub("", rest).strip(_DIVIDERS) else ""


def _pair(work: Work, key: str, name: str, value: str | tuple[str, ...]) -> str:
    """Take over what one reviewer said; the pair as it was when it cannot be understood."""
    by = person(name, emails=work.hint.emails) or NAME
    if key == "USER-NOTES":
        texts = (value,) if isinstance(value, str) else value
        work.votes.add(by, note="\n".join(texts))
        return ""
    verdict = _VERDICTS.get(value.strip().lower()) if isinstance(value, str) else None
    if verdict is None:
        return f'"{by}"=>"{value if isinstance(value, str) else ", ".join(value)}"'
    work.votes.add(by, verdict)
    return ""
