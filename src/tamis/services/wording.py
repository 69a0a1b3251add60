"""Events in a few words, for screens, scripts and the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.domain.events import Event, Kind, Order, Removal, Stage, Verdict
from tamis.domain.plural import counted
from tamis.domain.record import reason_words
from tamis.domain.text import clean_line
from tamis.services.prisma_s import FACT_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_STAGES: Final[dict[str, str]] = {Stage.TITLE_ABSTRACT: "title/abstract", Stage.FULL_TEXT: "full text"}


ORDERS: Final[dict[Order, str]] = {
    Order.IMPORTED: "as imported",
    Order.TITLE: "by title",
    Order.NEWEST: "newest first",
    Order.OLDEST: "oldest first",
    Order.RANDOM: "in random order",
    Order.RELEVANCE: "by relevance",
}
"""Orders as people say them."""


def stage_words(stage: str) -> str:
    """A stage as people say it."""
    return _STAGES.get(stage, stage)


def at_stage(stage: str) -> str:
    """Where something is said: `on title/abstract` or `at full text`."""
    return f"{'at' if stage == Stage.FULL_TEXT else 'on'} {stage_words(stage)}"


def action_words(event: Event, reason_labels: Sequence[str]) -> str:
    """What an event did, in a few words.

    Args:
        event: the event.
        reason_labels: its exclusion reasons, as the protocol words them.
    """
    if event.kind == Kind.DECIDE:
        return said_words(event, reason_labels)
    if event.kind == Kind.AGAIN:
        return (
            "kept after a second look" if event.kept else f"shown again: {said_words(event, reason_labels)}"
        )
    words = _WORDS.get(event.kind)
    return words(event) if words else str(event.kind)


def shown_words(event: Event) -> str:
    """How the record of a decision came up, "" where that was as imported."""
    shown = event.shown
    if not shown:
        return ""
    known = {order.value: words for order, words in ORDERS.items()}
    parts = [known.get(str(shown.get("order")), clean_line(str(shown.get("order", ""))))]
    rank, of = shown.get("rank"), shown.get("of")
    if isinstance(rank, int) and isinstance(of, int):
        parts.append(f"{rank:,} of {of:,}")
    if shown.get("model"):
        parts.append(clean_line(str(shown["model"])))
    return f"shown {', '.join(filter(None, parts))}"


def said_words(event: Event, reason_labels: Sequence[str]) -> str:
    """What a `decide` or `again` event says of its record."""
    if event.verdict is Verdict.UNDECIDED:
        return "decision cleared"
    reasons = f" ({reason_words(reason_labels)})" if reason_labels else ""
    return f"{event.verdict}{reasons}"


def _removed(event: Event) -> str:
    how = " by automation" if event.removal is Removal.AUTOMATION else ""
    return f"removed before screening{how}" + (f" ({event.rule})" if event.rule else "")


def _study(event: Event) -> str:
    return f"study {event.study}" + (" (of the previous review)" if event.earlier else "")


def _previous(event: Event) -> str:
    numbers = [
        counted(n, one, many)
        for one, many in (("study", "studies"), ("report", "reports"))
        if (n := event.number(many)) is not None
    ]
    return f"previous review: {', '.join(numbers) or 'no numbers'}"


_WORDS: Final[dict[str, Callable[[Event], str]]] = {
    Kind.NOTE: lambda e: "note" if e.text else "note removed",
    Kind.LABEL: lambda e: f"labels {', '.join(e.labels)}" if e.labels else "labels removed",
    Kind.EDIT: lambda e: f"{e.field} corrected",
    Kind.SOURCE: lambda e: (
        f"{FACT_WORDS.get(e.field, e.field)} of source {e.source} {'given' if e.value else 'removed'}"
    ),
    Kind.DUPLICATE: lambda e: f"linked as a duplicate of {clean_line(e.of)}",
    Kind.DISTINCT: lambda e: f"kept apart from {clean_line(e.of)}",
    Kind.STANDS: lambda _: "stands for its duplicates",
    Kind.RETRIEVE: lambda e: "retrieved" if e.retrieved else "not retrieved",
    Kind.STUDY: lambda e: _study(e) if e.study else "of no study",
    Kind.REMOVE: lambda e: _removed(e) if e.removal else "put back",
    Kind.STOP: lambda e: f"screening stopped ({e.rule})",
    Kind.SAMPLE: lambda e: f"random sample of {counted(len(e.records), 'record')} drawn",
    Kind.ORDER: lambda e: (
        f"records {ORDERS[e.order]}" + (f" (seed {clean_line(e.seed)})" if e.order is Order.RANDOM else "")
    ),
    Kind.HIGHLIGHT: lambda e: clean_line(e.did) or "terms changed",
    Kind.PREVIOUS: lambda e: _previous(e) if e.body else "no previous review",
    Kind.ATTACH: lambda e: f"file {clean_line(e.file_name)} {'taken away' if e.gone else 'attached'}",
}
