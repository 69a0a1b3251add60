"""Whatever happens, the numbers of the report are those of the summary, and every record is told once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.record import Record
from tamis.domain.states import State
from tamis.services.report import as_html, as_markdown, facts, report
from tamis.services.reporting import summary
from tests.domain.making import FT, patient
from tests.domain.test_prisma import BOTH, SCREENING, keys, records_of, screened, sources

if TYPE_CHECKING:
    from tamis.domain.record import Source
    from tamis.services.report.facts import Reviewed


class Records(list[Record]):
    """Records as a review has them."""

    def ids(self) -> list[str]:
        """Their ids."""
        return [record.id for record in self]

    def position(self, record: str) -> int:
        """Where a record is."""
        return self.ids().index(record)


@patient
@given(sources, st.lists(keys, max_size=30), st.sampled_from([BOTH, SCREENING]))
def test_the_numbers_are_those_of_the_summary(files: list[Source], session: list[Any], protocol: Any) -> None:
    ledger = screened(files, session)
    records = Records(Record(id=record, title=f"T {record}") for record in records_of(files))
    given_review = SimpleNamespace(
        sources=files,
        protocol=protocol,
        records=records,
        protocols=lambda: iter([("2026-01-01", "Ann", protocol)]),
    )
    review = cast("Reviewed", given_review)
    found = facts(review, ledger, made="2026-01-01T00:00:00Z", version="0")
    told = summary(review, ledger)
    assert found.summary == told
    for stage in found.stages:
        numbers = told["stages"][stage.stage]
        decided = sum(numbers[outcome] for outcome in ("include", "exclude", "maybe", "conflict"))
        assert sum(stage.decided_by.values()) == decided
        assert sum(one.decided for one in stage.reviewers) == sum(n * k for n, k in stage.decided_by.items())
        for one in stage.reviewers:
            assert one.decided == one.include + one.exclude + one.maybe
        for pair in stage.pairs:
            assert pair.same <= pair.records <= decided
    assert sum(search.found for search in found.searches) == sum(
        source["found"] for source in told["sources"]
    )
    assert sum(search.duplicates for search in found.searches) == found.deduplication.duplicates
    linked = sum(found.deduplication.by_rule.values()) + found.deduplication.by_persons
    assert linked >= found.deduplication.duplicates >= found.deduplication.clusters
    boxes = told["prisma"]
    if protocol is BOTH:
        assert len(found.included) == boxes["new_reports"] == told["stages"][FT]["include"]
        assert len(found.excluded) == told["stages"][FT]["exclude"]
        assert len(found.not_retrieved) == told["stages"][FT]["not_retrieved"]
        out = {record.id for record in records if ledger.state(record.id) is State.ASSESSED_OUT}
        assert {one.record for one in found.excluded} == out
    else:
        assert (found.included, found.excluded, found.not_retrieved) == ((), (), ())
    document = report(review, ledger, made="2026-01-01T00:00:00Z", version="0")
    assert ("Interim:" in as_markdown(document)) is told["interim"]
    assert as_html(document).count("<table>") >= 1
