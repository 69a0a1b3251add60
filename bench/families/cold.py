"""Commands that must be quick because people type them all day."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from bench.measure import TAMIS, environment, in_turns, run_seconds
from bench.table import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Plan
    from bench.shop import Shop


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """Whole processes, against an interpreter that imports what they cannot do without."""
    size = plan.sizes[0]
    folder = str(shop.review(size, size // 2))
    commands = {
        "tamis --help": ((*TAMIS, "--help"), "import click", 0),
        "tamis summary": ((*TAMIS, "summary", folder), "import click, tinydb", size),
    }
    found = []
    for name, (argv, must, records) in commands.items():
        least = partial(run_seconds, (sys.executable, "-c", must))
        taken = in_turns(plan.starts, {"ours": partial(run_seconds, argv), "base": least})
        found += [
            Figure(
                family="cold",
                what=name,
                size=records,
                ours=taken["ours"],
                against=f'python -c "{must}"',
                base=taken["base"],
            ),
            Figure(
                family="cold",
                what=f"{name}: modules of Textual loaded",
                size=records,
                ours=textual_modules(argv),
                against="none",
                base=0,
                target=0,
                unit="modules",
            ),
        ]
    return found


def textual_modules(argv: Sequence[str]) -> int:
    """How many modules of Textual a `python ...` command line imports."""
    python, *rest = argv
    done = subprocess.run(
        [python, "-X", "importtime", *rest], env=environment(), capture_output=True, text=True, check=True
    )
    names = [
        line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import")
    ]
    if "click" not in names:
        raise RuntimeError("the interpreter did not say what it imported")
    return sum(name.partition(".")[0] == "textual" for name in names)
