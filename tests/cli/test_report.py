"""`tamis report` from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from .helpers import UNSAFE, error, tamis, tamis_json
from .test_poison import poisoned

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["poisoned"]

ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
        "div",
        "table",
    ),
    *("caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "pre"),
    *("svg", "desc", "g", "rect", "path", "polygon", "text"),
}


class Elements(HTMLParser):
    """Names of all elements of a page, and everything that an attribute says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_markdown_goes_to_stdout_and_files_where_they_are_wanted(folder: Path, tmp_path: Path) -> None:
    said = tamis("report", folder).stdout
    assert said.startswith("# Liver\n")
    assert "3 records were imported from 1 file" in said
    assert tamis("report", folder, "--format", "html").stdout.startswith("<!DOCTYPE html>")
    done = tamis("report", folder, "-o", tmp_path / "out")
    assert [line.rpartition("/")[2] for line in done.stdout.splitlines()] == [
        "report.md",
        "report.html",
        "prisma.svg",
    ]
    assert "is there already" in error("report", folder, "-o", tmp_path / "out", code=2)
    again = tamis_json("report", folder, "-o", tmp_path / "out" / "report.html", "--force")
    assert again == {"files": [str(tmp_path / "out" / "report.html")]}
    assert "no folder" in error("report", folder, "-o", tmp_path / "gone" / "x.md", code=2)
    assert "belongs to the review" in error("report", folder, "-o", folder / "sources" / "x.md", code=2)


def test_json_has_every_fact(folder: Path) -> None:
    doc = tamis_json("report", folder)
    assert doc["summary"] == tamis_json("summary", folder)
    assert [search["name"] for search in doc["searches"]] == ["PubMed"]
    assert doc["searches"][0]["missing"] == ["platform", "searched", "strategy", "limits"]


def test_hostile_text_stays_text(poisoned: Path, tmp_path: Path) -> None:
    tamis("report", poisoned)
    tamis("report", poisoned, "--json")
    page = tamis("report", poisoned, "--format", "html").stdout
    found = Elements(page)
    assert found.names <= ELEMENTS, found.names - ELEMENTS
    assert not [
        name for name in found.attributes if name.startswith("on") or name in ("href", "src", "style")
    ]
    assert "&lt;script&gt;" in page
    tamis("report", poisoned, "-o", tmp_path / "out")
    for name in ("report.md", "report.html", "prisma.svg"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert not UNSAFE & set(map(ord, text)), name
    markdown = re.sub(
        r"^```+text$.*?^```+$",
        "",
        (tmp_path / "out" / "report.md").read_text(),
        flags=re.MULTILINE | re.DOTALL,
    )
    assert not re.search(r"(?<!\\)<", markdown)
