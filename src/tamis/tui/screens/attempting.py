"""Doing what was asked for on a screen, and telling the person where it cannot be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tamis.errors import StoreError, TamisError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.screen import Screen


class Say(Protocol):
    """The status line of a screen."""

    def __call__(self, said: str, /, *, alert: bool = False) -> None:
        """Say something."""


async def attempt(
    screen: Screen[Any], act: Callable[[], Awaitable[None] | None], say: Say, unsaved: str = ""
) -> bool:
    """Do something; an error for people is said, not raised.

    Args:
        screen: where it is done.
        act: what is done.
        say: says what is wrong.
        unsaved: said behind the alert where something could not be saved.

    Returns:
        Whether there was no error.
    """
    try:
        waiting = act()
        if waiting is not None:
            await waiting
    except StoreError as error:
        from tamis.tui.screens.dialogs import Alert

        await screen.app.push_screen(Alert("Not saved", str(error)))
        if unsaved:
            say(unsaved, alert=True)
    except TamisError as error:
        say(str(error), alert=True)
    else:
        return True
    return False
