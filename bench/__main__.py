"""`python -m bench`: measure, print a table, write JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench.measure import FULL, SMOKE
from bench.report import FAMILIES, measure, to_doc
from bench.table import table

LATEST = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    """Measure; a target that is missed is said and is no error."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure tamis, in ratios.")
    parser.add_argument("--smoke", action="store_true", help="small sizes, few runs: whether it works at all")
    parser.add_argument("--only", action="append", choices=FAMILIES, metavar="NAME", help="one family")
    parser.add_argument("-o", "--output", type=Path, default=LATEST, help="the JSON file")
    given = parser.parse_args()

    found = measure(SMOKE if given.smoke else FULL, given.only or FAMILIES, lambda words: _say(words))
    sys.stdout.write(table(found))
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps(to_doc(found), indent=1) + "\n", encoding="utf-8")
    missed = sum(figure.met is False for figure in found)
    _say(f"bench: {missed} of {sum(f.met is not None for f in found)} targets not reached; {given.output}")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
