"""Rayyan's zip: the articles, and `customizations_log.csv`, which says who did what, and when.

The log has e-mail addresses where the articles have names. They are brought together by what they decided:
a person of the log who made the very decisions that one name of the articles has is that name. Anyone else
is called by the part of the address before the @.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tamis.domain.record import Record
from tamis.domain.text import clean_line
from tamis.formats.peers.rayyan import NAME
from tamis.formats.peers.votes import EXCLUDE, INCLUDE, MAYBE, UNDECIDED, Votes, moment, person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tamis.formats.base import Item, Reading
    from tamis.formats.peers.archives import Archive, Read
    from tamis.formats.peers.votes import Hint

_LOG: Final = "customizations_log.csv"
_ARTICLES = re.compile(r"(?:.*/)?articles[^/]*\.(csv|ris|bib|enw|nbib|txt|xml)", re.IGNORECASE)
_ORDER: Final = ("csv", "ris", "bib", "enw", "nbib", "xml", "txt")
_KEY = re.compile(r"\Arayyan-(\d+)\Z")
_VERDICTS: Final = {"1": INCLUDE, "0": MAYBE, "-1": EXCLUDE}
_REASON: Final = "__EXR__"
_SYSTEM: Final = "__SYSTEM__"
_ON: Final = ("1", "true")
_CELL: Final = 1 << 20


def applies(names: Sequence[str]) -> bool:
    """Whether an archive with these files is Rayyan's."""
    return any(n.rpartition("/")[2] == _LOG for n in names) and any(map(_ARTICLES.fullmatch, names))


def open_export(archive: Archive, name: str, hint: Hint, read: Read) -> Reading:
    """Start reading the articles, with the log in mind."""
    log = _read_log(archive.read(next(n for n in archive.names if n.rpartition("/")[2] == _LOG)))
    found = {match.group(1).lower(): n for n in archive.names if (match := _ARTICLES.fullmatch(n))}
    article_file = next(found[kind] for kind in _ORDER if kind in found)
    reading = read(archive.read(article_file), f"{name}/{article_file}", hint)
    return reading.through(lambda items: _attributed(items, log, hint))


@dataclass(slots=True)
class _Said:
    """What one person said of one article, when the log ends."""

    verdict: str = UNDECIDED
    at: str = ""
    marks: dict[str, bool] = field(default_factory=dict)

    def listed(self, *, reasons: bool) -> list[str]:
        """Reasons or labels that stand."""
        return [
            mark.removeprefix(_REASON)
            for mark, on in self.marks.items()
            if on and mark.startswith(_REASON) == reasons
        ]


_Log = dict[str, dict[str, _Said]]
"""By article and person (user id and e-mail)."""


def _read_log(data: bytes) -> _Log:
    """Replay the log; later lines hold."""
    said: defaultdict[str, defaultdict[str, _Said]] = defaultdict(lambda: defaultdict(_Said))
    text = data.decode("utf-8-sig", "replace").replace("\0", "")
    lines = [line for line in text.splitlines(keepends=True) if len(line) < _CELL]
    try:
        rows = [
            row for row in csv.DictReader(io.StringIO("".join(lines), newline="")) if row.get("article_id")
        ]
    except csv.Error:
        rows = []
    for row in sorted(rows, key=lambda row: row.get("created_at") or ""):
        who = clean_line(row.get("user_email") or row.get("user_id") or "")
        one = said[clean_line(row["article_id"])][who]
        key, value = (row.get("key") or "").strip(), (row.get("value") or "").strip()
        if key == "included":
            one.verdict = _VERDICTS.get(value, UNDECIDED)
            one.at = moment(row.get("created_at"))
        elif (mark := clean_line(key.strip('"'))) and _SYSTEM not in mark and key.startswith('"'):
            one.marks[mark] = value in _ON
    return {article: dict(people) for article, people in said.items()}


def _attributed(items: Iterable[Item], log: _Log, hint: Hint) -> Iterator[Item]:
    held = list(items)
    names = _names([item for item in held if isinstance(item, Record)], log, hint)
    for item in held:
        yield _merged(item, log.get(_article(item), {}), names) if isinstance(item, Record) else item


def _article(record: Record) -> str:
    """The number Rayyan has for a record."""
    for text in (record.accession, *(v for values in record.extra.values() for v in values)):
        if found := _KEY.match(text):
            return found.group(1)
    return ""


def _names(records: list[Record], log: _Log, hint: Hint) -> dict[str, str]:
    """What to call each person of the log."""
    written: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    logged: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for record in records:
        number = _article(record)
        for decision in record.decisions:
            if decision.verdict != UNDECIDED:
                written[decision.by].add((number, decision.verdict))
        for who, said in log.get(number, {}).items():
            logged[who].add((number, said.verdict))
    names: dict[str, str] = {}
    for who in {who for people in log.values() for who in people}:
        decided = {pair for pair in logged[who] if pair[1] != UNDECIDED}
        same = [name for name, pairs in written.items() if decided and pairs == decided]
        names[who] = same[0] if len(same) == 1 and not hint.emails else person(who, emails=hint.emails)
    taken: dict[str, list[str]] = defaultdict(list)
    for who, name in sorted(names.items()):
        taken[name].append(who)
    for name, people in taken.items():  # two people of one name before the @ stay two
        for place, who in enumerate(people[1:], 2):
            names[who] = f"{name} {place}"
    return names


def _merged(record: Record, people: dict[str, _Said], names: dict[str, str]) -> Record:
    """The record's decisions with times, and labels and reasons given to whom they belong."""
    if not people:
        return record
    named = {names[who]: said for who, said in people.items()}
    known = {(d.by, d.verdict) for d in record.decisions}
    same = {names[who] for who in people} & {d.by for d in record.decisions}
    votes = Votes()
    labels = {label for said in named.values() for label in said.listed(reasons=False)}
    reasons = {reason for said in named.values() for reason in said.listed(reasons=True)}
    free = [d for d in record.decisions if d.by not in same and d.by != NAME and d.verdict != UNDECIDED]
    for d in record.decisions:
        said = named.get(d.by)
        mine = set(said.listed(reasons=False)) if said else set()
        why = set(said.listed(reasons=True)) if said else set()
        if d in free and any(
            said.verdict == d.verdict and (by, d.verdict) not in known for by, said in named.items()
        ):
            continue  # the log says it of the same person under another name
        kept = replace(
            d,
            labels=tuple(text for text in d.labels if text not in labels or text in mine),
            reasons=tuple(text for text in d.reasons if text not in reasons or text in why),
        )
        votes.add(kept.by, kept.verdict, reasons=kept.reasons, note=kept.note, labels=kept.labels)
    for by, said in named.items():
        verdict = said.verdict
        why_said = said.listed(reasons=True) if verdict == EXCLUDE else []
        votes.add(by, verdict, reasons=why_said, labels=said.listed(reasons=False), at=said.at)
    return replace(record, decisions=votes.decisions())
