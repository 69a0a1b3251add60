"""Words of a record: what is counted, and how a word becomes a number that is the same everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from tamis.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.domain.record import Record

_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
words = re.compile(rf"\n|[{_CJK}]|[^\W{_CJK}]{{2,}}").findall
"""The words of a folded text: two letters or digits at least, single characters of scripts that set no
blanks between words, and line breaks, over which no pair of words reaches."""


_apart = re.compile(rf"(?<=[{_CJK}]) (?=[{_CJK}])").sub


def spelt(found: Sequence[str]) -> str:
    """Words side by side as people write them: without a blank where their script sets none."""
    return _apart("", " ".join(found))


class Words(NamedTuple):
    """What ranking reads of a record; each part is folded (`domain.text.fold`)."""

    title: str
    abstract: str
    keywords: str
    """One a line."""


def words_of(record: Record) -> Words:
    """What ranking reads of a record."""
    return Words(fold(record.title), fold(record.abstract), fold("\n".join(record.keywords)))


def stem(word: str) -> str:
    """A word without its plural ending.

    The S-stemmer of Harman (1991), How effective is suffixing?, JASIS 42(1), 7-15: of its three rules the
    first whose ending fits is used.
    """
    if len(word) < 4 or word[-1] != "s":
        return word
    if word.endswith("ies"):
        return word if word[-4] in "ea" else word[:-3] + "y"
    if word.endswith("es"):
        return word if word[-3] in "aeo" else word[:-1]
    return word if word[-2] in "us" else word[:-1]


def number(word: str) -> int:
    """A word's number, 0 to 2**32 - 1: the same in every process and on every machine."""
    return crc32(stem(word).encode("utf-8", "replace"))
