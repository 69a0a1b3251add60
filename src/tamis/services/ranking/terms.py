"""Terms by name: what a ranking says of a record in words, and what words say before there is a ranking."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice, product, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from tamis.domain.text import fold
from tamis.services.ranking.features import UNIT, slot, terms_of
from tamis.services.ranking.words import number, spelt, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tamis.services.ranking.features import Features
    from tamis.services.ranking.words import Words

_MOST: Final = 200
"""A term with a wildcard stands for so many words at most, the first in the alphabet."""


class Term(NamedTuple):
    """A word or a pair of words of a record.

    Attributes:
        text: in small letters, as the record has it first.
        weight: what it adds to the record's score; negative when it speaks against it.
    """

    text: str
    weight: float


def named(
    features: Features, weights: NDArray[np.int16], unit: float, row: int, text: Words, n: int
) -> list[Term]:
    """The terms of a row that add most to its score, then those that take most from it.

    Args:
        features: of all records.
        weights: of the columns, in units of `unit`.
        unit: see `weights`.
        row: a record's row.
        text: its text.
        n: how many of each at most.
    """
    part = slice(int(features.starts[row]), int(features.starts[row + 1]))
    columns = features.columns[part]
    each = features.weights[part] * (weights[columns] * (unit / UNIT))
    adds = dict(zip(columns.tolist(), each.tolist(), strict=True))
    parts = [words(one) for one in text]
    every = [word for one in parts for word in one]
    ids, hashes = _numbered(every)
    totals: dict[int, float] = {}
    names: dict[int, str] = {}
    lengths = np.array([[len(one) for one in parts]], np.int32)
    for view, (_, places, terms) in enumerate(terms_of(ids, hashes, lengths)):
        found = _columns(features, terms, view)
        for place, term, column in zip(places.tolist(), terms.tolist(), found, strict=True):
            if (add := adds.pop(column, 0.0)) and column >= 0:
                totals[term] = totals.get(term, 0.0) + add
                width = 1 if term == int(hashes[place]) else 2
                names.setdefault(term, spelt(every[place : place + width]))
    listed = sorted((Term(names[term], total) for term, total in totals.items()), key=_strongest)
    return [t for t in listed if t.weight > 0][:n] + [t for t in listed if t.weight < 0][:n]


def spoken(features: Features, hints: Mapping[str, bool]) -> NDArray[np.float64]:
    """Weights of columns out of terms that speak for records (True) and against them."""
    weights = np.zeros(len(features.slots))
    for hint, speaks in hints.items():
        for phrase in _phrases(features, hint):
            ids, hashes = _numbered(phrase)
            lengths = np.array([[0, len(phrase), 0]], np.int32)
            (_, _, single), (_, _, double), *_ = terms_of(ids, hashes, lengths)
            terms = double if len(phrase) > 1 else single
            views = (1, 3) if len(phrase) > 1 else (0, 2, 3)
            for view in views:
                found = [column for column in _columns(features, terms, view) if column >= 0]
                weights[found] += 1.0 if speaks else -1.0
    return weights


def _strongest(term: Term) -> tuple[float, str]:
    return -abs(term.weight), term.text


def _numbered(every: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Words as numbers, a line break being 0, and their hashes."""
    numbers = {word: n for n, word in enumerate(dict.fromkeys(("\n", *every)))}
    ids = np.array([numbers[word] for word in every], np.int32)
    return ids, np.array([number(word) for word in numbers], np.uint64)[ids]


def _columns(features: Features, terms: NDArray[np.uint64], view: int) -> list[int]:
    """The columns of terms in a view; -1 for those that no two records have."""
    slots = slot(terms, view, features.bits)
    places = np.searchsorted(features.slots, slots)
    there = places < len(features.slots)
    there[there] = features.slots[places[there]] == slots[there]
    columns: list[int] = np.where(there, places, -1).tolist()
    return columns


def _phrases(features: Features, hint: str) -> list[tuple[str, ...]]:
    """What a hint stands for: itself, or with each wildcard replaced by the words that there are."""
    found = [
        _beginning(features, word[:-1]) if word.endswith("*") else words(word)
        for word in re.findall(r"[^\s*]+\*?", fold(hint))
    ]
    if all(len(one) == 1 for one in found) or any("*" in word for word in hint.split()):
        return list(islice(product(*found), _MOST)) if found else []
    return [tuple(word for one in found for word in one)]


def _beginning(features: Features, start: str) -> list[str]:
    """The words of the records that begin so."""
    every = features.words.tobytes().decode("utf-8", "replace").split("\n")
    first = bisect_left(every, start)
    return list(islice(takewhile(lambda word: word.startswith(start), every[first:]), _MOST))
