"""Changing the sets of highlight terms in protocol.toml, and terms out of search strategies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tamis.domain.highlight import COLOURS, TermSet
from tamis.domain.highlight_search import strategy_terms
from tamis.domain.text import clean_line
from tamis.errors import ProtocolError, UsageError
from tamis.services.catalogue import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tomlkit.items import AoT, Array

    from tamis.domain.events import Author
    from tamis.domain.ledger import Ledger
    from tamis.store.review import Review

SEARCH_SET: Final = "search"
"""Name of the set that is made of search strategies."""


def search_terms(review: Review, ledger: Ledger) -> tuple[list[str], list[str]]:
    """Terms of the search strategies of databases and registers, and the names of those that have one."""
    terms: dict[str, str] = {}
    names: dict[str, None] = {}
    for source in told(review.sources, ledger):
        for term in strategy_terms(source.strategy) if source.kind in ("database", "register") else ():
            terms.setdefault(term.casefold(), term)
            names[clean_line(source.name)] = None
    return list(terms.values()), list(names)


def split_terms(text: str) -> list[str]:
    """Terms as a person types them: separated by commas or line breaks; a comma inside /.../ is its own."""
    terms: list[str] = []
    for line in text.split("\n"):
        terms += [clean_line(term) for term in re.findall(r"\s*(/.+?/(?=\s*(?:,|$))|[^,]+)", line)]
    return [term for term in dict.fromkeys(terms) if term]


def add_terms(review: Review, author: Author, name: str, terms: Sequence[str]) -> list[str]:
    """Add terms to a set, which is made if there is none of that name.

    Returns:
        The terms that were not in it yet.

    Raises:
        NotSavedError, ProtocolError: nothing was changed.
        UsageError: no name or no terms.
    """
    name = clean_line(name)
    if not name or not terms:
        raise UsageError("Write the name of a set, a colon, and terms: population: liver metastas*, hepat*")
    sets = list(review.protocol.highlight)
    place = next((n for n, s in enumerate(sets) if s.name.casefold() == name.casefold()), len(sets))
    if place == len(sets):
        used = {s.colour for s in sets}
        colour = next((c for c in COLOURS if c not in used), COLOURS[place % len(COLOURS)])
        sets.append(TermSet(name, colour, ()))
    old = sets[place]
    new = [term for term in dict.fromkeys(terms) if term not in old.terms]
    if new:
        _save(review, author, TermSet(old.name, old.colour, (*old.terms, *new)))
    return new


def remove_term(review: Review, author: Author, name: str, term: str) -> None:
    """Take a term out of a set; a set without terms goes with its last one.

    Raises:
        NotSavedError, ProtocolError: nothing was changed.
        UsageError: there is no such term.
    """
    for old in review.protocol.highlight:
        if old.name == name and term in old.terms:
            _save(review, author, TermSet(old.name, old.colour, tuple(t for t in old.terms if t != term)))
            return
    raise UsageError(f"There is no term {clean_line(term)} in a set {clean_line(name)}.")


def _save(review: Review, author: Author, terms: TermSet) -> None:
    review.change_protocol(lambda text: with_set(text, terms), by=author.by, now=author.now())


def with_set(text: str, terms: TermSet) -> str:
    """The text of protocol.toml with one set as given; everything else stays, comments too.

    A set without terms is taken out, a new one is put behind the others.

    Raises:
        ProtocolError: the text is no TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        doc = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ProtocolError(f"protocol.toml is not valid TOML: {error}. Mend it and try again.") from None
    sets = doc.get("highlight")
    if not sets:
        sets = doc["highlight"] = tomlkit.aot()
    place = next((n for n, s in enumerate(sets) if _same(s.get("name", ""), terms.name)), None)
    if place is None:
        _append(sets, terms)
    elif terms.terms:
        _make_equal(sets[place]["terms"], terms.terms)
    else:
        del sets[place]
    if not sets:
        del doc["highlight"]
    return tomlkit.dumps(doc)


def _same(a: str, b: str) -> bool:
    return clean_line(a).casefold() == clean_line(b).casefold()


def _append(sets: AoT | Array, terms: TermSet) -> None:
    """A new set, in the way the file writes the others: as [[highlight]], or inside one list."""
    import tomlkit
    from tomlkit.items import Array

    table = tomlkit.inline_table() if isinstance(sets, Array) else tomlkit.table()
    table["name"], table["colour"] = terms.name, terms.colour
    table["terms"] = tomlkit.array().multiline(not isinstance(sets, Array))
    table["terms"].extend(terms.terms)
    if not isinstance(sets, Array) and len(sets):
        sets[-1].add(tomlkit.nl())
    sets.append(table)


def _make_equal(array: Array, terms: Sequence[str]) -> None:
    """Only what differs is touched, so that comments beside the other terms stay."""
    for n in reversed(range(len(array))):
        if clean_line(array[n]) not in terms:
            del array[n]
    there = [clean_line(term) for term in array]
    for term in terms:
        if term not in there:
            array.append(term)
