"""The account of an import: per file what was found, imported, repaired, and every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tamis.domain.plural import form
from tamis.domain.text import clean_line
from tamis.tui.paint import strip, wrap
from tamis.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip

    from tamis.services.importing import FileAccount

HEAD = f"{'found':>8} {'imported':>9} {'problems':>9} {'no abstract':>12} {'repairs':>8}  "


class AccountView(Lines):
    """A table with a row a file, and below it what was repaired and what could not be imported."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"record--title", "record--text", "record--meta", "record--flag"}

    def __init__(self) -> None:
        super().__init__()
        self._accounts: Sequence[FileAccount] = ()
        self._laid_out: tuple[int, list[tuple[str, str]]] = (-1, [])
        self._top = 0

    def show(self, accounts: Sequence[FileAccount]) -> None:
        """Show an account from its top."""
        self._accounts, self._laid_out, self._top = accounts, (-1, []), 0
        self.refresh()

    def scroll_lines(self, by: int) -> None:
        """Scroll by lines."""
        most = max(0, len(self._laid_out[1]) - self.size.height)
        self._top = max(0, min(self._top + by, most))
        self.refresh()

    def line(self, y: int, width: int) -> Strip:
        """One line."""
        if self._laid_out[0] != width:
            self._laid_out = (width, lay_out(self._accounts, width - 2))
        n = y + self._top
        lines = self._laid_out[1]
        if n >= len(lines):
            return strip([], width)
        text, name = lines[n]
        return strip([(f" {text}", self.style(name))], width)


def lay_out(accounts: Sequence[FileAccount], width: int) -> list[tuple[str, str]]:
    """The lines of an account and the component class of each."""
    lines = [(HEAD + "file", "record--title")]
    for a in accounts:
        numbers = f"{a.found:>8,} {a.imported:>9,} {len(a.problems):>9,} {a.without_abstract:>12,} "
        wrong = a.error or a.problems
        lines.append(
            (f"{numbers}{len(a.repairs):>8,}  {a.file}", "record--flag" if wrong else "record--text")
        )
    for a in accounts:
        details = _details(a)
        if details:
            lines += [("", "record--text"), (a.file, "record--title")]
            for text, name in details:
                lines += [(part, name) for part in wrap(text, width)]
    return lines


def _details(account: FileAccount) -> list[tuple[str, str]]:
    details = [(text, "record--flag") for text in (account.error, account.skipped) if text]
    if account.format:
        details.append((f"read as {account.format}, {account.encoding}", "record--meta"))
    if account.decisions:
        what = form(account.decisions, "decision, note or label", "decisions, notes and labels")
        details.append((f"{account.decisions:,} {what} came along", "record--text"))
    if account.hint:
        details.append((account.hint, "record--flag"))
    for problem in account.problems:
        text = f": {clean_line(problem.text)}" if problem.text else ""
        details.append((f"line {problem.line:,}: {problem.why}{text}", "record--flag"))
    details += [(f"line {r.line:,}: repaired: {r.what}", "record--meta") for r in account.repairs]
    return details
