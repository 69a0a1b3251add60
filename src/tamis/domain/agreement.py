"""How far two reviewers agree, or one with themselves. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


_Z: Final = 1.959963984540054
"""The 97.5th percentile of the normal distribution: for intervals of 95 %."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of two reviewers over records that both decided on.

    Attributes:
        records: how many both decided on.
        same: on how many of these they said the same.
        kappa: Cohen's kappa, or None where it is not defined: no records, or both said the same one thing
            throughout.
        error: the standard error of kappa, None where kappa is. It is 0 where all is said the same.
    """

    records: int
    same: int
    kappa: float | None
    error: float | None = None

    @property
    def share(self) -> float | None:
        """Observed agreement, 0 to 1; None without records."""
        return self.same / self.records if self.records else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % limits of observed agreement, 0 to 1; None without records.

        Wilson EB, "Probable inference, the law of succession, and statistical inference", J Am Stat Assoc
        1927;22:209-12.
        """
        if not self.records:
            return None
        n, p = self.records, self.same / self.records
        scale, middle = 1 + _Z * _Z / n, p + _Z * _Z / (2 * n)
        reach = _Z * sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        low, high = (middle - reach) / scale, (middle + reach) / scale
        return (0.0 if not self.same else low), (1.0 if self.same == n else high)

    @property
    def kappa_interval(self) -> tuple[float, float] | None:
        """Large-sample 95 % limits of kappa, -1 to 1; None where there is none or all is said the same."""
        if self.kappa is None or not self.error:
            return None
        return max(-1.0, self.kappa - _Z * self.error), min(1.0, self.kappa + _Z * self.error)


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Observed agreement and Cohen's kappa, unweighted.

    kappa = (p_o - p_e) / (1 - p_e), where p_o is the share of records on which both say the same, and p_e,
    what chance would give, the sum over categories of the product of both reviewers' shares. Cohen J, "A
    coefficient of agreement for nominal scales", Educ Psychol Meas 1960;20:37-46. The standard error
    is that of Fleiss JL, Cohen J, Everitt BS, "Large sample standard errors of kappa and weighted kappa",
    Psychol Bull 1969;72:323-7.

    Args:
        pairs: for each record, what the one and the other said.
    """
    counts: dict[tuple[str, str], int] = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    n = sum(counts.values())
    same = sum(k for (a, b), k in counts.items() if a == b)
    if not n:
        return Agreement(0, 0, None)
    ones: dict[str, int] = {}
    others: dict[str, int] = {}
    for (one, other), k in counts.items():
        ones[one] = ones.get(one, 0) + k
        others[other] = others.get(other, 0) + k
    # n² times p_e: whole numbers, so that the result is the same everywhere
    chance = sum(k * others.get(category, 0) for category, k in ones.items())
    if chance == n * n:
        return Agreement(n, same, None)
    kappa = (n * same - chance) / (n * n - chance)
    if same == n:
        return Agreement(n, same, kappa, 0.0)
    terms = (
        k * (n * (one == other) - (ones.get(other, 0) + others.get(one, 0)) * (1 - kappa)) ** 2
        for (one, other), k in counts.items()
    )
    spread = fsum(terms) / n - (n * kappa - chance / n * (1 - kappa)) ** 2
    error = sqrt(max(0.0, spread) / n) / (n - chance / n)
    return Agreement(n, same, kappa, error)
