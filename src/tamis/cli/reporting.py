"""`tamis summary` and `tamis export`: what a review says to the outside."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamis.cli.opening import folder_argument, json_option, open_review, stage_option
from tamis.cli.output import draws_lines, out, out_json, safe_json, say
from tamis.errors import UsageError

if TYPE_CHECKING:
    from tamis.domain.ledger import Ledger
    from tamis.services.exporting import Only
    from tamis.services.reporting import Format
    from tamis.store.review import Review

WIDTH = 78
STDOUT = "-"


@click.command("summary", short_help="PRISMA 2020 counts: text, JSON, CSV, Markdown.")
@folder_argument
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json", "csv", "markdown")),
    default="text",
    show_default=True,
    help="csv is the template of the PRISMA2020 R package.",
)
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), help="Write to a file instead of stdout."
)
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@json_option
def summary_command(
    folder: Path,
    format_: Format,
    path: Path | None,
    ascii_only: bool,
    as_json: bool,
) -> None:
    """PRISMA 2020 counts of the review in DIR, live, with every identity asserted."""
    from tamis.domain.ledger import Ledger

    format_ = "json" if as_json else format_
    with open_review(folder, write=False) as review:
        text = _render(
            review, Ledger(review.events()), format_, to_file=path is not None, ascii_only=ascii_only
        )
        if path is None or str(path) == STDOUT:
            click.echo(text, nl=False)
            return
        from tamis.services.exporting import must_be_free, write_text  # knows all formats, so takes a while

        must_be_free(review, path)
        write_text(path, text)
    say(f"Wrote the summary to {path}.")


def _render(review: Review, ledger: Ledger, format_: Format, *, to_file: bool, ascii_only: bool) -> str:
    from tamis.services.reporting import render

    plain = ascii_only or not (to_file or draws_lines())
    width = WIDTH if to_file else terminal_width()
    text = render(review, ledger, format_, width=width, ascii_only=plain)
    return safe_json(text) if format_ == "json" else text


def terminal_width() -> int:
    """How wide a drawing may be: the terminal, or 78 where stdout is none."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(24, shutil.get_terminal_size((WIDTH + 2, 24)).columns - 2)


@click.command("export", short_help="Records with decisions, also for other tools.")
@folder_argument
@click.option(
    "-o",
    "--output",
    "path",
    required=True,
    type=click.Path(path_type=Path),
    help="The file; - is stdout and needs --format or --for.",
)
@click.option(
    "--only",
    type=click.Choice(("included", "excluded", "maybe", "undecided", "conflict", "all")),
    default="all",
    show_default=True,
    help="Which records, by the outcome over all reviewers.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("ris", "csv", "json", "xlsx", "bibtex", "nbib", "csl-json")),
    default=None,
    help="By the file's extension unless given. The first four keep everything.",
)
@click.option(
    "--for",
    "tool",
    type=click.Choice(("rayyan", "asreview", "zotero", "endnote", "covidence", "revtools", "r")),
    default=None,
    help="As another tool reads it, with the decisions where it shows them.",
)
@stage_option
@json_option
def export_command(
    folder: Path,
    path: Path,
    only: Only,
    format_: str | None,
    tool: str | None,
    stage: str,
    as_json: bool,
) -> None:
    """Records of the review in DIR with decisions, reasons, notes, labels, reviewers and times."""
    from tamis.domain.ledger import Ledger
    from tamis.domain.text import clean_line
    from tamis.services import exporting

    with open_review(folder, write=False) as review:
        ledger = Ledger(review.events())
        if str(path) == STDOUT:
            if as_json or (format_ is None and tool is None):
                raise UsageError("-o - writes the records to stdout: give --format, and leave --json out.")
            name = exporting.format_for(path, format_, tool)
            exporting.export_to(review, ledger, sys.stdout.buffer, name, only=only, stage=stage, tool=tool)
            return
        account = exporting.export(review, ledger, path, only=only, format=format_, stage=stage, tool=tool)
    if as_json:
        doc = {"file": str(account.path), "format": account.format, "records": account.records, "only": only}
        out_json({**doc, "for": tool} if tool else doc)
    else:
        out(clean_line(str(account.path)))
    say(f"Wrote {account.records:,} {'record' if account.records == 1 else 'records'} to {account.path}.")
