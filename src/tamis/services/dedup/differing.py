"""Two records side by side, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tamis.domain.text import fold
from tamis.services.dedup.features import pages, plain_title
from tamis.services.dedup.names import authors, journal_words, same_journal, shared_authors

if TYPE_CHECKING:
    from tamis.domain.record import Record

FIELDS: Final = (
    *("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "issn"),
    *("type", "language", "database", "abstract"),
)


class Difference(NamedTuple):
    """One field of two records.

    Attributes:
        field: its name.
        a: what the one says, as people read it; "" for nothing.
        b: what the other one says.
        same: whether they say the same, apart from case, accents, punctuation and abbreviation.
    """

    field: str
    a: str
    b: str
    same: bool


def differences(a: Record, b: Record) -> list[Difference]:
    """The fields that at least one of two records has."""
    found = []
    for name in FIELDS:
        texts = (_text(a, name), _text(b, name))
        if any(texts):
            found.append(
                Difference(name, *texts, texts[0] == texts[1] or (all(texts) and _same(a, b, name, *texts)))
            )
    return found


def _text(record: Record, name: str) -> str:
    value = getattr(record, name)
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)


def _same(a: Record, b: Record, name: str, one: str, other: str) -> bool:
    if name == "title":
        one, other = plain_title(one), plain_title(other)
    elif name == "pages":
        return pages(one) == pages(other)
    elif name == "journal":
        return same_journal(journal_words(one), journal_words(other)) == 1.0
    elif name == "authors":
        left, right = authors(a.authors), authors(b.authors)
        return len(left) == len(right) and bool(left) and shared_authors(left, right) > 0.95
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))
