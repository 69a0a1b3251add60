"""A change of a few lines in a text that others edit, too: made, found again, and taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CONTEXT: Final = 3
"""Lines above and below a change by which its place is found again."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Lines that were put in place of others. Each text is whole lines with their LF, or "".

    Attributes:
        line: number of the first of them, from 0.
        before: up to three lines above.
        was: the lines before the change.
        value: the lines after it.
        after: up to three lines below.
    """

    line: int
    before: str
    was: str
    value: str
    after: str

    @classmethod
    def made(cls, old: str, new: str) -> Self:
        """What makes one text out of another: all lines between the first and the last that differ."""
        a, b = _lines(old), _lines(new)
        most = min(len(a), len(b))
        top = next((n for n in range(most) if a[n] != b[n]), most)
        rest = most - top
        end = next((n for n in range(rest) if a[-1 - n] != b[-1 - n]), rest)
        below = a[len(a) - end :]
        return cls(
            line=top,
            before="".join(a[max(0, top - _CONTEXT) : top]),
            was="".join(a[top : len(a) - end]),
            value="".join(b[top : len(b) - end]),
            after="".join(below[:_CONTEXT]),
        )

    @property
    def back(self) -> Self:
        """What takes this change back."""
        return type(self)(self.line, self.before, self.value, self.was, self.after)

    def applied(self, text: str) -> str | None:
        """The text with the change; None where the place is not to be found, or is not to be told.

        The lines that the change replaces must stand as they were. Of those around them at least one on
        each side must, where there were any.
        """
        lines, was = _lines(text), _lines(self.was)
        for n in range(_CONTEXT, 0, -1):
            above, below = _lines(self.before)[-n:], _lines(self.after)[:n]
            places = _places(lines, [*above, *was, *below], len(above))
            if len(places) == 1 or self.line in places:
                place = self.line if self.line in places else places[0]
                return "".join([*lines[:place], self.value, *lines[place + len(was) :]])
            if places:
                return None
        return None

    def to_doc(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "line": self.line,
            "before": self.before,
            "was": self.was,
            "value": self.value,
            "after": self.after,
        }

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> Self | None:
        """Read what `to_doc` gave; None where that is something else."""
        line = doc.get("line")
        texts = [doc.get(name) for name in ("before", "was", "value", "after")]
        if type(line) is not int or not all(isinstance(text, str) for text in texts):
            return None
        before, was, value, after = map(str, texts)
        return cls(line, before, was, value, after)


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _places(lines: Sequence[str], wanted: Sequence[str], shift: int) -> list[int]:
    """Where lines stand among others, as the number of the one `shift` lines into them."""
    last = len(lines) - len(wanted)
    return [n + shift for n in range(last + 1) if list(lines[n : n + len(wanted)]) == list(wanted)]
