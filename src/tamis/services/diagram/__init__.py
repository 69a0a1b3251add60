"""The PRISMA 2020 flow diagram for the paper: laid out once (`layout`), then drawn in each form.

SVG and Mermaid need nothing; PNG, PDF and DOCX need the extra `paper`, which is loaded only for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from tamis.services.diagram.svg import svg
from tamis.services.flow import Options

if TYPE_CHECKING:
    from tamis.domain.prisma import Counts

__all__ = ["FORMS", "Form", "Options", "draw", "svg"]

Form = Literal["svg", "png", "pdf", "docx", "mermaid"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)


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
