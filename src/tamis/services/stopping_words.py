"""What the numbers of stopping mean, in careful words, and the SAFE checklist."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Final

from tamis.domain.plural import counted, form

if TYPE_CHECKING:
    from tamis.services.stopping import Look

SAFE_ROW: Final = 50
"""Irrelevant records in a row that the SAFE procedure asks for."""
SAFE_SHARE: Final = 0.1
"""Share of the records that it wants screened at least."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the SAFE procedure.

    Attributes:
        id: what a stop stores when the person confirms it.
        words: what is to be true.
        done: whether the decisions prove it; None when only the person knows.
    """

    id: str
    words: str
    done: bool | None


def checklist(look: Look) -> list[Check]:
    """The SAFE procedure (Boetje and van de Schoot 2024, Systematic Reviews 13:81), phase by phase.

    Screen a random set, apply active learning, find more with another model, evaluate what was excluded.
    What the decisions of the review do not show is for the person to confirm.
    """
    row, share = look.in_a_row, look.screened / look.total if look.total else 0.0
    return [
        Check("random-set", "A random set of at least 1 % was screened first", None),
        Check("key-papers", "All key papers known beforehand are among the relevant", None),
        Check("twice", "Twice as many were screened as the random set promised relevant ones", None),
        Check("tenth", f"At least 10 % of the records are screened ({_of(share)})", share >= SAFE_SHARE),
        Check("row", f"The last {SAFE_ROW} records were irrelevant ({row:,} in a row)", row >= SAFE_ROW),
        Check("other-model", "The rest was ordered by another model, and 50 in a row were irrelevant", None),
        Check("second-look", "Excluded records that look relevant were looked at again", None),
    ]


CHECKED_BY_PERSON: Final = ("random-set", "key-papers", "twice", "other-model", "second-look")
"""Ids of what only the person can confirm."""


def line(look: Look) -> str:
    """All of it in one short line, for while screening."""
    if not look.left and not look.unscreened:
        return "Every record is decided." if look.total else ""
    head = f"{look.in_a_row:,} irrelevant in a row"
    if look.sample is None or look.sample_p is None:
        return f"{head} · ranked test p {p_value(look.ranked_p)} (a hint)"
    recall = f", recall at least {_percent(_down(look.interval.low))}" if look.interval else ""
    done = f"sample {look.sample.screened:,} of {look.sample.pool:,}"
    return f"{head} · {done}: p {p_value(look.sample_p)}{recall}"


def usual_rule(look: Look) -> str:
    """The rule that a person most likely means who stops now; "" where nothing suggests one."""
    if look.sample_p is not None and look.sample_p <= look.stopping.risk:
        target, risk = _percent(look.stopping.target), _percent(look.stopping.risk)
        return f"random sample: {target} recall at a risk of {risk}"
    return f"{look.in_a_row:,} irrelevant in a row" if look.in_a_row else ""


def unproved(look: Look) -> str:
    """What to say to one who stops although no random sample shows the target; "" when one does."""
    if look.sample_p is not None and look.sample_p <= look.stopping.risk:
        return ""
    target = _percent(look.stopping.target)
    return f"This stop rests on your rule alone: no random sample shows {target} recall. {_progress(look)}"


def paragraphs(look: Look) -> list[str]:
    """Everything, a paragraph each: never more than the tests say."""
    if not look.total:
        return ["There are no records to screen."]
    if not look.left and not look.unscreened:
        return [_progress(look), _target(look), "Every record is decided: none is left to be missed.", _FOOT]
    return [_progress(look), _target(look), _ranked(look), *_sample(look), _needed(look), _FOOT]


def p_value(p: float) -> str:
    """A p-value with the digits that matter, never as 0."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


_FOOT: Final = (
    "All of this takes each decision as right, and counts as relevant what is not excluded: maybe and "
    "disagreement, too."
)


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _of(share: float) -> str:
    """A share as measured, to a tenth of a per cent."""
    return _percent(round(share, 3))


def _progress(look: Look) -> str:
    share = look.screened / look.total if look.total else 0.0
    total = counted(look.total, "record is", "records are")
    return (
        f"{look.screened:,} of {total} screened ({_of(share)}), {look.relevant:,} of them "
        f"relevant; the last {form(look.in_a_row, 'one was', f'{look.in_a_row:,} in a row were')} irrelevant."
    )


def _target(look: Look) -> str:
    target, risk = _percent(look.stopping.target), _percent(look.stopping.risk)
    if not look.declared:
        return (
            f"The protocol sets no target; {target} of the relevant records at a risk of {risk} is taken "
            "here. Set it as [stopping] in protocol.toml before you screen."
        )
    words = f"Target: {target} of the relevant records, missed with a chance of at most {risk}."
    if not look.since:
        return f"{words} Its day is not kept yet: the next `tamis screen` or `tamis decide` does that."
    if not look.decided_before:
        return f"{words} It was set on {look.since[:10]}, before the first decision."
    late = counted(look.decided_before, "decision")
    return (
        f"{words} It was set on {look.since[:10]}, after {late}: say so in the "
        "report, because a target chosen in the light of the results promises less."
    )


def _ranked(look: Look) -> str:
    head = f"Ranked test: p {p_value(look.ranked_p)}."
    if look.ranked_p > look.stopping.risk:
        meaning = "What was seen fits well with a target that is still missed."
    else:
        meaning = "What was seen would be rare if the target were still missed and the order were random."
    return (
        f"{head} {meaning} It holds as far as the order, from some point on, was no worse than random, and "
        "it is looked at again and again: a hint, no promise, and no evidence that the target is reached."
    )


def _sample(look: Look) -> list[str]:
    sample, target = look.sample, _percent(look.stopping.target)
    if sample is None:
        return ["Random sample: none is drawn. Only one of the undecided records gives a test that holds."]
    head = (
        f"Random sample, drawn on {look.drawn[:10]}: {sample.screened:,} of {sample.pool:,} screened in its "
        f"order, {sample.found:,} of them relevant."
    )
    if look.sample_p is None:
        outside = counted(look.outside, "undecided record came", "undecided records came")
        return [f"{head} {outside} later, so it says nothing about all. Draw a new one."]
    found = [f"{head} Test: p {p_value(look.sample_p)}, whatever the order before, at every look."]
    if look.sample_p <= look.stopping.risk:
        found.append(
            f"You may stop: whoever stops by this rule misses {target} in at most "
            f"{_percent(look.stopping.risk)} of reviews. It does not prove that {target} are found."
        )
    else:
        found.append(f"Not yet: that {target} are found is not shown at the risk you set.")
    if look.interval is not None:
        each = look.interval
        found.append(
            f"Recall by the sample: {_of(each.estimate)}, at least {_percent(_down(each.low))} and at most "
            f"{_percent(_up(each.high))}; each limit is wrong with a chance of at most "
            f"{_percent(look.stopping.risk)} (exact hypergeometric limits, valid at every look)."
        )
    return found


def _needed(look: Look) -> str:
    if look.stopped is not None:
        since = f" {counted(look.left, 'record is', 'records are')} undecided." if look.left else ""
        stopped = f"Screening was stopped on {look.stopped.at[:10]} ({look.stopped.rule})"
        return f"{stopped}: {counted(look.unscreened, 'record stays', 'records stay')} unscreened.{since}"
    if look.sample_p is not None:
        if look.sample_p <= look.stopping.risk:
            return f"{counted(look.left, 'record is', 'records are')} undecided."
        more = counted(look.needed, "more record of the sample has", "more records of the sample have")
        return f"If nothing more is found, {more} to be screened."
    return (
        f"A sample drawn now takes {look.needed:,} of {_undecided(look.left)}, if nothing "
        "relevant is among them."
    )


def _undecided(n: int) -> str:
    return form(n, "the one undecided record", f"the {n:,} undecided records")


def _down(share: float) -> float:
    return floor(share * 1000) / 1000


def _up(share: float) -> float:
    return ceil(share * 1000) / 1000
