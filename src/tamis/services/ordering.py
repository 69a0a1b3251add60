"""In which order records are shown: which one is in force, and how a list is brought into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tamis.domain.events import Kind, Order, Verdict
from tamis.errors import UsageError
from tamis.services import ranking
from tamis.services.views import Change
from tamis.services.wording import ORDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.domain.ledger import Ledger
    from tamis.services.queue import Queue
    from tamis.services.screening import Session
    from tamis.store.review import Review


class InForce(NamedTuple):
    """The order of a reviewer's list at a stage.

    Attributes:
        order: which.
        seed: of a random one, else "".
    """

    order: Order = Order.IMPORTED
    seed: str = ""


def in_force(ledger: Ledger, stage: str, by: str) -> InForce:
    """The order that a reviewer has chosen for a stage; as imported before any choice."""
    event = ledger.standing(Kind.ORDER, "", stage, by)
    if event is None:
        return InForce()
    return InForce(event.order, event.seed if event.order is Order.RANDOM else "")


def choose(session: Session, order: Order) -> Change:
    """Show the list in another order, from this record on; a random one gets a seed of its own.

    Raises:
        NotSavedError: nothing was saved.
        UsageError: what ranking needs is not installed; the order stays as it was.
    """
    if order is Order.RELEVANCE:
        ranking.require()
    said = session.ledger.standing(Kind.ORDER, "", session.stage, session.by)
    body: dict[str, object] = {"order": str(order)}
    if order is Order.RANDOM:
        body["seed"] = session.author.new_id().rpartition("-")[2]
    event = session.event(Kind.ORDER, "", body, stage=session.stage)
    if said is not None and said.order is order and order is not Order.RANDOM:
        return Change(said, "", f"The records are {ORDERS[order]} already.")
    session.save([event])
    session.queue.renew(())
    return Change(event, "", sentence(session.queue))


def sentence(queue: Queue) -> str:
    """Which order the list is in, or is coming to."""
    if queue.coming is not None:
        return f"Sorting: in a moment the records are {ORDERS[queue.coming.order]}."
    return f"The records are {ORDERS[queue.chosen.order]}."


def of_sample(queue: Queue) -> bool:
    """Whether the current record is one of the random sample, which goes before any order."""
    return queue.current in queue.ahead


def sample_sentence(queue: Queue) -> str:
    """Why a record of the random sample comes up; "" for any other."""
    if not of_sample(queue):
        return ""
    shown = queue.rank()
    return f"{shown['rank']:,} of {shown['of']:,} in the random sample, which goes before any other order."


def begin_with(session: Session, order: Order) -> Change | None:
    """Choose an order unless it is in force; None when it is."""
    if in_force(session.ledger, session.stage, session.by).order is order:
        return None
    return choose(session, order)


def was_chosen(session: Session) -> bool:
    """Whether the reviewer ever chose an order for this stage, also one that was undone."""
    return any(
        event.kind == Kind.ORDER and event.by == session.by and event.stage == session.stage
        for event in session.ledger.events.values()
    )


def history(review: Review, ledger: Ledger, stage: str, by: str) -> list[int]:
    """The records that a reviewer has decided on, in the order of their first decisions."""
    first: dict[str, str] = {}
    for event in ledger.events.values():
        if event.kind == Kind.DECIDE and event.by == by and event.stage == stage:
            if event.verdict is Verdict.UNDECIDED:
                continue
            record = ledger.stands_for(event.record)
            first[record] = min(event.id, first.get(record, event.id))
    find = review.records.find
    return [
        index
        for record in sorted(first, key=first.__getitem__)
        if ledger.vote(record, stage, by) is not None
        and ledger.at_stage(record, stage)
        and (index := find(record)) is not None
    ]


def place_of(shown: Sequence[int], index: int, near: int = 0, *, ascending: bool) -> int | None:
    """Where an index is in a list.

    Args:
        shown: the list.
        index: what is looked for.
        near: where it most likely is, in a list that is not ascending.
        ascending: whether the list is.
    """
    if isinstance(shown, range):
        return index if index in shown else None
    if not ascending:
        for position in (near, near - 1, near + 1):
            if 0 <= position < len(shown) and shown[position] == index:
                return position
        try:
            return shown.index(index)
        except ValueError:
            return None
    low, high = 0, len(shown)
    while low < high:
        middle = (low + high) // 2
        if shown[middle] < index:
            low = middle + 1
        else:
            high = middle
    return low if low < len(shown) and shown[low] == index else None


def need_order(text: str) -> Order:
    """The order of a name.

    Raises:
        UsageError: there is none.
    """
    try:
        return Order(text)
    except ValueError:
        raise UsageError(f"There is no order {text!r}; there are {', '.join(Order)}.") from None
