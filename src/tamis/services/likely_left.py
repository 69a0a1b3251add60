"""How many of the records left are likely to be relevant, in numbers, words and a chart.

It is worked out of the records that were screened in the order by relevance, as `domain.decline` has it. A
model's own scores do worse here: what was screened was chosen by them, so that they promise several times
what there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tamis.domain.decline import LEAST, LEVEL, likely_left
from tamis.domain.events import Kind, Order, Verdict
from tamis.domain.plural import counted
from tamis.services import ranking
from tamis.services.charts import curve
from tamis.services.stopping import STAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tamis.domain.decline import Left
    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.services.stopping import Look, Watch

NEXT: Final = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""Of so many records that come next it is said how many are expected to be relevant."""
_POINTS: Final = 200
_NEAR: Final = 50
"""A record further down when it was decided did not come up: a search, a filter or a list led to it. While a
new ranking is made, ranks grow by one with each decision."""


def estimated(ledger: Ledger, watch: Watch, look: Look) -> Left | str:
    """The estimate for all records that are not screened, or a sentence why there is none.

    Args:
        ledger: the fold of the review's events.
        watch: what looks at the review.
        look: its numbers now.
    """
    left = look.left + look.unscreened
    if not left:
        return "No record is left to be relevant."
    if look.sample is not None:
        return (
            "A random sample is drawn: it says more of the records left than an estimate out of their order."
        )
    labels = by_relevance(ledger, watch.records)
    found = likely_left(labels, left)
    if found is None:
        hint = "" if ranking.available() else " That order needs numpy: pip install 'tamis[rank]'."
        return (
            "How likely the records left are to be relevant can be estimated once "
            f"{LEAST} relevant ones were found in the order by relevance; so far {sum(labels):,}.{hint}"
        )
    return found


def by_relevance(ledger: Ledger, records: Mapping[str, bool]) -> list[bool]:
    """Whether each record that came up by relevance is relevant, in the order of screening.

    Args:
        ledger: the fold of the review's events.
        records: decided records in order, and whether they are relevant.
    """
    first: dict[str, Event] = {}
    for event in ledger.events.values():
        if event.kind == Kind.DECIDE and event.stage == STAGE and event.verdict is not Verdict.UNDECIDED:
            record = ledger.stands_for(event.record)
            if record not in first or event.id < first[record].id:
                first[record] = event
    return [
        relevant for record, relevant in records.items() if record in first and _came(first[record].shown)
    ]


def _came(shown: Mapping[str, Any]) -> bool:
    """Whether a record came up by relevance, and was not gone to from far up in the list."""
    rank = shown.get("rank")
    return shown.get("order") == Order.RELEVANCE and (not isinstance(rank, int) or rank <= _NEAR)


def words(left: Left) -> list[str]:
    """The estimate and what it is not, a paragraph each."""
    head = (
        f"Of {counted(left.left, 'record')} left, about {_about(left.expected)} are expected to be relevant "
        f"({left.low:,} to {left.high:,} with limits of {100 * LEVEL:.0f} %)"
    )
    soon = [n for n in NEXT if n < left.left and left.among(n) >= left.expected / 2]
    if soon and left.expected >= 1:
        head += (
            f"; {_about(left.among(soon[0]))} of them among the next {soon[0]:,} in the order by relevance"
        )
    warning = (
        "This is an estimate and no rule to stop by. It carries on how finds have thinned out among the "
        f"{counted(left.screened, 'record')} that came up by relevance ({left.found:,} relevant), and knows "
        "nothing of relevant records that are worded otherwise. In replays of finished reviews the true "
        f"number was outside such limits {_OUTSIDE} them."
    )
    return [f"{head}.", warning]


_OUTSIDE: Final = "about one time in five, mostly below"
"""As measured: `python -m bench.likely_left`."""


def chart(left: Left, width: int, height: int, *, ascii: bool = False) -> list[str]:
    """The chance of each record left to be relevant, in per cent, the most likely one first."""
    places = sorted({1, left.left, *(1 + (left.left - 1) * n // _POINTS for n in range(_POINTS))})
    points = [(0.0, 100 * left.chance(1)), *((float(n), 100 * left.chance(n)) for n in places)]
    return curve(
        points,
        width,
        height,
        ascii,
        x_label="records left, the most likely first",
        y_label="% likely to be relevant",
    )


def to_doc(left: Left | str) -> dict[str, Any]:
    """A JSON object: `words`, and the numbers, which are null where there is no estimate."""
    if isinstance(left, str):
        return dict.fromkeys(("expected", "low", "high", "level", "screened", "relevant", "left", "next")) | {
            "words": [left]
        }
    return {
        "expected": _rounded(left.expected),
        "low": left.low,
        "high": left.high,
        "level": LEVEL,
        "screened": left.screened,
        "relevant": left.found,
        "left": left.left,
        "next": [{"records": n, "expected": _rounded(left.among(n))} for n in NEXT if n < left.left],
        "words": words(left),
    }


def _about(value: float) -> str:
    """A number as well as it is known."""
    return f"{value:,.0f}" if value >= 9.5 else f"{value:.1f}"


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
