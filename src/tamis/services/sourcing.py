"""What people say of a source: read, checked, and written as events."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from tamis.domain.events import Kind
from tamis.domain.record import SOURCE_KINDS, fact_text
from tamis.domain.text import clean_line, fold
from tamis.errors import FormatError, NotSavedError, UsageError
from tamis.formats.base import Log
from tamis.formats.decoding import Text
from tamis.services.catalogue import told
from tamis.services.importing import must_be_file, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tamis.domain.events import Author, Event
    from tamis.domain.ledger import Ledger
    from tamis.domain.record import Source
    from tamis.store.review import Review

_LONGEST: Final = 1 << 20


def checked(facts: Mapping[str, str]) -> dict[str, str]:
    """Facts of a source as they are stored; an empty text takes one away.

    Raises:
        UsageError: a kind that is none, or a day that is none.
    """
    clean = {name: fact_text(name, text) for name, text in facts.items()}
    if "kind" in clean and not clean["kind"]:
        known = ", ".join(SOURCE_KINDS)
        raise UsageError(f"{clean_line(facts['kind'])} is not a kind of source; choose {known}.")
    if day := clean.get("searched"):
        try:
            clean["searched"] = date.fromisoformat(day).isoformat()
        except ValueError:
            raise UsageError(f"{day} is not a day; write it as 2026-10-01.") from None
    return clean


def named(review: Review, ledger: Ledger, name: str) -> tuple[Source, ...]:
    """The sources that a person means by the name of a database or file, or by the prefix of their records.

    Raises:
        UsageError: there is none; lists those there are.
    """
    sources = told(review.sources, ledger)
    wanted = fold(clean_line(name))
    for called in ("prefix", "file", "name"):
        if found := tuple(source for source in sources if fold(getattr(source, called)) == wanted):
            return found
    known = ", ".join(dict.fromkeys(clean_line(source.name) for source in sources)) or "none"
    raise UsageError(f"There is no source {clean_line(name)} in this review; it has: {known}.")


def read_strategy(path: Path) -> str:
    """A search strategy out of a text file of any encoding.

    Raises:
        FormatError: it is missing, empty or no ordinary file, or cannot be read.
        UsageError: it is too long for one.
    """
    name = clean_line(path.name)
    must_be_file(path, name)
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
    except OSError as error:
        raise FormatError(unreadable(name, error)) from error
    if len(data) > _LONGEST:
        raise UsageError(f"{name} is too long for a search strategy: name a text file of at most 1 MB.")
    text = fact_text("strategy", "".join(Text(data, Log()).pieces()))
    if not text:
        raise FormatError(f"{name} holds no text. Write the search into it as it was run.")
    return text


def tell(
    review: Review, ledger: Ledger, author: Author, sources: Sequence[Source], facts: Mapping[str, str]
) -> list[Event]:
    """Give facts of sources, all or none; a fact that stands already is not written again.

    Args:
        review: an open review.
        ledger: the fold of its events, which takes in the new ones.
        author: who says so.
        sources: as they stand (`named`).
        facts: field of `SOURCE_FACTS` -> text.

    Returns:
        What was written.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: a fact that cannot be.
    """
    if not review.writable:
        raise NotSavedError(f"Not saved: {review.folder} is open for reading only.")
    events: list[Event] = []
    for source in sources:
        for name, value in checked(facts).items():
            was = getattr(source, name)
            if value == was:
                continue
            standing = ledger.standing(Kind.SOURCE, source.prefix, "", author.by, name)
            body = {"source": source.prefix, "field": name, "value": value, "was": was}
            event = author.event(
                Kind.SOURCE,
                log=review.log,
                seq=review.next_seq + len(events),
                body=body,
                replaces=() if standing is None else (standing.id,),
            )
            events.append(event)
    if events:
        review.add_events(events)
        ledger.apply_all(events)
    return events
