"""What is written is read back equal, decisions with it, whatever the text holds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tamis import formats
from tamis.domain.record import Decision, Record
from tamis.formats.own_csv import join, split

from .helpers import comparable, read_all, written
from .strategies import DECISIONS, LINE, RECORDS

HOSTILE = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)


@pytest.mark.parametrize("name", formats.WHOLE)
@given(records=st.lists(RECORDS, min_size=1, max_size=3))
@HOSTILE
def test_hostile_records_come_back_equal(name: str, records: list[Record]) -> None:
    for record in records:
        record.id = "f00-1"  # as in a review; without it an empty record is an empty row of a table
    data = written(name, records)
    back, reading = read_all(data, name)
    assert reading.format == name
    assert not reading.problems
    assert [comparable(r) for r in back] == [comparable(r) for r in records]


@pytest.mark.parametrize("name", formats.WHOLE)
@given(decisions=st.lists(DECISIONS, min_size=1, max_size=3))
@HOSTILE
def test_decisions_come_back_equal(name: str, decisions: list[Decision]) -> None:
    record = Record(type="JOUR", title="A trial", keywords=("liver",), decisions=tuple(decisions))
    back, _ = read_all(written(name, [record]), name)
    assert back[0].decisions == tuple(decisions)
    assert back[0].keywords == ("liver",)


@pytest.mark.parametrize("name", formats.WRITABLE)
def test_no_records_is_a_file_too(name: str) -> None:
    assert written(name, [])[:1] in (b"", b"{", b"[", b"\xef", b"P")


@given(items=st.lists(LINE, max_size=5))
@HOSTILE
def test_a_cell_splits_into_what_was_joined(items: list[str]) -> None:
    assert split(join(items)) == items


def test_ris_starts_with_a_type_and_numbers_nothing() -> None:
    data = written("ris", [Record(type="JOUR", title="One"), Record(type="JOUR", title="Two")]).decode()
    assert data.startswith("TY  - JOUR\n")
    assert "1." not in data


def test_a_value_cannot_forge_a_record_in_ris() -> None:
    """Rispy's own writer turns this title into two records."""
    record = Record(
        type="JOUR", title="A", abstract="a\nER  - \nTY  - JOUR\nTI  - forged", notes=("x\nER  -",)
    )
    data = written("ris", [record])
    assert data.count(b"\nER  -") == 1
    back, _ = read_all(data)
    assert back[0].abstract == "a\nER -\nTY - JOUR\nTI - forged"


def test_decisions_show_as_tags_in_zotero() -> None:
    """The primary reason and a secondary one stay apart, in whatever order a program shows tags."""
    reasons = ("Wrong population", "Late")
    decision = Decision(by="ann", verdict="exclude", reasons=reasons, labels=("ask Ben",))
    data = written("ris", [Record(type="JOUR", title="A", decisions=(decision,))]).decode()
    for tag in ("tamis:exclude", "tamis:reason:Wrong population", "tamis:also:Late", "tamis:label:ask Ben"):
        assert f"KW  - {tag}\n" in data


def test_tags_alone_are_a_decision_when_the_note_is_gone() -> None:
    tags = ("liver", "tamis:also:Late", "tamis:exclude", "tamis:reason:Wrong drug")
    records, _ = read_all("TY  - JOUR\nTI  - A\n" + "".join(f"KW  - {t}\n" for t in tags) + "ER  - \n")
    assert records[0].keywords == ("liver",)
    assert records[0].decisions == (Decision(verdict="exclude", reasons=("Wrong drug", "Late")),)


def test_decisions_survive_zoteros_html_notes() -> None:
    note = "<p>TAMIS-DECISION: {&quot;by&quot;: &quot;ann&quot;, &quot;verdict&quot;: &quot;maybe&quot;}</p>"
    records, _ = read_all(f"TY  - JOUR\nTI  - A\nN1  - {note}\nER  - \n")
    assert records[0].decisions == (Decision(by="ann", verdict="maybe"),)
    assert records[0].notes == ()


def test_a_damaged_decision_note_stays_a_note() -> None:
    records, reading = read_all("TY  - JOUR\nTI  - A\nN1  - TAMIS-DECISION: {broken\nER  - \n")
    assert records[0].notes == ("TAMIS-DECISION: {broken",)
    assert any("damaged" in r.what for r in reading.repairs)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝", "'", "'=", "''"])
def test_no_cell_is_a_formula_and_each_comes_back(start: str) -> None:
    from tamis.domain.text import clean_line

    record = Record(title=clean_line(f"{start}cmd"), keywords=(clean_line(f"{start}x"),))
    data = written("csv", [record]).decode("utf-8-sig")
    row = data.split("\r\n")[1]
    assert not any(cell.strip(' "')[:1] in ("=", "+", "-", "@", "＝") for cell in row.split(",") if cell)
    back, _ = read_all(data, "x.csv")
    assert comparable(back[0]) == record
