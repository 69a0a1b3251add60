"""Records in several languages: in which of them too little is decided for an order by relevance.

A model of words knows nothing that two languages share but names, numbers and loan words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from tamis.domain.languages import language
from tamis.domain.plural import form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tamis.store.records import Records

ENOUGH: Final = 10
"""Own decisions in a language from which on its records are ordered by words of their own."""
LEAST_SHARE: Final = 0.01
"""Languages with a smaller share of the records are passed over, as somebody's slip may be one."""
_SAMPLED: Final = 1_000
"""Records that are looked at to tell which languages there are."""
_FIELD: Final = re.compile(rb'"language":("(?:[^"\\]|\\.)*")')


class Few(NamedTuple):
    """Of the languages of a list, those in which little is decided.

    Attributes:
        few: how many these are.
        languages: how many languages there are.
    """

    few: int
    languages: int

    def __str__(self) -> str:
        """A short sentence, for the end of another one."""
        return f"Weak in {self.few} of {self.languages} languages: few decisions in them."

    @property
    def words(self) -> str:
        """A whole sentence."""
        of_them = form(self.few, "one", f"{self.few}")
        return (
            f"Records are in {self.languages} languages; those in the {of_them} with fewer than {ENOUGH} "
            "decisions of yours are ranked by few shared words."
        )


class Languages:
    """The languages of a list and of what is decided in it.

    Args:
        records: of the review.
        eligible: the list, ascending; kept as an attribute.
    """

    def __init__(self, records: Records, eligible: Sequence[int]) -> None:
        self.eligible = eligible
        self._records = records
        self._known: dict[int, str] = {}
        self._told: tuple[object, Few | None] = (None, None)
        seen = self._counted(eligible[:: max(1, len(eligible) // _SAMPLED)])
        least = LEAST_SHARE * seen.total()
        self._languages = [name for name, n in seen.items() if n >= least]

    def few(self, labelled: Mapping[int, bool]) -> Few | None:
        """Where little is decided; None with one language, with little in any or with enough in each.

        Args:
            labelled: decided records.
        """
        if len(self._languages) < 2:
            return None
        if self._told[0] is not labelled:
            decided = self._counted(labelled)
            few = sum(decided[name] < ENOUGH for name in self._languages)
            some = 0 < few < len(self._languages)
            self._told = (labelled, Few(few, len(self._languages)) if some else None)
        return self._told[1]

    def _counted(self, indices: Iterable[int]) -> Counter[str]:
        """Records by language, those without one left out."""
        return Counter(filter(None, map(self._language, indices)))

    def _language(self, index: int) -> str:
        if index not in self._known:
            field = _FIELD.search(self._records.raw(index))
            self._known[index] = language(json.loads(field[1].decode("utf-8", "replace"))) if field else ""
        return self._known[index]
