"""The files of a report: which ones, and that none is written over unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from tamis.domain.text import clean_line
from tamis.errors import NotSavedError, UsageError
from tamis.services.exporting import must_be_free, write_text
from tamis.services.report.blocks import Figure
from tamis.services.report.html import as_html
from tamis.services.report.markdown import as_markdown
from tamis.store.disk import reason

if TYPE_CHECKING:
    from pathlib import Path

    from tamis.services.report.blocks import Document
    from tamis.store.review import Review

Format = Literal["markdown", "html"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
DIAGRAM: Final = "prisma.svg"
_SUFFIXES: Final[dict[str, Format]] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}
_NAMES: Final[dict[Format, str]] = {"markdown": "report.md", "html": "report.html"}


def write(
    review: Review,
    document: Document,
    place: Path,
    *,
    format: Format | None,
    force: bool,
) -> list[Path]:
    """Write a report; returns the files, the report first.

    Args:
        review: the review it is about, which must not be written over.
        document: the report.
        place: a file, whose extension says the format unless `format` does; or a folder, which is made when
            it is missing and gets `report.md`, `report.html` and the diagram, or those of the one format.
        format: one of `FORMATS`, or None.
        force: whether files that are there may be replaced.

    Raises:
        UsageError: a file is there already, or a place that must not be written.
        NotSavedError: a file could not be written.
    """
    texts = _texts(document, place, format)
    for path in texts:
        must_be_free(review, path)
        if path.exists() and not force:
            raise UsageError(
                f"{clean_line(str(path))} is there already. Name another place, or replace it with --force."
            )
    folder = next(iter(texts)).parent
    if folder == place:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            what, todo = reason(error)
            raise NotSavedError(f"{clean_line(str(folder))} was not made: {what}. {todo}.") from error
    for path, text in texts.items():
        write_text(path, text)
    return list(texts)


def _texts(document: Document, place: Path, format: Format | None) -> dict[Path, str]:
    suffix = _SUFFIXES.get(place.suffix.lower())
    names: dict[Format, Path]
    if place.is_dir() or not place.suffix:
        names = {one: place / _NAMES[one] for one in FORMATS if format in (None, one)}
    elif one := format or suffix:
        names = {one: place}
    else:
        raise UsageError(f"{clean_line(place.name)} is neither a folder nor ends in .md or .html.")
    texts = {
        path: as_html(document) if one == "html" else as_markdown(document, diagram=DIAGRAM)
        for one, path in names.items()
    }
    if "markdown" in names:
        svg = next((block.svg for block in document.blocks if isinstance(block, Figure)), "")
        texts[names["markdown"].with_name(DIAGRAM)] = svg
    return texts
