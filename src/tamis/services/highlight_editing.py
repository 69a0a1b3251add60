"""Changing the sets of highlight terms of a review, and terms out of search strategies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from tamis.domain.highlight import COLOURS, TermSet
from tamis.domain.highlight_search import strategy_terms
from tamis.domain.protocol import Protocol
from tamis.domain.text import clean_line
from tamis.errors import UsageError
from tamis.services.catalogue import told
from tamis.services.highlight_text import with_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.domain.events import Author
    from tamis.domain.ledger import Ledger
    from tamis.store.review import Review

SEARCH_SET: Final = "search"
"""Name of the set that is made of search strategies."""
LATER: Final = "protocol.toml was changed elsewhere, too: apart from terms, that holds from the next start."


class Changed(NamedTuple):
    """What came of a change.

    Attributes:
        terms: those that were added or removed.
        later: whether the file holds other changes, which are not in force yet; see `LATER`.
    """

    terms: tuple[str, ...]
    later: bool


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


def add_terms(review: Review, author: Author, name: str, terms: Sequence[str]) -> Changed:
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
    new: list[str] = []

    def add(text: str) -> str:
        sets = _sets(text)
        old = next((s for s in sets if _same(s.name, name)), None) or TermSet(name, _free_colour(sets), ())
        new[:] = [term for term in dict.fromkeys(terms) if term not in old.terms]
        return with_set(text, TermSet(old.name, old.colour, (*old.terms, *new))) if new else text

    later = _save(review, author, add)
    return Changed(tuple(new), later)


def remove_term(review: Review, author: Author, name: str, term: str) -> Changed:
    """Take a term out of a set; a set without terms goes with its last one.

    Raises:
        NotSavedError, ProtocolError: nothing was changed.
        UsageError: there is no such term.
    """

    def remove(text: str) -> str:
        for old in _sets(text):
            if old.name == name and term in old.terms:
                kept = tuple(t for t in old.terms if t != term)
                return with_set(text, TermSet(old.name, old.colour, kept))
        raise UsageError(f"There is no term {clean_line(term)} in a set {clean_line(name)}.")

    return Changed((term,), _save(review, author, remove))


def _save(review: Review, author: Author, change: Callable[[str], str]) -> bool:
    return review.change_highlight(change, by=author.by, now=author.now())


def _sets(text: str) -> tuple[TermSet, ...]:
    """The sets as the file has them: an editor may have changed them since the start."""
    return Protocol.from_toml(text, "protocol.toml").highlight


def _free_colour(sets: Sequence[TermSet]) -> str:
    used = {s.colour for s in sets}
    return next((c for c in COLOURS if c not in used), COLOURS[len(sets) % len(COLOURS)])


def _same(a: str, b: str) -> bool:
    return clean_line(a).casefold() == clean_line(b).casefold()
