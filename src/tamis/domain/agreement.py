"""How far two reviewers agree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of two reviewers over records that both decided on.

    Attributes:
        records: how many both decided on.
        same: on how many of these they said the same.
        kappa: Cohen's kappa, or None where it is not defined: no records, or both said the same one thing
            throughout.
    """

    records: int
    same: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        """Observed agreement, 0 to 1; None without records."""
        return self.same / self.records if self.records else None


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Observed agreement and Cohen's kappa, unweighted.

    kappa = (p_o - p_e) / (1 - p_e), where p_o is the share of records on which both say the same, and p_e,
    what chance would give, the sum over categories of the product of both reviewers' shares. Cohen J, "A
    coefficient of agreement for nominal scales", Educ Psychol Meas 1960;20:37-46.

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
    chance = 0  # n² times p_e: whole numbers, so that the result is the same everywhere
    for category in {said for pair in counts for said in pair}:
        one = sum(k for (a, _), k in counts.items() if a == category)
        chance += one * sum(k for (_, b), k in counts.items() if b == category)
    if chance == n * n:
        return Agreement(n, same, None)
    return Agreement(n, same, (n * same - chance) / (n * n - chance))
