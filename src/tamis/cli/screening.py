"""`tamis screen`: the app, or the same session line by line."""

from __future__ import annotations

import gc
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamis.cli.clock import utc_now, uuid7
from tamis.cli.opening import author, named_reviewer, open_review, reviewer_option, stage_option, who
from tamis.cli.output import say
from tamis.domain.events import Order
from tamis.domain.protocol import MOST_AGAIN
from tamis.errors import LockedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.store.review import Review

ORDERS = [order.value for order in Order]


@click.command("screen", short_help="Screen, one key per record.")
@click.argument("places", metavar="[DIR | FILE...]", nargs=-1, type=click.Path(path_type=Path))
@stage_option
@reviewer_option
@click.option("--plain", is_flag=True, help="Line by line, for screen readers and simple terminals.")
@click.option("--order", type=click.Choice(ORDERS), help="Show the records in this order; it is kept.")
@click.option(
    "--again",
    metavar="SHARE",
    type=click.FloatRange(0, MOST_AGAIN),
    help="After this share of your decisions show an earlier record again, unmarked; 0.02 is one in fifty. "
    "Without it: what [quality] in protocol.toml says, or none.",
)
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
def screen_command(
    places: tuple[Path, ...],
    stage: str,
    reviewer: str,
    plain: bool,
    no_mouse: bool,
    order: str | None,
    again: float | None,
) -> int:
    """Screen the review in DIR, one key per record; given FILEs, a review is made of them first."""
    need_terminal(plain=plain)
    name = named_reviewer(reviewer)
    review = _review_of_files(places, name) if _are_files(places) else open_or_read(_folder(places), name)
    with review:
        by = who(review, name)
        mouse = not no_mouse
        return run_screen(review, by, stage=stage, plain=plain, mouse=mouse, order=order, again=again)


def run_screen(
    review: Review,
    by: str,
    *,
    stage: str,
    plain: bool,
    mouse: bool,
    order: str | None = None,
    again: float | None = None,
) -> int:
    """Hand over to the app or to the plain mode; the only place that imports either."""
    chosen = Order(order) if order else None
    if plain:
        from tamis.tui.plain import run as run_plain

        gc.enable()  # put off in tamis.__main__; the app does this when it shows its first record
        return int(run_plain(review=review, author=author(by), stage=stage, order=chosen, again=again))
    from tamis.tui.app import run

    by_whom = author(by)
    return int(run(review=review, author=by_whom, stage=stage, mouse=mouse, order=chosen, again=again))


def need_terminal(*, plain: bool) -> None:
    """Refuse to start the app where nobody would see it.

    Raises:
        UsageError: stdin or stdout is no terminal.
    """
    if not plain and not is_terminal():
        raise UsageError(
            "tamis screen needs a terminal. Use --plain to screen line by line, or `tamis decide`."
        )


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_or_read(folder: Path, name: str) -> Review:
    """Open for screening; for reading only, with a notice, where someone else writes."""
    try:
        return open_review(folder, write=True, reviewer=name)
    except LockedError as error:
        review = open_review(folder, write=False, reviewer=name)
        say(f"tamis: {error} Opened for reading only.")
        return review


def _folder(places: Sequence[Path]) -> Path:
    return places[0] if places else Path()


def _are_files(places: Sequence[Path]) -> bool:
    for path in places:
        if not path.exists():
            raise UsageError(f"There is no file or folder {path}. Check its name.")
    files = [path for path in places if not path.is_dir()]
    if (files and len(files) < len(places)) or (not files and len(places) > 1):
        raise UsageError("Name one review folder, or files to make a review of.")
    return bool(files)


def _review_of_files(files: Sequence[Path], name: str) -> Review:
    """The review made of files, in a folder named after the first one in the current folder."""
    from tamis.domain.text import clean_line, slug
    from tamis.services.importing import checksum, import_files, probe
    from tamis.store.review import Review

    probe(files[0])
    folder = Path(f"{slug(files[0].stem)}-review")
    by = name or _login()
    if (folder / "review.json").exists():
        review = open_or_read(folder, name)
        if all(source.sha256 != checksum(files[0]) for source in review.sources):
            review.close()
            raise UsageError(
                f"{folder} holds another review. Import the file into it with `tamis import {folder} "
                f"{files[0]}`, or make a folder of your own with `tamis init`."
            )
    else:
        title = clean_line(files[0].stem) or "Untitled review"
        review = Review.create(folder, title=title, reviewer=by, now=utc_now(), new_id=uuid7)
        say(f"Made the review folder {folder}; open it again with `tamis screen {folder}`.")
    if review.writable:
        from tamis.cli.making import report

        report([a for a in import_files(review, files, author=author(by)) if not a.skipped], to_stderr=True)
    return review


def _login() -> str:
    from tamis.domain.text import clean_line

    try:
        return clean_line(getpass.getuser()) or "reviewer"
    except (OSError, KeyError):
        return "reviewer"
