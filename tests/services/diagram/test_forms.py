"""Each form of the diagram is a whole file of its kind, holds every number, and lets no name break out."""

from __future__ import annotations

import io
import re
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings

from tamis.errors import NotInstalledError
from tamis.services import diagram, flow
from tamis.services.diagram import wording
from tamis.services.diagram.vector import FILLS, INK, svg
from tamis.services.flow import Options

from .making import LONG_NAMES, counts, every_counts, every_options

if TYPE_CHECKING:
    from tamis.domain.prisma import Counts

SVG = "{http://www.w3.org/2000/svg}"
SHOWN = {"svg", "title", "desc", "g", "rect", "text", "path"}
ATTRIBUTES = {
    "width", "height", "viewBox", "role", "aria-labelledby", "font-family", "font-size", "font-weight", "id",
    "x", "y", "rx", "d", "fill", "stroke", "stroke-width", "stroke-dasharray", "text-anchor", "transform",
}  # fmt: skip
HOSTILE = counts(names=LONG_NAMES, reasons=LONG_NAMES, others=True, previous=True, pending=1)


@settings(deadline=None)
@given(every_counts, every_options)
def test_svg_is_plain_and_says_in_words_what_it_shows(counts: Counts, options: Options) -> None:
    text = svg(counts, options)
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in SHOWN
        assert set(element.attrib) <= ATTRIBUTES
    assert root.attrib["role"] == "img"
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert set(root.attrib["aria-labelledby"].split()) <= set(ids)
    title, desc = (root.findtext(f"{SVG}{name}") for name in ("title", "desc"))
    assert title == wording.title(options)
    assert desc == wording.describe(counts, options)
    assert "://" not in text.replace("http://www.w3.org/2000/svg", "").replace(title, "").replace(
        desc, ""
    ) or any("://" in name for _, name, _ in counts.by_source)


def test_colours_are_readable_also_in_grey() -> None:
    def light(colour: str) -> float:
        """Relative luminance, WCAG 2.2."""
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for fill in FILLS.values():
        assert (light(fill) + 0.05) / (light(INK) + 0.05) > 11


def test_sentences_read_as_people_would_say_them() -> None:
    said = wording.describe(counts(3, names=(), others=True, previous=True), Options())
    assert said.startswith("Previous studies. Studies included in previous version of review 3;")
    assert "Records identified from: Databases 3 (database 3); Registers 3 (register 3)." in said
    assert "Records screened: " in said
    assert "Reports excluded: Wrong population 3." in said
    two = wording.describe(counts(3, names=(), reasons=("Wrong design", "Wrong outcome")), Options())
    assert "Reports excluded: Wrong design 3; Wrong outcome 3." in two, "reasons stand beside each other"
    assert said.endswith("Total studies included in review 9; Reports of total included studies 9.")


@settings(deadline=None)
@given(every_counts, every_options)
def test_no_name_breaks_out_of_a_mermaid_label(counts: Counts, options: Options) -> None:
    text = diagram.draw("mermaid", counts, options).decode()
    head, *lines = text.splitlines()
    assert head == "flowchart TD"
    node = re.compile(r'  [a-z_]+\["(?:[\w ().,:=/–]|<br/>|#\d+;)*"\]:::[a-z]+')
    link = re.compile(r"  [a-z_]+ (?:-->|~~~) [a-z_]+")
    rest = re.compile(r"  (?:accTitle: |%% |classDef [a-z]+ |class )[\w ,.:;#/()-]+")
    for line in lines:
        assert node.fullmatch(line) or link.fullmatch(line) or rest.fullmatch(line), line
    nodes = {line.strip().split("[")[0] for line in lines if node.fullmatch(line)}
    for line in lines:
        if link.fullmatch(line):
            assert set(re.split(r" (?:-->|~~~) ", line.strip())) <= nodes
    assert {box.key.replace("-", "_") for box in flow.boxes(counts, options)} <= nodes


def _document(content: bytes) -> Any:
    return pytest.importorskip("docx").Document(io.BytesIO(content))


@settings(max_examples=8, deadline=None)
@given(every_counts, every_options)
def test_word_reads_every_box_back(counts: Counts, options: Options) -> None:
    pytest.importorskip("docx")
    document = _document(diagram.draw("docx", counts, options))
    (table,) = document.tables
    cells = {" ".join(cell.text.split()) for row in table.rows for cell in row.cells}
    for box in flow.boxes(counts, options):
        whole = wording.printable("\n".join(line.lstrip(" ") for line in wording.content(box)))
        assert " ".join(whole.split()) in cells, box.key
    notes = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert notes == wording.notes(counts, options)


def test_a_word_file_follows_the_schema_where_word_is_strict() -> None:
    """Word refuses a document whose cell properties stand in another order than the schema's."""
    pytest.importorskip("docx")
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    order = ["tcW", "gridSpan", "vMerge", "tcBorders", "shd", "textDirection", "vAlign"]
    with zipfile.ZipFile(io.BytesIO(diagram.draw("docx", HOSTILE, Options()))) as file:
        root = ElementTree.fromstring(file.read("word/document.xml"))
    found = [[child.tag.removeprefix(w) for child in cell] for cell in root.iter(f"{w}tcPr")]
    assert len(found) > 50
    for names in found:
        assert names == sorted(names, key=order.index)
        assert len(names) == len(set(names))
    (grid,) = (len(list(grid)) for grid in root.iter(f"{w}tblGrid"))
    for row in root.iter(f"{w}tr"):
        spans = [
            int(span.attrib[f"{w}val"]) if (span := cell.find(f"{w}tcPr/{w}gridSpan")) is not None else 1
            for cell in row.iter(f"{w}tc")
        ]
        assert sum(spans) == grid
    (said,) = (element.attrib[f"{w}val"] for element in root.iter(f"{w}tblDescription"))
    assert said == wording.describe(HOSTILE, Options())


def test_a_pdf_is_whole_and_has_title_description_and_text() -> None:
    pytest.importorskip("typst")
    options = Options(title='"Liver" #evil $x$ <y> \\')
    pdf = diagram.draw("pdf", HOSTILE, options)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"/Alt" in pdf
    assert b"evil" in pdf
    assert b"/CreationDate" not in pdf
    assert pdf == diagram.draw("pdf", HOSTILE, options)
    page = (
        pytest.importorskip("pypdf")
        .PdfReader(io.BytesIO(diagram.draw("pdf", counts(1234), options)))
        .pages[0]
    )
    assert "Records screened" in page.extract_text()
    assert "(n = 1,234)" in page.extract_text()


def test_png_is_as_large_as_journals_want_and_shows_something() -> None:
    pytest.importorskip("typst")
    png = diagram.draw("png", counts(), Options())
    wide, high = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    drawn = ElementTree.fromstring(svg(counts(), Options())).attrib
    assert (wide, high) == pytest.approx(
        [float(drawn[name]) * 300 / 96 for name in ("width", "height")], abs=2
    )
    data = png[png.index(b"IDAT") + 4 :]
    assert len(set(zlib.decompressobj().decompress(data, 4_000_000))) > 10  # it shows something


@pytest.mark.parametrize("form", ["png", "pdf", "docx"])
def test_without_the_extra_a_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, form: diagram.Form
) -> None:
    for name in ("typst", "docx"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(NotInstalledError, match=rf'{form.upper()} .*pip install "tamis\[paper\]"') as raised:
        diagram.draw(form, counts(), Options())
    assert raised.value.exit_code == 2
