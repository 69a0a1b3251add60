"""The benchmark works: every figure is there, what it says of targets is right. Nothing here is timed."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
import rispy
from bench.exports import SUFFIXES, write_export
from bench.families.cold import textual_modules
from bench.generate import ABSTRACT, token, write_ris
from bench.measure import Plan, in_turns, program, run
from bench.report import FAMILIES, measure, to_doc
from bench.table import Figure, table

from tamis import formats
from tamis.domain.record import Record

if TYPE_CHECKING:
    from pathlib import Path

TINY = Plan(sizes=(12, 40), presses=3, starts=1, imports=1)


def figure(ours: float = 1.4, base: float = 1.0, target: float | None = 1.3, **more: Any) -> Figure:
    given: dict[str, Any] = {"family": "key", "what": "a", "size": 1_000, "against": "b", **more}
    return Figure(ours=ours, base=base, target=target, **given)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_every_family_measures_every_size(name: str) -> None:
    """Each figure is a ratio of two amounts, shown in the table and in the JSON."""
    found = measure(TINY, [name], lambda _: None)

    assert found
    assert {f.family for f in found} == {name}
    assert name == "cold" or {f.size for f in found} >= set(TINY.sizes)
    assert all(f.ours > 0 and f.base > 0 for f in found if f.unit != "modules")
    shown = table(found)
    assert all(f.what in shown and f.result in shown for f in found)
    assert [f["what"] for f in json.loads(json.dumps(to_doc(found)))["figures"]] == [f.what for f in found]
    if name == "cold":
        assert [f.ours for f in found if f.unit == "modules"] == [0, 0], "a quick command loaded Textual"


def test_a_missed_target_is_said() -> None:
    assert figure().result == "1.40x, target <= 1.3x: not reached"
    assert figure(ours=1.2).result == "1.20x, target <= 1.3x: reached"
    assert figure(target=None).result == "1.40x"
    assert figure(ours=0.01, target=50, sense=">=").result == "100x, target >= 50x: reached"
    assert figure(ours=0.1, target=50, sense=">=").met is False
    assert figure(ours=3, base=0, target=0, unit="modules").met is False
    assert (
        figure(ours=0.5, read=3_000_000).result == "0.50x, target <= 1.3x: reached; 6.0 MB/s, 2,000 records/s"
    )


def test_generated_records_are_clean_and_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "1.ris", tmp_path / "2.ris"
    write_ris(first, 20)
    write_ris(second, 20)
    assert first.read_bytes() == second.read_bytes()

    with first.open(encoding="utf-8") as file:
        references = rispy.load(file)
    assert len(references) == 20
    abstracts = [reference["abstract"] for reference in references]
    assert all(0.9 * ABSTRACT < len(abstract) <= ABSTRACT for abstract in abstracts)
    assert [abstract.split()[0] for abstract in abstracts] == [token(n) for n in range(1, 21)]


@pytest.mark.parametrize("name", SUFFIXES)
def test_exports_hold_the_same_records_in_every_format(tmp_path: Path, name: str) -> None:
    ris, path = tmp_path / "a.ris", tmp_path / f"b{SUFFIXES[name]}"
    write_ris(ris, 20)
    write_export(ris, name, path)

    reading = formats.read(path.read_bytes(), name=path.name)
    records = [item for item in reading if isinstance(item, Record)]
    assert (reading.format, len(records), reading.problems) == (name, 20, [])
    assert [r.abstract.split()[0] for r in records] == [token(n) for n in range(1, 21)]
    assert all(r.title and len(r.authors) == 4 and r.year and r.doi and r.pages for r in records)


def test_both_sides_are_measured_in_turns() -> None:
    order: list[str] = []

    def side(name: str, values: list[float]) -> float:
        order.append(name)
        return values[order.count(name) - 1]

    taken = in_turns(3, {"a": lambda: side("a", [3, 1, 9]), "b": lambda: side("b", [5, 5, 6])})

    assert order == ["a", "b"] * 3
    assert taken == {"a": 3, "b": 5}


def test_a_program_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with status"):
        run(program("load_ris", str(tmp_path / "none.ris"), "1"))


def test_loaded_modules_are_really_counted() -> None:
    assert textual_modules([sys.executable, "-c", "import click, textual"]) > 5
