"""The charts of stopping: what was found, how fast, and what the next record is likely to be."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from tamis.domain.stopping import ranked_p_at
from tamis.services.charts import curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.services.stopping import Look

WINDOW: Final = 50
"""Records over which the share of relevant ones, and the pace, is taken."""
_LOOKS: Final = 40
"""Times at which the ranked test is worked out for its chart: each takes milliseconds in a large review."""


def discovery(look: Look, width: int, height: int, *, ascii: bool = False) -> list[str]:
    """Relevant records found by records screened; the dots are as many, found evenly."""
    points = [(0.0, 0.0), *((float(n), float(found)) for n, found in enumerate(accumulate(look.labels), 1))]
    total = max(1, look.total)
    evenly = [(0.0, 0.0), (float(look.screened), float(look.relevant))]
    return curve(points, width, height, ascii, x_max=total, y_label="relevant found", dotted=evenly)


def yield_of_late(look: Look, width: int, height: int, *, ascii: bool = False) -> list[str]:
    """Share of relevant records among the last `WINDOW`, in per cent."""
    points = _windows([100.0 * relevant for relevant in look.labels])
    label = f"% relevant of the last {WINDOW}"
    return curve(points, width, height, ascii, x_max=max(1, look.total), y_label=label)


def ranked_test(look: Look, width: int, height: int, *, ascii: bool = False) -> list[str]:
    """The p of the ranked test by records screened, from 1 at the start; the dots are the risk."""
    after = [n for n, relevant in enumerate(look.labels, 1) if relevant]
    target, total = look.stopping.target, max(1, look.total)
    points = [
        (float(n), ranked_p_at(after[: bisect_right(after, n)], n, total, target))
        for n in sorted({look.screened * step // _LOOKS for step in range(_LOOKS + 1)})
    ]
    risk = [(0.0, look.stopping.risk), (float(total), look.stopping.risk)]
    return curve(points, width, height, ascii, x_max=total, y_max=1.0, y_label="p", dotted=risk)


def pace(seconds: Sequence[float], width: int, height: int, *, ascii: bool = False) -> list[str]:
    """Mean seconds a decision over the last `WINDOW` timed ones.

    Args:
        seconds: of each timed decision, in order.
        width: cells.
        height: lines.
        ascii: with ASCII characters only.
    """
    label = f"seconds each, last {WINDOW}"
    return curve(_windows(seconds), width, height, ascii, x_label="timed decisions", y_label=label)


def _windows(values: Sequence[float]) -> list[tuple[float, float]]:
    sums = [0.0, *accumulate(values)]
    first = min(10, len(values)) or 1  # a share of two or three says nothing
    return [
        (float(n), (sums[n] - sums[max(0, n - WINDOW)]) / min(n, WINDOW)) for n in range(first, len(sums))
    ]
