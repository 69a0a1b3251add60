"""HTML that exports leave in titles and abstracts: entities decoded, well-known inline tags dropped.

Only tags of this list go, so that `p <0.05` and `<Rett>` stay as they are.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from tamis.domain.text import clean_line, clean_text

if TYPE_CHECKING:
    from tamis.formats.base import Log

_INLINE = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|inf|small|span|font|italic|bold|scp|tt|(?:jats|mml|ns\d):[a-z-]+)(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"</?(?:p|br|div|title|sec|li|ul|ol|h[1-6]|jats:(?:p|sec|title|list|list-item))(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
WHAT = "{n} value{s} with HTML read as plain text"


def plain_line(value: str, log: Log, line: int) -> str:
    """`value` as one clean line without HTML; a repair is logged when there was some."""
    if "<" in value or "&" in value:
        value = _plain(value, " ", log, line)
    return clean_line(value)


def plain_text(value: str, log: Log, line: int) -> str:
    """`value` as clean text without HTML, block tags becoming line breaks."""
    if "<" in value or "&" in value:
        value = _plain(value, "\n", log, line)
    return clean_text(value)


def _plain(value: str, block: str, log: Log, line: int) -> str:
    plain = _INLINE.sub("", _BLOCK.sub(block, value)) if "<" in value else value
    if "&" in plain:
        plain = _ENTITY.sub(lambda entity: html.unescape(entity.group()), plain)
    if plain != value:
        log.add(WHAT, line)
    return plain
