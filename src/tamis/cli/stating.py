"""Facts about reports from a script: retrieval, study, removal, who stands, the previous review."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tamis.cli.deciding import find_record
from tamis.cli.opening import folder_argument, json_option, reviewer_option, session_in
from tamis.cli.output import out, out_json, say
from tamis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tamis.services.screening import Session
    from tamis.services.views import Change


NO_PREVIOUS = "This review updates none that has been named."


def records_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """[DIR] RECORD..., the review folder and records in it."""
    return click.argument("place", metavar="[DIR] RECORD...", nargs=-1, required=True)(function)


@click.command("retrieve", short_help="Say that reports were retrieved, or could not be.")
@records_argument
@click.option("--not", "missing", is_flag=True, help="They could not be had.")
@reviewer_option
@json_option
def retrieve_command(place: tuple[str, ...], missing: bool, reviewer: str, as_json: bool) -> None:
    """Say that the reports of the RECORDs could be had; with --not, that they could not.

    Only reports that are sought, because they were included on title and abstract, and of which no full
    text has been decided can be missing.
    """
    from tamis.services.facts import say_retrieved

    with session_on(place, reviewer) as (session, records):
        tell(say_retrieved(session, records, retrieved=not missing), as_json=as_json)


@click.command("link-study", short_help="Say which study reports are of.")
@records_argument
@click.option("--study", metavar="NAME", default="", help="The study they are reports of.")
@click.option(
    "--previous/--new",
    default=None,
    help="Whether the review that is updated has the study already. Without it: as it stands.",
)
@click.option("--none", "no_study", is_flag=True, help="They are of no study that has a name.")
@reviewer_option
@json_option
def link_study_command(
    place: tuple[str, ...],
    study: str,
    previous: bool | None,
    no_study: bool,
    reviewer: str,
    as_json: bool,
) -> None:
    """Say that the RECORDs are reports of one study.

    Included reports that name the same study count as one study; one without a name is a study of its own.
    """
    from tamis.services.facts import link_study

    if no_study == bool(study.strip()):
        raise UsageError("Give --study NAME, or --none to take the study away, and not both.")
    with session_on(place, reviewer) as (session, records):
        tell(link_study(session, records, study, previous=previous), as_json=as_json)


@click.command("remove", short_help="Take records out before screening, or put them back.")
@records_argument
@click.option("--how", type=click.Choice(("automation", "other")), help="Where PRISMA counts them.")
@click.option("--why", metavar="TEXT", default="", help="The rule or the reason; the summary names it.")
@click.option("--back", is_flag=True, help="Put them back.")
@reviewer_option
@json_option
def remove_command(
    place: tuple[str, ...], how: str | None, why: str, back: bool, reviewer: str, as_json: bool
) -> None:
    """Take the RECORDs out before screening, with all duplicates of each; nothing is deleted.

    Duplicates are not removed but linked: see `tamis dedupe`.
    """
    from tamis.domain.events import Removal
    from tamis.services import facts

    if back == bool(how or why):
        raise UsageError("Give --how and --why, or --back alone to put records back.")
    if not back and not (how and why.strip()):
        raise UsageError("Give both --how and --why: the summary names the reason.")
    with session_on(place, reviewer) as (session, records):
        changes = (
            facts.put_back(session, records)
            if back
            else facts.remove(session, records, Removal(how or ""), why)
        )
        tell(changes, as_json=as_json)


@click.command("stands", short_help="Choose which record stands for its duplicates.")
@records_argument
@reviewer_option
@json_option
def stands_command(place: tuple[str, ...], reviewer: str, as_json: bool) -> None:
    """Let RECORD stand for its duplicates: it is the one that is screened and counted."""
    from tamis.services.facts import stand_for

    with session_on(place, reviewer) as (session, records):
        if len(records) != 1:
            raise UsageError("One record stands for its duplicates: name one.")
        tell([stand_for(session, records[0])], as_json=as_json)


@click.command("previous", short_help="The numbers of the review that this one updates.")
@folder_argument
@click.option("--studies", type=click.IntRange(min=0), metavar="N", help="Studies it included.")
@click.option("--reports", type=click.IntRange(min=0), metavar="N", help="Reports of them.")
@click.option(
    "--from",
    "origin",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Read both out of its tamis review, with what that one updated.",
)
@click.option("--none", "no_previous", is_flag=True, help="This review updates none.")
@reviewer_option
@json_option
def previous_command(
    folder: Path,
    studies: int | None,
    reports: int | None,
    origin: Path | None,
    no_previous: bool,
    reviewer: str,
    as_json: bool,
) -> None:
    """Say what the review that the one in DIR updates had included; without options, show what stands.

    A number that is not known can be left out; the total that needs it is then not given.
    """
    from tamis.domain.text import clean_line
    from tamis.services import updating
    from tamis.services.wording import action_words

    given = studies is not None or reports is not None
    if given + (origin is not None) + no_previous > 1:
        raise UsageError("Give numbers, or --from FOLDER, or --none.")
    writing = given or origin is not None or no_previous
    with session_in(folder, reviewer, write=writing) as session:
        notes: Sequence[str] = ()
        changes: list[Change] = []
        if no_previous:
            changes = [change] if (change := updating.say_no_previous(session)) else []
        elif writing:
            totals = (
                updating.Totals(studies, reports) if origin is None else updating.totals_of(origin, folder)
            )
            changes = [updating.say_previous(session, totals)]
            notes = totals.notes
        stands = updating.standing(session.ledger)
        for note in (*notes, *stands.notes):
            say(note)
        if as_json:
            numbers = {"studies": stands.studies, "reports": stands.reports}
            out_json({"previous": numbers, "events": [c.event.to_doc() for c in changes]})
        else:
            out(clean_line(action_words(said, ())) if (said := session.ledger.previous) else NO_PREVIOUS)


@contextmanager
def session_on(place: Sequence[str], reviewer: str) -> Iterator[tuple[Session, list[str]]]:
    """A session, and the ids of records of its review.

    Args:
        place: a folder or none, then records by id, DOI or PMID.
        reviewer: what --reviewer says.

    Raises:
        UsageError: no such review or record, or none is named.
    """
    folder, wanted = (Path(place[0]), place[1:]) if Path(place[0]).is_dir() else (Path(), place)
    if not wanted:
        raise UsageError(f"Name a record of the review in {folder}, by its id, DOI or PMID.")
    with session_in(folder, reviewer) as session:
        yield session, [find_record(session.review, record) for record in wanted]


def tell(changes: Sequence[Change], *, as_json: bool) -> None:
    """Report what changed: a line for each record, or one JSON object."""
    from tamis.domain.text import clean_line

    if as_json:
        out_json({"events": [change.event.to_doc() for change in changes]})
        return
    for change in changes:
        out(clean_line(f"{change.record_id} {change.words}"))
    if not changes:
        say("Nothing was written: that stands already.")
