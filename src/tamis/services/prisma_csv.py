"""PRISMA counts as the CSV that the PRISMA2020 R package reads.

The template is that package's own (Haddaway NR, Page MJ, Pritchard CC, McGuinness LA. PRISMA2020: an R
package and Shiny app. Campbell Systematic Reviews 2022;18:e1230; MIT licence), `inst/extdata/PRISMA.csv`,
kept in `prisma_template.csv` beside this module; only its column `n` is filled in.
"""

from __future__ import annotations

import csv
import io
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from tamis.domain.text import clean_line

if TYPE_CHECKING:
    from tamis.domain.prisma import Counts

_NA: Final = "NA"
_DRAWN: Final = str.maketrans({"'": "\u2019", '"': "\u201d", "\\": "/"})


def template() -> list[list[str]]:
    """The rows of the PRISMA2020 R package's template, its header first."""
    text = (files("tamis.services") / "prisma_template.csv").read_text(encoding="utf-8")
    return list(csv.reader(io.StringIO(text)))


def prisma_csv(count: Counts) -> str:
    """The template of the PRISMA2020 R package with `n` filled in; NA where a box does not apply.

    The package cuts a reason at its first comma and splits reasons at semicolons, so names and reasons
    hold neither; it has no box for sources of kind `other`, so they stand with citation searching.
    """
    boxes = count.prisma()
    header, *rows = template()
    data, text, n = header.index("data"), header.index("boxtext"), header.index("n")
    for row in rows:
        key = row[data]
        if key == _NA or key in ("identification", "screening", "included"):
            continue  # titles: their number is not used
        value = boxes.get(key)
        if key == "citations_results" and boxes["other_results"]:
            value += boxes["other_results"]
            row[text] = "Citation searching and other sources"
        row[n] = _cell(key, value)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def _cell(key: str, value: object) -> str:
    if isinstance(value, dict):
        named = "; ".join(f"{_bare(name)}, {n}" for name, n in value.items() if n)
        return named or (_NA if key.endswith("_results") else "0")
    return _NA if value is None else str(value)


def _bare(name: str) -> str:
    """A name the package can take apart again and draw, and no spreadsheet takes for a formula.

    The package puts names between apostrophes into the code of its drawing without escaping them.
    """
    text = re.sub(r"\s*[,;]\s*", " ", clean_line(name).translate(_DRAWN)).strip(
        " =+-@\uff1d\uff0b\uff0d\uff20"
    )
    return text or "unnamed"
