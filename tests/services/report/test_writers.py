"""Both writers show any text at all as text: a browser and a reader of Markdown see what was written."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tamis.domain.text import clean_line
from tamis.services.report.blocks import Document, Heading, Items, Paragraph, Table, Verbatim
from tamis.services.report.html import as_html
from tamis.services.report.markdown import as_markdown
from tests.domain.making import patient

NASTY = (
    "</script><script>alert(1)</script>",
    '" onload="x',
    "a | b\\",
    "1. one",
    "2020) x",
    "- item",
    "# head #",
    "```",
    "~~~ text",
    "[a](javascript:x) ![b](c) [d]: e",
    "<!-- --> <?x?> <b>",
    "&lt; &amp; &#60;",
    "*a* _b_ `c` ~~d~~ $e$",
    "\\* \\",
    "שלום \u202egnp.exe",
    "\x1b[31m\x9b\x1f",
    "===",
    "---",
    "+ plus",
    "|",
)
texts = (
    st.text(max_size=20) | st.sampled_from(NASTY) | st.lists(st.sampled_from(NASTY), max_size=3).map(" ".join)
)
KNOWN = {
    "h2",
    "p",
    "ul",
    "li",
    "figure",
    "figcaption",
    "pre",
    "div",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
}
KNOWN |= {"th", "td", "html", "head", "meta", "title", "style", "body", "main", "h1", "code"}


class Shown(HTMLParser):
    """The text of each element that has text, and the names of all elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.names.append(tag)
        if tag not in ("meta", "br", "img", "hr"):
            self._open.append([tag, ""])

    def handle_data(self, data: str) -> None:
        """Text of the element that is open."""
        if self._open:
            self._open[-1][1] += data

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        name, text = self._open.pop()
        assert name == tag
        self.texts.append((tag, text))

    def of(self, *tags: str) -> list[str]:
        """The texts of elements of some names."""
        return [text.strip() for tag, text in self.texts if tag in tags]


@patient
@given(st.lists(texts, min_size=3, max_size=3), texts)
@example(["a", "b", "c"], "\x1f  x\n  y")
def test_any_text_is_shown_as_it_is(given_texts: list[str], code: str) -> None:
    one, two, three = (clean_line(text) for text in given_texts)
    assume(one and two and three)
    blocks = (
        Heading(one),
        Paragraph(two),
        Items((three, one)),
        Table("T", ("a", "b"), ((two, three),), frozenset({1})),
        Verbatim("V", code),
    )
    document = Document(one, blocks)
    lines = [clean_line(line) for line in code.split("\n")]

    page = Shown(as_html(document))
    assert set(page.names) <= KNOWN
    assert page.of("h1", "h2") == [one, one]
    assert page.of("p") == [two]
    assert page.of("li") == [three, one]
    assert page.of("th", "td") == ["a", "b", two, three]
    assert [line.strip() for line in page.of("pre")[0].split("\n")] == "\n".join(lines).strip().split("\n")

    rendered = Shown(
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(as_markdown(document))
    )
    assert set(rendered.names) <= KNOWN, rendered.names
    assert rendered.of("h1", "h2") == [one, one]
    assert rendered.of("p") == [two, "T:", "V:"]
    assert rendered.of("li") == [three, one]
    assert rendered.of("th", "td") == ["a", "b", two, three]
    (shown,) = rendered.of("code")
    assert [" ".join(line.split()) for line in shown.split("\n")] == "\n".join(lines).strip().split("\n")
