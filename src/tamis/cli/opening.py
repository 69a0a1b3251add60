"""What most commands share: the review folder, and who is at work."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tamis.cli.clock import utc_now, uuid7
from tamis.cli.output import say
from tamis.errors import TamisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tamis.domain.events import Author
    from tamis.services.screening import Session
    from tamis.store.review import Review

ENV_REVIEWER = "TAMIS_REVIEWER"
STAGES = ("title-abstract", "full-text")


def folder_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """DIR, the review folder."""
    return click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=".")(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")(function)


def reviewer_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--reviewer NAME."""
    return click.option(
        "--reviewer",
        metavar="NAME",
        default="",
        help=f"Who is at work; {ENV_REVIEWER} in the environment also says it.",
    )(function)


def stage_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--stage."""
    return click.option(
        "--stage", type=click.Choice(STAGES), default=STAGES[0], show_default=True, help="Which pass."
    )(function)


def open_review(folder: Path, *, write: bool, reviewer: str = "") -> Review:
    """Open the review in a folder, telling what was put right."""
    from tamis.store.review import Review

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a review folder. Name the folder.")
    review = Review.open(folder, write=write, reviewer=reviewer or likely_reviewer(folder), now=utc_now())
    for repair in review.repairs:
        say(f"tamis: {repair}")
    return review


@contextmanager
def at_work(
    folder: Path, reviewer: str, *, write: bool = True, anyone: bool | None = None
) -> Iterator[tuple[Review, Author]]:
    """The review in a folder, and the author of what is written to it.

    Args:
        folder: of the review.
        reviewer: what --reviewer says.
        write: whether it is opened for writing.
        anyone: as for `who`; unless given, where nothing is written.

    Raises:
        UsageError: there is no such folder, or nobody is known to be at work.
    """
    with open_review(folder, write=write, reviewer=named_reviewer(reviewer)) as review:
        yield review, author(who(review, reviewer, anyone=not write if anyone is None else anyone))


@contextmanager
def session_in(
    folder: Path,
    reviewer: str,
    *,
    write: bool = True,
    anyone: bool | None = None,
    stage: str = STAGES[0],
) -> Iterator[Session]:
    """A session on the review in a folder; the arguments are those of `at_work`, and the pass."""
    from tamis.services.screening import Session

    with at_work(folder, reviewer, write=write, anyone=anyone) as (review, by):
        yield Session(review, by, stage=stage)


def named_reviewer(given: str) -> str:
    """The reviewer named with --reviewer or in the environment, clean; "" when none is."""
    from tamis.domain.text import clean_line

    name = clean_line(given or os.environ.get(ENV_REVIEWER, ""))
    if given and not name:
        raise UsageError("--reviewer needs a name, such as --reviewer Ann.")
    return name


def likely_reviewer(folder: Path) -> str:
    """Who most likely opens the review: for the lock that others read, never for a decision."""
    from tamis.domain.protocol import Protocol

    if name := named_reviewer(""):
        return name
    try:
        text = (folder / "protocol.toml").read_text(encoding="utf-8-sig")
        return next(iter(Protocol.from_toml(text, "").reviewers), "")
    except (OSError, ValueError, TamisError):
        return ""  # opening the review says what is wrong with it


def who(review: Review, given: str, *, anyone: bool = False) -> str:
    """Who is at work: named, or the only one there can be.

    Args:
        review: an open review.
        given: what --reviewer says.
        anyone: whether the one who made the review will do, where several screen.

    Raises:
        UsageError: several could be meant, or nobody is known.
    """
    if name := named_reviewer(given):
        from tamis.services.reviewers import namesake

        if remark := namesake(review, name):
            say(remark)
        return name
    known = review.protocol.reviewers
    if len(known) == 1:
        return known[0]
    maker = next((by for _, by, _ in review.protocols()), "")
    if maker and (anyone or not known):
        return maker
    if known and anyone:
        return known[0]
    among = f", one of: {', '.join(known)}" if known else ""
    raise UsageError(f"Who is screening? Give --reviewer NAME{among}.")


def author(by: str) -> Author:
    """The author of events, with the real clock and ids."""
    from tamis.domain.events import Author

    return Author(by, utc_now, uuid7)
