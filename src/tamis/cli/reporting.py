"""`tamis summary` and `tamis export`: what a review says to the outside."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tamis.cli.opening import folder_argument, json_option, open_review, stage_option
from tamis.cli.output import draws_lines, out, out_json, safe_json, say
from tamis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tamis.services.exporting import Only
    from tamis.services.flow import Options
    from tamis.services.reporting import Format

WIDTH = 78
STDOUT = "-"
BINARY = ("png", "pdf", "docx")


@click.command("summary", short_help="PRISMA 2020 counts and diagram: text, SVG, Word, CSV, ...")
@folder_argument
@click.option(
    "--format",
    "format_",
    type=click.Choice(
        ("text", "json", "csv", "markdown", "svg", "png", "pdf", "docx", "mermaid"), case_sensitive=False
    ),
    default=None,
    help="By the file's extension unless given, else text. csv is the template of the PRISMA2020 R package.",
)
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), help="Write to a file instead of stdout."
)
@click.option(
    "--per-database/--total-only",
    default=None,
    help="In a drawing, a line for each database, register and other source (the default), or sums alone.",
)
@click.option(
    "--previous/--no-previous",
    default=None,
    help="In a drawing, the column of the previous review, when there is one (the default), or not.",
)
@click.option(
    "--screening-reasons/--no-screening-reasons",
    default=None,
    help="In a drawing, reasons below the records excluded on title and abstract; by default only in text.",
)
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@json_option
def summary_command(
    folder: Path,
    format_: Format | None,
    path: Path | None,
    per_database: bool | None,
    previous: bool | None,
    screening_reasons: bool | None,
    ascii_only: bool,
    as_json: bool,
) -> None:
    """PRISMA 2020 counts of the review in DIR, live, with every identity asserted; and the flow diagram.

    Everything but json, csv and markdown is a drawing. PNG, PDF and DOCX need the extra `paper`.
    """
    from tamis.domain.ledger import Ledger
    from tamis.services import reporting

    path = None if str(path) == STDOUT else path
    format_ = (
        "json" if as_json else format_ or reporting.SUFFIXES.get(path.suffix.lower() if path else "", "text")
    )
    asked = {"per_database": per_database, "previous": previous, "screening_reasons": screening_reasons}
    options = _options(format_, {name: value for name, value in asked.items() if value is not None})
    if path is None and format_ in BINARY and sys.stdout.isatty():
        raise UsageError(
            f"{format_.upper()} is not for a terminal: name a file with -o, or send stdout into one."
        )
    with open_review(folder, write=False) as review:
        look = reporting.Look(
            options=options,
            width=WIDTH if path else terminal_width(),
            ascii_only=ascii_only or not (path or draws_lines()),
        )
        made = reporting.made(review, Ledger(review.events()), format_, look)
        if format_ not in BINARY and path is None:
            text = made.decode()
            click.echo(safe_json(text) if format_ == "json" else text, nl=False)
        elif path is None:
            sys.stdout.buffer.write(made)
        else:
            from tamis.services.exporting import (
                must_be_free,
                write_file,
            )  # knows all formats, so takes a while

            must_be_free(review, path)
            content = safe_json(made.decode()).encode() if format_ == "json" else made
            write_file(path, lambda out: out.write(content))
    if path is not None:
        say(f"Wrote the summary to {path}.")


def _options(format_: Format, asked: Mapping[str, Any]) -> Options | None:
    """What a drawing shows; None when nothing was asked for.

    Raises:
        UsageError: the format is no drawing.
    """
    from tamis.services import flow, reporting

    if not asked:
        return None
    if format_ not in reporting.DRAWINGS:
        raise UsageError(
            f"What is shown can be chosen for {', '.join(reporting.DRAWINGS)}; {format_} holds everything."
        )
    return replace(flow.LIVE if format_ == "text" else flow.Options(), **asked)


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
    from tamis.domain.plural import counted
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
    say(f"Wrote {counted(account.records, 'record')} to {account.path}.")
