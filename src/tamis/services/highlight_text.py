"""The text of protocol.toml with other highlight terms, and everything else as people wrote it.

TOML libraries keep comments, but know neither which table a comment is about nor where a table of a list
stood. So the text is cut at its headers, and only the table that changes is parsed and written.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tamis.domain.text import clean_line
from tamis.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tomlkit.items import Array

    from tamis.domain.highlight import TermSet

_HEADER: Final = re.compile(r"[ \t]*\[")
_OURS: Final = re.compile(r"""[ \t]*\[\[?[ \t]*(["']?)highlight\1[ \t]*\]""")
_ASIDE: Final = re.compile(r"[ \t]*(?:#.*)?\n?")
"""A line that is blank or only a comment."""


def with_set(text: str, terms: TermSet) -> str:
    """The text of protocol.toml with one set as given; everything else stays, comments too.

    A set without terms is taken out with the comment right above it, a new one is put behind the others.

    Args:
        text: protocol.toml with LF as line ends.
        terms: the set; it has the place of the one of its name.

    Raises:
        ProtocolError: the text is no TOML.
    """
    try:
        doc = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"protocol.toml is not valid TOML: {error}. Mend it and try again.") from None
    sets = doc.get("highlight", [])
    place = next((n for n, s in enumerate(sets) if _same(s.get("name", ""), terms.name)), None)
    lines: list[str] = re.findall(r"[^\n]*\n|[^\n]+", text)
    tables = _tables(lines)
    if not tables and "highlight" in doc:
        return _in_list(text, terms, place)
    if place is None:
        end = tables[-1].end if tables else len(lines)
        return "".join([*lines[:end], *_new(lines[:end], terms), *lines[end:]])
    table = tables[place]
    if not terms.terms:
        return "".join(lines[: table.above] + lines[table.behind :])
    written = _with_terms("".join(lines[table.begin : table.end]), terms.terms)
    return "".join([*lines[: table.begin], written, *lines[table.end :]])


def _same(a: str, b: str) -> bool:
    return clean_line(a).casefold() == clean_line(b).casefold()


@dataclass(frozen=True, slots=True)
class _Table:
    """Where a [[highlight]] stands, as numbers of lines.

    Attributes:
        above: where the comment right above it begins.
        begin: its header.
        end: behind its last value.
        behind: behind the blank lines that follow, as far as they would be too many without it.
    """

    above: int
    begin: int
    end: int
    behind: int


def _tables(lines: Sequence[str]) -> list[_Table]:
    heads = [n for n, line in enumerate(lines) if _HEADER.match(line) and _is_whole(lines[:n])]
    found: list[_Table] = []
    for begin, end in pairwise([*heads, len(lines)]):
        if not _OURS.match(lines[begin]):
            continue
        while _ASIDE.fullmatch(lines[end - 1]):
            end -= 1
        above = begin
        while above and lines[above - 1].lstrip().startswith("#"):
            above -= 1
        behind = end
        if not above or not lines[above - 1].strip():
            while behind < len(lines) and not lines[behind].strip():
                behind += 1
        found.append(_Table(above, begin, end, behind))
    return found


def _is_whole(lines: Sequence[str]) -> bool:
    """Whether lines of a TOML text end outside of strings and lists."""
    try:
        tomllib.loads("".join(lines))
    except ValueError:
        return False
    return True


def _new(before: Sequence[str], terms: TermSet) -> list[str]:
    import tomlkit

    table = tomlkit.table()
    table["name"], table["colour"] = terms.name, terms.colour
    table["terms"] = tomlkit.array().multiline(multiline=True)
    table["terms"].extend(terms.terms)
    sets = tomlkit.aot()
    sets.append(table)
    gap = "" if not before or not before[-1].strip() else "\n" if before[-1].endswith("\n") else "\n\n"
    return [gap, tomlkit.dumps({"highlight": sets})]


def _with_terms(table: str, terms: Sequence[str]) -> str:
    import tomlkit

    doc = tomlkit.parse(table)
    (item,) = doc["highlight"]
    if "terms" not in item:
        item["terms"] = tomlkit.array()
    _make_equal(item["terms"], terms)
    return tomlkit.dumps(doc)


def _in_list(text: str, terms: TermSet, place: int | None) -> str:
    """A file that writes its sets as one list."""
    import tomlkit

    doc = tomlkit.parse(text)
    sets: Array = doc["highlight"]
    if place is None:
        item = tomlkit.inline_table()
        item.update({"name": terms.name, "colour": terms.colour, "terms": list(terms.terms)})
        sets.append(item)
    elif terms.terms:
        if "terms" not in sets[place]:
            sets[place]["terms"] = tomlkit.array()
        _make_equal(sets[place]["terms"], terms.terms)
    else:
        del sets[place]
    return tomlkit.dumps(doc)


def _make_equal(array: Array, terms: Sequence[str]) -> None:
    """Only what differs is touched, so that comments beside the other terms stay."""
    for n in reversed(range(len(array))):
        if clean_line(array[n]) not in terms:
            del array[n]
    there = [clean_line(term) for term in array]
    for term in terms:
        if term not in there:
            array.append(term)
