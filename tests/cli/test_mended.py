"""What fresh eyes found in the commands and the plain mode, so that it stays mended."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from tamis.domain.record import Problem
from tamis.services.importing import FileAccount
from tamis.store.review import Review
from tamis.tui.plain import PlainSession
from tamis.tui.screens.importing import ImportScreen
from tests.cli.helpers import error, tamis, tamis_json
from tests.tui import reviews

if TYPE_CHECKING:
    from pathlib import Path


def test_an_export_never_writes_over_another_review(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        tamis("init", folder, "--title", "T", "--reviewer", "Ann")
    before = (other / "review.json").read_bytes()
    for name in ("review.json", "REVIEW.json", "sources/x.json"):
        assert "belongs to" in error("export", one, "-o", other / name, "--format", "json", code=2)
    assert (other / "review.json").read_bytes() == before


def test_a_number_that_is_none_is_said_in_plain_mode(tmp_path: Path) -> None:
    out = io.StringIO()
    with reviews.make(tmp_path / "review") as review:
        PlainSession(reviews.session(review), out).run(io.StringIO("g ²\nq\n"))
    assert "Write g and a number" in out.getvalue()


def test_the_problems_of_an_import_are_no_formulas(tmp_path: Path) -> None:
    said: list[str] = []
    account = FileAccount(file="=cmd.ris", problems=(Problem(1, "@why", "+1+1"),))
    screen = SimpleNamespace(
        _accounts=[account],
        _session=SimpleNamespace(review=SimpleNamespace(folder=tmp_path)),
        say=lambda words, **_: said.append(words),
    )
    ImportScreen._export_problems(cast("ImportScreen", screen))
    (path,) = tmp_path.glob("*.csv")
    cells = [cell for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@"]
    assert "1 problem written" in said[0]


def test_reviewers_of_the_full_texts_have_no_more_decisions_than_there_are_reports(tmp_path: Path) -> None:
    """Assessed, and then excluded on the abstract after all: the vote is kept and no longer counted there."""
    (tmp_path / "a.ris").write_text("".join(f"TY  - JOUR\nTI  - {n}\nER  - \n\n" for n in "abc"))
    folder = tmp_path / "r"
    tamis("init", folder, "--title", "T", "--reviewer", "Ann")
    protocol = folder / "protocol.toml"
    both = 'stages = ["title-abstract", "full-text"]'
    protocol.write_text(protocol.read_text().replace('stages = ["title-abstract"]', both))
    tamis("import", folder, tmp_path / "a.ris")
    with Review.open(folder, write=False) as review:
        first, second, third = review.records.ids()
    for record in (first, second, third):
        tamis("decide", folder, record, "include")
        tamis("decide", folder, record, "include", "--stage", "full-text")
    for record in (first, second):
        tamis("decide", folder, record, "exclude")
    stage = tamis_json("summary", folder)["stages"]["full-text"]
    assert (stage["records"], stage["reviewers"]["Ann"]["decided"]) == (1, 1)
