"""May I stop? The numbers, the charts and the checklist, the random sample and the stop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from textual import events, on
from textual.screen import Screen

from tamis.domain.events import Kind, Removal
from tamis.domain.plural import counted, form
from tamis.services import likely_left, stopping
from tamis.services.stopping_charts import discovery, pace, ranked_test, yield_of_late
from tamis.services.stopping_words import CHECKED_BY_PERSON, checklist, line, paragraphs, usual_rule
from tamis.tui.paint import wrap
from tamis.tui.screens.attempting import attempt
from tamis.tui.widgets.bars import KeyLine, ProgressLine, StatusLine, TooSmall
from tamis.tui.widgets.menu import Item, Menu
from tamis.tui.widgets.pages import PageView

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult

    from tamis.domain.decline import Left
    from tamis.services.screening import Session
    from tamis.services.stopping import Watch
    from tamis.services.views import Change
    from tamis.tui.config import Config
    from tamis.tui.keys import Action
    from tamis.tui.widgets.fields import Field
    from tamis.tui.widgets.pages import Line

LINE_KEYS: Final = ("stop-page", "stop-sample", "stop-now", "stop-undo", "stop-help", "stop-close")
PLACES: Final = (
    Item("1", Removal.AUTOMATION, "Before screening: marked as ineligible by automation tools"),
    Item("2", Removal.EXCLUDED, "Among the records excluded, by automation"),
    Item("0", "", "Do not stop"),
)
"""Where PRISMA counts the records that stay unscreened."""
_CHART: Final = 10
"""Lines below which a chart is on a page of its own."""


class StoppingScreen(Screen[str]):
    """Closes with what to say on the screening screen, "" for nothing.

    Args:
        session: whose review and reviewer.
        config: keys.
        watch: what looks at the review.
    """

    AUTO_FOCUS = ""

    def __init__(self, session: Session, config: Config, watch: Watch) -> None:
        super().__init__()
        self._session = session
        self._config = config
        self._watch = watch
        self._look = watch.look()
        self._likely: Left | str | None = None
        self._page = 0
        self._rule = ""
        self._checked: dict[str, None] = {}

    def compose(self) -> ComposeResult:
        """Progress, a page, what happened, keys."""
        yield ProgressLine(self._session.review.protocol.title)
        yield PageView()
        yield Menu()
        yield StatusLine()
        yield KeyLine([])
        yield TooSmall()

    def on_mount(self) -> None:
        """Look and show."""
        self._show(line(self._look))

    async def on_key(self, event: events.Key) -> None:
        """Carry out what a key means, in order; a key that was meant for the field does nothing."""
        if not self.is_current or self.focused is not None:
            return
        menu = self.query_one(Menu)
        if menu.display:
            event.stop()
            value = "" if event.key == "escape" else menu.press(event.key)
            if value is not None:
                await self._stop_at(value)
            return
        action = self._config.keymap.action("stopping", event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.perform(action)

    async def perform(self, action: Action) -> None:
        """Carry out an action; an error for people is said, not raised."""
        if action.id.startswith("stop-check-"):
            self._check(int(action.id.removeprefix("stop-check-")))
            return
        method: Callable[[], Awaitable[None] | None] = getattr(self, "do_" + action.id.replace("-", "_"))
        await attempt(self, method, self._say)

    def do_stop_page(self) -> None:
        """The next page."""
        self._turn(+1)

    def do_stop_page_back(self) -> None:
        """The page before."""
        self._turn(-1)

    def do_stop_scroll_down(self) -> None:
        """Further down."""
        self.query_one(PageView).scroll_page(+1)

    def do_stop_scroll_up(self) -> None:
        """Further up."""
        self.query_one(PageView).scroll_page(-1)

    def do_stop_sample(self) -> None:
        """Draw a random sample and go to its first record."""
        self._did(stopping.begin_sample(self._session, self._watch))

    async def do_stop_now(self) -> None:
        """Ask for the rule, then for the place."""
        from tamis.tui.widgets.fields import LineField

        stopping.need_screening(self._session)
        self._session.must_be_writable()
        if not self._look.left:
            self._say("No record is undecided, so there is nothing to stop.")
            return
        fields = self.query(LineField)
        field = fields.first() if fields else LineField()
        if not fields:
            await self.mount(field, before=self.query_one(StatusLine))
        field.open("rule", "Stop by which rule? The summary and PRISMA name it.", usual_rule(self._look))
        self.query_one(KeyLine).show([("enter", "go on"), ("esc", "leave")])

    def do_stop_undo(self) -> None:
        """Undo the own last action, if it was a stop or a sample."""
        last = next(self._session.undoable(), None)
        if last is None or last.kind not in (Kind.STOP, Kind.SAMPLE):
            key = self._config.keymap.shown("undo")
            self._say(f"Your last action was no stop and no sample; {key} on the records undoes it.")
            return
        change = self._session.undo()
        if change is not None:
            self._did(change)

    async def do_stop_help(self) -> None:
        """The keys."""
        from tamis.tui.screens.dialogs import Help

        await self.app.push_screen(Help(self._config.keymap, "stopping"))

    def do_stop_close(self) -> None:
        """Back to the records."""
        self.dismiss("")

    def on_field_entered(self, event: Field.Entered) -> None:
        """The rule is known: ask where PRISMA counts the records, which is the last word, too."""
        self._keys()
        self._rule = event.text
        n = self._look.left
        stay = counted(n, "record stays", "records stay")
        title = f"{stay} unscreened. Where does PRISMA count {form(n, 'it', 'them')}?"
        self.query_one(Menu).open(title, PLACES)

    def on_field_left(self) -> None:
        """No stop."""
        self._keys()

    @on(Menu.Picked)
    async def take_picked(self, event: Menu.Picked) -> None:
        """A click on a menu item."""
        await self._stop_at(event.value)

    async def _stop_at(self, value: str) -> None:
        self.query_one(Menu).close()
        if value:
            stop = partial(stopping.stop, self._session, self._watch, self._rule, Removal(value))
            await attempt(self, lambda: self._did(stop(list(self._checked))), self._say)

    def _check(self, n: int) -> None:
        name = CHECKED_BY_PERSON[n - 1]
        if name in self._checked:
            del self._checked[name]
        else:
            self._checked[name] = None
        self._page = len(_PAGES) - 1
        self._show("Kept with a stop, when you stop.")

    def _did(self, change: Change) -> None:
        self._look, self._likely = self._watch.look(), None
        self._page = 0
        self._show(change.words)

    def _turn(self, by: int) -> None:
        self._page = (self._page + by) % len(_PAGES)
        self._show(line(self._look))

    def _show(self, said: str) -> None:
        self.query_one(ProgressLine).show(self._session.progress())
        self.query_one(PageView).show(_PAGES[self._page].__get__(self))
        self._keys()
        self._say(said)

    def _keys(self) -> None:
        keymap = self._config.keymap
        self.query_one(KeyLine).show([(keymap.shown(a.id), a.label) for a in keymap.ordered(LINE_KEYS)])

    def _say(self, said: str, *, alert: bool = False) -> None:
        status = self.query_one(StatusLine)
        status.say(said, alert=alert)
        status.show_filter(f"page {self._page + 1} of {len(_PAGES)}")

    # Pages

    def _words(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = []
        for paragraph in paragraphs(self._look):
            first, *more = wrap(paragraph, width - 2)
            lines += [(f"• {first}", "record--text"), *((f"  {text}", "record--text") for text in more)]
        room = height - len(lines) - 1
        if room >= _CHART:
            chart = discovery(self._look, width, min(room, 16))
            lines += [("", "record--text"), *((text, "record--meta") for text in chart)]
        return lines

    def _found(self, width: int, height: int) -> list[Line]:
        head = "Relevant records found; the dots are as many, found evenly."
        return _chart(head, discovery(self._look, width, height - 1))

    def _of_late(self, width: int, height: int) -> list[Line]:
        head = "How many of the last records were relevant, in per cent."
        return _chart(head, yield_of_late(self._look, width, height - 1))

    def _left(self, width: int, height: int) -> list[Line]:
        if self._likely is None:
            self._likely = likely_left.estimated(self._session.ledger, self._watch, self._look)
        left = self._likely
        paragraphs = [left] if isinstance(left, str) else likely_left.words(left)
        said = [(text, "record--text") for paragraph in paragraphs for text in wrap(paragraph, width)]
        head: Line = ("How likely each record left is to be relevant.", "record--head")
        if isinstance(left, str):
            return [head, *said]
        chart = likely_left.chart(left, width, max(_CHART - 2, height - len(said) - 1))
        return [head, *((text, "record--text") for text in chart), *said]

    def _tested(self, width: int, height: int) -> list[Line]:
        head = "How well what was seen goes with a target that is missed; the dots are your risk."
        lines = [(text, "record--head") for text in wrap(head, width)]
        chart = ranked_test(self._look, width, height - len(lines))
        return [*lines, *((text, "record--text") for text in chart)]

    def _pace(self, width: int, height: int) -> list[Line]:
        seconds = stopping.seconds_each(self._session.ledger, self._session.by)
        return _chart("How long your decisions took.", pace(seconds, width, height - 1))

    def _safe(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - as every page
        lines: list[Line] = []
        head = "SAFE procedure (Boetje and van de Schoot 2024). Digits confirm what only you know:"
        lines += [(text, "record--head") for text in wrap(head, width)]
        for check in checklist(self._look):
            own = CHECKED_BY_PERSON.index(check.id) + 1 if check.done is None else 0
            done = check.id in self._checked if own else check.done
            key = f"{own} " if own else "  "
            first, *more = wrap(check.words, width - 6)
            lines += [(f"{key}[{'x' if done else ' '}] {first}", "record--text")]
            lines += [(f"      {text}", "record--text") for text in more]
        return lines


_PAGES: Final = (
    StoppingScreen._words,
    StoppingScreen._found,
    StoppingScreen._of_late,
    StoppingScreen._left,
    StoppingScreen._tested,
    StoppingScreen._pace,
    StoppingScreen._safe,
)


def _chart(head: str, lines: list[str]) -> list[Line]:
    return [(head, "record--head"), *((text, "record--text") for text in lines)]
