"""Finds duplicates with a peer in its own environment: a JSON array of records in; groups, seconds, peak out.

Arguments: `bib-dedupe` or `asreview`, and the file of records. The peak is in bytes, of its largest process.
"""

import contextlib
import importlib
import json
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any


def bib_dedupe(table: Any) -> tuple[list[list[str]], float]:
    """Clusters, as its own documentation makes them."""
    peer = importlib.import_module("bib_dedupe.bib_dedupe")
    begin = time.perf_counter()
    prepared = peer.prep(table, verbosity_level=0)
    matched = peer.match(peer.block(prepared, verbosity_level=0), verbosity_level=0)
    groups = peer.cluster(matched, verbosity_level=0)
    return [list(group) for group in groups], time.perf_counter() - begin


def asreview(table: Any) -> tuple[list[list[str]], float]:
    """What `asreview data dedup` does: it flags what it drops; each is put with the first one it repeats."""
    data = importlib.import_module("asreview.data").ASReviewData(table)
    begin = time.perf_counter()
    flagged = list(data.duplicated("doi"))
    taken = time.perf_counter() - begin
    dois = [doi.strip().lower() for doi in table["doi"]]
    texts = ["".join(c for c in text if c.isascii() and c.isalnum()).lower() for text in data.texts]
    first: dict[tuple[int, str], int] = {}
    groups: dict[int, list[str]] = {}
    for row, keys in enumerate(zip(dois, texts, strict=True)):
        found = [first.setdefault((n, key), row) for n, key in enumerate(keys) if key]
        if flagged[row]:
            head = min(found)
            groups.setdefault(head, [table["ID"][head]]).append(table["ID"][row])
    return list(groups.values()), taken


if __name__ == "__main__":  # bib-dedupe starts processes of its own
    warnings.filterwarnings("ignore")
    pandas = importlib.import_module("pandas")
    records = pandas.DataFrame(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    with contextlib.redirect_stdout(sys.stderr):
        made, seconds = {"bib-dedupe": bib_dedupe, "asreview": asreview}[sys.argv[1]](records)
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    print(json.dumps({"seconds": seconds, "peak": max(peaks) * unit, "groups": made}))
