"""Features against TF-IDF written out, kept in a file, and the same on every machine."""

from __future__ import annotations

import io
import math
import os
import pickle
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.errors import Stopped
from tamis.services.ranking import features as module
from tamis.services.ranking.features import SHARES, UNIT, Features, digest_of
from tamis.services.ranking.words import Words, stem, words

from .making import collection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def product(features: Features, a: int, b: int) -> float:
    """The product of two rows."""
    table = np.zeros(len(features.slots))
    one = slice(*features.starts[a : a + 2])
    other = slice(*features.starts[b : b + 2])
    table[features.columns[one]] = features.weights[one] / UNIT
    return float(table[features.columns[other]] @ (features.weights[other] / UNIT))


def terms(text: str, *, pairs: bool, single: bool) -> Iterator[str]:
    for line in text.split("\n"):
        found = [stem(word) for word in words(line)]
        if single:
            yield from found
        if pairs:
            yield from (f"{a} {b}" for a, b in pairwise(found))


def views(text: Words) -> list[Counter[str]]:
    whole = f"{text.title}\n{text.abstract}"
    return [
        Counter(terms(whole, pairs=False, single=True)),
        Counter(terms(whole, pairs=True, single=False)),
        Counter(terms(text.title, pairs=False, single=True)),
        Counter(terms(text.keywords, pairs=True, single=True)),
    ]


def written_out(texts: list[Words], a: int, b: int) -> float:
    """The product of two records by the formula, with dictionaries."""
    every = [views(text) for text in texts]
    total, lengths = 0.0, [0.0, 0.0]
    for view, share in enumerate(SHARES):
        often = Counter(term for one in every for term in one[view])
        rows = []
        for n, record in enumerate((a, b)):
            weights = {
                term: (1 + math.log(times)) * (1 + math.log((1 + len(texts)) / (1 + often[term])))
                for term, times in every[record][view].items()
            }
            norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
            rows.append({term: w / norm for term, w in weights.items()})
            lengths[n] += share * bool(weights)
        total += share * sum(w * rows[1].get(term, 0.0) for term, w in rows[0].items())
    return total / math.sqrt(lengths[0] * lengths[1])


def test_products_are_those_of_the_formula() -> None:
    texts, _ = collection(30, 10)
    features = Features.build(texts)
    for a, b in ((0, 1), (3, 17), (5, 29), (12, 12 - 1)):
        assert product(features, a, b) == pytest.approx(written_out(texts, a, b), abs=2e-4)


def test_two_records_with_one_text_are_as_alike_as_can_be() -> None:
    texts, _ = collection(10, 5)
    features = Features.build([*texts, *texts])
    assert product(features, 3, 13) == pytest.approx(1, abs=1e-3)


def test_records_without_any_words_have_empty_rows() -> None:
    features = Features.build([Words("", "", ""), Words("a trial", "", ""), Words("trials", "!", "x")])
    assert np.diff(features.starts).tolist() == [0, 2, 2]
    assert len(Features.build([])) == 0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.builds(Words, *[st.text(max_size=30)] * 3), max_size=6))
def test_any_text_can_be_counted(texts: list[Words]) -> None:
    features = Features.build(texts)
    assert len(features) == len(texts)
    assert features.digest == digest_of(texts)


def test_counting_can_be_stopped() -> None:
    def stop(_counted: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        Features.build(collection(10, 5)[0], stop)


def saved(features: Features) -> bytes:
    out = io.BytesIO()
    features.save(out)
    return out.getvalue()


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    features = Features.build(collection(40, 9)[0])
    path = tmp_path / "kept"
    path.write_bytes(saved(features))
    for digest in ("", features.digest):
        again = Features.load(path, digest)
        assert again is not None
        assert saved(again) == saved(features)
    assert Features.load(path, "other texts") is None
    assert Features.load(tmp_path / "nothing") is None


def test_a_damaged_file_is_none(tmp_path: Path) -> None:
    whole = saved(Features.build(collection(40, 9)[0]))
    path = tmp_path / "kept"
    for place in range(0, len(whole), 97):
        path.write_bytes(whole[:place])
        assert Features.load(path) is None
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        again = Features.load(path)
        assert again is None or saved(again) == whole  # a byte that says nothing, such as a time


def test_a_file_that_could_run_something_or_reads_outside_is_none(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(pickle.dumps({"starts": 1}))
    assert Features.load(path) is None
    features = Features.build(collection(40, 9)[0])
    features.columns = features.columns + np.int32(len(features.slots))
    path.write_bytes(saved(features))
    assert Features.load(path) is None


def test_a_file_of_another_version_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept"
    with monkeypatch.context() as patch:
        patch.setattr(module, "VERSION", "0")
        path.write_bytes(saved(Features.build(collection(10, 5)[0])))
        assert Features.load(path) is not None
    assert Features.load(path) is None


FINGERPRINT = """
import hashlib
from tests.services.ranking.making import collection
from tamis.services.ranking.features import Features
from tamis.services.ranking.ranker import Ranker
texts, labels = collection(600, 60)
features = Features.build(texts)
ranker, said = Ranker(features), hashlib.sha256(features.weights.tobytes() + features.columns.tobytes())
for known in (2, 30, 400):
    ranking = ranker.rank(dict(enumerate(labels[:known])))
    said.update(ranking.order.tobytes() + ranking.scores.tobytes())
print(said.hexdigest())
"""


def fingerprint(**env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FINGERPRINT],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_numbers_are_the_same_with_other_threads_hashes_and_processors() -> None:
    """To the last bit; a processor without the newer vector units is one whose units are switched off."""
    one = fingerprint(PYTHONHASHSEED="1", OPENBLAS_NUM_THREADS="1")
    older = {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512_SKX"}
    assert fingerprint(PYTHONHASHSEED="2", OPENBLAS_NUM_THREADS="4") == one
    assert fingerprint(PYTHONHASHSEED="3", **older) == one
