"""Every way a command can end: the exit code and the one line people read. A traceback never reaches them."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from tamis import __version__
from tamis.cli.clock import utc_now
from tamis.cli.output import say
from tamis.errors import ExitCode, TamisError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXIT_CODES = "Exit codes:\n\n\b\n" + "\n".join(
    f"{code.value:>3}  {words}"
    for code, words in (
        (ExitCode.OK, "everything was done"),
        (ExitCode.ATTENTION, "the data needs attention: problems in a file, a failed check"),
        (ExitCode.USAGE, "the call, the configuration or the protocol is wrong; nothing was changed"),
        (ExitCode.UNREADABLE, "a file could not be read as references; nothing of it was stored"),
        (ExitCode.STORAGE, "the review is damaged, held by another window, read-only, or the disk is full"),
        (ExitCode.INTERNAL, "a fault in tamis itself; what was shown as saved is safe"),
        (ExitCode.HUNG_UP, "the terminal went away; what was acknowledged is on disk"),
        (ExitCode.INTERRUPTED, "stopped with ctrl+c; what was acknowledged is on disk"),
        (ExitCode.TERMINATED, "ended by a signal; what was acknowledged is on disk"),
    )
)


class ReaderGoneError(Exception):
    """Whoever read stdout has left; click would make exit code 1 of a plain `BrokenPipeError`."""


def guarded(run: Callable[[], object]) -> int:
    """Run a command and return its exit code, telling people what went wrong in one line.

    With TAMIS_DEBUG=1 in the environment a fault in tamis itself is raised as it is.
    """
    try:
        result = run()
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        _usage(error)
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        say("tamis: stopped. What was acknowledged before is on disk.")
        return ExitCode.INTERRUPTED
    except TamisError as error:
        say(f"tamis: {error}")
        return error.exit_code
    except (BrokenPipeError, ReaderGoneError):
        _close_quietly()
        return ExitCode.OK
    except OSError as error:
        return _refused(error)
    except Exception as error:
        if os.environ.get("TAMIS_DEBUG"):
            raise
        _crashed(error)
        return ExitCode.INTERNAL
    return result if isinstance(result, int) else ExitCode.OK


def _refused(error: OSError) -> int:
    """The operating system said no where nobody expected it: the disk that stdout goes to is full, ..."""
    where = f" ({error.filename})" if error.filename else ""
    why = (error.strerror or type(error).__name__).lower()
    _close_quietly()
    say(f"tamis: not finished: {why}{where}. Check the disk and the permissions, then try again.")
    return ExitCode.STORAGE


def _usage(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # click >= 8.2: its message is the help, line by line
        click.echo(error.format_message(), err=True)
        return
    where = context.command_path if context is not None else "tamis"
    say(f"tamis: {error.format_message().rstrip('.')}. `{where} --help` shows how it is called.")


def _close_quietly() -> None:
    """What is still to go to stdout cannot: keep the interpreter from complaining at its end."""
    with suppress(OSError, ValueError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())


def _crashed(error: Exception) -> None:
    path = crash_file(error)
    where = f" What happened is in {path}; it holds no text of your records." if path else ""
    say(
        f"tamis: a fault in tamis itself ({type(error).__name__}). What was shown as saved is safe.{where} "
        "Please report it."
    )


def crash_file(error: BaseException) -> Path | None:
    """Write where in the program it happened, without messages, which may hold text of records."""
    from pathlib import Path

    from platformdirs import user_state_dir

    lines = [f"tamis {__version__}, Python {sys.version}, {sys.platform}, {utc_now()}"]
    link: BaseException | None = error
    while link is not None:
        lines.append(type(link).__name__)
        for frame in traceback.extract_tb(link.__traceback__):
            lines.append(f"  {frame.filename}:{frame.lineno} {frame.name}")  # noqa: PERF401 - a line a frame, plainly
        link = link.__cause__ or link.__context__
    try:
        folder = Path(user_state_dir("tamis"))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"crash-{utc_now().replace(':', '')}-{os.getpid()}.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:
        return None
    return path
