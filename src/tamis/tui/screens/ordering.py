"""The order of the list on the screening screen: chosen from a menu, ranked in the background, explained."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.message import Message

from tamis.domain.events import Order
from tamis.errors import TamisError, UsageError
from tamis.services import ordering
from tamis.services.wording import ORDERS
from tamis.tui.widgets.menu import Item

if TYPE_CHECKING:
    from tamis.services.relevance import Relevance
    from tamis.tui.screens.desk import Desk

_KEYS: Final = {
    "r": Order.RELEVANCE,
    "i": Order.IMPORTED,
    "t": Order.TITLE,
    "n": Order.NEWEST,
    "o": Order.OLDEST,
    "z": Order.RANDOM,
}


class Ordering:
    """Which order the list is in.

    Args:
        screen: the screening screen.
    """

    class News(Message):
        """Something has changed in the background."""

        def can_replace(self, message: Message) -> bool:
            """What there is to know is asked for, not told: one is enough."""
            return isinstance(message, Ordering.News)

    def __init__(self, screen: Desk) -> None:
        self._screen = screen
        self._relevance: Relevance | None = None
        self._said = ""

    def begin(self) -> str:
        """Begin in the order in force, or in the usual one of the configuration; what to say, or ""."""
        session, usual = self._screen.session, self._screen.config.order
        if usual and session.review.writable and not ordering.was_chosen(session):
            try:
                ordering.begin_with(session, Order(usual))
            except TamisError as error:
                return str(error)
        session.sorter.tell = self._tell  # from here on keys are pressed, and none waits for a sorted list
        self.follow()
        if self._relevance is None:
            return ""
        self._relevance.begin()
        self._said = self.sentence()
        return self._said or ordering.sample_sentence(session.queue)

    def follow(self) -> None:
        """See to it that somebody ranks where the order by relevance is in force."""
        if self._relevance is None and self._screen.session.queue.chosen.order is Order.RELEVANCE:
            from tamis.services.relevance import Relevance

            self._relevance = Relevance(self._screen.session, self._tell)

    def choose(self) -> None:
        """Offer the orders."""
        session = self._screen.session
        session.must_be_writable()
        now = session.queue.chosen.order
        items = [
            Item(key, order, ORDERS[order].capitalize() + (" (now)" if order is now else ""))
            for key, order in _KEYS.items()
        ]
        self._screen.open_menu("Show the records", items, self._take)

    def _take(self, value: str) -> None:
        change = ordering.choose(self._screen.session, Order(value))
        self.follow()
        self._said = self.sentence()
        self._screen.say(self._said or change.words)
        self._screen.show()

    def sentence(self) -> str:
        """What the order by relevance is made of; "" in another one, and where the random sample leads."""
        if self._relevance is None or ordering.of_sample(self._screen.session.queue):
            return ""
        return self._relevance.sentence()

    def words(self) -> str:
        """The order in a word or two; "" as imported."""
        if ordering.of_sample(self._screen.session.queue):
            return "random sample"
        order = self._screen.session.queue.chosen.order
        if order is Order.RELEVANCE and self._relevance is not None:
            return self._relevance.words()
        return "" if order is Order.IMPORTED else str(order)

    def tell(self) -> None:
        """Take a list that was sorted in the background, and say what else is new there."""
        queue = self._screen.session.queue
        if queue.catch_up():
            self._screen.say(ordering.sentence(queue))
            self._screen.show()
        self._screen.show_lists()
        said = self.sentence()
        if said and said != self._said:
            self._said = said
            self._screen.say(said)

    def why(self) -> str:
        """Why the current record is where it is, in lines.

        Raises:
            UsageError: it was not ranked.
        """
        session = self._screen.session
        if sampled := ordering.sample_sentence(session.queue):
            return sampled
        if self._relevance is None or session.queue.chosen.order is not Order.RELEVANCE:
            key = self._screen.key("order")
            raise UsageError(
                f"The list is {ORDERS[session.queue.chosen.order]}; {key} can order it by relevance."
            )
        return self._relevance.why().text

    def close(self) -> None:
        """End what is under way in the background."""
        self._screen.session.sorter.close()
        if self._relevance is not None:
            self._relevance.close()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the app has ended meanwhile
            self._screen.post_message(self.News())
