"""All families of figures, and a run of them."""

from __future__ import annotations

import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.families import (
    cold,
    decide,
    dedup,
    extra,
    formats,
    highlight,
    importing,
    key,
    order,
    ranking,
    review,
    start,
)
from bench.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bench.measure import Plan
    from bench.table import Figure

FAMILIES: Final[dict[str, Callable[[Shop, Plan], list[Figure]]]] = {
    "key": key.figures,
    "start": start.figures,
    "import": importing.figures,
    "formats": formats.figures,
    "decide": decide.figures,
    "cold": cold.figures,
    "dedup": dedup.figures,
    "ranking": ranking.figures,
    "order": order.figures,
    "highlight": highlight.figures,
    "review": review.figures,
    "extra": extra.figures,
}


def measure(plan: Plan, names: Iterable[str], say: Callable[[str], None]) -> list[Figure]:
    """Measure families by name, on data in a temporary folder that is removed afterwards."""
    found = []
    with tempfile.TemporaryDirectory(prefix="tamis-bench-", ignore_cleanup_errors=True) as folder:
        shop = Shop(Path(folder))
        for name in names:
            say(f"bench: {name} ...")
            found += FAMILIES[name](shop, plan)
    return found


def to_doc(figures: Iterable[Figure]) -> dict[str, Any]:
    """A run as a JSON object."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "versions": {name: version(name) for name in ("tamis", "textual", "tinydb", "rispy")},
        "figures": [figure.to_doc() for figure in figures],
    }
