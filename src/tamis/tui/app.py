"""The app: starts the screens, and leaves the terminal and the review as they should be."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

# A frame is painted when a timer of this rate next ticks; at Textual's own 60 a second a key press would
# wait 8 ms on average before its effect is seen. Nothing here animates, so no more is painted than at 60.
os.environ.setdefault("TEXTUAL_FPS", "500")

from textual.app import SystemCommand

from tamis.errors import ExitCode
from tamis.services.ordering import begin_with
from tamis.services.screening import Session
from tamis.tui import keys
from tamis.tui.config import THEMES, Config, config_path, load
from tamis.tui.key_order import KeysInOrder
from tamis.tui.screens.screening import ScreeningScreen
from tamis.tui.widgets.bars import LEAST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from textual.screen import Screen

    from tamis.domain.events import Author, Order
    from tamis.store.review import Review


HANG_UP_CHECK = 2.0
"""Seconds between two looks whether the terminal is still there."""


class TamisApp(KeysInOrder[int]):
    """Screens one stage of a review."""

    CSS_PATH = "tamis.tcss"
    TITLE = "tamis"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - as Textual declares it
        (0, "-too-small"),
        (LEAST[0], "-stacked"),
        (100, "-wide"),
        (140, "-very-wide"),
    ]
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - as Textual declares it
        (0, "-flat"),
        (LEAST[1], "-low"),
        (32, "-tall"),
    ]

    def __init__(self, session: Session, config: Config) -> None:
        super().__init__()
        self.crash: BaseException | None = None
        self._leaving = False
        self._session = session
        self._config = config
        self.animation_level = "none"
        if THEMES[config.theme]:
            self.theme = THEMES[config.theme]

    def get_default_screen(self) -> Screen[Any]:
        """The screening screen is the first one."""
        return ScreeningScreen(self._session, self._config)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: every action of the screen, with its key."""
        for action in keys.in_scope("screening"):
            if isinstance(screen, ScreeningScreen) and not action.id.startswith("exclude-"):
                key = self._config.keymap.shown(action.id)
                words = action.id.replace("-", " ").capitalize()
                yield SystemCommand(f"{words}  {key}", action.help, _performer(screen, action))

    def exit(self, *args: Any, **kwargs: Any) -> None:
        """Leave; what is still under way is broken off."""
        self._leaving = True
        super().exit(*args, **kwargs)

    async def action_quit(self) -> None:
        """Leave, but not while something is being written: what was typed would be lost."""
        screen = self.screen
        if isinstance(screen, ScreeningScreen) and screen.focused is not None:
            screen.say("Save or leave what is open first (esc leaves it).", alert=True)
        else:
            self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        if self._leaving:
            return  # such as a field that was being put on a screen that is gone
        # Textual would print a traceback with the values of variables, which are people's records and
        # notes. The error is kept instead, for the caller to report in one sentence.
        self.crash = self.crash or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def on_mount(self) -> None:
        """Leave in order when the terminal asks for it."""
        self.call_after_refresh(_collect_again)
        if sys.platform != "win32" and threading.current_thread() is threading.main_thread():
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTERM, self.exit, ExitCode.TERMINATED)
            loop.add_signal_handler(signal.SIGHUP, self._hung_up)
            if sys.platform == "linux" and sys.stdin is not None and sys.stdin.isatty():
                self.set_interval(HANG_UP_CHECK, self._look_for_hang_up)

    def _look_for_hang_up(self) -> None:
        # A terminal that goes away is announced by SIGHUP, but not to a process that it does not control.
        poll = select.poll()
        poll.register(sys.stdin.fileno(), 0)
        if any(event & select.POLLHUP for _, event in poll.poll(0)):
            self._hung_up()

    def _hung_up(self) -> None:
        """The terminal is gone: nothing can be painted, all is on disk, and the kernel frees the lock.

        Closing the review here could fold it while an import is writing in its thread.
        """
        os._exit(ExitCode.HUNG_UP)


def _collect_again() -> None:
    """Look for garbage again, if that was put off for the start, but never in what the start has made.

    So no key ever waits for a search through a hundred thousand decisions.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _performer(screen: ScreeningScreen, action: keys.Action) -> Callable[[], Awaitable[None]]:
    async def perform() -> None:
        await screen.perform(action)

    return perform


def run(
    *,
    review: Review,
    author: Author,
    stage: str,
    mouse: bool = True,
    order: Order | None = None,
    again: float | None = None,
) -> int:
    """Screen in the terminal until the person leaves, in the order in force, or in the one that is given.

    Args:
        review: an open review.
        author: who screens.
        stage: which stage.
        mouse: whether the mouse may be asked for.
        order: the order to begin with, None for the one in force.
        again: share of decisions after which a record is shown again, None for that of the protocol.

    Returns:
        The exit code for the shell.

    Raises:
        ConfigError: the configuration file is wrong.
        NotSavedError: the order cannot be changed, because nothing can be saved.
        ProtocolError: the stage is not in the protocol.
        UsageError: the order needs what is not installed.
        Exception: a fault in the app, after the terminal was put back in order.
    """
    config = load(config_path())
    session = Session(review, author, stage=stage, again=again, clock=time.monotonic)
    if order is not None:
        begin_with(session, order)
    app = TamisApp(session, config)
    if sys.__stderr__ is not None and not sys.__stderr__.isatty():
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]  # Textual draws there: with 2>file, nobody sees it
    code = app.run(mouse=mouse and config.mouse)
    if app.crash is not None:
        raise app.crash
    return code if code is not None else ExitCode.OK
