"""How much two titles speak for one report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from tamis.services.dedup.features import Features


_IDEOGRAPHS: Final = "\u2e80"
OTHER_WORD: Final = "a word of the titles differs"


class Titles(NamedTuple):
    """What a comparison of two titles found.

    Attributes:
        worth: points for one report.
        ratio: how alike they are, 0 to 1; -1 when one is missing.
        why: short words.
        doubts: what a rule has to be careful about.
    """

    worth: float
    ratio: float
    why: str
    doubts: tuple[str, ...] = ()


def compare_titles(a: Features, b: Features) -> Titles:
    """Compare two titles: whole, without a subtitle, with words in another order."""
    if not a.title or not b.title:
        return Titles(0.0, -1.0, "", ("a title is missing",))
    if a.title == b.title:
        return Titles(specific(a.title), 1.0, "same title")
    short, long = sorted((a.title, b.title), key=len)
    ratio = fuzz.ratio(short, long, score_cutoff=50) / 100
    if ratio >= 0.9:
        worth = specific(short) - (1 - ratio) * 25
        return _careful(a, b, Titles(worth, ratio, f"title {ratio:.2f}"))
    if _part_of(a, b):
        worth = specific(short) - 1.5
        return _numbered(a, b, Titles(worth, 0.9, "title without subtitle", ("title without subtitle",)))
    n = len(short)
    if n >= 30 and any(fuzz.ratio(short, part, score_cutoff=97) for part in (long[:n], long[-n:])):
        return Titles(specific(short) - 4, 0.9, "one title goes on", ("one title goes on",))
    words = 0.0
    if ratio:
        words = fuzz.token_sort_ratio(a.words, b.words, score_cutoff=90) / 100
    if words:
        return _careful(a, b, Titles(specific(short) - 2.5, words, f"title words {words:.2f}"))
    if ratio >= 0.8:
        return _numbered(a, b, Titles(0.0, ratio, f"title {ratio:.2f}", ("titles differ",)))
    other_script = a.title.isascii() != b.title.isascii()
    return Titles(-2.0 if other_script else -6.0, ratio, "titles differ", ("titles differ",))


def _part_of(a: Features, b: Features) -> bool:
    """Whether the shorter title is the longer one without its subtitle, or without the original one."""
    if len(a.title) > len(b.title):
        a, b = b, a
    n, slack = len(a.title), 2 + len(a.title) // 20
    if n < 20:
        return False
    return any(
        (abs(cut - n) <= slack and fuzz.ratio(a.title, b.title[:cut]) >= 95)
        or (abs(len(b.title) - cut - n) <= slack and fuzz.ratio(a.title, b.title[cut:]) >= 95)
        for cut in b.cuts
    )


def specific(title: str) -> float:
    """How much a title tells: `Editorial` little, a sentence much."""
    letters = len(title) if title.isascii() else sum(3 if letter > _IDEOGRAPHS else 1 for letter in title)
    return min(6.0, 0.5 + letters / 9)


def _numbered(a: Features, b: Features, found: Titles) -> Titles:
    """Part 1 and part 2, 2021 and 2022: other numbers make another title."""
    if a.numbers == b.numbers:
        return found
    only_one = set(a.numbers) < set(b.numbers) or set(b.numbers) < set(a.numbers)
    doubts = (*found.doubts, "numbers in the titles differ")
    return found._replace(worth=found.worth - (1 if only_one else 4), doubts=doubts)


def _careful(a: Features, b: Features, found: Titles) -> Titles:
    """`Prostate` for `breast`, `without` put in: one other word makes another title."""
    found = _numbered(a, b, found)
    left, right = a.words.split(), b.words.split()
    mine = "".join(w for w in left if w not in right)
    theirs = "".join(w for w in right if w not in left)
    if len(mine) > len(theirs):
        mine, theirs = theirs, mine
    if not mine:
        if len(theirs) > 3:
            doubts = (*found.doubts, "words left out in one title")
            return found._replace(worth=found.worth - 0.5, doubts=doubts)
    elif fuzz.ratio(mine, theirs) < 70:
        return found._replace(worth=found.worth - 2.5, doubts=(*found.doubts, OTHER_WORD))
    return found
