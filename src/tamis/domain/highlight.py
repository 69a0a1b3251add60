"""Words that are lit in a record: sets of terms, compiled once, and where a text holds them.

How a term is written. The signs are those of Ovid, PubMed, Embase, Web of Science, Scopus and Cochrane;
where these differ, the reading that lights more is taken:

- a word or a phrase: `ablation`, `liver metastases`. Case, accents and compatibility forms aside (`fold`);
  words of a phrase may stand apart by blanks, dashes, slashes and apostrophes (`meta-analysis` is also
  `meta analysis`). Only whole words, in scripts that part words.
- `*` any number of letters, also none: `random*`, `*itis`.
- `?` and `#` one letter or none: `wom?n`, `behavio#r`.
- `$` at the end of a word is `*` (Ovid), inside a word it is `?` (Web of Science, Embase).
- `/.../` a regular expression. These need a library and are not for this module (`expression`).

Matching goes word by word through tables and never backtracks over the text, so its time is bounded by
the length of the text and the number of phrases that begin with the same word.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate, chain, compress, pairwise, repeat
from operator import add
from typing import TYPE_CHECKING, Final

from tamis.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

COLOURS: Final = ("green", "red", "blue", "yellow", "magenta", "cyan")
"""Colours a set may have, in the order in which new sets take them."""
SPEAKS: Final = ("include", "exclude", "neither")
"""What the terms of a set may speak for."""
_AGAINST: Final = ("exclu", "against", "irrelevant", "unwanted")
"""A set that says nothing of it speaks for exclusion when its name holds one of these, else for inclusion."""

WILDCARDS_LIMIT: Final = 3
"""Wildcards in one word: with more, trying them all would take long."""
_LONG_WORD: Final = 80
"""Letters up to which wildcards inside a word are tried; no language has longer ones."""
_REMEMBERED: Final = 50_000
"""Different words whose terms are remembered."""


@dataclass(frozen=True, slots=True)
class TermSet:
    """Terms that are lit alike, such as those of the population.

    Attributes:
        name: what people call it.
        colour: one of `COLOURS`.
        terms: as written, see the module.
        speaks_for: one of `SPEAKS`, "" for what the name says.
    """

    name: str
    colour: str
    terms: tuple[str, ...]
    speaks_for: str = ""

    @property
    def speaks(self) -> str:
        """What the terms speak for: one of `SPEAKS`."""
        named = "exclude" if any(part in fold(self.name) for part in _AGAINST) else "include"
        return self.speaks_for or named


Span = tuple[int, int, int]
"""A lit place: start and end in its text, `text[start:end]`, and which set it is of, counted from 0.

A plain tuple, as a record may have hundreds and a person waits for them.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A term that is not lit: of which set, and why, as the end of a sentence."""

    set: str
    term: str
    why: str


def expression(term: str) -> str | None:
    """The regular expression of a term written as `/.../`, or None."""
    return term[1:-1] if len(term) > 2 and term[0] == term[-1] == "/" else None


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans without overlap, from left to right.

    Of those that overlap, the one that begins first stays, of these the longest, of these that of the
    first set.
    """
    kept: list[Span] = []
    reached = 0
    for span in sorted(spans):
        start, end, _ = span
        if end <= start or end <= reached:
            continue
        if start >= reached:
            kept.append(span)
        elif start == kept[-1][0]:  # as sorted, the longer one comes after the shorter
            kept[-1] = span
        else:
            continue
        reached = end
    return kept


# Texts as words


# Scripts that do not part words, and Hangul, whose words carry their particles: each character is a word.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003fffd"
)
_SOFT: Final = " \u00a0-\u2010\u2011\u2012\u2013\u2014\u2212/'\u2019\u02bc"
"""What may stand between the words of a phrase."""
_ASCII_GAPS: Final = str.maketrans({c: " " for c in map(chr, range(0x80)) if not c.isalnum()})


@cache
def _word_pattern(more: str = "") -> re.Pattern[str]:
    """A word in folded text; `more` are signs that belong to words, too."""
    # Vowel signs of Indic scripts are marks that `fold` keeps and `\w` does not know.
    codes = map(chr, range(0x300, 0x2000))
    marks = "".join(c for c in codes if unicodedata.category(c)[0] == "M" and not unicodedata.combining(c))
    spaced = rf"(?:[^\W_{_UNSPACED}]++|[{marks}{re.escape(more)}]++)++"
    return re.compile(f"[{_UNSPACED}]|{spaced}")


class _Letters(dict[str, str]):
    """A character -> its folded form; Hangul and kana stay, for there the marks are letters of their own."""

    def __missing__(self, c: str) -> str:
        self[c] = found = c if "\u3041" <= c <= "\u30ff" or "\uac00" <= c <= "\ud7a3" else fold(c)
        return found


_LETTERS: Final = _Letters()


class _Text:
    """A text folded, its words, and where in the text they are.

    Attributes:
        folded: the folded text.
        words: the words in `folded`, with empty ones between two gaps.
        gaps: how many characters follow each word before the next.
        first: where the first word begins.
    """

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._origin: list[int] | None = None  # of each folded character; None: each has its own place
        self.first = 0
        self.gaps: Iterable[int] = repeat(1)
        if text.isascii():
            self.folded = text.lower()
            self.words = self.folded.translate(_ASCII_GAPS).split(" ")  # a third of the time of a pattern
            return
        parts = [_LETTERS[c] for c in text]
        self.folded = "".join(parts)
        if not all(len(part) == 1 for part in parts):
            self._origin = [n for n, part in enumerate(parts) for _ in part]
        matches = list(_word_pattern().finditer(self.folded))
        self.words = [match[0] for match in matches]
        if matches:
            self.first = matches[0].start()
            self.gaps = [*(b.start() - a.end() for a, b in pairwise(matches)), 0]

    @cached_property
    def placed(self) -> tuple[list[str], list[int]]:
        """The words that are not empty, and where in `folded` each begins."""
        starts = accumulate(map(add, map(len, self.words), self.gaps), initial=self.first)
        return list(filter(None, self.words)), list(compress(starts, self.words))

    def unfolded(self, found: list[Span]) -> list[Span]:
        """Spans of words of the folded text, in the text itself; marks belong to the letter before them."""
        origin = self._origin
        if origin is None:
            return found
        return [
            (origin[a], max(origin[b - 1] + 1, origin[b] if b < len(origin) else self._length), number)
            for a, b, number in found
        ]


# Terms


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a term: its letters up to the first wildcard, and what may follow.

    Attributes:
        head: letters before the first wildcard.
        open: whether any letters may follow the head; then `pattern` is None.
        pattern: the whole word, where it has wildcards inside; None for a plain or an open word.
    """

    head: str
    open: bool = False
    pattern: re.Pattern[str] | None = None

    def holds(self, word: str) -> bool:
        """Whether a word of a text is meant."""
        if self.pattern is not None:
            return len(word) <= _LONG_WORD and self.pattern.fullmatch(word) is not None
        return word.startswith(self.head) if self.open else word == self.head


@dataclass(frozen=True, slots=True)
class _Term:
    """A term: the number of its set, its words, and what stands between them as it is written."""

    set: int
    words: tuple[_Word, ...]
    gaps: tuple[str, ...]


_Meant = tuple[int, tuple[_Term, ...]]
"""The first set that a word alone is of, -1 for none, and the phrases that it begins."""


@cache
def _alone(number: int) -> _Meant:
    """What a word means that begins no phrase: one tuple for all of them keeps what is looked up small."""
    return number, ()


_NOTHING: Final = _alone(-1)

_WILD: Final = "*?$#"
_WILD_SIGN: Final = re.compile(r"[*?]")


def _word(text: str) -> _Word:
    """A folded word of a term.

    Raises:
        ValueError: more than `WILDCARDS_LIMIT` wildcards.
    """
    if text.endswith("$"):
        text = text[:-1] + "*"
    text = re.sub(r"\*+", "*", re.sub("[#$]", "?", text))
    signs = len(_WILD_SIGN.findall(text))
    if signs > WILDCARDS_LIMIT:
        raise ValueError(f"more than {WILDCARDS_LIMIT} wildcards in one word")
    if not signs:
        return _Word(text)
    head = text[: min(n for sign in "*?" if (n := text.find(sign)) >= 0)]
    if text == head + "*":
        return _Word(head, open=True)
    meaning = {"*": ".*", "?": ".?"}
    pattern = "".join(meaning.get(c) or re.escape(c) for c in text)
    return _Word(head, pattern=re.compile(pattern, re.DOTALL))


def _term(number: int, text: str) -> _Term:
    """A term as written.

    Raises:
        ValueError: nothing in it can be looked for; says why.
    """
    folded = "".join(_LETTERS[c] for c in text)
    found = [m for m in _word_pattern(_WILD).finditer(folded) if m.group().strip(_WILD)]
    if not found:
        raise ValueError("no letter and no digit")
    gaps = tuple(folded[a.end() : b.start()].strip(_WILD) for a, b in pairwise(found))
    return _Term(number, tuple(_word(m.group()) for m in found), gaps)


@dataclass(slots=True)
class Matcher:
    """The words and phrases of sets, compiled; expressions are left to others.

    Attributes:
        sets: the sets; the last part of a `Span` is a place in them.
        faults: terms that cannot be looked for.
    """

    sets: tuple[TermSet, ...]
    faults: list[Fault] = field(default_factory=list)
    _plain: dict[str, list[_Term]] = field(default_factory=dict)
    _wild: dict[str, list[_Term]] = field(default_factory=dict)
    _heads: tuple[int, ...] = ()
    _known: dict[str, _Meant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, terms in enumerate(self.sets):
            for text in terms.terms:
                if expression(text) is None:
                    self._add(number, text)
        self._heads = tuple(sorted({len(head) for head in self._wild}))

    def _add(self, number: int, text: str) -> None:
        try:
            term = _term(number, text)
        except ValueError as error:
            self.faults.append(Fault(self.sets[number].name, text, str(error)))
            return
        first = term.words[0]
        table = self._plain if not first.open and first.pattern is None else self._wild
        table.setdefault(first.head, []).append(term)

    def find(self, text: str) -> list[Span]:
        """Every place where a term stands; places may overlap, see `merged`.

        Of sets that mean the same one word, only the first is told: no other could be lit there.
        """
        found: list[Span] = []
        if not self._plain and not self._wild:
            return found
        folded, known = _Text(text), self._known
        start = folded.first
        for word, gap in zip(folded.words, folded.gaps, strict=False):
            end = start + len(word)
            meant = known.get(word) or self._meant(word)
            if meant is not _NOTHING:
                alone, phrases = meant
                if alone >= 0:
                    found.append((start, end, alone))
                if phrases:
                    n = bisect_left(folded.placed[1], start)
                    ends = [(_end(term, folded, n), term.set) for term in phrases]
                    found += [(start, last, number) for last, number in ends if last is not None]
            start = end + gap
        return folded.unfolded(found)

    def _meant(self, word: str) -> _Meant:
        """What a word of a text means."""
        wild = chain.from_iterable(self._wild.get(word[:n], ()) for n in self._heads if n <= len(word))
        terms = [*self._plain.get(word, ()), *(term for term in wild if term.words[0].holds(word))]
        alone = min((term.set for term in terms if len(term.words) == 1), default=-1)
        phrases = tuple(term for term in terms if len(term.words) > 1)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[word] = meant = (alone, phrases) if phrases else _alone(alone)
        return meant


def _end(term: _Term, text: _Text, n: int) -> int | None:
    """Where a phrase ends whose first word is the `n`th of `text.placed`; None where it does not go on."""
    words, starts = text.placed
    if n + len(term.words) > len(words):
        return None
    for k in range(1, len(term.words)):
        if not term.words[k].holds(words[n + k]):
            return None
        gap = text.folded[starts[n + k - 1] + len(words[n + k - 1]) : starts[n + k]]
        if gap.strip(_SOFT) and gap != term.gaps[k - 1]:
            return None
    n += len(term.words) - 1
    return starts[n] + len(words[n])
