"""Changing the sets of highlight terms of a review, and terms out of search strategies.

protocol.toml is the truth for what is lit. A change is written there and kept as an event, which tells
undo and the audit trail which lines of the file it put in place of which.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from tamis.domain.events import Kind
from tamis.domain.highlight import COLOURS, SPEAKS, TermSet
from tamis.domain.highlight_search import strategy_terms
from tamis.domain.patch import Patch
from tamis.domain.plural import counted
from tamis.domain.protocol import Protocol
from tamis.domain.text import clean_line
from tamis.errors import NotSavedError, ProtocolError, TamisError, UsageError
from tamis.services.catalogue import told
from tamis.services.highlight_text import with_set, written_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.domain.events import Event
    from tamis.domain.ledger import Ledger
    from tamis.services.screening import Session
    from tamis.store.review import Review

SEARCH_SET: Final = "search"
"""Name of the set that is made of search strategies."""
LATER: Final = "protocol.toml was changed elsewhere, too: apart from terms, that holds from the next start."
_ELSEWHERE: Final = "protocol.toml was changed there"


class Changed(NamedTuple):
    """What came of a change.

    Attributes:
        set: name of the set, as it is then; that of a deleted one, too.
        words: what was done; "" where all was so already, and nothing was written.
        later: whether the file holds other changes, which are not in force yet; see `LATER`.
    """

    set: str
    words: str
    later: bool


class _Step(NamedTuple):
    """A set as it is, None for a new one, as it shall be, None for none, and that in words."""

    old: TermSet | None
    new: TermSet | None
    words: str


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


# Each of these is one step for undo. They all raise NotSavedError or ProtocolError when nothing was changed.


def make_set(session: Session, name: str, terms: Sequence[str] = ()) -> Changed:
    """Make a set in a colour that no other has, as long as there is one.

    Raises:
        UsageError: no name, or one that another set has.
    """
    name = _named(name)

    def make(sets: Sequence[TermSet]) -> _Step:
        _must_be_free(sets, name)
        made = TermSet(name, _free_colour(sets), tuple(dict.fromkeys(terms)))
        having = f" with {counted(len(made.terms), 'term')}" if made.terms else ""
        return _Step(None, made, f"set {name} made{having}")

    return _change(session, make)


def add_terms(session: Session, name: str, terms: Sequence[str]) -> Changed:
    """Add terms to a set, which is made if there is none of that name.

    Raises:
        UsageError: no name or no terms.
    """
    name = clean_line(name)
    if not name or not terms:
        raise UsageError("Write the name of a set, a colon, and terms: population: liver metastas*, hepat*")

    def add(sets: Sequence[TermSet]) -> _Step:
        old = _found(sets, name)
        base = old or TermSet(name, _free_colour(sets), ())
        new = [term for term in dict.fromkeys(terms) if term not in base.terms]
        what = new[0] if len(new) == 1 else counted(len(new), "term")
        return _Step(old, replace(base, terms=(*base.terms, *new)), f"{what} added to {base.name}")

    return _change(session, add)


def remove_term(session: Session, name: str, term: str) -> Changed:
    """Take a term out of a set; a set without terms stays.

    Raises:
        UsageError: there is no such term.
    """

    def remove(sets: Sequence[TermSet]) -> _Step:
        old = _found(sets, name)
        if old is None or term not in old.terms:
            raise UsageError(f"There is no term {clean_line(term)} in a set {clean_line(name)}.")
        kept = tuple(t for t in old.terms if t != term)
        return _Step(old, replace(old, terms=kept), f"{term} removed from {old.name}")

    return _change(session, remove)


def rename_set(session: Session, name: str, to: str) -> Changed:
    """Give a set another name; what it speaks for stays, also where only its name said so.

    Raises:
        UsageError: no such set, no name, or one that another set has.
    """
    to = _named(to)

    def rename(sets: Sequence[TermSet]) -> _Step:
        old = _must_find(sets, name)
        _must_be_free([each for each in sets if each is not old], to)
        new = replace(old, name=to)
        new = new if new.speaks == old.speaks else replace(new, speaks_for=old.speaks)
        return _Step(old, new, f"set {old.name} renamed to {to}")

    return _change(session, rename)


def recolour_set(session: Session, name: str, colour: str) -> Changed:
    """Give a set another colour.

    Raises:
        UsageError: no such set or colour.
    """
    if colour not in COLOURS:
        raise UsageError(f"{clean_line(colour)} is no colour of these: {', '.join(COLOURS)}.")

    def recolour(sets: Sequence[TermSet]) -> _Step:
        old = _must_find(sets, name)
        return _Step(old, replace(old, colour=colour), f"set {old.name} made {colour}")

    return _change(session, recolour)


def let_speak(session: Session, name: str, speaks: str) -> Changed:
    """Say what a set's terms speak for while relevance has nothing else to go by.

    Args:
        session: whose word it is.
        name: of the set.
        speaks: one of `SPEAKS`.

    Raises:
        UsageError: no such set, or nothing to speak for.
    """
    if speaks not in SPEAKS:
        raise UsageError(f"A set speaks for one of these: {', '.join(SPEAKS)}.")

    def let(sets: Sequence[TermSet]) -> _Step:
        old = _must_find(sets, name)
        new = old if old.speaks == speaks else replace(old, speaks_for=speaks)
        return _Step(old, new, f"set {old.name} speaks for {speaks}")

    return _change(session, let)


def delete_set(session: Session, name: str) -> Changed:
    """Take a set out of the protocol, with its terms and the comment above it.

    Raises:
        UsageError: no such set.
    """

    def delete(sets: Sequence[TermSet]) -> _Step:
        old = _must_find(sets, name)
        return _Step(old, None, f"set {old.name} deleted")

    return _change(session, delete)


def turn(session: Session, action: Event, event: Event, *, back: bool) -> None:
    """Take a change of terms back in protocol.toml, or make it again, and save the event that says so.

    Only the lines that the change put there are touched, and only where they still stand as it left them.
    Where the file is as it shall be already, only the event is saved.

    Args:
        session: whose action it was.
        action: the `highlight` event.
        event: the undo or redo.
        back: whether it is taken back.

    Raises:
        NotSavedError, ProtocolError: nothing was changed.
        UsageError: nothing was changed, for somebody else has changed the file there, or there is none; undo
            passes the action over from then on.
    """
    patch = Patch.from_doc(action.body)
    turned = patch.back if patch is not None and back else patch
    named = action.body.get("sets")

    def means(old: str, new: str | None) -> bool:
        """Whether no other sets are changed than those of the action: they may hold the same lines."""
        if new is None or not _same_but_sets(old, new):
            return False
        before, after = written_sets(old), written_sets(new)
        touched = {name for name in before | after if before.get(name) != after.get(name)}
        return not isinstance(named, list) or touched <= {name for name in named if isinstance(name, str)}

    def put(text: str) -> str:
        new = None if turned is None else turned.applied(text)
        if new is not None and means(text, new):
            return new
        if turned is not None and means(text, turned.back.applied(text)):
            return text
        raise UsageError(
            f"Not undone: {_ELSEWHERE}. Undo goes on before it." if back else f"Not done again: {_ELSEWHERE}."
        )

    try:
        _write(session, put, lambda _old, _new: event)
    except UsageError:
        if back:
            session.passed_over.add(action.id)
        raise


def _change(session: Session, step: Callable[[Sequence[TermSet]], _Step]) -> Changed:
    name = words = ""
    names: list[str] = []

    def put(text: str) -> str:
        nonlocal name, words, names
        old, new, words = step(_sets(text))
        names = [each.name for each in (old, new) if each is not None]
        name = names[-1]
        if old == new:
            words = ""
            return text
        return with_set(text, old, new)

    def event(old: str, new: str) -> Event | None:
        body = {"did": words, "sets": list(dict.fromkeys(names)), **Patch.made(old, new).to_doc()}
        return session.event(Kind.HIGHLIGHT, "", body) if old != new else None

    later = _write(session, put, event)
    return Changed(name, words, later)


def _write(session: Session, change: Callable[[str], str], event: Callable[[str, str], Event | None]) -> bool:
    """Change the file and save the event of it; when that fails, the file is put back."""
    review = session.review
    old = new = ""

    def put(text: str) -> str:
        nonlocal old, new
        old, new = text, change(text)
        return new

    def put_back(text: str) -> str:
        return old if text == new else text

    try:
        later = review.change_highlight(put, by=session.by, now=session.author.now())
        made = event(old, new)
        if made is not None:
            session.save([made])
    except NotSavedError:
        if old != new:
            with contextlib.suppress(TamisError):
                review.change_highlight(put_back, by=session.by, now=session.author.now())
        raise
    if session.guide is not None:
        session.guide.renewed()
    return later


def _same_but_sets(old: str, new: str) -> bool:
    """Whether a text that can be read would stay one, with the same in it apart from sets of terms."""
    before = Protocol.from_toml(old, "protocol.toml")
    try:
        after = Protocol.from_toml(new, "protocol.toml")
    except ProtocolError:  # such as two sets of one name
        return False
    return replace(before, highlight=()) == replace(after, highlight=())


def _sets(text: str) -> tuple[TermSet, ...]:
    """The sets as the file has them: an editor may have changed them since the start."""
    return Protocol.from_toml(text, "protocol.toml").highlight


def _free_colour(sets: Sequence[TermSet]) -> str:
    used = {s.colour for s in sets}
    return next((c for c in COLOURS if c not in used), COLOURS[len(sets) % len(COLOURS)])


def _named(name: str) -> str:
    name = clean_line(name)
    if not name:
        raise UsageError("A set needs a name: write one, such as population.")
    return name


def _found(sets: Sequence[TermSet], name: str) -> TermSet | None:
    wanted = clean_line(name).casefold()
    return next((s for s in sets if s.name.casefold() == wanted), None)


def _must_find(sets: Sequence[TermSet], name: str) -> TermSet:
    found = _found(sets, name)
    if found is None:
        known = ", ".join(s.name for s in sets) or "none"
        raise UsageError(f"There is no set {clean_line(name)} in protocol.toml; its sets: {known}.")
    return found


def _must_be_free(sets: Sequence[TermSet], name: str) -> None:
    if (other := _found(sets, name)) is not None:
        raise UsageError(f"There is a set {other.name} already: take another name.")
