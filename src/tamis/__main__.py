"""`python -m tamis`, and what the installed command runs."""

from __future__ import annotations


def main() -> None:
    """Run `tamis` and leave with its exit code."""
    from tamis.cli import cli

    cli(prog_name="tamis")


if __name__ == "__main__":
    main()
