"""A report as one HTML file that needs nothing from elsewhere: no script, no font, no picture. Pure."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from tamis.domain.text import clean_line
from tamis.services.report.blocks import Figure, Heading, Items, Paragraph, Table, Verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamis.services.report.blocks import Block, Document

_STYLE: Final = """\
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #ffffff; --faint: #5a5a5a; --line: #c9c9c9;
  --band: #f4f4f2; --mark: #8a2b06; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #161616; --faint: #a8a8a8;
  --line: #464646; --band: #222222; --mark: #ffb08a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 52rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", Arial,
  sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.4rem 0 .6rem; padding-top: .6rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p, ul, pre, figure { margin: .6rem 0; }
ul { padding-inline-start: 1.3rem; }
.strong { color: var(--mark); font-weight: 600; border-inline-start: .25rem solid;
  padding-inline-start: .7rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
caption { text-align: start; font-weight: 600; padding-bottom: .3rem; }
th, td { text-align: start; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th:first-child { padding-inline-start: 0; }
th:last-child, td:last-child { padding-inline-end: 0; }
thead th { border-bottom: 2px solid var(--line); color: var(--faint); font-weight: 600; }
tbody th { font-weight: inherit; min-width: 9rem; }
.whole { white-space: nowrap; }
.n { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { overflow-x: auto; padding: .7rem .9rem; background: var(--band); font: .8125rem/1.5 ui-monospace, Menlo,
  Consolas, "Liberation Mono", monospace; white-space: pre-wrap; }
figcaption { font-weight: 600; margin-bottom: .4rem; }
figure .scroll { width: min(94vw, 76rem); margin-inline: calc(50% - min(47vw, 38rem)); }
figure svg { display: block; max-width: max(100%, 46rem); height: auto; margin: 0 auto; background: #ffffff; }
@media print {
  :root { color-scheme: light; --ink: #000000; --paper: #ffffff; --faint: #333333; --line: #999999;
    --band: #f4f4f4; --mark: #000000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .scroll, figure .scroll { overflow: visible; width: auto; margin-inline: 0; }
  figure svg { max-width: 100%; max-height: 240mm; }
  h2, h3, caption { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
_WHOLE: Final = re.compile(r"\d{4}-\d\d-\d\d|[0-9a-f]{6,}-\d+")
"""Cells that must not be broken: days and ids of records."""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load or run: nothing but the style of this very file."""


def as_html(document: Document) -> str:
    """The report as a whole page, ending in a line break."""
    title = _text(document.title)
    body = "\n".join(line for block in document.blocks for line in _block(block))
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{_STYLE}</style>
</head>
<body>
<main>
<h1 dir="auto">{title}</h1>
{body}
</main>
</body>
</html>
"""


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"<h{level}>{_text(text)}</h{level}>"
        case Paragraph(text, strong):
            yield f'<p class="strong">{_text(text)}</p>' if strong else f'<p dir="auto">{_text(text)}</p>'
        case Items(items):
            yield "<ul>"
            yield from (f'<li dir="auto">{_text(item)}</li>' for item in items)
            yield "</ul>"
        case Table():
            yield from _table(block)
        case Verbatim(caption, text):
            yield f'<figure><figcaption dir="auto">{_text(caption)}</figcaption>'
            yield f'<pre dir="auto">{_lines(text)}</pre></figure>'
        case Figure(caption, svg, _):
            yield f"<figure><figcaption>{_text(caption)}</figcaption>"
            yield f'<div class="scroll" tabindex="0" role="region" aria-label="{_text(caption)}">'
            yield re.sub(r"^<\?xml[^>]*>\s*", "", svg).rstrip("\n")
            yield "</div></figure>"


def _table(table: Table) -> Iterator[str]:
    caption = _text(table.caption)
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}">'
    yield f'<table><caption dir="auto">{caption}</caption>'
    head = (_cell('th scope="col"', cell, n in table.numbers) for n, cell in enumerate(table.head))
    yield f"<thead><tr>{''.join(head)}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        cells = (
            _cell("td" if n else 'th scope="row"', cell, n in table.numbers) for n, cell in enumerate(row)
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _cell(tag: str, text: str, is_number: bool) -> str:
    kind = 'class="n"' if is_number else 'class="whole"' if _WHOLE.fullmatch(text) else 'dir="auto"'
    return f"<{tag} {kind}>{_text(text)}</{tag.split()[0]}>"


def _text(text: str) -> str:
    """A clean line inside HTML, in text or in a quoted attribute."""
    return escape(clean_line(text))


def _lines(text: str) -> str:
    return "\n".join(map(_text, text.split("\n")))
