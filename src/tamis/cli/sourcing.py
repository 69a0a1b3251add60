"""`tamis source`: what is known of each search, and what PRISMA-S still asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tamis.cli.opening import author, json_option, named_reviewer, open_review, reviewer_option, who
from tamis.cli.output import out, out_json, say
from tamis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.domain.record import Source

KINDS = ("database", "register", "website", "organisation", "citation", "other")


def fact_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--platform, --date, --strategy and --limits: what PRISMA-S asks of a search."""
    for option in (
        click.option("--limits", metavar="TEXT", help="Limits and filters of the search, such as years."),
        click.option(
            "--strategy",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="A text file: the search as run.",
        ),
        click.option("--date", "searched", metavar="YYYY-MM-DD", help="The day of the search."),
        click.option("--platform", metavar="NAME", help="Where it was searched, such as Ovid."),
    ):
        function = option(function)
    return function


def facts_of(*, strategy: Path | None, **given: str | None) -> dict[str, str]:
    """Facts out of options; those that were not given are left out, an empty strategy file name is none.

    Raises:
        UsageError: a fact that cannot be.
        FormatError: the strategy's file cannot be read.
    """
    facts = {name: text for name, text in given.items() if text is not None}
    if strategy is None and not facts:
        return {}
    from tamis.services.sourcing import checked, read_strategy

    if strategy is not None:
        facts["strategy"] = read_strategy(strategy) if str(strategy) not in ("", ".") else ""
    return checked(facts)


@click.command("source", short_help="What is known of each search; give what PRISMA-S asks for.")
@click.argument("place", metavar="[DIR] [NAME]", nargs=-1)
@click.option("--database", metavar="NAME", help="Name of the database, register or site.")
@click.option("--kind", type=click.Choice(KINDS), help="What that is.")
@fact_options
@reviewer_option
@json_option
def source_command(
    place: tuple[str, ...],
    database: str | None,
    kind: str | None,
    platform: str | None,
    searched: str | None,
    strategy: Path | None,
    limits: str | None,
    reviewer: str,
    as_json: bool,
) -> None:
    """List the sources of the review in DIR, or say more of the one called NAME.

    NAME is that of a database or a file; all files of that name are meant. An empty text takes a fact away.
    The file itself and its records stay as they are, and the audit trail keeps what was said before.
    """
    from tamis.domain.ledger import Ledger
    from tamis.services.catalogue import told
    from tamis.services.sourcing import named, tell

    facts = facts_of(
        database=database,
        kind=kind,
        platform=platform,
        searched=searched,
        strategy=strategy,
        limits=limits,
    )
    folder, name = _place(place, bool(facts))
    with open_review(folder, write=bool(facts), reviewer=named_reviewer(reviewer)) as review:
        ledger = Ledger(review.events())
        meant = named(review, ledger, name) if name else told(review.sources, ledger)
        if facts:
            by = author(who(review, reviewer, anyone=True))
            written = tell(review, ledger, by, meant, facts)
            prefixes = {source.prefix for source in meant}
            meant = tuple(s for s in told(review.sources, ledger) if s.prefix in prefixes)
            if not written:
                say("Nothing was written: all of this is known already.")
        if as_json:
            out_json({"sources": [_doc(source) for source in meant]})
            return
        for source in meant:
            for line in _lines(source):
                out(line)


def _place(place: tuple[str, ...], telling: bool) -> tuple[Path, str]:
    """DIR and NAME; of a single word, NAME when facts are given, else DIR."""
    if len(place) > 2 or (telling and not place):
        raise UsageError("tamis source takes a folder and the name of one source: tamis source DIR NAME.")
    if len(place) == 2:
        return Path(place[0]), place[1]
    if telling:
        return Path(), place[0]
    return Path(place[0] if place else "."), ""


def _doc(source: Source) -> dict[str, Any]:
    from tamis.domain.record import SOURCE_FACTS
    from tamis.services.prisma_s import missing

    facts = {name: getattr(source, name) for name in SOURCE_FACTS}
    return {
        "name": source.name,
        "file": source.file,
        "prefix": source.prefix,
        **facts,
        "missing": list(missing(source)),
    }


def _lines(source: Source) -> list[str]:
    from tamis.domain.plural import counted
    from tamis.domain.text import clean_line
    from tamis.services.prisma_s import FACT_WORDS, missing

    records = counted(source.imported, "record")
    lines = [clean_line(f"{source.name} ({source.kind}, {source.file}, {records})")]
    told = {name: getattr(source, name) for name in ("platform", "searched", "limits")}
    lines += [clean_line(f"{FACT_WORDS[name]}: {text}") for name, text in told.items() if text]
    if source.strategy:
        lines.append("search strategy:")
        lines += [f"  {clean_line(line)}" for line in source.strategy.split("\n")]
    if lacking := missing(source):
        lines.append(f"missing for PRISMA-S: {', '.join(FACT_WORDS[name] for name in lacking)}")
    return [lines[0], *(f"  {line}" for line in lines[1:])]
