"""PRISMA 2020 counts out of sources and ledger, with every identity asserted.

Boxes and arithmetic: Page MJ et al., "The PRISMA 2020 statement", BMJ 2021;372:n71, figure 1. Keys are
the `data` column of the PRISMA2020 R package (Haddaway et al. 2022, `inst/extdata/PRISMA.csv`).

What the statement leaves open is decided here:

- records identified are the records counted in each file; those that could not be imported are
  "removed for other reasons", so that the numbers follow from the files;
- `maybe` and disagreement are pending, never excluded or sought;
- records from other methods have no screening boxes in PRISMA: those excluded on title and abstract
  are named beside the flow and are not reports sought;
- without a full-text stage in the protocol the boxes below "reports sought" are None, not 0.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tamis.domain.events import Stage
from tamis.domain.ledger import Ledger, State
from tamis.errors import CountError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tamis.domain.protocol import Protocol
    from tamis.domain.record import Source

DATABASE_KINDS = ("database", "register")
"""Source kinds of the left column; every other kind belongs to "other methods"."""
_OTHER_BOXES = ("website", "organisation", "citation")


@dataclass(frozen=True, slots=True)
class Identity:
    """One equation that must hold between boxes."""

    name: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether both sides are equal and none is negative."""
        return self.left == self.right and self.left >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The numbers of one column of the flow: databases and registers, or other methods.

    Attributes:
        identified: records counted in the files.
        unreadable: of these, records that could not be imported.
        unaccounted: records by which any file's count differs from imported + unreadable.
        unknown: records decided on beyond those that were imported from their file.
        states: records by state; they sum to the records imported.
        screened_out: records excluded on title/abstract, by reason id ("" = none given).
        assessed_out: reports excluded on the full text, by reason id.
    """

    identified: int
    unreadable: int
    unaccounted: int
    unknown: int
    states: Mapping[State, int]
    screened_out: Mapping[str, int]
    assessed_out: Mapping[str, int]

    @property
    def screened(self) -> int:
        """Records screened: all that were not removed before."""
        return self.identified - self.unreadable

    @property
    def pending_screening(self) -> int:
        """Records not finally decided on title/abstract."""
        s = self.states
        return s[State.SCREENING] + s[State.SCREENING_MAYBE] + s[State.SCREENING_CONFLICT]

    @property
    def excluded(self) -> int:
        """Records excluded on title/abstract."""
        return self.states[State.SCREENED_OUT]

    @property
    def sought(self) -> int:
        """Reports sought for retrieval: all that were included on title/abstract."""
        s = self.states
        return self.pending_assessment + s[State.ASSESSED_OUT] + s[State.INCLUDED]

    @property
    def pending_assessment(self) -> int:
        """Reports not finally decided on the full text."""
        s = self.states
        return s[State.SOUGHT] + s[State.ASSESSED_MAYBE] + s[State.ASSESSED_CONFLICT]

    @property
    def assessed(self) -> int:
        """Reports assessed for eligibility so far."""
        return self.states[State.ASSESSED_OUT] + self.states[State.INCLUDED]

    def identities(self, name: str) -> list[Identity]:
        """What must hold in this column."""
        s = self.states
        return [
            Identity(f"{name}: every file's records are imported or listed", self.unaccounted, 0),
            Identity(f"{name}: every record decided on was imported", self.unknown, 0),
            Identity(
                f"{name}: identified = removed before screening + records in the review",
                self.identified,
                self.unreadable + sum(s.values()),
            ),
            Identity(
                f"{name}: screened = excluded + sought + pending",
                self.screened,
                self.excluded + self.sought + self.pending_screening,
            ),
            Identity(
                f"{name}: excluded = sum of its reasons", self.excluded, sum(self.screened_out.values())
            ),
            Identity(
                f"{name}: sought = assessed + pending", self.sought, self.assessed + self.pending_assessment
            ),
            Identity(
                f"{name}: assessed = excluded + included",
                self.assessed,
                sum(self.assessed_out.values()) + s[State.INCLUDED],
            ),
            Identity(f"{name}: nothing is negative", min(0, *s.values()), 0),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """All boxes of the flow.

    Attributes:
        by_source: (kind, name, records identified), one for each name, in order of first import.
        databases: the left column: databases and registers.
        others: the right column: other methods.
        full_text: whether the protocol has the full-text stage.
        reason_labels: reason id -> label, "" -> what stands for none.
    """

    by_source: tuple[tuple[str, str, int], ...]
    databases: Column
    others: Column
    full_text: bool
    reason_labels: Mapping[str, str]

    @property
    def interim(self) -> bool:
        """Whether anything is still to be decided at a stage of the protocol."""
        return self.pending > 0

    @property
    def pending(self) -> int:
        """Records and reports still to be decided."""
        columns = (self.databases, self.others)
        pending = sum(c.pending_screening for c in columns)
        return pending + (sum(c.pending_assessment for c in columns) if self.full_text else 0)

    def identified(self, kind: str) -> int:
        """Records identified from all sources of a kind."""
        return sum(n for k, _, n in self.by_source if k == kind)

    def identities(self) -> list[Identity]:
        """Every equation the flow rests on."""
        left = sum(self.identified(kind) for kind in DATABASE_KINDS)
        every = sum(n for _, _, n in self.by_source)
        return [
            Identity("databases and registers: the sources sum up", self.databases.identified, left),
            Identity("other methods: the sources sum up", self.others.identified, every - left),
            *self.databases.identities("databases and registers"),
            *self.others.identities("other methods"),
        ]

    def prisma(self) -> dict[str, Any]:
        """The boxes under the keys of the PRISMA2020 R package; None where a box does not apply.

        `other_results` (sources of any kind without a box) is ours; the R package does not have it.
        """
        d, o = self.databases, self.others
        new = d.states[State.INCLUDED] + o.states[State.INCLUDED] if self.full_text else None
        return {
            "previous_studies": None,
            "previous_reports": None,
            "database_results": self.identified("database"),
            "database_specific_results": self._named("database"),
            "register_results": self.identified("register"),
            "register_specific_results": self._named("register"),
            "website_results": self.identified("website"),
            "organisation_results": self.identified("organisation"),
            "citations_results": self.identified("citation"),
            "other_results": self.others.identified - sum(map(self.identified, _OTHER_BOXES)),
            "duplicates": 0,
            "excluded_automatic": 0,
            "excluded_other": d.unreadable,
            "records_screened": d.screened,
            "records_excluded": d.excluded,
            "dbr_sought_reports": d.sought,
            "dbr_notretrieved_reports": 0 if self.full_text else None,
            "other_sought_reports": o.sought,
            "other_notretrieved_reports": 0 if self.full_text else None,
            "dbr_assessed": d.assessed if self.full_text else None,
            "dbr_excluded": self.labelled(d.assessed_out) if self.full_text else None,
            "other_assessed": o.assessed if self.full_text else None,
            "other_excluded": self.labelled(o.assessed_out) if self.full_text else None,
            "new_studies": new,
            "new_reports": new,
            "total_studies": None,
            "total_reports": None,
        }

    def labelled(self, reasons: Mapping[str, int]) -> dict[str, int]:
        """Numbers by reason label, the largest first; reasons with the same label are one."""
        merged: Counter[str] = Counter()
        for reason, n in reasons.items():
            merged[self.reason_labels.get(reason, reason)] += n
        return dict(sorted(merged.items(), key=lambda item: (-item[1], item[0])))

    def _named(self, kind: str) -> dict[str, int]:
        return {name: n for k, name, n in self.by_source if k == kind}


NO_REASON = "No reason given"


def count(sources: Iterable[Source], ledger: Ledger, protocol: Protocol) -> Counts:
    """Count every box; the cost grows with the number of sources and reasons, not of records.

    Raises:
        CountError: an identity does not hold; names it. Numbers that do not add up are never returned.
    """
    sources = list(sources)
    named: Counter[tuple[str, str]] = Counter()
    for source in sources:
        named[source.kind, source.name] += source.found
    counts = Counts(
        by_source=tuple((kind, name, n) for (kind, name), n in named.items()),
        databases=_column([s for s in sources if s.kind in DATABASE_KINDS], ledger),
        others=_column([s for s in sources if s.kind not in DATABASE_KINDS], ledger),
        full_text=Stage.FULL_TEXT in protocol.stages,
        reason_labels={**{r.id: r.label for r in protocol.reasons}, "": NO_REASON},
    )
    for identity in counts.identities():
        if not identity.holds:
            raise CountError(
                f"The counts do not add up: {identity.name} ({identity.left} against {identity.right}). "
                "Run `tamis check` on the review to see which records are concerned."
            )
    return counts


def _column(sources: list[Source], ledger: Ledger) -> Column:
    states: Counter[State] = Counter(dict.fromkeys(State, 0))
    screened_out: Counter[str] = Counter()
    assessed_out: Counter[str] = Counter()
    unaccounted = unknown = 0
    for source in sources:
        unaccounted += abs(source.found - source.imported - len(source.problems))
        waiting = source.imported - ledger.tallied(source.prefix)
        unknown += max(0, -waiting)
        states[State.SCREENING] += waiting
        for state in State:
            states[state] += ledger.tally(source.prefix, state)
        screened_out.update(ledger.reasons(source.prefix, State.SCREENED_OUT))
        assessed_out.update(ledger.reasons(source.prefix, State.ASSESSED_OUT))
    return Column(
        identified=sum(s.found for s in sources),
        unreadable=sum(len(s.problems) for s in sources),
        unaccounted=unaccounted,
        unknown=unknown,
        states=dict(states),
        screened_out=dict(screened_out),
        assessed_out=dict(assessed_out),
    )
