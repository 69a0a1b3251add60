"""Records as rows of numbers: TF-IDF of words and pairs of words, in compressed sparse rows.

Every step is either exact or rounded well above the last bits in which platforms differ, and no sum depends
on the number of threads, so the same records give the same numbers on every machine.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tamis.services.ranking.words import number, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from tamis.services.ranking.words import Words

VERSION: Final = "1"
"""Changes with everything that changes the numbers made of the same text."""
SHARES: Final = (0.3, 0.5, 0.1, 0.1)
"""What each view adds to the product of two rows: words and pairs of words of title and abstract, words of
the title, words and pairs of the keywords. What a record has none of is left out; the others then have the
same proportion."""
UNIT: Final = 2**16
"""Weights are whole numbers of this part of 1, so that sums of products of them are exact in any order."""

_WIDTH: Final = 25
"""Bits of a slot's number, of all views together."""
_LEAST_BITS: Final = 16
_MOST_BITS: Final = 24
"""Of pairs, of which there are most: a hash gives each one of 2**bits slots. Other views have a quarter."""
_PAIRS: Final = 1
"""The view of pairs."""
_ARRAYS: Final = {
    "starts": "int64",
    "columns": "int32",
    "weights": "uint16",
    "slots": "int32",
    "words": "uint8",
}
"""What a file holds beside the digest and the version."""
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
        bits: of a slot's number in a view's table.
        starts: where each row begins, one more than there are rows.
        columns: the terms of each row, ascending.
        weights: their weights, 0 to 1 in units of 1 / `UNIT`.
        slots: what the columns are: slots of terms, ascending.
        words: all words that the records have, sorted, one a line, as UTF-8.
    """

    def __init__(
        self,
        digest: str,
        bits: int,
        starts: NDArray[np.int64],
        columns: NDArray[np.int32],
        weights: NDArray[np.uint16],
        slots: NDArray[np.int32],
        words_: NDArray[np.uint8],
    ) -> None:
        self.digest = digest
        self.bits = bits
        self.starts = starts
        self.columns = columns
        self.weights = weights
        self.slots = slots
        self.words = words_

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

    def save(self, out: BinaryIO) -> int:
        """Write to a binary file, without anything in it that could be run; returns how many rows.

        Raises:
            OSError: it cannot be written.
        """
        arrays: dict[str, Any] = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {"version": np.array(VERSION), "digest": np.array(self.digest), "bits": np.array(self.bits)}
        np.savez(out, **arrays)
        return len(self)

    @classmethod
    def load(cls, path: Path, digest: str = "") -> Features | None:
        """Read what was saved; None when there is nothing, when it is damaged, or of another version.

        Args:
            path: the file.
            digest: of the texts it has to be of (`digest_of`); "" for any.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                made_of = str(kept["digest"])
                if str(kept["version"]) != VERSION or digest not in ("", made_of):
                    return None
                found = cls(made_of, int(kept["bits"]), *(kept[name] for name in _ARRAYS))
        except Exception:  # noqa: BLE001 - whatever a damaged file makes zipfile and numpy raise
            return None
        return found if found._whole() else None

    def _whole(self) -> bool:
        """Whether the parts fit together, so that no step reads outside of them."""
        arrays = [(getattr(self, name), kind) for name, kind in _ARRAYS.items()]
        return (
            all(array.dtype == kind and array.ndim == 1 for array, kind in arrays)
            and _LEAST_BITS <= self.bits <= _MOST_BITS
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
        self._digest = _new_digest()

    def add(self, record: Words) -> None:
        """The next record."""
        number_of = self._numbers.__getitem__
        for part in record:
            found = words(part)
            self._words.extend(map(number_of, found))
            self._lengths.append(len(found))
            _feed(self._digest, part)

    def features(self, progress: Callable[[int], None] | None) -> Features:
        """The rows of all records."""
        hashes = np.fromiter(map(number, self._numbers), np.uint64, len(self._numbers))
        words_ = np.frombuffer(self._words, np.int32)
        lengths = np.frombuffer(self._lengths, np.int32).reshape(-1, 3)
        total = len(lengths)
        bits = min(max((2 * len(words_)).bit_length(), _LEAST_BITS), _MOST_BITS)
        ends = np.concatenate(([0], np.cumsum(lengths.sum(axis=1), dtype=np.int64)))
        often = np.zeros((len(SHARES) + 3) << (bits - 2), np.int32)
        chunks = []
        for first in range(0, total, _CHUNK):
            if progress is not None:
                progress(total)
            last = min(first + _CHUNK, total)
            part = words_[ends[first] : ends[last]]
            chunk = _counted(part, hashes[part], lengths[first:last], bits)
            np.add.at(often, chunk[1], 1)
            chunks.append(chunk)
        del words_, lengths
        self._words, self._lengths = array("i"), array("i")
        names = "\n".join(sorted(self._numbers)[1:]).encode("utf-8", "replace")
        return _weighed(self._digest.hexdigest(), bits, np.frombuffer(names, np.uint8), chunks, often, total)


def digest_of(records: Iterable[Words]) -> str:
    """The digest that the features of these texts have."""
    digest = _new_digest()
    for record in records:
        for part in record:
            _feed(digest, part)
    return digest.hexdigest()


def _new_digest() -> blake2b:
    return blake2b(VERSION.encode(), digest_size=16)


def _feed(digest: blake2b, part: str) -> None:
    """Add a text to a digest, with its length, so that no two lists of texts look the same."""
    data = part.encode("utf-8", "replace")
    digest.update(len(data).to_bytes(8, "little"))
    digest.update(data)


def slot(hashes: NDArray[np.uint64], view: int, bits: int) -> NDArray[np.int64]:
    """Slots of terms in a view; hashes of the terms go in, through SplitMix64's last steps."""
    z = hashes + _MIX[0]
    z = (z ^ (z >> np.uint64(30))) * _MIX[1]
    z = (z ^ (z >> np.uint64(27))) * _MIX[2]
    sizes = [1 << (bits if one == _PAIRS else bits - 2) for one in range(len(SHARES))]
    return (z >> np.uint64(65 - sizes[view].bit_length())).astype(np.int64) + sum(sizes[:view])


def paired(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hashes of pairs of words, from the words' hashes."""
    return (first + np.uint64(1)) * _MIX[0] + (second << np.uint64(32))


def terms_of(
    words_: NDArray[np.int32], hashes: NDArray[np.uint64], lengths: NDArray[np.int32]
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]]:
    """The terms of some rows in each view: row, place of its first word, and hash.

    Args:
        words_: words, 0 for a line break.
        hashes: of the words.
        lengths: for each row the words of title, abstract and keywords.
    """
    part = np.repeat(np.arange(lengths.size), lengths.ravel())
    word = words_ != 0
    first = np.flatnonzero(word)
    pair = np.flatnonzero(word[:-1] & word[1:] & (part[:-1] == part[1:]))
    rows, which = np.divmod(part, 3)
    single, double = hashes[first], paired(hashes[pair], hashes[pair + 1])
    text, texts = which[first] != 2, which[pair] != 2
    title = which[first] == 0
    return [
        (rows[first[text]], first[text], single[text]),
        (rows[pair[texts]], pair[texts], double[texts]),
        (rows[first[title]], first[title], single[title]),
        (
            np.concatenate((rows[first[~text]], rows[pair[~texts]])),
            np.concatenate((first[~text], pair[~texts])),
            np.concatenate((single[~text], double[~texts])),
        ),
    ]


_Chunk = tuple["NDArray[np.int32]", "NDArray[np.int32]", "NDArray[np.uint8]"]
"""Of some rows: how many terms each row has in each view, their slots in that order, and how often."""


def _counted(
    part: NDArray[np.int32], hashes: NDArray[np.uint64], lengths: NDArray[np.int32], bits: int
) -> _Chunk:
    """Count the terms of some rows in each view."""
    keys = [
        (rows * len(SHARES) + view) << _WIDTH | slot(terms, view, bits)
        for view, (rows, _, terms) in enumerate(terms_of(part, hashes, lengths))
    ]
    every = np.sort(np.concatenate(keys))
    new = np.flatnonzero(np.diff(every, prepend=-1))
    kept = every[new]
    return (
        np.bincount(kept >> _WIDTH, minlength=len(lengths) * len(SHARES)).astype(np.int32),
        (kept & ((1 << _WIDTH) - 1)).astype(np.int32),
        np.minimum(np.diff(new, append=len(every)), _MOST).astype(np.uint8),
    )


def _weighed(
    digest: str,
    bits: int,
    words_: NDArray[np.uint8],
    chunks: list[_Chunk],
    often: NDArray[np.int32],
    total: int,
) -> Features:
    """Rows of weights out of counts.

    Weights are those of scikit-learn's `TfidfVectorizer(sublinear_tf=True)`: (1 + ln tf) * (1 + ln((1 + n) /
    (1 + df))), each view of a row then of length 1.
    """
    slots = np.flatnonzero(often > 1).astype(np.int32)
    column = np.cumsum(often > 1, dtype=np.int32)
    tf = 1 + _rounded(np.log(np.maximum(np.arange(_MOST + 1), 1)))
    idf = 1 + _rounded(np.log((1 + total) / (1 + np.arange(total + 1))))
    shares, views = np.sqrt(SHARES), len(SHARES)
    columns: list[NDArray[np.int32]] = []
    weights: list[NDArray[np.uint16]] = []
    sizes: list[NDArray[np.int64]] = []
    while chunks:
        sizes_, found, times = chunks.pop()
        df = often[found]
        raw = tf[times] * idf[df]
        filled = np.flatnonzero(sizes_)
        begins = np.cumsum(sizes_) - sizes_
        norm = np.sqrt(np.add.reduceat(raw * raw, begins[filled])) if len(filled) else np.zeros(0)
        present = np.zeros(len(sizes_) // views)
        for view, share in enumerate(SHARES):
            present += share * (sizes_[view::views] > 0)
        scale = shares[filled % views] / np.sqrt(present[filled // views]) / norm
        raw *= np.repeat(scale, sizes_[filled])
        kept = df > 1
        columns.append(column[found[kept]] - 1)
        weights.append(np.minimum(np.rint(raw[kept] * UNIT), UNIT - 1).astype(np.uint16))
        rows = np.repeat(np.arange(len(sizes_)) // views, sizes_)
        sizes.append(np.bincount(rows[kept], minlength=len(sizes_) // views))
    columns.reverse()
    weights.reverse()
    sizes.reverse()
    starts = np.concatenate(([0], np.cumsum(np.concatenate(sizes)))) if sizes else np.zeros(1)
    return Features(
        digest,
        bits,
        starts.astype(np.int64),
        np.concatenate(columns) if columns else np.zeros(0, np.int32),
        np.concatenate(weights) if weights else np.zeros(0, np.uint16),
        slots,
        words_,
    )


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.rint(values * _GRID) / _GRID
    return rounded
