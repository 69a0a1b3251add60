"""Cells that hold several things taken apart with care: authors, keywords, Embase's source."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable

MISSING = frozenset({"NA", "N/A", "#N/A", "nan", "NaN", "NULL", "null", "None", "<NA>"})
"""What programs write into a cell that is empty."""

_LITERAL = re.compile(r"\s*\[\s*(?:[\"'].*[\"']\s*,?\s*)?\]\s*", re.DOTALL)
_LITERAL_LIMIT = 200_000
_AND = re.compile(r"(?:,?\s+(?:and|AND|et|und)\s+|,?\s+&\s+|\s*&amp;\s+)")
_INITIALS = re.compile(
    r"[^\W\d_][\w'’ʼ.\- ]{0,80}? (?:[^\W\d_a-z]\.?[- ]?){1,5}(?: (?:Jr|Sr|2nd|3rd|II|III|IV)\.?)?\.?"
    r"(?:\s*\(\d{1,3}\)|\d{0,2})"
)
_JOINED = re.compile(r"(?<=[^\W\d_]\.)(?=[^\W\d_a-z][\w'’-]+(?: [\w'’-]+)* [^\W\d_a-z]\.)")
_CAMEL = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ])")
_PREFIXES = re.compile(r"(?:Mc|Mac|De|Di|Du|La|Le|Van|Von|Fitz|Des|Del|Lo|O)\Z")
_FLOAT = re.compile(r"(\d+)\.0+")
_COMMAS = re.compile(r"\s*,\s*(?![^()]{0,300}\))")
_LONG = 100_000


def split_list(cell: str) -> list[str] | None:
    """Items of a list as Python or JSON writes it, or None."""
    if len(cell) > _LITERAL_LIMIT or not _LITERAL.fullmatch(cell):
        return None
    try:
        items = ast.literal_eval(cell.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return [str(item) for item in items] if isinstance(items, list) else None


class Names:
    """How a column of authors separates them; told by its first cells, for a single cell can mislead.

    Args:
        sample: cells of the column.
        glued: whether names follow each other without anything between, as in Springer's exports.
    """

    def __init__(self, sample: Iterable[str], *, glued: bool = False) -> None:
        self._glued = glued
        odd = short = many = 0
        for cell in sample:
            if any(sign in cell for sign in ";|\n[") or _AND.search(cell) or "," not in cell:
                continue
            parts = [part.strip() for part in cell.split(",")]
            many += 1
            odd += len(parts) % 2
            short += any(" " not in part for part in parts)
        self._pairs = many > 0 and not odd and short > 0
        self._list = odd > 0 and short * 4 <= many

    def split(self, cell: str) -> list[str]:
        """The authors in a cell, each as it is written."""
        if (items := split_list(cell)) is not None:
            return items
        if ";" in cell:
            return cell.split(";")
        if "|" in cell:
            return cell.split("|")
        if "\n" in cell.strip():
            return [line.strip().rstrip(",") for line in cell.split("\n")]
        if len(cell) > _LONG:
            return [cell]
        if len(parts := _AND.split(cell)) > 1:
            return self._anded(parts)
        return self._commas(cell)

    def _anded(self, parts: list[str]) -> list[str]:
        """`A, B and C` is a list of three; `Doe, J. and Roe, R.` one of two."""
        if "," in parts[-1] or not any("," in part for part in parts[:-1]):
            return parts
        pieces = [piece.strip() for part in parts for piece in part.split(",")]
        return pieces if all(" " in piece for piece in pieces if piece) else parts

    def _commas(self, cell: str) -> list[str]:
        if "," not in cell:
            return self._together(cell)
        parts = [part.strip() for part in cell.strip().rstrip(",").split(",")]
        if all(_INITIALS.fullmatch(part) for part in parts) or self._list:
            return parts
        if len(parts) > 2 and sum(1 for part in parts if _INITIALS.fullmatch(part)) * 4 >= len(parts) * 3:
            return parts
        if self._pairs and len(parts) % 2 == 0:
            return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
        return [cell]

    def _together(self, cell: str) -> list[str]:
        if self._glued:
            names: list[str] = []
            for piece in _CAMEL.split(cell):
                if names and _PREFIXES.search(names[-1]):
                    names[-1] += piece
                else:
                    names.append(piece)
            return names
        return _JOINED.split(cell) if "." in cell else [cell]


class Words:
    """How a column of keywords separates them."""

    def __init__(self, sample: Iterable[str]) -> None:
        self._semicolons = any(";" in cell for cell in sample)

    def split(self, cell: str) -> list[str]:
        """The keywords in a cell."""
        if (items := split_list(cell)) is not None:
            return items
        for sign in (";", "|", "\n"):
            if sign in cell.strip():
                return cell.split(sign)
        return [cell] if self._semicolons or len(cell) > _LONG else _COMMAS.split(cell)


def number(cell: str) -> str:
    """A number without the `.0` that spreadsheets add."""
    text = clean_line(cell)
    match = _FLOAT.fullmatch(text)
    return match.group(1) if match else text


_SOURCE = re.compile(
    r"(?P<journal>.{1,300}?) \((?P<year>[12]\d{3})\)"
    r"(?: (?P<volume>[^\s:()]{1,20})(?::(?P<issue>[^\s()]{1,20}))?)?"
    r"(?: \((?P<pages>[^()]{1,40})\))?\. Date of Publication: (?P<date>.{1,60})"
)


def embase_source(cell: str) -> dict[str, str]:
    """What Embase's `Source` says: `Journal (2014) 3:3 (152-160). Date of Publication: ...`."""
    match = _SOURCE.fullmatch(clean_line(cell))
    return {name: value for name, value in match.groupdict().items() if value} if match else {}
