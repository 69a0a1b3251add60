"""What PRISMA-S asks of a source beyond its file, and what of it is missing. Pure.

Rethlefsen ML et al., "PRISMA-S: an extension to the PRISMA statement for reporting literature searches in
systematic reviews", Syst Rev 2021;10:39. Items: 1 name and platform of each database, 3 registries, 4 online
resources, 5 citation searching, 8 full strategies, 9 and 10 limits and filters, 13 dates of searches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tamis.domain.prisma import DATABASE_KINDS
from tamis.domain.record import SOURCE_FACTS

if TYPE_CHECKING:
    from tamis.domain.record import Source

FACT_WORDS: Final = {
    "database": "name",
    "kind": "kind",
    "platform": "platform",
    "searched": "day of the search",
    "strategy": "search strategy",
    "limits": "limits and filters",
}
"""Fact -> as people read it."""


def missing(source: Source) -> tuple[str, ...]:
    """The facts that PRISMA-S asks for and nobody has given, in the order of `SOURCE_FACTS`.

    A platform is asked of databases only, limits of databases and registers.
    """
    asked = ["database", "searched", "strategy"]
    if source.kind in DATABASE_KINDS:
        asked.append("limits")
    if source.kind == "database":
        asked.append("platform")
    return tuple(name for name in SOURCE_FACTS if name in asked and not getattr(source, name))
