"""The diagram as a Word document that people can edit, through python-docx, from the extra `paper`.

It is one table, because Word, LibreOffice, Pages and Google Docs all keep a table as it is: boxes are cells
with borders, arrows are characters in cells without. Office Open XML, ISO/IEC 29500-1, 17.4.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from tamis.errors import NotInstalledError
from tamis.services import flow
from tamis.services.diagram import wording
from tamis.services.diagram.layout import PHASES, layout
from tamis.services.diagram.paper import EXTRA
from tamis.services.diagram.vector import FILLS, LINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docx.document import Document
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

    from tamis.domain.prisma import Counts
    from tamis.services.diagram.layout import Layout, Text
    from tamis.services.flow import Options

_PAGE: Final = (21.0, 29.7)
"""A4, in centimetres, as are the other lengths."""
_MARGIN, _PHASE, _GAP, _PREVIOUS = 1.5, 0.8, 0.8, 3.4
_POINTS, _AIR = 9, 3
_SPACE, _LEAST = 0.25, 2.7
"""Height of a row that only keeps others apart, and of one whose phase has no other row, for its name."""
_TITLE_LIMIT: Final = 255
"""Longest title that the properties of a document hold."""
_ORDER: Final = ("previous", "left", "side", "right", "right-side")
_PARTS: Final = {"previous": "previous", "left": "side", "right": "right-side"}
"""First and last column below a bar."""


def docx(counts: Counts, options: Options) -> bytes:
    """The document: an A4 page upright, or across with other methods; more pages where one is not enough.

    Raises:
        NotInstalledError: the extra is missing.
    """
    try:
        from docx import Document
    except ImportError as error:
        raise NotInstalledError("Writing DOCX", EXTRA) from error
    drawn = layout(counts, options)
    document = Document()
    texts = {box.key: wording.content(box) for box in flow.boxes(counts, options)}
    _Table(document, drawn, texts, wording.describe(counts, options)).fill()
    document.add_paragraph()
    for note in wording.notes(counts, options):
        _write(document.add_paragraph(), note)
    document.core_properties.title = wording.title(options)[:_TITLE_LIMIT]
    document.core_properties.author = document.core_properties.comments = ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Table:
    """The table while it is filled: rows and columns of the diagram with narrow ones for arrows between."""

    def __init__(
        self, document: Document, drawn: Layout, texts: dict[str, tuple[str, ...]], said: str
    ) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        used = {panel.column for panel in drawn.boxes.values()}
        shown = [column for column in _ORDER if column in used]
        self._drawn, self._texts = drawn, texts
        self._columns: dict[str, int] = {column: 2 * n + 2 for n, column in enumerate(shown)}
        rows = sorted({panel.row for panel in drawn.boxes.values()})
        self._above = 2 if any(panel.kind == "banner" for panel in drawn.panels) else 0
        self._rows = {row: self._above + 2 + 2 * n for n, row in enumerate(rows)}
        sizes = _sizes(shown, _page(document, across="right" in used))
        table = document.add_table(rows=self._rows[rows[-1]] + 1, cols=len(sizes))
        table.autofit = False
        description = OxmlElement("w:tblDescription")
        description.set(qn("w:val"), said)
        table._tbl.tblPr.append(description)
        from docx.enum.table import WD_ROW_HEIGHT_RULE
        from docx.shared import Cm

        for n, size in enumerate(sizes):
            table.columns[n].width = Cm(size)
        for space in {self._above - 1, self._above + 1} - {-1}:
            table.rows[space].height_rule = WD_ROW_HEIGHT_RULE.EXACTLY
            table.rows[space].height = Cm(_SPACE)
        for _, first, last in PHASES:
            alone = [row for row in rows if first <= row <= last]
            if len(alone) == 1:
                table.rows[self._rows[alone[0]]].height = Cm(_LEAST)
        self._cells = [list(row.cells) for row in table.rows]
        for line in self._cells:
            for cell, size in zip(line, sizes, strict=True):
                cell.width = Cm(size)

    def fill(self) -> None:
        """Write boxes, bars, phases and arrows."""
        for panel in self._drawn.panels:
            if panel.row >= 0:
                cell = self._cells[self._rows[panel.row]][self._columns[panel.column]]
                _box(cell, panel.kind, self._texts[panel.key], dashed=panel.pending)
            elif panel.kind == "phase":
                self._phase(panel.lines[0].text)
            elif panel.kind == "banner":
                cell = self._cells[0][2].merge(self._cells[0][-1])
                _box(cell, panel.kind, [_joined(panel.lines)], dashed=True, bold=True)
            else:
                first = panel.key.removeprefix("bar-")
                last = _PARTS[first] if _PARTS[first] in self._columns else first
                line = self._cells[self._above]
                cell = line[self._columns[first]].merge(line[self._columns[last]])
                _box(cell, panel.kind, [_joined(panel.lines)], bold=True)
        for arrow in self._drawn.arrows:
            self._arrow(arrow.start, arrow.end)

    def _phase(self, name: str) -> None:
        first, last = next((a, b) for n, a, b in PHASES if n == name)
        lines = [line for row, line in self._rows.items() if first <= row <= last]
        for line in range(lines[0], lines[-1] + 1):  # each part of a merged cell has its own borders
            sides = ["top"] * (line == lines[0]) + ["left"] + ["bottom"] * (line == lines[-1]) + ["right"]
            _frame(self._cells[line][0], "phase", sides=sides)
        cell = self._cells[lines[0]][0].merge(self._cells[lines[-1]][0])
        _turn(cell)
        _fill(cell, [name], bold=True)

    def _arrow(self, start: str, end: str) -> None:
        boxes = self._drawn.boxes
        a, b = boxes[start], boxes[end]
        top, bottom = self._rows[a.row], self._rows[b.row]
        left, right = self._columns[a.column], self._columns[b.column]
        if top == bottom:
            _sign(self._cells[top][left + 1], "→")
            return
        for line in range(top + 1, bottom):
            _sign(self._cells[line][left], "↓")
        if left > right:  # from the other methods, round the corner
            _sign(self._cells[bottom][right + 1].merge(self._cells[bottom][left]), "← other methods", "left")
        elif left < right:
            _sign(
                self._cells[bottom][left].merge(self._cells[bottom][right - 1]), "previous studies →", "right"
            )


def _page(document: Document, *, across: bool) -> float:
    """Set page and font; returns how wide the text may be."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    section = document.sections[0]
    width, height = reversed(_PAGE) if across else _PAGE
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(_MARGIN))
    font = document.styles["Normal"].font
    font.name, font.size = "Arial", Pt(_POINTS - 1 if across else _POINTS)
    return width - 2 * _MARGIN


def _sizes(shown: Sequence[str], width: float) -> list[float]:
    """How wide each column is: the phases, then a gap before each column."""
    previous = _PREVIOUS if "previous" in shown else 0.0
    free = width - _PHASE - _GAP / 2 - _GAP * (len(shown) - 1) - previous
    each = free / (len(shown) - (1 if previous else 0))
    sizes = [_PHASE]
    for n, column in enumerate(shown):
        sizes += [_GAP if n else _GAP / 2, previous if column == "previous" else each]
    return sizes


def _joined(lines: Sequence[Text]) -> str:
    return " ".join(line.text for line in lines)


def _box(cell: _Cell, kind: str, lines: Sequence[str], *, dashed: bool = False, bold: bool = False) -> None:
    _frame(cell, kind, dashed=dashed)
    _fill(cell, lines, bold=bold)


def _frame(
    cell: _Cell, kind: str, *, sides: Iterable[str] = ("top", "left", "bottom", "right"), dashed: bool = False
) -> None:
    """Borders and colour; python-docx has no names for them. The schema has them before what `_fill` sets."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tcBorders")
    for side in sides:
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "dashed" if dashed else "single"), ("sz", "6"), ("color", LINES[1:])):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", FILLS[kind][1:])):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().extend([borders, shade])


def _turn(cell: _Cell) -> None:
    """Have a cell read from below."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    direction = OxmlElement("w:textDirection")
    direction.set(qn("w:val"), "btLr")
    cell._tc.get_or_add_tcPr().append(direction)


def _fill(cell: _Cell, lines: Sequence[str], *, bold: bool) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for n, line in enumerate(lines):
        paragraph = cell.add_paragraph() if n else cell.paragraphs[0]
        _write(paragraph, line, bold=bold, place="center" if bold else "left")
    from docx.shared import Pt

    cell.paragraphs[0].paragraph_format.space_before = Pt(_AIR)
    cell.paragraphs[-1].paragraph_format.space_after = Pt(_AIR)


def _sign(cell: _Cell, text: str, place: str = "center") -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _write(cell.paragraphs[0], text, place=place)


def _write(paragraph: Paragraph, line: str, *, bold: bool = False, place: str = "left") -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    bare = line.lstrip(" ")
    counted = re.sub(r"\(n = ", "(n\u00a0=\u00a0", bare)  # a count stays on one line
    run = paragraph.add_run(wording.printable(counted))
    run.bold = bold
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = 1.0
    form.left_indent = Pt(4 * (len(line) - len(bare)))
    form.alignment = {
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }[place]
