"""The errors people meet: each is one sentence (what, where, what to do) with an exit code."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What `tamis` returns to the shell; an interface, so a number never changes its meaning."""

    OK = 0
    """Everything was done."""
    ATTENTION = 1
    """The data needs attention: a file had problems, or a check failed. What could be done was done."""
    USAGE = 2
    """The call, the configuration or the protocol is wrong. Nothing was changed."""
    UNREADABLE = 3
    """A file could not be read as references. Nothing of it was stored."""
    STORAGE = 4
    """The review folder is damaged, held by another window, read-only or its disk is full."""
    INTERNAL = 70
    """A fault in tamis itself. Decisions already shown are safe on disk."""
    HUNG_UP = 129
    """The terminal of the app went away. What was acknowledged before is on disk."""
    INTERRUPTED = 130
    """Stopped with ctrl+c. What was acknowledged before is on disk."""
    TERMINATED = 143
    """The app was asked to end by a signal. What was acknowledged before is on disk."""


class TamisError(Exception):
    """Base of all errors meant for people; `str(error)` is one line fit for the terminal."""

    exit_code = ExitCode.ATTENTION


class UsageError(TamisError):
    """The command or its arguments cannot be carried out as given."""

    exit_code = ExitCode.USAGE


class ConfigError(TamisError):
    """The configuration file is wrong: a key binding, a preset, a value."""

    exit_code = ExitCode.USAGE


class ProtocolError(TamisError):
    """The protocol file is wrong, or a decision does not fit the protocol."""

    exit_code = ExitCode.USAGE


class NotInstalledError(TamisError):
    """What was asked for needs one of tamis's extras, and it is not installed.

    Args:
        what: what was asked for, as the beginning of a sentence: "Writing PDF".
        extra: name of the extra.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f'{what} needs an extra that is not installed: run `pip install "tamis[{extra}]"` and try again.'
        )


class FormatError(TamisError):
    """A file cannot be read as bibliographic records at all."""

    exit_code = ExitCode.UNREADABLE


class StoreError(TamisError):
    """The review folder cannot be read or written."""

    exit_code = ExitCode.STORAGE


class NotSavedError(StoreError):
    """A change did not reach the disk; the review is as it was before."""


class LockedError(StoreError):
    """Another window holds the review; it can be opened for reading only."""


class DamagedError(StoreError):
    """Stored bytes do not match their checksum, or a file of the review is missing."""


class CountError(TamisError):
    """A PRISMA identity does not hold: counts would not add up."""


class Stopped(BaseException):
    """A person stopped a long job. No `Exception`, so that nothing takes it for a damaged file."""
