"""`tamis report`: methods and results of the selection, in sentences that the events prove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamis import __version__
from tamis.cli.clock import utc_now
from tamis.cli.opening import folder_argument, json_option, open_review
from tamis.cli.output import out, out_json, say

if TYPE_CHECKING:
    from tamis.services.report.files import Format

STDOUT = "-"


@click.command("report", short_help="The text for methods and results, with the diagram.")
@folder_argument
@click.option(
    "-o",
    "--output",
    "place",
    metavar="PLACE",
    type=click.Path(path_type=Path),
    help="A folder for report.md, report.html and prisma.svg, or a file that ends in .md or .html.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("markdown", "html")),
    help="Only this one; on stdout Markdown unless given.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@json_option
def report_command(
    folder: Path, place: Path | None, format_: Format | None, force: bool, as_json: bool
) -> None:
    """Methods and results of the selection in DIR: sources, duplicates, who decided what, reasons, reports.

    Every sentence follows from what is stored in the review; what is missing for PRISMA and what the report
    cannot say are listed at its end. Without -o it goes to stdout.
    """
    from tamis.domain.ledger import Ledger
    from tamis.domain.text import clean_line
    from tamis.services.report import as_html, as_markdown, facts, report
    from tamis.services.report.files import write

    now = utc_now()
    on_stdout = place is None or str(place) == STDOUT
    with open_review(folder, write=False) as review:
        ledger = Ledger(review.events())
        if as_json and on_stdout:
            out_json(facts(review, ledger, made=now, version=__version__).to_doc())
            return
        document = report(review, ledger, made=now, version=__version__)
        if place is None or on_stdout:
            text = as_html(document) if format_ == "html" else as_markdown(document)
            click.echo(text, nl=False)
            return
        files = write(review, document, place, format=format_, force=force)
    if as_json:
        out_json({"files": [str(path) for path in files]})
    else:
        for path in files:
            out(clean_line(str(path)))
    say(f"Wrote the report: {', '.join(path.name for path in files)}.")
