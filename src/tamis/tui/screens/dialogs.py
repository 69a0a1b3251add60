"""Dialogs over a screen: an alert, the help."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tamis.domain.text import clean_line, clean_text
from tamis.tui.keys import ACTIONS, Keymap, display
from tamis.tui.paint import wrap

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

FILTER_HELP = """\
is:include  is:exclude  is:maybe  is:undecided  is:decided
reason:2  reason:population     label:key     source:embase
year:2015  year:2010-2015  year:>=2015  year:<2000
title:word  author:name  journal:word  has:note  has:abstract  has:doi
word  "two words"  -not     terms side by side must all hold"""

MARKS_HELP = """\
✓ include   ✗ exclude   ? maybe   · undecided
✎ note      # labels    ∅ no abstract in the file"""
_KEYS: Final = 20
"""Columns for the keys."""


class Scrolled(ModalScreen[None]):
    """A dialog that scrolls where it is higher than the terminal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("space,pagedown", "move(10)", "Page down", show=False),
        Binding("pageup", "move(-10)", "Page up", show=False),
    ]

    def action_move(self, lines: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False, immediate=True)


class Alert(Scrolled):
    """Something a person must know before going on. Only enter and escape close it."""

    KIND = "alert"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape", "dismiss(None)", "Close")]

    def __init__(self, head: str, words: str) -> None:
        super().__init__()
        self._head = head
        self._words = words

    def compose(self) -> ComposeResult:
        """Head, sentence, how to close."""
        with VerticalScroll(classes=f"dialog {self.KIND}"):
            yield Static(Content(clean_line(self._head)), classes="dialog--head")
            yield Static(Content(clean_text(self._words)))
            yield Static(Content("enter or esc closes this"), classes="dialog--foot")


class Notice(Alert):
    """Something good to know, such as where a file was written."""

    KIND = "notice"


class Help(Scrolled):
    """All keys of a screen as they are set, and the filter language."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q", "dismiss(None)", "Close")]

    def __init__(self, keymap: Keymap, scope: str) -> None:
        super().__init__()
        self._keymap = keymap
        self._scope = scope

    def compose(self) -> ComposeResult:
        """The keys by group."""
        with VerticalScroll(classes="dialog help"):
            yield HelpLines(self._keymap, self._scope)


class HelpLines(Static):
    """The help, wrapped for its width."""

    def __init__(self, keymap: Keymap, scope: str) -> None:
        super().__init__()
        self._keymap = keymap
        self._scope = scope

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew."""
        self.update(Content(help_text(self._keymap, self._scope, event.size.width)))


def help_text(keymap: Keymap, scope: str, width: int = 80) -> str:
    """The help of a screen: generated from the registry, so that it always says what the keys do."""
    lines: list[str] = []
    group = ""
    for action in ACTIONS:
        if action.scope not in (scope, "dialog"):
            continue
        keys = " ".join(display(key) for key in keymap.keys[action.id])
        if action.group != group:
            group = action.group
            lines += ["", group]
        if action.id.startswith("exclude-") and action.id != "exclude-1":
            continue
        if action.id == "exclude-1":
            keys, words = f"{keys}-{keymap.shown('exclude-9')}", "Exclude with that reason of the protocol."
        else:
            words = action.help
        first, *more = wrap(words, max(20, width - _KEYS - 1))
        lines.append(f"  {keys or '(none)':<{_KEYS - 2}} {first}")
        lines += [" " * (_KEYS + 1) + line for line in more]
    if scope == "screening":
        lines += ["", "Filter and search", *(f"  {line}" for line in FILTER_HELP.splitlines())]
        lines += ["", "Marks in the list", *(f"  {line}" for line in MARKS_HELP.splitlines())]
    return "\n".join(["Keys  (esc closes, j and k scroll)", *lines])
