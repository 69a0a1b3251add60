"""The least a Textual app can do at a key: count it, in one widget that is painted again."""

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static


class Counter(App[None]):
    """Shows how many keys were pressed."""

    pressed = 0

    def compose(self) -> ComposeResult:
        """One widget."""
        yield Static("0 of all")

    def on_key(self, event: Key) -> None:
        """Count."""
        event.stop()
        self.pressed += 1
        self.query_one(Static).update(f"{self.pressed:,} of all")


Counter().run()
