"""In a real browser, in several fonts, no text leaves its box."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from typing import TYPE_CHECKING, Final

import pytest

from tamis.services.diagram.vector import svg
from tamis.services.diagram.widths import FONTS
from tamis.services.flow import Options

from .making import LONG_NAMES, counts

if TYPE_CHECKING:
    from pathlib import Path

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FORCED: Final = (
    FONTS,
    "DejaVu Sans",
    "Liberation Sans",
    "Verdana",
    "Noto Sans CJK JP",
    "serif",
    "sans-serif",
)
REASONS: Final = [f"{n:02} outcome reported for a subgroup of a mixed population only" for n in range(12)]
EVERY: Final = [
    counts(
        n,
        names=names,
        reasons=reasons,
        others=others,
        previous=previous,
        full_text=full_text,
        pending=pending,
    )
    for n in (0, 1, 999, 1_234_567)
    for names, reasons in (
        (("PubMed",), REASONS[:1]),
        (LONG_NAMES, REASONS),
        ([*REASONS, *REASONS, *REASONS[:6]], ["W" * 60]),
    )
    for others, previous, full_text, pending in (
        (False, False, True, 0),
        (True, False, True, n),
        (False, True, False, 0),
        (True, True, True, n),
    )
]
MEASURE: Final = """
const bad = []; let seen = 0;
for (const drawing of document.querySelectorAll('svg')) for (const group of drawing.querySelectorAll('g')) {
  const box = group.querySelector('rect').getBoundingClientRect();
  for (const text of group.querySelectorAll('text')) {
    const at = text.getBoundingClientRect(); seen += 1;
    if (at.left < box.left || at.right > box.right || at.top < box.top || at.bottom > box.bottom)
      bad.push([drawing.dataset.font, group.id, text.textContent, at.width, box.width]);
  }
}
document.getElementById('found').textContent = JSON.stringify({seen, bad});
"""


def test_no_text_leaves_its_box(tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("there is no Chromium")
    drawings = [
        svg(count, Options(screening_reasons=True))
        .replace(FONTS, font)
        .replace("<svg ", f'<svg data-font="{font}" ', 1)
        for font in FORCED
        for count in EVERY
    ]
    page = tmp_path / "page.html"
    body = "".join(drawings) + f'<pre id="found"></pre><script>{MEASURE}</script>'
    page.write_text(f'<!doctype html><meta charset="utf-8">{body}', encoding="utf-8")
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
    ]
    done = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", *quiet,
            f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri(),
        ],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout)
    if found is None or not found[1]:
        pytest.skip(f"{browser} does not run here")
    measured = json.loads(unescape(found[1]))
    assert measured["seen"] > 10_000
    assert measured["bad"] == []
