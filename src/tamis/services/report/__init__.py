"""The report on how records were selected: facts, the sentences they prove, and two ways to write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.services import flow
from tamis.services.diagram import svg
from tamis.services.drawing import draw
from tamis.services.report.blocks import Figure
from tamis.services.report.facts import Facts, facts
from tamis.services.report.html import as_html
from tamis.services.report.markdown import as_markdown
from tamis.services.report.sentences import document
from tamis.services.reporting import counts

if TYPE_CHECKING:
    from tamis.domain.ledger import Ledger
    from tamis.services.report.blocks import Document
    from tamis.services.report.facts import Reviewed

__all__ = ["Facts", "as_html", "as_markdown", "facts", "report"]

_WIDTH = 78


def report(review: Reviewed, ledger: Ledger, *, made: str, version: str) -> Document:
    """The report as blocks of text, with the flow diagram.

    Args:
        review: an open review.
        ledger: the fold of its events.
        made: when it is made, UTC in ISO 8601.
        version: which tamis makes it.

    Raises:
        CountError: the counts do not add up.
    """
    count = counts(review, ledger)
    drawn = "\n".join(draw(flow.boxes(count), _WIDTH).lines)
    figure = Figure("PRISMA 2020 flow diagram", svg(count), drawn)
    return document(facts(review, ledger, made=made, version=version), figure)
