"""Judgements on the values of a bibliographic record that no tag can answer alone."""

from __future__ import annotations

import re

from tamis.domain.record import Flag
from tamis.domain.text import fold

_NO_ABSTRACT = frozenset({"", "na", "n/a", "none", "null", "nan", "no abstract", "no abstract available",
                          "abstract not available", "no abstract available for this article"})  # fmt: skip
_ENDS_CUT = ("...", "…", "(abstract truncated)", "[abstract truncated]")
_TRUNCATED = re.compile(r"abstract truncated at \d+ words\W*$", re.IGNORECASE)
_ARTICLES = frozenset({"JOUR", "EJOUR", "INPR", "ABST", "MGZN", "NEWS", ""})
_PERIODICAL = re.compile(
    r"\b(?:journal|proceedings|transactions|annals|conference|symposium|congress|workshop|lecture notes|"
    r"bulletin|archives|letters|revista|revue|zeitschrift|acta|advances in|reviews? of)\b"
)
_SMALL = frozenset({"and", "of", "the", "in", "for", "on", "de", "la", "et", "und", "der", "a", "an"})
_WORD = re.compile(r"[^\W_]+")


def pages_of(start: str, end: str) -> str:
    """A page range out of its first and last page."""
    if not start or start == end:
        return end
    return start if "-" in start and start.endswith(end) else f"{start}-{end}"


def flags_of(title: str, abstract: str) -> tuple[str, ...]:
    """What a reader should know about a title and an abstract."""
    flags: list[str] = []
    if not title:
        flags.append(Flag.NO_TITLE.value)
    if len(abstract) < 40 and abstract.strip("[](). ").lower() in _NO_ABSTRACT:
        flags.append(Flag.NO_ABSTRACT.value)
    elif abstract.endswith(_ENDS_CUT) or (
        "TRUNCATED" in (end := abstract[-60:].upper()) and _TRUNCATED.search(end)
    ):
        flags.append(Flag.CUT_OFF.value)
    return tuple(flags)


def is_subtitle(kind: str, title: str, part: str, journal: str) -> bool:
    """Whether `T2` continues the title of an article, rather than naming what it appeared in."""
    if kind not in _ARTICLES:
        return False
    if title[-1] == "." or _same_name(part, journal) or _PERIODICAL.search(fold(part)):
        return False
    return title.isascii() == part.isascii() or _latin(title) == _latin(part)


def _latin(text: str) -> bool:
    return sum(1 for c in text if c > "\u024f") * 2 < len(text)


def _same_name(one: str, other: str) -> bool:
    """Whether two names of a journal are the same, one of them perhaps abbreviated."""
    a, b = ([w for w in _WORD.findall(fold(name)) if w not in _SMALL] for name in (one, other))
    if not a or not b or a == b or " ".join(a) in " ".join(b) or " ".join(b) in " ".join(a):
        return True
    if len(a) != len(b):
        return False
    return all(x.startswith(y) or y.startswith(x) for x, y in zip(a, b, strict=True))
