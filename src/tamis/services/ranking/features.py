"""Records as rows of numbers: TF-IDF of words and pairs of words, in compressed sparse rows.

Every step is either exact or rounded well above the last bits in which platforms differ, and no sum depends
on the number of threads, so the same records give the same numbers on every machine.
"""

from __future__ import annotations

import zipfile
from array import array
from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

from tamis.services.ranking.words import number, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from tamis.services.ranking.words import Words

VERSION: Final = "1"
"""Changes with everything that changes the numbers made of the same text."""
SHARES: Final = (0.8, 0.1, 0.1)
"""What the whole text, the title alone and the keywords alone add to the product of two rows."""

UNIT: Final = 2**16
"""Weights are whole numbers of this part of 1, so that sums of products of them are exact in any order."""

_BITS: Final = (24, 22, 22)
"""Each view has a table of 2**bits slots; a term's slot is a hash of it."""
_OFFSETS: Final = (0, 1 << _BITS[0], (1 << _BITS[0]) + (1 << _BITS[1]))
_SLOTS: Final = sum(1 << bits for bits in _BITS)
_WIDTH: Final = 25
"""Bits of a slot's number."""
_CHUNK: Final = 2_048
_EVERY: Final = 500
_MOST: Final = 255
"""A term that a record has more often counts as if it had it so often."""
_GRID: Final = 2.0**20
"""Logarithms are rounded to this grid: they differ between platforms in their last bits."""
_MIX: Final = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
"""Constants of SplitMix64 (Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators)."""


class Features:
    """Rows of numbers, one a record.

    The product of two rows tells how alike their texts are, from 0 to 1. Terms that only one record has add
    nothing to any product of two rows; they count in a row's length but are not kept.

    Attributes:
        digest: of the texts and `VERSION`.
        starts: where each row begins, one more than there are rows.
        columns: the terms of each row, ascending.
        weights: their weights, 0 to 1 in units of 1 / `UNIT`.
        slots: what the columns are: slots of terms, ascending.
    """

    def __init__(
        self,
        digest: str,
        starts: NDArray[np.int64],
        columns: NDArray[np.int32],
        weights: NDArray[np.uint16],
        slots: NDArray[np.int32],
    ) -> None:
        self.digest = digest
        self.starts = starts
        self.columns = columns
        self.weights = weights
        self.slots = slots

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def build(cls, records: Iterable[Words], progress: Callable[[int], None] | None = None) -> Features:
        """Count the terms of records.

        Args:
            records: the texts, read once.
            progress: called now and then with the number of records counted; may raise to stop.
        """
        counting = _Counting()
        for n, record in enumerate(records):
            if progress is not None and n % _EVERY == 0:
                progress(n)
            counting.add(record)
        return counting.features(progress)

    def save(self, path: Path) -> None:
        """Write to a file, without anything in it that could be run.

        Raises:
            OSError: it cannot be written.
        """
        with path.open("wb") as file:
            np.savez(
                file,
                allow_pickle=False,
                version=np.array(VERSION),
                digest=np.array(self.digest),
                starts=self.starts,
                columns=self.columns,
                weights=self.weights,
                slots=self.slots,
            )

    @classmethod
    def load(cls, path: Path, digest: str) -> Features | None:
        """Read what was saved; None when there is nothing, when it is damaged, or of other texts.

        Args:
            path: the file.
            digest: of the texts it has to be of.
        """
        try:
            with np.load(path, allow_pickle=False) as kept:
                if str(kept["version"]) != VERSION or str(kept["digest"]) != digest:
                    return None
                found = cls(digest, kept["starts"], kept["columns"], kept["weights"], kept["slots"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, MemoryError):
            return None
        return found if found._whole() else None

    def _whole(self) -> bool:
        """Whether the parts fit together, so that no step reads outside of them."""
        kinds = {"starts": "int64", "columns": "int32", "weights": "uint16", "slots": "int32"}
        return (
            all(getattr(self, name).dtype == kind for name, kind in kinds.items())
            and all(a.ndim == 1 for a in (self.starts, self.columns, self.weights, self.slots))
            and len(self.starts) > 0
            and self.starts[0] == 0
            and bool(np.all(self.starts[1:] >= self.starts[:-1]))
            and int(self.starts[-1]) == len(self.columns) == len(self.weights)
            and (not len(self.columns) or 0 <= self.columns.min() <= self.columns.max() < len(self.slots))
        )


class _Counting:
    """Texts being turned into words, and words into rows."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__
        self._break = self._numbers["\n"]
        self._words = array("i")
        self._lengths = array("i")
        self._digest = blake2b(VERSION.encode(), digest_size=16)

    def add(self, record: Words) -> None:
        """The next record."""
        number_of = self._numbers.__getitem__
        for part in record:
            found = words(part)
            self._words.extend(map(number_of, found))
            self._lengths.append(len(found))
            feed(self._digest, part)

    def features(self, progress: Callable[[int], None] | None) -> Features:
        """The rows of all records."""
        hashes = np.fromiter(map(number, self._numbers), np.uint64, len(self._numbers))
        words_ = np.frombuffer(self._words, np.int32)
        lengths = np.frombuffer(self._lengths, np.int32).reshape(-1, 3)
        total = len(lengths)
        ends = np.concatenate(([0], np.cumsum(lengths.sum(axis=1), dtype=np.int64)))
        often = np.zeros(_SLOTS, np.int32)
        chunks = []
        for first in range(0, total, _CHUNK):
            if progress is not None:
                progress(total)
            last = min(first + _CHUNK, total)
            part = words_[ends[first] : ends[last]]
            chunk = _counted(part, hashes[part], lengths[first:last])
            np.add.at(often, chunk[1], 1)
            chunks.append(chunk)
        del words_, lengths
        self._words, self._lengths = array("i"), array("i")
        return _weighed(self._digest.hexdigest(), chunks, often, total)


def feed(digest: blake2b, part: str) -> None:
    """Add a text to a digest, so that no two lists of texts look the same."""
    data = part.encode("utf-8", "replace")
    digest.update(len(data).to_bytes(8, "little"))
    digest.update(data)


def slot(hashes: NDArray[np.uint64], view: int) -> NDArray[np.int64]:
    """Slots of terms in a view's table; a hash of a term goes in, through SplitMix64's last steps."""
    z = hashes + _MIX[0]
    z = (z ^ (z >> np.uint64(30))) * _MIX[1]
    z = (z ^ (z >> np.uint64(27))) * _MIX[2]
    return (z >> np.uint64(64 - _BITS[view])).astype(np.int64) + _OFFSETS[view]


def paired(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hashes of pairs of words, from the words' hashes."""
    return (first + np.uint64(1)) * _MIX[0] + (second << np.uint64(32))


_Chunk = tuple["NDArray[np.int32]", "NDArray[np.int32]", "NDArray[np.uint8]"]
"""Of some rows: which row and view (3 * row + view), slots, how often; ascending by the first two."""


def _counted(part: NDArray[np.int32], hashes: NDArray[np.uint64], lengths: NDArray[np.int32]) -> _Chunk:
    """Count the terms of some rows in each view."""
    place = np.repeat(np.arange(lengths.size), lengths.ravel())
    word = part != 0
    pair = word[:-1] & word[1:] & (place[:-1] == place[1:])
    terms = np.concatenate((hashes[word], paired(hashes[:-1][pair], hashes[1:][pair])))
    place = np.concatenate((place[word], place[:-1][pair]))
    rows, which = place // 3, place % 3
    keys = [(rows * 3) << _WIDTH | slot(terms, 0)]
    for view, where in ((1, which == 0), (2, which == 2)):
        keys.append((rows[where] * 3 + view) << _WIDTH | slot(terms[where], view))
    every = np.sort(np.concatenate(keys))
    new = np.flatnonzero(np.concatenate(([True], every[1:] != every[:-1]))) if len(every) else every
    times = np.diff(new, append=len(every))
    kept = every[new]
    return (
        (kept >> _WIDTH).astype(np.int32),
        (kept & ((1 << _WIDTH) - 1)).astype(np.int32),
        np.minimum(times, _MOST).astype(np.uint8),
    )


def _weighed(digest: str, chunks: list[_Chunk], often: NDArray[np.int32], total: int) -> Features:
    """Rows of weights out of counts.

    Weights are those of scikit-learn's `TfidfVectorizer(sublinear_tf=True)`: (1 + ln tf) * (1 + ln((1 + n) /
    (1 + df))), each view of a row then of length 1.
    """
    slots = np.flatnonzero(often > 1).astype(np.int32)
    column = np.cumsum(often > 1, dtype=np.int32)
    tf = 1 + _rounded(np.log(np.maximum(np.arange(_MOST + 1), 1)))
    idf = 1 + _rounded(np.log((1 + total) / (1 + np.arange(total + 1))))
    shares = np.sqrt(SHARES)
    columns: list[NDArray[np.int32]] = []
    weights: list[NDArray[np.uint16]] = []
    sizes: list[NDArray[np.int64]] = []
    for first in range(len(chunks)):
        places, found, times = chunks[first]
        rows = min(_CHUNK, total - first * _CHUNK)
        df = often[found]
        raw = tf[times] * idf[df]
        begins = np.flatnonzero(np.diff(places, prepend=-1))
        norm = np.sqrt(np.add.reduceat(raw * raw, begins)) if len(begins) else begins.astype(float)
        here = places[begins]
        present = np.bincount(here // 3, np.square(shares)[here % 3], rows)
        scale = shares[here % 3] / np.sqrt(present[here // 3]) / norm
        raw *= np.repeat(scale, np.diff(begins, append=len(raw)))
        kept = df > 1
        columns.append(column[found[kept]] - 1)
        weights.append(np.minimum(np.rint(raw[kept] * UNIT), UNIT - 1).astype(np.uint16))
        sizes.append(np.bincount(places[kept] // 3, minlength=rows))
        chunks[first] = (places[:0], found[:0], times[:0])
    starts = np.concatenate(([0], np.cumsum(np.concatenate(sizes)))) if sizes else np.zeros(1)
    return Features(
        digest,
        starts.astype(np.int64),
        np.concatenate(columns) if columns else np.zeros(0, np.int32),
        np.concatenate(weights) if weights else np.zeros(0, np.uint16),
        slots,
    )


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.rint(values * _GRID) / _GRID
    return rounded
