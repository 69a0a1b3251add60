"""The account of a folder of real exports: `python -m bench.corpus FOLDER`.

The folder holds a `manifest.csv` with the columns `file`, `format`, `nature` and `records`, the true number
of records of each file, counted independently of any parser. One line a file: the true number, what was
found, imported and could not be; then the totals. Exit code 1 when a real export is not accounted for.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path

from tamis import formats
from tamis.errors import FormatError


@dataclass(frozen=True, slots=True)
class Line:
    """One file's account."""

    file: str
    real: bool
    true: int | None
    found: int = 0
    imported: int = 0
    problems: int = 0
    read_as: str = ""
    refused: str = ""

    @property
    def verdict(self) -> str:
        """`ok`, or what does not agree."""
        if self.refused:
            return "ok" if self.true in (0, None) else f"refused: {self.refused}"
        if self.found != self.imported + self.problems:
            return "found is not imported + problems"
        if self.true is not None and self.found != self.true:
            return f"found {self.found}, the manifest says {self.true}"
        return "ok"


def account(folder: Path) -> list[Line]:
    """Read every file of the manifest."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest))
    return [_read(folder, row) for row in rows]


def _read(folder: Path, row: dict[str, str]) -> Line:
    file, real = row["file"], row["nature"].startswith("real")
    true = int(row["records"]) if row["records"].isdigit() else None
    try:
        reading = formats.read((folder / file).read_bytes(), name=Path(file).name)
        for _ in reading:
            pass
    except FormatError as error:
        return Line(file, real, true, refused=str(error))
    return Line(file, real, true, reading.found, reading.imported, len(reading.problems), reading.format)


def main(arguments: list[str] | None = None) -> int:
    """Print the account; 0 when every real export is accounted for."""
    parser = argparse.ArgumentParser(prog="python -m bench.corpus", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of exports with a manifest.csv")
    folder = parser.parse_args(arguments).folder
    if not (folder / "manifest.csv").is_file():
        sys.stderr.write(f"{folder} has no manifest.csv\n")
        return 2
    lines = account(folder)
    sys.stdout.write(f"{'true':>7} {'found':>7} {'import':>7} {'prob':>5}  {'read as':<12} file\n")
    for line in lines:
        true = "" if line.true is None else str(line.true)
        mark = (
            ""
            if line.verdict == "ok"
            else f"   <- {line.verdict}" + ("" if line.real else " (no real export)")
        )
        numbers = f"{true:>7} {line.found:>7} {line.imported:>7} {line.problems:>5}"
        sys.stdout.write(f"{numbers}  {line.read_as or '-':<12} {line.file}{mark}\n")
    real = [line for line in lines if line.real]
    wrong = [line for line in real if line.verdict != "ok"]
    sys.stdout.write(
        f"{len(lines)} files, {sum(line.found for line in lines):,} records found, "
        f"{sum(line.imported for line in lines):,} imported, "
        f"{sum(line.problems for line in lines):,} problems; "
        f"of {len(real)} real exports {len(real) - len(wrong)} agree with the manifest\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
