"""What is lit in a record: the terms of the protocol, and regular expressions within a time budget.

Expressions are matched by `regex`, whose search can be given a time limit; Python's own cannot be
stopped. It is loaded only where a protocol holds an expression. Expressions see the text as it is, case
aside. When all of them together run out of their time on a record, the one that took most of it is off from
then on, and those that are not done are named for that record. Who took least, or had no turn, is first on
the next record, so that a slow expression keeps no other from being looked for again and again.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tamis.domain.highlight import Fault, Matcher, Span, TermSet, expression, merged
from tamis.domain.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tamis.domain.record import Record
    from tamis.store.review import Review

BUDGET: Final = 0.03
"""Seconds of computing that all expressions together get for one record; a person waits for them."""
TOO_SLOW: Final = "it took too long and is off"
NOT_REACHED: Final = "not looked for in all of this record, time was short"
_NAMED: Final = 5
"""Of terms that are not lit for one reason, this many are named."""
_EXPRESSION_LENGTH: Final = 300
_REPEATS: Final = 100_000
"""Product of the counts in `{...}`: a larger one takes long before any text is looked at."""
_COUNTS: Final = re.compile(r"\{(\d*)(?:,(\d*))?\}")


@dataclass(frozen=True, slots=True)
class Lit:
    """What is lit in a record.

    Attributes:
        sets: the sets; the last part of a `Span` is a place in them.
        spans: text as it is shown (see `shown`) -> its spans, without overlap, from left to right.
        counts: lit places by set.
        faults: terms that are not lit.
    """

    sets: tuple[TermSet, ...] = ()
    spans: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    counts: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def unlit(self) -> str:
        """Which terms are not lit, and why; "" where all are."""
        whys: dict[str, list[str]] = {}
        for fault in self.faults:
            whys.setdefault(fault.why, []).append(f"{fault.set}: {fault.term}")
        return "; ".join(
            ", ".join([*terms[:_NAMED], *([f"{len(terms) - _NAMED:,} more"] if terms[_NAMED:] else [])])
            + f" ({why})"
            for why, terms in whys.items()
        )


NOTHING: Final = Lit()


def shown(record: Record) -> tuple[str, ...]:
    """The texts of a record in which terms are lit: title, paragraphs of the abstract, keywords as one."""
    texts = (record.title, *record.abstract.split("\n"), keyword_line(record))
    return tuple(dict.fromkeys(text for raw in texts if (text := clean_line(raw))))


def keyword_line(record: Record) -> str:
    """The keywords as they are shown; no phrase reaches from one to the next."""
    return " · ".join(record.keywords)


class Highlighter:
    """The sets of a protocol, compiled, and what was lit last.

    Args:
        sets: what to light.
        clock: seconds that this thread has computed.
    """

    def __init__(self, sets: Sequence[TermSet], clock: Callable[[], float] = time.thread_time) -> None:
        self._clock = clock
        self.sets = tuple(sets)
        self._matcher = Matcher(self.sets)
        self._faults = list(self._matcher.faults)
        self._expressions: list[tuple[int, str, Any]] = []
        self._last: tuple[tuple[str, ...], Lit] = ((), NOTHING)
        for number, terms in enumerate(self.sets):
            for term in terms.terms:
                if (pattern := expression(term)) is not None:
                    self._compile(number, term, pattern)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Terms that are not lit: what cannot be read, and expressions that took too long."""
        return tuple(self._faults)

    def lit(self, record: Record) -> Lit:
        """What is lit in a record; asked again for the same texts, it is not looked for again."""
        if not self.sets:
            return NOTHING
        texts = shown(record)
        if self._last[0] != texts:
            found = {text: self._matcher.find(text) for text in texts}
            missed = self._match_expressions(found)
            spans = {text: merged(places) for text, places in found.items() if places}
            counts = [0] * len(self.sets)
            for places in spans.values():
                for _, _, number in places:
                    counts[number] += 1
            self._last = texts, Lit(self.sets, spans, tuple(counts), (*self.faults, *missed))
        return self._last[1]

    def _compile(self, number: int, term: str, pattern: str) -> None:
        import regex

        why = _too_much(pattern)
        if not why:
            try:
                compiled = regex.compile(pattern, regex.IGNORECASE | regex.VERSION0)
            except regex.error as error:
                why = str(error)  # such as "missing ) at position 4"
            except (RecursionError, OverflowError, MemoryError):
                why = "it is nested too deeply"
            else:
                self._expressions.append((number, term, compiled))
                return
        self._faults.append(Fault(self.sets[number].name, term, why))

    def _match_expressions(self, found: dict[str, list[Span]]) -> list[Fault]:
        """Add what expressions find; those that were not looked for everywhere are returned."""
        spent = [0.0] * len(self._expressions)
        late: list[int] = []
        for n, (number, _term, compiled) in enumerate(self._expressions):
            began, before = self._clock(), sum(spent)
            try:
                for text, places in found.items():
                    left = BUDGET - before - (self._clock() - began)
                    if left <= 0:
                        late.append(n)
                        break
                    matches = compiled.finditer(text, timeout=left)
                    places += [(*m.span(), number) for m in matches if m.end() > m.start()]
                spent[n] = self._clock() - began
            except TimeoutError:
                late.append(n)
                spent[n] = self._clock() - began
            except MemoryError:
                spent[n] = math.inf
        off = -1
        if sum(spent) >= BUDGET:  # `regex` counts what other threads compute: that is nobody's fault here
            off = max(range(len(spent)), key=spent.__getitem__)
            number, term, _ = self._expressions[off]
            self._faults.append(Fault(self.sets[number].name, term, TOO_SLOW))
        missed = [self._expressions[n] for n in late if n != off]
        order = sorted(range(len(spent)), key=spent.__getitem__)
        self._expressions = [self._expressions[n] for n in order if n != off]
        return [Fault(self.sets[number].name, term, NOT_REACHED) for number, term, _ in missed]


class ProtocolLights:
    """What is lit by the protocol of a review, as it is now."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._sets: Sequence[TermSet] = ()
        self._highlighter = Highlighter(())

    def lit(self, record: Record) -> Lit:
        """What is lit in a record."""
        sets = self._review.protocol.highlight
        if sets is not self._sets:
            self._sets, self._highlighter = sets, Highlighter(sets)
        return self._highlighter.lit(record)


def _too_much(pattern: str) -> str:
    """Why an expression is not even tried, "" if it is."""
    if len(pattern) > _EXPRESSION_LENGTH:
        return f"it is longer than {_EXPRESSION_LENGTH} characters"
    product = 1
    for least, most in _COUNTS.findall(pattern):
        product *= max(1, int((least or "0")[:9]), int((most or "0")[:9]))
    return f"its counts in braces multiply to more than {_REPEATS:,}" if product > _REPEATS else ""
