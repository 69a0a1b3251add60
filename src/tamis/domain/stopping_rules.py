"""Stopping rules by name, and where each of them would have stopped a screening that is known to its end."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, isfinite, nan
from typing import TYPE_CHECKING, Final

from tamis.domain.stopping import Sample, ranked_p_at, sample_order, sample_p
from tamis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KINDS: Final = {
    "consecutive": "consecutive:N stops after N irrelevant records in a row",
    "share": "share:X stops after this share of the records, 0 to 1",
    "callaghan": "callaghan:TARGET,RISK stops when the ranked test reaches the risk",
    "callaghan-sample": (
        "callaghan-sample:TARGET,RISK[,N] turns to a random sample after N irrelevant records in a row "
        "(without N: when the ranked test reaches the risk) and stops when its test reaches the risk"
    ),
}
"""Name of a rule -> what it does."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A stopping rule.

    Attributes:
        kind: one of `KINDS`.
        n: irrelevant records in a row; of `callaghan-sample` 0 for the ranked test.
        share: of the records, 0 to 1.
        target: recall to reach.
        risk: chance at which the target may be missed.
    """

    kind: str
    n: int = 0
    share: float = 0.0
    target: float = 0.0
    risk: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a rule stopped.

    Attributes:
        screened: records that were screened.
        found: of these, relevant.
        sampled_from: how many had been screened when the random sample was begun, None without one.
    """

    screened: int
    found: int
    sampled_from: int | None = None


def rule(text: str) -> Rule:
    """Read a rule such as `consecutive:100` or `callaghan-sample:0.95,0.05`; `95%` is read as 0.95.

    Raises:
        UsageError: there is no such rule; says which there are.
    """
    kind, _, rest = text.strip().partition(":")
    given = [_number(part) for part in rest.split(",")]
    match kind, given:
        case "consecutive", [n] if _whole(n):
            return Rule(kind, n=int(n))
        case "share", [share] if 0 < share <= 1:
            return Rule(kind, share=share)
        case (("callaghan" | "callaghan-sample"), [target, risk]) if _promise(target, risk):
            return Rule(kind, target=target, risk=risk)
        case "callaghan-sample", [target, risk, n] if _promise(target, risk) and _whole(n):
            return Rule(kind, n=int(n), target=target, risk=risk)
    raise UsageError(f"{text!r} is no stopping rule. There are: {'; '.join(KINDS.values())}.")


def stops(rule: Rule, labels: Sequence[bool], seed: str = "") -> Stop | None:
    """Where a rule would have stopped; it looks after every record.

    Args:
        rule: the rule.
        labels: whether each record is relevant, all of them, in the order in which they would be screened.
        seed: of the random sample of `callaghan-sample`.

    Returns:
        None when the rule stops nothing before the last record.
    """
    total = len(labels)
    if rule.kind == "share":
        return _stop(labels, ceil(rule.share * total - 1e-9))
    if rule.kind == "consecutive":
        return _stop(labels, _after_a_row(labels, rule.n))
    if rule.kind == "callaghan":
        return _stop(labels, _ranked(rule, labels))
    begun = _after_a_row(labels, rule.n) if rule.n else _ranked(rule, labels)
    return None if begun is None else _sampled(rule, labels, begun, seed)


def _stop(labels: Sequence[bool], n: int | None) -> Stop | None:
    return None if n is None or n >= len(labels) else Stop(n, sum(labels[:n]))


def _after_a_row(labels: Sequence[bool], wanted: int) -> int | None:
    row = 0
    for n, relevant in enumerate(labels, 1):
        row = 0 if relevant else row + 1
        if row == wanted:
            return n
    return None


def _ranked(rule: Rule, labels: Sequence[bool]) -> int | None:
    """Where the ranked test first reaches the risk.

    Between two relevant records its value only falls, so it is worked out at the end of such a run, and
    where the risk is crossed inside it, by halving.
    """
    total = len(labels)
    after = [n for n, relevant in enumerate(labels, 1) if relevant]
    for found, (begin, end) in enumerate(pairwise([0, *after, total + 1])):

        def reached(screened: int, known: Sequence[int] = after[:found]) -> bool:
            return ranked_p_at(known, screened, total, rule.target) <= rule.risk

        low, high = max(begin, 1), end - 1
        if high >= low and reached(high):
            return _first(low, high, reached)
    return None


def _sampled(rule: Rule, labels: Sequence[bool], begun: int, seed: str) -> Stop | None:
    """Where the test on a random sample of the rest first reaches the risk; between finds it only falls."""
    before, pool = sum(labels[:begun]), len(labels) - begun
    order = [int(n) for n in sample_order(map(str, range(begun, len(labels))), seed)]
    finds = [s for s, n in enumerate(order, 1) if labels[n]]
    for found, (begin, end) in enumerate(pairwise([0, *finds, pool + 1])):

        def reached(screened: int, found: int = found) -> bool:
            return sample_p(Sample(pool, screened, found, before), rule.target) <= rule.risk

        if reached(end - 1):
            n = begun + _first(begin, end - 1, reached)
            return None if n >= len(labels) else Stop(n, before + found, begun)
    return None


def _first(low: int, high: int, reached: Callable[[int], bool]) -> int:
    """The first of a range at which a test is reached that stays reached; it is at `high`."""
    return low + bisect_left(range(low, high), True, key=reached)


def _number(text: str) -> float:
    """A number, also in per cent; not a number when it is none."""
    text = text.strip()
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return nan


def _whole(n: float) -> bool:
    return isfinite(n) and n >= 1 and n == int(n)


def _promise(target: float, risk: float) -> bool:
    return 0 < target <= 1 and 0 < risk < 1
