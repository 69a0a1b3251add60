"""Who reviews: names, and names that were perhaps meant to be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.domain.text import clean_line

if TYPE_CHECKING:
    from tamis.store.review import Review


def namesake(review: Review, name: str) -> str:
    """A sentence for a reviewer who is new here and whose name differs from another's in case or spaces only.

    Such a pair are two reviewers, with votes of their own; "" when there is no such pair, or the reviewer has
    acted before the other one did.
    """
    known = review.protocol.reviewers
    if name in known:
        return ""
    other = next((by for by in known if _alike(by, name)), "")
    if not other:
        first = next((event.by for event in review.events() if _alike(event.by, name)), name)
        other = "" if first == name else first
    if not other:
        return ""
    return (
        f"{clean_line(name)} is another reviewer than {clean_line(other)}: names are taken letter by letter. "
        f"If you are {clean_line(other)}, start again under that name."
    )


def _alike(one: str, other: str) -> bool:
    """Also true of equal names."""
    return "".join(one.casefold().split()) == "".join(other.casefold().split())
