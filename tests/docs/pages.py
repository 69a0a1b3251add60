"""Reading the documentation: its blocks of commands and of what one sees."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = tuple(
    path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        ROOT / "sample_data" / "README.md",
        *sorted(DOCS.glob("*.md")),
    )
    if path.is_file()
)
"""Every page of the project."""

_FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_INLINE = re.compile(r"`(tamis [^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        kind: the language behind the fence: `sh` is run, `text` is seen.
        mark: the comment above it, such as `keys: i i u`.
        lines: what is in it.
    """

    kind: str
    mark: str
    lines: tuple[str, ...]


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = _FENCE.finditer(path.read_text(encoding="utf-8"))
    return [Block(f["kind"], f["mark"] or "", tuple(f["body"].splitlines())) for f in found]


def commands(path: Path) -> Iterator[str]:
    """Every command line in a page's `sh` blocks, lines that go on joined."""
    for block in blocks(path):
        if block.kind == "sh":
            text = "\n".join(block.lines).replace("\\\n", " ")
            yield from (line for line in text.splitlines() if line.strip() and not line.startswith("#"))


def inline_commands(path: Path) -> Iterator[str]:
    """Every `tamis ...` that a page names within a sentence."""
    yield from _INLINE.findall(_FENCE.sub("", path.read_text(encoding="utf-8")))


def run(line: str, folder: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command line in a folder as somebody would who typed it, but without a terminal."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONUTF8": "1", "COLUMNS": "80"},
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def unseen(shown: Sequence[str], text: str) -> list[str]:
    """The lines that should be seen, in this order, and are not in `text`.

    A line that ends in an ellipsis stands for any line that begins like it, and one that is nothing else for
    any number of lines; one that begins with an ellipsis, for a line that ends like it. How many blanks there
    are does not count.
    """
    rest = iter([" ".join(line.split()) for line in text.splitlines()])
    missing = []
    for line in (" ".join(line.split()) for line in shown):
        if line in ("", "…"):
            continue
        if not any(_same(line, seen) for seen in rest):
            missing.append(line)
            break
    return missing


def _same(line: str, seen: str) -> bool:
    goes_on, began = line.endswith("…"), line.startswith("…")
    wanted = line.strip("…").strip()
    if goes_on and began:
        return wanted in seen
    if goes_on or began:
        return seen.startswith(wanted) if goes_on else seen.endswith(wanted)
    return seen == wanted
