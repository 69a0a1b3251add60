"""The text of protocol.toml with another set of highlight terms, and everything else as people wrote it.

TOML libraries keep comments, but know neither which table a comment is about nor where a table of a list
stood. So the text is cut at its headers, and only the table that changes is parsed and written.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tamis.domain.protocol import set_doc
from tamis.domain.text import clean_line
from tamis.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tomlkit.items import Array, InlineTable, Table

    from tamis.domain.highlight import TermSet

_HEADER: Final = re.compile(r"[ \t]*\[")
_OURS: Final = re.compile(r"""[ \t]*\[\[?[ \t]*(["']?)highlight\1[ \t]*\]""")
_ASIDE: Final = re.compile(r"[ \t]*(?:#.*)?\n?")
"""A line that is blank or only a comment."""


def with_set(text: str, old: TermSet | None, new: TermSet | None) -> str:
    """The text of protocol.toml with one set changed; everything else stays, comments too.

    Args:
        text: protocol.toml with LF as line ends.
        old: the set as the protocol reads it; None for a new one, which is put behind the others.
        new: the set as it shall be; None takes it out, with the comment right above it.

    Raises:
        ProtocolError: the text is no TOML.
    """
    try:
        doc = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"protocol.toml is not valid TOML: {error}. Mend it and try again.") from None
    names = [clean_line(s["name"]) for s in doc.get("highlight", [])]
    place = None if old is None else names.index(old.name)
    lines: list[str] = re.findall(r"[^\n]*\n|[^\n]+", text)
    tables = _tables(lines)
    if not tables and "highlight" in doc:
        return _in_list(text, place, old, new)
    if place is None or old is None:
        end = tables[-1].end if tables else len(lines)
        return "".join([*lines[:end], *(_new(lines[:end], new) if new else ()), *lines[end:]])
    table = tables[place]
    if new is None:
        return "".join(lines[: table.above] + lines[table.behind :])
    written = _with_values("".join(lines[table.begin : table.end]), old, new)
    return "".join([*lines[: table.begin], written, *lines[table.end :]])


def written_sets(text: str) -> dict[str, dict[str, object]]:
    """What a text that can be read says of each set by name, without colours that nobody wrote."""
    return {clean_line(s["name"]): s for s in tomllib.loads(text).get("highlight", [])}


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
    table.update({**set_doc(terms), "terms": tomlkit.array().multiline(multiline=True)})
    table["terms"].extend(terms.terms)
    sets = tomlkit.aot()
    sets.append(table)
    gap = "" if not before or not before[-1].strip() else "\n" if before[-1].endswith("\n") else "\n\n"
    return [gap, tomlkit.dumps({"highlight": sets})]


def _with_values(table: str, old: TermSet, new: TermSet) -> str:
    import tomlkit

    doc = tomlkit.parse(table)
    (item,) = doc["highlight"]
    _set_values(item, old, new)
    return tomlkit.dumps(doc)


def _in_list(text: str, place: int | None, old: TermSet | None, new: TermSet | None) -> str:
    """A file that writes its sets as one list."""
    import tomlkit

    doc = tomlkit.parse(text)
    sets: Array = doc["highlight"]
    if place is not None and old is not None and new is not None:
        _set_values(sets[place], old, new)
    elif place is not None:
        del sets[place]
    elif new is not None:
        item = tomlkit.inline_table()
        item.update(set_doc(new))
        sets.append(item)
    return tomlkit.dumps(doc)


def _set_values(item: Table | InlineTable, old: TermSet, new: TermSet) -> None:
    """Only what differs is touched: a colour that nobody wrote stays unwritten."""
    import tomlkit

    if new.terms and "terms" not in item:
        item["terms"] = tomlkit.array()
    _make_equal(item.get("terms", tomlkit.array()), new.terms)
    before = set_doc(old)
    for key, value in set_doc(new).items():
        if key != "terms" and value != before.get(key):
            item[key] = value


def _make_equal(array: Array, terms: Sequence[str]) -> None:
    """Only what differs is touched, so that comments beside the other terms stay."""
    for n in reversed(range(len(array))):
        if clean_line(array[n]) not in terms:
            del array[n]
    there = [clean_line(term) for term in array]
    for term in terms:
        if term not in there:
            array.append(term)
