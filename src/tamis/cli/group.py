"""The group of all commands; a command's module is loaded when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from tamis import __version__
from tamis.cli.failing import EXIT_CODES, ReaderGoneError, guarded
from tamis.cli.output import prepare_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "init": "tamis.cli.making",
    "import": "tamis.cli.making",
    "source": "tamis.cli.sourcing",
    "dedupe": "tamis.cli.deduping",
    "screen": "tamis.cli.screening",
    "decide": "tamis.cli.deciding",
    "stop": "tamis.cli.stopping",
    "second-look": "tamis.cli.second_looking",
    "attach": "tamis.cli.attaching",
    "retrieve": "tamis.cli.stating",
    "link-study": "tamis.cli.stating",
    "remove": "tamis.cli.stating",
    "stands": "tamis.cli.stating",
    "previous": "tamis.cli.stating",
    "simulate": "tamis.cli.simulating",
    "summary": "tamis.cli.reporting",
    "overlap": "tamis.cli.overlapping",
    "report": "tamis.cli.writing_up",
    "export": "tamis.cli.reporting",
    "log": "tamis.cli.looking",
    "check": "tamis.cli.looking",
    "keys": "tamis.cli.keys",
    "demo": "tamis.cli.demonstrating",
}
"""Command -> the module that has it, in the order people meet them."""


class Commands(click.Group):
    """Loads a command when it is asked for, and ends every one in the same way."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own form
        """All names, in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's own
        """The command, or None."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name]), f"{cmd_name.replace('-', '_')}_command")
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader of stdout that has left ends it quietly."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGoneError from error

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and leave with an exit code; errors are one line on stderr."""
        prepare_streams()

        def run() -> Any:
            return super(Commands, self).main(args, prog_name, complete_var, standalone_mode=False, **extra)

        if not standalone_mode:
            return run()
        sys.exit(int(guarded(run)))


@click.command(
    cls=Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tamis", message="%(prog)s %(version)s")
def cli() -> None:
    """Screen a systematic review in the terminal: one key per record, nothing lost, counts that add up.

    A review is a folder; DIR is the current one unless you name another. Data goes to stdout, messages
    to stderr, and every command that reports has --json.
    """
