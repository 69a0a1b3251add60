"""`python -m tamis`, and what the installed command runs."""

from __future__ import annotations

import gc


def main() -> None:
    """Run `tamis` and leave with its exit code."""
    # What a command makes, it needs until it ends: looking for garbage in 100,000 decisions takes as long as
    # reading them, and a tenth of the time to the first record shown. Screening turns it on again.
    gc.disable()
    from tamis.cli import cli

    cli(prog_name="tamis")


if __name__ == "__main__":
    main()
