"""`tamis attach`: the files of reports, one by one or a folder of them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tamis.cli.deciding import find_record
from tamis.cli.making import clear_progress
from tamis.cli.opening import at_work, json_option, open_review, reviewer_option
from tamis.cli.output import out, out_json, say
from tamis.domain.plural import counted, form
from tamis.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tamis.domain.ledger import Ledger
    from tamis.services.acting import Actor
    from tamis.services.attaching import Attached
    from tamis.services.fulltexts import FileMatch
    from tamis.store.review import Review

_HEADS = {
    "matched": "Of a report",
    "moved": "Attached before, from where they are no longer",
    "unsure": "Could be of a report, not attached",
    "unmatched": "Of no report that is sought",
    "unreadable": "Could not be read",
    "outside": "Links out of the folder, not followed",
    "known": "Attached already",
}
_WIDTH = 100


@click.command("attach", short_help="Attach files, such as full texts, to records.")
@click.argument("places", metavar="[DIR] RECORD FILE", nargs=-1)
@click.option("--copy", is_flag=True, help="Copy files into the review folder and refer to the copies.")
@click.option(
    "--folder",
    "pdfs",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Match the files in a folder with the reports sought.",
)
@click.option("--all", "every", is_flag=True, help="With --folder: with any record, not only reports sought.")
@click.option("--yes", is_flag=True, help="With --folder: attach what matches without asking.")
@click.option("--dry-run", is_flag=True, help="With --folder: only show what matches.")
@click.option("--list", "listing", is_flag=True, help="List the files of all records, or of RECORD.")
@click.option("--remove", is_flag=True, help="Take FILE, or all files, away from RECORD; nothing is deleted.")
@reviewer_option
@json_option
def attach_command(
    places: tuple[str, ...],
    copy: bool,
    pdfs: Path | None,
    every: bool,
    yes: bool,
    dry_run: bool,
    listing: bool,
    remove: bool,
    reviewer: str,
    as_json: bool,
) -> int | None:
    """Attach FILE to RECORD, which is named by its id, or by a DOI or PMID that only one record has.

    The file stays where it is; the review remembers its place and its checksum, and `tamis check` compares.

    With --folder, files (PDF, HTML, DOCX, EPUB, text) are matched by record id, DOI, PMID, PMCID or title in
    their names and, if tamis is installed with its extra `pdf`, on the first pages of PDFs. You see the
    matches and confirm them. What could be of several reports is listed and left alone, and so are PDFs whose
    first page contradicts the name, if the extra is there. Links out of the folder are not followed.
    """
    if sum((pdfs is not None, listing, remove)) > 1:
        raise UsageError("Give only one of --folder, --list and --remove.")
    if pdfs is None and (every or yes or dry_run):
        raise UsageError("--all, --yes and --dry-run go with --folder.")
    if copy and (listing or remove):
        raise UsageError("--copy goes with a file or with --folder.")
    if pdfs is not None:
        return _folder(
            places, pdfs, reviewer, copy=copy, every=every, yes=yes, dry_run=dry_run, as_json=as_json
        )
    if listing:
        _list(places, as_json=as_json)
    elif remove:
        _remove(places, reviewer, as_json=as_json)
    else:
        _one(places, reviewer, copy=copy, as_json=as_json)
    return None


def _split(places: Sequence[str], most: int, least: int, example: str) -> tuple[Path, list[str]]:
    """DIR, and what follows it; DIR may be left out where the first word is no folder."""
    rest = list(places)
    named = bool(rest) and (len(rest) > most or Path(rest[0]).is_dir())
    folder = Path(rest.pop(0)) if named else Path()
    if not least <= len(rest) <= most:
        raise UsageError(f"Write it like this: {example}.")
    return folder, rest


@contextmanager
def _actor_in(folder: Path, reviewer: str, *, write: bool = True) -> Iterator[Actor]:
    from tamis.services.acting import Actor

    with at_work(folder, reviewer, write=write, anyone=True) as (review, by):
        yield Actor(review, by, stage=review.protocol.stages[0])


def _one(places: Sequence[str], reviewer: str, *, copy: bool, as_json: bool) -> None:
    from tamis.domain.text import clean_line
    from tamis.services.attaching import attach

    folder, (wanted, file) = _split(places, 2, 2, "tamis attach DIR 4f217e-12 smith2020.pdf")
    with _actor_in(folder, reviewer) as actor:
        change = attach(actor, find_record(actor.review, wanted), Path(file), copy=copy)
        if as_json:
            out_json(change.event.to_doc())
        else:
            out(clean_line(f"{change.record_id} {change.words}"))


def _remove(places: Sequence[str], reviewer: str, *, as_json: bool) -> None:
    from tamis.domain.text import clean_line
    from tamis.services.attaching import detach

    folder, (wanted, *file) = _split(places, 2, 1, "tamis attach DIR --remove 4f217e-12 smith2020.pdf")
    with _actor_in(folder, reviewer) as actor:
        changes = detach(actor, find_record(actor.review, wanted), *file)
        if as_json:
            out_json({"removed": [change.event.to_doc() for change in changes]})
        else:
            for change in changes:
                out(clean_line(f"{change.record_id} {change.words}"))


def _list(places: Sequence[str], *, as_json: bool) -> None:
    from tamis.domain.ledger import Ledger
    from tamis.services.attaching import all_attached, attached

    folder, record = _split(places, 1, 0, "tamis attach DIR --list")
    with open_review(folder, write=False) as review:
        ledger = Ledger(review.events())
        one = find_record(review, record[0]) if record else ""
        files = attached(review, ledger, one) if one else all_attached(review, ledger)
        if as_json:
            out_json({"files": [_file_doc(ledger, file) for file in files]})
            return
        for file in files:
            there = "" if file.path and file.path.is_file() else "  (not there)"
            out(f"{ledger.stands_for(file.record)}  {file.told}{there}")
        if not files:
            say("tamis: no files are attached.")


def _file_doc(ledger: Ledger, file: Attached) -> dict[str, Any]:
    return {
        "record": ledger.stands_for(file.record),
        "file": file.where,
        "name": file.name,
        "sha256": file.mark.sha256,
        "bytes": file.mark.size,
        "there": bool(file.path and file.path.is_file()),
        "by": file.event.by,
        "at": file.event.at,
    }


def _folder(
    places: Sequence[str],
    pdfs: Path,
    reviewer: str,
    *,
    copy: bool,
    every: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    from tamis.services.attaching import attach_all

    folder, _ = _split(places, 0, 0, "tamis attach DIR --folder pdfs")
    asks = not (yes or dry_run)
    if asks and (as_json or not sys.stdin.isatty()):
        raise UsageError(
            "Nobody can confirm the matches here: give --yes to attach them, or --dry-run to look."
        )
    with _actor_in(folder, reviewer, write=not dry_run) as actor:
        matches = _matches(actor.review, actor.ledger, pdfs, every=every)
        ready = [match for match in matches if match.ready]
        if not as_json:
            _tell(actor.review, actor.ledger, matches)
        agreed = bool(ready) and not dry_run and (yes or click.confirm(_question(len(ready)), err=True))
        files = [(match.record, match.path, match.mark) for match in ready if match.mark]
        saved = attach_all(actor, files, copy=copy) if agreed else ()
    unread = sum(match.status == "unreadable" for match in matches)
    if as_json:
        docs = [match.to_doc() for match in matches]
        out_json({"files": docs, "matched": len(ready), "attached": len(ready) if saved else 0})
    elif saved:
        out(f"{counted(len(ready), 'file')} attached.")
    else:
        say("tamis: nothing was attached." + (" This was a rehearsal." if dry_run else ""))
    return ExitCode.ATTENTION if unread else ExitCode.OK


def _matches(review: Review, ledger: Ledger, pdfs: Path, *, every: bool) -> list[FileMatch]:
    from tamis.formats import pdf
    from tamis.services.fulltexts import find

    with pdf.Heads() as heads:
        head = heads.read if pdf.available() else None
        found = find(
            review,
            ledger,
            pdfs,
            every=every,
            head=head,
            progress=_show_progress if sys.stderr.isatty() else None,
        )
    clear_progress()
    return found


def _show_progress(done: int, total: int) -> None:
    click.echo(f"\r{done / 1e6:,.1f} of {total / 1e6:,.1f} MB read", nl=False, err=True)


def _question(n: int) -> str:
    return f"Attach {form(n, 'this file', f'these {n:,} files')}?"


def _tell(review: Review, ledger: Ledger, matches: Sequence[FileMatch]) -> None:
    from tamis.domain.text import clean_line

    for status, head in _HEADS.items():
        group = [match for match in matches if match.status == status]
        if not group:
            continue
        out(f"{head}: {counted(len(group), 'file')}")
        for match in group:
            out(f"  {clean_line(match.path.name)[:_WIDTH]}")
            if match.status == "known":
                continue
            if match.record:
                out(f"    {match.record}  {_title(review, ledger, match.record)}")
            if match.could_be:
                for record in match.could_be[:3]:
                    out(f"    {record}?  {_title(review, ledger, record)}")
                if len(match.could_be) > 3:
                    out(f"    and {len(match.could_be) - 3:,} more")
            out(f"    ({clean_line(match.why)})")
    if not matches:
        say("tamis: there are no files for full texts in this folder.")


def _title(review: Review, ledger: Ledger, record: str) -> str:
    from tamis.domain.text import clean_line
    from tamis.services.catalogue import record_at

    title = record_at(review, ledger, review.records.position(record)).title
    return clean_line(title)[: _WIDTH - 14] or "(no title)"
