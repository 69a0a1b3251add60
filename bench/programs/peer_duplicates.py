"""Times bib-dedupe, in an environment of its own: a JSON array of records in, clusters and seconds out."""

import contextlib
import importlib
import json
import sys
import time
import warnings
from pathlib import Path

if __name__ == "__main__":  # it starts processes of its own
    warnings.filterwarnings("ignore")
    pandas = importlib.import_module("pandas")
    peer = importlib.import_module("bib_dedupe.bib_dedupe")
    table = pandas.DataFrame(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    begin = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        prepared = peer.prep(table, verbosity_level=0)
        matched = peer.match(peer.block(prepared, verbosity_level=0), verbosity_level=0)
        groups = peer.cluster(matched, verbosity_level=0)
    taken = time.perf_counter() - begin
    print(json.dumps({"seconds": taken, "groups": [list(group) for group in groups]}))
