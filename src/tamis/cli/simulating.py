"""`tamis simulate`: how soon the order by relevance would have found what was included."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamis.cli.making import clear_progress
from tamis.cli.opening import STAGES, json_option, open_review
from tamis.cli.output import draws_lines, out, out_json, say
from tamis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.services.simulating import Labelled, Replay

_HEIGHT = 14


def _priors(_context: click.Context, _option: click.Parameter, value: str) -> tuple[int, int]:
    parts = value.split(",")
    if len(parts) != 2 or not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise click.BadParameter("two numbers are needed, of relevant and of irrelevant records, such as 1,1")
    return int(parts[0]), int(parts[1])


@click.command("simulate", short_help="Replay a finished screening in the order by relevance.")
@click.argument("path", metavar="[FILE|DIR]", type=click.Path(path_type=Path), default=".")
@click.option("--seeds", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many replays.")
@click.option(
    "--priors",
    metavar="R,I",
    default="1,1",
    show_default=True,
    callback=_priors,
    help="How many relevant and irrelevant records are known beforehand; each seed draws its own.",
)
@click.option(
    "--stage", type=click.Choice(STAGES), help="Whose decisions are the labels; else the last of each record."
)
@click.option(
    "--stop",
    "rules",
    metavar="RULE",
    multiple=True,
    help="Where this rule would have stopped: consecutive:N, share:X, callaghan:TARGET,RISK or "
    "callaghan-sample:TARGET,RISK[,N].",
)
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw the curve to this file.")
@click.option("--force", is_flag=True, help="Replace the file when it is there.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@json_option
def simulate_command(
    path: Path,
    seeds: int,
    priors: tuple[int, int],
    stage: str | None,
    rules: tuple[str, ...],
    svg: Path | None,
    force: bool,
    ascii_only: bool,
    as_json: bool,
) -> None:
    """Replay a labelled FILE, or the review in DIR, and say how good the order by relevance is.

    One record is shown at a time, its label is learnt, and the rest is put in order anew, until all relevant
    records are found. Of a review the decisions on title and abstract count, unless --stage says otherwise.
    Nothing is written but the file named with --svg.
    """
    from tamis.domain.stopping_rules import rule
    from tamis.services import ranking, simulating, stopping_replay
    from tamis.services.charts import svg_curve

    for text in rules:
        rule(text)  # refused before hours of replays
    ranking.require()
    if svg is not None and svg.exists() and not force:
        raise UsageError(f"{svg} is there already. Name another place, or replace it with --force.")
    labelled = _read(path, stage or "", svg)
    known = [simulating.priors(labelled.labels, seed, *priors) for seed in range(1, seeds + 1)]

    from tamis.services.ranking.features import Features
    from tamis.services.ranking.ranker import Ranker

    ranker = Ranker(Features.build(labelled.texts))
    watched = sys.stderr.isatty()
    if watched:
        say(f"{len(labelled.labels):,} records are replayed with --seeds {seeds}, one replay after another.")
    replays = [
        simulating.replay(
            ranker, labelled.labels, rows, seed=seed, progress=_progress(seed, seeds) if watched else None
        )
        for seed, rows in enumerate(known, 1)
    ]
    clear_progress()
    stops = [
        stopping_replay.to_doc(text, stopping_replay.apply(text, labelled.labels, replays)) for text in rules
    ]
    if as_json:
        out_json(simulating.to_doc(labelled, replays) | ({"stops": stops} if stops else {}))
    else:
        _tell(labelled, replays, ascii_only=ascii_only or not draws_lines())
        for line in ("", *stopping_replay.table(stops)) if stops else ():
            out(line)
    if svg is not None:
        from tamis.domain.plural import counted
        from tamis.services.exporting import write_text

        points = simulating.discovery(replays)
        x_label = f"screened (mean of {counted(len(replays), 'replay')}; dots: by chance)"
        title = f"Replay of {labelled.name}"
        write_text(svg, svg_curve(points, title=title, x_label=x_label, dotted=_chance(points)))
        say(f"Wrote the curve to {svg}.")


def _progress(seed: int, seeds: int) -> Callable[[int, int], None]:
    def show(found: int, of: int) -> None:
        line = f"Replay {seed} of {seeds}: {found:,} of {of:,} relevant records found"
        click.echo(f"\r{line:76}", nl=False, err=True)

    return show


def _read(path: Path, stage: str, svg: Path | None) -> Labelled:
    from tamis.services.exporting import must_be_free
    from tamis.services.simulating import labelled_file, labelled_review

    if not path.is_dir():
        if svg is not None and svg.exists() and path.exists() and svg.samefile(path):
            raise UsageError(f"{svg} is the labelled file itself. Name another place for the curve.")
        return labelled_file(path, stage)
    with open_review(path, write=False) as review:
        if svg is not None:
            must_be_free(review, svg)
        return labelled_review(review, stage)


def _chance(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """What an order by chance would find."""
    return [(0.0, 0.0), points[-1]]


def _tell(labelled: Labelled, replays: list[Replay], *, ascii_only: bool) -> None:
    from tamis.cli.reporting import terminal_width
    from tamis.domain.plural import counted
    from tamis.services.charts import curve
    from tamis.services.simulating import MEASURES, averages, discovery

    records = counted(len(labelled.labels), "labelled record")
    out(f"{labelled.name}: {records}, {labelled.relevant:,} relevant.")
    for note in labelled.notes:
        out(note)
    known = counted(len(replays[0].priors), "record")
    out(f"{counted(len(replays), 'replay')}, {known} known beforehand; what follows is of all others.")
    out("")
    mean, every = averages(replays), [one.measured() for one in replays]
    out(f"{'':12}{'mean':>8}{'least':>8}{'most':>8}")
    for name in MEASURES:
        of = (mean[name], min(one[name] for one in every), max(one[name] for one in every))
        out(f"{name:12}" + "".join(f"{value:8.1f}" if name == "atd" else f"{value:8.3f}" for value in of))
    out("")
    points = discovery(replays)
    for line in curve(points, min(terminal_width(), 100), _HEIGHT, ascii_only, dotted=_chance(points)):
        out(line)
