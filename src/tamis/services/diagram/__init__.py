"""The PRISMA 2020 flow diagram for the paper: laid out once (`layout`), then drawn in each form.

SVG and Mermaid need nothing; PNG, PDF and DOCX need the extra `paper`. Nothing is loaded before it is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamis.services.flow import FORMS, Form, Options

if TYPE_CHECKING:
    from tamis.domain.prisma import Counts

__all__ = ["FORMS", "Form", "Options", "draw", "svg"]


def svg(counts: Counts, options: Options | None = None) -> str:
    """The diagram as an SVG document, ending in a line break; it can also stand inside HTML."""
    from tamis.services.diagram import vector

    return vector.svg(counts, options or Options())


def draw(form: Form, counts: Counts, options: Options) -> bytes:
    """The diagram as a file of one of `FORMS`; text is UTF-8.

    Raises:
        NotInstalledError: the form needs an extra that is missing.
    """
    if form == "svg":
        return svg(counts, options).encode()
    if form == "mermaid":
        from tamis.services.diagram.mermaid import mermaid

        return mermaid(counts, options).encode()
    if form == "docx":
        from tamis.services.diagram.docx import docx

        return docx(counts, options)
    from tamis.services.diagram import paper

    return paper.pdf(counts, options) if form == "pdf" else paper.png(counts, options)
