"""A Textual app with nothing in it: what any app's start costs at least."""

from textual.app import App


class Empty(App[None]):
    """Nothing."""


Empty().run()
