"""Importing a clean RIS file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.measure import TAMIS, median, program, run
from bench.table import Figure

if TYPE_CHECKING:
    from bench.measure import Plan
    from bench.shop import Shop

_MANY = 50_000


def figures(shop: Shop, plan: Plan) -> list[Figure]:
    """Whole processes: time against rispy alone, peak of memory against the file."""
    times, peaks = [], []
    memory: dict[int, tuple[float, int]] = {}
    for size in plan.sizes:
        ris = shop.ris(size)
        bytes_ = ris.stat().st_size
        ours, theirs = [], []
        for _ in range(plan.imports if size < _MANY else min(3, plan.imports)):
            ours.append(run([*TAMIS, "import", str(shop.new_review()), str(ris)]))
            theirs.append(run(program("load_ris", str(ris), str(size))))
        memory[size] = median(peak for _, peak in ours), bytes_
        times.append(
            Figure(
                family="import",
                what="tamis import, whole process",
                size=size,
                ours=median(taken for taken, _ in ours),
                against="rispy.load alone, whole process",
                base=median(taken for taken, _ in theirs),
                target=2 if size >= 1_000 else None,
            )
        )
        peaks.append(
            Figure(
                family="import",
                what="its peak of memory",
                size=size,
                ours=memory[size][0],
                against="the file",
                base=bytes_,
                # A small file is less than the interpreter itself takes.
                target=4 if size >= 10_000 else None,
                unit="bytes",
            )
        )
    small, large = plan.sizes[-2], plan.sizes[-1]
    growth = Figure(
        family="import",
        what=f"growth of its peak from {small:,} records",
        size=large,
        ours=memory[large][0] / memory[small][0],
        against="growth of the file",
        base=memory[large][1] / memory[small][1],
        target=1,
        unit="times",
    )
    return [*times, *peaks, growth]
