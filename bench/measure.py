"""Timing: medians, taken in turns, so that what disturbs the machine disturbs both sides of a ratio."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(__file__).resolve().parent / "programs"
TAMIS = (sys.executable, "-m", "tamis")

median = statistics.median

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        sizes: numbers of records, ascending.
        presses: key presses and other short actions for one median.
        starts: starts of a program for one median.
        imports: imports of a file for one median; of large files at most this many.
    """

    sizes: tuple[int, ...] = (1_000, 10_000, 100_000)
    presses: int = 200
    starts: int = 11
    imports: int = 5


FULL = Plan()
SMOKE = Plan(sizes=(200, 1_000), presses=25, starts=3, imports=1)


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def in_turns(times: int, actions: Mapping[_Key, Callable[[], float]]) -> dict[_Key, float]:
    """The median of what each action measures; one of each, then the next of each."""
    taken: dict[_Key, list[float]] = {key: [] for key in actions}
    for _ in range(times):
        for key, action in actions.items():
            taken[key].append(action())
    return {key: median(values) for key, values in taken.items()}


def program(name: str, *arguments: str) -> tuple[str, ...]:
    """The command line of one of our small programs."""
    return (sys.executable, str(PROGRAMS / f"{name}.py"), *arguments)


def environment() -> dict[str, str]:
    """The environment of what is measured: nobody's own configuration, one rate of painting for all.

    Python keeps compiled modules, as it does for people, whatever is set here.
    """
    own = ("TAMIS_", "TEXTUAL", "PYTHON")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(own) or k == "PYTHONPATH"}
    ours = {"TAMIS_REVIEWER": "Ann", "TAMIS_CONFIG": str(ROOT / "no-such-config.toml")}
    return {**kept, **ours, "TERM": "xterm-256color", "TEXTUAL_FPS": "500"}


def run(argv: Sequence[str]) -> tuple[float, int]:
    """Run a program to its end.

    Returns:
        Its seconds, and its peak of memory in bytes.
    """
    shell = (sys.executable, "-S", "-E", str(PROGRAMS / "child.py"))
    done = subprocess.run([*shell, *argv], env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    taken, peak = done.stdout.split()
    return float(taken), int(peak)


def run_seconds(argv: Sequence[str]) -> float:
    """The seconds of `run`."""
    return run(argv)[0]
