"""`tamis demo`: the whole job on the made-up sample data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamis.cli.making import report
from tamis.cli.opening import author, named_reviewer
from tamis.cli.output import draws_lines, out, say
from tamis.cli.reporting import terminal_width
from tamis.cli.screening import is_terminal, run_screen

if TYPE_CHECKING:
    from tamis.services.importing import FileAccount
    from tamis.store.review import Review


@click.command("demo", short_help="The whole job on a made-up search, to try tamis.")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default="tamis-demo")
def demo_command(folder: Path) -> int:
    """Make a review of the made-up sample data and open it.

    Where stdout is no terminal, the whole job is done instead: import, decide, summary, export.
    """
    from tamis.services.demo import demo_review

    review, accounts = demo_review(folder, author(named_reviewer("")))
    with review:
        if is_terminal():
            say(
                f"The demo review is in {folder}, all of it invented; `tamis screen {folder}` opens it again."
            )
            by = next((by for _, by, _ in review.protocols()), "Demo")
            return run_screen(review, by, stage="title-abstract", plain=False, mouse=True)
        _whole_job(review, accounts)
    return 0


def _whole_job(review: Review, accounts: list[FileAccount]) -> None:
    from tamis.domain.plural import counted
    from tamis.domain.text import clean_line
    from tamis.services.demo import decide_all
    from tamis.services.exporting import export, write_text
    from tamis.services.reporting import Look, as_text, counts, prisma_csv
    from tamis.services.screening import Session

    by = next((by for _, by, _ in review.protocols()), "Demo")
    session = Session(review, author(by))
    report(accounts)
    done = decide_all(session)
    out(f"{counted(done, 'sample decision')} applied, each by {clean_line(by)} and each on disk.")
    out("")
    look = Look(width=terminal_width(), ascii_only=not draws_lines())
    out(as_text(review, session.ledger, look))
    export(review, session.ledger, review.folder / "included.ris", only="included")
    write_text(review.folder / "prisma.csv", prisma_csv(counts(review, session.ledger)))
    out("Where things are:")
    for name, what in (
        ("included.ris", "the included records with decisions, for Zotero, EndNote or the next tool"),
        ("prisma.csv", "the counts for the PRISMA2020 R package"),
        ("protocol.toml", "criteria and reasons, to be edited"),
        ("review.json", "the review itself: an ordinary TinyDB file"),
        ("sources", "the imported files, byte for byte"),
    ):
        out(f"  {clean_line(str(review.folder / name))}  {what}")
    out(f"Screen it: tamis screen {clean_line(str(review.folder))}")
