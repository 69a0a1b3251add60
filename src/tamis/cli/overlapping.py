"""`tamis overlap`: which sources found what, alone and together."""

from __future__ import annotations

from pathlib import Path

import click

from tamis.cli.opening import folder_argument, json_option, open_review
from tamis.cli.output import draws_lines, out, out_json, say
from tamis.cli.reporting import WIDTH, terminal_width

FORMATS = ("text", "json", "svg")


@click.command("overlap", short_help="What each source found alone and together with others.")
@folder_argument
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS, case_sensitive=False),
    default=None,
    help="By the file's extension unless given, else text.",
)
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), help="Write to a file instead of stdout."
)
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@json_option
def overlap_command(
    folder: Path, format_: str | None, path: Path | None, ascii_only: bool, as_json: bool
) -> None:
    """Reports of the review in DIR by the sources that found them, once duplicates are linked.

    The plot has a line for each set of sources that found reports together and that no other source found.
    """
    from tamis.domain.ledger import Ledger
    from tamis.services import overlap_plot
    from tamis.services.catalogue import told
    from tamis.services.drawing import to_ascii
    from tamis.services.overlap import overlap

    by_name = path.suffix.lower().removeprefix(".") if path else ""
    format_ = "json" if as_json else format_ or (by_name if by_name in FORMATS else "text")
    with open_review(folder, write=False) as review:
        ledger = Ledger(review.events())
        found = overlap(told(review.sources, ledger), ledger)
        if format_ == "json" and path is None:
            out_json(found)
            return
        if format_ == "json":
            import json

            text = json.dumps(found, indent=2) + "\n"
        elif format_ == "svg":
            text = overlap_plot.svg(found)
        else:
            drawn = overlap_plot.lines(found, WIDTH if path else terminal_width())
            text = "\n".join(drawn or ["No report was found by two sources, or duplicates are not linked."])
            text = to_ascii(text) if ascii_only or not (path or draws_lines()) else text
            text += "\n"
        if path is None:
            out(text.removesuffix("\n"))
            return
        from tamis.services.exporting import must_be_free, write_file

        must_be_free(review, path)
        write_file(path, lambda file: file.write(text.encode()))
    say(f"Wrote the overlap to {path}.")
