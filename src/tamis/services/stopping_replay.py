"""Where stopping rules would have stopped the replays of a finished screening, and what they had found."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean
from typing import TYPE_CHECKING, Any

from tamis.domain.stopping_rules import rule, stops

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.services.simulating import Replay


@dataclass(frozen=True, slots=True)
class Stopped:
    """Where a rule stopped a replay; the records known beforehand count as screened and found.

    Attributes:
        seed: of the replay, and of its random sample.
        screened: records screened, all of them where the rule did not stop.
        records: records there are.
        found: relevant ones screened.
        relevant: relevant ones there are.
        sampled_from: records screened before the random sample, None without one.
    """

    seed: int
    screened: int
    records: int
    found: int
    relevant: int
    sampled_from: int | None

    @property
    def share(self) -> float:
        """Records screened, 0 to 1."""
        return self.screened / self.records

    @property
    def recall(self) -> float:
        """Relevant records found, 0 to 1."""
        return self.found / self.relevant

    def misses(self, target: float) -> bool:
        """Whether recall is below a target."""
        return Fraction(self.found, self.relevant) < Fraction(str(target))


def apply(text: str, labels: Sequence[bool], replays: Sequence[Replay]) -> list[Stopped]:
    """Apply a rule to each replay.

    Args:
        text: the rule, such as `consecutive:50`.
        labels: whether each record is relevant, by row.
        replays: of these records.

    Raises:
        UsageError: there is no such rule.
    """
    wanted, relevant = rule(text), sum(labels)
    found = []
    for one in replays:
        sequence = [*(labels[row] for row in one.priors), *one.found]
        stop = stops(wanted, sequence, f"{one.seed}")
        screened, hits = (stop.screened, stop.found) if stop else (len(sequence), relevant)
        sampled_from = stop.sampled_from if stop else None
        found.append(Stopped(one.seed, screened, len(sequence), hits, relevant, sampled_from))
    return found


def to_doc(text: str, stopped: Sequence[Stopped]) -> dict[str, Any]:
    """A JSON object: the rule, means, and each replay. `missed` is null for a rule without a target."""
    target = rule(text).target
    return {
        "rule": text.strip(),
        "screened": round(fmean(one.share for one in stopped), 4),
        "recall": round(fmean(one.recall for one in stopped), 4),
        "least_recall": round(min(one.recall for one in stopped), 4),
        "missed": sum(one.misses(target) for one in stopped) if target else None,
        "replays": [
            {
                "seed": one.seed,
                "screened": one.screened,
                "found": one.found,
                "sampled_from": one.sampled_from,
            }
            for one in stopped
        ],
    }


def table(docs: Sequence[dict[str, Any]]) -> list[str]:
    """A line for each rule, below a head; how often targets were missed only where a rule has one."""
    wide = max(len("rule"), *(len(doc["rule"]) for doc in docs))
    targets = any(doc["missed"] is not None for doc in docs)
    lines = [f"{'rule':{wide}}  screened   recall    least{'   target missed' if targets else ''}"]
    for doc in docs:
        runs = len(doc["replays"])
        missed = "no target" if doc["missed"] is None else f"{doc['missed']} of {runs}"
        shares = "".join(f" {doc[name]:8.1%}" for name in ("screened", "recall", "least_recall"))
        lines.append(f"{doc['rule']:{wide}} {shares}{f'   {missed}' if targets else ''}")
    return lines
