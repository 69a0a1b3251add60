"""Figures, and how they are shown."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HOLDS: Final = {"<=": operator.le, ">=": operator.ge}
_HEADS: Final = ("what", "records", "tamis", "against", "", "result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that was measured, against another one of the same run.

    Attributes:
        family: which module measured it.
        what: what was measured.
        size: records in the review; 0 where there are none.
        ours: median seconds, or bytes, or a count, of tamis.
        against: what it is compared with.
        base: the same of that.
        target: what the ratio has to be; None when it only stands here for comparison.
        sense: whether the ratio has to be at most or at least that.
        unit: of `ours` and `base`. A count is no ratio: `ours` itself has to reach the target.
        read: bytes that were read in that time; then the result says how many of these and of the records
            that is a second.
    """

    family: str
    what: str
    size: int
    ours: float
    against: str
    base: float
    target: float | None = None
    sense: Literal["<=", ">="] = "<="
    unit: Literal["s", "bytes", "times", "modules"] = "s"
    read: int = 0

    @property
    def ratio(self) -> float:
        """What is compared with the target; of savings ("at least 50 times faster") the inverse."""
        if self.unit == "modules":
            return self.ours
        return self.base / self.ours if self.sense == ">=" else self.ours / self.base

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one. What is shown as the target counts as it."""
        if self.target is None:
            return None
        return bool(_HOLDS[self.sense](round(self.ratio, 2), self.target))

    @property
    def result(self) -> str:
        """`1.4x, target <= 1.3x: not reached`."""
        mark = " modules" if self.unit == "modules" else "x"
        words = f"{_short(self.ratio)}{mark}"
        if self.target is not None:
            verdict = "reached" if self.met else "not reached"
            words += f", target {self.sense} {self.target:g}{mark}: {verdict}"
        if self.read:
            words += f"; {self.read / 1e6 / self.ours:,.1f} MB/s, {self.size / self.ours:,.0f} records/s"
        return words

    def to_doc(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "family": self.family,
            "what": self.what,
            "records": self.size,
            "unit": self.unit,
            "tamis": self.ours,
            "against": self.against,
            "base": self.base,
            "ratio": round(self.ratio, 4),
            "target": self.target,
            "sense": self.sense,
            "met": self.met,
            **({"bytes": self.read} if self.read else {}),
        }


def table(figures: Iterable[Figure]) -> str:
    """All figures in lines, by family."""
    lines: list[tuple[str, ...]] = []
    family = ""
    for figure in figures:
        if figure.family != family:
            family = figure.family
            lines.append((f"[{family}]",))
        size = f"{figure.size:,}" if figure.size else ""
        amounts = (_amount(figure.ours, figure.unit), _amount(figure.base, figure.unit))
        if figure.unit == "modules":
            amounts = ("", "")
        lines.append((figure.what, size, amounts[0], figure.against, amounts[1], figure.result))
    return _aligned([_HEADS, *lines])


def _aligned(lines: Sequence[tuple[str, ...]]) -> str:
    full = [line for line in lines if len(line) > 1]
    widths = [max(len(line[n]) for line in full) for n in range(len(_HEADS))]
    right = {1, 2, 4}
    shown = []
    for line in lines:
        cells = (c.rjust(widths[n]) if n in right else c.ljust(widths[n]) for n, c in enumerate(line))
        shown.append("  ".join(cells).rstrip())
    return "\n".join(shown) + "\n"


def _amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 1e6:,.1f} MB"
    if unit == "times":
        return f"{_short(value)}x"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def _short(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"
