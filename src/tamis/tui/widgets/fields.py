"""Where a person types: one line, or a note. Mounted when first used, to keep the start quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static, TextArea

from tamis.domain.text import clean_line
from tamis.tui.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Field(Vertical):
    """A prompt with a one-line input or a text area; says what was entered, or that it was left."""

    class Entered(Message):
        """The text was confirmed."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Left(Message):
        """The field was closed without confirming."""

    class EditorAsked(Message):
        """The text should be edited in $EDITOR."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__()
        self.purpose = ""
        self.known: Sequence[str] = ()
        self.display = False

    @property
    def text(self) -> str:
        """What is in it now."""
        raise NotImplementedError

    def open(self, purpose: str, head: str, text: str, known: Sequence[str] = ()) -> None:
        """Show the field and give it the keys; a line field completes what is known."""
        self.purpose = purpose
        self.known = known
        self.display = True
        self.query_one(".field--head", Static).update(Content(clean_line(head)))
        self.fill(text)

    def fill(self, text: str) -> None:
        """Put a text into it."""
        raise NotImplementedError

    def close(self) -> None:
        """Hide it and let go of the keys."""
        self.display = False
        self.screen.set_focus(None)

    def on_key(self, event: events.Key) -> None:
        """The keys of dialogs."""
        if event.key == "escape":
            event.stop()
            self.close()
            self.post_message(self.Left())


class LineField(Field):
    """One line: search, filter, labels."""

    def compose(self) -> ComposeResult:
        """A head and an input."""
        yield Static(classes="field--head")
        yield Input(select_on_focus=False, compact=True)

    @property
    def text(self) -> str:
        """What is in it now."""
        return self.query_one(Input).value

    def fill(self, text: str) -> None:
        """Put a text into it."""
        field = self.query_one(Input)
        known = [harmless(one) for one in self.known]
        field.suggester = SuggestFromList(known, case_sensitive=False) if known else None
        field.value = harmless(text)
        field.cursor_position = len(field.value)
        self.screen.set_focus(field)

    @on(Input.Submitted)
    def confirm(self, event: Input.Submitted) -> None:
        """Enter confirms."""
        event.stop()
        self.close()
        self.post_message(self.Entered(self.purpose, event.value))


class NoteField(Field):
    """Several lines: the note on a record."""

    def compose(self) -> ComposeResult:
        """A head and a text area."""
        yield Static(classes="field--head")
        yield TextArea(soft_wrap=True, compact=True, tab_behavior="focus")

    @property
    def text(self) -> str:
        """What is in it now."""
        return self.query_one(TextArea).text

    def fill(self, text: str) -> None:
        """Put a text into it."""
        area = self.query_one(TextArea)
        area.load_text(harmless(text))
        area.move_cursor(area.document.end)
        self.screen.set_focus(area)

    def on_key(self, event: events.Key) -> None:
        """Save and editor besides the keys of dialogs."""
        if event.key == "ctrl+s":
            event.stop()
            self.close()
            self.post_message(self.Entered(self.purpose, self.text))
        elif event.key == "ctrl+e":
            event.stop()
            event.prevent_default()
            self.post_message(self.EditorAsked(self.text))
        else:
            super().on_key(event)
