"""Overlap of sources: every report is found by one source alone or by several, counted by hand."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tamis.domain.events import Event
from tamis.domain.ledger import Ledger, source_prefix
from tamis.domain.record import Source
from tamis.services.overlap import overlap

NAMES = {"aaaaaa": "PubMed", "bbbbbb": "Embase", "cccccc": "PubMed", "dddddd": "A site"}
SOURCES = [
    Source(
        sha256=prefix * 10,
        prefix=prefix,
        file=f"{prefix}.ris",
        database=name,
        kind="website" if name == "A site" else "database",
        found=3,
        imported=3,
    )
    for prefix, name in NAMES.items()
]
RECORDS = [f"{prefix}-{n}" for prefix in NAMES for n in (1, 2, 3)]


@given(st.lists(st.tuples(st.sampled_from(RECORDS), st.sampled_from(RECORDS)), max_size=12))
def test_overlap_is_what_looking_at_every_report_says(pairs: list[tuple[str, str]]) -> None:
    ledger = Ledger(
        Event(id=f"e{n:02}", kind="duplicate", by="rule:x", record=a, body={"of": b})
        for n, (a, b) in enumerate(pairs)
    )
    reports = {ledger.cluster(record) for record in RECORDS}
    finders = [{NAMES[source_prefix(member)] for member in report} for report in reports]
    found = overlap(SOURCES, ledger)
    names = [source["name"] for source in found["sources"]]
    assert names == ["PubMed", "Embase", "A site"]
    for source in found["sources"]:
        here = [who for who in finders if source["name"] in who]
        assert source["records"] == (6 if source["name"] == "PubMed" else 3)
        assert source["reports"] == len(here)
        assert source["unique"] == sum(len(who) == 1 for who in here)
        assert source["shared"] == sum(len(who) > 1 for who in here)
    exactly = {tuple(names[n] for n in each["sources"]): each["reports"] for each in found["sets"]}
    assert exactly == Counter(tuple(name for name in names if name in who) for who in finders)
    assert list(exactly.values()) == sorted(exactly.values(), reverse=True)
    both = {(names[pair["a"]], names[pair["b"]]): pair["reports"] for pair in found["pairs"]}
    for n, a in enumerate(names):
        for b in names[n + 1 :]:
            assert both.get((a, b), 0) == sum({a, b} <= who for who in finders)


def test_links_with_records_of_no_file_are_passed_over() -> None:
    ledger = Ledger([Event(id="e1", kind="duplicate", by="ann", record="aaaaaa-1", body={"of": "gone-1"})])
    assert overlap(SOURCES, ledger)["sources"][0]["unique"] == 6
    assert overlap([], ledger) == {"sources": [], "pairs": [], "sets": []}
