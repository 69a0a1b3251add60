"""PRISMA 2020 counts out of sources and ledger, with every identity asserted.

Boxes and arithmetic: Page MJ et al., "The PRISMA 2020 statement", BMJ 2021;372:n71, figure 1. Keys are
the `data` column of the PRISMA2020 R package (Haddaway et al. 2022, `inst/extdata/PRISMA.csv`).

What the statement leaves open is decided here:

- records identified are the records counted in each file; those that could not be imported are
  "removed for other reasons", so that the numbers follow from the files;
- of the records of one report, the one that stands for the others is counted on; they are "duplicate
  records", whenever that was found out;
- PRISMA asks to take duplicates out of the other methods before anything is counted there, so the right
  column's records identified are without them;
- `maybe` and disagreement are pending, never excluded or sought;
- records from other methods have no screening boxes in PRISMA: those excluded on title and abstract or
  removed are named beside the flow and are not reports sought;
- records left unscreened by a stop are where the stop says: removed before screening, or excluded by
  automation;
- reports that could not be retrieved are neither assessed nor excluded;
- included reports that name the same study are one study; one without a name is a study of its own; a
  study of the previous review is not new, though its report is; where no numbers of a previous review are
  known, every study is new;
- without a full-text stage in the protocol the boxes below "reports sought" are None, not 0; without
  numbers of a previous review so are those of the previous review and the totals.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tamis.domain.events import Stage
from tamis.domain.ledger import Ledger, State
from tamis.domain.prisma_column import Column, Identity
from tamis.domain.states import REASONED_STATES
from tamis.errors import CountError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tamis.domain.protocol import Protocol
    from tamis.domain.record import Source

DATABASE_KINDS = ("database", "register")
"""Source kinds of the left column; every other kind belongs to "other methods"."""
_OTHER_BOXES = ("website", "organisation", "citation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """All boxes of the flow.

    Attributes:
        by_source: (kind, name, records identified), one for each name, in order of first import; those of
            other methods without duplicates.
        databases: the left column: databases and registers.
        others: the right column: other methods.
        full_text: whether the protocol has the full-text stage.
        reason_labels: reason id -> label, "" -> what stands for none.
        named_studies: studies that any included report names.
        named_reports: included reports that name a study.
        earlier_studies: of the studies named, those that the previous review has; 0 without one.
        earlier_reports: included reports of these.
        heads: records of the review that stand for duplicates.
        clusters: clusters of duplicates; each has one record that stands for it.
        previous_studies: studies of the review that this one updates, None when it updates none.
        previous_reports: their reports.
    """

    by_source: tuple[tuple[str, str, int], ...]
    databases: Column
    others: Column
    full_text: bool
    reason_labels: Mapping[str, str]
    named_studies: int = 0
    named_reports: int = 0
    earlier_studies: int = 0
    earlier_reports: int = 0
    heads: int = 0
    clusters: int = 0
    previous_studies: int | None = None
    previous_reports: int | None = None

    @property
    def new_reports(self) -> int:
        """Reports included, of both columns."""
        return self.databases.included + self.others.included

    @property
    def new_studies(self) -> int:
        """Studies included: those with a name, and each report without one; none of the previous review."""
        return self.named_studies - self.earlier_studies + self.new_reports - self.named_reports

    @property
    def updates(self) -> bool:
        """Whether the review updates a previous one of which any number is known."""
        return self.previous_studies is not None or self.previous_reports is not None

    @property
    def total_studies(self) -> int | None:
        """Studies with those of the previous review, None when it is not known."""
        return None if self.previous_studies is None else self.previous_studies + self.new_studies

    @property
    def total_reports(self) -> int | None:
        """Reports with those of the previous review, None when it is not known."""
        return None if self.previous_reports is None else self.previous_reports + self.new_reports

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
            Identity("every duplicate stands behind a record of the review", self.heads, self.clusters),
            Identity("studies are not more than reports", min(0, self.new_reports - self.new_studies), 0),
            Identity(
                "reports that name a study are included", min(0, self.new_reports - self.named_reports), 0
            ),
            Identity("studies are not negative", min(0, self.new_studies), 0),
            Identity("previous studies are not more than reports", min(0, self._previous_difference), 0),
        ]

    @property
    def _previous_difference(self) -> int:
        if self.previous_studies is None or self.previous_reports is None:
            return 0
        return self.previous_reports - self.previous_studies

    def prisma(self) -> dict[str, Any]:
        """The boxes under the keys of the PRISMA2020 R package; None where a box does not apply.

        `other_results` (sources of any kind without a box) is ours; the R package does not have it.
        """
        d, o = self.databases, self.others
        out = State.ASSESSED_OUT
        return {
            "previous_studies": self.previous_studies,
            "previous_reports": self.previous_reports,
            "database_results": self.identified("database"),
            "database_specific_results": self._named("database"),
            "register_results": self.identified("register"),
            "register_specific_results": self._named("register"),
            "website_results": self.identified("website"),
            "organisation_results": self.identified("organisation"),
            "citations_results": self.identified("citation"),
            "other_results": self.others.identified - sum(map(self.identified, _OTHER_BOXES)),
            "duplicates": d.duplicates,
            "excluded_automatic": d.removed_automation,
            "excluded_other": d.removed_other,
            "records_screened": d.screened,
            "records_excluded": d.excluded,
            "dbr_sought_reports": d.sought,
            "dbr_notretrieved_reports": d.not_retrieved if self.full_text else None,
            "other_sought_reports": o.sought,
            "other_notretrieved_reports": o.not_retrieved if self.full_text else None,
            "dbr_assessed": d.assessed if self.full_text else None,
            "dbr_excluded": self.labelled(d.why(out)) if self.full_text else None,
            "other_assessed": o.assessed if self.full_text else None,
            "other_excluded": self.labelled(o.why(out)) if self.full_text else None,
            "new_studies": self.new_studies if self.full_text else None,
            "new_reports": self.new_reports if self.full_text else None,
            "total_studies": self.total_studies if self.full_text else None,
            "total_reports": self.total_reports if self.full_text else None,
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
    left = [source for source in sources if source.kind in DATABASE_KINDS]
    right = [source for source in sources if source.kind not in DATABASE_KINDS]
    named: Counter[tuple[str, str]] = Counter()
    for source in sources:
        named[source.kind, source.name] += _identified(source, ledger)
    previous = ledger.previous
    before = [previous.number(name) if previous else None for name in ("studies", "reports")]
    updates = before != [None, None]
    counts = Counts(
        by_source=tuple((kind, name, n) for (kind, name), n in named.items()),
        databases=_column(left, ledger, right=False),
        others=_column(right, ledger, right=True),
        full_text=Stage.FULL_TEXT in protocol.stages,
        reason_labels={**{r.id: r.label for r in protocol.reasons}, "": NO_REASON},
        named_studies=len(ledger.studies()),
        named_reports=ledger.named_reports,
        earlier_studies=ledger.earlier_studies if updates else 0,
        earlier_reports=ledger.earlier_reports if updates else 0,
        heads=sum(ledger.heads(prefix) for prefix in {source.prefix for source in sources}),
        clusters=ledger.cluster_count,
        previous_studies=before[0],
        previous_reports=before[1],
    )
    for identity in counts.identities():
        if not identity.holds:
            raise CountError(
                f"The counts do not add up: {identity.name} ({identity.left} against {identity.right}). "
                "Run `tamis check` on the review to see which records are concerned."
            )
    return counts


def _identified(source: Source, ledger: Ledger) -> int:
    """Records of a file as PRISMA counts them: duplicates from other methods are not."""
    duplicates = 0 if source.kind in DATABASE_KINDS else ledger.tally(source.prefix, State.DUPLICATE)
    return source.found - duplicates


def _column(sources: list[Source], ledger: Ledger, *, right: bool) -> Column:
    states: Counter[State] = Counter(dict.fromkeys(State, 0))
    reasons: dict[State, Counter[str]] = {state: Counter() for state in REASONED_STATES}
    unaccounted = unknown = 0
    for source in sources:
        unaccounted += abs(source.found - source.imported - len(source.problems))
        waiting = source.imported - ledger.tallied(source.prefix)
        unknown += max(0, -waiting)
        states[State.SCREENING] += waiting
        for (state, reason), n in ledger.places(source.prefix).items():
            states[state] += n
            if n and state in reasons:
                reasons[state][reason] += n
    return Column(
        identified=sum(_identified(source, ledger) for source in sources),
        unreadable=sum(len(s.problems) for s in sources),
        unaccounted=unaccounted,
        unknown=unknown,
        states=dict(states),
        reasons={state: dict(why) for state, why in reasons.items()},
        right=right,
    )
