"""`tamis init` and `tamis import`: a review, and what goes into it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamis.cli.clock import utc_now, uuid7
from tamis.cli.opening import (
    at_work,
    folder_argument,
    json_option,
    named_reviewer,
    reviewer_option,
    stage_option,
)
from tamis.cli.output import out, out_json, say
from tamis.cli.sourcing import KINDS, fact_options, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.services.importing import FileAccount

REPAIRS_SHOWN = 8
VERDICTS = {"included": "include", "excluded": "exclude", "maybe": "maybe"}


@click.command("init", short_help="Make a new review.")
@folder_argument
@click.option("--title", required=True, metavar="T", help="Title of the review.")
@reviewer_option
@json_option
def init_command(folder: Path, title: str, reviewer: str, as_json: bool) -> None:
    """Make a new review in DIR, with a commented protocol.toml to start from."""
    from tamis.domain.text import clean_line
    from tamis.errors import UsageError
    from tamis.store.review import Review

    name = named_reviewer(reviewer)
    if not name:
        raise UsageError("Who makes the review? Give --reviewer NAME.")
    if not clean_line(title):
        raise UsageError('The review needs a title, such as --title "Liver metastases".')
    with Review.create(folder, title=clean_line(title), reviewer=name, now=utc_now(), new_id=uuid7) as review:
        protocol = review.folder / "protocol.toml"
        if as_json:
            out_json(
                {"review": str(review.folder), "protocol": str(protocol), "title": review.protocol.title}
            )
        else:
            out(clean_line(str(protocol)))
        say(
            f"Made a review in {review.folder}. Write your criteria and reasons into {protocol}, then import."
        )


@click.command("import", short_help="Read files into a review, every record accounted for.")
@click.argument("places", metavar="[DIR] FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--database", metavar="NAME", default="", help="Database, register or site the files came from."
)
@click.option("--kind", type=click.Choice(KINDS), default="database", show_default=True, help="What that is.")
@fact_options
@click.option("--dry-run", is_flag=True, help="Read and report, store nothing.")
@click.option(
    "--decisions", "only", is_flag=True, help="Only take over decisions, for records the review has already."
)
@click.option(
    "--as",
    "verdict",
    type=click.Choice(tuple(VERDICTS)),
    help="The verdict on all records of the files that have none of their own.",
)
@stage_option
@click.option("--emails", is_flag=True, help="Keep reviewers' e-mail addresses whole, not only up to the @.")
@click.option(
    "--map",
    "mapped",
    metavar="COLUMN=FIELD",
    multiple=True,
    help="For tables: what a column holds; repeatable.",
)
@reviewer_option
@json_option
def import_command(
    places: tuple[Path, ...],
    database: str,
    kind: str,
    platform: str | None,
    searched: str | None,
    strategy: Path | None,
    limits: str | None,
    dry_run: bool,
    only: bool,
    verdict: str | None,
    stage: str,
    emails: bool,
    mapped: tuple[str, ...],
    reviewer: str,
    as_json: bool,
) -> int:
    """Read FILEs into the review in DIR: every record in them is accounted for.

    A file is stored as a whole or not at all; one that the review has already is passed over. The content
    decides the format, never the name.

    Decisions that other tools or another review left in a file come along. With --decisions no record is
    imported: the decisions go to records that are here already, by DOI, PMID, or title and year, and what
    matches none is listed. --as says the verdict where a file has none, for the pass given with --stage.
    """
    from tamis.formats import Hint
    from tamis.services.importing import exit_code, import_files
    from tamis.services.taking_over import import_decisions

    folder, files = _folder_and_files(places)
    hint = Hint(verdict=VERDICTS.get(verdict or "", ""), stage=stage, emails=emails)
    columns = _columns(mapped)
    facts = facts_of(platform=platform, searched=searched, strategy=strategy, limits=limits)
    with at_work(folder, reviewer, write=not dry_run, anyone=True) as (review, by):
        shown = progress_line()
        if only:
            accounts = import_decisions(
                review, files, author=by, hint=hint, columns=columns, dry_run=dry_run, progress=shown
            )
        else:
            accounts = import_files(
                review,
                files,
                author=by,
                database=database,
                kind=kind,
                facts=facts,
                hint=hint,
                columns=columns,
                dry_run=dry_run,
                progress=shown,
            )
    clear_progress()
    report(accounts, dry_run=dry_run, as_json=as_json)
    return exit_code(accounts)


def _folder_and_files(places: tuple[Path, ...]) -> tuple[Path, tuple[Path, ...]]:
    """DIR may be left out where the first path is a file."""
    from tamis.errors import UsageError

    if places[0].is_file():
        return Path(), places
    if len(places) == 1:
        raise UsageError(f"tamis import needs files: tamis import {places[0]} FILE...")
    return places[0], places[1:]


def _columns(mapped: tuple[str, ...]) -> dict[str, str]:
    """What --map says: column -> field."""
    from tamis.errors import UsageError

    columns: dict[str, str] = {}
    for text in mapped:
        name, sign, field = text.rpartition("=")
        if not sign or not name.strip() or not field.strip():
            raise UsageError(f"--map needs COLUMN=FIELD, such as --map 'Paper name=title', not {text!r}.")
        columns[name.strip()] = field.strip()
    return columns


def progress_line() -> Callable[[str, int, int], None] | None:
    """Shows how far a long import is, on a terminal only."""
    if not sys.stderr.isatty():
        return None

    def show(name: str, done: int, found: int) -> None:
        far = f"{done:,} of {found:,} records" if found else "counting records"
        click.echo(f"\r{name[:30]}: {far}", nl=False, err=True)

    return show


def clear_progress() -> None:
    """Wipe the line that showed how far the import was."""
    if sys.stderr.isatty():
        click.echo("\r" + " " * 76 + "\r", nl=False, err=True)


def report(
    accounts: list[FileAccount], *, dry_run: bool = False, as_json: bool = False, to_stderr: bool = False
) -> None:
    """The account of each file, on stdout unless it is narration; errors and what was skipped on stderr."""
    if as_json:
        out_json({"files": [account.to_doc() for account in accounts]})
    for account in accounts:
        if account.error:
            say(f"tamis: {account.error}")
        elif account.skipped:
            say(f"tamis: {account.skipped}")
        elif not as_json:
            for line in account_lines(account, dry_run=dry_run):
                (say if to_stderr else out)(line)
        if account.hint:
            say(f"tamis: {account.hint}")


def account_lines(account: FileAccount, *, dry_run: bool) -> list[str]:
    """What became of one file, for people."""
    from tamis.domain.plural import counted
    from tamis.domain.text import clean_line

    stored = "would be imported" if dry_run else "imported"
    head = f"{account.file} ({account.format}, {account.encoding}): {account.found:,} found, "
    head += "none imported" if account.decisions_only else f"{account.imported:,} {stored}"
    if account.problems:
        head += f", {counted(len(account.problems), 'problem')}"
    if account.decisions:
        taken = "would be taken over" if dry_run else "taken over"
        head += f", {counted(account.decisions, 'decision')} {taken}"
    elif account.decisions_only:
        head += ", no new decisions"
    if account.known:
        head += f", {account.known:,} known already"
    if account.unmatched:
        head += f", {len(account.unmatched):,} without a record here"
    lines = [head]
    lines += [
        f"  {_line(record.line)}not taken over: {record.title or 'no title'}: {record.why}"
        for record in account.unmatched
    ]
    for problem in account.problems:
        text = f": {clean_line(problem.text)}" if problem.text else ""
        lines.append(f"  {_line(problem.line)}problem: {clean_line(problem.why)}{text}")
    shown = account.repairs[:REPAIRS_SHOWN]
    lines += [f"  {_line(repair.line)}repaired: {clean_line(repair.what)}" for repair in shown]
    if more := len(account.repairs) - len(shown):
        lines.append(f"  and {counted(more, 'more repair')}, which --json lists")
    return lines


def _line(line: int) -> str:
    return f"line {line}: " if line else ""
