"""Authors and journals, each written in a dozen ways."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz import fuzz

from tamis.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence


class Author(NamedTuple):
    """One author: the family name as bare letters, the initials as far as known, all words in any order."""

    family: str
    initials: str
    whole: str


_WORD = re.compile(r"[^\W_]+")
_INITIALS: Final = 3
"""Letters that initials without stops may have at most: `Smith JRB`."""
_NOBODY: Final = frozenset(
    {"", "anonymous", "anon", "unknown", "noauthor", "noauthorslisted", "na", "etal", "et al", "none", "null"}
)
_AUTHORS: Final = 30
"""Authors that are compared; the list of a consortium says nothing more after that."""


@lru_cache(maxsize=50_000)
def author(text: str) -> Author | None:
    """An author as files write them (`Smith, John R.`, `Smith JR`, `J. R. Smith`), or None for nobody."""
    family, comma, given = text.partition(",")
    names, others = _WORD.findall(family), _WORD.findall(given)
    if not comma or not others:
        names, others = _parted(names, family)
    family = fold("".join(names))
    if not family or (not others and family in _NOBODY) or text.strip("[]. ").lower() in _NOBODY:
        return None
    initials = fold("".join(others if _all_initials(others, text) else [w[0] for w in others]))
    return Author(family, initials, "".join(sorted(map(fold, names + others))))


def _parted(words: list[str], text: str) -> tuple[list[str], list[str]]:
    """Family and given names of a name without a comma."""
    short = [_is_initials(word, text) for word in words]
    n = len(words)
    if n < 2 or all(short):
        return words, []
    if short[-1]:
        while short[n - 1]:
            n -= 1
        return words[:n], words[n:]
    n = short.index(False) if short[0] else n - 1
    return words[n:], words[:n]


def _all_initials(words: list[str], text: str) -> bool:
    return len(words) == 1 and _is_initials(words[0], text)


def _is_initials(word: str, text: str) -> bool:
    if len(word) == 1:
        return True
    return len(word) <= _INITIALS and word.isupper() and word.isascii() and not text.isupper()


def authors(texts: Sequence[str]) -> tuple[Author, ...]:
    """The authors that can be compared, in order."""
    return tuple(found for text in texts[:_AUTHORS] if (found := author(text)))


def shared_authors(a: tuple[Author, ...], b: tuple[Author, ...]) -> float:
    """How much of the shorter list stands in the other one, 0 to 1; neither may be empty.

    One list may be cut off after the first authors, so that what only the longer one has says nothing.
    """
    short, long = (a, b) if (len(a), a) <= (len(b), b) else (b, a)
    left = list(long)
    hits = 0.0
    for one in short:
        best, place = 0.0, -1
        for n, other in enumerate(left):
            if (worth := _same_author(one, other)) > best:
                best, place = worth, n
                if best == 1.0:
                    break
        if place >= 0:
            hits += best
            del left[place]
    return hits / len(short)


def _same_author(a: Author, b: Author) -> float:
    if a.family == b.family:
        return 1.0 if not a.initials or not b.initials or _initials_fit(a.initials, b.initials) else 0.3
    if a.whole == b.whole:
        return 1.0
    if a.family[:1] == b.family[:1] and fuzz.ratio(a.family, b.family) >= 80:
        return 0.9 if _initials_fit(a.initials, b.initials) else 0.2
    inner = (a.family, b.family) if len(a.family) < len(b.family) else (b.family, a.family)
    if len(inner[0]) > 3 and (inner[1].endswith(inner[0]) or inner[1].startswith(inner[0])):
        return 0.9
    if a.family[0] in b.initials and b.family[0] in a.initials:
        return 0.6  # `Amber C. F.` and `Cicek F. A.`: perhaps the given name was taken for the family's
    return 0.0


def _initials_fit(a: str, b: str) -> bool:
    return not a or not b or a[0] == b[0] or a[0] in b or b[0] in a


_SMALL: Final = frozenset(
    {
        "the",
        "of",
        "and",
        "in",
        "for",
        "a",
        "an",
        "de",
        "la",
        "le",
        "les",
        "des",
        "du",
        "et",
        "der",
        "die",
        "das",
        "und",
        "fur",
        "fuer",
        "el",
        "los",
        "las",
        "y",
        "e",
        "del",
        "di",
        "della",
        "il",
        "en",
        "on",
        "to",
    }
)
_EVENT: Final = re.compile(r"(?<=\w\w)[.:] ?(?:conference|meeting|abstracts?|\d+(?:st|nd|rd|th) )\b.*")
_ASIDE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|/.*|=.*|;.*")


@lru_cache(maxsize=10_000)
def journal_words(text: str) -> tuple[str, ...]:
    """The words of a journal's name that every form of it shares, places in brackets left out."""
    folded = fold(text)
    bare = _ASIDE.sub(" ", _EVENT.sub("", folded))
    words = tuple(w for w in _WORD.findall(bare) if w not in _SMALL)
    return words or tuple(_WORD.findall(folded))


@lru_cache(maxsize=50_000)
def same_journal(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """1 when two names are of one journal (abbreviated, its first letters), 0.5 when they may be, else 0."""
    if a == b:
        return 1.0
    short, long = sorted((a, b), key=lambda words: (sum(map(len, words)), words))
    joined, whole = "".join(short), "".join(long)
    if len(short) > 2 and len(joined) > 18 and joined in whole:
        return 1.0
    if len(short) == 1 and len(joined) > 2 and joined == "".join(w[0] for w in long)[: len(joined)]:
        return 1.0
    left_out = _left_out(short, long)
    if left_out == 0 or fuzz.ratio(joined, whole) >= 88:
        return 1.0
    return 0.5 if left_out > 0 else 0.0


def _left_out(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    """How many words of the longer name the shorter one leaves out; -1 if it is no shorter form of it.

    `Circulation` may be `Circulation Research` or not.
    """
    place = 0
    for n, word in enumerate(short):
        while place < len(long) and not _begins(word, long[place]):
            place += 1
            if n == 0:
                return -1
        if place == len(long):
            return -1
        place += 1
    return len(long) - len(short)


def _begins(word: str, whole: str) -> bool:
    if whole.startswith(word):
        return True
    # `Natl`, `Intl`, `Assn`: first letters and the last one
    return (
        len(word) > 2 and whole.startswith(word[:2]) and whole.endswith(word[-1]) and len(word) < len(whole)
    )
