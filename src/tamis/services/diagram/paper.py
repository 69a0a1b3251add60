"""The diagram as PNG and PDF: the SVG through Typst, from the extra `paper`.

Typst sets the SVG's own text with the fonts of the system, and with fonts it carries where there are none, so
the text of a PDF can be searched and copied. It reads nothing but what it is given here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from tamis.errors import NotInstalledError
from tamis.services.diagram import wording
from tamis.services.diagram.vector import svg

if TYPE_CHECKING:
    from tamis.domain.prisma import Counts
    from tamis.services.flow import Options

EXTRA: Final = "paper"
RESOLUTION: Final = 300.0
"""Dots per inch of a PNG: what journals ask for at least."""
# Texts come in as inputs, never as source.
_PAGE: Final = b"""
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#set text(lang: "en")
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.said)
"""


def pdf(counts: Counts, options: Options) -> bytes:
    """One page as large as the diagram.

    Raises:
        NotInstalledError: the extra is missing.
    """
    return _set(counts, options, "pdf")


def png(counts: Counts, options: Options) -> bytes:
    """A picture of `RESOLUTION`.

    Raises:
        NotInstalledError: the extra is missing.
    """
    return _set(counts, options, "png")


def _set(counts: Counts, options: Options, form: Literal["pdf", "png"]) -> bytes:
    try:
        import typst
    except ImportError as error:
        raise NotInstalledError(f"Writing {form.upper()}", EXTRA) from error
    inputs = {
        "title": wording.title(options),
        "said": wording.describe(counts, options),
        "svg": svg(counts, options),
    }
    return typst.compile(_PAGE, format=form, ppi=RESOLUTION, sys_inputs=inputs)
